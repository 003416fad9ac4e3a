"""Where rolls are, by what tills and counters told: sold, dropped off, taken away (S1, S2; DESIGN 5D)."""

import pytest

from photocore.codes import mint_registration_number
from photocore.host import SystemEntropy
from photoservice.custody.lines import custody_of

ANNA = "952114100000000018"


def line(world, roll):
    """Return the steps of a roll that somebody told, each with its place."""
    service = world.running.service

    async def read(session):
        return (await custody_of(session, service, [roll]))[roll]

    drawn = world.running.do(read)
    return {mark.step: mark.place for mark in drawn.marks if mark.state in ("done", "now")}


def test_S1_S2_a_rolls_line_tells_where_it_was_sold_dropped_off_and_taken_away(world, station):
    """Each by its own event; what was taken back is told no more."""
    package, rolls = world.pack("SERIAL-1")
    till = world.till()
    station.claim(package, ANNA)
    station.send()
    sold, dropped = till.sell(package), till.drop_off(rolls[0], None)
    till.send()
    here = "Corner Photo Mitte"
    assert line(world, rolls[0]) == {"sold": here, "registered": "", "dropped": here}
    assert line(world, rolls[1]) == {"sold": here, "registered": ""}
    station.send(*station.events, station.pick_up())
    assert line(world, rolls[0]) == {"sold": here, "registered": "", "dropped": here, "picked_up": here}
    till.send(*till.events, till.undrop(dropped), till.correct(sold))
    assert line(world, rolls[0]) == {"registered": ""}


def test_S1_a_bag_may_be_taken_away_before_it_is_known_and_withdrawn_before_it_came(world, station, builders):
    """Any order of arrival tells the same; another store's bag of the same number is another bag."""
    _, rolls = world.pack("SERIAL-1")
    till, other = world.till(), world.till(builders.OTHER_STORE)
    dropped, opening = till.drop_off(rolls[0]), till.events[0]
    taken = till.pick_up()
    other.pick_up()
    other.send()
    till.send(opening, taken)
    assert line(world, rolls[0]) == {}
    till.send(dropped)
    assert line(world, rolls[0]) == {"dropped": "Corner Photo Mitte", "picked_up": "Corner Photo Mitte"}
    undone, late = till.drop_off(rolls[1], bag=313), till.events[-1]
    withdrawn = till.undrop(undone)
    till.send(withdrawn)
    till.send(late)
    assert line(world, rolls[1]) == {}


def test_S1_a_refunded_roll_is_not_sold(world):
    """Of an unpacked package the sale of one roll tells nothing of another."""
    package, rolls = world.pack("SERIAL-1")
    till = world.till()
    sold = till.sell(rolls[0])
    till.send()
    assert [line(world, roll) for roll in rolls[:2]] == [{"sold": "Corner Photo Mitte"}] * 2
    world.sql("insert into unpacking (package, id, saw) values ($1, 'U', '{}')", package)
    assert [line(world, roll) for roll in rolls[:2]] == [{"sold": "Corner Photo Mitte"}, {}]
    till.send(*till.events, till.refund(sold))
    assert line(world, rolls[0]) == {}


@pytest.mark.parametrize("known", [True, False])
def test_S1_a_drop_off_tells_nobody_whether_a_roll_or_a_number_is_known(world, station, known):
    """The answer is the same to the letter, and nobody comes to own anything by it."""
    package, rolls = world.pack("SERIAL-1")
    claim = station.claim(package, ANNA)
    station.send()
    before = world.registration(package)
    roll = rolls[0] if known else rolls[0].replace("SERIAL-1", "SERIAL-7")
    number = claim.public["number"] if known else mint_registration_number(SystemEntropy())
    till = world.till()
    dropped = till.drop_off(roll, number=number)
    (said,) = (v for v in till.send().verdicts if v.id == dropped.id)
    assert (said.verdict.value, said.reason, said.cause, said.outcome) == ("applied", "", "", None)
    assert world.registration(package) == before
    assert till.drain_news() == {}
