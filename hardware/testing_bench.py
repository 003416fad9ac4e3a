"""A bench for one printer: clock, cable and labels, in one thread; a printer that takes ten seconds costs microseconds.

:class:`PrinterBench` lets time go on from one thing that happens to the next, and breaks the line at any byte; the same
orders give the same day. Made for :class:`hardware.printer.straight.StraightSession` and
:class:`hardware.testing_printer.ModelledPrinter` and the like.
"""

import heapq
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from hardware.errors import PortDown, PortFault
from hardware.printer.document import Document, label_document
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster
from hardware.testing_printer import BANDS
from hardware.transport import PortSettings
from photocore.label import Paper, Printable, QueuedLabel
from photocore.testing import ManualClock

Printer = TypeVar("Printer", bound="BenchPrinter")


class BenchPrinter(Protocol):
    """What stands at the cable's end: :class:`ModelledPrinter`, or a printer of another language."""

    said: bytearray
    is_powered: bool
    boots_in_s: float
    keeps_buffer: bool
    is_mute: bool

    def receive(self, received: bytes, now: float) -> None:
        """Take bytes in."""
        ...

    def due(self) -> float | None:
        """Return when its next piece of work will be done."""
        ...

    def work(self, now: float) -> None:
        """Do everything that is done by ``now``."""
        ...

    def power_off(self, now: float) -> None:
        """Cut the power."""
        ...

    def power_on(self, now: float) -> None:
        """Bring it back."""
        ...


class PrinterBench(Generic[Printer]):
    """The clock, the cable and the printer at its end.

    ``is_serial`` is a cable that stays when the power goes; what is sent meanwhile is lost, or, with ``holds_bytes`` as
    by RTS/CTS, reaches the printer when it has booted.
    """

    url = "tcp://192.0.2.9:9100"

    def __init__(self, printer: Printer, *, is_serial: bool = False, holds_bytes: bool = False) -> None:
        self.clock = ManualClock()
        self.printer = printer
        self.is_serial = is_serial
        self.holds_bytes = holds_bytes
        self.is_plugged = True
        self.sent_bytes = self.heard_bytes = 0
        self._line: BenchPort[Printer] | None = None
        self._held = bytearray()
        self._power_cuts = 0
        self._later: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0
        self._at_out: tuple[int, Callable[[], object]] | None = None
        self._at_in: tuple[int, Callable[[], object]] | None = None

    @property
    def now(self) -> float:
        """The second it is."""
        return self.clock.monotonic()

    # -- faults ------------------------------------------------------------------------------------------

    def later(self, seconds: float, happens: Callable[[], object]) -> None:
        """Let something happen in so many seconds."""
        self._count += 1
        heapq.heappush(self._later, (self.now + seconds, self._count, happens))

    def at_byte_out(self, count: int, happens: Callable[[], object]) -> None:
        """Let something happen when so many more bytes have gone to the printer."""
        self._at_out = (self.sent_bytes + count, happens)

    def at_byte_in(self, count: int, happens: Callable[[], object]) -> None:
        """Let something happen when so many more bytes have come from the printer."""
        self._at_in = (self.heard_bytes + count, happens)

    def let_be(self) -> None:
        """Forget what was to happen at a byte."""
        self._at_out = self._at_in = None

    def unplug(self) -> None:
        """Pull the cable: the line is gone, what was said and not heard too; the printer prints on."""
        self.is_plugged = False
        self._cut_line()

    def plug(self, printer: Printer | None = None) -> None:
        """Plug it in again, or another printer in its place."""
        self.printer = printer or self.printer
        self.is_plugged = True

    def brown_out(self, seconds: float) -> None:
        """Cut the printer's power for so long: a serial cable stays, a TCP peer is gone until it has booted."""
        self.printer.power_off(self.now)
        if not self.is_serial:
            self.unplug()
        self._power_cuts += 1
        this = self._power_cuts
        self.later(seconds + self.printer.boots_in_s, lambda: self._booted() if this == self._power_cuts else None)

    def hang_up(self) -> None:
        """Let the host's end go, as the system does for a program that was killed."""
        self._cut_line()

    # -- time --------------------------------------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """Let time go on, and everything happen that is due."""
        ends_at = self.now + seconds
        while self.now < ends_at:
            self.step_to(ends_at)

    def step_to(self, limit: float) -> None:
        """Go on to the next thing that happens, at most to ``limit``."""
        times = [limit]
        if self._later:
            times.append(self._later[0][0])
        if (due := self.printer.due()) is not None:
            times.append(due)
        self.clock.advance(max(0.0, min(times) - self.now))
        self.printer.work(self.now)
        while self._later and self._later[0][0] <= self.now:
            heapq.heappop(self._later)[2]()

    # -- the host's end ----------------------------------------------------------------------------------

    def open(self, url: str, *, settings: PortSettings | None = None) -> "BenchPort[Printer]":
        """Open the line, as :class:`hardware.transport.PortOpener` does."""
        if not self.is_plugged or (not self.is_serial and not self.printer.is_powered):
            raise PortDown(url, PortFault.REFUSED)
        self.printer.said.clear()  # what was said to nobody is lost
        self._line = BenchPort(self, url)
        return self._line

    def carry_out(self, data: bytes) -> int:
        """Carry bytes to the printer; return how many went before the line broke."""
        line, went = self._line, 0
        if self._at_out is not None and self._at_out[0] <= self.sent_bytes + len(data):
            at, happens = self._at_out
            went, self._at_out = max(0, at - self.sent_bytes), None
            self._deliver(data[:went])
            happens()
        if line is not self._line:
            return went
        self._deliver(data[went:])
        return len(data)

    def carry_in(self) -> bytes:
        """Return what the printer has said; what is to happen at a byte of it happens."""
        said = bytes(self.printer.said)
        if self._at_in is not None and self._at_in[0] <= self.heard_bytes + len(said):
            at, happens = self._at_in
            said, self._at_in = said[: max(0, at - self.heard_bytes)], None
            del self.printer.said[: len(said)]
            self.heard_bytes += len(said)
            happens()
            return said
        self.printer.said.clear()
        self.heard_bytes += len(said)
        return said

    def _deliver(self, data: bytes) -> None:
        self.sent_bytes += len(data)
        if self.holds_bytes and not self.printer.is_powered:
            self._held += data
            return
        self.printer.receive(data, self.now)
        self.printer.work(self.now)

    def _booted(self) -> None:
        self.printer.power_on(self.now)
        if not self.is_serial:
            self.plug()
        held, self._held = bytes(self._held), bytearray()
        self.printer.receive(held, self.now)

    def _cut_line(self) -> None:
        if self._line is not None:
            self._line.is_gone = True
            self._line = None
        self._held.clear()
        self.printer.said.clear()


