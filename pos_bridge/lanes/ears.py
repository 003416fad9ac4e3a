"""The bridge's ears: hears what every lane's tee and tap tells, and says what it means.

One thread, one socket. Whatever comes is taken as hostile: garbage is counted and forgotten, and a listener that
fails is logged and does not end the hearing.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import structlog

from hardware.scanner.profile import ScannerProfile
from hardware.tee.copies import Block, Copy, CopyWrong, Kept, ReceiptEnded, UnderWay, decode
from hardware.transport.datagrams import DatagramReceiver
from photocore.seams import Clock
from pos_bridge.lanes.blocks import Basket, ReceiptBlocks
from pos_bridge.lanes.hearing import CodeSeen, GapHeard, Hearing, RefusedSeen, Sound
from pos_bridge.lanes.meaning import LaneReader, Meaning, Seen
from pos_bridge.lanes.stream import Heard, LaneStream, Missed
from pos_bridge.sighting import CardSighting, Sighting

ONE_SOUND_S: Final = 2.0
"""The price code and the square code of one package within this are one sound."""
LATE_S: Final = 2.0
"""A copy that is heard so long after its moment was away, and with it perhaps the end of a receipt."""
WAIT_S: Final = 1.0


@dataclass
class EarCounts:
    """What was heard since the start. ``foreign`` are datagrams of no lane of ours, or none of a tee at all."""

    copies: int = 0
    frames: int = 0
    receipts: int = 0
    gaps: int = 0
    foreign: int = 0
    unheard: int = 0
    faults: int = 0


@dataclass
class _Lane:
    stream: LaneStream
    gs_substitute: str | None
    sounded: tuple[str | None, Sound | None, float] = (None, None, 0.0)
    receipt: tuple[int, int] = (0, 0)
    receipt_at: float = 0.0
    sender: str = ""
    kept: tuple[int, int] = (0, 0)


class LaneEars:
    """Listens at ``path`` for all ``lanes`` (name to its scanner's profile).

    ``blocks`` is asked where a tap wants something to print.

    Raises:
        PortDown: nothing can listen there.
        SettingsError: a lane's scanner cannot be teed.
    """

    def __init__(
        self,
        path: Path,
        lanes: Mapping[str, ScannerProfile],
        reader: LaneReader,
        hearing: Hearing,
        clock: Clock,
        *,
        blocks: ReceiptBlocks | None = None,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        self._lanes = {
            name: _Lane(stream=LaneStream(profile), gs_substitute=profile.gs_substitute)
            for name, profile in lanes.items()
        }
        self._reader = reader
        self._hearing = hearing
        self._clock = clock
        self._blocks = blocks
        self._log = log or structlog.get_logger()
        self.counts = EarCounts()
        self._line = DatagramReceiver(path)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lane ears", daemon=True)

    def start(self) -> None:
        """Begin to listen. Once only."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more, and let go of the address."""
        self._stopping.set()
        self._line.cancel()
        if self._thread.is_alive():
            self._thread.join()
        self._line.close()

    def __enter__(self) -> Self:
        """Listen for the length of a block."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def basket(self, lane: str) -> Basket:
        """Return the receipt under way at a lane; ask from a callback to know which one its sighting belongs to."""
        epoch, number = self._lanes[lane].receipt
        return Basket(lane=lane, epoch=epoch, number=number + 1)

    # -- on the ears' thread ------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except Exception:  # noqa: BLE001  the device supervisor: what fails on one scan must not deafen the lane
                self.counts.faults += 1
                self._log.exception("lanes.fault_of_ours")

    def _listen(self) -> None:
        dues = [due for lane in self._lanes.values() if (due := lane.stream.due()) is not None]
        wait_s = min([WAIT_S, *(max(0.0, due - self._clock.monotonic()) for due in dues)])
        came = self._line.receive(wait_s)
        if came is not None:
            self._hear(*came)
            return
        now = self._clock.monotonic()
        for name, lane in self._lanes.items():
            for heard in lane.stream.silence(now):
                self._understand(name, lane, heard)
            self._keep(name, lane)

    def _hear(self, datagram: bytes, sender: str) -> None:
        try:
            told = decode(datagram)
        except CopyWrong:
            self.counts.foreign += 1
            return
        lane = None if isinstance(told, Block | Kept) else self._lanes.get(told.lane)
        if isinstance(told, Block | Kept) or lane is None:
            self.counts.foreign += 1
        elif isinstance(told, ReceiptEnded):
            self._end_receipt(lane, told, sender)
        elif isinstance(told, UnderWay):
            self._learn_receipt(lane, told)
        else:
            lane.sender = sender
            if isinstance(told, Copy):
                self._take(lane, told)
            self._keep(told.lane, lane, is_asked=not isinstance(told, Copy))

    def _take(self, lane: _Lane, copy: Copy) -> None:
        self.counts.copies += 1
        for heard in lane.stream.take(copy):
            if isinstance(heard, Missed):
                self.counts.gaps += 1
                self._log.warning("lanes.gap", lane=copy.lane, missed=heard.count)
                self._hearing.on_gap(GapHeard(at=self._wall(copy.at), lane=copy.lane, missed=heard.count))
            elif copy.is_heard:
                self._understand(copy.lane, lane, heard)
            else:
                self.counts.unheard += 1

    def _keep(self, name: str, lane: _Lane, *, is_asked: bool = False) -> None:
        """Let the tee know how far all is written down, once it is: till then it would tell it again."""
        whole = lane.stream.whole_until
        if whole is None or not lane.sender or (whole == lane.kept and not is_asked):
            return
        lane.kept = whole
        answer = Kept(lane=name, epoch=whole[0], offset=whole[1]).encode()
        self._hearing.when_kept(partial(self._line.answer, lane.sender, answer))

    def _understand(self, name: str, lane: _Lane, heard: Heard) -> None:
        self.counts.frames += 1
        at = heard.frame.at
        seen = Seen(id=f"{name}-{heard.name}", at=self._wall(at), lane=name, receipt=self._tag(lane, at))
        meaning = self._reader.read(heard.frame.data, seen, gs_substitute=lane.gs_substitute)
        self._sound(name, lane, meaning, heard.frame.at)
        match meaning:
            case Sighting():
                self._hearing.on_sighting(meaning)
            case CardSighting():
                self._hearing.on_card(meaning)
            case CodeSeen():
                self._hearing.on_code(meaning)
            case RefusedSeen():
                self._hearing.on_refused(meaning)
            case None:
                pass

    def _sound(self, name: str, lane: _Lane, meaning: Meaning, at: float) -> None:
        """Have it sounded, unless it is the other code of the package that was sounded just now."""
        if meaning is None:
            return
        sound: Sound = "refused" if isinstance(meaning, RefusedSeen) else "good"
        gtin = meaning.gtin if isinstance(meaning, Sighting) else None
        last_gtin, last_sound, last_at = lane.sounded
        lane.sounded = (gtin, sound, at)
        if gtin is None or (gtin, sound) != (last_gtin, last_sound) or at - last_at > ONE_SOUND_S:
            self._hearing.sound(name, sound)

    def _end_receipt(self, lane: _Lane, ended: ReceiptEnded, sender: str) -> None:
        if ended.wants_block and sender:
            block = self._blocks.block_for(ended) if self._blocks is not None else b""
            self._line.answer(sender, Block(nonce=ended.nonce, payload=block).encode())
        self.counts.receipts += 1
        lane.receipt, lane.receipt_at = (ended.epoch, ended.offset), ended.at
        self._hearing.on_receipt(ended)

    def _learn_receipt(self, lane: _Lane, told: UnderWay) -> None:
        """Know which receipt is under way though none has ended since we listen, or its end was not heard."""
        if lane.receipt != (told.epoch, told.offset):
            lane.receipt, lane.receipt_at = (told.epoch, told.offset), told.at

    def _tag(self, lane: _Lane, at: float) -> str | None:
        """Return which receipt was under way, if that is sure: none before the tap was heard, none for what is late."""
        epoch, number = lane.receipt
        is_late = self._clock.monotonic() - at > LATE_S
        return None if not epoch or at <= lane.receipt_at or is_late else f"{epoch:016x}-{number + 1}"

    def _wall(self, at: float) -> datetime:
        """Return the wall time of a monotonic moment."""
        return self._clock.now() - timedelta(seconds=max(0.0, self._clock.monotonic() - at))
