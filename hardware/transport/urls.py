"""From a device's address to an open port.

==============================  ==========================================================================
``serial:///dev/serial/by-id/x``  a serial device; a bare ``/dev/...`` or any other path means the same
``tcp://printer.local:9100``      a device behind TCP; the port has no default
``file:///dev/usb/lp0``           a device file, FIFO or plain file that exists already
``cups://localhost/QUEUE``        a raw queue of CUPS: nothing comes back, so nothing printed there can be proven
``evdev:///dev/input/by-id/x``    a keypad or a switch, as the kernel's input events
``device://counter-left``         one of the shop's own names; only the station's device book knows what it stands for
==============================  ==========================================================================
"""

from urllib.parse import SplitResult, unquote, urlsplit

from hardware.errors import PortUrlWrong
from hardware.transport.cups import open_cups
from hardware.transport.device_file import open_file
from hardware.transport.input_device import open_input
from hardware.transport.port import Port, PortSettings
from hardware.transport.serial_line import open_serial, stable_name
from hardware.transport.tcp import open_tcp

SCHEMES = frozenset({"serial", "tcp", "file", "evdev", "device", "cups"})

ONE_WAY: frozenset[str] = frozenset({"cups"})
"""Addresses from which nothing ever comes back."""


def open_port(url: str, *, settings: PortSettings | None = None) -> Port:
    """Open the way to a device, for us alone where the system allows it.

    Raises:
        PortDown: it cannot be opened now; ``fault.is_lasting`` tells whether trying again can help.
        PortUrlWrong: it can never be.
    """
    address = _split(url)
    settings = settings or PortSettings()
    if address.scheme == "device":
        raise PortUrlWrong(f"{url!r} is a name of a station's device book: it is opened by its inventory.")
    if address.scheme == "tcp":
        return open_tcp(url, address.hostname or "", address.port or 0, settings)
    if address.scheme == "file":
        return open_file(url, unquote(address.path), settings)
    if address.scheme == "cups":
        return open_cups(url, address.hostname or "", address.port or 0, address.path.strip("/"), settings)
    if address.scheme == "evdev":
        return open_input(url, unquote(address.path), is_grabbed=settings.is_exclusive)
    return open_serial(url, unquote(address.path) if address.scheme else url, settings)


def check_url(url: str) -> None:
    """Refuse an address that can never be opened, before a device thread takes it up.

    Raises:
        PortUrlWrong: unknown scheme, TCP without host or port, no path.
    """
    _split(url)


def goes_both_ways(url: str) -> bool:
    """Say whether a device at this address can answer at all."""
    return _split(url).scheme not in ONE_WAY


def stable_url(url: str) -> str | None:
    """Return a better address of the same serial device, one that survives a replug; None when there is none."""
    address = _split(url)
    if address.scheme not in ("", "serial"):
        return None
    better = stable_name(unquote(address.path) or url)
    return better and f"serial://{better}"


def _split(url: str) -> SplitResult:
    try:
        address = urlsplit(url if "://" in url else "")
        port = address.port
    except ValueError as cause:
        raise PortUrlWrong(f"{url!r} is no device address: {cause}.") from cause
    if "://" in url and address.scheme not in SCHEMES:
        raise PortUrlWrong(f"{url!r}: a device address starts with serial://, tcp://, file://, evdev:// or is a path.")
    if address.scheme == "tcp" and not (address.hostname and port):
        raise PortUrlWrong(f"{url!r} needs host and port, as in tcp://192.0.2.7:9100.")
    if address.scheme == "device" and not address.netloc:
        raise PortUrlWrong(f"{url!r} needs a name, as in device://counter-left.")
    if address.scheme in ("serial", "file", "evdev") and (address.netloc or not address.path.startswith("/")):
        raise PortUrlWrong(f"{url!r} needs three slashes and a full path, as in {address.scheme}:///dev/ttyACM0.")
    if address.scheme == "cups" and (not address.path.strip("/") or "/" in address.path.strip("/")):
        raise PortUrlWrong(f"{url!r} needs the name of a queue, as in cups://localhost/LABELS.")
    if not url:
        raise PortUrlWrong("A device address is missing.")
    return address
