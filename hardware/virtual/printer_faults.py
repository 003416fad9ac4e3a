"""The virtual printer by the words of :mod:`hardware.virtual.faults`: a fault lasts until it is ended."""

from collections.abc import Callable
from functools import partial

from hardware.virtual.faults import STORIES, Fault
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_stock import LabelPath, Stock


class FaultyPrinter:
    """A printer and the verbs by which each fault begins and ends."""

    def __init__(self, printer: VirtualPrinter) -> None:
        voice = printer.voice
        self._begins: dict[Fault, Callable[[float], object]] = {
            Fault.MUTE: lambda _: printer.mute(),
            Fault.GO_AWOL: lambda _: printer.hang(),
            Fault.GARBLE: lambda ratio: printer.garble(ratio=ratio),
            Fault.SPLIT_FRAMES: lambda _: setattr(voice, "is_split", True),
            Fault.DOUBLE_READ: lambda _: setattr(voice, "is_doubled", True),
            Fault.UNPLUG: lambda _: printer.unplug(),
            Fault.REPLUG_AS_OTHER_PORT: lambda _: (printer.unplug(), printer.plug()),
            Fault.SLOW: printer.pace,
            Fault.PAPER_LOW: lambda _: printer.near_end(),
            Fault.PAPER_OUT: lambda rows: printer.paper_out(after_rows=int(rows)),
            Fault.COVER_OPEN: lambda _: printer.open_cover(),
            Fault.CUTTER_JAM: lambda _: printer.jam_cutter(),
            Fault.HEAD_HOT: lambda _: printer.heat_head(),
            Fault.WRONG_STOCK: lambda _: demand(printer).load(Stock()),
            Fault.LABEL_LEFT: lambda _: demand(printer).leave(),
            Fault.BROWN_OUT_MIDJOB: lambda _: printer.power_off(),
        }
        self._ends: dict[Fault, Callable[[], object]] = {
            Fault.MUTE: partial(printer.mute, is_mute=False),
            Fault.GO_AWOL: partial(printer.hang, is_hung=False),
            Fault.GARBLE: partial(printer.garble, is_garbling=False),
            Fault.SPLIT_FRAMES: lambda: setattr(voice, "is_split", False),
            Fault.DOUBLE_READ: lambda: setattr(voice, "is_doubled", False),
            Fault.UNPLUG: printer.plug,
            Fault.REPLUG_AS_OTHER_PORT: printer.plug,
            Fault.SLOW: partial(printer.pace, None),
            Fault.PAPER_LOW: printer.refill,
            Fault.PAPER_OUT: printer.refill,
            Fault.COVER_OPEN: printer.close_cover,
            Fault.CUTTER_JAM: printer.free_cutter,
            Fault.HEAD_HOT: partial(printer.heat_head, is_hot=False),
            Fault.WRONG_STOCK: lambda: demand(printer).load(None),
            Fault.LABEL_LEFT: lambda: demand(printer).leave(is_left=False),
            Fault.BROWN_OUT_MIDJOB: printer.power_on,
        }

    def begin(self, fault: Fault, amount: float | None = None) -> None:
        """Let ``fault`` be so from now on."""
        self._begins[fault](STORIES[fault].default if amount is None else amount)

    def end(self, fault: Fault) -> None:
        """Put it right."""
        self._ends[fault]()


def demand(printer: VirtualPrinter) -> LabelPath:
    """Return the way its labels take.

    Raises:
        ValueError: it prints no labels.
    """
    if printer.labels is None:
        raise ValueError("This printer has no labels: it cuts its paper.")
    return printer.labels
