"""The staff book: who is let in, who is locked out, and what of a PIN is on the disk."""

import stat
import threading
from datetime import timedelta

import pytest

from photocore.cards import CardNumber, CardTable
from photocore.testing import ManualClock
from sync.errors import JournalDown, StaffRefusal, StaffUnfit
from sync.pins import PinHashes
from sync.staff import LOCK_S, MAX_WRONG, TRIES_KEPT, StaffBook, read_badge
from sync.statements import number, run
from sync.station import Footing

BADGE = CardNumber(table="staff", number="81239907")
STRANGER = CardNumber(table="staff", number="81230001")
PIN = "402817"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(make_world, clock):
    one = make_world(clock=clock)
    one.enrol()
    return one


def reopen(world):
    """Close whatever is open and come back, as after a power cut."""
    world.close()
    world.opened.clear()
    return world.open()


def refused(book, badge=BADGE, pin="000001") -> StaffRefusal:
    with pytest.raises(StaffRefusal) as caught:
        book.sign_in(badge, pin)
    return caught.value


class WatchedPins(PinHashes):
    """PIN hashes that tell of each pass, and may be held up in one."""

    def __init__(self, world) -> None:
        super().__init__(b"p" * 32, world.entropy)
        self.passes: list[str] = []
        self.before_judging = lambda: None

    def hash(self, staff, pin):
        self.passes.append("hash")
        return super().hash(staff, pin)

    def fits(self, staff, pin_hash, pin):
        self.before_judging()
        if pin_hash is not None:
            self.passes.append("verify")
        return super().fits(staff, pin_hash, pin)


def watched_book(world, station):
    pins = WatchedPins(world)
    book = StaffBook(station.journal, pepper=b"p" * 32, clock=world.clock, entropy=world.entropy, pins=pins)
    return book, pins


def lock(book, badge=BADGE) -> StaffRefusal:
    for _ in range(MAX_WRONG - 1):
        assert refused(book, badge).reason == "wrong"
    return refused(book, badge)


def test_K3_badge_and_pin_let_a_member_in_under_an_opaque_id(station):
    """The id that events carry says nothing of badge or name."""
    anna = station.staff.add(BADGE, "  Anna  Berg ", PIN)

    signed_in = station.staff.sign_in(BADGE, PIN)

    assert (signed_in.id, signed_in.name, signed_in.badge_masked) == (anna.id, "Anna Berg", "•••• 9907")
    assert len(anna.id) == 16
    assert int(anna.id, 16) >= 0
    assert station.staff.members() == (anna,)


def test_K3_five_wrong_pins_lock_for_fifteen_minutes_and_the_right_one_opens_nothing(station, clock):
    """The fifth wrong PIN says so at once; a right one waits like everybody."""
    station.staff.add(BADGE, "Anna", PIN)

    fifth = lock(station.staff)
    clock.advance(LOCK_S - 1)
    early = refused(station.staff, pin=PIN)
    clock.advance(1)

    assert (fifth.reason, fifth.wait_s) == ("locked", LOCK_S)
    assert (early.reason, early.wait_s) == ("locked", 1)
    assert station.staff.sign_in(BADGE, PIN).name == "Anna"


def test_K3_a_right_pin_clears_the_wrong_ones_before_it(station):
    """Four wrong, one right, four wrong: nobody is locked."""
    station.staff.add(BADGE, "Anna", PIN)
    for _ in range(2):
        for _ in range(MAX_WRONG - 1):
            assert refused(station.staff).reason == "wrong"
        assert station.staff.sign_in(BADGE, PIN).locked_until is None


def test_K3_wrong_pins_are_remembered_across_a_restart(world, station):
    """Pulling the plug after four tries gives no fifth and sixth."""
    station.staff.add(BADGE, "Anna", PIN)
    for _ in range(MAX_WRONG - 1):
        refused(station.staff)

    after = reopen(world)

    assert refused(after.staff).reason == "locked"


