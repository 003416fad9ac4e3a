"""Bytes no scanner should send, over a real pty: bounded memory, one refusal a storm, then it reads on."""

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import BuiltinFunctionType, FunctionType, ModuleType

import pytest

from hardware.errors import HardwareError
from hardware.scanner import Frame, Framer, ScannerLink, load_profile
from hardware.virtual.keystrokes import Stroke, whole
from hardware.virtual.scanner import VirtualScanner
from photocore.host import SystemClock
from photocore.refusals import RefusalReason
from photocore.scans import PackageScan, Refused
from photocore.settings import locate_config
from photocore.symbology import MAX_FRAME_BYTES, read_frame
from photocore.testing import KnownShop

MEGABYTE = 1_000_000
CODE = "]d20109506000134352" + "21ABC12345"
DELIVERY = 65_536
SETTLED_S = 30.0


def noise(count: int, seed: int = 1, without: bytes = b"") -> bytes:
    """Random bytes, as a line at a wrong baud rate gives; ``without`` never comes."""
    allowed = bytes(byte for byte in range(256) if byte not in without)
    return bytes(Random(seed).choices(allowed, k=count))


STORMS = {
    "nul": bytes(MEGABYTE),
    "ff": b"\xff" * MEGABYTE,
    "letters": b"0123456789" * (MEGABYTE // 10),
    "wrong baud": noise(MEGABYTE, without=b"\r\n"),
    "gs": b"\x1d" * MEGABYTE,
}


class Kiosk:
    """Where frames land, read as the kiosk reads them."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    @property
    def scans(self) -> list[object]:
        return [read_frame(frame.data, KnownShop()) for frame in self.frames]

    @property
    def refused(self) -> list[RefusalReason]:
        return [scan.reason for scan in self.scans if isinstance(scan, Refused)]

    @property
    def packages(self) -> int:
        return sum(isinstance(scan, PackageScan) for scan in self.scans)


@pytest.fixture
def kiosk() -> Kiosk:
    return Kiosk()


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[VirtualScanner]:
    with VirtualScanner(tmp_path / "scanner0", load_profile(locate_config(), "virtual"), SystemClock()) as scanner:
        yield scanner


@pytest.fixture
def link(kiosk: Kiosk, scanner: VirtualScanner, eventually: Callable[..., None]) -> Iterator[ScannerLink]:
    profile = load_profile(locate_config(), "virtual")
    with ScannerLink(str(scanner.path), profile, SystemClock(), kiosk.frames.append) as link:
        eventually(lambda: link.state.is_up)
        yield link


@pytest.mark.parametrize("storm", STORMS)
def test_K2_a_storm_is_one_refusal_and_the_next_code_is_read(
    storm: str, kiosk: Kiosk, scanner: VirtualScanner, link: ScannerLink, eventually: Callable[..., None]
) -> None:
    """1 MB of it: the shopper is told once that this was too long; after its end the good code is a package."""
    scanner.strike(Stroke(data=STORMS[storm]))
    eventually(lambda: _swallowed(link) == MEGABYTE, within=SETTLED_S)
    assert kiosk.refused == ([] if storm == "nul" else [RefusalReason.TOO_LONG])
    scanner.strike(Stroke(data=b"\r"))
    scanner.scan(CODE)
    eventually(lambda: kiosk.packages == 1, within=SETTLED_S)
    assert len(kiosk.refused) == (storm != "nul")
    assert link.state.is_up


def _swallowed(link: ScannerLink) -> int:
    counts = link.state.counts.framing
    return counts.dropped_bytes + counts.nulls


def test_K2_a_storm_that_just_stops_costs_a_moment_of_silence(
    kiosk: Kiosk, scanner: VirtualScanner, link: ScannerLink, eventually: Callable[..., None]
) -> None:
    """No end comes after it: once the line was quiet the next code counts, without a byte of the storm in it."""
    scanner.strike(Stroke(data=b"\xff" * 10_000))
    eventually(lambda: kiosk.refused == [RefusalReason.TOO_LONG])
    eventually(lambda: link._dialogue.due() is None, within=SETTLED_S)
    scanner.scan(CODE)
    eventually(lambda: kiosk.packages == 1)
    assert len(kiosk.frames) == 2


@pytest.mark.parametrize("seed", range(4))
def test_K2_noise_with_ends_in_it_is_refused_piece_by_piece(
    seed: int, kiosk: Kiosk, scanner: VirtualScanner, link: ScannerLink, eventually: Callable[..., None]
) -> None:
    """Every byte value, ends too, then a code: no piece of noise is a package or a card, and the code is read."""
    scanner.strike(Stroke(data=noise(20_000, seed)), Stroke(data=b"\r"))
    scanner.scan(CODE)
    eventually(lambda: kiosk.packages == 1, within=SETTLED_S)
    assert len(kiosk.refused) == len(kiosk.frames) - 1
    assert all(len(frame.data) <= MAX_FRAME_BYTES + 1 for frame in kiosk.frames)


def test_K2_a_code_between_two_storms_is_read(
    kiosk: Kiosk, scanner: VirtualScanner, link: ScannerLink, eventually: Callable[..., None]
) -> None:
    """At any moment: the storm before it ends, the code stands between two ends, the storm after it is another."""
    scanner.strike(
        Stroke(data=noise(50_000, 1, b"\r\n") + b"\r"),
        *whole(scanner.encode(CODE)),
        Stroke(data=noise(50_000, 2, b"\r\n") + b"\r"),
    )
    eventually(lambda: len(kiosk.frames) == 3, within=SETTLED_S)
    assert [type(scan) for scan in kiosk.scans] == [Refused, PackageScan, Refused]


def test_K2_an_overlong_code_is_refused_in_words_and_answered_like_any_other(
    kiosk: Kiosk, scanner: VirtualScanner, link: ScannerLink, eventually: Callable[..., None]
) -> None:
    """A QR of a kilobyte is no silence: the scanner is told, and a scan right behind it is read."""
    scanner.scan("]Q1" + "https://example.com/" + "x" * 1000)
    scanner.scan(CODE)
    eventually(lambda: kiosk.packages == 1)
    assert kiosk.refused == [RefusalReason.TOO_LONG]
    before = len(scanner.answered_bytes)
    assert link.answer(ok=False)
    assert scanner.meaning_of(scanner.wait_for_answer(after=before, within_s=30.0)) == "refused"


def test_K2_a_plug_pulled_in_mid_storm_leaves_nothing_behind(
    kiosk: Kiosk, scanner: VirtualScanner, link: ScannerLink, eventually: Callable[..., None]
) -> None:
    """What was half received dies with its line; the code after the replug is whole."""
    storm = threading.Thread(target=_strike_until_unplugged, args=(scanner,), daemon=True)
    storm.start()
    eventually(lambda: kiosk.frames)
    scanner.unplug()
    storm.join(30)
    assert not storm.is_alive()
    eventually(lambda: not link.state.is_up)
    scanner.plug()
    eventually(lambda: link.state.is_up)
    scanner.scan(CODE)
    eventually(lambda: kiosk.packages == 1)
    assert set(kiosk.refused) == {RefusalReason.TOO_LONG}


def _strike_until_unplugged(scanner: VirtualScanner) -> None:
    try:
        scanner.strike(*(Stroke(data=b"\xff" * DELIVERY) for _ in range(200)))
    except HardwareError:
        return


@pytest.mark.parametrize("end", ["crlf", "tab", "etx", "stx_etx", "gap"])
@pytest.mark.parametrize("storm", [*STORMS, "ends", "mixed ends"])
def test_K2_a_framers_memory_is_bounded_whatever_comes(end: str, storm: str) -> None:
    """Megabytes in the largest deliveries a line makes: after each, little more than a frame hangs on the framer."""
    framer = Framer(end=end)  # type: ignore[arg-type]
    ends = {"ends": b"\r\n", "mixed ends": b"\r\n\t\x02\x03"}
    delivery = (STORMS.get(storm) or ends[storm] * DELIVERY)[:DELIVERY]
    framer.feed(b"\x02", 1.0)
    for _ in range(MEGABYTE // DELIVERY):
        framer.feed(delivery, 1.0)
        assert framer.held_bytes <= MAX_FRAME_BYTES
        assert weight(framer) < 8 * MAX_FRAME_BYTES


def weight(root: object) -> int:
    """Return the bytes of all that hangs on ``root``; what other threads hold meanwhile is not in it."""
    shared = (type, ModuleType, FunctionType, BuiltinFunctionType)
    seen: dict[int, object] = {}
    found = [root]
    while found:
        one = found.pop()
        if id(one) not in seen and not isinstance(one, shared):
            seen[id(one)] = one
            found += gc.get_referents(one)
    return sum(map(sys.getsizeof, seen.values()))


def test_K2_a_weight_that_grows_is_seen() -> None:
    """The looking itself: what a framer would hold if it kept a delivery."""
    framer = Framer(end="crlf")
    before = weight(framer)
    framer.kept = [b"x" * DELIVERY]  # type: ignore[attr-defined]
    assert weight(framer) - before > DELIVERY
