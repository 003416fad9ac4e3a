"""Everything the photoservice can raise, drawn as a tree.

::

    TwincheckError
    └── ServiceError                 the photoservice could not do what was asked
        ├── StartRefused             ... because it must not start like this
        │   ├── SchemaForeign        ... on this database
        │   ├── LedgerDamaged        ... with this ledger of erasures or stations
        │   └── QueryUnnamed         ... with this .sql file
        ├── Refusal                  ... because the asker is wrong; becomes a problem+json (RFC 9457)
        │   ├── Unknown              ... 404: no such thing, or not theirs
        │   ├── Unproven             ... 401: no key, a wrong one, or a revoked one
        │   ├── Malformed            ... 400: out of form
        │   ├── TooLarge             ... 413
        │   ├── Unprocessable        ... 422: in form, but it cannot be
        │   ├── ClaimRefused         ... 403: roll and claim code open nothing, whatever the reason
        │   ├── AccessRefused        ... 403: the access code opens nothing, whatever the reason
        │   ├── KeyReused            ... 422: another request came under this Idempotency-Key
        │   ├── Throttled            ... 429: too many wrong tries
        │   ├── SignInRefused        ... 403: what was shown signs nobody in, whatever the reason
        │   ├── PasswordUnfit        ... 422: too short, too long, or what everybody tries first
        │   ├── NameUnfit            ... 422: a name to sign in with that cannot be taken
        │   ├── SignInNeeded         ... 401: a page of one's own pictures, without a session
        │   ├── ProofNeeded          ... 403: what only somebody who just proved who they are may do
        │   ├── FormForeign          ... 403: a form that is not from a page of this session
        │   ├── RightLacking         ... 403: what a share does not let its guests do
        │   ├── ShareOver            ... 410: a share that was taken back, has expired or is full
        │   ├── SharePasswordWrong   ... 403
        │   ├── NotForMakers         ... 403: a maker's key, where images are
        │   ├── NotForLabs           ... 403: a lab's key, where they are not
        │   ├── NoRoom               ... 507: neither promised nor kept
        │   ├── BeyondReservation    ... 413: more than was promised
        │   ├── ScanNotTaken         ... 422: these bytes are no scan we keep, or not those that were declared
        │   ├── FrameTaken           ... 409: another's picture stands there
        │   ├── NotReady             ... 503: not made, or not to be had, yet: asked again, it will be
        │   ├── NotMade              ... 409: it could not be made, and stays so
        │   ├── GoodsRefusal         ... about goods: its branches are drawn in goods_errors.py
        │   ├── EditedMeanwhile      ... 409: a picture has another edit than the one that was looked at
        │   ├── PlanChangedMeanwhile  ... an EditedMeanwhile, 409: a plan is not the one that was looked at
        │   ├── PreconditionFailed   ... 412: it is not, or not any more, what If-Match names
        │   ├── RangeRefused         ... 416: a range that lies outside
        │   └── EpcisInvalid         ... 400 with EPCIS's own exception type
        │       └── QueryRefused     ... 400, 404 or 414: an EPCIS query
        ├── Parked                   ... with this one event: set aside, visible, with a reason and its cause
        └── Erased                   ... the key of that account is gone, and with it what it kept
"""

from http import HTTPStatus
from typing import Literal

from photocore.errors import TwincheckError

PROBLEM_TYPES = "urn:twincheck:problem:"
"""The stable start of every problem type of ours; the rest is the slug (docs/photoservice.md)."""


class ServiceError(TwincheckError):
    """The photoservice could not do what was asked."""


class StartRefused(ServiceError):
    """The photoservice must not start like this."""


class SchemaForeign(StartRefused):
    """The database does not fit this program."""


class LedgerDamaged(StartRefused):
    """A ledger beside the keys is not as it was written; without it erased people would come back, or stations go."""


class QueryUnnamed(StartRefused):
    """A .sql file holds a block that nobody can ask for."""


class Refusal(ServiceError):
    """A request is refused; the message is a sentence for the asker."""

    status = HTTPStatus.BAD_REQUEST
    slug = "refused"
    title = "The request is refused"

    @property
    def type(self) -> str:
        """The problem's type URI."""
        return PROBLEM_TYPES + self.slug


class Unknown(Refusal):
    """There is no such thing, or it is not the asker's: the answer is the same."""

    status = HTTPStatus.NOT_FOUND
    slug = "not-found"
    title = "There is no such thing here"


class Unproven(Refusal):
    """The asker did not prove who they are."""

    status = HTTPStatus.UNAUTHORIZED
    slug = "unproven"
    title = "A valid key is needed"

    def __init__(self, detail: str, *, challenge: str) -> None:
        super().__init__(detail)
        self.challenge = challenge


class Malformed(Refusal):
    """The request is out of its form."""

    slug = "malformed"
    title = "The request is out of form"


class TooLarge(Refusal):
    """The request is larger than what is taken in one piece."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    slug = "too-large"
    title = "The request is too large"


class Unprocessable(Refusal):
    """The request is in form, but what it says cannot be."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "unprocessable"
    title = "The request cannot be carried out"


