"""Parcels as a manager carries them, and a store hub, against the real photoservice over real HTTP.

Also a client that is not ours. In the parcels' tests nothing ever carries for the station.
"""

import base64
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from photocore.cards import CardNumber, CardTable
from photocore.errors import ChannelDown
from photocore.host import SystemClock
from photocore.keys import SigningKey, b64
from photocore.seams import HttpRequest, HttpResponse
from photoservice.testing import RunningService, ScratchPostgres, running_service
from store_hub.disk import SqliteStore
from store_hub.relay import Relay, Upstream
from sync.channel import RequestsChannel
from sync.cli import command, station_command
from sync.keys import PinnedHub, load_keys, load_station, save_station
from sync.station import open_station
from sync.views import MakeUpWish
from sync.wiring import open_real_station, real_seams

pytestmark = pytest.mark.xdist_group("hub_and_parcel_real")  # a database server is made once for all of them

CLUB = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="none")
ANNA = CardNumber(table="club", number="2912345678901")
GLN = "9521141000038"
STAFF = "00ff00ff00ff00ff"


@pytest.fixture(scope="module")
def postgres() -> Iterator[ScratchPostgres]:
    with ScratchPostgres() as server:
        yield server


@pytest.fixture
def service(postgres: ScratchPostgres, tmp_path: Path) -> Iterator[RunningService]:
    database = postgres.fresh()
    with running_service(database, tmp_path / "service") as running:
        running.add_tenant("Corner Photo", "retailer", "9521999", gln="9521141000021")
        running.add_store(GLN, "Station Square", retailer="Corner Photo", tables=(CLUB,))
        yield running
    postgres.drop(database)


@dataclass
class Shop:
    """A station's folder that has never carried anything, and a stick."""

    service: RunningService
    folder: Path
    stick: Path

    def pin_hub(self, key: SigningKey) -> None:
        file = load_station(self.folder)
        save_station(self.folder, msgspec.structs.replace(file, hub=PinnedHub(key=b64(key.public))))

    @property
    def where(self) -> list[str]:
        return ["--dir", str(self.folder)]

    def register(self, count: int = 1) -> list[str]:
        station = open_real_station(self.folder, carry=False)
        try:
            claims = []
            for _ in range(count):
                claims.append(station.desk.mint_event_id())
                wish = MakeUpWish(
                    event_id=station.desk.mint_event_id(),
                    product=None,
                    count=2,
                    staff=STAFF,
                    card=ANNA,
                    claim_id=claims[-1],
                )
                station.desk.make_up(wish)
            return claims
        finally:
            station.close()

    def word(self, claim: str) -> str:
        station = open_real_station(self.folder, carry=False)
        try:
            return station.desk.level(claim).word
        finally:
            station.close()

    def held(self) -> list[str]:
        rows = self.service.sql("select id from event where kind = 'PackageClaimed' and verdict = 'applied'")
        return sorted(row["id"] for row in rows)


def answer_in(out: str) -> dict:
    """Return the JSON answer in what was printed; a running station's log lines may stand round it."""
    return json.JSONDecoder().raw_decode(out[out.index("{\n") :])[0]


@pytest.fixture
def shop(service: RunningService, tmp_path: Path, capsys) -> Shop:
    url = service.url.replace("127.0.0.1", "localhost")
    shop = Shop(service, tmp_path / "station", tmp_path / "stick")
    shop.stick.mkdir()
    assert (
        station_command(["enrol", "--url", url, "--code", service.enrol_code(GLN), "--name", "Till 2", *shop.where])
        == 0
    )
    capsys.readouterr()
    return shop


