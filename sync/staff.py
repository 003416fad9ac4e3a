"""The staff book: badge and PIN, known at this station alone, and a lock that a restart does not open (DESIGN 5D).

A PIN is short, so what is kept of it is Argon2id over an HMAC under the station's own pepper: whoever carries off the
journal without ``keys/`` has nothing to guess at. Five wrong PINs lock a badge for fifteen minutes; each try is counted
durably before it is judged, so neither a crash nor a second screen gives one more. A badge nobody knows is counted,
hashed and locked in the same way, so that trying tells nobody whose badge it is (research: reliability A15, A30).

A PIN opens functions of this station and no data. Who is removed keeps their id: old events speak of them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import apsw
from msgspec.structs import replace

from photocore.cards import CardNumber, CardTable, find_cards
from photocore.events import instant
from photocore.roles import Role
from photocore.seams import Clock, Entropy
from sync.errors import StaffRefusal, StaffUnfit
from sync.journal import Journal
from sync.pins import PinHashes, check_pin
from sync.registrations import mark_card
from sync.statements import Row, one, run
from sync.views import StaffMember

MAX_WRONG = 5
LOCK_S = 900.0
MAX_NAME = 40

TRIES_KEPT = 500
"""Badges nobody knows whose tries are remembered; the oldest are forgotten first."""


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A row of the book: the member, and the PIN's hash."""

    member: StaffMember
    pin_hash: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """What counting a try found: whose badge it is, wrong PINs in a row with this one, and seconds of lock left."""

    entry: _Entry | None
    wrong: int
    left_s: float = 0.0


class StaffBook:
    """Who may sign in at this station. Thread-safe; every verb is durable when it returns, or raises JournalDown.

    ``pins`` is given only by who must know when a PIN is hashed.
    """

    def __init__(
        self, journal: Journal, *, pepper: bytes, clock: Clock, entropy: Entropy, pins: PinHashes | None = None
    ) -> None:
        self._journal = journal
        self._pepper = pepper
        self._clock = clock
        self._entropy = entropy
        self._pins = pins or PinHashes(pepper, entropy)
        # The monotonic end of each lock this process has looked at; touched on the journal's thread alone.
        self._ends: dict[bytes, float] = {}

    def add(self, badge: CardNumber, name: str, pin: str, role: Role = "cashier") -> StaffMember:
        """Take a member of staff into the book.

        Raises:
            StaffUnfit: the badge is somebody's already, or the name or PIN cannot be taken.
        """
        shown = " ".join(name.split())
        if not shown or len(shown) > MAX_NAME or not shown.isprintable():
            raise StaffUnfit(f"A name has 1 to {MAX_NAME} letters, and nothing unprintable.")
        check_pin(pin)
        staff = self._entropy.token(8).hex()
        at, pin_hash = instant(self._clock), self._pins.hash(staff, pin)
        row = {"id": staff, "name": shown, "badge": self._mark(badge), "masked": badge.masked, "at": at, "role": role}
        self._journal.write(lambda transaction: _add(transaction.connection, row | {"pin_hash": pin_hash}))
        return StaffMember(id=staff, name=shown, badge_masked=badge.masked, added_at=at, role=role)

    def remove(self, staff: str) -> None:
        """Take a member out of the book; their id stays for old events, their badge and PIN do not.

        Raises:
            StaffUnfit: nobody of that id is in the book.
        """
        at = instant(self._clock)
        self._journal.write(lambda transaction: _remove(transaction.connection, staff, at))

    def members(self) -> tuple[StaffMember, ...]:
        """Return everybody in the book, by name."""
        return self._journal.read(self._members)

    def name_of(self, staff: str) -> str | None:
        """Return the name behind an event's ``staff``, also of who was removed; None for nobody of ours."""
        row = self._journal.read(lambda connection: one(connection, "staff.name_of", {"id": staff}))
        return str(row[0]) if row else None

    def role_of(self, staff: str) -> Role | None:
        """Return what a member in the book is; None for nobody of ours, and for who was removed."""
        row = self._journal.read(lambda connection: one(connection, "staff.role_of", {"id": staff}))
        return row[0] if row else None

    def unlock(self, staff: str) -> None:
        """End a member's lock and forget their wrong PINs.

        Raises:
            StaffUnfit: nobody of that id is in the book.
        """
        self._journal.write(lambda transaction: _forget_tries(transaction.connection, staff))

    def sign_in(self, badge: CardNumber, pin: str) -> StaffMember:
        """Return the member whose badge and PIN these are. Takes about a tenth of a second, whatever the answer.

        Raises:
            StaffRefusal: ``wrong``, or ``locked`` for ``wait_s`` seconds more: a right PIN does not open a lock.
            JournalDown: the try could not be counted, so nobody is signed in.
        """
        mark = self._mark(badge)
        counted = self._journal.write(lambda transaction: self._count_try(transaction.connection, mark))
        if counted.left_s > 0:
            raise StaffRefusal("locked", wait_s=counted.left_s)
        entry = counted.entry
        is_right = self._pins.fits(entry.member.id if entry else "", entry.pin_hash if entry else None, pin)
        if entry is not None and is_right and self._admit(mark, entry):
            return entry.member
        if counted.wrong >= MAX_WRONG:
            raise StaffRefusal("locked", wait_s=LOCK_S)
        raise StaffRefusal("wrong")

    def _admit(self, mark: bytes, entry: _Entry) -> bool:
        return self._journal.write(lambda transaction: _admit(transaction.connection, mark, entry))

    def _mark(self, badge: CardNumber) -> bytes:
        return mark_card(badge, self._pepper)

    def _members(self, connection: apsw.Connection) -> tuple[StaffMember, ...]:
        return tuple(self._member(row) for row in run(connection, "staff.list_members"))

    def _member(self, row: Row) -> StaffMember:
        staff, name, masked, added_at, role, mark, locked_until = row
        left_s = self._left_s(mark, locked_until)
        until = self._clock.now() + timedelta(seconds=left_s) if left_s > 0 else None
        return StaffMember(id=staff, name=name, badge_masked=masked, added_at=added_at, role=role, locked_until=until)

    def _count_try(self, connection: apsw.Connection, mark: bytes) -> _Counted:
        """Count a try as wrong before it is judged; the fifth locks at once, and only a right PIN takes it back."""
        found = one(connection, "staff.tries_of", {"badge": mark})
        wrong, locked_until = found or (0, None)
        left_s = self._left_s(mark, locked_until)
        if left_s > 0:
            self._keep_lock(connection, mark, wrong, left_s)
            return _Counted(entry=None, wrong=wrong, left_s=left_s)
        wrong = 1 if locked_until else wrong + 1
        if wrong >= MAX_WRONG:
            self._ends[mark] = self._clock.monotonic() + LOCK_S
            self._keep_lock(connection, mark, wrong, LOCK_S)
        else:
            run(connection, "staff.put_tries", {"badge": mark, "wrong": wrong, "locked_until": None})
        run(connection, "staff.forget_strangers", {"kept": TRIES_KEPT})
        return _Counted(entry=_entry(connection, mark), wrong=wrong)

    def _keep_lock(self, connection: apsw.Connection, mark: bytes, wrong: int, left_s: float) -> None:
        """Write when the lock ends by today's wall clock: what the next start of the process goes by."""
        until = (self._clock.now() + timedelta(seconds=left_s)).isoformat()
        run(connection, "staff.put_tries", {"badge": mark, "wrong": wrong, "locked_until": until})

    def _left_s(self, mark: bytes, locked_until: str | None) -> float:
        """Return how much is left of a lock, in seconds.

        This process counts by its monotonic clock. A lock of an earlier process is taken from the wall clock once, and
        for fifteen minutes at most: a clock set back neither shortens it nor locks anybody out for ages.
        """
        if locked_until is None:
            return 0.0
        now = self._clock.monotonic()
        if mark not in self._ends:
            left_s = (datetime.fromisoformat(locked_until) - self._clock.now()).total_seconds()
            self._ends[mark] = now + min(left_s, LOCK_S)
        return max(0.0, self._ends[mark] - now)


