"""The tap adds a block above a receipt's cut, and never makes a till wait for a bridge that is not well."""

import os
import threading

from hardware.tee.copies import Block, ReceiptEnded, UnderWay, decode
from hardware.tee.flow import Flow
from hardware.tee.shared import Shared
from hardware.tee.tap import FEED_TO_CUTTER, TELL_S, Tap, TapWishes
from hardware.transport.datagrams import DatagramReceiver, DatagramSender
from photocore.testing import ManualClock, SeededEntropy

HEAD = b"\x1b@\x1dv0\x00\x02\x00\x02\x00\x1bi\x1bmFilm  12.90\nReceipt 0042\n\x1bd\x04"
RECEIPT = HEAD + b"\x1dVB\x00"
BLOCK = b"\x1dv0\x00\x02\x00\x03\x00block!"


class Bridge:
    """Answers each question with ``block``, or not at all."""

    def __init__(self, path, block: bytes | None) -> None:
        self.line = DatagramReceiver(path)
        self.block = block
        self.told: list[ReceiptEnded] = []
        self.under_way: list[UnderWay] = []
        self.heard = threading.Condition()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._is_over:
            came = self.line.receive(0.2)
            if came is None:
                continue
            told = decode(came[0])
            if isinstance(told, UnderWay):
                with self.heard:
                    self.under_way.append(told)
                    self.heard.notify_all()
                continue
            assert isinstance(told, ReceiptEnded)
            if told.wants_block and self.block is not None:
                self.line.answer(came[1], Block(nonce=bytes(8), payload=b"a forged one").encode())
                self.line.answer(came[1], b"TCT1 garbage")
                self.line.answer(came[1], Block(nonce=told.nonce, payload=self.block).encode())
            with self.heard:
                self.told.append(told)
                self.heard.notify_all()

    def close(self) -> None:
        self._is_over = True
        self._thread.join()
        self.line.close()


def with_block(bench, bridge: Bridge, receipt: bytes, expected: bytes) -> None:
    """Print until the bridge was quick enough; each receipt is as the till made it, or has its block."""
    till, printer = bench.open_till(), bench.read_device()
    taken = 0
    for nr in range(1, 50):
        till.port.write(receipt)
        printer.await_bytes(taken + len(receipt))
        eventually_told(bridge, nr)
        if printer.got[taken : taken + len(receipt)] != receipt:
            assert printer.await_bytes(taken + len(expected))[taken:] == expected
            return
        taken += len(receipt)
    raise AssertionError("never quick enough")


def eventually_told(bridge: Bridge, count: int) -> None:
    with bridge.heard:
        assert bridge.heard.wait_for(lambda: len(bridge.told) >= count, 30.0)


def test_K5_a_block_stands_above_the_cut(bench) -> None:
    """All the rest is unchanged; the bridge knows the receipt's number and its mark; forged answers are passed over."""
    bridge = Bridge(bench.bridge, BLOCK)
    bench.tap("--adds", "--mark", r"Receipt (\d+)")
    with_block(bench, bridge, RECEIPT, HEAD + BLOCK + b"\x1dVB\x00")
    assert [told.offset for told in bridge.told] == [*range(1, len(bridge.told) + 1)]
    assert {(told.mark, told.wants_block) for told in bridge.told} == {("0042", True)}
    bridge.close()


def test_K5_above_a_cut_that_does_not_feed_the_block_is_fed_to_the_cutter(bench) -> None:
    """ESC i cuts where the paper stands: a block's last lines must be past the cutter. It may be 40 KB long."""
    block = BLOCK * 3000
    bridge = Bridge(bench.bridge, block)
    bench.tap("--adds")
    with_block(bench, bridge, HEAD + b"\x1bi", HEAD + block + FEED_TO_CUTTER + b"\x1bi")
    bridge.close()


def test_K5_what_the_printer_says_reaches_the_till(bench) -> None:
    """Status answers and automatic reports, while a receipt waits for its block as well."""
    bridge = Bridge(bench.bridge, None)
    bench.tap("--adds")
    till, printer = bench.open_till(), bench.read_device()
    till.port.write(b"\x10\x04\x01")
    assert printer.await_bytes(3) == b"\x10\x04\x01"
    till.port.write(RECEIPT)
    bench.device.port.write(b"\x16\x10\x00\x00\x00")
    assert till.await_bytes(5) == b"\x16\x10\x00\x00\x00"
    assert printer.await_bytes(3 + len(RECEIPT))[3:] == RECEIPT
    bridge.close()


def test_K5_without_a_bridge_a_receipt_is_as_the_till_made_it(bench) -> None:
    """Nobody listens: nothing is waited for."""
    bench.tap("--adds")
    till, printer = bench.open_till(), bench.read_device()
    till.port.write(RECEIPT * 20)
    assert printer.await_bytes(20 * len(RECEIPT)) == RECEIPT * 20


