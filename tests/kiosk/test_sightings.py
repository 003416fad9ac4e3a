"""The store's till bridge hears what a kiosk registered: which piece and when, nothing of anybody, and nobody waits."""

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from kiosk.bridge_note import forget_bridge_note, read_bridge_note
from kiosk.cli import command
from kiosk.sightings import REFUSED_S, BridgeAt, SightingTeller, join_bridge
from photocore.cards import CardNumber
from photocore.errors import ChannelDown, SettingsError
from photocore.host import SystemClock, SystemDisk
from photocore.ids import ItemId
from photocore.seams import Channel, Clock, HttpRequest, HttpResponse
from photocore.testing import ManualClock, SeededEntropy
from pos_bridge.testing import (
    CARD,
    DOOR_KEY,
    PACKAGE_GTIN,
    SETTINGS,
    STORE,
    BridgeBench,
    Served,
    package_id,
    roll_id,
    signed,
    store_roster,
)
from sync.channel import RequestsChannel
from sync.enrolment import enrol
from sync.station import Footing, Seams, Station, open_station
from sync.testing import FakePhotoservice
from sync.views import RegisterWish
from twincheck.doctor_bridge import examine_bridge

TAKEN = HttpResponse(status=200, headers={"content-type": "application/json"}, body=b"{}")


@dataclass
class Line:
    """A channel with what it carried, and what it does next: an answer, or nobody there."""

    does: HttpResponse | None = None
    carried: list[HttpRequest] = field(default_factory=list)

    def exchange(self, request: HttpRequest) -> HttpResponse:
        self.carried.append(request)
        if self.does is None:
            raise ChannelDown("till.example cannot be reached")
        return self.does

    @property
    def told(self) -> list[str]:
        return [one["item"] for one in self._said if "undoes" not in one]

    @property
    def undone(self) -> list[tuple[str, str]]:
        return [(one["undoes"], one["item"]) for one in self._said if "undoes" in one]

    @property
    def _said(self) -> list[dict[str, str]]:
        return [one for sent in self.carried for one in json.loads(sent.body)["sightings"]]


@dataclass
class Kiosk:
    """An enrolled station of the store, its roster there, and the file with the bridge's key."""

    folder: Path
    clock: Clock

    def __post_init__(self) -> None:
        entropy = SeededEntropy(31)
        service = FakePhotoservice(store_roster(), clock=self.clock, entropy=entropy)
        code, url = service.issue_code(), "http://localhost:9"
        enrol(url=url, code=code, name="Kiosk", folder=self.folder, channel=service, entropy=entropy)
        self.seams = Seams(clock=self.clock, entropy=entropy, disk=SystemDisk(), channel=service, quick_channel=service)
        self.station: Station = self._opened()
        self.station.roster.switch(store_roster(), "")
        self.key_file = self.folder / "bridge.key"
        self.write_key(DOOR_KEY)

    def _opened(self) -> Station:
        return open_station(self.folder, self.seams, carry=False, under=Footing(reserve_bytes=4096))

    def restart(self) -> None:
        self.station.close()
        self.station = self._opened()

    def write_key(self, key: str) -> None:
        self.key_file.write_text(f"{key}\n", encoding="utf-8")
        self.key_file.chmod(0o600)

    def register(self, item: ItemId) -> str:
        wish = RegisterWish(
            event_id=self.station.desk.mint_event_id(),
            item=item,
            level="roll" if "R0" in item else "package",
            item_typed=False,
            card=CardNumber(table="club", number=CARD),
            card_typed=False,
        )
        return self.station.desk.register(wish).claim

    def teller(self, channel: Channel, url: str = "http://localhost:8490", ca_file: Path | None = None):
        return SightingTeller(
            BridgeAt(url=url, key_file=self.key_file, ca_file=ca_file),
            self.folder,
            self.station.journal,
            channel=channel,
            clock=self.clock,
            entropy=SeededEntropy(1),
            gather_s=0.0,
        )


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path / "kiosk", SystemClock())
    yield made
    made.station.close()


@pytest.fixture
def old_kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """A kiosk on a clock set by hand."""
    made = Kiosk(tmp_path / "kiosk", ManualClock())
    yield made
    made.station.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with BridgeBench(folder=tmp_path / "till").served() as opened:
        yield opened


