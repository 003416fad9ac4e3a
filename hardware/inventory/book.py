"""The device book of a station, ``devices.toml`` in its folder: which device each of the shop's own names stands for.

Written by ``twincheck devices`` and by the kiosk when staff say "this is the new one"; made to be read, and mended, by
a person. A name is bound to one device by what stays the same: its serial number, its ``by-id`` name, the
socket it is in (``by_path``), or an address as it stands (``url``). What each means: :mod:`hardware.inventory.binding`.
"""

import fcntl
import json
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec

from hardware.errors import DeviceBookWrong, PortUrlWrong
from hardware.inventory.plugged import Way
from hardware.transport import check_url
from photocore.errors import SettingsError
from photocore.settings import load_toml

FILE: Final = "devices.toml"
MOST_BYTES: Final = 256 * 1024
CAMERA_SCHEME: Final = "camera://"
DEVICE_SCHEME: Final = "device://"

Role = Literal["scanner", "printer", "camera"]
WAYS: Final[dict[Role, tuple[Way, ...]]] = {
    "scanner": ("serial", "input"),
    "printer": ("printer", "serial"),
    "camera": ("camera",),
}
"""The ways a device of each role can be plugged in; the first is what is meant where the book does not say."""

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
OffsetMm = Annotated[float, msgspec.Meta(ge=-20, le=20)]

HEADING: Final = """\
# The devices of this station, by the shop's own names. `twincheck devices` writes this file; it may be mended by hand.
# A name is bound by the serial number, the by-id name, the socket (by_path) or a fixed address (url): docs/devices.md.
"""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One name of the shop's, and the device it stands for; ``role`` is what it is for."""

    role: ClassVar[Role]
    name: Name
    profile: Text
    url: Text | None = None
    way: Way | None = None
    usb: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{4}:[0-9a-f]{4}$")] | None = None
    interface: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{2}$")] | None = None
    serial: Text | None = None
    by_id: Text | None = None
    by_path: Text | None = None

    def __post_init__(self) -> None:
        """Refuse an entry that names no device, or one that cannot be opened.

        Raises:
            ValueError: it is bound to nothing, or its address can never be opened.
        """
        if not (self.url or self.serial or self.by_id or self.by_path):
            raise ValueError(f"{self.name} is bound to nothing: it needs serial, by_id, by_path or url")
        if self.url and not self.url.startswith(CAMERA_SCHEME):
            try:
                check_url(self.url)
            except PortUrlWrong as cause:
                raise ValueError(f"{self.name}: {cause}") from cause

    @property
    def address(self) -> str:
        """Return what a link is given to open: the fixed address, else the name, for the station's inventory."""
        return self.url or f"{DEVICE_SCHEME}{self.name}"

    @property
    def ways(self) -> tuple[Way, ...]:
        """Return how it may be plugged in."""
        return (self.way,) if self.way else WAYS[self.role]


class ScannerEntry(Entry, frozen=True, kw_only=True):
    """A scanner; ``profile`` is a file of config/devices/scanners."""

    role: ClassVar[Role] = "scanner"


class PrinterEntry(Entry, frozen=True, kw_only=True):
    """A printer; ``profile`` is a file of config/devices/printers, the offsets move its print on the label."""

    role: ClassVar[Role] = "printer"
    offset_x_mm: OffsetMm = 0.0
    offset_y_mm: OffsetMm = 0.0


class CameraEntry(Entry, frozen=True, kw_only=True):
    """A camera that codes are read with."""

    role: ClassVar[Role] = "camera"
    profile: Text = "generic"


class DeviceBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All devices of one station."""

    scanner: Annotated[tuple[ScannerEntry, ...], msgspec.Meta(max_length=32)] = ()
    printer: Annotated[tuple[PrinterEntry, ...], msgspec.Meta(max_length=32)] = ()
    camera: Annotated[tuple[CameraEntry, ...], msgspec.Meta(max_length=32)] = ()

    def __post_init__(self) -> None:
        """Refuse one name for two devices.

        Raises:
            ValueError: a name stands twice.
        """
        names = [entry.name for entry in self]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]} stands twice: each device has a name of its own")

    def __iter__(self) -> Iterator[Entry]:
        """Yield every entry: scanners, printers, cameras, each in the order of the file."""
        yield from (*self.scanner, *self.printer, *self.camera)

    def find(self, name: str) -> Entry:
        """Return the entry of this name.

        Raises:
            DeviceBookWrong: there is none.
        """
        for entry in self:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self) or "none yet; add one with: twincheck devices add"
        raise DeviceBookWrong(f"No device is called {name!r}; there are: {known}.")

    def with_entry(self, entry: Entry) -> "DeviceBook":
        """Return the book with this entry in the place of the one of its name, else at the end."""
        kept = tuple(entry if old.name == entry.name else old for old in self)
        return _sorted_in(kept if entry in kept else (*kept, entry))

    def with_new(self, entry: Entry) -> "DeviceBook":
        """Return the book with one more entry.

        Raises:
            DeviceBookWrong: its name is taken.
        """
        if any(old.name == entry.name for old in self):
            raise DeviceBookWrong(f"{entry.name!r} is in the book already: choose another name, or forget that one.")
        return self.with_entry(entry)

    def without(self, name: str) -> "DeviceBook":
        """Return the book without the entry of this name.

        Raises:
            DeviceBookWrong: there is none.
        """
        gone = self.find(name)
        return _sorted_in(tuple(entry for entry in self if entry is not gone))


def _sorted_in(entries: tuple[Entry, ...]) -> DeviceBook:
    return DeviceBook(
        scanner=tuple(entry for entry in entries if isinstance(entry, ScannerEntry)),
        printer=tuple(entry for entry in entries if isinstance(entry, PrinterEntry)),
        camera=tuple(entry for entry in entries if isinstance(entry, CameraEntry)),
    )


def load_book(folder: Path) -> DeviceBook:
    """Read the device book of a station's folder; an empty one where there is none.

    Raises:
        DeviceBookWrong: it cannot be read or says something a device cannot be; the message names file and field.
    """
    path = folder / FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DeviceBookWrong(f"{path} is longer than any list of devices: it is not read.")
        return msgspec.convert(load_toml(path), DeviceBook)
    except FileNotFoundError:
        return DeviceBook()
    except OSError as cause:
        raise DeviceBookWrong(f"{path} cannot be read: {cause.strerror}.") from cause
    except msgspec.ValidationError as cause:
        raise DeviceBookWrong(f"{path}: {cause}.") from cause
    except DeviceBookWrong:
        raise
    except SettingsError as cause:
        raise DeviceBookWrong(str(cause)) from cause


def change_book(folder: Path, change: Callable[[DeviceBook], DeviceBook]) -> DeviceBook:
    """Read the book, change it, and write it whole or not at all; two that change it at once wait for each other.

    The folder itself is what they lock: a lock file that root's wizard made would shut the kiosk's user out.

    Raises:
        DeviceBookWrong: it cannot be read or written, or the changed one cannot be.
    """
    try:
        with _locked(folder):
            book = msgspec.convert(msgspec.to_builtins(change(load_book(folder))), DeviceBook)
            _write(folder / FILE, book_text(book).encode())
            return book
    except OSError as cause:
        raise DeviceBookWrong(f"{folder / FILE} cannot be written: {cause.strerror}.") from cause
    except msgspec.ValidationError as cause:
        raise DeviceBookWrong(f"This cannot stand in {FILE}: {cause}.") from cause


def book_text(book: DeviceBook) -> str:
    """Return the file of a book."""
    return HEADING + "".join(_entry_text(entry) for entry in book)


def _entry_text(entry: Entry) -> str:
    fields: dict[str, Any] = msgspec.to_builtins(entry)
    return "".join((f"\n[[{entry.role}]]\n", *(f"{key} = {_toml(value)}\n" for key, value in fields.items())))


def _toml(value: str | float) -> str:
    """Return a value as TOML has it: a basic string is JSON's, but for DEL, which JSON lets stand as it is."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(float(value))


@contextmanager
def _locked(folder: Path) -> Generator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, text: bytes) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)  # left by one that was killed, perhaps another user's
    with draft.open("xb") as file:
        file.write(text)  # all of it or an error, where a bare os.write() puts half of it on a full disk
        file.flush()
        os.fchmod(file.fileno(), 0o644)  # a strict umask of root's would shut the kiosk's user out
        os.fsync(file.fileno())
    draft.replace(path)
