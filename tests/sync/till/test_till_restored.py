"""A till's journal put back from an old copy: sales, numbers and bags come back, and none is told or given twice."""

from photocore.twin_checks import parse_season_number
from sync.label_states import LabelState
from sync.till_views import DropRoll

from .conftest import Till


def test_K5_sales_come_back_and_are_known_again_when_they_are_told_again(counter):
    """The card is sealed; the caller tells the sale again, and from then on a refund finds its registration."""
    till, anna, world = Till(counter.world), counter.world.anna, counter.world
    sold = till.sale(world.package_id(3), card=anna)
    wrong = till.sale(world.package_id(4), "101")
    counter.station.desk.sell(sold)
    counter.station.desk.sell(wrong)
    correction = till.correction(wrong.event_id, world.package_id(4))
    counter.station.desk.correct_sale(correction)
    counter.round()
    station = counter.put_back()
    assert station.desk.find_told(sold.event_id) is None
    counter.round()

    assert station.desk.find_told(wrong.event_id).corrected_by == correction.event_id
    before = counter.ids()
    assert station.desk.sell(sold).already
    assert station.desk.sell(wrong).already
    assert station.desk.correct_sale(correction).already
    assert counter.ids() == before
    done = station.desk.register(world.wish(world.package_id(3), anna))
    told = station.desk.refund_sale(till.refund(world.package_id(3)))
    assert [tied.claim for tied in told.ended] == [done.claim]
    counter.check()


def test_S1_a_drop_off_comes_back_with_its_numbers_and_papers_in_doubt(counter):
    """Withdrawn ones and pick-ups too; the next number is a new one, and nothing prints by itself."""
    till = Till(counter.world)
    kept = counter.station.desk.drop_off(till.drop(DropRoll(process="C-41"), DropRoll(process="E-6", stops=-2)))
    gone = counter.station.desk.drop_off(till.drop())
    counter.station.desk.withdraw_drop_off(gone.event_id)
    taken = counter.station.desk.drop_off(till.drop())
    at = counter.station.desk.pick_up(till.pick_up(taken.bag)).at
    counter.round()
    station = counter.put_back()
    assert station.desk.find_drop_off(kept.bag) is None
    counter.round()

    view = station.desk.find_drop_off(kept.bag)
    assert (view.rolls, view.is_doubled) == (kept.rolls, False)
    assert [job.kind for job in view.jobs] == ["bag", "twin", "twin", "stub"]
    assert {job.state for job in view.jobs} == {LabelState.MAYBE}
    assert station.desk.find_drop_off(gone.bag).is_withdrawn
    assert station.desk.find_drop_off(taken.bag).picked_up_at == at
    assert station.jobs.next_job() is None
    fresh = station.desk.drop_off(till.drop())
    old = {one.bag for one in (kept, gone, taken)}
    assert fresh.bag not in old
    assert not {roll.twin for roll in fresh.rolls} & {roll.twin for one in (kept, gone, taken) for roll in one.rolls}


def test_S1_an_old_copy_that_is_offline_gives_no_number_that_a_lost_day_counted(counter):
    """It draws from the upper half of its range, and counting began at the lower end."""
    till = Till(counter.world)
    counter.round()
    lost = [counter.station.desk.drop_off(till.drop()) for _ in range(12)]
    counter.round()
    station = counter.put_back()
    fresh = [station.desk.drop_off(till.drop()) for _ in range(12)]
    counter.round()

    assert not any(view.is_doubled for view in station.desk.drop_offs())
    assert len({one.bag for one in (*lost, *fresh)}) == 24
    assert len({roll.twin for one in (*lost, *fresh) for roll in one.rolls}) == 24
    assert {parse_season_number(one.bag).number for one in lost} == set(range(301, 313))
    counter.check()


def test_S1_a_number_that_was_given_again_before_the_copy_was_known_to_be_old_is_said_to_be_doubled(counter):
    """Only chance can bring it about: with a range of one number there is no other to draw."""
    till = Till(counter.world)
    lost = counter.station.desk.drop_off(till.drop())
    counter.round()
    station = counter.put_back()
    only = parse_season_number(lost.bag).number
    twin = parse_season_number(lost.rolls[0].twin).number
    numbers = type(till.drop().numbers)(season=4, first=min(only, twin), last=max(only, twin))
    while (again := station.desk.drop_off(till.drop(numbers=numbers))).bag != lost.bag:
        pass
    counter.round()

    assert station.desk.find_drop_off(again.bag).is_doubled
    doubled = {view.event_id for view in station.desk.drop_offs() if view.is_doubled}
    assert {lost.event_id, again.event_id} <= doubled
    counter.check()
