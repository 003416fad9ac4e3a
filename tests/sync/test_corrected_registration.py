"""A parked registration is corrected by registering once more: the new one stands for it, and it ends."""

import pytest

from photocore.events import decode_event
from sync.errors import DeskReason, DeskRefusal


def refusal(call) -> DeskReason:
    with pytest.raises(DeskRefusal) as caught:
        call()
    return caught.value.reason


@pytest.fixture
def parked(world, station):
    """Return a registration that the photoservice has parked."""
    done = station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.parks.add(done.claim)
    world.sync(station)
    assert [view.id for view in station.desk.parked()] == [done.claim]
    return done


def test_K4_a_corrected_registration_takes_the_place_of_the_parked_one(world, station, parked):
    """Same package, same card or another: the old labels and receipt are void, the new event names the old."""
    again = station.desk.register(world.wish(world.package_id(1), world.ben, corrects=parked.claim, staff=world.staff))

    assert again.rolls == parked.rolls
    assert [job.kind for job in again.jobs] == ["roll", "roll", "roll", "receipt"]
    assert {station.desk.copy_state(job.roll, job.copy) for job in parked.jobs[:3]} == {"void"}
    assert station.desk.find_registration(parked.number).withdrawn
    assert station.desk.parked() == ()
    (line,) = station.journal.read(
        lambda db: db.execute("select line from event where id = ?", (again.claim,)).fetchone()
    )
    public = decode_event(bytes(line)).public
    assert (public["corrects"], public["staff"]) == (parked.claim, world.staff)
    kinds = station.journal.read(lambda db: [kind for (kind,) in db.execute("select kind from event").fetchall()])
    assert "ClaimWithdrawn" not in kinds
    world.sync(station)
    assert station.desk.level(again.claim).word == "confirmed"
    assert not station.desk.secrets.holds(parked.claim)


def test_K4_the_same_correction_again_is_the_same_registration(world, station, parked):
    """A retry finds it, and ends nothing twice."""
    wish = world.wish(world.package_id(1), corrects=parked.claim)
    first = station.desk.register(wish)

    assert station.desk.register(wish).already
    assert station.desk.register(wish).number == first.number


def test_K4_only_what_is_parked_is_corrected(world, station, parked):
    """A registration in good order, an unknown one, one corrected before: refused, and nothing changes."""
    good = station.desk.register(world.wish(world.package_id(2)))
    station.desk.register(world.wish(world.package_id(1), corrects=parked.claim))

    def correct(claim):
        return lambda: station.desk.register(world.wish(world.package_id(3), corrects=claim))

    assert refusal(correct(good.claim)) is DeskReason.NOT_PARKED
    assert refusal(correct("0" * 32)) is DeskReason.UNKNOWN_CLAIM
    assert refusal(correct(parked.claim)) is DeskReason.WITHDRAWN
    assert not station.desk.find_registration(good.number).withdrawn


def test_K4_a_refused_correction_leaves_the_parked_one_as_it_was(world, station, parked):
    """The package it should become is another card's: all or nothing."""
    station.desk.register(world.wish(world.package_id(2), world.ben))

    refused = refusal(lambda: station.desk.register(world.wish(world.package_id(2), corrects=parked.claim)))

    assert refused is DeskReason.REGISTERED_TO_ANOTHER_CARD
    assert [view.id for view in station.desk.parked()] == [parked.claim]
    assert station.desk.copy_state(parked.rolls[0], parked.jobs[0].copy) == "valid"


def test_O18_undoing_a_corrected_registration_undoes_the_package_made_up_with_it(world, station):
    """The correction stands where the first registration stood, in the commit that made the package up."""
    done = station.desk.make_up(world.make_up_wish(1, world.anna))
    world.service.faults.parks.add(done.registration.claim)
    world.sync(station)
    again = station.desk.register(world.wish(done.package, corrects=done.registration.claim))
    assert [job.kind for job in again.jobs] == ["roll", "receipt"]

    station.desk.undo(again.claim)

    assert station.desk.find_made_up(done.package).withdrawn
    world.sync(station)
    assert world.service.made_up.withdrawn == {done.package}
