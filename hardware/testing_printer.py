"""A printer and its paper in memory and in a time of their own: what a spooler tells is held against them.

The paper is the truth: strips of rows as they came out, each with the text its rows hold. Nothing here waits; the
:mod:`bench <hardware.testing_bench>` says what time it is. The command reader is the virtual printer's, so both
understand the same bytes.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from hardware.virtual.escpos_reader import Command, EscposReader, RasterRows, Read, RealTimeScanner
from hardware.virtual.printer_senses import Senses

CUT_S: Final = 0.25
BANDS: Final = 2
CLEARED_REPLY: Final = b"\x37\x25\x00"
PROOF_HEAD: Final = b"\x37\x22"


@dataclass
class PaperPiece:
    """A piece of paper: the strips on it in order, and whether it was cut off."""

    strips: list[str] = field(default_factory=list[str])
    is_cut: bool = False

    def whole_copies(self) -> list[str]:
        """Return the copies of which every strip stands here, in order and together."""
        found: list[str] = []
        for at, strip in enumerate(self.strips):
            copy, _, part = strip.partition(":")
            whole = [f"{copy}:{band}/{BANDS}" for band in range(1, BANDS + 1)]
            if part == f"1/{BANDS}" and self.strips[at : at + BANDS] == whole:
                found.append(copy)
        return found


class ModelledPrinter:
    """One printer: what it holds, what it prints and what it says. Verbs of a person are methods; time is the bench's.

    ``process_ids``, ``reports``, ``answers`` and ``clears`` say what it supports; ``boots_in_s`` is how long it hears
    nothing after power comes back; ``keeps_buffer`` prints after that what it held before (F34).
    """

    def __init__(
        self,
        *,
        rows_per_s: float = 1200.0,
        process_ids: bool = True,
        reports: bool = True,
        answers: bool = True,
        clears: bool = True,
        keeps_buffer: bool = False,
        boots_in_s: float = 2.0,
    ) -> None:
        self.pieces: list[PaperPiece] = [PaperPiece()]
        self.rows_per_s = rows_per_s
        self.keeps_buffer = keeps_buffer
        self.boots_in_s = boots_in_s
        self.senses = Senses()
        self.is_powered = True
        self.is_mute = self.is_garbling = self.jams_next_cut = self.is_hot = False
        self.rows_left: int | None = None
        self.said = bytearray()
        self._process_ids, self._reports, self._answers, self._clears = process_ids, reports, answers, clears
        self._reader = EscposReader()
        self._scanner = RealTimeScanner()
        self._work: deque[Read] = deque()
        self._free_at = 0.0
        self._is_reporting = False
        self._last_report = self.senses.report()

    # -- what the bench does with it --------------------------------------------------------------------

    def receive(self, received: bytes, now: float) -> None:
        """Take bytes in; what must be obeyed at once is."""
        if not self.is_powered:
            return
        start = 0
        for end, command in self._scanner.feed(received):
            self._take_in(received[start:end], now)
            start = end
            self._obey(command)
        self._take_in(received[start:], now)

    def due(self) -> float | None:
        """Return when the next command will be done; None while there is nothing to do, or nothing can be done."""
        if not self._work or not self.is_powered or self.senses.is_stopped or self.is_hot:
            return None
        return self._free_at + self._cost(self._work[0])

    def work(self, now: float) -> None:
        """Do everything that is done by ``now``."""
        while (due := self.due()) is not None and due <= now:
            self._free_at = due
            self._do(self._work.popleft())

    # -- what people and the world do to it ----------------------------------------------------------------

    def power_off(self, now: float) -> None:
        """Cut the power: modes are lost, and the buffer unless it keeps that."""
        self.work(now)
        self.is_powered = False
        self._is_reporting = False
        if not self.keeps_buffer:
            self._tear()
            self.drop()
        self.said.clear()

    def power_on(self, now: float) -> None:
        """Bring it back, booted."""
        self.is_powered = True
        self.senses.cutter_jam = False
        self._free_at = now

    def feel(self, now: float, **switches: bool) -> None:
        """Change what it senses (``cover_open``, ``near_end``, ``paper_out``, ``cutter_jam``), and report it."""
        self.work(now)
        self._free_at = max(self._free_at, now)
        for name, value in switches.items():
            setattr(self.senses, name, value)
        self._report()

    def cool(self, now: float) -> None:
        """Let the head be cold again."""
        self.is_hot, self._free_at = False, now

    def refill(self, now: float) -> None:
        """Put in a new roll; what hangs out of the old one is torn off."""
        if self.senses.paper_out:
            self.pieces.append(PaperPiece())
        self.rows_left = None
        self.feel(now, paper_out=False, near_end=False)

    def drop(self) -> None:
        """Forget everything received and not yet printed."""
        self._work.clear()
        self._reader.forget()

    # -- inside --------------------------------------------------------------------------------------------

    def _take_in(self, received: bytes, now: float) -> None:
        if received:
            if not self._work:
                self._free_at = max(self._free_at, now)
            self._work.extend(self._reader.feed(received))

    def _obey(self, command: bytes) -> None:
        if command[1] == 0x04:
            if self._answers:
                self._say(bytes((self.senses.answer(command[2]),)))
        elif command[1] == 0x14:
            if self._clears:
                self._tear()
                self.drop()
                self._say(CLEARED_REPLY)
        elif self.senses.cutter_jam:
            self.senses.cutter_jam = False
            self._tear()
            self.drop()
            self._report()

    def _cost(self, command: Read) -> float:
        if isinstance(command, RasterRows):
            return len(command.rows) / command.row_bytes / self.rows_per_s
        return CUT_S if isinstance(command, Command) and command.name == "GS V" else 0.0

    def _do(self, command: Read) -> None:
        match command:
            case RasterRows():
                self._lay(command)
            case Command(name="GS V"):
                self._cut()
            case Command(name="GS (H"):
                if self._process_ids:
                    self._say(PROOF_HEAD + command.parameters[2:] + b"\x00")
            case Command(name="GS a"):
                self._is_reporting = self._reports and command.parameters != b"\x00"
                if self._is_reporting:
                    self._say(self.senses.report())
            case Command():
                pass
            case _:
                self.pieces[-1].strips.append("?")

    def _lay(self, command: RasterRows) -> None:
        count = len(command.rows) // command.row_bytes
        printed = count if self.rows_left is None else min(count, self.rows_left)
        if self.rows_left is not None:
            self.rows_left -= printed
        self.pieces[-1].strips.append(_text(command, printed))
        if printed < count:
            self._work.clear()
            self._reader.forget()
        if self.rows_left == 0:
            self.senses.paper_out = True
            self._report()

    def _cut(self) -> None:
        if self.jams_next_cut:
            self.jams_next_cut, self.senses.cutter_jam = False, True
            self._work.appendleft(Command(name="GS V"))
            self._report()
        else:
            self.pieces[-1].is_cut = True
            self.pieces.append(PaperPiece())

    def _tear(self) -> None:
        """Mark what was being printed as broken off."""
        if self._work and isinstance(self._work[0], RasterRows):
            self.pieces[-1].strips.append("~")

    def _report(self) -> None:
        if self._is_reporting and self.senses.report() != self._last_report:
            self._say(self.senses.report())
        self._last_report = self.senses.report()

    def _say(self, said: bytes) -> None:
        if self.is_powered and not self.is_mute:
            self.said += bytes(byte ^ 0x81 for byte in said) if self.is_garbling else said


def _text(command: RasterRows, printed: int) -> str:
    """Return what a strip says; one that is not the same in every row says nothing a scanner could read."""
    row = command.rows[: command.row_bytes]
    is_whole = printed * command.row_bytes == len(command.rows) and command.rows == row * printed
    return row.partition(b";")[0].decode("latin-1") if is_whole else "~"
