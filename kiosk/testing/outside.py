"""What the window system would tell the window: keys, mouse, a file dropped on it, a wish to close it.

It goes in where SDL's events come in, so the toolkit's own loop takes it and decides what it means; a test of what
must lead nowhere proves nothing when it calls our own handlers.
"""

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

Told = tuple[object, ...]
"""One event as SDL's storage gives it to the toolkit: its name and what comes with it."""


class Outside:
    """Stands in front of the window's event queue; what is put here comes first, then what SDL has itself."""

    def __init__(self, real: Any) -> None:  # noqa: ANN401  the toolkit has no types
        self._real = real
        self._waiting: deque[Told] = deque()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """Be the real storage in everything else."""
        return getattr(self._real, name)

    def tell(self, *told: object) -> None:
        """Put one event, such as ``("quit",)``."""
        self._waiting.append(told)

    def key(self, code: int, *, held: int = 0, text: str = "") -> None:
        """Put a key that goes down and up, with modifiers ``held`` (SDL's bits), and the text it makes."""
        self.tell("keydown", held, code, 0, text or None)
        if text:
            self.tell("textinput", text)
        self.tell("keyup", held, code, 0, text or None)

    def click(self, x: float, y: float, button: int = 1) -> None:
        """Put a mouse button that goes down and up at x, y, from the upper left corner."""
        self.tell("mousebuttondown", x, y, button)
        self.tell("mousebuttonup", x, y, button)

    def poll(self) -> object:
        """Give the next event, as the toolkit asks for it; False when there is none."""
        return self._waiting.popleft() if self._waiting else self._real.poll()


@contextmanager
def outside() -> Generator[Outside]:
    """Stand before the window's events for the length of the block."""
    from kiosk.ui.toolkit import Window  # noqa: PLC0415  Kivy is touched when it is used, not before

    window: Any = Window
    real = window._win  # noqa: SLF001  there is no public way in
    window._win = made = Outside(real)  # noqa: SLF001
    try:
        yield made
    finally:
        window._win = real  # noqa: SLF001


def listen() -> None:
    """Let the window take what waits for it, as its loop does after each turn."""
    from kiosk.ui.toolkit import Window  # noqa: PLC0415

    window: Any = Window
    window.mainloop()
