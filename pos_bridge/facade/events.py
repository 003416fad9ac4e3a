"""What a device tells a client, numbered, and kept a while: a client that slept asks for what came after a number."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from pos_bridge.facade.words import Fault, Locus

MOST_KEPT: Final = 256
"""Events of one session; a client that is so far behind is cut, and told so when it comes back."""

EventName = Literal["DataEvent", "StatusUpdateEvent", "ErrorEvent", "OutputCompleteEvent"]

_NAMES: Final = {"output_id": "OutputID", "output_ids": "OutputIDs"}


def upos_name(name: str) -> str:
    """Return a field's name as UnifiedPOS writes it: ``scan_data`` is ScanData."""
    return _NAMES.get(name) or "".join(part.capitalize() for part in name.split("_"))


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename=upos_name):
    """One event. ``number`` counts from 1 in each session.

    ``is_proven`` of a completed output says whether the printer itself vouched for it.
    """

    number: int
    event: EventName
    status: int | None = None
    scan_data: str | None = None
    scan_data_label: str | None = None
    scan_data_type: int | None = None
    error_code: Fault | None = None
    error_code_extended: int | None = None
    error_locus: Locus | None = None
    output_id: int | None = None
    output_ids: tuple[int, ...] = ()
    is_proven: bool | None = None
    message: str = ""

    def __repr__(self) -> str:
        return f"Event({self.number} {self.event})"


class EventLog:
    """The last events of one session, in order."""

    def __init__(self) -> None:
        self._kept: deque[Event] = deque(maxlen=MOST_KEPT)
        self.last = 0

    def add(self, event: EventName, **said: Any) -> Event:  # noqa: ANN401  the fields of an Event
        """Give an event its number, and keep it."""
        self.last += 1
        made = Event(number=self.last, event=event, **said)
        self._kept.append(made)
        return made

    def after(self, number: int) -> Iterable[Event] | None:
        """Return the events after ``number``; None where some of them are gone, or none ever had that number."""
        if number > self.last or number < self.last - len(self._kept):
            return None
        return [event for event in self._kept if event.number > number]
