"""What bodies of events are made of: their ancestor, and the shapes of the values that stand in them."""

from typing import Annotated, TypeVar

import msgspec

Item = Annotated[str, msgspec.Meta(min_length=4, max_length=64)]
Copy = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{6}\Z")]
Reason = Annotated[str, msgspec.Meta(max_length=200)]
RegistrationNumber = Annotated[str, msgspec.Meta(pattern=r"^TCN-[0-9A-HJKMNP-TV-Z]{9}\Z")]
HousePackage = Annotated[str, msgspec.Meta(pattern=r"^TCP-[0-9A-HJKMNP-TV-Z]{11}\Z")]
HouseRoll = Annotated[str, msgspec.Meta(pattern=r"^TCR-[0-9A-HJKMNP-TV-Z]{11}\Z")]
PaperRowCode = Annotated[str, msgspec.Meta(pattern=r"^TCF-[0-9A-HJKMNP-TV-Z]{9}\Z")]
StoreGln = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{13}\Z")]
Staff = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
"""A member of staff as events name them: a random word of the station's own, tied to badge and name only there."""
NoticeVersion = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
"""A version of the privacy notice, by the day it was written."""
CardTableName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
CardNumberText = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
CardIssue = Annotated[int, msgspec.Meta(ge=0, lt=10**10)]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The ancestor of every public body; unknown fields of newer stations are passed over."""


SomeBody = TypeVar("SomeBody", bound=Body)
