"""What the bearer of a receipt's access code may see: one registration, and nothing of anybody (DESIGN 5A, 5D).

Product and number of rolls, where and when it was registered, and what it has become. No account, no card, no name,
no other registration. A code dies when its registration is undone, when it is replaced, and after 180 days.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from photocore.codes import parse_access_code
from photocore.errors import CodeError
from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.errors import AccessRefused
from photoservice.home_answers import ProductTold, product_told
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.registrations import Root, claim_name, load_roots, outcome_of
from photoservice.throttle import Source, Throttle

CODE_LIVES_FOR = timedelta(days=180)

AccessWord = Literal["confirmed", "registered", "waiting", "held", "contested", "case", "refused", "withdrawn"]


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A registration as its receipt's bearer sees it. ``at`` is in its store's zone; ``store`` None means at home.

    ``shown`` are the rolls whose images they may see: none while a person must decide whose they are.
    """

    word: AccessWord
    number: str
    product: ProductTold | None
    rolls: int
    store: str | None
    at: datetime
    shown: tuple[str, ...] = ()


class _Line(msgspec.Struct):
    """The one word we want of an event as its station wrote it."""

    at: datetime


@dataclass(frozen=True, kw_only=True)
class AccessCodes:
    """Opens registrations to who holds their access code."""

    database: Database
    clock: Clock
    keyring: Keyring
    throttle: Throttle
    metrics: Metrics

    async def look_up(self, code: str, source: Source) -> Registered:
        """Return the registration that ``code`` opens.

        Raises:
            AccessRefused: none, for whatever reason.
            Throttled: too many wrong tries.
        """
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(source)])
            counts = self.throttle.counts(source)
            await self.throttle.refuse_resting(session, counts)
            seen = await self._open(session, code)
            if seen is None:
                await self.throttle.note_wrong(session, counts)
        self.metrics.access_lookups.labels(result="refused" if seen is None else "shown").inc()
        if seen is None:
            raise AccessRefused
        return seen

    def mac_of(self, code: str) -> bytes:
        """Return what stands for ``code`` in the database."""
        return self.keyring.mac("access", _canonical(code))

    async def shown_by(self, session: Session, mac: bytes) -> tuple[str, ...] | None:
        """Return the rolls whose images the code behind ``mac`` shows now; None when it opens nothing any more."""
        found = await self._find(session, mac)
        return None if found is None else rolls_shown(*found)

    async def _open(self, session: Session, code: str) -> Registered | None:
        found = await self._find(session, self.mac_of(code))
        return None if found is None else _seen(*found, await product_told(session, found[1].id))

    async def _find(self, session: Session, mac: bytes) -> tuple[Row, Root] | None:
        row = await session.row("at_home.bearer", mac, self.clock.now() - CODE_LIVES_FOR)
        return None if row is None else (row, (await load_roots(session, [row["root"]]))[row["root"]])


def rolls_shown(row: Row, root: Root) -> tuple[str, ...]:
    """Return the rolls whose images the bearer of an access code may see.

    Only while the registration stands: of what is contested, held or undone nothing is shown (DESIGN 5C), and nothing
    of what a customer registered who was erased since (5E). Each roll of an unpacked package is judged by itself:
    another may have come to own one of them, or contest it.
    """
    claim = _name(row)
    outcome = outcome_of(root, claim)
    if row["is_erased"]:
        return ()
    if not root.is_unpacked:
        return outcome.rolls if outcome.word == "registered" else ()
    return tuple(roll for roll in outcome.rolls if _owns(root, claim, roll))


def _owns(root: Root, claim: str, roll: str) -> bool:
    owned = root.owner_of(roll)
    return owned.word == "registered" and claim in owned.claims


def _canonical(code: str) -> str:
    try:
        return parse_access_code(code)
    except CodeError:
        return code  # no code of ours, and none is found


def _seen(row: Row, root: Root, product: ProductTold | None) -> Registered:
    name = _name(row)
    outcome = outcome_of(root, name)
    word: AccessWord = outcome.word
    if word == "registered" and _is_confirmed(root, name):
        word = "confirmed"
    return Registered(
        word=word,
        number=row["number"],
        product=product,
        rolls=len(outcome.rolls),
        store=row["store_name"],
        at=_when(row).astimezone(ZoneInfo(row["timezone"]) if row["timezone"] else UTC),
        shown=rolls_shown(row, root),
    )


def _name(row: Row) -> str:
    return claim_name(row["station"], row["id"])


def _is_confirmed(root: Root, name: str) -> bool:
    """Say whether the owner's registration is settled: this claim, or another of the same customer's."""
    account = root.claims[name]["account"]
    owned = (root.owner_of(subject).claims for subject in root.subjects)
    theirs = {claim for claims in owned if name in claims for claim in claims}  # merged accounts are one customer's
    return any(row["confirmed"] for claim, row in root.claims.items() if row["account"] == account or claim in theirs)


def _when(row: Row) -> datetime:
    """Return when it was registered: the station's word, unless its clock runs ahead of us."""
    if row["line"] is None:
        return row["received_at"]
    at = msgspec.json.decode(row["line"], type=_Line).at
    return min(at, row["received_at"])
