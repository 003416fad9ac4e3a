"""Which scanners and which printer a kiosk uses: those named at its opening, else those of the station's device book.

What is named is an address, or a name of the book (``twincheck devices``). So a kiosk whose book is in order is
opened without naming anything, and one device can be tried without touching the book.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hardware.errors import DeviceBookWrong
from hardware.inventory import DeviceBook, PrinterEntry, device_url
from hardware.printer.profile import PrinterProfile
from hardware.printer.profile import load_profile as load_printer_profile
from hardware.scanner import ScannerProfile
from hardware.scanner import load_profile as load_scanner_profile
from hardware.transport import check_url


@dataclass(frozen=True, kw_only=True)
class NamedScanner:
    """A scanner by the shop's own name, or by its address where it has none."""

    name: str
    url: str
    profile: ScannerProfile


@dataclass(frozen=True, kw_only=True)
class NamedPrinter:
    """A printer likewise; ``title`` is what staff know it by, ``offset_mm`` how far its print is off: right, down."""

    name: str
    title: str
    url: str
    profile: PrinterProfile
    offset_mm: tuple[float, float] = field(default=(0.0, 0.0))


def scanners_of(book: DeviceBook, named: Sequence[str], profile: str, config: Path) -> tuple[NamedScanner, ...]:
    """Return the scanners that are named, each once, or else all of the book.

    Raises:
        ProfileWrong, PortUrlWrong: one of them can never be used, whatever is plugged in.
    """
    wanted = tuple(dict.fromkeys(named)) or tuple(entry.name for entry in book.scanner)
    return tuple(_scanners(book, wanted, profile, config))


def _scanners(book: DeviceBook, wanted: Sequence[str], profile: str, config: Path) -> Iterator[NamedScanner]:
    entries = {entry.name: entry for entry in book.scanner}
    for word in wanted:
        entry = entries.get(word)
        loaded = load_scanner_profile(config, entry.profile if entry else profile)
        url = entry.address if entry else _address(word, loaded)
        check_url(url)
        yield NamedScanner(name=word, url=url, profile=loaded)


def _address(word: str, profile: ScannerProfile) -> str:
    """Return an address as a URL; a bare path is a keyboard's events where the profile is of a keyboard."""
    return f"evdev://{word}" if profile.protocol == "hid" and "://" not in word else word


def camera_of(camera: str, config: Path) -> NamedScanner:
    """Return a camera as the scanner it stands for; its address is its opener's to know."""
    name = camera.rpartition("/")[2]
    return NamedScanner(name=camera, url=device_url(f"camera-{name}"), profile=load_scanner_profile(config, "generic"))


def printer_of(book: DeviceBook, named: str | None, profile: str, config: Path) -> NamedPrinter | None:
    """Return the printer that is named, or else the book's only one; None where there is none.

    Raises:
        DeviceBookWrong: the book has several, and nobody says which is the kiosk's.
        ProfileWrong, PortUrlWrong: it can never be used, whatever is plugged in.
    """
    if named is None and len(book.printer) > 1:
        names = ", ".join(entry.name for entry in book.printer)
        raise DeviceBookWrong(f"The device book has several printers ({names}): name the kiosk's with --printer.")
    for entry in book.printer:
        if named in (None, entry.name):
            return _booked(entry, config)
    if named is None:
        return None
    check_url(named)
    loaded = load_printer_profile(config, profile)
    return NamedPrinter(name=named, title=loaded.name, url=named, profile=loaded)


def _booked(entry: PrinterEntry, config: Path) -> NamedPrinter:
    return NamedPrinter(
        name=entry.name,
        title=entry.name,
        url=entry.address,
        profile=load_printer_profile(config, entry.profile),
        offset_mm=(entry.offset_x_mm, entry.offset_y_mm),
    )
