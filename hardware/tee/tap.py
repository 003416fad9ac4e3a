"""The tee of a receipt printer: looks for the end of each receipt, and lets the bridge add a block above the cut.

The bridge is asked once a receipt, by datagram, and has a moment: if it is dead, hangs or is late, the receipt goes on
as the till made it. What the printer says comes back unchanged and at once, while the bridge is waited for as well.
"""

import re
import struct
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from hardware.errors import HardwareError
from hardware.tee.copies import MOST_BLOCK_BYTES, NONCE_BYTES, Block, ReceiptEnded, UnderWay, decode
from hardware.tee.flow import EVERYTHING, Flow, SinkGone
from hardware.tee.forwarder import Forwarder, NearGone
from hardware.tee.receipts import STATE_BYTES, ReceiptEnd, ReceiptFinder
from hardware.tee.shared import BLOCK_AT, BLOCK_LENGTH, BLOCK_SENT, ENDED, Shared
from hardware.transport.datagrams import DatagramSender
from photocore.seams import Clock, Entropy

MOST_WAIT_S: Final = 0.15
TELL_S: Final = 1.0
"""How often it is told which receipt is under way; a line that was quiet for so long is between two receipts."""
AWAY_S: Final = 0.2
"""The same while no bridge listens."""
_NOTE: Final = struct.Struct("<Q")
FEED_TO_CUTTER: Final = b"\x1bJ\xa0"
"""ESC J 160: some 20 mm, behind a block whose cut does not feed by itself; the till fed its own lines only."""


@dataclass(frozen=True, kw_only=True)
class TapWishes:
    """How a lane's tap behaves. ``wait_s`` is how long the bridge may take for a block; no longer than 0.15.

    ``line_feeds``: as :class:`hardware.tee.receipts.ReceiptFinder`. ``mark`` finds, in its first group, what of the
    text is told as the receipt's mark.
    """

    lane: str
    epoch: int
    adds: bool = False
    wait_s: float = MOST_WAIT_S
    line_feeds: int = 0
    mark: re.Pattern[bytes] | None = None


@dataclass(frozen=True)
class _Asked:
    nonce: bytes
    until: float


