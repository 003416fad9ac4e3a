"""The folders of all sources that drop files, looked at in rounds; what is wrong with one is kept for the manager."""

import threading
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from pos_bridge.intake.drop import FileDrop

EVERY_S: Final = 2.0

_log = structlog.get_logger(__name__)


class DropRounds:
    """Looks at every folder once a round. ``on_news`` is called after a file brought lines nobody had told."""

    def __init__(self, drops: Iterable[FileDrop], on_news: Callable[[], object]) -> None:
        self._drops = {drop.source.name: drop for drop in drops}
        self._on_news = on_news
        self._lock = threading.Lock()
        self._troubles: dict[str, str] = {}

    def __len__(self) -> int:
        """Return how many folders there are."""
        return len(self._drops)

    def run(self) -> float:
        """Look at each folder once; return after how many seconds it wants to look again.

        Raises:
            JournalDown: nothing could be kept; every file is where it was.
        """
        for name, drop in self._drops.items():
            found = drop.scan()
            for taken in (*found.done, *found.rejected):
                _log.info("bridge.file", source=name, file=taken.name, lines=taken.lines, reasons=len(taken.reasons))
            self._note(name, found.troubles)
            if any(taken.news for taken in (*found.done, *found.rejected)):
                self._on_news()
        return EVERY_S

    def trouble(self, source: str) -> str:
        """Return what is wrong with a source's folder; of files it rejected :mod:`.intake.rejects` tells."""
        with self._lock:
            return self._troubles.get(source, "")

    def _note(self, name: str, troubles: list[str]) -> None:
        with self._lock:
            if troubles:
                self._troubles[name] = "; ".join(troubles)[:500]
