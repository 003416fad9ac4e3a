"""The virtual scanner by the words of :mod:`hardware.virtual.faults`: a fault lasts until it is ended."""

from hardware.virtual import keystrokes
from hardware.virtual.faults import STORIES, Fault
from hardware.virtual.keystrokes import Stroke
from hardware.virtual.scanner import VirtualScanner


class FaultyScanner:
    """A scanner and what is wrong with it; :meth:`scan` types as it can."""

    def __init__(self, scanner: VirtualScanner) -> None:
        self._scanner = scanner
        self._wrong: dict[Fault, float] = {}

    def begin(self, fault: Fault, amount: float | None = None) -> None:
        """Let ``fault`` be so from now on.

        Raises:
            ValueError: a scanner cannot have it.
        """
        story = STORIES[fault]
        if story.no_scanner:
            raise ValueError(f"{fault}: {story.no_scanner}.")
        if fault is Fault.UNPLUG:
            self._scanner.unplug()
        elif fault is Fault.REPLUG_AS_OTHER_PORT:
            self._scanner.unplug()
            self._scanner.plug()
            return
        elif fault is Fault.SLOW:
            self._scanner.pace(int(amount or story.default))
        self._wrong[fault] = story.default if amount is None else amount

    def end(self, fault: Fault) -> None:
        """Put it right."""
        self._wrong.pop(fault, None)
        if fault is Fault.SLOW:
            self._scanner.pace(0)
        self._scanner.plug()

    def scan(self, code: str | bytes) -> None:
        """Type one scan, with everything that is wrong.

        Raises:
            HardwareError: it is unplugged, or nobody reads.
        """
        scan = self._scanner.encode(code)
        if Fault.MUTE in self._wrong:
            return
        if self._wrong.pop(Fault.BROWN_OUT_MIDJOB, None) is not None:
            self._scanner.pull_in_mid_scan(code)
            self._scanner.plug()
        elif Fault.GO_AWOL in self._wrong:
            self._scanner.strike(Stroke(data=scan[: len(scan) // 2]))
        else:
            self._scanner.strike(*self._strokes(scan))

    def _strokes(self, scan: bytes) -> tuple[Stroke, ...]:
        if (ratio := self._wrong.get(Fault.GARBLE)) is not None:
            code = scan.rstrip(keystrokes.ENDS)  # noise that eats the end as well is a flood: see keystrokes
            scan = keystrokes.garbled_throughout(code, ratio) + scan[len(code) :]
        if Fault.SPLIT_FRAMES in self._wrong:
            return keystrokes.split(scan)
        return keystrokes.doubled(scan) if Fault.DOUBLE_READ in self._wrong else keystrokes.whole(scan)
