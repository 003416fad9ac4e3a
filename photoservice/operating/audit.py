"""The audit: everything an operator does, and every look at a customer's data, as a chain of entries (S3).

An entry is written in the transaction of what it tells, so there is none without the other. Numbers have no gaps, and
each hash covers the entry and the hash before it (SHA-256 of canonical JSON): whoever changes or takes out a row breaks
the chain from there on. What was cut off at its end is noticed by who kept a *mark*, a number and its hash, elsewhere.

:meth:`Audit.add` waits for all others who write entries: call it last in a transaction.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from photocore.chain import canonical
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import Malformed
from photoservice.operating.duty import Duty
from photoservice.operating.kinds import KINDS

BEGIN: Final = bytes(32)
"""What stands before the first entry."""

_BATCH: Final = 2_000
_HASH_DIGITS: Final = 64
_CHAINED: Final = ("number", "at", "operator", "tenant", "kind", "subject", "about")

Fault = Literal["changed", "missing", "cut_off", "replaced"]
"""``changed``: an entry is not as it was written; ``missing``: there is a gap; ``cut_off``: entries that a mark names
are gone; ``replaced``: another entry stands where the mark was taken."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A place in the chain to be kept elsewhere: ``17:9f2c...``, the number and the hash of an entry."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What a look at the chain found: whole from ``first`` up to ``head``, or broken at ``broken`` by ``fault``."""

    first: int
    head: Mark
    broken: int | None = None
    fault: Fault | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return self.broken is None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry as it is read. ``operator_name`` is what the operator was called, ``console`` for who has no name."""

    number: int
    at: datetime
    operator: str
    operator_name: str
    tenant: str
    tenant_name: str
    kind: str
    subject: str
    about: Mapping[str, object]
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which entries are wanted: what is empty bounds nothing. ``tenant`` None is the whole house."""

    operator: str = ""
    kind: str = ""
    subject: str = ""
    tenant: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Writes, reads and verifies the chain."""

    clock: Clock

    async def add(
        self,
        session: Session,
        duty: Duty,
        kind: str,
        subject: str,
        about: Mapping[str, object] | None = None,
        *,
        tenant: str | None = None,
    ) -> int:
        """Write an entry and return its number; last in the transaction.

        ``subject`` is the ID of what it is about (``O-...``, a package ID, ``P-...``), or nothing. ``about`` holds
        facts and reasons, never a name, an address, a code or a key. ``tenant`` is whose thing it was; an operator of
        one tenant acts on that one's.

        Raises:
            ValueError: nobody named such a kind (photoservice/operating/kinds.py).
        """
        if kind not in KINDS:
            raise ValueError(f"no kind of entry is called {kind}")
        await session.run("audit.hold")
        head = await self.head(session)
        text = canonical(dict(about or {})).decode()
        at, whose = self.clock.now().astimezone(UTC), duty.tenant or tenant
        number = head.number + 1
        said = (number, at, duty.operator, whose, kind, subject, text)
        await session.run("audit.insert", *said, head.hash, _hash(said, head.hash))
        return number

    async def head(self, session: Session) -> Mark:
        """Return the newest entry's mark; number 0 before the first."""
        row = await session.row("audit.head")
        return Mark(number=0, hash=BEGIN) if row is None else Mark(number=row["number"], hash=bytes(row["hash"]))

    async def verify(self, session: Session) -> int | None:
        """Return the number of the first entry that is not as it was written, or is missing; None if all are."""
        return (await self.look(session)).broken

    async def look(self, session: Session, *, mark: Mark | None = None, newest: int | None = None) -> Chain:
        """Follow the chain, all of it or its ``newest`` entries, and hold it against a ``mark`` that was kept."""
        head = await self.head(session)
        first = max(1, head.number - newest + 1) if newest else 1
        prev = await self._hash_before(session, first)
        number = first
        while rows := await session.rows("audit.from", number, _BATCH):
            for row in rows:
                fault = _fault(row, number, prev)
                if fault is not None:
                    return Chain(first=first, head=head, broken=number, fault=fault)
                prev, number = bytes(row["hash"]), number + 1
        if mark is not None and (fault := await self._against(session, head, mark)):
            return Chain(first=first, head=head, broken=mark.number, fault=fault)
        return Chain(first=first, head=head)

    async def read(
        self, session: Session, asked: Asked, *, before: int | None = None, most: int = 50
    ) -> tuple[Entry, ...]:
        """Return entries, the newest first, below the number ``before``."""
        rows: Sequence[Row] = await session.rows(
            "audit.read",
            before,
            asked.operator,
            asked.kind,
            asked.subject,
            asked.tenant,
            asked.since,
            asked.until,
            most,
        )
        return tuple(_entry(row) for row in rows)

    async def _hash_before(self, session: Session, first: int) -> bytes:
        if first == 1:
            return BEGIN
        row = await session.row("audit.entry", first - 1)
        return BEGIN if row is None else bytes(row["hash"])

    async def _against(self, session: Session, head: Mark, mark: Mark) -> Fault | None:
        if mark.number > head.number:
            return "cut_off"
        row = await session.row("audit.entry", mark.number)
        held = BEGIN if row is None else bytes(row["hash"])
        return None if held == mark.hash else "replaced"


def read_mark(text: str) -> Mark:
    """Return the mark that :class:`Mark` wrote.

    Raises:
        Malformed: it is none.
    """
    number, _, digits = text.strip().partition(":")
    try:
        mark = Mark(number=int(number), hash=bytes.fromhex(digits))
    except ValueError as cause:
        raise Malformed("A mark is a number and 64 hexadecimal digits: 17:9f2c...") from cause
    if len(digits) != _HASH_DIGITS or mark.number < 0:
        raise Malformed("A mark is a number and 64 hexadecimal digits: 17:9f2c...")
    return mark


def _fault(row: Row, number: int, prev: bytes) -> Fault | None:
    """Return what is wrong with an entry that should have ``number`` and stand behind ``prev``."""
    if row["number"] != number:
        return "missing"
    said = tuple(row[name] for name in _CHAINED)
    is_so = bytes(row["prev"]) == prev and bytes(row["hash"]) == _hash(said, prev)
    return None if is_so else "changed"


def _hash(said: Sequence[object], prev: bytes) -> bytes:
    """Return the SHA-256 of an entry, its columns in the order of ``_CHAINED``, and of what stands before it."""
    entry: dict[str, object] = dict(zip(_CHAINED, said, strict=True))
    at = entry["at"]
    entry["at"] = at.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(at, datetime) else ""
    return hashlib.sha256(canonical({**entry, "prev": prev.hex()})).digest()


def _entry(row: Row) -> Entry:
    return Entry(
        number=row["number"],
        at=row["at"],
        operator=row["operator"],
        operator_name=row["operator_name"] or row["operator"],
        tenant=row["tenant"] or "",
        tenant_name=row["tenant_name"] or "",
        kind=row["kind"],
        subject=row["subject"],
        about=msgspec.json.decode(row["about"], type=dict[str, object]),
        hash=bytes(row["hash"]),
    )