class SharesWaiting(Unprocessable):
    """So much that somebody shares with one name waits to be opened that no more can be added."""


class NotForLabs(Refusal):
    """A lab's key was shown where packages and films are told of."""

    status = HTTPStatus.FORBIDDEN
    slug = "not-for-labs"
    title = "A lab's key opens images only"

    def __init__(self) -> None:
        super().__init__("What films are, and what is in which package, is told by makers and retailers.")


class NoRoom(Refusal):
    """There is no room for it: quota, capacity or disk."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    slug = "no-room"
    title = "There is no room"


class BeyondReservation(Refusal):
    """More bytes than are left of a promise."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    slug = "beyond-reservation"
    title = "This goes beyond the reservation"


class ScanNotTaken(Refusal):
    """An upload's bytes are not filed, and are gone; ``slug`` says why in one word (docs/images.md lists them)."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "This file is not taken"

    def __init__(self, word: str, detail: str) -> None:
        super().__init__(detail)
        self.slug = word


class FrameTaken(Refusal):
    """Somebody else's picture stands at this frame."""

    status = HTTPStatus.CONFLICT
    slug = "frame-taken"
    title = "Another's picture stands at this frame"


class ClaimRefused(Refusal):
    """A claim from a browser opens nothing; one answer, so that nobody learns what exists."""

    status = HTTPStatus.FORBIDDEN
    slug = "claim-refused"
    title = "Roll ID and claim code do not open a package"

    def __init__(self) -> None:
        super().__init__(
            "Roll ID and claim code do not belong together, or the package was claimed with a code before."
            " Check both; a counter can look at the package itself."
        )


class AccessRefused(Refusal):
    """An access code opens nothing; one answer for wrong, voided and old ones."""

    status = HTTPStatus.FORBIDDEN
    slug = "access-refused"
    title = "This access code opens nothing"

    def __init__(self) -> None:
        super().__init__("The access code is not one of ours, or it does not open its registration any more.")


class NoticeOutdated(Refusal):
    """A version of the privacy notice was agreed to that is not the one that holds."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "notice-outdated"
    title = "The privacy notice has changed"

    def __init__(self, version: str) -> None:
        super().__init__(f"The privacy notice that holds is of {version}. Show it, and ask again whether they agree.")


class KeyReused(Refusal):
    """An Idempotency-Key stands for one request only."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "key-reused"
    title = "This Idempotency-Key was used for another request"

    def __init__(self) -> None:
        super().__init__("Another request was carried out under this Idempotency-Key. Make a new key for a new one.")


class Throttled(Refusal):
    """Too many wrong tries came from there, or from everywhere; ``wait_s`` is how long to wait."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    slug = "throttled"
    title = "Too many wrong tries"

    def __init__(self, *, wait_s: int) -> None:
        super().__init__("Too many wrong tries came from your network, or from everywhere. Wait as Retry-After says.")
        self.wait_s = wait_s


class SignInRefused(Refusal):
    """What somebody signs in with opens nothing; one answer, so that nobody learns who is known here."""

    status = HTTPStatus.FORBIDDEN
    slug = "sign-in-refused"
    title = "This does not sign in"

    def __init__(self) -> None:
        super().__init__("Name and password do not belong together, or what was shown was used before or is too old.")


class PasswordUnfit(Refusal):
    """A password is not kept: too short, too long, or what everybody tries first; ``fault`` says which."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "password-unfit"
    title = "Another password is needed"

    def __init__(self, fault: str) -> None:
        super().__init__(f"This password cannot be kept ({fault}). Choose a longer one of your own.")
        self.fault = fault


class NameUnfit(Refusal):
    """A name or address cannot be signed in with; ``fault`` says why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "name-unfit"
    title = "Another name is needed"

    def __init__(self, fault: str) -> None:
        super().__init__(f"This name cannot be taken ({fault}). Choose another.")
        self.fault = fault


class SignInNeeded(Refusal):
    """A page of one's own pictures was asked for without a session, or with one that is over."""

    status = HTTPStatus.UNAUTHORIZED
    slug = "sign-in-needed"
    title = "Signing in is needed"

    def __init__(self) -> None:
        super().__init__("Open your pictures with the code on the receipt, or sign in.")


class ProofNeeded(Refusal):
    """Something was asked for that only somebody may do who proved just now who they are."""

    status = HTTPStatus.FORBIDDEN
    slug = "proof-needed"
    title = "Prove once more who you are"

    def __init__(self) -> None:
        super().__init__("For this you must have signed in within the last minutes. Sign in again, then repeat it.")


class FormForeign(Refusal):
    """A form came without the token of the session it is sent in (CSRF), or stood on another website."""

    status = HTTPStatus.FORBIDDEN
    slug = "form-foreign"
    title = "This form is not from a page of yours"

    def __init__(self) -> None:
        super().__init__("The form is too old or stood on another website; nothing was done. Open the page again.")


