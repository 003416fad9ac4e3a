"""A receipt or label printer that needs no hardware, and misbehaves on command.

It ships with the product: whoever has no printer can run everything, and every fault a shop meets (paper out in the
middle of a label, an open cover, silence, a power cut) can be had at will, on real TCP or a real pty. It draws what it
prints, so a test can scan the paper. It keeps no spool: what was sent holds secrets, and is nowhere but on the paper.
"""

import math
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from PIL import Image

from hardware.errors import PortDown
from hardware.transport import Port
from hardware.virtual.paper import Paper, Piece
from hardware.virtual.printer_escpos import EscposTongue, escpos_tongue
from hardware.virtual.printer_line import PrinterLine, PtyLine
from hardware.virtual.printer_mechanics import Mechanics
from hardware.virtual.printer_stock import LabelPath
from hardware.virtual.printer_tongue import Body, Tongue

READ_WAIT_S: Final = 1.0


class VirtualPrinter(Mechanics):
    """One printer on one line. Faults are methods, for any thread; each takes effect at once.

    ``width_dots``, ``margin_dots`` and ``dpi`` come from the profile. ``rows_per_s`` None is as fast as bytes come.
    ``buffer_bytes`` is what it takes in before it stops reading. ``tongue`` makes the language it speaks; without one
    it is ESC/POS, of which ``process_ids``, ``reports`` and ``answers`` say what it supports. ``on_piece`` gets each
    piece that comes out, ``on_bytes`` what comes in, as it comes.
    """

    def __init__(
        self,
        line: PrinterLine,
        fonts: Path,
        *,
        width_dots: int = 576,
        margin_dots: int = 32,
        dpi: int = 203,
        rows_per_s: float | None = None,
        buffer_bytes: float = math.inf,
        process_ids: bool = True,
        reports: bool = True,
        answers: bool = True,
        tongue: Callable[[Body], Tongue] | None = None,
        on_piece: Callable[[Piece], object] = lambda piece: None,
        on_bytes: Callable[[bytes], object] = lambda received: None,
    ) -> None:
        super().__init__(
            Paper(width=width_dots, margin=margin_dots),
            tongue
            or escpos_tongue(
                width=width_dots, dpi=dpi, fonts=fonts, process_ids=process_ids, reports=reports, answers=answers
            ),
        )
        self._line = line
        self._rows_per_s = rows_per_s
        self._room = buffer_bytes
        self._on_piece = on_piece
        self._on_bytes = on_bytes
        self._is_plugged, self._is_reachable = True, True
        self._threads = [
            threading.Thread(target=self._listen, name="virtual printer line", daemon=True),
            threading.Thread(target=self._work, name="virtual printer head", daemon=True),
        ]

    # -- what a person does with it ---------------------------------------------------------------

    def start(self) -> None:
        """Switch it on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take it away for good."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify_all()
        self._hang_up()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._line.power_off()
        if isinstance(self._line, PtyLine):
            self._line.unplug()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where a host opens it."""
        return self._line.url

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Every piece of paper that came out, oldest first."""
        with self._wake:
            return self._paper.pieces

    @property
    def unknown(self) -> tuple[bytes, ...]:
        """What it was sent and did not understand."""
        return tuple(self._tongue.unknown)

    @property
    def kicks(self) -> int:
        """How often the drawer was kicked."""
        return self._tongue.kicks if isinstance(self._tongue, EscposTongue) else 0

    @property
    def labels(self) -> LabelPath | None:
        """The way its labels take; None for a printer that cuts its paper."""
        return self._tongue.path

    @property
    def paper(self) -> Paper:
        """The roll; look at it only while nothing is printing."""
        return self._paper

    def whole_roll(self) -> Image.Image:
        """Draw all the paper so far, one piece below the other."""
        with self._wake:
            return self._paper.whole_roll()

    def paper_out(self, *, after_rows: int = 0) -> None:
        """Let the roll end after this many more rows."""
        with self._wake:
            self._paper.rows_left = after_rows
            self.feel()

    def paper_out_at_label(self, number: int, *, after_rows: int = 100) -> None:
        """Let the roll end in the middle of the label that is cut as number ``number`` from now (1 is the next)."""
        with self._wake:
            self._ends_at_cut = (self._cuts + number - 1, after_rows)
            self._end_roll_if_due()

    def refill(self) -> None:
        """Put in a new roll; what hangs out of a roll that has ended is torn off."""
        with self._wake:
            if self._paper.is_out:
                self._paper.part("torn")
            self._paper.rows_left = None
            self._ends_at_cut = None
            self.feel(near_end=False)

    def near_end(self, *, is_near: bool = True) -> None:
        """Let the near-end sensor see the roll's end, or not."""
        with self._wake:
            self.feel(near_end=is_near)

    def open_cover(self) -> None:
        """Open the cover: printing stops at once."""
        self.feel(cover_open=True)

    def close_cover(self) -> None:
        """Close it: printing goes on with what the buffer holds."""
        self.feel(cover_open=False)

    def jam_cutter(self) -> None:
        """Let the next cut fail; the host or a person must clear the error."""
        with self._wake:
            self._jams_next_cut = True

    def free_cutter(self) -> None:
        """Take the jam out by hand: the cut is made, and printing goes on."""
        with self._wake:
            self._jams_next_cut = False
            self.feel(cutter_jam=False)

    def heat_head(self, *, is_hot: bool = True) -> None:
        """Let the head be too hot to print, or cool again: it then prints on by itself."""
        self.feel(head_hot=is_hot)

    def mute(self, *, is_mute: bool = True) -> None:
        """Print, but say nothing: no answer, no report, no proof."""
        with self._wake:
            self.voice.is_mute = is_mute

    def garble(self, *, is_garbling: bool = True, ratio: float = 1.0) -> None:
        """Answer with nonsense, as a wrong baud rate does, in such a share of the bytes."""
        with self._wake:
            self.voice.garbled = ratio if is_garbling else 0.0

    def hang(self, *, is_hung: bool = True) -> None:
        """Do nothing at all, on a line that stays open: hear, print and say nothing."""
        with self._wake:
            self._is_hung = is_hung
            self._wake.notify_all()

    def pace(self, rows_per_s: float | None) -> None:
        """Print this fast from now on."""
        with self._wake:
            self._rows_per_s = rows_per_s

    def power_off(self, *, keep_buffer: bool = False) -> None:
        """Cut the power; with ``keep_buffer`` it will print the old data when it comes back."""
        with self._wake:
            self._is_powered = False
            if not keep_buffer:
                self.drop()
            self._wake.notify_all()
        self._hang_up()
        with self._wake:
            self._wake.wait_for(lambda: not self._is_reachable or self._is_stopping)

    def power_on(self) -> None:
        """Bring the power back: modes are those of power-on, nobody is connected."""
        with self._wake:
            self._is_powered = True
            self._tongue.wake_up()
            self._wake.notify_all()
            self._wake.wait_for(lambda: self._is_reachable or self._is_stopping)

    def unplug(self) -> None:
        """Pull its cable: it prints on what it holds, and nobody hears it."""
        with self._wake:
            self._is_plugged = False
        self._hang_up()
        if isinstance(self._line, PtyLine):
            self._line.unplug()
        with self._wake:
            self._wake.wait_for(lambda: not self._is_reachable or self._is_stopping)

    def plug(self) -> None:
        """Plug it in again: another pty behind the same name, another connection to the same address."""
        with self._wake:
            self._is_plugged = True
            self._wake.notify_all()
            self._wake.wait_for(lambda: self._is_reachable or self._is_stopping)

    # -- the line ---------------------------------------------------------------------------------

    def _listen(self) -> None:
        while not self._is_stopping:
            if not (self._is_powered and self._is_plugged):
                self._be_gone()
                continue
            try:
                port = self._line.client()
                if port is not None:
                    self._serve(port)
            except PortDown:
                self._port = None

    def _be_gone(self) -> None:
        self._line.power_off()
        with self._wake:
            self._is_reachable = False
            self._wake.notify_all()
            self._wake.wait_for(lambda: (self._is_powered and self._is_plugged) or self._is_stopping)
            if self._is_stopping:
                return
            self._line.power_on()
            self._is_reachable = True
            self._wake.notify_all()

    def _serve(self, port: Port) -> None:
        self._port = port
        try:
            while self._is_powered and self._is_plugged and not self._is_stopping:
                self._receive(port.read(READ_WAIT_S))
        finally:
            self._port = None
            if not isinstance(self._line, PtyLine):
                port.close()

    def _hang_up(self) -> None:
        port = self._port
        if port is not None and isinstance(self._line, PtyLine):
            port.cancel()
        elif port is not None:
            port.close()
        self._line.wake()

    def _receive(self, received: bytes) -> None:
        self._on_bytes(received)
        with self._wake:
            self._wake.wait_for(lambda: not self._is_hung or self._is_stopping)
            if not self._is_powered:
                return
            start = 0
            for end, command in self._tongue.overhear(received):
                self._buffer.extend(received[start:end])
                start = end
                self._tongue.obey(command)
            self._buffer.extend(received[start:])
            self._wake.notify_all()
            self._wake.wait_for(lambda: len(self._buffer) < self._room or self._is_stopping or not self._is_powered)
