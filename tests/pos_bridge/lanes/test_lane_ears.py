"""The ears: what is told of a lane becomes sightings, sounds and blocks, whatever else comes in."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hardware.scanner.profile import load_profile
from hardware.tee.copies import Block, Copy, Kept, ReceiptEnded, UnderWay, decode
from hardware.transport.datagrams import DatagramSender
from photocore.cards import CardTable
from photocore.host import SystemClock
from photocore.settings import locate_config
from photocore.testing import KnownShop
from pos_bridge.errors import BridgeRefusal
from pos_bridge.lanes import BlockShelf, Hearing, LaneEars, LaneReader
from pos_bridge.lanes.blocks import Basket
from pos_bridge.sighting import CardSighting, Sighting

FILM = "09501101530003"
CARD = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="gs1")
SQUARE = b"]d2010950110153000321P2026A123\r\n"
PRICE = b"]E09501101530003\r\n"


class Bridge:
    """Holds what the ears told."""

    def __init__(self, folder: Path) -> None:
        self.clock = SystemClock()
        self.earliest, self.made_at, self.latest = self.clock.now(), self.clock.monotonic(), self.clock.now()
        self.told: list[object] = []
        self.sounds: list[tuple[str, str]] = []
        self.changed = threading.Condition()
        self.shelf = BlockShelf()
        self.fails = False
        self.path = folder / "lanes.sock"
        hearing = Hearing(
            on_sighting=self.note,
            on_card=self.note,
            on_code=self.note,
            on_refused=self.note,
            on_receipt=self.note,
            on_gap=self.note,
            sound=lambda lane, word: self.sounds.append((lane, word)),
        )
        profile = load_profile(locate_config(), "generic")
        self.ears = LaneEars(
            self.path,
            {"till-1": profile, "till-2": profile},
            LaneReader(knows=KnownShop({FILM: "package"}, (CARD,))),
            hearing,
            self.clock,
            blocks=self.shelf,
        )
        self.sender = DatagramSender(self.path, answers_at=folder / "tap.sock")
        self.offsets = {"till-1": 0, "till-2": 0}

    def note(self, told: object) -> None:
        if self.fails:
            self.fails = False
            raise RuntimeError("the journal is down")
        with self.changed:
            self.told.append(told)
            self.changed.notify_all()

    def scan(self, payload: bytes, *, lane: str = "till-1", before_s: float = 0.0, is_heard: bool = True) -> None:
        """Tell a scan of so long before this bridge was made."""
        offset = self.offsets.get(lane, 0)
        at = self.made_at - before_s
        copy = Copy(lane=lane, epoch=7, offset=offset, at=at, payload=payload, is_heard=is_heard, is_fresh=True)
        assert self.sender.send(copy.encode()) == "taken"
        self.offsets[lane] = offset + len(payload)

    def end_receipt(self, number: int, *, wants: bool = True) -> None:
        ended = ReceiptEnded(
            lane="till-1", epoch=9, offset=number, at=self.clock.monotonic(), wants_block=wants, nonce=b"12345678"
        )
        assert self.sender.send(ended.encode()) == "taken"

    def await_told(self, count: int) -> list[object]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.told) >= count, 30.0), self.told
            return list(self.told)


@pytest.fixture
def bridge(tmp_path) -> Iterator[Bridge]:
    made = Bridge(tmp_path)
    with made.ears:
        yield made
    made.sender.close()


def test_K5_a_scan_becomes_a_sighting_with_its_own_time_and_name(bridge) -> None:
    """The moment is the tee's; the name is lane, epoch and place: told again, it is the same one."""
    bridge.scan(SQUARE, before_s=60.0)
    (seen,) = bridge.await_told(1)
    assert isinstance(seen, Sighting)
    assert seen.id == f"till-1-{7:016x}-{len(SQUARE) - 1}"
    assert (seen.item, seen.gtin, seen.lane, seen.via) == ("(01)09501101530003(21)P2026A123", FILM, "till-1", "tee")
    about = timedelta(milliseconds=1)  # two clocks are read one after the other
    assert bridge.earliest - about <= seen.at + timedelta(seconds=60) <= bridge.latest + about


def test_K5_price_code_and_square_code_within_two_seconds_are_one_sound(bridge) -> None:
    """Both are told, the sound is one; another package, another lane and a later look sound again."""
    bridge.scan(PRICE, before_s=30.0)
    bridge.scan(SQUARE, before_s=28.5)
    bridge.scan(SQUARE.replace(b"123", b"124"), lane="till-2", before_s=28.4)
    bridge.scan(PRICE, before_s=20.0)
    told = bridge.await_told(4)
    assert [seen.item is None for seen in told] == [True, False, False, True]
    assert bridge.sounds == [("till-1", "good"), ("till-2", "good"), ("till-1", "good")]


def test_K5_what_no_till_heard_leaves_no_repeat_out(bridge) -> None:
    """The till was not there yet; scanned again at once it sold, so that scan counts. Held on, it counts once."""
    bridge.scan(SQUARE, before_s=30.0, is_heard=False)
    bridge.scan(SQUARE, before_s=29.6)
    bridge.scan(SQUARE, before_s=29.2)
    bridge.scan(PRICE, before_s=20.0)
    told = bridge.await_told(2)
    assert [seen.item is None for seen in told] == [False, True]