class BenchPort(Generic[Printer]):
    """The host's end of the bench's cable: a :class:`hardware.transport.Port` for one thread."""

    def __init__(self, bench: PrinterBench[Printer], url: str) -> None:
        self.url = url
        self.is_gone = False
        self._bench = bench
        self._is_closed = False

    def read(self, timeout: float | None) -> bytes:
        """Return what came in within ``timeout`` seconds of the bench's time."""
        bench = self._bench
        ends_at = bench.now + (timeout or 0.0)
        while True:
            self._demand(0)
            if heard := bench.carry_in():
                return heard
            self._demand(0)
            if bench.now >= ends_at:
                return b""
            bench.step_to(ends_at)

    def write(self, data: bytes, *, timeout: float | None = None) -> None:
        """Hand all of ``data`` to the line."""
        self._demand(0)
        went = self._bench.carry_out(data)
        if went < len(data) or self.is_gone:
            raise PortDown(self.url, PortFault.GONE, written=went)

    def cancel(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Give the line free."""
        self._is_closed = True

    def _demand(self, written: int) -> None:
        if self._is_closed or self.is_gone:
            raise PortDown(self.url, PortFault.CLOSED if self._is_closed else PortFault.GONE, written=written)


class StripComposer:
    """Makes small labels that say their copy in every row: bytes of the real commands, read back from the paper."""

    def __init__(self, profile: PrinterProfile, *, band_rows: int = 24) -> None:
        self._profile = profile
        self._band_rows = band_rows

    def compose(self, printable: Paper) -> Document:
        """Return a label's document."""
        width = self._profile.print_width_dots
        copy = printable.copy if isinstance(printable, Printable) else ""
        rows = b"".join(
            f"{copy}:{band}/{BANDS};".encode().ljust(width // 8, b".") * self._band_rows for band in range(1, BANDS + 1)
        )
        return label_document(Raster(width=width, height=BANDS * self._band_rows, rows=rows), self._profile)

    def label_mm(self, label: QueuedLabel) -> float:
        """Return the paper it takes."""
        return 30.0
