"""A line in memory with two ends: for tests, and for devices that live in the same process."""

import socket

from hardware.transport.descriptor import DescriptorPort
from hardware.transport.port import PortSettings
from hardware.transport.tcp import socket_port


def loop_pair(url: str = "loop://", settings: PortSettings | None = None) -> tuple[DescriptorPort, DescriptorPort]:
    """Return both ends of a line: what one writes the other reads, and closing one is an unplug to the other.

    It runs over the same code as a real port, so it fails as one does.
    """
    ours, theirs = socket.socketpair()
    settings = settings or PortSettings()
    return socket_port(url, ours, settings), socket_port(f"{url}#far", theirs, settings)