def test_O19_a_card_is_told_as_a_card(bridge) -> None:
    """For the basket it lies in."""
    bridge.scan(b"]E02912345678906\r\n")
    (seen,) = bridge.await_told(1)
    assert isinstance(seen, CardSighting)
    assert seen.card.number == "2912345678906"


def test_K5_garbage_and_a_failing_listener_do_not_deafen_the_lanes(bridge, eventually) -> None:
    """Datagrams of nobody, of a lane that is not ours, and a callback that raises: the next scan is heard."""
    for datagram in (b"", b"garbage", b"\x00" * 4000, Block(nonce=bytes(8), payload=b"x").encode()):
        bridge.sender.send(datagram)
    bridge.scan(SQUARE, lane="elsewhere")
    bridge.fails = True
    bridge.scan(SQUARE)
    eventually(lambda: bridge.ears.counts.faults == 1)
    bridge.scan(SQUARE.replace(b"123", b"125"))
    assert bridge.await_told(1)[0].item.endswith("125")
    assert bridge.ears.counts.foreign == 5


def test_K5_scans_at_a_till_that_was_shut_are_no_evidence(bridge) -> None:
    """Nobody could have sold them."""
    bridge.scan(SQUARE, is_heard=False)
    bridge.scan(PRICE)
    (seen,) = bridge.await_told(1)
    assert seen.item is None
    assert bridge.ears.counts.unheard == 1


def test_K5_a_gap_is_told(bridge) -> None:
    """What was missed is said, with how much."""
    bridge.scan(PRICE)
    bridge.offsets["till-1"] += 100
    bridge.scan(SQUARE)
    told = bridge.await_told(3)
    assert told[1].missed == 100
    assert told[2].item is not None


def test_O19_a_block_goes_to_the_receipt_it_was_made_for_and_to_no_other(bridge, eventually) -> None:
    """It bears an access code: who comes late gets none, and neither does the next customer."""
    assert bridge.ears.basket("till-1") == Basket(lane="till-1", epoch=0, number=1)
    bridge.end_receipt(4)
    bridge.await_told(1)
    assert decode_answer(bridge, eventually) == b""
    basket = bridge.ears.basket("till-1")
    assert basket == Basket(lane="till-1", epoch=9, number=5)
    bridge.shelf.put(basket, b"one", 0.0)
    bridge.shelf.put(basket, b"two", 0.0)
    bridge.shelf.put(Basket(lane="till-1", epoch=9, number=4), b"too late", 0.0)
    bridge.end_receipt(5)
    assert decode_answer(bridge, eventually) == b"onetwo"
    bridge.end_receipt(6)
    assert decode_answer(bridge, eventually) == b""
    with pytest.raises(BridgeRefusal):
        bridge.shelf.put(basket, b"x" * 200_000, 0.0)


def test_O19_what_is_scanned_before_one_receipt_bears_its_tag_and_what_is_late_or_unsure_none(bridge) -> None:
    """Only so is a card surely of the same basket as a box (DESIGN 5C: nothing is guessed)."""

    def scan(serial: bytes, ahead_s: float = 20.0) -> str | None:
        """Ahead of now, so that no slow machine makes it late."""
        told = len(bridge.told)
        passed = bridge.clock.monotonic() - bridge.made_at
        bridge.scan(SQUARE.replace(b"A123", serial), before_s=-passed - ahead_s)
        return bridge.await_told(told + 1)[told].receipt

    assert scan(b"A124") is None
    bridge.end_receipt(4)
    bridge.await_told(2)
    assert scan(b"A125") == scan(b"A126") == f"{9:016x}-5"
    assert scan(b"A127", ahead_s=-60.0) is None
    bridge.end_receipt(5)
    bridge.await_told(6)
    assert scan(b"A128") == f"{9:016x}-6"


def test_O19_the_first_receipt_after_the_bridge_began_is_known_and_gets_its_block(bridge, eventually) -> None:
    """The tap says which one is under way; what was scanned before the last one ended is not of it."""

    def under_way(number: int, at: float) -> None:
        told = UnderWay(lane="till-1", epoch=9, offset=number, at=at)
        assert bridge.sender.send(told.encode()) == "taken"
        eventually(lambda: bridge.ears.basket("till-1") == Basket(lane="till-1", epoch=9, number=number + 1))

    under_way(3, bridge.made_at - 5.0)
    for before_s in (6.0, -20.0):
        passed = bridge.clock.monotonic() - bridge.made_at
        bridge.scan(SQUARE.replace(b"A123", b"A13%d" % (before_s > 0)), before_s=before_s - max(0.0, passed))
    assert [seen.receipt for seen in bridge.await_told(2)] == [None, f"{9:016x}-4"]
    bridge.shelf.put(bridge.ears.basket("till-1"), b"first", 0.0)
    bridge.end_receipt(4)
    assert decode_answer(bridge, eventually) == b"first"
    under_way(6, bridge.made_at)  # two ended unheard
    assert bridge.ears.counts.foreign == 0


def decode_answer(bridge: Bridge, eventually) -> bytes:
    came: list[bytes] = []

    def has_come() -> bool:
        datagram = bridge.sender.receive()
        came.extend([] if datagram is None or isinstance(decode(datagram), Kept) else [datagram])
        return bool(came)

    eventually(has_come)
    block = decode(came[0])
    assert isinstance(block, Block)
    assert block.nonce == b"12345678"
    return block.payload
