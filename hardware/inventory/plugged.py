"""One device as the machine sees it now: where its file is, and all by which it could be known again."""

from dataclasses import dataclass
from typing import Literal

Way = Literal["serial", "input", "printer", "camera"]
"""How the kernel gives it to us: a serial line, a keyboard's events, a printer's file, a camera's."""


@dataclass(frozen=True, kw_only=True)
class Plugged:
    """A device that is plugged in.

    ``node`` is what its file is called now, and may be called otherwise after a replug; ``url`` opens it. ``usb`` is
    the model (``"05e0:1701"``: vendor and product, lower-case hex), ``serial`` the number its maker gave it, where
    they gave one; ``interface`` tells the parts of one device apart. ``by_id`` and ``by_path`` are the names udev gives
    it: after the device, and after the socket it is in. ``maker`` and ``model`` are its own words, fit to be shown.
    """

    way: Way
    node: str
    url: str
    usb: str = ""
    serial: str = ""
    interface: str = ""
    by_id: tuple[str, ...] = ()
    by_path: tuple[str, ...] = ()
    maker: str = ""
    model: str = ""

    @property
    def identity(self) -> tuple[str, ...]:
        """Return what makes it the same device wherever it is plugged in: shared by two, it is none."""
        return (self.way, self.usb, self.serial, self.interface)

    @property
    def title(self) -> str:
        """Return its own words for itself, or its model's numbers where it has none."""
        return " ".join(word for word in (self.maker, self.model) if word) or self.usb or self.node
