"""The window's doors, shut: whatever the window system or a keyboard asks, the kiosk goes on in its one window.

Keys reach the kiosk by ``on_key_down`` alone, where the tactile keypad's are taken; what the toolkit would do with any
other (its settings at F1, an exit at Escape) is refused here, with a wish to close, hide or shrink the window and with
files and texts dropped on it. The ways out that are left: SIGTERM, which a service manager sends, and what staff may
do behind badge and PIN (research: kivy 5.1, pos_kiosk 2.4).
"""

from collections.abc import Callable
from typing import Final, Protocol

REFUSED: Final[tuple[str, ...]] = (
    "on_request_close",
    "on_keyboard",
    "on_textinput",
    "on_textedit",
    "on_drop_begin",
    "on_drop_file",
    "on_drop_text",
    "on_drop_end",
    "on_joy_axis",
    "on_joy_ball",
    "on_joy_hat",
    "on_joy_button_down",
    "on_joy_button_up",
)
"""What the toolkit's window offers, and nobody in front of a kiosk is given."""

BROUGHT_BACK: Final[tuple[str, ...]] = ("on_minimize", "on_hide")


class Window(Protocol):
    """What we need of the toolkit's window, which is no business of this room."""

    def bind(self, **kwargs: Callable[..., object]) -> None:
        """Call these for these events, before those that were bound earlier."""
        ...

    def unbind(self, **kwargs: Callable[..., object]) -> None:
        """Call them no more."""
        ...

    def restore(self) -> None:
        """Be there again after having been made small."""
        ...

    def raise_window(self) -> None:
        """Stand before all others."""
        ...


class WindowLock:
    """Shuts the doors of one window until :meth:`release`."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._bound: dict[str, Callable[..., object]] = {name: _refuse for name in REFUSED}  # noqa: C420  typed so
        self._bound.update((name, self._bring_back) for name in BROUGHT_BACK)
        window.bind(**self._bound)

    def release(self) -> None:
        """Open the doors again: the window is to be another app's."""
        self._window.unbind(**self._bound)

    def _bring_back(self, *_: object) -> None:
        self._window.restore()
        self._window.raise_window()


def _refuse(*_: object, **__: object) -> bool:
    """Say that it is dealt with, so that nobody else hears of it."""
    return True
