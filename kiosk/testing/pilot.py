"""Drives the real app: real touches through Kivy's own loop, frames, waiting with a deadline, pictures of the window.

Import this freely; it touches Kivy only when it is used.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.app import KioskApp
    from kiosk.ui.buttons import Touchable
    from kiosk.ui.toolkit import Widget
    from kiosk.view import Screen

DEADLINE_S = 30.0
"""No test is about speed: a loaded machine may take its time."""


class Pilot:
    """A pair of hands and eyes in front of one running app."""

    def __init__(self, app: "KioskApp", *, clock: Callable[[], float]) -> None:
        from kiosk.ui.toolkit import EventLoop  # noqa: PLC0415

        self.app = app
        self._clock = clock
        self._loop = EventLoop

    def frames(self, count: int = 2) -> None:
        """Let the loop turn ``count`` times."""
        for _ in range(count):
            self._loop.idle()

    def lay_out(self, turns: int = 2) -> None:
        """Let everything find its place without drawing it: quick, for tests that only measure."""
        from kiosk.ui.toolkit import Clock  # noqa: PLC0415

        for _ in range(turns):
            Clock.tick()
            Clock.tick_draw()

    def until(self, is_so: Callable[[], bool], *, deadline_s: float = DEADLINE_S, what: str = "") -> None:
        """Turn the loop until ``is_so``.

        Raises:
            AssertionError: it did not become so in time.
        """
        ends_at = self._clock() + deadline_s
        while not is_so():
            if self._clock() > ends_at:
                raise AssertionError(f"not within {deadline_s} s: {what or is_so}; on {self.app.machine.screen.name}")
            self._loop.idle()

    def until_screen(self, *names: str, deadline_s: float = DEADLINE_S) -> None:
        """Turn the loop until one of the screens named is shown."""
        shown = self.app.machine
        self.until(lambda: shown.screen.name in names, deadline_s=deadline_s, what=" or ".join(names))

    @property
    def screen(self) -> "Screen":
        """The screen as values."""
        return self.app.machine.screen

    def widgets(self) -> Iterator["Widget"]:
        """Yield every widget of the stage."""
        stage = self.app.stage
        if stage is None:
            raise AssertionError("the app has no stage yet")
        return stage.walk()

    def button(self, name: str) -> "Touchable":
        """Return the button with this id."""
        from kiosk.ui.buttons import Touchable  # noqa: PLC0415

        found = [w for w in self.widgets() if isinstance(w, Touchable) and w.button.id == name]
        if not found:
            raise AssertionError(f"no button {name!r} on {self.screen.name}")
        return found[-1]

    def tap(self, name: str) -> None:
        """Touch the button with this id, as a finger does: down, a frame, up."""
        self.frames(1)  # a page that was just shown lays itself out in its first frame
        self.touch(*self.centre(self.button(name)))

    def touch(self, x: float, y: float) -> None:
        """Touch the window at x, y."""
        from kiosk.testing.finger import Finger  # noqa: PLC0415  Kivy is touched when it is used, not before

        finger = Finger(x, y)
        finger.press()
        self.frames(1)
        finger.lift()
        self.frames(2)

    def centre(self, widget: "Widget") -> tuple[float, float]:
        """Return a widget's middle in the window."""
        return widget.to_window(*widget.center)

    def type_in(self, text: str) -> None:
        """Touch the keys of the keypad one by one."""
        for symbol in text:
            self.tap(f"key:{symbol}")

    def flip(self, count: int = 2) -> None:
        """Have ``count`` frames really drawn."""
        stage = self.app.stage
        if stage is None:
            raise AssertionError("the app has no stage yet")
        for _ in range(count):
            before = self.app.flips
            stage.canvas.ask_update()
            self.until(lambda before=before: self.app.flips > before, what="a flip")

    def screenshot(self, path: Path) -> Path:
        """Write the window to ``path`` as PNG, after two flips: before the second one it may be black."""
        from kiosk.ui.toolkit import Window  # noqa: PLC0415

        self.frames(2)
        self.flip(2)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = Path(Window.screenshot(name=str(path.with_suffix(".raw.png"))))
        written.replace(path)
        return path


@contextmanager
def opened_app(app: "KioskApp") -> Generator[None]:
    """Run ``app`` without its endless loop: the pilot turns the loop instead."""
    from kiosk.ui.toolkit import EventLoop, Window  # noqa: PLC0415

    app._run_prepare()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    EventLoop.status = "idle"
    EventLoop.start()
    try:
        yield
    finally:
        app.dispatch("on_stop")
        for child in list(Window.children):
            Window.remove_widget(child)
        EventLoop.touches[:] = []
        EventLoop.status = "idle"
