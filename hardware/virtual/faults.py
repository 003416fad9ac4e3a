"""What goes wrong with a device, as one vocabulary: for the virtual devices, their command lines and the tests alike.

A word means one thing a person could see happen; what it does to a scanner and to a printer stands beside it, or why
that device cannot have it. So a test can go through every word and every driver, and none can be forgotten
(research/architecture.md H; tests/hardware/test_fault_matrix.py). The words are OctoPrint's idea, not its list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol


class Fault(StrEnum):
    """The words, as they are typed."""

    MUTE = "mute"
    GO_AWOL = "go_awol"
    GARBLE = "garble"
    SPLIT_FRAMES = "split_frames"
    DOUBLE_READ = "double_read"
    UNPLUG = "unplug"
    REPLUG_AS_OTHER_PORT = "replug_as_other_port"
    SLOW = "slow"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_JAM = "cutter_jam"
    HEAD_HOT = "head_hot"
    WRONG_STOCK = "wrong_stock"
    LABEL_LEFT = "label_left"
    BROWN_OUT_MIDJOB = "brown_out_midjob"


WORDS: Final = frozenset(fault.value for fault in Fault)


Part = Literal["nothing", "cutter", "labels", "peel bar"]
"""What only some printers have."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a word does to each kind of device; empty where ``no_scanner`` says why it cannot have it.

    ``needs`` names the part a printer must have for it: not every printer has a cutter, or peels labels.
    ``amount`` is what a number behind the word means, with its default; 0 where it takes none.
    """

    scanner: str = ""
    printer: str = ""
    no_scanner: str = ""
    needs: Part = "nothing"
    amount: str = ""
    default: float = 0.0


_NO_PAPER: Final = "a scanner has no paper"

STORIES: Final[dict[Fault, Story]] = {
    Fault.MUTE: Story(scanner="reads and sends nothing", printer="prints and says nothing"),
    Fault.GO_AWOL: Story(scanner="stops in the middle of a scan", printer="hangs: hears, prints and says nothing"),
    Fault.GARBLE: Story(
        scanner="sends wrong bits", printer="says wrong bits", amount="share of bytes, 0 to 1", default=1.0
    ),
    Fault.SPLIT_FRAMES: Story(scanner="sends a scan in pieces", printer="says each byte by itself"),
    Fault.DOUBLE_READ: Story(scanner="sends each scan twice", printer="says everything twice"),
    Fault.UNPLUG: Story(scanner="is pulled out", printer="loses its cable, and prints on"),
    Fault.REPLUG_AS_OTHER_PORT: Story(
        scanner="comes back as another device", printer="comes back as another device, or another connection"
    ),
    Fault.SLOW: Story(
        scanner="types at so many baud", printer="prints so many rows a second", amount="baud or rows/s", default=300
    ),
    Fault.PAPER_LOW: Story(printer="nears the end of its roll", no_scanner=_NO_PAPER),
    Fault.PAPER_OUT: Story(printer="has no paper", no_scanner=_NO_PAPER, amount="rows still printed", default=0),
    Fault.COVER_OPEN: Story(printer="is open", no_scanner="a scanner has no cover"),
    Fault.CUTTER_JAM: Story(printer="jams at its next cut", no_scanner="a scanner has no cutter", needs="cutter"),
    Fault.HEAD_HOT: Story(printer="is too hot to print", no_scanner="a scanner has no print head"),
    Fault.WRONG_STOCK: Story(printer="is loaded with paper that has no labels", no_scanner=_NO_PAPER, needs="labels"),
    Fault.LABEL_LEFT: Story(printer="keeps a peeled label that nobody takes", no_scanner=_NO_PAPER, needs="peel bar"),
    Fault.BROWN_OUT_MIDJOB: Story(
        scanner="loses its power in the middle of the next scan",
        printer="loses its power, and what it holds; switched on again at the end",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """A fault to begin, or to end, as a person types it."""

    fault: Fault
    amount: float
    ends: bool = False


class Faulty(Protocol):
    """A device that misbehaves by word."""

    def begin(self, fault: Fault, amount: float | None = None) -> None:
        """Let ``fault`` be so from now on.

        Raises:
            ValueError: this device cannot have it, and why.
        """
        ...

    def end(self, fault: Fault) -> None:
        """Let it be so no more; what a person must do to it is done."""
        ...


def read_order(line: str) -> Order | None:
    """Read ``WORD [NUMBER]`` or ``end WORD``; None for a line that begins with no word of the vocabulary.

    Raises:
        ValueError: the number is none, or ``end`` names no fault.
    """
    first, _, rest = line.strip().partition(" ")
    ends = first == "end"
    word, _, number = (rest if ends else line.strip()).partition(" ")
    if word not in WORDS:
        if ends:
            raise ValueError(f"There is no fault {word!r}; there are: {', '.join(sorted(WORDS))}.")
        return None
    fault = Fault(word)
    return Order(fault=fault, amount=float(number) if number else STORIES[fault].default, ends=ends)


def obey(device: Faulty, line: str) -> bool:
    """Carry out a line of the vocabulary; say whether it was one.

    Raises:
        ValueError: it cannot be understood, or this device cannot have it.
    """
    order = read_order(line)
    if order is None:
        return False
    if order.ends:
        device.end(order.fault)
    else:
        device.begin(order.fault, order.amount)
    return True


def help_lines(kind: str, mark: str = "") -> str:
    """Return what the words do to a ``scanner`` or a ``printer``, one a line; ``mark`` stands before each word."""
    return "\n".join(_told(kind, mark))


def _told(kind: str, mark: str) -> Iterable[str]:
    for fault, story in STORIES.items():
        does = story.scanner if kind == "scanner" else story.printer
        if does:
            number = " [N]" if story.amount else ""
            yield f"{mark}{fault}{number}".ljust(28) + does + (f" ({story.amount})" if story.amount else "")
    yield f"{mark}end WORD".ljust(28) + "puts it right again"