def test_K4_a_manager_with_a_stick_brings_the_outbox_up_and_the_answers_home(shop, capsys):
    """Three commands, each saying the next; at the end nothing is owed and the shopper's word is "confirmed"."""
    claims = shop.register(3)
    parcel = shop.stick / "till-2.parcel"

    assert command(["export", str(parcel), *shop.where]) == 0
    told = capsys.readouterr().out
    assert "(Till 2) owes http://localhost" in told
    assert "7 events, 3 of them registrations" in told
    assert told.splitlines()[-1] == (
        "Next: take it to a machine with a network, and run there: twincheck sync import till-2.parcel"
    )
    assert command(["import", str(parcel), "--look"]) == 0
    assert shop.held() == []
    capsys.readouterr()

    assert command(["import", str(parcel)]) == 0
    told = capsys.readouterr().out
    assert "  2 of 2 sent: 7 settled, 0 parked" in told
    assert told.splitlines()[-1] == (
        "Next: take till-2.parcel.answer back to the station, and run there: twincheck sync import till-2.parcel.answer"
    )
    assert shop.held() == sorted(claims)

    assert command(["import", f"{parcel}.answer", *shop.where]) == 0
    told = capsys.readouterr().out
    assert "7 settled, 0 parked; 1 unsent now" in told  # the start of the program that took it is an event too
    assert [shop.word(claim) for claim in claims] == ["confirmed"] * 3


def test_K4_all_of_it_twice_and_then_online_is_harmless(shop, capsys):
    """Export, import, import again, import the answers twice, and a network after all."""
    claims = shop.register(2)
    parcel = str(shop.stick / "p")
    assert command(["export", parcel, *shop.where]) == 0
    assert command(["export", parcel, *shop.where]) == 1
    assert "is there already. Give another name, or --force" in capsys.readouterr().err
    assert command(["import", parcel]) == 0
    assert command(["import", parcel]) == 0
    assert "It was carried before" in capsys.readouterr().out
    assert command(["import", parcel, "--force"]) == 0
    for _ in range(2):
        assert command(["import", f"{parcel}.answer", *shop.where]) == 0
    capsys.readouterr()

    assert command(["now", *shop.where]) == 0
    assert shop.held() == sorted(claims)
    assert shop.service.sql("select * from event_fork") == []
    assert shop.service.sql("select id from station where held_at is not null") == []
    assert command(["export", str(shop.stick / "q"), *shop.where]) == 0
    assert capsys.readouterr().out.endswith(
        "Nothing is owed: the photoservice has answered every event. No parcel was written.\n"
    )
    assert not (shop.stick / "q").exists()


def test_K4_a_running_station_takes_the_answers_by_its_own_door(shop, capsys):
    """No second writer: who holds the journal is asked; its screen rises by itself."""
    (claim,) = shop.register()
    parcel = str(shop.stick / "p")
    assert command(["export", parcel, *shop.where]) == 0
    assert command(["import", parcel]) == 0
    address = shop.folder / "station.toml"
    address.write_text(address.read_text().replace("http://localhost", "http://127.0.0.1:9/x").replace(":9/x:", ":9/"))
    changes: list[str] = []
    station = open_real_station(shop.folder, on_change=lambda: changes.append("woken"))
    try:
        assert station.desk.level(claim).word == "registered here"
        capsys.readouterr()
        assert command(["import", f"{parcel}.answer", *shop.where, "--json"]) == 0
        told = answer_in(capsys.readouterr().out)
        assert (told["settled"], told["parked"]) == (3, 0)
        assert station.desk.level(claim).word == "confirmed"
        assert changes
    finally:
        station.close()


def test_K4_without_a_network_the_import_says_what_to_do(shop, capsys):
    """Nothing is lost, and the same command goes on when the network is back."""
    shop.register()
    parcel = str(shop.stick / "p")
    assert command(["export", parcel, *shop.where]) == 0
    text = (shop.stick / "p").read_bytes()
    assert command(["import", parcel]) == 0
    capsys.readouterr()
    (shop.stick / "cut").write_bytes(text[:-100])
    for wrong, told in (("cut", "not whole"), ("nothing", "No such file"), ("p.answer.x", "No such file")):
        assert command(["import", str(shop.stick / wrong)]) == 1
        assert told in capsys.readouterr().err

    address = shop.folder / "station.toml"
    address.write_text(address.read_text().replace("http://localhost", "http://127.0.0.1:9/x").replace(":9/x:", ":9/"))
    assert command(["export", str(shop.stick / "nowhere"), *shop.where]) == 0
    capsys.readouterr()
    assert command(["import", str(shop.stick / "nowhere"), "--json"]) == 1
    told = answer_in(capsys.readouterr().out)
    assert (told["ok"], told["sent"], told["answer"]) == (False, 0, None)
    assert "127.0.0.1:9" in told["reason"]


