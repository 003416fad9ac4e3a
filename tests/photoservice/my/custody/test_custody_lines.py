"""Where a roll is, in words on its owner's page: told by a lab, or following from other facts (S2)."""

from photoservice.web.custody_words import tell_line
from photoservice.web.languages import read_words


def test_S2_a_registered_roll_waits_to_be_dropped_off(owner, lines):
    mine = owner("CUST0001", frames=())
    line = lines(mine.rolls)[mine.rolls[0]]
    assert (line.now.step, line.next, line.pictures_due) == ("registered", "dropped", None)
    told = tell_line(read_words()["en"], line, line.now.at)
    assert told.whole == "It was registered today. Shoot it, and drop it off when you like."


def test_S2_a_roll_with_pictures_was_scanned_and_developed_on_its_day(owner, lines, archive):
    mine = owner("CUST0002", frames=())
    roll = mine.rolls[0]
    archive.file(roll, "1", archive.tenant("Silver Lab"), developed_on=archive.running.service.clock.now().date())
    line = lines([roll])[roll]
    assert [(mark.step, mark.state) for mark in line.marks if mark.state in ("done", "now")] == [
        ("registered", "done"), ("developed", "done"), ("scanned", "now"),
    ]  # fmt: skip
    assert (line.has_pictures, line.missing) == (True, None)


def test_S2_a_roll_nobody_knows_has_a_line_that_says_so(lines, archive):
    line = lines(["TCR-NOBODY"])["TCR-NOBODY"]
    told = tell_line(read_words()["en"], line, archive.running.service.clock.now())
    assert told.sentence == "Nobody has told us where it is yet."


def test_S2_days_are_those_of_the_store_where_the_roll_was_registered(world, station, lines):
    """Half past eleven at night in UTC is the next day in Berlin."""
    world.running.add_tenant("Silver Lab", "lab")
    package, rolls = world.pack("BERLIN01")
    station.claim(package)
    station.send()
    roll = str(rolls[0])
    world.sql(
        "insert into images.custody (roll, step, tenant, key, at, told_at)"
        " select $1, 'received', id, 'k', '2026-11-20T23:30:00Z', now() from tenant where kind = 'lab'",
        roll,
    )
    line = lines([roll])[roll]
    assert [mark.state for mark in line.marks[:2]] == ["unknown", "done"]
    assert (line.now.step, line.now.at.day, str(line.now.at.tzinfo)) == ("received", 21, "Europe/Berlin")