class Tap(Forwarder):
    """A forwarder that reads what the till prints."""

    def __init__(
        self,
        shared: Shared,
        flows: tuple[Flow, Flow],
        *,
        near: int | None,
        far: int | None,
        keeper: int,
        far_is_pty: bool,
        wishes: TapWishes,
        sender: DatagramSender,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        super().__init__(shared, flows, near=near, far=far, keeper=keeper, far_is_pty=far_is_pty)
        self._shared = shared
        self._wishes = wishes
        self._sender = sender
        self._clock = clock
        self._entropy = entropy
        self._ends: deque[ReceiptEnd] = deque()
        self._asked: _Asked | None = None
        self._held_at = -1
        self._hold_of, self._held_until = -1, 0.0
        self._finder = ReceiptFinder(line_feeds=wishes.line_feeds)
        self._parsed = 0
        self._since = clock.monotonic()
        self._tells_at = self._since + TELL_S
        self._is_whole = False

    def begin(self) -> None:
        """Read on where the forwarder before this one stood, be it in the middle of a picture."""
        note = self._shared.read_note(_NOTE.size + STATE_BYTES)
        if note is not None:
            (self.words[ENDED],) = _NOTE.unpack_from(note)
            self._finder, self._parsed = ReceiptFinder.resumed(note[_NOTE.size :], line_feeds=self._wishes.line_feeds)
        if not self.words[BLOCK_LENGTH]:
            self.words[BLOCK_SENT] = 0

    def watched(self) -> tuple[int, ...]:
        """Return the socket on which the bridge answers."""
        return (self._sender.fileno(),)

    def patience_ms(self) -> int | None:
        """Return when the bridge has had its moment, or is to be told again what is under way."""
        until = self._tells_at if self._asked is None else self._asked.until
        return max(1, round((until - self._clock.monotonic()) * 1000))

    def wants_near(self) -> bool:
        """Say whether bytes wait that may go now."""
        held_back = max(0, self.up.read_bytes - self._limit())
        return self.up.held > held_back or self.words[BLOCK_LENGTH] > 0

    def carry_up(self) -> None:
        """Read what came before any of it goes on; hear whether the bridge has answered."""
        self._read()
        self._hear_answer()
        super().carry_up()
        self._ask_next()
        self._tell_under_way()

    def send_up(self, near: int) -> None:
        """Move on what may go: up to a cut that waits for its block, then the block, then the rest."""
        try:
            while self.up.send_on(near, self._limit()) and self._put_block(near):
                pass
        except SinkGone as gone:
            raise NearGone from gone

    def _put_block(self, near: int) -> bool:
        """Print the block that is due here, if any; say whether one was, and is out."""
        words = self.words
        if not words[BLOCK_LENGTH] or not self.up.send_block(near):
            return False
        words[BLOCK_LENGTH] = 0
        words[BLOCK_SENT] = 0
        return True

    def _limit(self) -> int:
        """Return the place up to which bytes may go now."""
        if self.words[BLOCK_LENGTH]:
            return self.words[BLOCK_AT]
        if self._ends:
            return self._ends[0].at
        return self._held_at if self._held_at >= 0 else EVERYTHING

    # -- what is read -------------------------------------------------------------------------------

    def _read(self) -> None:
        came = self.up.since(self._parsed)
        self._parsed += len(came)
        for end in self._finder.feed(came):
            self._note(end)
        if came:
            self._shared.write_note(_NOTE.pack(self.words[ENDED]) + self._finder.state())
        self._hold_back()

    def _note(self, end: ReceiptEnd) -> None:
        """Count an end, and tell it: at once, or with the question for a block when its turn comes."""
        self.words[ENDED] += 1
        if self._wishes.adds and end.is_sure and end.at >= self.up.taken_bytes:
            self._ends.append(end)
        else:
            self._sender.send(self._told(end, self.words[ENDED]).encode())

    def _hold_back(self) -> None:
        """Keep the first bytes of what may become a cut, for a moment: behind them it would be too late."""
        begun_at = self._finder.holds_from if self._wishes.adds else None
        now = self._clock.monotonic()
        if begun_at is None:
            self._held_at = -1
        elif self._held_until_of(begun_at, now) > now:
            self._held_at = begun_at
        else:
            self._held_at = -1

    def _held_until_of(self, begun_at: int, now: float) -> float:
        if self._hold_of != begun_at:
            self._hold_of, self._held_until = begun_at, now + MOST_WAIT_S
        return self._held_until

    def _told(
        self, end: ReceiptEnd, number: int, *, nonce: bytes = bytes(NONCE_BYTES), wants: bool = False
    ) -> ReceiptEnded:
        found = self._wishes.mark.search(end.text) if self._wishes.mark else None
        self._since = self._clock.monotonic()
        return ReceiptEnded(
            lane=self._wishes.lane,
            epoch=self._wishes.epoch,
            offset=number,
            at=self._since,
            wants_block=wants,
            nonce=nonce,
            mark=found[1].decode("latin-1") if found else "",
        )

    # -- the bridge ---------------------------------------------------------------------------------

    def _ask_next(self) -> None:
        """Ask for the block of the receipt whose cut is next; where nobody listens, there is none."""
        while self._ends and self._asked is None and not self.words[BLOCK_LENGTH]:
            nonce = self._entropy.token(NONCE_BYTES)
            number = self.words[ENDED] - len(self._ends) + 1
            question = self._told(self._ends[0], number, nonce=nonce, wants=True)
            if self._sender.send(question.encode()) == "taken":
                self._asked = _Asked(nonce, self._clock.monotonic() + min(self._wishes.wait_s, MOST_WAIT_S))
            else:
                self._settle(b"")

    def _tell_under_way(self) -> None:
        """Tell which receipt is under way: a bridge that has just begun would know none before the next has ended.

        What was half out when this tap began is not told: whose receipt that is, nobody knows.
        """
        now = self._clock.monotonic()
        if now < self._tells_at or self._ends:
            return
        self._is_whole = self._is_whole or self._parsed == 0 or self.words[ENDED] > 0
        told = UnderWay(
            lane=self._wishes.lane, epoch=self._wishes.epoch, offset=self.words[ENDED], at=self._since
        ).encode()
        is_away = self._is_whole and self._sender.send(told) != "taken"
        self._tells_at = now + (AWAY_S if is_away else TELL_S)

    def _hear_answer(self) -> None:
        while (datagram := self._sender.receive()) is not None:
            with suppress(HardwareError):
                told = decode(datagram)
                if self._asked is not None and isinstance(told, Block) and told.nonce == self._asked.nonce:
                    self._settle(told.payload)
        if self._asked is not None and self._clock.monotonic() >= self._asked.until:
            self._settle(b"")

    def _settle(self, block: bytes) -> None:
        """Let the receipt go on, with a block above its cut if there is one."""
        end = self._ends.popleft()
        self._asked = None
        if not block or len(block) > MOST_BLOCK_BYTES:
            return
        whole = block if end.feeds else (block + FEED_TO_CUTTER)
        self._shared.block[: len(whole)] = whole
        self.words[BLOCK_AT] = end.at
        self.words[BLOCK_LENGTH] = len(whole)
