"""The virtual printer's insides: buffer, head, paper, cutter and sensors, and what they say of themselves.

One condition guards them all, because every fault of a shop may come between any two rows.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np

from hardware.errors import PortDown
from hardware.transport import Port
from hardware.virtual.escpos_reader import EscposReader
from hardware.virtual.paper import Paper, Piece, Rows
from hardware.virtual.print_head import PrintHead
from hardware.virtual.printer_senses import Senses
from hardware.virtual.printer_voice import Voice

STEP_ROWS: Final = 8
CUTTER_GAP_ROWS: Final = 24
NEAR_END_ROWS: Final = 800
SAY_WITHIN_S: Final = 0.5
PROCESS_ID_REPLY: Final = b"\x37\x22"


class _DroppedError(Exception):
    """What was being printed is no longer in the buffer."""


class Mechanics:
    """What prints, on a thread of its own, and drops what it is told to drop."""

    def __init__(self, paper: Paper, head: Callable[["Mechanics"], PrintHead]) -> None:
        self.voice = Voice()
        self._paper = paper
        self._head = head(self)
        self._rows_per_s: float | None = None
        self._has_process_ids = self._has_reports = True
        self._on_piece: Callable[[Piece], object] = lambda piece: None
        self._senses = Senses()
        self._wake = threading.Condition()
        self._buffer = bytearray()
        self._reader = EscposReader()
        self._drops = 0
        self._port: Port | None = None
        self._report_mask = 0
        self._last_report = self._senses.report()
        self._is_powered, self._is_stopping, self._is_hung, self._jams_next_cut = True, False, False, False
        self._ends_at_cut: tuple[int, int] | None = None
        self._cuts = 0

    def _say(self, said: bytes) -> None:
        port = self._port
        if port is None or not self._is_powered:
            return
        with suppress(PortDown):  # nobody listens any more: a printer does not mind
            self.voice.say(said, lambda part: port.write(part, timeout=SAY_WITHIN_S))

    def _work(self) -> None:
        while not self._is_stopping:
            with self._wake:
                self._wake.wait_for(lambda: self._is_stopping or (self._buffer and self._is_powered))
                commands = self._reader.feed(bytes(self._buffer))
                self._buffer.clear()
                self._wake.notify_all()
                drops = self._drops
            try:
                for command in commands:
                    self._head.do(command, drops)
            except _DroppedError:
                continue

    def lay(self, rows: Rows, drops: int) -> None:
        """Print rows at its pace, standing still where it must."""
        done = 0
        while done < len(rows):
            with self._wake:
                self._await_readiness(drops)
                done += self._paper.take(rows[done : done + STEP_ROWS])
                self._feel()
                if self._rows_per_s is not None:
                    self._wake.wait_for(lambda: self._is_stopping or self._drops != drops, STEP_ROWS / self._rows_per_s)

    def cut(self, drops: int) -> None:
        """Feed to the cutter and cut; it may jam."""
        self.lay(np.zeros((CUTTER_GAP_ROWS, self._paper.width), dtype=np.uint8), drops)
        with self._wake:
            self._await_readiness(drops)
            if self._jams_next_cut:
                self._jams_next_cut, self._senses.cutter_jam = False, True
                self._feel()
                self._await_readiness(drops)
            self._cuts += 1
            self._paper.part("cut")
            self._end_roll_if_due()
            piece = self._paper.pieces[-1]
        self._on_piece(piece)

    def prove(self, process_id: bytes, drops: int) -> None:
        """Say that everything before is on paper."""
        with self._wake:
            self._await_readiness(drops)
            if self._has_process_ids:
                self._say(PROCESS_ID_REPLY + process_id + b"\x00")

    def report_from_now_on(self, mask: int) -> None:
        """Send a report now and at each change; 0 ends it."""
        with self._wake:
            self._report_mask = mask if self._has_reports else 0
            if self._report_mask:
                self._say(self._senses.report())

    def _await_readiness(self, drops: int) -> None:
        """Stand still while nothing can be printed; what was dropped meanwhile is not printed at all."""
        self._wake.wait_for(
            lambda: (
                self._is_stopping
                or self._drops != drops
                or (self._is_powered and not self._is_hung and not self._senses.is_stopped)
            )
        )
        if self._is_stopping or self._drops != drops:
            raise _DroppedError

    def _drop(self) -> None:
        self._buffer.clear()
        self._reader.forget()
        self._drops += 1
        self._wake.notify_all()

    def _end_roll_if_due(self) -> None:
        if self._ends_at_cut is not None and self._cuts >= self._ends_at_cut[0]:
            self._paper.rows_left = self._ends_at_cut[1]
            self._ends_at_cut = None

    def _feel(self) -> None:
        """Read the sensors; report a change to who asked for it."""
        left = self._paper.rows_left
        self._senses.paper_out = self._paper.is_out
        if left is not None and left <= NEAR_END_ROWS:
            self._senses.near_end = True
        if self._report_mask and self._senses.report() != self._last_report:
            self._say(self._senses.report())
        self._last_report = self._senses.report()
        self._wake.notify_all()
