"""All devices of the facade, as tills use them and as their drivers feed them. Thread-safe.

The machines are pure; here are the lock, the clock and the ways in and out: scans and states from the threads of
scanners' links and printers' sessions, verbs from the handlers, pieces of paper to the printer's queue, and a nudge to
whoever waits for a session's events.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, TypeVar

import msgspec

from hardware.errors import LabelUndrawable
from hardware.printer.profile import PrinterProfile
from hardware.printer.status import PrinterStatus
from photocore.seams import Clock, Entropy
from photocore.symbology import MAX_FRAME_BYTES
from pos_bridge.facade.events import Event
from pos_bridge.facade.machine import DeviceMachine, Session
from pos_bridge.facade.paper import compose, picture
from pos_bridge.facade.printing import BarCode, Piece, PrinterMachine, check_bar_code
from pos_bridge.facade.queue import TillQueue
from pos_bridge.facade.scanning import ScannerMachine
from pos_bridge.facade.words import DeviceRefused, Fault

Machine = TypeVar("Machine", bound=DeviceMachine)
Ending = Literal["printed", "spoiled", "maybe"]
OnScan = Callable[[str, str | None, str], object]
"""Told a scan that a till got: the device, its lane, and what was read."""

SESSION_BYTES: Final = 16


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A device, as a till finds it."""

    name: str
    category: str
    title: str
    lane: str | None
    is_claimed: bool


@dataclass(frozen=True, kw_only=True)
class _Device:
    machine: DeviceMachine
    title: str
    lane: str | None


@dataclass(frozen=True, kw_only=True)
class _Printer:
    machine: PrinterMachine
    profile: PrinterProfile
    queue: TillQueue
    proves: Callable[[], bool]


class Paper:
    """A piece of paper on its way, for whoever waits for it. ``error`` says at the end why it is not there."""

    def __init__(self, device: str, number: int) -> None:
        self.device = device
        self.number = number
        self.job = 0
        self.is_awaited = self.is_over = False
        self.error: DeviceRefused | None = None
        self.wake: Callable[[], object] = lambda: None

    def end(self, error: DeviceRefused | None) -> None:
        """Note how it ended, and wake whoever waits."""
        self.is_over, self.error = True, error
        self.wake()


