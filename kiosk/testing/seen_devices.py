"""The devices of a kiosk without any: what their links would tell is set by whoever asks."""

from kiosk.flow.staff_values import AidsSeen, NewDevice, PanelSeen, PrinterSeen, ScannerSeen


class SeenDevices:
    """Devices of a station as a test sets them; ``is_gone`` are those that were unplugged before the answer came."""

    def __init__(self, scanners: tuple[ScannerSeen, ...], printers: tuple[PrinterSeen, ...]) -> None:
        self.seen = scanners
        self._printers = printers
        self.settled: list[tuple[NewDevice, bool]] = []
        self.is_gone = False

    def scanners(self) -> tuple[ScannerSeen, ...]:
        """Return the scanners."""
        return self.seen

    def printers(self) -> tuple[PrinterSeen, ...]:
        """Return the printers."""
        return self._printers

    def settle_new(self, device: NewDevice, *, is_new: bool) -> bool:
        """Remember the answer, unless the device is gone."""
        if not self.is_gone:
            self.settled.append((device, is_new))
        return not self.is_gone

    def aids(self) -> AidsSeen | None:
        """Return a keypad that is gone; a counter without any device has none."""
        return AidsSeen(are_there=False) if self.seen else None

    def panels(self) -> tuple[PanelSeen, ...]:
        """Return the touch panel, which is gone; a counter without any device has none."""
        return (PanelSeen(name="ELO 2402L", is_there=False),) if self.seen else ()
