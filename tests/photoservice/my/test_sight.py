"""Whoever holds a registration sees exactly what its receipt shows: two answers to one question, held to each other.

``persons.rolls`` asks the projection, for thousands of rolls at once; ``rolls_shown`` asks the owner rule itself. Each
situation a registration can get into is made by its station, and both are asked for every access code there ever was.
"""

from photocore.codes import mint_access_code
from photocore.host import SystemEntropy
from photocore.kinds import AccessCodeReplaced, AccessCodeReplacedSecrets

ADA, BEN, EVE = "952114100000000018", "952114100000000025", "952114100000000032"


def unpack(world, builders, package):
    opened = {
        "type": "AggregationEvent",
        "eventTime": "2026-11-20T09:00:00Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "DELETE",
        "bizStep": "unpacking",
        "parentID": builders.link(package),
    }
    assert world.captured(builders.document(opened))["success"]


def seen_by_each_code(world):
    """Return what each claim's codes show, once both answers are the same; a code that opens nothing shows nothing."""
    people, found = world.running.service.people, {}
    for row in world.sql("select mac, station, claim from access_code order by made_at, mac"):

        async def ask(session, row=row):
            mac = bytes(row["mac"])
            person = await session.value("persons.of_code", mac)
            if person is None:
                person = await people.persons.make(session)
                now = people.persons.clock.now()
                await session.run("persons.hold_by_code", person, row["station"], row["claim"], mac, now)
            by_person = {one.roll for one in await people.persons.shown(session, person)}
            by_receipt = set(await people.opening.access_codes.shown_by(session, mac) or ())
            assert by_person == by_receipt, row["claim"]
            return by_person

        found[row["claim"]] = found.get(row["claim"], set()) | world.running.do(ask)
    return found


def test_O8_a_person_sees_what_the_receipt_of_what_they_hold_shows_and_nothing_else(world, station, builders):
    claims = {}

    def claim(name, item, card, **more):
        claims[name] = station.claim(item, card, **more)
        station.send()

    def holds(**shown):
        found = seen_by_each_code(world)
        assert {name: found[claims[name].id] for name in shown} == {name: set(rolls) for name, rolls in shown.items()}

    whole, rolls = world.pack("SIGHT001")
    claim("ada", whole, ADA)
    claim("again", rolls[1], ADA, level="roll")
    holds(ada=rolls, again=rolls)
    claim("ben", whole, BEN)
    holds(ada=(), again=(), ben=())
    station.merge("household", BEN, ADA)
    station.send()
    holds(ada=rolls, again=rolls, ben=rolls)
    station.withdraw(claims["ben"])
    station.send()
    holds(ada=rolls, again=rolls, ben=())
    fresh = AccessCodeReplacedSecrets(access_code=mint_access_code(SystemEntropy()))
    station.write(AccessCodeReplaced(claim=claims["ada"].id, reason="crash"), secrets=fresh)
    station.send()
    holds(ada=rolls)

    coded, others, codes = world.pack_coded("SIGHT002")
    claim("unproven", coded, ADA)
    claim("proven", others[0], EVE, level="roll", claim_code=codes[0])
    holds(unproven=(), proven=others)

    opened, singles = world.pack("SIGHT003")
    claim("before", singles[1], ADA, level="roll")
    unpack(world, builders, opened)
    claim("single", singles[1], EVE, level="roll")
    holds(before=(singles[0], singles[2]), single=())
    claim("stray", opened, EVE)
    holds(stray=())
    claim("early", builders.package_id("SIGHT004"), ADA)
    holds(early=())

    account = world.sql("select account from claim where id = $1", claims["proven"].id)[0]["account"]
    world.running.do(lambda session: world.running.service.accounts.erase(session, account))
    holds(proven=(), ada=rolls)
    world.clock.advance(181 * 86_400)
    assert not any(seen_by_each_code(world).values())