def test_K5_a_bridge_that_hangs_leaves_receipts_as_they_are(bench) -> None:
    """It listens and never answers; more receipts come than its queue holds."""
    hung = DatagramReceiver(bench.bridge)
    bench.tap("--adds", "--wait-ms", "20")
    till, printer = bench.open_till(), bench.read_device()
    till.port.write(RECEIPT * 15)
    assert printer.await_bytes(15 * len(RECEIPT)) == RECEIPT * 15
    hung.close()


def test_K5_a_tap_that_adds_nothing_still_tells_where_baskets_end(bench) -> None:
    """The boundary of baskets is worth knowing by itself; a till that shuts its port at once is read to the end."""
    bridge = Bridge(bench.bridge, BLOCK)
    bench.tap()
    printer = bench.read_device()
    for _ in range(2):
        far = os.open(bench.till, os.O_WRONLY | os.O_NOCTTY)
        os.write(far, RECEIPT)
        os.close(far)
    assert printer.await_bytes(2 * len(RECEIPT)) == RECEIPT * 2
    eventually_told(bridge, 2)
    assert [(told.offset, told.wants_block) for told in bridge.told] == [(1, False), (2, False)]
    bridge.close()


def test_K5_a_tap_killed_in_the_middle_of_a_picture_takes_nothing_in_it_for_a_cut(bench) -> None:
    """The next forwarder knows where it stands: a picture that is full of cuts has no block in it."""
    bridge = Bridge(bench.bridge, BLOCK)
    tap = bench.tap("--adds")
    till, printer = bench.open_till(), bench.read_device()
    picture = b"\x1dv0\x00\x30\x00\x3c\x00" + b"Film\n\x1dV\x00\x1bi\x1bm..." * 192
    sent = 0
    for at in (100, 1000, 2000):
        till.port.write(picture[sent:at])
        sent = at
        printer.await_bytes(sent)
        tap.kill_forwarder()
    rest = picture[sent:] + b"Film\n"
    till.port.write(rest)
    assert printer.await_bytes(sent + len(rest)) == picture + b"Film\n"
    assert not bridge.told
    till.port.write(b"\x1bi")
    eventually_told(bridge, 1)
    assert bridge.told[0].wants_block
    bridge.close()


def test_O19_a_bridge_that_begins_is_told_which_receipt_is_under_way(bench) -> None:
    """Before any receipt has ended, after some have, and when it comes back in the middle of one."""
    bench.tap()
    bridge = Bridge(bench.bridge, None)
    await_under_way(bridge, 0)
    till, printer = bench.open_till(), bench.read_device()
    till.port.write(HEAD)
    printer.await_bytes(len(HEAD))
    bridge.close()
    bridge = Bridge(bench.bridge, None)  # in the middle of the first receipt: it is known to be the first
    await_under_way(bridge, 0)
    till.port.write(b"\x1dVB\x00")
    eventually_told(bridge, 1)
    await_under_way(bridge, 1)
    assert bridge.under_way[-1].at == bridge.told[0].at
    assert {told.epoch for told in bridge.under_way} == {bridge.told[0].epoch}
    bridge.close()


def await_under_way(bridge: Bridge, ended: int) -> None:
    with bridge.heard:
        assert bridge.heard.wait_for(lambda: ended in {told.offset for told in bridge.under_way}, 30.0)


def test_O19_what_was_half_out_when_the_tap_began_is_nobodys(tmp_path) -> None:
    """A line that is not quiet at first: nothing is told before an end was seen."""
    shared, clock, bridge = Shared(), ManualClock(), DatagramReceiver(tmp_path / "bridge")
    sender, (out, till) = DatagramSender(tmp_path / "bridge"), os.pipe()
    os.set_blocking(out, False)
    tap = Tap(
        shared,
        (Flow(shared, 0), Flow(shared, 1)),
        near=None,
        far=None,
        keeper=0,
        far_is_pty=True,
        wishes=TapWishes(lane="1", epoch=7),
        sender=sender,
        clock=clock,
        entropy=SeededEntropy(1),
    )
    heard = []
    for more in (b"of a receipt\n", b"1.50\n", b"\x1dVB\x00", b"", b""):
        os.write(till, more)
        tap.up.take_in(out) if more else None
        clock.advance(TELL_S)
        tap.carry_up()
        while (came := bridge.receive(0)) is not None:
            heard.append(decode(came[0]))
    assert [(type(told), told.offset) for told in heard] == [(ReceiptEnded, 1)] + [(UnderWay, 1)] * 3
    os.close(out), os.close(till)
    tap.up.close(), tap.down.close()
    sender.close(), bridge.close()