def read_badge(tables: tuple[CardTable, ...], text: str) -> CardNumber:
    """Return the badge in ``text``, as it was typed by who manages the book.

    Raises:
        StaffUnfit: no badge table of the roster takes it, or more than one does.
    """
    badges = tuple(table for table in tables if table.kind == "badge")
    if not badges:
        raise StaffUnfit("The roster of this store has no table of badges; the retailer sets one up first.")
    found = find_cards(badges, text, None)
    if len(found) != 1:
        raise StaffUnfit(f"This is no badge of this store: {_why_not(badges, text)}.")
    return found[0][1]


def _why_not(badges: tuple[CardTable, ...], text: str) -> str:
    if find_cards(badges, text, None):
        return "two tables of badges take it"
    if find_cards((replace(table, check="none") for table in badges), text, None):
        return "its last digit does not fit those before it, so it was perhaps mistyped"
    return "no table of badges takes it"


def _entry(connection: apsw.Connection, mark: bytes) -> _Entry | None:
    row = one(connection, "staff.by_badge", {"badge": mark})
    if row is None:
        return None
    staff, name, masked, added_at, role, pin_hash = row
    member = StaffMember(id=staff, name=name, badge_masked=masked, added_at=added_at, role=role)
    return _Entry(member=member, pin_hash=pin_hash)


def _add(connection: apsw.Connection, row: dict[str, str | bytes]) -> None:
    holder = one(connection, "staff.by_badge", {"badge": row["badge"]})
    if holder is not None:
        raise StaffUnfit(f"This badge is {holder[1]}'s; remove them first.")
    run(connection, "staff.forget_tries", {"badge": row["badge"]})
    run(connection, "staff.add_member", row)


def _remove(connection: apsw.Connection, staff: str, at: str) -> None:
    _forget_tries(connection, staff)
    run(connection, "staff.remove_member", {"id": staff, "at": at})


def _forget_tries(connection: apsw.Connection, staff: str) -> None:
    badge = one(connection, "staff.badge_of", {"id": staff})
    if badge is None:
        raise StaffUnfit(f"There is no {staff[:40]!r} in the staff book.")
    run(connection, "staff.forget_tries", {"badge": badge[0]})


def _admit(connection: apsw.Connection, mark: bytes, entry: _Entry) -> bool:
    """Forget the wrong tries of who has shown the right PIN; False when they were removed meanwhile."""
    if _entry(connection, mark) != entry:
        return False
    run(connection, "staff.forget_tries", {"badge": mark})
    return True
