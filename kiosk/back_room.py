"""What the kiosk has behind its counter, where it has it: a printer staff can handle, recalls, a room to train in."""

from dataclasses import dataclass, field
from typing import Protocol

from kiosk.ports import Desk, LabelQueue
from kiosk.staff_ports import CounterPrinter
from photocore.film_book import FilmBook
from photocore.recalls import Recall


class Training(Protocol):
    """A desk that forgets everything, and prints nothing that counts."""

    def begin(self) -> tuple[Desk, LabelQueue]:
        """Return a fresh one; one that was there before is gone. May raise JournalDown."""
        ...

    def end(self) -> None:
        """Take it away, with all that was done at it. Twice is harmless."""
        ...


@dataclass(frozen=True, kw_only=True)
class BackRoom:
    """Each part is optional; ``station`` is the name of this one among others."""

    printer: CounterPrinter | None = None
    training: Training | None = None
    recalls: tuple[Recall, ...] = field(default=())
    station: str = ""
    films: FilmBook = field(default_factory=FilmBook)
    """What the makers' numbers on cartridges are called; an empty one where nobody imported any."""


NO_BACK_ROOM = BackRoom()
