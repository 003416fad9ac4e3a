"""The road breaks off at every byte of an exchange, out and back (K4): nothing is lost, doubled, half or said too soon.

A real station, a real photoservice, and a relay between them that hangs up after so many bytes. Each time the station
goes round again over a sound road, and then both must hold the same, and have held nothing half in between.
"""

import itertools
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import pytest

from photocore.cards import CardNumber, CardTable
from photocore.ids import ItemId
from sync.views import RegisterWish
from sync.wiring import enrol_real, open_real_station

STORES = ("9521141000038", "9521141000045")
CLUB = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="none")
CARDS = [CardNumber(table="club", number=f"291234567890{n}") for n in range(2)]
HELLO, EVENTS, ROSTER, NEWS = range(4)
"""The exchanges of a round of a station that owes something, in their order; each has a connection of its own."""

Way = Literal["out", "back"]
RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Hang up in the round's ``exchange`` once ``after`` bytes went ``way``; ``hard`` resets instead of closing."""

    exchange: int
    way: Way
    after: int
    hard: bool = False


class Relay:
    """Passes bytes on, one connection at a time, and counts them; hangs up where it is told to."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.cut: Cut | None = None
        self.passed: list[Counter[str]] = []  # bytes by exchange and way, since the last begin()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def begin(self, cut: Cut | None = None) -> None:
        with self._guard:
            self.cut, self.passed = cut, []

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join(30)

    def _serve(self) -> None:
        while True:
            try:
                station, _ = self._door.accept()
            except OSError:
                return
            with station, socket.create_connection(self._to) as service:
                with self._guard:
                    cut = self.cut if self.cut and self.cut.exchange == len(self.passed) else None
                    passed: Counter[str] = Counter()
                    self.passed.append(passed)
                self._join(station, service, cut, passed)

    def _join(self, station: socket.socket, service: socket.socket, cut: Cut | None, passed: Counter[str]) -> None:
        back = threading.Thread(target=self._pass_on, args=("back", service, station, cut, passed))
        back.start()
        self._pass_on("out", station, service, cut, passed)
        back.join()

    def _pass_on(self, way: Way, here: socket.socket, there: socket.socket, cut: Cut | None, passed: Counter) -> None:
        end = cut.after if cut and cut.way == way else None
        with suppress(OSError):
            while end is None or passed[way] < end:
                piece = here.recv(65_536 if end is None else end - passed[way])
                if not piece:
                    break
                there.sendall(piece)
                passed[way] += len(piece)
        self._hang_up((here, there), hard=end is not None and passed[way] == end and cut is not None and cut.hard)

    @staticmethod
    def _hang_up(ends: tuple[socket.socket, socket.socket], *, hard: bool) -> None:
        for one in ends:
            with suppress(OSError):
                if hard:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RDWR)


class Shop:
    """A station behind the relay, another that has a road of its own, and one package."""

    def __init__(self, world, tmp_path, stack: ExitStack) -> None:
        at = urlsplit(world.url)
        self.world = world
        self.relay = Relay((at.hostname, at.port))
        stack.callback(self.relay.close)
        for store in STORES:
            world.running.add_store(store, f"Store {store[-2:]}", retailer="Corner Photo", tables=(CLUB,))
        self.claim: str | None = None
        self.claims = 0
        self.pack()
        self.station, self.other = (
            self._open(stack, tmp_path / store, store, port)
            for store, port in zip(STORES, (self.relay.port, at.port), strict=True)
        )

    def pack(self) -> None:
        """Have the maker tell of a package; a new one now and then, as no real one is registered a thousand times."""
        place = {"id": f"https://id.gs1.org/414/{STORES[0]}"}
        self.package, self.rolls = self.world.pack(f"EVERYBYTE{self.claims}", bizLocation=place)

    def _open(self, stack: ExitStack, folder, store: str, port: int):
        code = self.world.running.enrol_code(store)
        enrol_real(url=f"http://localhost:{port}", code=code, name="Kiosk", folder=folder)
        station = open_real_station(folder, carry=False)
        stack.callback(station.close)
        return station

    def register(self, station, card: int) -> str:
        wish = RegisterWish(
            event_id=station.desk.mint_event_id(),
            item=ItemId(self.package),
            level="package",
            item_typed=False,
            card=CARDS[card],
            card_typed=False,
        )
        station.desk.register(wish)
        return wish.event_id

    def register_anew(self) -> None:
        """Undo the registration there is and make another: two events that go in one batch."""
        if self.claim is not None:
            self.station.desk.undo(self.claim, "staff", "the next one")
        if self.claims % 100 == 99:
            self.pack()
            assert self.go_round().ok  # the roster
        self.claim = self.register(self.station, 0)
        self.claims += 1

    def go_round(self, cut: Cut | None = None):
        self.relay.begin(cut)
        return self.station.courier.carry_here()

    def says(self) -> str:
        return self.station.desk.level(self.claim).word

    def owner_claims(self) -> list[str]:
        row = self.world.registration(self.package)
        return row["claims"] if row else []

    def judge_cut(self, where: str) -> None:
        """In between: what is said is true, and the photoservice holds claims whole."""
        name = f"{self.station.file.station}/{self.claim}"
        if self.says() == "confirmed":
            assert self.owner_claims() == [name], where
        else:
            assert (self.says(), self.station.desk.status().unsent > 0) == ("registered here", True), where
        copies = self.world.sql("select count(*) as n from label_copy group by claim")
        assert {row["n"] for row in copies} <= {len(self.rolls)}, where

    def judge_whole(self, where: str) -> None:
        """At last: both hold the same, each event once, none parked."""
        assert self.station.desk.status().unsent == self.station.desk.status().parked == 0, where
        assert self.says() == "confirmed", where
        assert self.owner_claims() == [f"{self.station.file.station}/{self.claim}"], where
        (told,) = self.world.sql(
            "select count(*) as events, count(distinct id) as ids, count(distinct (epoch, seq)) as places,"
            " count(*) filter (where verdict <> 'applied') as odd, count(*) filter (where kind = 'PackageClaimed')"
            " as claims, (select count(*) from label_copy) as copies from event where station = $1",
            self.station.file.station,
        )
        made = 2 * self.claims  # the epoch's first event stands for the claim that was never undone
        expected = {"events": made, "ids": made, "places": made, "odd": 0, "claims": self.claims}
        assert told == expected | {"copies": self.claims * len(self.rolls)}, where


@pytest.fixture
def shop(world, tmp_path) -> Iterator[Shop]:
    with ExitStack() as stack:
        shop = Shop(world, tmp_path, stack)
        shop.register_anew()
        assert shop.go_round().ok
        shop.judge_whole("before any cut")
        yield shop


def cuts(exchange: int, passed: Counter[str], *, stride: int) -> Iterator[Cut]:
    """Every ``stride``-th byte of both ways, the first and the last few; closed and reset in turn."""
    for way in ("out", "back"):
        length = passed[way]
        places = {*range(0, length, stride), 1, length - 1, length}
        for number, place in enumerate(sorted(places)):
            yield Cut(exchange=exchange, way=way, after=place, hard=number % 2 == 1)


def lengths_of_a_round(shop: Shop) -> list[Counter[str]]:
    shop.register_anew()
    shop.station.roster.etag = ""  # so that it is sent whole
    assert shop.go_round().ok
    assert len(shop.relay.passed) >= 4  # asked for news until there are none
    return shop.relay.passed


def cut_every(shop: Shop, exchange: int, stride: int) -> Counter[str]:
    passed = lengths_of_a_round(shop)[exchange]
    found: Counter[str] = Counter()
    for cut in cuts(exchange, passed, stride=stride):
        where = str(cut)
        shop.register_anew()
        if exchange == ROSTER:
            shop.station.roster.etag = ""
        report = shop.go_round(cut)
        shop.judge_cut(where)
        found["broke" if not report.ok else "went through"] += 1
        assert report.ok or shop.relay.passed[-1][cut.way] == cut.after, where  # by the cut, and nothing else
        assert shop.go_round().ok, where
        shop.judge_whole(where)
    return found


def cut_every_news(shop: Shop, stride: int) -> Counter[str]:
    lengths = lengths_of_a_round(shop)[NEWS]
    found: Counter[str] = Counter()
    rival: str | None = None
    for cut in cuts(NEWS, lengths, stride=stride):
        before = shop.says()
        if rival is None:
            rival = shop.register(shop.other, 1)
        else:
            shop.other.desk.undo(rival, "staff", "mistaken")
            rival = None
        assert shop.other.courier.carry_here().ok
        after = "confirmed" if rival is None else "contested"
        # nothing is owed, so there is no batch: news are the third exchange
        report = shop.go_round(Cut(exchange=NEWS - 1, way=cut.way, after=cut.after, hard=cut.hard))
        found["broke" if not report.ok else "went through"] += 1
        assert shop.says() in {before, after}, cut
        assert shop.go_round().ok, cut
        assert (shop.says(), shop.station.desk.status().contested) == (after, int(rival is not None)), cut
    return found


def test_K4_a_batch_and_its_answer_may_break_off_anywhere(shop):
    """Two events, registration and undoing, and the signed ack: some sixty places."""
    found = cut_every(shop, EVENTS, stride=71)
    assert found["broke"] > 40


@pytest.mark.parametrize("exchange", [HELLO, ROSTER])
def test_K4_a_handshake_or_a_roster_may_break_off_anywhere(shop, exchange):
    """They carry no event, and yet no round ends with a false word after them."""
    assert cut_every(shop, exchange, stride=211)["broke"] > 5


def test_K4_news_may_break_off_anywhere(shop):
    """Another store's claim comes and goes: the word on the screen is the old one or the new one, and then the new."""
    assert cut_every_news(shop, stride=211)["broke"] > 5


@pytest.mark.nightly
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("exchange", [HELLO, EVENTS, ROSTER, NEWS])
def test_K4_every_single_byte_of_an_exchange(shop, exchange):
    """All of them."""
    found = cut_every_news(shop, stride=1) if exchange == NEWS else cut_every(shop, exchange, stride=1)
    assert found["broke"] > 500


def test_the_relay_passes_on_what_it_is_not_told_to_cut(shop):
    """A round goes through whole, and a cut lets exactly so many bytes by."""
    passed = lengths_of_a_round(shop)
    assert all(one["out"] > 200 and one["back"] > 20 for one in passed)
    for way, place in itertools.product(("out", "back"), (0, 1, 17)):
        shop.go_round(Cut(exchange=HELLO, way=way, after=place))
        assert [one[way] for one in shop.relay.passed] == [place]
