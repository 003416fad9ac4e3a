"""The virtual printer's insides: buffer, head, paper, cutter and sensors, whatever language it speaks.

One condition guards them all, because every fault of a shop may come between any two rows.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np

from hardware.errors import PortDown
from hardware.transport import Port
from hardware.virtual.paper import Paper, Piece, Rows
from hardware.virtual.printer_senses import Senses
from hardware.virtual.printer_tongue import Body, Parted, Tongue
from hardware.virtual.printer_voice import Voice

STEP_ROWS: Final = 8
CUTTER_GAP_ROWS: Final = 24
NEAR_END_ROWS: Final = 800
SAY_WITHIN_S: Final = 0.5


class _DroppedError(Exception):
    """What was being printed is no longer in the buffer."""


class Mechanics:
    """What prints, on a thread of its own, and drops what it is told to drop."""

    def __init__(self, paper: Paper, tongue: Callable[[Body], Tongue]) -> None:
        self.voice = Voice()
        self.senses = Senses()
        self._paper = paper
        self._rows_per_s: float | None = None
        self._on_piece: Callable[[Piece], object] = lambda piece: None
        self._wake = threading.Condition()
        self._buffer = bytearray()
        self._drops = 0
        self._port: Port | None = None
        self._is_powered, self._is_stopping, self._is_hung, self._jams_next_cut = True, False, False, False
        self._ends_at_cut: tuple[int, int] | None = None
        self._cuts = 0
        self._tongue = tongue(self)

    # -- what the tongue does with it ---------------------------------------------------------------

    def say(self, said: bytes) -> None:
        """Send something to the host, if it has power, a line and a voice."""
        with self._wake:
            port = self._port
            if port is None or not self._is_powered:
                return
            with suppress(PortDown):  # nobody listens any more: a printer does not mind
                self.voice.say(said, lambda part: port.write(part, timeout=SAY_WITHIN_S))

    def lay(self, rows: Rows, drops: int) -> None:
        """Print rows at its pace, standing still where it must."""
        done = 0
        while done < len(rows):
            with self._wake:
                self.stand_ready(drops)
                done += self._step(rows, done, lambda: self._drops != drops)

    def lay_at_once(self, rows: Rows, drops: int) -> bool:
        """Print rows as a label printer does: what was stopped in the middle is not gone on with.

        A label that moves is finished even if the buffer is dropped meanwhile.
        """
        done = 0
        while done < len(rows):
            with self._wake:
                if done and self._is_interrupted():
                    self.stand_ready(drops)
                    return False
                if not done:
                    self.stand_ready(drops)
                done += self._step(rows, done, self._is_interrupted)
        return True

    def stand_ready(self, drops: int) -> None:
        """Stand still while nothing can be printed; what was dropped meanwhile is not printed at all."""
        self._await(lambda: not (self._is_hung or self._stands_still()), drops)

    def await_taken(self, drops: int) -> None:
        """Wait until the label at the peel bar was taken."""
        self._await(lambda: not self.senses.label_waiting, drops)

    def cut(self, drops: int) -> None:
        """Feed to the cutter and cut; it may jam."""
        self.lay(np.zeros((CUTTER_GAP_ROWS, self._paper.width), dtype=np.uint8), drops)
        with self._wake:
            self.stand_ready(drops)
            if self._jams_next_cut:
                self._jams_next_cut = False
                self.feel(cutter_jam=True)
                self.stand_ready(drops)
        self.part("cut")

    def part(self, how: Parted) -> bool:
        """End the hanging piece; say whether there was any."""
        with self._wake:
            if not len(self._paper.hanging.rows):
                return False
            self._cuts += how != "torn"
            self._paper.part(how)
            self._end_roll_if_due()
            piece = self._paper.pieces[-1]
        self._on_piece(piece)
        return True

    def feel(self, **switches: bool) -> None:
        """Change what it senses (``cover_open``, ...); read the paper's sensors, and let everyone look again."""
        with self._wake:
            for name, value in switches.items():
                setattr(self.senses, name, value)
            left = self._paper.rows_left
            self.senses.paper_out = self._paper.is_out
            if left is not None and left <= NEAR_END_ROWS:
                self.senses.near_end = True
            self._tongue.felt()
            self._wake.notify_all()

    def drop(self) -> None:
        """Forget everything received and not yet printed."""
        with self._wake:
            self._buffer.clear()
            self._tongue.forget()
            self._drops += 1
            self._wake.notify_all()

    # -- the head's thread --------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._is_stopping:
            with self._wake:
                self._wake.wait_for(lambda: self._is_stopping or (self._buffer and self._is_powered))
                commands = self._tongue.read(bytes(self._buffer))
                self._buffer.clear()
                self._wake.notify_all()
                drops = self._drops
            try:
                for command in commands:
                    self._tongue.do(command, drops)
            except _DroppedError:
                continue

    def _step(self, rows: Rows, done: int, is_over: Callable[[], bool]) -> int:
        """Print a few rows and take the time they need; return how many there was paper for."""
        printed = self._paper.take(rows[done : done + STEP_ROWS])
        self.feel()
        if self._rows_per_s is not None:
            self._wake.wait_for(lambda: self._is_stopping or is_over(), STEP_ROWS / self._rows_per_s)
        return printed

    def _await(self, is_so: Callable[[], bool], drops: int) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._is_stopping or self._drops != drops or is_so())
            if self._is_stopping or self._drops != drops:
                raise _DroppedError

    def _stands_still(self) -> bool:
        return not self._is_powered or self.senses.is_stopped

    def _is_interrupted(self) -> bool:
        return self._is_stopping or not self._is_powered or self.senses.is_interrupted

    def _end_roll_if_due(self) -> None:
        if self._ends_at_cut is not None and self._cuts >= self._ends_at_cut[0]:
            self._paper.rows_left = self._ends_at_cut[1]
            self._ends_at_cut = None
