"""A scanner as UnifiedPOS has it: scans queue up, and each is told only after the client asks for the next.

DataEventEnabled is set false with every DataEvent, so a slow till loses nothing: what it has not asked for waits here,
:data:`MOST_WAITING` scans at most. One more is refused, and the scanner says so to whoever holds it.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pos_bridge.facade.events import Event
from pos_bridge.facade.machine import DeviceMachine, Rung, Session
from pos_bridge.facade.words import DeviceRefused, Fault, Locus, Scanned, split_label

MOST_WAITING: Final = 64

_FLAGS: Final = ("DataEventEnabled", "AutoDisable", "DecodeData")


@dataclass
class _Input:
    """What one session's scanner side holds."""

    waiting: deque[str] = field(default_factory=deque[str])
    last: tuple[str, str, Scanned] = ("", "", Scanned.UNKNOWN)
    flags: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(_FLAGS, False) | {"DecodeData": True})


class ScannerMachine(DeviceMachine):
    """One scanner. See :class:`DeviceMachine`."""

    category = "Scanner"

    def __init__(self, name: str, on_event: Callable[[str, Event], object] = lambda session, event: None) -> None:
        super().__init__(name, on_event)
        self._inputs: dict[str, _Input] = {}

    def scan(self, raw: str, now: float) -> bool:
        """Take a scan, as it came off the line; say whether a client has it, or will have."""
        self.expire(now)
        holder = self.holder()
        if holder is None or holder.rung < Rung.ENABLED:
            return False
        side = self._side(holder)
        if len(side.waiting) >= MOST_WAITING:
            said = {"error_code": Fault.E_FAILURE, "error_locus": Locus.EL_INPUT}
            self.tell(holder, "ErrorEvent", **said, message=f"{MOST_WAITING} scans wait: this one was refused")
            return False
        side.waiting.append(raw)
        if side.flags["AutoDisable"]:
            super()._step_down(holder, Rung.CLAIMED)
        self._deliver(holder)
        return True

    def clear_input(self, session: str, now: float) -> None:
        """Forget the scans that wait. Raises as :meth:`claimed`."""
        self._side(self.claimed(session, now)).waiting.clear()

    def properties(self, session: str, now: float) -> dict[str, Any]:
        """Return all properties. Raises E_CLOSED."""
        common = super().properties(session, now)
        side = self._side(self.sessions[session])
        raw, label, kind = side.last
        said = {"ScanData": raw, "ScanDataLabel": label, "ScanDataType": int(kind), "DataCount": len(side.waiting)}
        return common | said | side.flags

    def set(self, session: str, name: str, value: object, now: float) -> None:
        """Set one property; the scanner's own, or a common one. Raises as :meth:`DeviceMachine.set`."""
        if name not in _FLAGS:
            super().set(session, name, value, now)
            return
        opened = self.at(session, now)
        if value not in (True, False):
            raise DeviceRefused(Fault.E_ILLEGAL, f"{name} is true or false.")
        self._side(opened).flags[name] = bool(value)
        self._deliver(opened)

    def close(self, session: str, now: float) -> None:
        """Close it; scans that wait are gone. Raises E_CLOSED."""
        super().close(session, now)
        self._inputs.pop(session, None)

    def expire(self, now: float) -> None:
        """As :meth:`DeviceMachine.expire`; what forgotten clients held is forgotten too."""
        super().expire(now)
        for session in self._inputs.keys() - self.sessions.keys():
            del self._inputs[session]

    def _deliver(self, session: Session) -> None:
        side = self._side(session)
        if not side.waiting or not side.flags["DataEventEnabled"] or session.freezes:
            return
        side.flags["DataEventEnabled"] = False
        raw = side.waiting.popleft()
        label, kind = split_label(raw) if side.flags["DecodeData"] else ("", Scanned.UNKNOWN)
        side.last = (raw, label, kind)
        self.tell(
            session, "DataEvent", status=len(label), scan_data=raw, scan_data_label=label, scan_data_type=int(kind)
        )

    def _step_down(self, session: Session, rung: Rung) -> None:
        super()._step_down(session, rung)
        if rung < Rung.CLAIMED:
            side = self._side(session)
            side.waiting.clear()
            side.flags["DataEventEnabled"] = False

    def _thawed(self, session: Session) -> None:
        self._deliver(session)

    def _side(self, session: Session) -> _Input:
        return self._inputs.setdefault(session.id, _Input())