def test_K3_a_lock_survives_a_restart_and_a_clock_set_back_a_year(world, station, clock):
    """A clock set back opens nothing earlier, and locks nobody out for a year."""
    station.staff.add(BADGE, "Anna", PIN)
    lock(station.staff)
    clock.set_wall(clock.now() - timedelta(days=365))

    after = reopen(world)
    shut = refused(after.staff, pin=PIN)
    clock.advance(LOCK_S)

    assert (shut.reason, shut.wait_s) == ("locked", LOCK_S)
    assert after.staff.sign_in(BADGE, PIN).name == "Anna"


def test_K3_a_clock_that_moves_while_the_station_runs_neither_opens_nor_prolongs_a_lock(station, clock):
    """The running process counts by its monotonic clock alone."""
    station.staff.add(BADGE, "Anna", PIN)
    lock(station.staff)

    clock.set_wall(clock.now() + timedelta(days=365))
    ahead = refused(station.staff, pin=PIN)
    clock.set_wall(clock.now() - timedelta(days=730))
    behind = refused(station.staff, pin=PIN)

    assert (ahead.wait_s, behind.wait_s) == (LOCK_S, LOCK_S)


def test_K3_what_is_left_of_a_lock_is_what_the_next_start_goes_on_with(world, station, clock):
    """A restart in the middle neither shortens nor renews it."""
    station.staff.add(BADGE, "Anna", PIN)
    lock(station.staff)
    clock.advance(600)

    after = reopen(world)

    assert refused(after.staff, pin=PIN).wait_s == LOCK_S - 600
    (member,) = after.staff.members()
    assert member.locked_until == clock.now() + timedelta(seconds=LOCK_S - 600)


def test_K3_a_badge_nobody_knows_is_answered_and_locked_like_any_other(station):
    """Trying tells nobody whose badge it is: the words, their order and the lock are the same."""
    station.staff.add(BADGE, "Anna", PIN)

    told = [[(r.reason, r.wait_s, str(r)) for r in (refused(station.staff, b) for _ in range(6))] for b in TWO]

    assert told[0] == told[1]


TWO = (BADGE, STRANGER)


def test_K3_a_badge_nobody_knows_costs_the_same_hashing(world, station):
    """One Argon2 pass a try, for a stranger as for a member: the member's is verified, the stranger's thrown away."""
    book, pins = watched_book(world, station)
    book.add(BADGE, "Anna", PIN)
    pins.passes.clear()

    refused(book, BADGE)
    refused(book, STRANGER)

    assert pins.passes == ["verify", "hash"]


def test_K3_trying_badges_fills_no_disk(station):
    """Strangers' tries are forgotten beyond the newest; a member's are not."""
    station.staff.add(BADGE, "Anna", PIN)
    refused(station.staff)
    rows = ({"badge": n.to_bytes(4, "big"), "wrong": 1, "locked_until": None} for n in range(TRIES_KEPT + 20))
    station.journal.write(lambda t: [run(t.connection, "staff.put_tries", row) for row in rows])

    refused(station.staff, STRANGER)

    kept = station.journal.read(lambda db: list(db.execute("select count(*) from staff_try")))
    assert kept == [(TRIES_KEPT + 1,)]
    for _ in range(MAX_WRONG - 2):
        refused(station.staff)
    assert refused(station.staff).reason == "locked"


def test_K3_the_journal_takes_registrations_while_a_pin_is_hashed(world, station):
    """The writer is not held by Argon2: a shopper at the counter never waits for a colleague's PIN."""
    book, pins = watched_book(world, station)
    book.add(BADGE, "Anna", PIN)
    busy, go_on = threading.Event(), threading.Event()

    def dawdle() -> None:
        busy.set()
        assert go_on.wait(60)

    pins.before_judging = dawdle
    signing_in = threading.Thread(target=lambda: book.sign_in(BADGE, PIN))
    signing_in.start()
    assert busy.wait(30)

    done = station.desk.register(world.wish(world.package_id(1)))
    go_on.set()
    signing_in.join(30)

    assert done.number
    assert not signing_in.is_alive()


