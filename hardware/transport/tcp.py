"""A device behind TCP: mostly a printer on port 9100, which takes one client at a time."""

import socket
from typing import Final

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import DescriptorPort, fault_of
from hardware.transport.port import PortSettings

UNANSWERED: Final = 3


def open_tcp(url: str, host: str, port: int, settings: PortSettings) -> DescriptorPort:
    """Connect to a device.

    Raises:
        PortDown: nothing listens there, or no answer came within ``connect_timeout_s``.
    """
    try:
        line = socket.create_connection((host, port), timeout=settings.connect_timeout_s)
    except OSError as cause:
        raise PortDown(url, fault_of(cause, PortFault.UNREACHABLE), str(cause)) from cause
    return socket_port(url, line, settings)


def socket_port(url: str, line: socket.socket, settings: PortSettings) -> DescriptorPort:
    """Make a port of a connected socket, which it then owns."""
    line.settimeout(0)
    if line.family != socket.AF_UNIX:
        for level, option, value in _vigilance(settings.vanished_after_s):
            line.setsockopt(level, option, value)
    return DescriptorPort(url, line.fileno(), line.close, write_deadline_s=settings.write_deadline_s)


def _vigilance(vanished_after_s: float) -> tuple[tuple[int, int, int], ...]:
    """Return the options by which a peer that vanished is noticed: a switch that loses power says nothing.

    On an idle line the system asks; but it never asks while bytes of ours are unacknowledged, and would send those
    again for a quarter of an hour: for them ``TCP_USER_TIMEOUT`` sets the end.
    """
    idle, between = max(1, round(vanished_after_s * 0.4)), max(1, round(vanished_after_s * 0.2))
    return (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, between),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, UNANSWERED),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(vanished_after_s * 1000)),
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    )
