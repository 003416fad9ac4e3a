"""What one message of the kernel's, or of udev's, is about. Pure; nothing in it is believed beyond "look again".

The kernel's is ``add@/devices/...`` and then ``KEY=value`` texts, each ended by NUL (lib/kobject_uevent.c). udev's
begins with ``libudev``, a magic word and the place of the same texts (systemd, src/libudev/libudev-monitor.c).
Any local program may send either, so a message is only ever a reason to look; what is plugged in, sysfs says.
"""

import struct
from dataclasses import dataclass
from typing import Final

SUBSYSTEMS: Final = frozenset({"tty", "usb", "usbmisc", "usb-serial", "input", "video4linux"})
MOST_BYTES: Final = 16_384
UDEV_PREFIX: Final = b"libudev\0"
UDEV_MAGIC: Final = 0xFEEDCAFE

_MAGIC: Final = struct.Struct(">8xI")
_PLACE: Final = struct.Struct("=16xII")


@dataclass(frozen=True, kw_only=True)
class Uevent:
    """What happened (``add``, ``remove``, ``change``, ``bind``, ...) to which device, in the kernel's words."""

    action: str
    subsystem: str
    devpath: str
    devname: str = ""

    @property
    def concerns_us(self) -> bool:
        """Say whether a device of ours may have come or gone."""
        return self.subsystem in SUBSYSTEMS


def read_uevent(message: bytes) -> Uevent | None:
    """Return what a message says; None where it makes no sense."""
    texts = _texts(message[:MOST_BYTES])
    told = dict(text.split("=", 1) for text in texts if "=" in text)
    if not {"ACTION", "SUBSYSTEM", "DEVPATH"} <= told.keys():
        return None
    return Uevent(
        action=told["ACTION"], subsystem=told["SUBSYSTEM"], devpath=told["DEVPATH"], devname=told.get("DEVNAME", "")
    )


def _texts(message: bytes) -> list[str]:
    if message.startswith(UDEV_PREFIX):
        if len(message) < _PLACE.size or _MAGIC.unpack_from(message)[0] != UDEV_MAGIC:
            return []
        begin, length = _PLACE.unpack_from(message)
        message = message[begin : begin + length]
    else:
        head, _, message = message.partition(b"\0")
        if b"@/" not in head:
            return []
    return message.decode("utf-8", "replace").split("\0")
