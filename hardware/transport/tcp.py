"""A device behind TCP: mostly a printer on port 9100, which takes one client at a time."""

import socket
from typing import Final

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import DescriptorPort, fault_of
from hardware.transport.port import PortSettings

# A switch that loses power says nothing: ask after 10 s of silence, give up after 3 unanswered asks 5 s apart.
KEEPALIVE: Final = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
)


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
        for level, option, value in KEEPALIVE:
            line.setsockopt(level, option, value)
    return DescriptorPort(url, line.fileno(), line.close, write_deadline_s=settings.write_deadline_s)
