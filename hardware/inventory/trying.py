"""Tries a device as the kiosk will use it: a scanner reads one code and is answered, a printer says how it is.

A person stands beside it and does what ``say`` asks for. Everything goes over the same links as at the counter, so what
works here works there.
"""

import queue
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import structlog

from hardware.errors import PortDown, PortFault
from hardware.inventory.book import CAMERA_SCHEME, Entry
from hardware.inventory.inventory import Inventory
from hardware.inventory.trial import Delivery, Fit
from hardware.printer.profile import PrinterProfile
from hardware.printer.profile import load_profile as load_printer_profile
from hardware.printer.session import PrinterSession
from hardware.scanner import Frame, ScannerLink
from hardware.scanner import load_profile as load_scanner_profile
from hardware.transport import Port, PortOpener
from hardware.transport.camera_device import ask_camera
from photocore.seams import Clock

STEP_S: Final = 0.1
QUIET_S: Final = 0.3
DRAIN_S: Final = 0.05
DRAIN_LIMIT_S: Final = 1.0
MOST_RECORDED: Final = 16_384

Say = Callable[[str], object]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Whether a device did what it is for, and what a person should know of it."""

    is_good: bool
    said: str


def hushed() -> Any:  # noqa: ANN401  structlog's loggers share no useful type
    """Return a logger that says nothing: a person is told in sentences here."""
    return structlog.wrap_logger(structlog.ReturnLogger(), processors=[_drop])


def _drop(*_: object) -> structlog.typing.EventDict:
    raise structlog.DropEvent


def record(port: Port, clock: Clock, *, patience_s: float) -> tuple[Delivery, ...]:
    """Return all that comes until the line is quiet again; nothing where nothing came in time.

    Raises:
        PortDown: the device is lost.
    """
    recording: list[Delivery] = []
    ends_at = clock.monotonic() + patience_s
    while sum(len(delivery.data) for delivery in recording) < MOST_RECORDED:
        now = clock.monotonic()
        data = port.read(QUIET_S if recording else max(0.0, ends_at - now))
        if data:
            recording.append(Delivery(data=data, at=clock.monotonic()))
        elif recording or clock.monotonic() >= ends_at:
            break
    return tuple(recording)


def drain(port: Port, clock: Clock) -> None:
    """Let go of what was under way, or waited, when we came.

    Raises:
        PortDown: the device is lost.
    """
    ends_at = clock.monotonic() + DRAIN_LIMIT_S
    while port.read(DRAIN_S) and clock.monotonic() < ends_at:
        pass


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Where devices are tried: with what they are opened, timed and told of."""

    inventory: Inventory
    config: Path
    clock: Clock
    say: Say
    patience_s: float = 30.0

    def try_entry(self, entry: Entry) -> Outcome:
        """Try one device of the book by its name.

        Raises:
            ProfileWrong: its profile cannot be used.
        """
        match entry.role:
            case "scanner":
                return self.try_scanner(entry)
            case "printer":
                return self.try_printer(entry.address, load_printer_profile(self.config, entry.profile))
            case "camera":
                return self.try_camera(entry)

    def try_scanner(self, entry: Entry) -> Outcome:
        """Wait for one code, show it, and beep."""
        fault = self.inventory.standing(entry.name).fault
        if fault:
            return Outcome(is_good=False, said=f"{entry.name}: {fault.value}.")
        frames: queue.Queue[Frame] = queue.Queue()
        profile = load_scanner_profile(self.config, entry.profile)
        link = ScannerLink(
            entry.address,
            profile,
            self.clock,
            frames.put,
            name=entry.name,
            opener=self.inventory.open,
            log=hushed(),
        )
        with link:
            frame = self._await_frame(link, frames)
            if frame is None:
                why = link.state.why or "nothing came that this profile can read"
                return Outcome(is_good=False, said=f"{entry.name}: {why}.")
            words = Fit(profile=entry.profile, codes=(frame.data,)).words
            was_told = link.answer(ok=True)
        told = "it was told so, and should have beeped" if was_told else "it cannot be told, and beeps by itself"
        return Outcome(is_good=True, said=f"{entry.name} read {words}; {told}.")

    def _await_frame(self, link: ScannerLink, frames: "queue.Queue[Frame]") -> Frame | None:
        ends_at = self.clock.monotonic() + self.patience_s
        is_asked = False
        while self.clock.monotonic() < ends_at and not link.state.lasting:
            if link.is_up and not is_asked:
                is_asked = True
                self.say("Scan any code now.")
            try:
                return frames.get(timeout=STEP_S)
            except queue.Empty:
                continue
        return None

    def try_printer(self, url: str, profile: PrinterProfile, *, opener: PortOpener | None = None) -> Outcome:
        """Wait until the printer says how it is; nothing is printed."""
        session = PrinterSession(url, profile, self.clock, opener=opener or self.inventory.open, log=hushed())
        changed: queue.Queue[object] = queue.Queue()
        session.watch(changed.put)
        ends_at = self.clock.monotonic() + self.patience_s
        with session:
            while self.clock.monotonic() < ends_at:
                if self._answers(session):
                    said = f"It answers as {profile.name}: {session.status.word.replace('_', ' ')}."
                    return Outcome(is_good=True, said=said)
                with suppress(queue.Empty):
                    changed.get(timeout=STEP_S)
                if session.status.connected and not session.profile.supports.status:
                    return Outcome(is_good=True, said="It takes bytes; on this way it cannot say how it is.")
            is_open = session.status.connected
        if is_open:
            said = f"It takes bytes and answers nothing as {profile.name}: another profile, or it cannot answer."
            return Outcome(is_good=False, said=said)
        return Outcome(is_good=False, said=f"{self._why_shut(url, opener)}.")

    def _answers(self, session: PrinterSession) -> bool:
        try:
            return session.status.connected and session.ask_status()
        except PortDown:
            return False

    def _why_shut(self, url: str, opener: PortOpener | None) -> str:
        try:
            (opener or self.inventory.open)(url).close()
        except PortDown as down:
            return f"{down.fault.value}{f' ({down.detail})' if down.detail else ''}"
        return "it was there for a moment only"

    def try_camera(self, entry: Entry) -> Outcome:
        """Ask a camera for its name."""
        standing = self.inventory.standing(entry.name)
        if not standing.url.startswith(CAMERA_SCHEME):
            fault = standing.fault or PortFault.NOT_A_DEVICE
            return Outcome(is_good=False, said=f"{entry.name}: {fault.value}.")
        try:
            name = ask_camera(standing.url, unquote(urlsplit(standing.url).path))
        except PortDown as down:
            return Outcome(is_good=False, said=f"{entry.name}: {down.fault.value}.")
        return Outcome(
            is_good=True, said=f"{entry.name} is there: {name}. To read codes with it: twincheck read --camera"
        )
