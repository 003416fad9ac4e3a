"""What strangers, broken clients and unlucky operators may do to a photoservice."""

import asyncio
import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import psutil
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from photocore.codes import mint_claim_code, mint_house_roll
from photocore.events import encode_event
from photocore.keys import b64
from photocore.roster import verify_roster
from photocore.wire import encode_batch, events_path, roster_path
from photoservice.db.driver import connect
from photoservice.db.embedded import EmbeddedPostgres
from photoservice.errors import StartRefused, Unprocessable
from photoservice.settings import Settings
from photoservice.testing import open_folder
from photoservice.wiring import open_service

CARD_A, CARD_B = "952114100000000018", "952114100000000025"


@pytest.mark.parametrize("path", ["/capture/%00", "/capture?nextPageToken=%00", "/sync/v1/stations/%00/roster"])
def test_attack_A29_a_nul_in_an_address_is_the_askers_fault(world, path):
    """PostgreSQL holds no NUL; whoever sends one is told so, and it is no fault of ours."""
    reply = world.get(path)
    assert 400 <= reply.status_code < 500, reply.text


def test_attack_A29_a_nul_in_a_stations_name_is_refused(world, builders):
    """The station's name goes into the database and onto the manager's list."""
    station = builders.Station(url=world.url, clock=world.clock)
    wish = {"code": world.running.enrol_code(builders.STORE), "public_key": b64(station.key.public), "name": "a\x00b"}
    reply = requests.post(f"{world.url}/enrol", json=wish, timeout=30)
    assert reply.status_code == 400, reply.text


@pytest.mark.parametrize("place", ["public", "event"])
def test_attack_A29_a_nul_in_an_event_parks_that_event_alone(world, station, builders, place):
    """A reason that quotes the NUL must not stop the batch for ever: the others are applied."""
    package, _ = world.pack("NUL00001")
    claim = station.claim(package, CARD_B)
    event = msgspec.json.decode(encode_event(station.claim(builders.package_id("NUL00002"))))
    (event["public"] if place == "public" else event)["x\x00y"] = 1
    lines = [*(encode_event(good) for good in (station.events[0], claim)), msgspec.json.encode(event)]

    reply = station.post(events_path(station.id), gzip.compress(b"\n".join(lines) + b"\n"))

    assert reply.status_code == 200, reply.text
    rows = world.sql("select verdict from event order by seq")
    assert [row["verdict"] for row in rows] == ["applied", "applied", "parked"]
    assert world.registration(package)["word"] == "registered"


def test_O11_a_voided_claim_code_is_not_revived_once_the_package_is_claimed(world, station, builders):
    """Who mints codes cannot hand a sold package to who found the spoiled label in the bin."""
    package, rolls = world.pack("REVIVE01")
    old, new = mint_claim_code(builders.ENTROPY), mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {rolls[0]: old}).status_code == 204
    assert world.codes(package, {rolls[0]: new}).status_code == 204
    station.claim(package, CARD_A)
    station.send()
    owner = world.registration(package)["owner"]
    assert world.codes(package, {rolls[0]: old}).status_code == 204
    late = station.claim(package, CARD_B, claim_code=old)
    station.send(late)
    assert world.registration(package)["owner"] in (owner, None)
    assert world.registration(package)["word"] == "contested"


def test_O11_only_the_codes_of_whose_list_it_is_prove_anything(world, station, builders):
    """A retailer lent a maker's prefix cannot mint codes for the maker's package before its list comes."""
    lent = world.running.add_tenant("Lent", "retailer", "9521141")
    package, rolls = builders.package_id("LENT0001"), builders.roll_ids("LENT0001")
    mine, theirs = mint_claim_code(builders.ENTROPY), mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {rolls[0]: mine}).status_code == 204
    assert world.codes(package, {rolls[0]: theirs}, key=lent).status_code == 204
    world.pack("LENT0001")
    station.claim(package, CARD_B, claim_code=theirs)
    own = station.claim(package, CARD_A, claim_code=mine)
    station.send()
    assert world.registration(package)["word"] == "registered"
    assert world.registration(package)["claims"] == [f"{station.id}/{own.id}"]


def test_O11_codes_after_a_claim_by_roll_are_late_whether_or_not_the_list_was_there(world, station, builders):
    """The manifest's moment does not matter: the roll was claimed, so the code is too late to prove another."""
    package, rolls = builders.package_id("LATE0001"), builders.roll_ids("LATE0001")
    station.claim(rolls[1], CARD_A, level="roll")
    station.send()
    code = mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {rolls[0]: code}).status_code == 204
    world.pack("LATE0001")
    station.send(station.claim(package, CARD_B, claim_code=code))
    assert world.registration(package)["word"] == "contested"


