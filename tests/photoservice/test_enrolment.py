"""Stations join with a one-time code and pin what they are told (K4, O19); rosters are signed and versioned."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from photocore.cards import CardTable
from photocore.keys import SigningKey, b64
from photocore.roster import StoreSettings, verify_package, verify_roster
from photoservice.errors import Unknown, Unprocessable
from photoservice.stores import change_store

CLUB = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="gs1")


def test_O19_a_station_joins_with_its_own_key_and_gets_what_it_pins(world, builders):
    """The answer carries the service's keys and the store's roster, signed by that very key."""
    station = builders.Station(url=world.url, clock=world.clock)
    reply = station.enrol(world.running.enrol_code(builders.STORE))

    assert reply.status_code == 201
    roster = verify_roster(reply.json()["roster"].encode(), station.sign_public)
    assert (roster.store.gln, roster.store.name) == (builders.STORE, "Corner Photo Mitte")
    assert roster.version == int(world.clock.now().timestamp())
    assert roster.settings.access_url.endswith("/r")
    assert set(reply.json()["service"]) == {"sign", "seal"}


def test_O19_an_enrolment_code_dies_with_its_first_use_and_after_ten_minutes(world, builders):
    """Used, too old or never issued: one answer."""
    used = world.running.enrol_code(builders.STORE)
    assert builders.Station(url=world.url, clock=world.clock).enrol(used).status_code == 201
    old = world.running.enrol_code(builders.STORE)
    world.clock.advance(601)

    replies = [
        builders.Station(url=world.url, clock=world.clock).enrol(code) for code in (used, old, "00000000", "", "ÄÖÜ")
    ]

    assert [reply.status_code for reply in replies] == [401] * 5
    assert len({reply.json()["detail"] for reply in replies}) == 1


def test_O19_a_lost_answer_to_an_enrolment_is_given_again_to_the_same_key(world, builders):
    """The same key with the same code is the same station; another key gets nothing."""
    code = world.running.enrol_code(builders.STORE)
    station = builders.Station(url=world.url, clock=world.clock)
    first = station.enrol(code).json()["station"]

    assert station.enrol(code.lower()).json()["station"] == first
    thief = builders.Station(url=world.url, clock=world.clock)
    assert thief.enrol(code).status_code == 401
    assert station.enrol(world.running.enrol_code(builders.STORE)).status_code == 422
    assert len(world.sql("select * from station")) == 1


def test_O19_two_machines_with_one_code_at_once_make_one_station(world, builders):
    """The code's row is held while it is spent."""
    code = world.running.enrol_code(builders.STORE)
    statuses = []
    machines = [builders.Station(url=world.url, clock=world.clock) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda m=machine: statuses.append(m.enrol(code).status_code)) for machine in machines
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 401, 401, 401]


