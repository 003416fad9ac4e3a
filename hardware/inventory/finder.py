"""What is plugged in, read from the kernel's own files: sysfs for what a device is, /dev for the names it has.

No library and no daemon: in a container, or before udev came, the links of ``/dev/serial/by-id`` are missing and all
else is there. Everything stands below a root, so that a test builds a machine of files. What a device says of
itself is hostile (any plug can claim any text): it is cut, and control characters are dropped.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from hardware.inventory.plugged import Plugged, Way

MOST_TEXT: Final = 128
MOST_BYTES: Final = 4096
MOST_DEVICES: Final = 256

KEY_ENTER: Final = 28
LETTERS_AND_DIGITS: Final = (2, 11, 16, 25, 30, 38, 44, 50)  # 1 0 q p a l z m (linux/input-event-codes.h)

WORD_BITS: Final = struct.calcsize("@l") * 8
"""The kernel prints its tables of keys in words of its own width."""

_USB_ROOT: Final = re.compile(r"^usb\d+$")
_USB_PLUG: Final = re.compile(r"^\d+-(\d+(?:\.\d+)*)$")
_PCI: Final = re.compile(r"^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$")


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """Where the kernel lists devices of one way, and where below /dev udev keeps the names that last."""

    way: Way
    listed: str
    pattern: str
    scheme: str
    nodes: str
    by_id: str
    by_path: str = ""


KINDS: Final = (
    _Kind(
        way="serial",
        listed="tty",
        pattern="tty[A-Z]*",
        scheme="serial",
        nodes="dev",
        by_id="serial/by-id",
        by_path="serial/by-path",
    ),
    _Kind(
        way="input",
        listed="input",
        pattern="event*",
        scheme="evdev",
        nodes="dev/input",
        by_id="input/by-id",
        by_path="input/by-path",
    ),
    # udev has no lasting name for a printer's file: deploy/udev gives it one
    _Kind(way="printer", listed="usbmisc", pattern="lp*", scheme="file", nodes="dev/usb", by_id="twincheck"),
    _Kind(
        way="camera",
        listed="video4linux",
        pattern="video*",
        scheme="camera",
        nodes="dev",
        by_id="v4l/by-id",
        by_path="v4l/by-path",
    ),
)


def find_devices(root: Path = Path("/")) -> tuple[Plugged, ...]:
    """Return every scanner, printer, keyboard and camera that could be one of ours, in the order of their files."""
    return tuple(device for kind in KINDS for device in _find(kind, root))


def _find(kind: _Kind, root: Path) -> Iterator[Plugged]:
    listed = sorted((root / "sys/class" / kind.listed).glob(kind.pattern), key=_by_number)[:MOST_DEVICES]
    ours = [entry for entry in listed if _is_ours(kind.way, entry)]
    if ours:
        by_id, by_path = _links(kind.by_id, root), _links(kind.by_path, root) if kind.by_path else {}
        for entry in ours:
            node = root / kind.nodes / entry.name
            if node.exists():
                yield _describe(kind, entry, node, by_id.get(node.resolve(), ()), by_path.get(node.resolve(), ()))


def _describe(kind: _Kind, entry: Path, node: Path, by_id: tuple[str, ...], by_path: tuple[str, ...]) -> Plugged:
    folder = entry.resolve()
    usb = next((above for above in folder.parents if (above / "idVendor").is_file()), None)
    socket = _socket(folder.parts)
    return Plugged(
        way=kind.way,
        node=f"/{kind.nodes}/{entry.name}",
        url=f"{kind.scheme}://{quote(str(node))}",
        usb=f"{_text(usb / 'idVendor')}:{_text(usb / 'idProduct')}" if usb else "",
        serial=_text(usb / "serial") if usb else "",
        interface=next((found for above in folder.parents if (found := _text(above / "bInterfaceNumber"))), ""),
        by_id=by_id,
        by_path=(*by_path, socket) if socket else by_path,
        maker=_text(usb / "manufacturer") if usb else "",
        model=(_text(usb / "product") if usb else "") or _text(entry / "device/name") or _text(entry / "name"),
    )


def _by_number(entry: Path) -> tuple[str, int]:
    letters = entry.name.rstrip("0123456789")
    return letters, int(entry.name[len(letters) :] or 0)


def _is_ours(way: Way, entry: Path) -> bool:
    if way == "serial":
        # a console has no device behind it; of the kernel's spare UARTs only one that is there has a type
        return (entry / "device").exists() and _text(entry / "type") != "0"
    if way == "input":
        return _types(_text(entry / "device/capabilities/key", MOST_BYTES))
    if way == "camera":
        return _text(entry / "index") in ("", "0")  # 1 and up: its metadata, not its pictures
    return True


def _types(keys: str) -> bool:
    """Say whether it is a keyboard: one that has Enter, letters and digits (a power button is an input, too)."""
    try:
        words = [int(word, 16) for word in keys.split()]
    except ValueError:
        return False
    table = sum(word << (WORD_BITS * place) for place, word in enumerate(reversed(words)))
    return all(table >> code & 1 for code in (KEY_ENTER, *LETTERS_AND_DIGITS))


def _socket(parts: Sequence[str]) -> str:
    """Return the name of the socket as udev's path_id makes it, from where the device stands in sysfs.

    ``pci-0000:00:14.0-usb-0:2.3:1.0``: the controller, the ports from hub to hub, configuration and interface. Empty
    where it is no USB device: a built-in port does not move.
    """
    ports = [(at, match[1]) for at, part in enumerate(parts) if (match := _USB_PLUG.match(part))]
    roots = [at for at, part in enumerate(parts) if _USB_ROOT.match(part)]
    if not ports or not roots or roots[0] < 1:
        return ""
    at, port = ports[-1]
    controller = parts[roots[0] - 1]
    bus = "pci" if _PCI.match(controller) else "platform"
    below = parts[at + 1] if at + 1 < len(parts) else ""
    interface = f":{below.partition(':')[2]}" if below.startswith(f"{parts[at]}:") else ""
    return f"{bus}-{controller}-usb-0:{port}{interface}"


def _links(folder: str, root: Path) -> dict[Path, tuple[str, ...]]:
    """Return the links of a folder of /dev by what they lead to; newer udevs keep two, the plainer comes first."""
    found: dict[Path, tuple[str, ...]] = {}
    try:
        links = sorted((root / "dev" / folder).iterdir(), key=lambda link: ("-usbv" in link.name, link.name))
    except OSError:
        return found
    for link in links[:MOST_DEVICES]:
        with suppress(OSError, RuntimeError):  # a link that leads round in a circle is no name of anything
            if link.is_symlink():
                target = link.resolve()
                found[target] = (*found.get(target, ()), f"/dev/{folder}/{link.name}")
    return found


def _text(path: Path, most: int = MOST_TEXT) -> str:
    """Return one line of sysfs, fit to be shown; empty where there is none, or where the device has just gone."""
    try:
        with path.open("rb") as file:
            line = file.read(MOST_BYTES)
    except OSError:
        return ""
    return "".join(letter for letter in line.decode("utf-8", "replace").strip() if letter.isprintable())[:most].strip()
