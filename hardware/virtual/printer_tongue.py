"""What a virtual printer needs of the language it speaks, and what that language may do to the printer.

A tongue is a maker's manual as a judge: it reads what a host sends, obeys at once what the manual says is
obeyed at once, and answers byte for byte. Paper, cover, cutter, power and the line are the same for all and stand in
:mod:`hardware.virtual.printer_mechanics`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Protocol

from hardware.virtual.paper import Rows
from hardware.virtual.printer_senses import Senses

if TYPE_CHECKING:
    from hardware.virtual.printer_stock import LabelPath

Parted = Literal["cut", "torn", "fed", "peeled"]
"""How a piece of paper leaves: by the cutter, by force, on its liner, or taken off at the peel bar."""


class Body(Protocol):
    """The printer round a tongue. ``drops`` marks what is being printed: what was dropped meanwhile raises."""

    @property
    def senses(self) -> Senses:
        """What it feels now."""
        ...

    def say(self, said: bytes) -> None:
        """Send something to the host, as far as its voice goes."""
        ...

    def lay(self, rows: Rows, drops: int) -> None:
        """Print rows, standing still where it must and going on afterwards."""
        ...

    def lay_at_once(self, rows: Rows, drops: int) -> bool:
        """Print rows; say no if it had to stop in the middle (it is ready again then, the rest is not printed)."""
        ...

    def stand_ready(self, drops: int) -> None:
        """Wait until something can be printed."""
        ...

    def await_taken(self, drops: int) -> None:
        """Wait until the label at the peel bar was taken."""
        ...

    def cut(self, drops: int) -> None:
        """Feed to the cutter and cut; it may jam."""
        ...

    def part(self, how: Parted) -> bool:
        """End the hanging piece; say whether there was any."""
        ...

    def feel(self, **switches: bool) -> None:
        """Change what it senses, and let whoever waits look again."""
        ...

    def drop(self) -> None:
        """Forget everything received and not yet printed."""
        ...


class Tongue(Protocol):
    """One printer language, from the printer's side. ``unknown`` collects what it was sent and did not understand."""

    unknown: list[bytes]

    @property
    def path(self) -> "LabelPath | None":
        """The way a label takes; None where paper is cut."""
        ...

    def overhear(self, received: bytes) -> Iterable[tuple[int, bytes]]:
        """Look at what just came in; yield (offset after it, command) of each to obey before the next is sought."""
        ...

    def obey(self, command: bytes) -> None:
        """Do such a command now, whatever waits in the buffer."""
        ...

    def read(self, received: bytes) -> Iterable[object]:
        """Return the commands that ``received`` completes, for the head to do one after the other."""
        ...

    def do(self, command: object, drops: int) -> None:
        """Carry out one command."""
        ...

    def forget(self) -> None:
        """Drop what is half received, as clearing the buffer does."""
        ...

    def felt(self) -> None:
        """Notice that the sensors may have changed."""
        ...

    def wake_up(self) -> None:
        """Go back to the modes of power-on."""
        ...
