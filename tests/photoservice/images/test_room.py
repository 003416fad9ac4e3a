"""reserved + used <= capacity, whoever asks at once; what nobody comes back for is free again."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from photocore.codes import mint_house_roll
from photocore.host import SystemEntropy
from photoservice.objects.collecting import Collector
from photoservice.settings import Settings

CAPACITY = 100_000
HOUR = 3600.0
HAMMER = Path(__file__).with_name("room_hammer.py")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Little room; and nobody sweeps but the test, when it says so."""
    return replace(settings, capacity=CAPACITY, sweep_every=None)


def problem(reply) -> tuple[int, str]:
    return reply.status_code, reply.json()["type"].rpartition(":")[2]


def store(world):
    (row,) = world.sql("select capacity, reserved, used from images.storage")
    return row


def big(number: int, size: int) -> bytes:
    return bytes([number]) * size


def test_O1_what_does_not_fit_is_not_promised(world, lab, roll):
    room = lab.offer(roll, ("1", big(1, 60_000))).json()
    assert room["bytes"] == 60_000
    assert problem(lab.offer(roll, ("2", big(2, 60_000)))) == (507, "no-room")
    assert problem(lab.begin(roll, "2", 60_000)) == (507, "no-room")
    assert store(world) == {"capacity": CAPACITY, "reserved": 60_000, "used": 0}
    assert lab.begin(roll, "1", 60_000, reservation=room["reservation"]).status_code == 201


def test_O1_the_same_offer_again_is_promised_no_second_room(world, lab, roll):
    offered = (("1", big(1, 10_000)), ("2", big(2, 20_000)))
    first = lab.offer(roll, *offered).json()
    again = lab.offer(roll, *reversed(offered)).json()
    assert (again["reservation"], again["bytes"]) == (first["reservation"], 30_000)
    assert store(world)["reserved"] == 30_000
    name = hashlib.sha256(big(1, 10_000)).hexdigest()
    begun = lab.begin(roll, "1", 10_000, reservation=first["reservation"], sha256=name)
    half = lab.offer(roll, *offered).json()
    assert half["frames"][0] == {"frame": "1", "word": "busy", "upload": begun.headers["Location"]}
    assert (half["reservation"], half["bytes"]) == (first["reservation"], 20_000)
    assert store(world)["reserved"] == 30_000


def test_O1_no_upload_goes_beyond_its_reservation(lab, roll):
    room = lab.offer(roll, ("1", big(1, 10_000))).json()["reservation"]
    assert problem(lab.begin(roll, "1", 10_001, reservation=room)) == (413, "beyond-reservation")
    assert lab.begin(roll, "1", 6_000, reservation=room).status_code == 201
    assert problem(lab.begin(roll, "2", 6_000, reservation=room)) == (413, "beyond-reservation")


def test_O1_a_reservation_is_for_its_own_roll(lab, roll):
    room = lab.offer(roll, ("1", big(1, 10_000))).json()["reservation"]
    assert lab.begin(mint_house_roll(SystemEntropy()), "1", 10_000, reservation=room).status_code == 404


def test_O1_a_quota_holds_one_tenant_and_nobody_else(world, lab, other_lab, roll):
    assert lab.begin(roll, "1", 100).status_code == 201
    tenant = world.sql("select tenant from images.tenant_storage")[0]["tenant"]
    world.running.do(lambda session: session.run("storage.set_quota", tenant, 5_000))
    assert problem(lab.begin(roll, "2", 5_000)) == (507, "no-room")
    assert lab.begin(roll, "2", 4_900).status_code == 201
    assert other_lab.begin(roll, "2", 5_001).status_code == 201
    world.running.do(lambda session: session.run("storage.set_quota", "Silver Lab", 10))
    assert world.sql("select quota from images.tenant_storage where tenant = $1", tenant) == [{"quota": 5_000}]
    world.running.do(lambda session: session.run("storage.set_quota", "Silver Lab", None))
    assert lab.begin(roll, "3", 5_000).status_code == 201