def test_K3_who_is_removed_is_a_stranger_but_old_events_keep_the_name(station):
    """The badge can be given to somebody else, who gets another id."""
    anna = station.staff.add(BADGE, "Anna", PIN)
    station.staff.remove(anna.id)

    assert refused(station.staff, pin=PIN).reason == "wrong"
    ben = station.staff.add(BADGE, "Ben", "918273")
    assert ben.id != anna.id
    assert (station.staff.name_of(anna.id), station.staff.name_of(ben.id)) == ("Anna", "Ben")
    assert station.staff.name_of("f" * 16) is None
    with pytest.raises(StaffUnfit, match="in the staff book"):
        station.staff.remove(anna.id)


def test_K3_who_is_removed_while_their_pin_is_judged_is_not_let_in(world, station):
    """The right PIN counts only if its member is still in the book when it does."""
    book, pins = watched_book(world, station)
    anna = book.add(BADGE, "Anna", PIN)
    pins.before_judging = lambda: book.remove(anna.id)

    assert refused(book, pin=PIN).reason == "wrong"


def test_K3_a_manager_unlocks_a_badge_at_once(station):
    """``staff unlock`` ends the lock, in this process too."""
    anna = station.staff.add(BADGE, "Anna", PIN)
    lock(station.staff)

    station.staff.unlock(anna.id)

    assert station.staff.sign_in(BADGE, PIN) == anna


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("12345", "6 to 12 digits"),
        ("1234567890123", "6 to 12 digits"),
        ("12345a", "6 to 12 digits"),
        ("١٢٣٤٥٦", "6 to 12 digits"),
        ("000000", "one digit"),
        ("123456", "count up or down"),
        ("987654", "count up or down"),
        ("890123", "count up or down"),
        ("121212", "repeats"),
        ("123123", "repeats"),
    ],
)
def test_K3_a_pin_that_is_tried_first_is_refused_in_a_sentence(station, pin, why):
    """The refusal says what is wrong, and never repeats the PIN but for the example."""
    with pytest.raises(StaffUnfit, match=why):
        station.staff.add(BADGE, "Anna", pin)


def test_K3_one_badge_is_one_person_and_a_name_is_needed(station):
    """Whose badge it is already is said to who manages the book."""
    station.staff.add(BADGE, "Anna", PIN)

    with pytest.raises(StaffUnfit, match="Anna's"):
        station.staff.add(BADGE, "Ben", PIN)
    with pytest.raises(StaffUnfit, match="1 to 40"):
        station.staff.add(STRANGER, " \t ", PIN)
    with pytest.raises(StaffUnfit, match="1 to 40"):
        station.staff.add(STRANGER, "x\N{RIGHT-TO-LEFT OVERRIDE}y", PIN)


def test_K3_neither_pin_nor_badge_number_is_on_the_disk_or_in_a_repr(world, station, caplog):
    """The journal holds a hash under a pepper that lies in keys/, 0600; the files are searched byte by byte."""
    anna = station.staff.add(BADGE, "Anna", PIN)
    refused(station.staff, pin="739184")
    station.staff.sign_in(BADGE, PIN)
    world.close()

    pepper = world.folder / "keys" / "staff.pepper"
    assert stat.S_IMODE(pepper.stat().st_mode) == 0o600
    said = (repr(anna) + repr(station.staff) + caplog.text).encode()
    files = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    for secret in (PIN.encode(), b"739184", BADGE.number.encode()):
        assert secret not in files + said
    assert b"$argon2id$" in files
    assert pepper.read_bytes() not in (world.folder / "journal.db").read_bytes()


def test_K3_a_guess_costs_what_rfc_9106_asks_for_unless_a_test_says_otherwise(world):
    """Its second recommended choice: 64 MiB, three passes, four lanes. Argon2 writes them beside each hash."""
    station = world.open(under=Footing(reserve_bytes=4096))
    station.staff.add(BADGE, "Anna", PIN)

    kept = station.journal.read(lambda db: db.execute("select pin_hash from staff").fetchall())

    assert [pin_hash.rpartition("p=4$")[0] for (pin_hash,) in kept] == ["$argon2id$v=19$m=65536,t=3,"]