def test_O18_rosters_of_a_restored_photoservice_are_newer_than_those_it_forgot(world, station):
    """A station refuses an older roster; after a restore the next change must reach it all the same."""
    first = world.sql("select * from store_roster where store = $1", station.store)[0]
    for serial in ("RESTORE1", "RESTORE2"):
        world.pack(serial, destinationList=[{"type": "location", "destination": "urn:epc:id:sgln:9521141.00000.0"}])
        world.clock.advance(60)
        reached = msgspec.json.decode(msgspec.json.decode(station.roster().content)["text"])["version"]
    world.sql(
        "update store_roster set version = $2, content_hash = $3, signed = $4 where store = $1",
        station.store,
        first["version"],
        first["content_hash"],
        first["signed"],
    )
    world.clock.advance(60)
    told = msgspec.json.decode(msgspec.json.decode(station.roster().content)["text"])["version"]
    assert told > reached


def test_O18_a_station_ahead_of_a_restored_photoservice_gets_what_stands_now(world, station):
    """The backup holds the very roster of before: it is signed anew, for the station refuses the old version."""
    kept = world.sql("select * from store_roster where store = $1", station.store)[0]
    world.clock.advance(60)
    world.pack("RESTORE3", destinationList=[{"type": "location", "destination": "urn:epc:id:sgln:9521141.00000.0"}])
    ahead = station.roster()
    for table in ("destination", "manifest_roll", "manifest", "product", "store_roster"):
        world.sql(f"delete from {table}")
    world.sql("insert into store_roster values ($1, $2, $3, $4)", *kept.values())
    world.clock.advance(60)

    told = station.roster(ahead.headers["ETag"])

    versions = [verify_roster(reply.content, station.sign_public).version for reply in (ahead, told)]
    assert kept["version"] < versions[0] < versions[1]
    assert station.roster(told.headers["ETag"]).status_code == 304


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sent: re.sub(r"created=\d+", "created=999999999999999", sent),
        lambda sent: re.sub(r"created=\d+", "created=-999999999999999", sent),
        lambda sent: re.sub(r";created=\d+", "", sent),
        lambda sent: re.sub(r'keyid="[^"]*"', 'keyid="ST-OTHER"', sent),
        lambda _: "sig1=((",
        lambda _: "",
        lambda _: "sig1=:AA:",
    ],
    ids=["late", "early", "timeless", "another", "junk", "empty", "bytes"],
)
def test_attack_A17_a_broken_signature_header_is_401(lasting_station, spoil: Callable[[str], str]):
    """Whatever stands in it, the answer is one: not signed by that station."""

    def tamper(request: requests.PreparedRequest) -> None:
        request.headers["Signature-Input"] = spoil(request.headers["Signature-Input"])

    reply = lasting_station.request("GET", roster_path(lasting_station.id), tamper=tamper)
    assert reply.status_code == 401, reply.text


@pytest.mark.parametrize("components", ["@method @target-uri", "@method content-digest", "@target-uri content-digest"])
def test_attack_A17_a_body_outside_the_signature_is_refused(world, station, components):
    """Method, target and the body's digest must be covered: two of them are a signature for something else."""
    private = Ed25519PrivateKey.from_private_bytes(station.key.seed)
    keys = MappingKeyResolver(public_keys={}, private_keys={station.id: private})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    body = encode_batch(station.events)
    request = requests.Request("POST", world.url + events_path(station.id), data=body).prepare()
    covered = tuple(components.split())
    signed_body = {"body": body} if "content-digest" in covered else {}
    signer.sign(request, key_id=station.id, label="sig1", covered_component_ids=covered, **signed_body)
    with requests.Session() as session:
        assert session.send(request, timeout=30).status_code == 401
    assert world.sql("select count(*) as n from event")[0]["n"] == 0


def test_O18_news_of_a_package_that_arrive_out_of_order_do_not_send_it_back(world, builders):
    """Where a package went last is said by when it went, not by when we heard of it."""
    package, _ = world.pack("ROUTE001")

    def shipped(gln_urn, at):
        event = {
            "type": "ObjectEvent",
            "eventTime": at,
            "eventTimeZoneOffset": "+00:00",
            "action": "OBSERVE",
            "bizStep": "shipping",
            "epcList": [builders.link(package)],
            "destinationList": [{"type": "location", "destination": gln_urn}],
        }
        assert world.captured(builders.document(event))["success"]

    a, b = "urn:epc:id:sgln:9521141.00000.0", "urn:epc:id:sgln:9521141.00001.0"
    shipped(b, "2026-11-20T10:00:00Z")
    shipped(a, "2026-11-20T11:00:00Z")
    shipped(a, "2026-11-20T09:00:00Z")
    rows = world.sql("select gln from destination where item=$1 order by said_at desc", package)
    assert rows[0]["gln"] == builders.STORE, rows


def test_O18_the_makers_own_list_takes_over_a_retailers(world, builders):
    """The same rolls first from a retailer lent the prefix: the maker can still hand over codes and open it."""
    lent = world.running.add_tenant("Lent", "retailer", "9521141")
    package, rolls = builders.package_id("LENT0002"), builders.roll_ids("LENT0002")
    world.captured(builders.document(builders.packing(package, rolls)), key=lent)
    world.captured(builders.document(builders.packing(package, rolls)))
    assert world.codes(package, {rolls[0]: mint_claim_code(builders.ENTROPY)}).status_code == 204


