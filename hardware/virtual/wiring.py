"""The virtual devices' composition root: the one place here that takes the real clock."""

from pathlib import Path

from hardware.scanner.profile import load_profile
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.scanner_line import ScannerLine
from photocore.host import SystemClock
from photocore.seams import Clock
from photocore.settings import locate_config


def system_clock() -> Clock:
    """Return the machine's clock."""
    return SystemClock()


def make_scanner(place: Path | ScannerLine, *, profile: str = "virtual", baud: int = 0) -> VirtualScanner:
    """Return a virtual scanner that behaves as the named profile says; it is not plugged in yet.

    Raises:
        ProfileWrong: there is no such profile.
        SettingsError: there is no ``config/``.
    """
    return VirtualScanner(place, load_profile(locate_config(), profile), system_clock(), baud=baud)
