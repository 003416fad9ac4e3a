"""What is parked has a cause in one stable word, may be corrected by a later event, and is tried again (DESIGN 5E)."""

import msgspec

from photocore.codes import mint_access_code
from photocore.events import sign_event
from photocore.keys import SigningKey
from photocore.kinds import (
    AccessCodeReplaced,
    AccessCodeReplacedSecrets,
    ClaimWithdrawn,
    EpochOpened,
    StaffOverrode,
)
from photoservice.intake.retry import retry_parked

OTHER = "9521141000014"


def causes(ack):
    return [v.cause for v in ack.verdicts]


def listed(world, station, everything=False):
    query = world.running.service.database.queries["events.parked"]
    return [row["id"] for row in world.sql(query, station.id, 100, everything)]


def counted(world):
    (row,) = world.sql(world.running.service.database.queries["stations.list"])
    return row["parked"]


def retry(world, station):
    done = world.running.run(retry_parked(world.running.service.receiver, station.id))
    return done.applied, done.parked


def test_O1_every_parked_event_tells_its_cause_in_one_stable_word(world, station, builders):
    """The same word when it is sent again: screens of any language say it in their own."""

    class SomethingNew(ClaimWithdrawn):
        pass

    package, _ = world.pack("CAUSE001")
    good = station.claim(package)
    forged = station.claim(package, signer=SigningKey(seed=b"x" * 32))
    moved = sign_event(msgspec.structs.replace(station.claim(package), sealed=good.sealed), station.key)
    station.events[-1] = moved
    foreign = sign_event(msgspec.structs.replace(station.claim(package), station="ST-OTHER000"), station.key)
    station.events[-1] = foreign
    station.claim(package, store=OTHER)
    station.claim("(01)09521141012345(21)short")
    station.write(SomethingNew(claim="0" * 32, item="TCP-x", by="staff"))
    station.write(EpochOpened(software="\x00"))
    assert forged

    first = station.send()

    assert causes(first) == [
        *("", "", "signature", "sealed", "other_station"),
        *("other_store", "malformed", "unknown_kind", "database"),
    ]
    assert causes(station.send()) == causes(first)
    assert all(v.reason for v in first.verdicts if v.cause)


def test_O1_held_revoked_and_forked_are_causes(world, station):
    """They concern the station and not its event."""
    package, _ = world.pack("CAUSE002")
    claim = station.claim(package)
    station.send()
    twin = sign_event(msgspec.structs.replace(claim, at="2026-11-21T10:00:00.000Z"), station.key)
    assert causes(station.send(twin)) == ["fork"]
    assert causes(station.send(station.claim(package))) == ["held"]
    world.running.do(lambda s: s.run("stations.revoke", station.id, world.clock.now()))
    assert causes(station.send(station.claim(package))) == ["revoked"]


def test_O1_a_corrected_event_is_listed_no_longer_and_never_tried_again(world, station):
    """Another event stands for it; asked for, the list still shows both."""
    package, _ = world.pack("CORR0001")
    wrong = station.claim(package, store=OTHER)
    station.send()
    assert (listed(world, station), counted(world)) == ([wrong.id], 1)

    right = station.claim(package, corrects=wrong.id)
    assert station.send(right).verdicts[0].verdict.value == "applied"

    assert (listed(world, station), counted(world)) == ([], 0)
    assert listed(world, station, everything=True) == [wrong.id]
    assert retry(world, station) == (0, 0)


def test_O1_a_correction_that_comes_before_what_it_corrects_counts_all_the_same(world, station):
    """The order of arrival does not matter."""
    package, _ = world.pack("CORR0002")
    wrong = station.claim(package, store=OTHER)
    right = station.claim(package, corrects=wrong.id)
    station.send(station.events[0], right)
    station.send(wrong)
    assert (listed(world, station), counted(world)) == ([], 0)


def test_O1_staff_may_close_a_parked_event(world, station):
    """Nothing more is needed of it; the override is an event with who did it."""
    package, _ = world.pack("CORR0003")
    wrong = station.claim(package, store=OTHER)
    closing = station.write(
        StaffOverrode(staff="00112233445566aa", act="parked_closed", about=wrong.id, reason="twice")
    )
    assert causes(station.send()) == ["", "other_store", ""]
    assert listed(world, station) == []
    kept = world.sql("select kind, verdict from event where id = $1", closing.id)
    assert kept == [{"kind": "StaffOverrode", "verdict": "applied"}]


def test_attack_A18_correcting_anothers_or_an_applied_event_changes_nothing(world, station):
    """It is noted, and that is all."""
    package, _ = world.pack("CORR0004")
    other = world.station(OTHER)
    theirs = other.claim(package, store="9521141000007")
    other.send()
    mine = station.claim(package)
    station.send()

    station.claim(package, corrects=theirs.id)
    station.claim(package, corrects=mine.id)
    assert causes(station.send(*station.events[-2:])) == ["", ""]

    assert listed(world, other) == [theirs.id]
    assert world.sql("select verdict from event where id = $1", mine.id) == [{"verdict": "applied"}]
    assert len(world.registration(package)["claims"]) == 3


def test_O1_a_retry_looks_at_all_that_is_parked_not_at_the_oldest_only(world, station):
    """Seven hundred, the first five hundred of them hopeless."""
    package, _ = world.pack("RETRY700")
    station.send()
    world.running.do(lambda s: s.run("stations.stop", station.id, world.clock.now(), "a drill"))
    for _ in range(520):
        station.write(ClaimWithdrawn(claim="0" * 32, item="TCP-x", by="staff"), signer=SigningKey(seed=b"x" * 32))
    claim = station.claim(package)
    for start in range(1, len(station.events), 200):
        station.send(*station.events[start : start + 200])
    world.running.do(lambda s: s.run("stations.release", station.id))

    assert retry(world, station) == (1, 520)
    assert world.registration(package)["claims"] == [f"{station.id}/{claim.id}"]


def test_O1_a_retry_says_why_an_event_stays_parked_now(world, station):
    """Held then; now it would be parked for what it says."""
    station.send()
    other = world.station(OTHER)
    theirs = other.make_up(1)
    other.send()
    world.running.do(lambda s: s.run("stations.stop", station.id, world.clock.now(), "a drill"))
    station.replace_codes(theirs)
    assert causes(station.send(station.events[-1])) == ["held"]
    world.running.do(lambda s: s.run("stations.release", station.id))
    assert retry(world, station) == (0, 1)
    assert causes(station.send(station.events[-1])) == ["other_store"]


def test_O19_a_retried_replacement_does_not_revive_an_older_access_code(world, station, builders):
    """The code printed last opens, though the one before it was parked and came in after it."""
    package, _ = world.pack("REVIVE02")
    claim = station.claim(package)
    station.send()
    codes = [mint_access_code(builders.ENTROPY) for _ in range(2)]
    old, new = (
        station.write(AccessCodeReplaced(claim=claim.id, reason="r"), secrets=AccessCodeReplacedSecrets(access_code=c))
        for c in codes
    )
    world.running.do(lambda s: s.run("stations.stop", station.id, world.clock.now(), "a drill"))
    assert causes(station.send(old)) == ["held"]
    world.running.do(lambda s: s.run("stations.release", station.id))
    assert causes(station.send(new)) == [""]

    assert retry(world, station) == (1, 0)

    live = [bytes(row["mac"]) for row in world.sql("select mac from access_code where voided_at is null")]
    assert live == [world.running.service.keyring.mac("access", codes[1])]
