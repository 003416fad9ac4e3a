"""The byte channels to devices, opened by URL: the only room that touches serial ports and sockets.

Real, virtual, remote and in-memory devices differ by a string (STYLE 6), and fail in one way: :class:`PortDown`.
"""

from hardware.transport.listening import Listener, listen
from hardware.transport.loop import loop_pair
from hardware.transport.port import HoldsBack, Port, PortOpener, PortSettings
from hardware.transport.urls import check_url, goes_both_ways, open_port, stable_url

__all__ = [
    "HoldsBack",
    "Listener",
    "Port",
    "PortOpener",
    "PortSettings",
    "check_url",
    "goes_both_ways",
    "listen",
    "loop_pair",
    "open_port",
    "stable_url",
]