def test_K3_a_hash_copied_onto_another_member_opens_nothing(station):
    """The hash is bound to its member, so that an edited journal lends no PIN."""
    station.staff.add(BADGE, "Anna", PIN)
    station.staff.add(STRANGER, "Ben", "918273")
    station.journal.write(
        lambda t: t.connection.execute(
            "update staff set pin_hash = (select pin_hash from staff where name = 'Anna') where name = 'Ben'"
        )
    )

    assert refused(station.staff, STRANGER, PIN).reason == "wrong"


def test_K3_nobody_is_let_in_when_the_try_cannot_be_counted(world, station):
    """With the journal down a PIN cannot be tried at all: otherwise pulling the disk would give endless tries."""
    station.staff.add(BADGE, "Anna", PIN)
    station.close()

    with pytest.raises(JournalDown):
        station.staff.sign_in(BADGE, PIN)


def test_K3_a_badge_typed_by_the_manager_is_read_by_the_rosters_badge_tables():
    """A shopper's card is none, and without badge tables the sentence says who must act."""
    card = CardTable(name="club", kind="card", symbologies=("code-128",), pattern=r"\d{10}")
    badges = CardTable(name="staff", kind="badge", symbologies=("code-128",), pattern=r"8123\d{4}", typed=False)

    assert read_badge((card, badges), "8123 9907") == BADGE
    with pytest.raises(StaffUnfit, match="no badge of this store"):
        read_badge((card, badges), "9912344711")
    with pytest.raises(StaffUnfit, match="no table of badges"):
        read_badge((card,), "81239907")


def test_K3_a_badge_whose_last_digit_is_wrong_hears_so():
    """The form fits and the check does not: a slip in typing, not another store's badge."""
    badges = CardTable(name="staff", kind="badge", symbologies=("ean-13",), pattern=r"29\d{11}", check="gs1")

    assert read_badge((badges,), "2912345678906").number == "2912345678906"
    with pytest.raises(StaffUnfit, match="its last digit does not fit"):
        read_badge((badges,), "2912345678901")
    with pytest.raises(StaffUnfit, match="no table of badges takes it"):
        read_badge((badges,), "3912345678901")


def test_K3_staff_are_not_events(station):
    """Adding staff tells the photoservice nothing: names and badges stay in the store."""
    before = station.journal.read(lambda db: number(db, "journal.count_events"))
    station.staff.add(BADGE, "Anna", PIN)
    assert station.journal.read(lambda db: number(db, "journal.count_events")) == before


def test_S6_a_role_is_kept_across_a_restart_and_is_a_cashiers_unless_said(world, station):
    """Nobody may do more than they were given."""
    anna = station.staff.add(BADGE, "Anna", PIN)
    ben = station.staff.add(STRANGER, "Ben", "918273", "installer")
    assert (anna.role, ben.role) == ("cashier", "installer")
    station.close()
    book = world.open().staff
    assert [(member.name, member.role) for member in book.members()] == [("Anna", "cashier"), ("Ben", "installer")]
    assert book.sign_in(BADGE, PIN).role == "cashier"
    assert (book.role_of(ben.id), book.role_of("0" * 16)) == ("installer", None)
    book.remove(ben.id)
    assert book.role_of(ben.id) is None


def test_S6_whoever_was_in_the_book_before_there_were_roles_is_a_manager(world, station):
    """They could do everything, and a new version takes nothing from anybody."""
    anna = station.staff.add(BADGE, "Anna", PIN)
    station.journal.write(
        lambda transaction: transaction.connection.execute(
            "insert into staff (id, name, badge, masked, pin_hash, added_at) "
            "select 'ffffffffffffffff', 'Eva', x'00', masked, pin_hash, added_at from staff"
        )
    )
    assert station.staff.role_of("ffffffffffffffff") == "manager"
    assert station.staff.role_of(anna.id) == "cashier"


def test_S6_a_lock_holds_for_every_role(station, clock):
    """A manager's badge is locked like any other."""
    station.staff.add(BADGE, "Anna", PIN, "manager")
    for _ in range(5):
        with pytest.raises(StaffRefusal):
            station.staff.sign_in(BADGE, "000000")
    with pytest.raises(StaffRefusal) as locked:
        station.staff.sign_in(BADGE, PIN)
    assert locked.value.reason == "locked"
