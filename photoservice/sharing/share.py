"""A share as it is kept, and what its owner wishes of one."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, cast

from photocore.rights import Right, Scope, Standing, Terms
from photoservice.db.database import Row

Kind = Literal["link", "person"]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share. ``person`` is whose pictures these are; ``path`` its address, which is as secret as the pictures."""

    id: str
    person: str
    kind: Kind
    to_person: str | None
    to_whom: str
    path: str = field(repr=False)
    links: int
    scope: Scope
    what: str
    title: str
    sender: str
    message: str
    terms: Terms
    password: str | None = field(repr=False)
    views: int
    made_at: datetime
    picks: int = 0
    comments: int = 0

    @property
    def has_password(self) -> bool:
        """Whether who opens it must know a password."""
        return self.password is not None

    @property
    def last_day(self) -> date | None:
        """The last day on which it is open, in UTC; None when it has no end."""
        ends = self.terms.expires_at
        return None if ends is None else (ends - timedelta(seconds=1)).date()

    def standing(self, now: datetime, *, is_known: bool = True) -> Standing:
        """Return how it stands at ``now`` towards somebody who opened it before, or did not."""
        return self.terms.standing(now, views=self.views, is_known=is_known)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an owner wants said and allowed. ``password`` None leaves the one there is; empty takes it away."""

    title: str = ""
    sender: str = ""
    message: str = ""
    terms: Terms = field(default_factory=Terms)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is shared: ``what`` names a package, roll or sub-group; ``images`` are a selection, in its order."""

    scope: Scope
    what: str = ""
    images: tuple[str, ...] = ()


def read_share(row: Row, path: str) -> Share:
    """Return the share that a row of ``people.share`` keeps."""
    counts = set(row.keys()) & {"picks", "comments"}
    terms = Terms(
        rights=frozenset(cast("list[Right]", row["rights"])),
        order_limit=row["order_limit"],
        view_limit=row["view_limit"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
    return Share(
        id=row["id"],
        person=row["person"],
        kind=row["kind"],
        to_person=row["to_person"],
        to_whom=row["to_whom"],
        path=path,
        links=row["links"],
        scope=row["scope"],
        what=row["what"],
        title=row["title"],
        sender=row["sender"],
        message=row["message"],
        terms=terms,
        password=row["password"],
        views=row["views"],
        made_at=row["made_at"],
        **{name: row[name] for name in counts},
    )