def test_attack_A10_what_is_withdrawn_and_filed_again_goes_beyond_no_quota(world, lab, roll, scans, clock):
    """Bytes of withdrawn pictures lie on the disk until they are collected: so long they count."""
    first, second = scans(1), scans(2)
    image, _ = lab.filed(roll, "1", first)
    world.running.do(lambda session: session.run("storage.set_quota", "Silver Lab", len(first) + len(second) - 1))
    assert lab.ask("DELETE", f"/images/{image}").status_code == 204
    assert problem(lab.begin(roll, "1", len(second))) == (507, "no-room")
    objects = Collector(
        objects=world.running.service.pictures.objects, database=world.running.service.database, clock=clock
    )
    for deleted in (0, 1):
        assert world.running.run(objects.run()).deleted == deleted
        clock.advance(25 * HOUR)
    assert world.sql("select used from images.tenant_storage") == [{"used": 0}]
    assert lab.filed(roll, "1", second)[1] == "filed"


def test_O1_bytes_that_stand_again_count_once(world, lab, roll, scans):
    image, _ = lab.filed(roll, "1", scans(1))
    assert lab.ask("DELETE", f"/images/{image}").status_code == 204
    assert lab.filed(roll, "2", scans(1))[1] == "filed"
    assert world.sql("select used from images.tenant_storage") == [{"used": len(scans(1))}]


def sweep(world):
    return world.running.run(world.running.service.pictures.sweeper.run_once())


def test_O1_what_nobody_comes_back_for_is_free_again(world, lab, roll, clock, settings):
    room = lab.offer(roll, ("1", big(1, 10_000)), ("2", big(2, 10_000))).json()["reservation"]
    upload = lab.begin(roll, "1", 10_000, reservation=room).headers["Location"]
    alone = lab.begin(roll, "3", 5_000).headers["Location"]
    lab.append(upload, 0, big(1, 4_000))
    clock.advance(23 * HOUR)
    assert (sweep(world).expired, store(world)["reserved"]) == (0, 25_000)
    clock.advance(2 * HOUR)
    swept = sweep(world)
    assert (swept.expired, swept.ended) == (2, 1)
    assert store(world)["reserved"] == 0
    assert [lab.look(upload).status_code, lab.look(alone).status_code] == [410, 410]
    assert list((settings.folder / "incoming").iterdir()) == []
    assert lab.begin(roll, "1", 10_000, reservation=room).status_code == 404


def test_O1_a_promise_is_not_ended_under_an_upload_that_began_since(world, lab, roll):
    """Two machines' clocks differ: one lets an upload begin while the other finds the promise's time over."""
    room = lab.offer(roll, ("1", big(1, 10_000))).json()["reservation"]
    assert lab.begin(roll, "1", 10_000, reservation=room).status_code == 201
    world.sql("update images.reservation set expires_at = made_at")
    (found,) = world.sql("select id, tenant from images.reservation")
    reservations = world.running.service.pictures.sweeper.reservations
    assert world.running.do(lambda session: reservations.end_expired(session, found)) is False
    assert store(world)["reserved"] == 10_000


def test_O1_an_upload_that_goes_on_does_not_expire(world, lab, roll, clock):
    room = lab.offer(roll, ("1", big(1, 10_000))).json()["reservation"]
    upload = lab.begin(roll, "1", 10_000, reservation=room).headers["Location"]
    for offset in range(0, 4_000, 1_000):
        clock.advance(13 * HOUR)
        assert lab.append(upload, offset, big(1, 1_000)).status_code == 204
        sweep(world)
    assert lab.look(upload).headers["Upload-Offset"] == "4000"


def test_O1_no_room_is_given_away_twice_by_two_processes(world, lab, database, settings):
    """Two processes with four tasks each promise, file and give back at once; never is more promised than there is."""
    capacity = 6_000
    command = [sys.executable, str(HAMMER), database, str(settings.folder)]
    running = [
        subprocess.Popen([*command, str(seed), str(capacity)], stdout=subprocess.PIPE, text=True) for seed in (1, 2)
    ]
    said = [process.communicate(timeout=120)[0].split() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    promised, refused = (sum(int(words[place]) for words in said) for place in (0, 1))
    assert promised > 50
    assert refused > 50, "the capacity was never reached"
    row = store(world)
    assert row["reserved"] + row["used"] <= capacity == row["capacity"]
    assert row["used"] > 0
