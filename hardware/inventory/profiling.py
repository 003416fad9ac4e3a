"""Which profile a new device gets: the one that was seen to fit, or the likeliest where it could not be tried."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hardware.errors import HardwareError, PortDown, PortFault, ProfileWrong
from hardware.inventory.book import Role
from hardware.inventory.plugged import Plugged
from hardware.inventory.trial import PLAINEST, Delivery, Fit, fitting, speaks_by
from hardware.inventory.trying import Bench, drain, record
from hardware.printer.profile import PrinterProfile
from hardware.printer.profile import load_profile as load_printer_profile
from hardware.printer.profile import profile_names as printer_profile_names
from hardware.scanner import ScannerProfile
from hardware.scanner import load_profile as load_scanner_profile
from hardware.scanner import profile_names as scanner_profile_names
from hardware.transport import PortSettings, open_port
from hardware.transport.urls import goes_both_ways

PRINTER_PATIENCE_S: Final = 4.0
MOST_LINES: Final = 4
"""Ways to set a line up that are tried on a scanner behind RS-232 before a person is asked to look."""
MOST_NAMED: Final = 6

_RS232: Final = re.compile(r"/tty(S|USB|AMA|XRUSB)\d+$")
"""A port, or an adapter, with a real line behind it; a USB serial scanner takes any settings."""

Ask = Callable[[str, str], str]
"""Asks a person; the second is the answer that Enter gives."""


class NotAdded(HardwareError):
    """No device was added; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Profiler:
    """Finds the profile of one device; ``is_tried`` opens it."""

    bench: Bench
    ask: Ask
    is_tried: bool

    def choose(self, device: Plugged, role: Role, preferred: tuple[str, ...], wished: str | None) -> str:
        """Return a profile's name.

        Raises:
            ProfileWrong: the one wished for, or told, cannot be used.
        """
        match role:
            case "scanner":
                return self._scanner_profile(device, preferred, wished)
            case "printer":
                return self._printer_profile(device, preferred, wished)
            case "camera":
                return wished or "generic"

    def _scanner_profile(self, device: Plugged, preferred: tuple[str, ...], wished: str | None) -> str:
        config = self.bench.config
        if wished:
            if not speaks_by(device.way, load_scanner_profile(config, wished)):
                raise ProfileWrong(f"{wished} is not for what is plugged in: keyboards have profiles of their own.")
            return wished
        names = [name for name in scanner_profile_names(config) if not name.startswith("virtual")]
        profiles = {name: load_scanner_profile(config, name) for name in names}
        profiles = {name: profile for name, profile in profiles.items() if speaks_by(device.way, profile)}
        fits = self._listen(device, profiles, preferred) if self.is_tried else ()
        self._tell_readings(fits)
        likely = [fit.profile for fit in fits] or [name for name in (*preferred, *PLAINEST) if name in profiles]
        return self._pick_profile(likely, tuple(profiles))

    def _tell_readings(self, fits: Sequence[Fit]) -> None:
        """Show what was read; where profiles differ (keyboards of two countries) a person sees which is right."""
        readings: dict[str, list[str]] = {}
        for fit in fits:
            readings.setdefault(fit.words, []).append(fit.profile)
        for words, names in readings.items():
            self.bench.say(f"It says: {words}" if len(readings) == 1 else f"As {', '.join(names)} it says: {words}")
        if fits and not fits[0].has_aim:
            self.bench.say("It sends no AIM code ID; switch 'transmit AIM code ID' on (docs/devices.md).")

    def _listen(
        self, device: Plugged, profiles: Mapping[str, ScannerProfile], preferred: tuple[str, ...]
    ) -> tuple[Fit, ...]:
        """Record one scan and let every profile read it; a line that may be set up in many ways is tried in several."""
        for settings in _line_settings(profiles, preferred, is_plain=not _RS232.search(device.node)):
            try:
                recording = self._record(device, settings)
            except PortDown as down:
                if down.fault is PortFault.NOT_A_DEVICE:
                    continue  # this line cannot be set up so
                self.bench.say(f"It cannot be tried: {down.fault.value}. (A running kiosk holds its scanners.)")
                return ()
            if not recording:
                self.bench.say("Nothing came. Is it set to USB serial or RS-232, and not to wait for the host's ENQ?")
                return ()
            fits = fitting(recording, profiles, preferred)
            if fits:
                return fits
            self.bench.say(f"What came is no code at {settings.baud} baud, {settings.parity} parity.")
        self.bench.say("No way to set the line up was found that reads it.")
        return ()

    def _record(self, device: Plugged, settings: PortSettings) -> tuple[Delivery, ...]:
        port = open_port(device.url, settings=settings)
        try:
            drain(port, self.bench.clock)
            self.bench.say("Scan any code now.")
            return record(port, self.bench.clock, patience_s=self.bench.patience_s)
        finally:
            port.close()

    def _printer_profile(self, device: Plugged, preferred: tuple[str, ...], wished: str | None) -> str:
        config = self.bench.config
        if wished:
            load_printer_profile(config, wished)
            return wished
        names = [name for name in printer_profile_names(config) if not name.startswith("virtual")]
        profiles = {name: load_printer_profile(config, name) for name in names}
        order = [name for name in (*preferred, "generic-80mm", *names) if name in profiles]
        can_answer = goes_both_ways(device.url)
        if not can_answer:
            self.bench.say("Nothing comes back on this way: no label can be proven, a person has to look.")
        answered = next(self._answering(device, profiles, order), None) if self.is_tried and can_answer else None
        likely = [name for name in order if answered is None or profiles[name].language == answered]
        return self._pick_profile(likely, tuple(profiles))

    def _answering(
        self, device: Plugged, profiles: Mapping[str, PrinterProfile], order: Sequence[str]
    ) -> Iterator[str]:
        """Yield the languages the printer answers in; one profile of each is tried."""
        languages = {profiles[name].language: profiles[name] for name in reversed(order)}
        bench = replace(self.bench, patience_s=PRINTER_PATIENCE_S)
        for language, profile in reversed(languages.items()):
            outcome = bench.try_printer(device.url, profile, opener=open_port)
            self.bench.say(outcome.said)
            if outcome.is_good:
                yield language

    def _pick_profile(self, likely: Sequence[str], known: tuple[str, ...]) -> str:
        likely = likely or known[:1]
        if not likely:
            raise NotAdded("There is no profile for a device that is plugged in like this: name one with --profile.")
        others = ", ".join(list(dict.fromkeys(likely))[1:MOST_NAMED])
        told = self.ask(f"Profile (or {others})" if others else "Profile", likely[0])
        if told not in known:
            raise ProfileWrong(f"There is no profile {told!r}; there are: {', '.join(known)}.")
        return told


def _line_settings(
    profiles: Mapping[str, ScannerProfile], preferred: tuple[str, ...], *, is_plain: bool
) -> list[PortSettings]:
    """Return the ways to set the line up, the likeliest first."""
    if is_plain:
        return [PortSettings()]
    order = [name for name in ("generic", *preferred, *profiles) if name in profiles]
    return list(dict.fromkeys(profiles[name].port_settings() for name in order))[:MOST_LINES]