def sell(served: Served, sequence: str) -> None:
    """Tell one sale as a till does that knows a price code and no serial."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = {"line": 1, "code": PACKAGE_GTIN, "quantity": 1, "amount": "12.99"}
    told = {"till": "T1", "sequence": sequence, "store": STORE, "ended_at": now, "currency": "EUR", "lines": [line]}
    body = json.dumps({"type": "sale.completed", "timestamp": now, "data": told}).encode()
    headers = signed(body, message=f"sale-{sequence}", at=int(time.time()))
    assert requests.post(f"{served.url}/in/shop", data=body, headers=headers, timeout=30).status_code == 200


def test_K5_a_till_that_knows_a_price_code_learns_the_piece_from_the_kiosk(
    kiosk: Kiosk, served: Served, eventually: Callable[..., None]
) -> None:
    """Registered at the kiosk, sold by its EAN: it is that piece."""
    ledger = served.opened.ledger
    at = BridgeAt(url=served.url, key_file=kiosk.key_file)
    with ExitStack() as stack:
        join_bridge(at, kiosk.folder, kiosk.station, kiosk.seams, stack)()
        kiosk.register(package_id(1))
        eventually(lambda: ledger.figures().sightings == 1)
    sell(served, "501")
    eventually(lambda: [piece.item for one in ledger.baskets() for piece in one.pieces] == [package_id(1)])


def test_K5_what_is_undone_after_the_bridge_heard_of_it_was_never_there(
    kiosk: Kiosk, served: Served, eventually: Callable[..., None]
) -> None:
    """The sale was taken for that piece; undone at the kiosk, it is nobody's knowledge again which one was sold."""
    ledger = served.opened.ledger

    def pieces() -> list[str | None]:
        return [piece.item for one in ledger.baskets() for piece in one.pieces]

    teller = kiosk.teller(RequestsChannel(), served.url)
    claim, kept = kiosk.register(package_id(1)), kiosk.register(roll_id(2, 1))
    assert teller.tell_round() is None
    sell(served, "501")
    eventually(lambda: pieces() == [package_id(1)])
    kiosk.station.desk.undo(claim)
    assert teller.tell_round() is None
    eventually(lambda: pieces() == [package_id(2)])  # the other one that was registered about then
    kiosk.station.desk.undo(kept)
    kiosk.restart()
    assert kiosk.teller(RequestsChannel(), served.url).tell_round() is None
    eventually(lambda: package_id(2) not in pieces())


def test_K5_an_undoing_that_fails_is_told_once_the_bridge_is_back(kiosk: Kiosk) -> None:
    """It is not forgotten, is told once, and by every name the piece may have been told by after a restart."""
    line = Line(does=TAKEN)
    teller = kiosk.teller(line)
    claim = kiosk.register(roll_id(3, 2))
    assert teller.tell_round() is None
    kiosk.station.desk.undo(claim)
    line.does = None
    assert teller.tell_round() is not None
    line.carried.clear()
    line.does = TAKEN
    assert (teller.tell_round(), teller.tell_round()) == (None, None)
    assert line.undone == [(claim, package_id(3)), (claim, roll_id(3, 2))]
    assert len(line.carried) == 1


