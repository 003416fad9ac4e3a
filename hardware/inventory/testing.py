"""A machine made of files, for tests: sysfs and /dev below a folder, with plugs that can be pulled.

The layout is the kernel's (a folder a device below its controller, hub and interface; ``/sys/class`` full of links)
and udev's (links named after the device and after the socket), as read off Debian 12 and its rules
``60-serial.rules`` and ``path_id``; from memory where no such device was at hand.
"""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hardware.inventory.finder import LETTERS_AND_DIGITS, WORD_BITS
from hardware.inventory.plugged import Way

CONTROLLER: Final = "pci0000:00/0000:00:14.0/usb1"
ID_PATH: Final = "pci-0000:00:14.0-usb-0"

_CLASS: Final[dict[Way, str]] = {"serial": "tty", "input": "input", "printer": "usbmisc", "camera": "video4linux"}
_NODES: Final[dict[Way, str]] = {"serial": "dev", "input": "dev/input", "printer": "dev/usb", "camera": "dev"}
_LINKS: Final[dict[Way, str]] = {"serial": "serial", "input": "input", "printer": "", "camera": "v4l"}


@dataclass(frozen=True, kw_only=True)
class Plug:
    """A USB device and the file it has: ``port`` is the socket (``"2"``, behind a hub ``"1.3"``)."""

    file: str = "ttyACM0"
    way: Way = "serial"
    port: str = "1"
    usb: str = "05e0:1701"
    serial: str = ""
    interface: str = "00"
    maker: str = "Symbol Technologies, Inc, 2008"
    model: str = "Symbol Bar Code Scanner"
    keys: tuple[int, ...] = (28, *LETTERS_AND_DIGITS)
    leads_to: Path | None = None
    """A pty to stand for the device's file."""


class MachineOfFiles:
    """``root`` looks like a machine: hand it to :func:`hardware.inventory.find_devices`."""

    def __init__(self, root: Path, *, has_udev: bool = True) -> None:
        self.root = root
        self._has_udev = has_udev
        self._made: dict[str, list[Path]] = {}

    def plug(self, plug: Plug) -> Plug:
        """Put a device in; its links are there at once."""
        interface = f"1-{plug.port}:1.{int(plug.interface, 16)}"
        usb = self.root / "sys/devices" / CONTROLLER / f"1-{plug.port}"
        folder = usb / interface / _CLASS[plug.way] / plug.file
        folder.mkdir(parents=True)
        vendor, product = plug.usb.split(":")
        told = {"idVendor": vendor, "idProduct": product, "manufacturer": plug.maker, "product": plug.model}
        for name, text in (told | ({"serial": plug.serial} if plug.serial else {})).items():
            (usb / name).write_bytes(text.encode("utf-8", "surrogateescape") + b"\n")
        (usb / interface / "bInterfaceNumber").write_text(f"{plug.interface}\n")
        (folder / "device").symlink_to(usb / interface)
        if plug.way == "input":
            (usb / interface / "capabilities").mkdir()
            (usb / interface / "capabilities/key").write_text(key_table(plug.keys))
        listed = self.root / "sys/class" / _CLASS[plug.way] / plug.file
        listed.parent.mkdir(parents=True, exist_ok=True)
        listed.symlink_to(folder)
        node = self.root / _NODES[plug.way] / plug.file
        node.parent.mkdir(parents=True, exist_ok=True)
        node.symlink_to(plug.leads_to) if plug.leads_to else node.touch()
        self._made[plug.file] = [usb, listed, node]
        if self._has_udev and _LINKS[plug.way]:
            self._link(plug, node, interface)
        return plug

    def _link(self, plug: Plug, node: Path, interface: str) -> None:
        """Name it as udev does; of two devices with one name the later has the link."""
        words = "_".join(filter(None, (plug.maker, plug.model, plug.serial))).replace(" ", "_").replace(",", "_")
        by_id = f"usb-{words}-if{plug.interface}"
        by_path = f"{ID_PATH}:{plug.port}:{interface.partition(':')[2]}"
        for folder, name in (("by-id", by_id), ("by-path", by_path)):
            link = self.root / "dev" / _LINKS[plug.way] / folder / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(node)
            self._made[plug.file].append(link)

    def unplug(self, plug: Plug) -> None:
        """Pull it out; its links go with it, unless they already lead to another."""
        folder, listed, node, *links = self._made.pop(plug.file)
        for link in links:
            if link.readlink() == node:
                link.unlink()
        node.unlink()
        listed.unlink()
        shutil.rmtree(folder, ignore_errors=True)  # the other interface of the same device may have taken it along

    def replug(self, plug: Plug, *, file: str, port: str | None = None) -> Plug:
        """Pull it out and put it in again: it has another file, and with ``port`` another socket."""
        self.unplug(plug)
        return self.plug(replace(plug, file=file, port=port or plug.port))


def key_table(keys: tuple[int, ...]) -> str:
    """Return the kernel's table of a keyboard's keys: hexadecimal words, the highest first."""
    table = sum(1 << key for key in keys)
    words = [table >> (WORD_BITS * place) & ((1 << WORD_BITS) - 1) for place in range(-(-max(keys) // WORD_BITS) or 1)]
    return " ".join(f"{word:x}" for word in reversed(words)) + "\n"
