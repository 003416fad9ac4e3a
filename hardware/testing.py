"""Behaving fakes of this package's ports.

:class:`Workbench` is a bench of devices in memory: what is plugged in can be opened, by one at a time; what is
pulled out fails as a real plug does. Its lines are real descriptors, so waiting, cancelling and deadlines are too.
"""

from hardware.errors import PortDown, PortFault
from hardware.transport import Port, PortSettings, loop_pair
from hardware.transport.descriptor import DescriptorPort


class Workbench:
    """Fake devices by URL, for :class:`hardware.transport.PortOpener`."""

    def __init__(self) -> None:
        self.opened: list[tuple[str, PortSettings]] = []
        self._faults: dict[str, PortFault] = {}
        self._lines: dict[str, tuple[DescriptorPort, DescriptorPort]] = {}
        self._plugged: set[str] = set()

    def plug(self, url: str) -> None:
        """Put a device there."""
        self._plugged.add(url)

    def unplug(self, url: str) -> None:
        """Pull it out: who has it open gets ``PortDown(GONE)``."""
        self._plugged.discard(url)
        if url in self._lines:
            self._lines.pop(url)[1].close()

    def clear(self) -> None:
        """Pull everything out."""
        for url in tuple(self._plugged):
            self.unplug(url)

    def refuse(self, url: str, fault: PortFault | None) -> None:
        """Let every open fail for this reason; None: no more."""
        self._faults.pop(url, None)
        if fault is not None:
            self._faults[url] = fault

    def device(self, url: str) -> Port:
        """Return the device's end of an open line."""
        return self._lines[url][1]

    def is_open(self, url: str) -> bool:
        """Say whether a host holds it."""
        return url in self._lines and not self._lines[url][0].is_closed

    def __call__(self, url: str, *, settings: PortSettings | None = None) -> Port:
        """Open ``url`` as :func:`hardware.transport.open_port` does."""
        if url in self._faults:
            raise PortDown(url, self._faults[url])
        if url not in self._plugged:
            raise PortDown(url, PortFault.MISSING)
        if self.is_open(url):
            raise PortDown(url, PortFault.BUSY)
        settings = settings or PortSettings()
        self.opened.append((url, settings))
        self._lines[url] = loop_pair(url, settings)
        return self._lines[url][0]