@pytest.mark.kivy
@pytest.mark.xdist_group("kivy")
@pytest.mark.timeout(300)
def test_K5_a_kiosk_that_starts_tells_what_was_registered_before(
    kiosk: Kiosk, served: Served, eventually: Callable[..., None]
) -> None:
    """The real command with its own process: the last two days are told, and what the bridge knows is the same one."""
    kiosk.register(package_id(1))
    assert kiosk.teller(RequestsChannel(), served.url).tell_round() is None
    kiosk.register(package_id(2))
    kiosk.station.close()
    call = [
        "run",
        "--dir",
        str(kiosk.folder),
        "--offscreen",
        "--size",
        "540x960",
        "--bridge",
        served.url,
        "--bridge-key-file",
    ]
    start = "import sys; from kiosk.cli import command; sys.exit(command(sys.argv[1:]))"
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen([sys.executable, "-c", start, *call, str(kiosk.key_file)], env=environ)
    try:
        eventually(lambda: served.opened.ledger.figures().sightings == 2, within=60.0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def test_K5_nothing_but_the_piece_and_the_time_is_told(kiosk: Kiosk) -> None:
    """One roll was scanned, its package is what a till sells; neither card nor number stands in what is sent."""
    claim = kiosk.register(roll_id(3, 2))
    line = Line(does=TAKEN)
    kiosk.teller(line).tell_round()
    (sent,) = line.carried
    (one,) = json.loads(sent.body)["sightings"]
    number = kiosk.station.desk.recent()[0].number
    assert abs(datetime.fromisoformat(one.pop("at")) - datetime.now(UTC)) < timedelta(minutes=5)
    assert one == {"id": claim, "via": "kiosk", "lane": None, "item": package_id(3), "gtin": PACKAGE_GTIN}
    assert all(text.encode() not in sent.body for text in (CARD, number))
    assert sent.headers["authorization"] == f"Bearer {DOOR_KEY}"
    assert DOOR_KEY not in sent.url


def test_K5_what_was_undone_and_what_is_long_past_is_not_told(old_kiosk: Kiosk) -> None:
    """Each once, the newest too; a day-old one again after a restart, a three-day-old one never."""
    line, clock = Line(does=TAKEN), old_kiosk.clock
    old_kiosk.register(package_id(1))
    clock.advance(86_400 * 1.5)
    old_kiosk.register(package_id(2))
    teller = old_kiosk.teller(line)
    old_kiosk.station.desk.undo(gone := old_kiosk.register(package_id(3)))
    assert teller.tell_round() is None
    assert line.told == [package_id(1), package_id(2)]
    assert line.undone == [(gone, package_id(3))]  # a kiosk that ran before this one may have told it
    old_kiosk.station.desk.undo(old_kiosk.register(package_id(5)))
    assert teller.tell_round() is None
    assert len(line.undone) == 1
    old_kiosk.register(package_id(4))
    assert teller.tell_round() is None
    assert teller.tell_round() is None
    assert line.told[2:] == [package_id(4)]

    clock.advance(86_400)
    old_kiosk.restart()
    fresh = Line(does=TAKEN)
    assert old_kiosk.teller(fresh).tell_round() is None
    assert fresh.told == [package_id(2), package_id(4)]


def test_K5_a_bridge_that_is_down_is_asked_ever_more_rarely_and_told_all_once_it_is_back(kiosk: Kiosk) -> None:
    """One line of the log for the whole outage and one at its end, jitter between, and nothing is left out."""
    line = Line()
    teller = kiosk.teller(line)
    kiosk.register(package_id(1))
    with capture_logs() as logs:
        waits = [teller.tell_round() for _ in range(12)]
        kiosk.register(package_id(2))
        line.does = HttpResponse(status=503)
        assert teller.tell_round() is not None
        assert read_bridge_note(kiosk.folder).trouble == "unreached"
        line.carried.clear()
        line.does = TAKEN
        assert teller.tell_round() is None
    assert all(0.1 <= wait <= 300 for wait in waits)
    assert len(set(waits)) == 12
    assert max(waits[6:]) > max(waits[:3])
    assert line.told == [package_id(1), package_id(2)]
    assert [log["event"] for log in logs] == ["bridge.not_told", "bridge.told_again"]
    assert read_bridge_note(kiosk.folder).trouble == ""


def test_K5_a_shopper_never_waits_for_a_bridge_that_hangs(kiosk: Kiosk, eventually: Callable[..., None]) -> None:
    """While the teller hangs in an exchange, registrations go on; they are told as soon as it comes free."""
    entered, goes_on, line = threading.Event(), threading.Event(), Line(does=TAKEN)

    class Hanging:
        def exchange(self, request: HttpRequest) -> HttpResponse:
            entered.set()
            assert goes_on.wait(30)
            return line.exchange(request)

    teller = kiosk.teller(Hanging())
    kiosk.station.journal.on_append(teller.wake)
    kiosk.register(package_id(1))
    teller.start()
    assert entered.wait(30)
    for serial in (2, 3, 4):
        kiosk.register(package_id(serial))
    assert line.told == []
    goes_on.set()
    eventually(lambda: line.told == [package_id(serial) for serial in (1, 2, 3, 4)])
    teller.stop()


def test_K5_a_wrong_key_is_said_once_and_counts_as_soon_as_the_file_is_mended(kiosk: Kiosk, served: Served) -> None:
    """The real door refuses it; the next try is ten minutes away, one line is logged, no key in it."""
    kiosk.register(package_id(9))
    kiosk.write_key("not-the-key-of-this-door")
    teller = kiosk.teller(RequestsChannel(), served.url)
    before = served.opened.ledger.figures().sightings
    with capture_logs() as logs:
        waits = [teller.tell_round() for _ in range(3)]
    assert min(waits) >= REFUSED_S
    assert [(log["event"], log["trouble"]) for log in logs] == [("bridge.not_told", "key")]
    assert "not-the-key" not in str(logs)
    (said,) = examine_bridge(kiosk.folder)
    assert (said.verdict, "--bridge-key-file names" in said.next_step) == ("warn", True)
    kiosk.write_key(DOOR_KEY)
    assert teller.tell_round() is None
    assert served.opened.ledger.figures().sightings == before + 1
    assert [said.verdict for said in examine_bridge(kiosk.folder)] == ["ok"]
    forget_bridge_note(kiosk.folder)
    assert list(examine_bridge(kiosk.folder)) == []


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(status=404),
        HttpResponse(status=302, headers={"location": "http://portal.example/"}),
        HttpResponse(status=200, headers={"content-type": "text/html"}, body=b"<p>Welcome to our WLAN"),
    ],
    ids=["no-such-page", "sent-elsewhere", "portal"],
)
def test_K5_who_is_no_bridge_counts_as_told_nothing(kiosk: Kiosk, answer: HttpResponse) -> None:
    """A wrong address or a portal that says 200 to everything: the registration waits for the real one."""
    kiosk.register(package_id(1))
    line = Line(does=answer)
    teller = kiosk.teller(line)
    assert teller.tell_round() >= REFUSED_S
    line.carried.clear()
    line.does = TAKEN
    assert teller.tell_round() is None
    assert line.told == [package_id(1)]


