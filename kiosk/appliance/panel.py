"""Whether the touch panel is there, as the kernel lists it; a lost one is told, and nothing else stops for it.

The window hears of touches from the display server, which says nothing when a panel's plug is pulled. The kernel's own
list (``/proc/bus/input/devices``) can be read by anybody, so no rights and no library are needed for looking.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import structlog

LIST: Final = "/proc/bus/input/devices"
MANY_X: Final = 0x35
"""ABS_MT_POSITION_X of linux/input-event-codes.h: a panel for several fingers."""
ONE_X: Final = 0x00
"""ABS_X."""
TOUCH: Final = 0x14A
"""BTN_TOUCH."""
DIRECT: Final = 0x01
"""INPUT_PROP_DIRECT: what is touched is the screen itself, and no pad beside it."""


@dataclass(frozen=True, kw_only=True)
class InputDevice:
    """One input device: its name, its event file's name, and what it can tell, as sets of the kernel's numbers."""

    name: str
    event: str = ""
    properties: frozenset[int] = frozenset()
    keys: frozenset[int] = frozenset()
    axes: frozenset[int] = frozenset()

    @property
    def is_panel(self) -> bool:
        """Say whether fingers on a screen speak through it."""
        has_place = MANY_X in self.axes or (ONE_X in self.axes and TOUCH in self.keys)
        return has_place and (DIRECT in self.properties or not self.properties)


def read_devices(listed: str) -> Iterator[InputDevice]:
    """Yield each device of the kernel's list; what cannot be understood is left out."""
    for block in listed.split("\n\n"):
        facts: dict[str, str] = {}
        for line in block.splitlines():
            kind, _, rest = line.partition(": ")
            key, _, value = rest.partition("=")
            facts[f"{kind} {key.strip()}"] = value.strip()
        if "N Name" in facts:
            handlers = facts.get("H Handlers", "").split()
            yield InputDevice(
                name=facts["N Name"].strip('"'),
                event=next((handler for handler in handlers if handler.startswith("event")), ""),
                properties=_bits(facts.get("B PROP", "")),
                keys=_bits(facts.get("B KEY", "")),
                axes=_bits(facts.get("B ABS", "")),
            )


def panels(listed: str) -> tuple[str, ...]:
    """Return the names of the touch panels in the kernel's list, each once."""
    return tuple(dict.fromkeys(device.name for device in read_devices(listed) if device.is_panel))


class PanelWatch:
    """Remembers which panels there were. ``expects`` one: a kiosk that has never seen any misses it too.

    ``read`` returns the kernel's list; it may raise OSError where there is none.
    """

    def __init__(self, read: Callable[[], str], *, expects: bool = False) -> None:
        self._read = read
        self._expects = expects
        self._there: dict[str, bool] = {}
        self._log: Any = structlog.get_logger().bind(room="kiosk")

    def look(self) -> None:
        """Look again, and log what came or went since: one line each."""
        try:
            now = panels(self._read())
        except OSError:
            return
        for name in now:
            if self._there.get(name) is False:
                self._log.info("panel.back", panel=name)
            self._there[name] = True
        for name, was_there in self._there.items():
            if was_there and name not in now:
                self._there[name] = False
                self._log.warning("panel.lost", panel=name)

    def seen(self) -> tuple[tuple[str, bool], ...]:
        """Return each panel's name and whether it is there; one without a name where one is expected and none was."""
        if not self._there and self._expects:
            return (("", False),)
        return tuple(self._there.items())


def _bits(words: str) -> frozenset[int]:
    """Return the numbers whose bits are set in a list of hexadecimal words, the last of which holds the lowest."""
    found: set[int] = set()
    try:
        for place, word in enumerate(reversed(words.split())):
            value = int(word, 16)
            found |= {64 * place + bit for bit in range(64) if value >> bit & 1}
    except ValueError:
        return frozenset()
    return frozenset(found)
