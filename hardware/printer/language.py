"""What every printer language can do for us: ESC/POS, ZPL and TSPL differ in bytes, and in what they can prove.

Pure and sans-I/O: a language turns our verbs into bytes and a printer's replies into what is known. The session keeps
the line, the conversation what was asked, the delivery what became of a label; none of them knows a byte.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from hardware.printer.raster import Raster
from hardware.printer.status import PrinterStatus

Document = tuple[bytes, ...]
"""Pieces to send one after the other. Between two of them a question may be asked, so each is a whole command."""

Question = int
"""What a printer can be asked, in its language's own numbers."""

ProvesBy = Literal["echo", "count", "nothing"]
"""How a printer proves one label.

``echo``: it sends an id of ours back once everything before it is on paper. ``count``: it tells how many labels it has
printed, or that one waits to be taken, and that it holds nothing more. ``nothing``: only a person can look.
"""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """XON or XOFF: whether the host may send."""

    may_send: bool


@dataclass(frozen=True, kw_only=True)
class ProcessId:
    """An echoed id: all data before it is on paper."""

    process_id: str


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Bytes no manual explains: a wrong baud rate, another language, a broken cable."""

    raw: bytes


class Saying:
    """Anything else a printer says; the language that made it knows what it means."""


Event = Flow | ProcessId | Noise | Saying


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """What a saying changes: the new status, whether it answers the question asked, whether it says "I am empty"."""

    status: PrinterStatus
    answers: bool = False
    cleared: bool = False


class Replies(Protocol):
    """Tells apart what comes in on one line; any split of the same bytes gives the same events."""

    def feed(self, received: bytes) -> list[Event]:
        """Return the events that ``received`` completes."""
        ...


class PrinterLanguage(Protocol):
    """One language as one printer profile speaks it."""

    @property
    def proves_by(self) -> ProvesBy:
        """Return how it proves a label."""
        ...

    @property
    def tells_changes(self) -> bool:
        """Say whether it reports a change of its status by itself; if not, it is asked again and again."""
        ...

    @property
    def pulse(self) -> Question:
        """Return the question that is answered at once, whatever is being printed."""
        ...

    @property
    def optional(self) -> frozenset[Question]:
        """Return the questions that some models leave unanswered; then they are not asked again on that line."""
        ...

    def greeting(self) -> tuple[bytes, ...]:
        """Return what is said when the line opens."""
        ...

    def replies(self) -> Replies:
        """Return a parser for one line."""
        ...

    def next_question(self, asked: tuple[Question, ...], known: PrinterStatus) -> Question | None:
        """Return what to ask next for a whole status; None when enough was ``asked``."""
        ...

    def ask(self, question: Question) -> bytes:
        """Return a question's bytes."""
        ...

    def learn(self, known: PrinterStatus, said: Saying, asked: Question | None) -> Learnt | None:
        """Return what ``said`` means while ``asked`` waits for its answer; None if it means nothing."""
        ...

    def ask_proof(self, process_id: str) -> bytes:
        """Return what makes an ``echo`` printer send this id back.

        Raises:
            ValueError: the id is not four printable ASCII characters.
        """
        ...

    def clear(self) -> bytes:
        """Return what makes it drop everything it holds."""
        ...

    @property
    def may_clear(self) -> bool:
        """Say whether :meth:`clear` may be sent to a printer that has not yet proved anything."""
        ...

    @property
    def says_cleared(self) -> bool:
        """Say whether it answers :meth:`clear`; if not, it is asked until it holds nothing."""
        ...

    def recover(self) -> bytes:
        """Return what ends an error that a person has cleared away, and drops what was held."""
        ...

    def end_command(self, missing: int) -> bytes:
        """Return what ends a command of which at most ``missing`` bytes never went out, without printing."""
        ...

    def label(self, raster: Raster) -> Document:
        """Return one label, or one whole drawn receipt."""
        ...

    def discard(self) -> bytes:
        """Return what brings a spoilt piece out, so that the next print stands on paper of its own."""
        ...