class Facade:
    """The devices that tills may use. ``on_scan`` makes a sighting of what a till got (it runs under no lock)."""

    def __init__(self, clock: Clock, entropy: Entropy, on_scan: OnScan = lambda device, lane, raw: None) -> None:
        self._clock = clock
        self._entropy = entropy
        self._on_scan = on_scan
        self._lock = threading.RLock()
        self._devices: dict[str, _Device] = {}
        self._printers: dict[str, _Printer] = {}
        self._wakes: defaultdict[str, set[Callable[[], object]]] = defaultdict(set)
        self._papers: dict[tuple[str, int], Paper] = {}
        self._newest: Paper | None = None

    # -- what there is ------------------------------------------------------------------------------------------------

    def add_scanner(self, name: str, *, title: str = "", lane: str | None = None) -> None:
        """Offer a scanner, by its name in the device book."""
        machine = ScannerMachine(name, self._woken)
        self._devices[name] = _Device(machine=machine, title=title or name, lane=lane)

    def add_printer(
        self,
        name: str,
        profile: PrinterProfile,
        queue: TillQueue,
        *,
        title: str = "",
        lane: str | None = None,
        proves: Callable[[], bool] = lambda: False,
    ) -> None:
        """Offer a printer that writes (ESC/POS); its spooler prints ``queue``. ``proves``: it vouches for its prints.

        Raises:
            ValueError: a label printer's language has no letters for a till's text.
        """
        if profile.language != "escpos":
            raise ValueError(f"{name} speaks {profile.language}: a till's receipts need ESC/POS")
        machine = PrinterMachine(name, self._woken, partial(self._queue, name))
        self._devices[name] = _Device(machine=machine, title=title or name, lane=lane)
        self._printers[name] = _Printer(machine=machine, profile=profile, queue=queue, proves=proves)
        queue.look = self.tick

    def devices(self) -> tuple[Listed, ...]:
        """Return what tills may use."""
        now = self._clock.monotonic()
        with self._lock:
            for device in self._devices.values():
                device.machine.expire(now)
            return tuple(
                Listed(
                    name=name,
                    category=device.machine.category,
                    title=device.title,
                    lane=device.lane,
                    is_claimed=device.machine.holder() is not None,
                )
                for name, device in self._devices.items()
            )

    # -- from the drivers ---------------------------------------------------------------------------------------------

    def scanned(self, name: str, raw: bytes) -> bool:
        """Take a scan of a scanner; say whether a till has it or will have it. Then it is a sighting too.

        A frame that grew too long is no scan (:mod:`hardware.scanner.framing`).
        """
        if len(raw) > MAX_FRAME_BYTES:
            return False
        text = raw.decode("latin-1")
        with self._lock:
            device = self._devices[name]
            machine = device.machine
            is_taken = isinstance(machine, ScannerMachine) and machine.scan(text, self._clock.monotonic())
        if is_taken:
            self._on_scan(name, device.lane, text)
        return is_taken

    def scanner_is(self, name: str, *, is_there: bool) -> None:
        """Note whether a scanner is there."""
        with self._lock:
            self._devices[name].machine.note_power(is_there=is_there)

    def printer_is(self, name: str, status: PrinterStatus) -> None:
        """Take what a printer says of itself."""
        with self._lock:
            self._printers[name].machine.note_status(status)

    def tick(self) -> None:
        """End leases that have run out, and let uncut paper come out. Called by each printer's spooler now and then."""
        now = self._clock.monotonic()
        with self._lock:
            for device in self._devices.values():
                device.machine.expire(now)
            for printer in self._printers.values():
                printer.machine.left(now)

    # -- from the handlers --------------------------------------------------------------------------------------------

    def open(self, name: str, till: str = "") -> str:
        """Open a device for a till of that name; return the session. Raises DeviceRefused: E_NOEXIST, E_BUSY."""
        with self._lock:
            device = self._devices.get(name)
            if device is None:
                raise DeviceRefused(Fault.E_NOEXIST, f"There is no device {name!r} here.")
            session = self._entropy.token(SESSION_BYTES).hex()
            device.machine.open(session, self._clock.monotonic(), till)
        return session

    def close(self, session: str) -> None:
        """Close a session. Raises DeviceRefused: E_CLOSED."""
        with self._at(session) as (machine, now):
            machine.close(session, now)
        self._wake(session)

    def claim(self, session: str) -> bool:
        """Claim the device now, if it is free. Raises DeviceRefused: E_CLOSED."""
        with self._at(session) as (machine, now):
            return machine.claim(session, now)

    def release(self, session: str) -> None:
        """Give the claim back. Raises as :meth:`DeviceMachine.release`."""
        with self._at(session) as (machine, now):
            machine.release(session, now)

    def properties(self, session: str) -> dict[str, Any]:
        """Return all properties. Raises DeviceRefused: E_CLOSED."""
        with self._at(session) as (machine, now):
            return machine.properties(session, now)

    def set(self, session: str, name: str, value: object) -> None:
        """Set a property. Raises as :meth:`DeviceMachine.set`."""
        with self._at(session) as (machine, now):
            machine.set(session, name, value, now)

    def clear_input(self, session: str) -> None:
        """Forget scans that wait. Raises as :meth:`ScannerMachine.clear_input`; E_ILLEGAL for a printer."""
        with self._at(session, ScannerMachine) as (machine, now):
            machine.clear_input(session, now)

    def clear_output(self, session: str) -> None:
        """Take back what is not printed yet, as far as its first byte has not gone out. Raises E_ILLEGAL and others."""
        with self._at(session, PrinterMachine) as (machine, now):
            for number in machine.clear_output(session, now):
                self._withdraw(machine.name, number)

    def print_normal(self, session: str, station: int, text: str) -> int:
        """Print text; return its OutputID. Raises as :meth:`PrinterMachine.print_normal`."""
        with self._at(session, PrinterMachine) as (machine, now):
            return machine.print_normal(session, station, text, now)

    def print_bar_code(self, session: str, station: int, code: BarCode) -> int:
        """Print a bar code; return its OutputID. Raises as :meth:`PrinterMachine.print_bar_code`."""
        with self._at(session, PrinterMachine) as (machine, now):
            machine.enabled(session, now)
            check_bar_code(code)
            profile = self._printers[machine.name].profile
        try:
            picture(code, profile)
        except LabelUndrawable as cause:
            raise DeviceRefused(Fault.E_ILLEGAL, str(cause)) from cause
        with self._at(session, PrinterMachine) as (machine, now):
            return machine.print_bar_code(session, station, code, now)

    def cut_paper(self, session: str, percentage: int) -> Paper | None:
        """End a piece of paper; return it to be waited for. Raises as :meth:`PrinterMachine.cut_paper`."""
        with self._at(session, PrinterMachine) as (machine, now):
            return self._paper(machine.cut_paper(session, percentage, now))

    def transaction_print(self, session: str, station: int, control: int) -> Paper | None:
        """Begin or end a transaction. Raises as :meth:`PrinterMachine.transaction_print`."""
        with self._at(session, PrinterMachine) as (machine, now):
            return self._paper(machine.transaction_print(session, station, control, now))

    def give_up(self, paper: Paper) -> DeviceRefused | None:
        """Wait for a piece no longer: take it back, if its first byte has not gone out. Return what is wrong."""
        with self._lock:
            if paper.is_over:
                return paper.error
            paper.is_awaited = False
            if self._withdraw(paper.device, paper.number):
                return DeviceRefused(Fault.E_TIMEOUT, "The printer took nothing in time; nothing was printed.")
            return DeviceRefused(Fault.E_FAILURE, "The printer did not answer in time; look whether it is printed.")

    # -- events -------------------------------------------------------------------------------------------------------

    def events(self, session: str, after: int) -> list[Event] | None:
        """Return a session's events after a number; None where some are gone. Raises DeviceRefused: E_CLOSED."""
        with self._at(session) as (machine, _):
            found = machine.sessions[session].log.after(after)
            return None if found is None else list(found)

    def link(self, session: str, wake: Callable[[], object]) -> Session:
        """Note that a WebSocket stands: it holds the lease, and wakes at each event. Raises E_CLOSED, E_BUSY."""
        with self._at(session) as (machine, now):
            linked = machine.linked(session, now)
            self._wakes[session].add(wake)
            return linked

    def unlink(self, session: str, wake: Callable[[], object]) -> None:
        """Note that it is gone."""
        with self._lock:
            self._wakes[session].discard(wake)
            if not self._wakes[session]:
                del self._wakes[session]
            for device in self._devices.values():
                device.machine.unlinked(session, self._clock.monotonic())

    # -- inside -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _at(self, session: str, kind: type[Machine] = DeviceMachine) -> Generator[tuple[Machine, float]]:
        now = self._clock.monotonic()
        with self._lock:
            machine = next((one.machine for one in self._devices.values() if session in one.machine.sessions), None)
            if machine is None:
                raise DeviceRefused(Fault.E_CLOSED, "There is no such session.")
            if not isinstance(machine, kind):
                raise DeviceRefused(Fault.E_ILLEGAL, f"{machine.category} has no such method.")
            yield machine, now

    def _woken(self, session: str, event: Event) -> None:
        del event
        self._wake(session)

    def _wake(self, session: str) -> None:
        for wake in tuple(self._wakes.get(session, ())):
            wake()

    def _queue(self, name: str, piece: Piece) -> None:
        """Put a piece into its printer's queue; the machine calls this, under the lock."""
        printer = self._printers[name]
        paper = self._newest = self._papers[name, piece.number] = Paper(name, piece.number)
        try:
            document = compose(piece.parts, printer.profile)
        except LabelUndrawable as cause:
            self._ended(name, piece.number, "spoiled", str(cause))
            return
        paper.job = printer.queue.put(document, partial(self._ended, name, piece.number))
        if not paper.job:
            self._ended(name, piece.number, "spoiled", "too many pieces of paper wait for this printer")

    def _ended(self, name: str, number: int, word: Ending, why: str) -> None:
        """Tell what became of a piece; on the spooler's thread."""
        printer = self._printers[name]
        with self._lock:
            paper = self._papers.pop((name, number), None)
            if paper is None:
                return
            error: DeviceRefused | None = None
            if word == "printed" or (word == "maybe" and not printer.proves()):
                printer.machine.printed(number, is_proven=word == "printed")
            else:
                error = printer.machine.failed(number, why, is_told=not paper.is_awaited)
            paper.end(error)

    def _withdraw(self, name: str, number: int) -> bool:
        paper = self._papers.get((name, number))
        if paper is None or not self._printers[name].queue.take_back(paper.job):
            return False
        del self._papers[name, number]
        self._printers[name].machine.withdrawn(number)
        paper.end(DeviceRefused(Fault.E_FAILURE, "It was taken back."))
        return True

    def _paper(self, piece: Piece | None) -> Paper | None:
        """Return what a verb has just made, to be waited for; in AsyncMode it is told by an event instead."""
        paper = self._newest
        if piece is None or piece.output_ids or paper is None:
            return None
        if paper.error is not None:
            raise paper.error
        paper.is_awaited = True
        return paper