@pytest.mark.parametrize(
    "wish",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"code":1}',
        b'{"code":"X","public_key":"!!","name":"n"}',
        b'{"code":"X","public_key":"AAAA","name":"n"}',
        b'{"code":"%s","public_key":"x","name":"n"}' % (b"0" * 5000),
    ],
)
def test_O19_a_malformed_enrolment_is_a_problem(world, wish):
    """Hostile bodies get a clear error and make nothing."""
    reply = requests.post(f"{world.url}/enrol", data=wish, headers={"Content-Type": "application/json"}, timeout=30)
    assert reply.status_code in (400, 401)
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_O19_the_services_keys_are_made_once_and_only_its_user_can_read_them(world):
    """0600 in 0700, and the same after a restart (the same folder gives the same keys)."""
    folder = world.running.service.settings.folder / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = {path.name for path in folder.iterdir()}
    assert names == {"sign.key", "seal.key", "pepper.key", "wrap.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}

    from photoservice.keyring import open_keyring

    again = open_keyring(folder, None)  # no entropy: nothing may be made anew
    assert again.sign.public == world.running.service.keyring.sign.public


def test_O19_a_damaged_key_file_is_never_replaced_by_a_new_key(tmp_path, builders):
    """A new pepper would orphan every card and code; the operator is told instead."""
    from photoservice.errors import StartRefused
    from photoservice.keyring import open_keyring

    open_keyring(tmp_path / "keys", builders.ENTROPY)
    (tmp_path / "keys" / "pepper.key").write_bytes(b"short")
    with pytest.raises(StartRefused, match="backup"):
        open_keyring(tmp_path / "keys", builders.ENTROPY)


def test_O18_the_roster_is_told_again_only_when_it_changed_and_its_version_only_grows(world, station, builders):
    """If-None-Match costs no transfer; a new manifest is a new version."""
    first = station.roster()
    assert station.roster(first.headers["ETag"]).status_code == 304

    world.pack("ROST0001", bizLocation={"id": f"https://id.gs1.org/414/{builders.STORE}"})

    second = station.roster(first.headers["ETag"])
    assert second.status_code == 200
    versions = [verify_roster(r.content, station.sign_public).version for r in (first, second)]
    assert versions[1] == versions[0] + 1
    assert station.roster(second.headers["ETag"]).status_code == 304


def test_O19_card_tables_and_settings_of_the_store_come_with_the_roster(world, builders):
    """A table belongs to a retailer; another retailer cannot take its name."""
    gln = "952114100003" + "8"
    world.running.add_store(
        gln,
        "Halide Flagship",
        retailer="Corner Photo",
        settings=StoreSettings(labels="receipt_only", activation="till"),
        tables=(CLUB,),
    )
    station = world.station(gln)
    roster = verify_roster(station.roster().content, station.sign_public)
    assert (roster.settings.labels, roster.settings.activation) == ("receipt_only", "till")
    assert roster.card_tables == (CLUB,)

    world.running.add_tenant("Other Shop", "retailer")
    with pytest.raises(Exception, match="another retailer"):
        world.running.add_store("9521141000045", "Elsewhere", retailer="Other Shop", tables=(CLUB,))


def test_O18_a_package_beyond_the_roster_is_looked_up(world, station):
    """By its own ID or a roll's; unknown is 404, nonsense 400; nobody's registration is told."""
    package, rolls = world.pack("BEYOND01")
    station.claim(package)
    station.send()

    by_roll = station.look_up(rolls[1])

    assert by_roll.status_code == 200
    facts = verify_package(by_roll.content, station.id, station.sign_public)
    assert list(facts.manifest.rolls) == rolls
    assert facts.product.level == "package"
    assert station.look_up(package).json() == by_roll.json()
    assert "registered" not in by_roll.text
    assert "account" not in by_roll.text
    assert station.look_up(package.replace("BEYOND01", "BEYOND02")).status_code == 404
    assert station.look_up("nonsense").status_code == 400


def test_O19_a_key_enrolled_twice_is_refused(world, builders):
    """One key, one station."""
    key = SigningKey(seed=b"s" * 32)
    one = builders.Station(url=world.url, clock=world.clock, key=key)
    assert one.enrol(world.running.enrol_code(builders.STORE)).status_code == 201
    wish = {"code": world.running.enrol_code(builders.STORE), "public_key": b64(key.public), "name": "again"}
    assert requests.post(f"{world.url}/enrol", json=wish, timeout=30).status_code == 422


def test_attack_A17_who_guesses_enrolment_codes_is_slowed_down_and_locks_out_no_other(world, builders):
    """Ten wrong from one place, then 429 with the time to wait; from elsewhere the manager's code still works."""
    for _ in range(10):
        assert builders.Station(url=world.url, clock=world.clock).enrol("00000000").status_code == 401
    code = world.running.enrol_code(builders.STORE)
    refused = builders.Station(url=world.url, clock=world.clock).enrol(code)
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:twincheck:problem:throttled")
    assert int(refused.headers["Retry-After"]) <= 3600

    station = builders.Station(url=world.url, clock=world.clock)
    wish = {"code": code, "public_key": b64(station.key.public), "name": "Counter"}
    behind = {"X-Forwarded-For": "203.0.113.9"}  # a proxy nobody trusts vouches for nobody
    assert requests.post(f"{world.url}/enrol", json=wish, headers=behind, timeout=30).status_code == 429

    world.clock.advance(3601)
    assert station.enrol(world.running.enrol_code(builders.STORE)).status_code == 201


def test_O18_a_changed_store_setting_reaches_its_stations_with_a_new_roster(world, station):
    """Who may make up packages is the retailer's to decide; what is not named stays."""
    before = verify_roster(station.roster().content, station.sign_public)
    assert before.settings.make_up == "staff"
    assert before.settings.claim_url == f"{world.running.service.settings.address}/claim"

    world.running.do(
        lambda s: change_store(s, before.store.gln, {"make_up": "shopper", "name": "Corner Photo am Markt"})
    )

    after = verify_roster(station.roster().content, station.sign_public)
    assert after.version > before.version
    assert (after.settings.make_up, after.store.name) == ("shopper", "Corner Photo am Markt")
    assert after.settings.labels == before.settings.labels
    with pytest.raises(Unknown):
        world.running.do(lambda s: change_store(s, "9521141999999", {"make_up": "staff"}))
    with pytest.raises(Unprocessable):
        world.running.do(lambda s: change_store(s, before.store.gln, {"timezone": "Mars/Base"}))


def test_attack_A17_guesses_that_come_all_at_once_are_counted_one_by_one(world, builders):
    """Sixty at the same moment: ten are answered, and not as many as there are connections to the database."""

    def guess(number: int) -> int:
        wish = {
            "code": f"0000{number:04}",
            "public_key": b64(SigningKey(seed=bytes([number]) * 32).public),
            "name": "x",
        }
        return requests.post(f"{world.url}/enrol", json=wish, timeout=30).status_code

    with ThreadPoolExecutor(60) as crowd:
        answers = list(crowd.map(guess, range(60)))
    assert (answers.count(401), answers.count(429)) == (10, 50)
