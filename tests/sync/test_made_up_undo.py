"""Undoing what was made up: with its registration or alone, once, and never under somebody who has it."""

import pytest

from photocore.events import decode_event
from sync.errors import DeskReason, DeskRefusal
from sync.views import Undone


def refusal(call) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        call()
    return caught.value.reason


def kinds(station) -> list[str]:
    rows = station.journal.read(lambda db: db.execute("select kind from event order by ordinal, seq").fetchall())
    return [kind for (kind,) in rows]


def last_event(station, kind: str):
    (line,) = station.journal.read(
        lambda db: db.execute(
            "select line from event where kind = ? order by ordinal desc, seq desc limit 1", (kind,)
        ).fetchone()
    )
    return decode_event(bytes(line))


def print_next(station) -> None:
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.printed(job.id, "process id")


def test_O18_undoing_the_registration_of_the_same_commit_undoes_the_package_too(world, station):
    """The cartridges' labels are void, its IDs are refused here, and the photoservice hears of both."""
    done = station.desk.make_up(world.make_up_wish(2, world.anna))
    print_next(station)

    undone = station.desk.undo(done.registration.claim, "staff", "wrong film", staff=world.staff)

    assert undone == Undone(printed=1, moving=0)
    assert station.desk.undo(done.registration.claim) == undone
    assert kinds(station)[-2:] == ["ClaimWithdrawn", "MakeUpWithdrawn"]
    for kind in ("ClaimWithdrawn", "MakeUpWithdrawn"):
        assert last_event(station, kind).public["staff"] == world.staff
        assert last_event(station, kind).public["reason"] == "wrong film"
    assert station.jobs.next_job() is None
    assert station.desk.queue() == ()
    assert station.desk.copy_state(done.rolls[0], done.jobs[0].copy) == "void"
    view = station.desk.look_up(done.rolls[1])
    assert (view.revoked, view.knowledge) == (True, "roster")
    assert refusal(lambda: station.desk.register(world.wish(done.package))) is DeskReason.MAKE_UP_WITHDRAWN
    assert station.desk.find_made_up(done.package).withdrawn
    world.sync(station)
    assert world.service.parked == {}
    assert world.service.made_up.withdrawn == {done.package}


def test_O18_an_undone_package_is_not_made_up_by_a_late_retry(world, station):
    """Its event ID is over, as a registration's is."""
    for card in (world.anna, None):
        wish = world.make_up_wish(1, card)
        done = station.desk.make_up(wish)
        if card:
            station.desk.undo(done.registration.claim)
        else:
            station.desk.unmake(done.package, staff=world.staff, reason="x")

        assert refusal(lambda wish=wish: station.desk.make_up(wish)) is DeskReason.MAKE_UP_WITHDRAWN


def test_O18_staff_undo_a_package_for_the_shelf(world, station):
    """Wrongly counted: labels and codes are void, what is out is told, twice is harmless."""
    done = station.desk.make_up(world.make_up_wish(3))
    print_next(station)
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")

    undone = station.desk.unmake(done.package, staff=world.staff, reason="only two in the box")

    assert undone == Undone(printed=1, moving=1)
    assert station.desk.unmake(done.package, staff=world.staff, reason="again") == undone
    assert kinds(station).count("MakeUpWithdrawn") == 1
    assert station.jobs.next_job() is None
    assert not station.desk.secrets.holds(done.event_id)
    assert {station.desk.copy_state(j.roll or done.package, j.copy) for j in done.jobs} == {"void"}
    world.sync(station)
    assert world.service.made_up.codes == {}
    assert len(world.service.made_up.dead_codes) == 3


def test_O18_a_registered_package_is_not_undone_under_its_owner(world, station):
    """First the registration is undone, by whoever may; then the package."""
    shelf = station.desk.make_up(world.make_up_wish(1))
    claim = station.desk.register(world.wish(shelf.rolls[0])).claim

    def unmake(package):
        return lambda: station.desk.unmake(package, staff=world.staff, reason="x")

    assert refusal(unmake(shelf.package)) is DeskReason.REGISTERED_MEANWHILE
    assert refusal(unmake(world.package_id(1))) is DeskReason.UNKNOWN_PACKAGE
    station.desk.undo(claim)
    unmake(shelf.package)()
    assert station.desk.look_up(shelf.package).revoked


def test_O18_undoing_a_later_registration_leaves_the_package_on_the_shelf(world, station):
    """It was made up before, and by somebody else: another card may have it."""
    shelf = station.desk.make_up(world.make_up_wish(2))
    claim = station.desk.register(world.wish(shelf.package)).claim

    station.desk.undo(claim)

    assert "MakeUpWithdrawn" not in kinds(station)
    assert not station.desk.look_up(shelf.package).revoked
    assert station.desk.register(world.wish(shelf.rolls[1], world.ben)).package == shelf.package


def test_O18_an_undone_package_stays_refused_after_the_roster_switched_and_brought_it(world, station):
    """The list may lag behind the withdrawal; this station knows better."""
    done = station.desk.make_up(world.make_up_wish(1))
    station.desk.unmake(done.package, staff=world.staff, reason="x")
    brought = type(world.manifest(1))(package=done.package, rolls=done.rolls, source="retailer")

    station.roster.switch(world.roster(2, 5, manifests=(brought,)), "")

    assert station.desk.look_up(done.rolls[0]).revoked
    assert refusal(lambda: station.desk.register(world.wish(done.rolls[0]))) is DeskReason.MAKE_UP_WITHDRAWN