@pytest.mark.parametrize(
    "time", ["2026-11-20T08:00:00.123456789Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_attack_A29_any_time_the_standard_allows_is_kept_or_refused(world, builders, time):
    event = builders.packing(
        builders.package_id("TIME0001"),
        builders.roll_ids("TIME0001"),
        eventTime=time,
        destinationList=[{"type": "location", "destination": "urn:epc:id:sgln:9521141.00000.0"}],
    )
    reply = world.capture(builders.document(event))
    if reply.status_code == 202:
        job = world.finished(reply.headers["Location"])
        assert all("internal" not in e["type"] for e in job["errors"]), job
    else:
        assert reply.status_code == 400


def test_O1_one_code_and_one_key_make_one_station_however_many_ask_at_once(world, builders):
    """Eight tries with one code and eight keys: one station. Eight codes with one key: one station, the others told."""
    code = world.running.enrol_code(builders.STORE)
    stations = [builders.Station(url=world.url, clock=world.clock) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda s: s.enrol(code).status_code, stations))
    assert sorted(replies) == [201] + [401] * 7
    codes = [world.running.enrol_code(builders.STORE) for _ in range(8)]
    same = builders.Station(url=world.url, clock=world.clock)
    with ThreadPoolExecutor(8) as pool:
        replies = list(
            pool.map(
                lambda c: builders.Station(url=world.url, clock=world.clock, key=same.key).enrol(c).status_code, codes
            )
        )
    assert sorted(replies) == [201] + [422] * 7


def test_O1_a_photoservice_with_other_keys_than_the_databases_does_not_start(database, tmp_path):
    """Other keys would give every card a second account and every station a stranger's signature."""

    async def start(folder: str) -> None:
        async with open_service(Settings(folder=tmp_path / folder), database):
            pass

    asyncio.run(start("one"))
    with pytest.raises(StartRefused, match="not those this database was made with"):
        asyncio.run(start("two"))
    asyncio.run(start("one"))
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(StartRefused, match="Bring the right ones"):
        asyncio.run(start("one"))


@pytest.mark.parametrize(
    ("prefix", "gln"), [("abc", None), ("123", None), ("٠١٢٣", None), ("9521998", "9521141000001")]
)
def test_O18_a_tenant_with_a_prefix_or_gln_that_is_none_is_told_in_a_sentence(world, prefix, gln):
    """Not by the database's constraint and a traceback."""
    with pytest.raises(Unprocessable, match="is no"):
        world.running.add_tenant("Typo", "retailer", prefix, gln=gln)


def test_O1_a_pid_left_by_a_power_cut_is_nobody_we_kill():
    """The number in postmaster.pid is a stranger's by now: the server starts beside them, and they live on."""
    with open_folder() as folder, subprocess.Popen(["sleep", "60"]) as stranger:
        with EmbeddedPostgres(folder):
            home = (folder / "postgres").stat()
        left = folder / "postgres" / "postmaster.pid"
        left.write_text(f"{stranger.pid}\n{left.parent}\n1760000000\n5432\n{left.parent}\n\n 1 2\nready\n")
        os.chown(left, home.st_uid, home.st_gid)
        try:
            with EmbeddedPostgres(folder) as server:
                assert asyncio.run(_ask(server.url())) == 1
            assert psutil.Process(stranger.pid).status() != psutil.STATUS_ZOMBIE
        finally:
            stranger.kill()


async def _ask(url: str) -> object:
    connection = await connect(url)
    try:
        return await connection.fetchval("select 1")
    finally:
        await connection.close()


def test_attack_A18_nobody_hands_over_claim_codes_for_anothers_rolls(world, builders):
    """Codes may come before the manifest; a rival's packages must not crowd out the one a roll is really in."""
    package, rolls = builders.package_id("CROWD001"), builders.roll_ids("CROWD001")
    code = mint_claim_code(builders.ENTROPY)
    assert world.codes(package, {rolls[0]: code}).status_code == 204
    rival = world.running.add_tenant("Rival", "maker", "9521000")
    for place in range(5):
        theirs = f"(01){builders.gtin('0952100000001')}(21)CROWD{place:03}"
        foreign = world.codes(theirs, {rolls[0]: mint_claim_code(builders.ENTROPY)}, key=rival)
        house = world.codes(theirs, {mint_house_roll(builders.ENTROPY): mint_claim_code(builders.ENTROPY)}, key=rival)
        assert (foreign.status_code, house.status_code) == (422, 422)
    claimed = requests.post(
        f"{world.url}/claims", json={"roll": rolls[0], "code": code}, headers={"Idempotency-Key": "k" * 26}, timeout=30
    )
    assert (claimed.status_code, claimed.json()["word"]) == (201, "waiting")