def test_K4_a_client_that_is_not_ours_carries_a_parcel(shop):
    """Thirty lines of urllib, and nothing of Twincheck's: the format is method, url, headers, body."""
    claims = shop.register(2)
    assert command(["export", str(shop.stick / "p"), *shop.where]) == 0

    _head, *lines, _end = (shop.stick / "p").read_text().splitlines()
    statuses = []
    for line in map(json.loads, lines):
        body = base64.b64decode(line["body"])
        request = urllib.request.Request(line["url"], data=body, headers=line["headers"], method=line["method"])
        with urllib.request.urlopen(request, timeout=30) as answer:
            statuses.append((answer.status, "signed" if b'"sig"' in answer.read() else "not signed"))

    assert statuses == [(200, "signed")] * 2
    assert shop.held() == sorted(claims)


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
def test_K4_curl_carries_a_parcel(shop):
    """A shell will do."""
    claims = shop.register(1)
    assert command(["export", str(shop.stick / "p"), *shop.where]) == 0

    _head, *lines, _end = (shop.stick / "p").read_text().splitlines()
    for line in map(json.loads, lines):
        headers = [part for name, value in line["headers"].items() for part in ("-H", f"{name}: {value}")]
        (shop.stick / "body").write_bytes(base64.b64decode(line["body"]))
        arguments = ["curl", "-sS", "--fail", "-m", "10", "-X", line["method"], *headers]
        subprocess.run(
            [*arguments, "--data-binary", f"@{shop.stick / 'body'}", line["url"]], check=True, capture_output=True
        )

    assert shop.held() == claims


class Wan:
    """The hub's line: the real network, while it is up."""

    def __init__(self) -> None:
        self.is_down = True
        self.channel = RequestsChannel()

    def exchange(self, request: HttpRequest) -> HttpResponse:
        if self.is_down:
            raise ChannelDown("no route")
        return self.channel.exchange(request)


def test_K4_the_real_photoservice_believes_what_comes_through_a_hub_days_later(shop, tmp_path):
    """At the store hub first; then the hub carries alone, and the station hears the photoservice's own word."""
    key = SigningKey(seed=bytes(range(32)))
    shop.pin_hub(key)
    (claim,) = shop.register()
    wan, store, file = Wan(), SqliteStore(tmp_path / "hub"), load_station(shop.folder)
    relay = Relay(
        key=key,
        upstream=Upstream(url=file.url, sign_key=file.sign_key, channel=wan),
        store=store,
        stations={file.station: load_keys(shop.folder).signing.public},
        clock=SystemClock(),
    )
    station = open_station(shop.folder, replace(real_seams(), channel=relay), carry=False)
    try:
        report = station.courier.carry_here()
        assert (report.ok, report.progress.at_hub, station.desk.level(claim).word) == (False, 4, "at the store hub")
        assert shop.held() == []
        wan.is_down = False
        assert relay.forward_some().left == 0
        assert shop.held() == [claim]
        assert station.desk.level(claim).word == "at the store hub"

        relay = replace(relay)  # the hub was started afresh, and has forgotten that nobody answered
        station.courier.rounds.delivery.greet_again()
        station.close()
        station = open_station(shop.folder, replace(real_seams(), channel=relay), carry=False)
        assert station.courier.carry_here().ok
        assert (station.desk.level(claim).word, station.desk.status().unsent) == ("confirmed", 0)
    finally:
        station.close()
        store.close()
    assert shop.service.sql("select * from event_fork") == []
