"""A case with what tills told of it: why it waits for a person, and what follows from the ruling (K5; DESIGN 5C)."""

import re
from urllib.parse import quote

import pytest

from photoservice.custody.custody import Told

ANNA = "952114100000000018"


def path(root):
    return f"/ops/contested/{quote(root, safe='')}"


@pytest.fixture
def returned(world):
    """Film that was sold, given back, and came in all the same."""
    package, rolls = world.pack("CASE0009")
    station, till = world.station(), world.till()
    claim = station.claim(package, ANNA, activation="till")
    station.send()
    sold = till.sell(package, ANNA, sequence="4711")
    refund = till.refund(sold)
    till.send()
    lab = world.sql("select id from tenant where kind = 'retailer'")[0]["id"]
    told = Told(roll=rolls[0], step="received", at=world.clock.now(), key="K1")
    world.running.do(lambda session: world.running.service.people.custody.tell(session, lab, [told]))
    return package, station, claim, till, refund


def test_K5_a_person_sees_why_film_that_was_given_back_waits_and_rules(world, operator, returned):
    """The page tells sales and refunds; after the ruling it is the shopper's; a correction came too late to matter."""
    package, station, claim, till, refund = returned
    desk = operator("support")
    assert path(package) in desk.page("/ops/contested")
    page = desk.page(path(package))
    assert all(text in page for text in ("Every sale of it was given back", "4711", "12.99", "given back", "A"))
    saw = re.search(r'name="saw" value="([0-9a-f]{64})"', page)[1]
    form = {"saw": saw, "subject": package, "claim": f"{station.id}/{claim.id}", "why": "She kept it after all"}
    assert "Ruled." in desk.done(path(package) + "/rule", **form).text
    assert world.registration(package)["word"] == "registered"
    assert station.drain_news()[claim.id].outcome.word == "registered"
    till.send(till.correct(refund))
    page = desk.page(path(package))
    assert "the till took it back" in page
    assert "their card lay in the sale" in page
    assert world.registration(package)["proof"] == "ruling"


def test_K5_an_operator_of_another_house_sees_no_amounts(world, operator, returned):
    """They do not see the case at all."""
    package, *_ = returned
    rival = world.running.add_tenant("Rival", "retailer", "9521998")
    assert rival
    desk = operator("support", tenant=world.sql("select id from tenant where name = 'Rival'")[0]["id"])
    assert desk.get(path(package)).status_code == 404


def test_K5_a_store_says_from_when_registrations_count_there(world, operator):
    """Where nobody chose, a till that has joined decides; the page says both, and a choice ends it."""
    gln = "9521141000007"
    boss = operator("owner")
    station = world.station()
    assert '"activation":"registration"' in roster(station)
    till = world.till()
    assert '"activation":"till"' in roster(station)
    assert "once the till has sold it, as soon as a till has joined" in boss.page(f"/ops/stores/{gln}")
    fields = {"name": "Mitte", "timezone": "Europe/Berlin", "labels": "print", "make_up": "staff"}
    boss.done(f"/ops/stores/{gln}", activation="registration", **fields)
    assert '"activation":"registration"' in roster(station)
    boss.done(f"/ops/stores/{gln}", activation="auto", **fields)
    assert '"activation":"till"' in roster(station)
    world.running.do(lambda session: world.running.service.enrolment.revoke(session, till.id))
    assert '"activation":"registration"' in roster(station)


def roster(station):
    return station.roster().json()["text"]