class RightLacking(Refusal):
    """A guest of a share asked for what its owner did not give."""

    status = HTTPStatus.FORBIDDEN
    slug = "right-lacking"
    title = "The share does not let you do this"

    def __init__(self) -> None:
        super().__init__("Whoever shared these pictures did not share this, or not any more. Nothing was changed.")


class ShareOver(Refusal):
    """A share was taken back, has expired, or was opened by as many as may."""

    status = HTTPStatus.GONE
    slug = "share-over"
    title = "This share is over"

    def __init__(self) -> None:
        super().__init__("These pictures are not shared here any more. Ask whoever sent you the address.")


class SharePasswordWrong(Refusal):
    """A share's password was wrong."""

    status = HTTPStatus.FORBIDDEN
    slug = "share-password-wrong"
    title = "This is another password"

    def __init__(self) -> None:
        super().__init__("The password is another one. Ask whoever sent you the address.")


class NotForMakers(Refusal):
    """A maker forwards lists of rolls; images are for labs, retailers and whom they belong to."""

    status = HTTPStatus.FORBIDDEN
    slug = "not-for-makers"
    title = "Makers' keys open no images"

    def __init__(self) -> None:
        super().__init__("This key is a maker's. Images are filed and seen with the key of a lab or a retailer.")


class NotReady(Refusal):
    """What was asked for is there, but cannot be given yet; ``wait_s`` is when to ask again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    slug = "not-ready"
    title = "Not ready yet"

    def __init__(self, detail: str, *, wait_s: int) -> None:
        super().__init__(detail)
        self.wait_s = wait_s


class NotMade(Refusal):
    """Nothing could be made of a picture; ``word`` says why."""

    status = HTTPStatus.CONFLICT
    slug = "not-made"
    title = "This picture could not be made"

    def __init__(self, word: str) -> None:
        super().__init__(f"The file is kept as it came, but no picture could be made of it ({word}).")
        self.word = word


class EditedMeanwhile(Refusal):
    """A picture has another edit than the one that was looked at; ``version`` is the one that holds."""

    status = HTTPStatus.CONFLICT
    slug = "edited-meanwhile"
    title = "The picture was edited meanwhile"

    def __init__(self, version: int) -> None:
        super().__init__("The picture was edited meanwhile, on another device perhaps. Nothing is lost; look at both.")
        self.version = version


class PlanChangedMeanwhile(EditedMeanwhile):
    """A plan is not the one that was looked at any more; ``version`` is the one that holds."""

    slug = "plan-changed"
    title = "The plan changed meanwhile"

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.args = ("The plan was changed meanwhile, or it made an order. Nothing was done; look at it again.",)


class PreconditionFailed(Refusal):
    """What is there is not what the request's If-Match names."""

    status = HTTPStatus.PRECONDITION_FAILED
    slug = "precondition-failed"
    title = "It is not what the request names"

    def __init__(self) -> None:
        super().__init__("What stands here has another entity tag than If-Match names.")


class RangeRefused(Refusal):
    """None of the bytes asked for are there; ``size`` is how many there are."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    slug = "range"
    title = "There are no such bytes"

    def __init__(self, size: int) -> None:
        super().__init__(f"The range lies outside: there are {size} bytes.")
        self.size = size


class EpcisInvalid(Refusal):
    """The EPCIS document breaks the standard's form."""

    title = "The EPCIS document is not valid"

    def __init__(self, detail: str, *, exception: str = "ValidationException") -> None:
        super().__init__(detail)
        self.exception = exception
        if exception == "CaptureLimitExceededException":
            self.status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    @property
    def type(self) -> str:
        """The type EPCIS 2.0 fixes for its problems (REST bindings, OpenAPI 2.0.0)."""
        return f"epcisException:{self.exception}"


class QueryRefused(EpcisInvalid):
    """The EPCIS query cannot be answered."""

    title = "The EPCIS query cannot be answered"

    def __init__(self, detail: str, *, exception: str = "QueryParameterException") -> None:
        super().__init__(detail, exception=exception)
        self.status = _QUERY_STATUS.get(exception, HTTPStatus.BAD_REQUEST)


_QUERY_STATUS = {
    "NoSuchResourceException": HTTPStatus.NOT_FOUND,
    "URITooLongException": HTTPStatus.REQUEST_URI_TOO_LONG,
}

Cause = Literal[
    "",
    "unreadable",
    "malformed",
    "unknown_kind",
    "signature",
    "sealed",
    "role",
    "other_station",
    "other_store",
    "chain",
    "fork",
    "held",
    "revoked",
    "database",
    "package_known",
    "roll_known",
    "not_in_package",
    "package_claimed",
    "unknown_claim",
    "secrets_lost",
]
"""Why an event was parked, in one stable word for screens of any language (docs/photoservice.md lists what each means).

Words are added, never changed. ``secrets_lost`` alone is said of events that were applied.
"""


class Parked(ServiceError):
    """One event is set aside; the message is the reason a person will read, ``cause`` the same in one stable word."""

    def __init__(self, reason: str, *, cause: Cause = "") -> None:
        super().__init__(reason)
        self.cause: Cause = cause


class Erased(ServiceError):
    """The key of the account was destroyed; what it kept cannot be read again."""