def test_K5_a_bridge_with_the_stores_own_certificate_is_believed_by_its_ca_file_alone(
    kiosk: Kiosk, tmp_path: Path
) -> None:
    """Over real https: nobody vouches for it, so it is told nothing; named in --bridge-ca-file it is."""
    certificate, private_key = _certificate(tmp_path)
    door = f'port = 0\ncertificate = "{certificate}"\nprivate_key = "{private_key}"'
    bench = BridgeBench(folder=tmp_path / "till", settings=SETTINGS.replace("port = 0", door))
    kiosk.register(package_id(5))
    with bench.served() as served:
        url = served.url.replace("http:", "https:")
        strange = kiosk.teller(RequestsChannel(), url)
        with capture_logs() as logs:
            assert strange.tell_round() is not None
        assert "does not prove who it is" in logs[0]["why"]
        assert served.opened.ledger.figures().sightings == 0
        trusted = kiosk.teller(RequestsChannel(ca_file=str(certificate)), url, ca_file=certificate)
        assert trusted.tell_round() is None
        assert served.opened.ledger.figures().sightings == 1


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Return the files of a certificate for 127.0.0.1 that only it vouches for, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "till")])
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number()).not_valid_before(begun)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = built.not_valid_after(datetime(2099, 1, 1, tzinfo=UTC)).add_extension(names, critical=False)
    certificate, private_key = folder / "till.pem", folder / "till.key"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private_key.write_bytes(key.private_bytes(*form))
    ssl.create_default_context(cafile=str(certificate))
    return certificate, private_key


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.7:8490", "ftp://till.example", "till.example:8490", "https://key@till.example", "https://t/?key=1"],
)
def test_K5_an_address_anybody_could_listen_at_is_refused(kiosk: Kiosk, url: str) -> None:
    """Plain http off this machine, and whatever is no address."""
    with pytest.raises(SettingsError):
        BridgeAt(url=url, key_file=kiosk.key_file)


@pytest.mark.parametrize("content", [b"", b"two\nlines", b"\xff\xfe", b"x" * 2000])
def test_K5_a_file_that_holds_no_key_is_refused(kiosk: Kiosk, content: bytes) -> None:
    """It is told without what stands in it; nor may others read the file."""
    kiosk.key_file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"bridge\.key holds no key"):
        BridgeAt(url="https://till.example", key_file=kiosk.key_file)
    kiosk.write_key(DOOR_KEY)
    kiosk.key_file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        BridgeAt(url="https://till.example", key_file=kiosk.key_file)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--bridge", "https://till.example"], "--bridge needs --bridge-key-file"),
        (["--bridge-key-file", "none"], "need --bridge."),
        (["--bridge", "https://till.example", "--bridge-key-file", "none"], "No such file"),
    ],
)
def test_K5_half_a_bridge_on_the_command_line_is_said_plainly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    """No traceback: what is missing, and return code 1."""
    assert command(["run", "--dir", str(tmp_path), "--offscreen", *options]) == 1
    assert said in capsys.readouterr().err
