"""The form of a share: what is shared, what its owner lays down, and what is wrong with what they typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from photocore.rights import SCOPES, Right, Scope, Terms, grant, in_order
from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.gallery.sight import Sight
from photoservice.sharing.seeing import MOST_SELECTED
from photoservice.sharing.share import Share, Subject, Wish
from photoservice.web.my.selected import read_selected

LONGEST_TITLE: Final = 120
LONGEST_SENDER: Final = 60
LONGEST_MESSAGE: Final = 2000
LONGEST_WHOM: Final = 254
SHORTEST_PASSWORD: Final = 6
LONGEST_PASSWORD: Final = 200
MOST_VIEWS: Final = 10_000
MOST_MINOR: Final = 100_000_000
LASTS_DAYS: Final = 30
LONGEST_DAYS: Final = 3660

USUAL: Final[tuple[Right, ...]] = ("view", "comment", "pick")
_SCOPES: Final = {"roll": "roll", "group": "sub_group", "all": "account"}


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The fields of the form as they are shown, and shown again with what was typed; ``expires`` is a day or empty."""

    kind: str = "link"
    to_whom: str = ""
    title: str = ""
    sender: str = ""
    message: str = ""
    rights: tuple[Right, ...] = USUAL
    order_limit: str = ""
    view_limit: str = ""
    expires: str = ""
    password: str = field(default="", repr=False)
    no_password: bool = False
    troubles: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def last_day(self) -> date | None:
        """The day that ``expires`` names, if it is one."""
        return _day(self.expires)


def begun(now: datetime) -> Filled:
    """Return the form as it begins: a link for a month, to look at, pick and comment."""
    return Filled(expires=f"{now + timedelta(days=LASTS_DAYS):%F}")


def as_kept(share: Share) -> Filled:
    """Return the form of a share that there is."""
    terms = share.terms
    return Filled(
        kind=share.kind,
        to_whom=share.to_whom,
        title=share.title,
        sender=share.sender,
        message=share.message,
        rights=in_order(terms.rights),
        order_limit="" if terms.order_limit is None else f"{terms.order_limit / 100:.2f}",
        view_limit="" if terms.view_limit is None else str(terms.view_limit),
        expires=f"{terms.expires_at - timedelta(seconds=1):%F}" if terms.expires_at else "",
    )


def read_form_of(fields: Mapping[str, Sequence[str]], subject: Subject, now: datetime) -> tuple[Filled, Wish]:
    """Return what was filled in, and what it wishes; the wish counts only where there are no troubles."""
    said = _Fields(fields)
    title = said.line("title", LONGEST_TITLE)
    sender, whom = said.line("sender", LONGEST_SENDER), said.line("to_whom", LONGEST_WHOM)
    message = said.text("message", LONGEST_MESSAGE)
    kind = "person" if said.plain("kind") == "person" else "link"
    if kind == "person" and not whom:
        said.troubles["to_whom"] = "missing"
    password = said.plain("password")
    if password and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        said.troubles |= {"password": "short"}
    rights = grant(fields.get("right", ()), subject.scope)
    terms = Terms(
        rights=rights,
        order_limit=said.money("order_limit"),
        view_limit=said.count("view_limit"),
        expires_at=said.end_of_day("expires", now),
    )
    is_open = said.plain("no_password") == "yes"
    filled = Filled(
        kind=kind,
        to_whom=whom,
        title=title,
        sender=sender,
        message=message,
        rights=in_order(rights),
        order_limit=said.plain("order_limit")[:20],
        view_limit=said.plain("view_limit")[:20],
        expires=said.plain("expires")[:20],
        no_password=is_open,
        troubles=said.troubles,
    )
    wanted = "" if is_open else password or None
    return filled, Wish(title=title, sender=sender, message=message, terms=terms, password=wanted)


async def read_subject(session: Session, person: str, sight: Sight, fields: Mapping[str, Sequence[str]]) -> Subject:
    """Return what is to be shared: ``scope`` and ``what``, or pictures selected on a page.

    Raises:
        Unknown: it is nothing of the kind.
    """
    if "all" in fields:
        selected = read_selected(fields)
        if selected.scope is not None and selected.scope.kind in _SCOPES:
            return Subject(scope=_scope(_SCOPES[selected.scope.kind]), what=selected.scope.what)
        images = await selected.seen(session, person, sight)
        return Subject(scope="selection", images=images[:MOST_SELECTED])
    said = _Fields(fields)
    scope = said.plain("scope") or "selection"
    if scope not in SCOPES:
        raise Unknown("There is nothing of this kind to share.")
    images = tuple(dict.fromkeys(fields.get("image", ()))) if scope == "selection" else ()
    return Subject(scope=_scope(scope), what=said.plain("what")[:300], images=images)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _scope(word: str) -> Scope:
    return next(scope for scope in SCOPES if scope == word)


class _Fields:
    """The fields of a form, each read as what it is; what is wrong is noted by the name of its field."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields
        self.troubles: dict[str, str] = {}

    def plain(self, name: str) -> str:
        """Return a field as it came, without NUL."""
        return (self._fields.get(name) or [""])[-1].replace("\0", "").strip()

    def line(self, name: str, longest: int) -> str:
        """Return one line of text; signs that are not seen, or turn the line, are left out."""
        shown = "".join(sign if sign.isprintable() else " " for sign in self.plain(name))
        return self._fitting(name, " ".join(shown.split()), longest)

    def text(self, name: str, longest: int) -> str:
        """Return lines of text."""
        lines = self.plain(name).splitlines()
        shown = ("".join(sign if sign.isprintable() else " " for sign in line).rstrip() for line in lines)
        return self._fitting(name, "\n".join(shown), longest)

    def count(self, name: str) -> int | None:
        """Return a number from one on, None for an empty field."""
        said = self.plain(name)
        if not said:
            return None
        if said.isascii() and said.isdecimal() and len(said) < 6 and 1 <= int(said) <= MOST_VIEWS:
            return int(said)
        self.troubles[name] = "number"
        return None

    def money(self, name: str) -> int | None:
        """Return an amount in minor units, None for an empty field; comma or point before at most two digits."""
        said = self.plain(name).replace(",", ".")
        if not said:
            return None
        whole, _, part = said.partition(".")
        digits = (whole or "0") + part.ljust(2, "0")
        if (
            digits.isascii()
            and digits.isdecimal()
            and len(part) <= 2
            and len(digits) < 12
            and int(digits) <= MOST_MINOR
        ):
            return int(digits)
        self.troubles[name] = "amount"
        return None

    def end_of_day(self, name: str, now: datetime) -> datetime | None:
        """Return when a day is over, in UTC; None for an empty field."""
        said = self.plain(name)
        if not said:
            return None
        day = _day(said)
        if day is None or not 0 <= (day - now.date()).days <= LONGEST_DAYS:
            self.troubles[name] = "day"
            return None
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)

    def _fitting(self, name: str, text: str, longest: int) -> str:
        if len(text) > longest:
            self.troubles[name] = "long"
        return text[:longest]
