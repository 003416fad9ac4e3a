"""Where the appliance meets the machine it runs on: the service manager's socket, and the kernel's list of devices."""

import os
import socket
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from datetime import time
from pathlib import Path
from typing import Final

from kiosk.appliance.heart import Heart, Tell
from kiosk.appliance.night import NightRest
from kiosk.appliance.panel import LIST, PanelWatch
from kiosk.appliance.upkeep import EVERY_S, Upkeep
from photocore.seams import Clock

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = ("WATCHDOG_USEC", "WATCHDOG_PID")


class ServiceManager:
    """The datagram socket on which a service manager listens (``sd_notify``, systemd's protocol, in plain Python)."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def tell(self, lines: str) -> None:
        """Send ``lines``; a manager that is gone or busy is no reason to wait or to fail."""
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
            way.settimeout(0)
            way.sendto(lines.encode(), self._address)


def take_manager(environ: MutableMapping[str, str]) -> tuple[Tell | None, float]:
    """Return what tells the service manager, None without one, and every how many seconds it wants to hear.

    Its variables are taken out of ``environ``: a program that we start must not speak in our name.
    """
    address, every_s = environ.pop(SOCKET, ""), _half_of_watchdog(environ)
    for name in WATCHDOG:
        environ.pop(name, None)
    tell = ServiceManager(address).tell if address[:1] in ("/", "@") and address[1:] else None
    return tell, every_s


def join_upkeep(
    clock: Clock, *, restart_at: time | None, expects_panel: bool, can_rest: Callable[[], bool]
) -> tuple[Upkeep, PanelWatch]:
    """Return what the kiosk does for itself on this machine, and what watches its panel."""
    tell, every_s = take_manager(os.environ)
    panel = PanelWatch(lambda: Path(LIST).read_text(encoding="utf-8", errors="replace"), expects=expects_panel)
    upkeep = Upkeep(
        clock=clock,
        heart=Heart(tell) if tell else None,
        panel=panel,
        night=NightRest(at=restart_at, began=clock.monotonic()) if restart_at else None,
        can_rest=can_rest,
        every_s=every_s,
    )
    return upkeep, panel


def _half_of_watchdog(environ: Mapping[str, str]) -> float:
    """Return half of what the manager allows, as its manual asks for, or our own rhythm if that is shorter."""
    usec, pid = (environ.get(name, "") for name in WATCHDOG)
    is_ours = not pid or pid == str(os.getpid())
    return min(EVERY_S, int(usec) / 2e6) if usec.isdigit() and int(usec) and is_ours else EVERY_S
