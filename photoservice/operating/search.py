"""One box that finds anything by whatever is scanned or typed into it (issue 9).

What is typed is hostile: it is read by the same parsers as a station's scanner, asked for by bound parameters, and
never kept. Secrets are not searched: who has an access code or a claim code shows it where it opens something, and an
operator who could look one up could use it. The same holds for order codes, addresses of shares, keys and tokens.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from photocore import crockford
from photocore.cards import CardTable
from photocore.codes import CodeKind, parse_code, recognise
from photocore.duties import Right
from photocore.errors import CodeError
from photocore.scans import CopyScan, Level, OrderCodeScan, PackageScan, Refused, RollScan, Scan
from photocore.symbology import RefusalReason, interpret_typed, read_frame
from photocore.twin_checks import parse_season_number
from photoservice.db.database import Session
from photoservice.operating.duty import Duty
from photoservice.persons.logins import Logins

LONGEST: Final = 600

Kind = Literal["package", "order", "plan", "person", "account", "tenant", "station", "store", "operator"]
Word = Literal["", "nothing", "empty", "secret", "twin_check", "misread"]
"""Why nothing was found: nothing typed; a secret; a lab's own number; a code of ours with a slip in it."""

RIGHTS: Final[dict[Kind, Right]] = {
    "package": "look",
    "order": "orders",
    "plan": "plans",
    "person": "customers",
    "account": "customers",
    "tenant": "fleet",
    "station": "fleet",
    "store": "fleet",
    "operator": "operators",
}
"""What is found, and who may know of it."""

_OWN: Final = re.compile(r"(OP|PL|ST|O|P|A|T)-([0-9A-Za-z -]{4,40})", re.IGNORECASE)
_SECRET: Final = re.compile(r"tck_|tcs_|/s/[A-Za-z0-9_-]{8,}|/sign-in/link/|/my/security/mail/|/r#|#[A-Za-z0-9-]{13,}$")
_SECRETS: Final = frozenset({CodeKind.CLAIM, CodeKind.ACCESS, CodeKind.ORDER})
_SHORTEST_NAME: Final = 2


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found: what it is, its ID, and what it is called if it has a name."""

    kind: Kind
    id: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Hits:
    """All that was found; or one word about why nothing was."""

    found: tuple[Hit, ...] = ()
    word: Word = ""


@dataclass(frozen=True)
class _NoRoster:
    """What a station knows and a search does not need: an item is looked for as package and as roll."""

    card_tables: Sequence[CardTable] = ()

    def level_of(self, gtin: str) -> Level | None:
        """Return None: the tables are asked instead."""
        del gtin


@dataclass(frozen=True, kw_only=True)
class Search:
    """Finds things."""

    logins: Logins

    async def find_anything(self, session: Session, text: str, duty: Duty) -> Hits:
        """Return what ``text`` names, as far as ``duty`` may know of it; ``text`` may be a scanner's raw frame."""
        text = text.strip("\r\n\t ")
        if not text:
            return Hits(word="empty")
        scan = _scan(text)
        if word := _never(text, scan):
            return Hits(word=word)
        found = await self._by_code(session, text, scan, duty)
        if not found:
            found = await self._by_name(session, text, duty)
        allowed = tuple(dict.fromkeys(hit for hit in found if duty.may(RIGHTS[hit.kind])))
        if allowed:
            return Hits(found=allowed)
        is_misread = isinstance(scan, Refused) and scan.reason is RefusalReason.MISREAD
        return Hits(word="misread" if is_misread else "nothing")

    async def _by_code(self, session: Session, text: str, scan: Scan, duty: Duty) -> list[Hit]:
        hits: list[Hit] = []
        if isinstance(scan, PackageScan | RollScan | CopyScan):
            root = await session.value("ops_search.item", scan.item, duty.tenant)
            hits += [Hit(kind="package", id=root)] if root else []
        if (number := _number(text)) is not None:
            rows = await session.rows("ops_search.numbered", number, duty.tenant)
            hits += [Hit(kind="package", id=row["root"], about=row["number"]) for row in rows]
        if names := _names(text):
            rows = await session.rows("ops_search.ids", names, duty.tenant)
            hits += [Hit(kind=row["kind"], id=row["id"], about=row["about"] or "") for row in rows]
        return hits

    async def _by_name(self, session: Session, text: str, duty: Duty) -> list[Hit]:
        hits: list[Hit] = []
        if duty.may("customers") and (found := await self.logins.find(session, text)) is not None:
            hits.append(Hit(kind="person", id=found.person))
        if "@" not in text and len(text) >= _SHORTEST_NAME and text.isprintable():
            escaped = re.sub(r"([\\%_])", r"\\\1", text)
            rows = await session.rows("ops_search.named", f"%{escaped}%", duty.tenant)
            hits += [Hit(kind=row["kind"], id=row["id"], about=row["about"]) for row in rows]
        return hits


def _scan(text: str) -> Scan:
    """Return what a scanner's frame or somebody's typing means."""
    if text.startswith("]") or "\x1d" in text:
        return read_frame(text.encode(errors="replace"), _NoRoster())
    typed = interpret_typed(text, _NoRoster())
    return read_frame(text.encode(errors="replace"), _NoRoster()) if isinstance(typed, Refused) else typed


def _never(text: str, scan: Scan) -> Word:
    """Return why a text is not looked for at all; nothing when it is."""
    is_access = isinstance(scan, Refused) and scan.reason is RefusalReason.ACCESS_CODE
    kind = recognise(text)
    if is_access or isinstance(scan, OrderCodeScan) or _SECRET.search(text) or _is_secret(text, kind):
        return "secret"
    try:
        parse_season_number(text)
    except CodeError:
        return ""
    return "twin_check"


def _is_secret(text: str, kind: CodeKind | None) -> bool:
    """Say whether a text is one of our secret codes, whole and rightly typed."""
    if kind is None or kind not in _SECRETS:
        return False
    try:
        parse_code(text, kind)
    except CodeError:
        return False
    return True


def _number(text: str) -> str | None:
    try:
        return parse_code(text, CodeKind.NUMBER)
    except CodeError:
        return None


def _names(text: str) -> list[str]:
    """Return how the names of our own things may be spelt that somebody typed: ``o-7q2m 9xkd`` is ``O-7Q2M9XKD``."""
    if match := _OWN.fullmatch(text):
        return list(dict.fromkeys((text, f"{match[1].upper()}-{crockford.normalise(match[2])}")))
    digits = re.sub(r"[\s.-]|^\(?414\)?", "", text)
    return [digits] if re.fullmatch("[0-9]{13}", digits) else []
