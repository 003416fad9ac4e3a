"""Who has a device: opened, claimed, enabled. Pure, time is an argument; one thread at a time.

A device is for one client at a time (UnifiedPOS chapter 1, "exclusive-use devices"): many may open it, one claims it,
and only that one enables it. Over a network a client can die without a word. So a claim is a lease: every request
renews it, a connected WebSocket holds it, and :data:`LEASE_S` after the last sign of life it is gone; where a WebSocket
fell and did not come back, already after :data:`AFTER_LINK_S`. A till that began anew has not to wait even for that: it
takes the claim from the session it opened under the same name before.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pos_bridge.facade.events import Event, EventLog, EventName
from pos_bridge.facade.words import DeviceRefused, Fault, Locus, Power, State

LEASE_S: Final = 30.0
AFTER_LINK_S: Final = 5.0
"""Within so long a client whose last WebSocket fell comes back, or asks for something; else it is dead."""
FORGET_S: Final = 900.0
"""A session without a sign of life is closed after so long; until then its events can still be asked for."""
MOST_SESSIONS: Final = 16
"""Of one device."""
MOST_LINKS: Final = 4
"""WebSockets of one session."""


class Rung(enum.IntEnum):
    """How far a session has come with its device."""

    OPENED = 1
    CLAIMED = 2
    ENABLED = 3


@dataclass
class Session:
    """One client's opening of one device."""

    id: str
    seen_at: float
    lease_ends: float
    till: str = ""
    """The name that the till gave itself, if it did."""
    log: EventLog = field(default_factory=EventLog)
    rung: Rung = Rung.OPENED
    links: int = 0
    """WebSockets that stand."""
    freezes: bool = False
    wants_power: bool = False

    def is_alive(self, now: float) -> bool:
        """Say whether it gave a sign of life within the lease."""
        return self.links > 0 or now < self.lease_ends


class DeviceMachine:
    """One device and its sessions. What is scanned or printed is for :mod:`.scanning` and :mod:`.printing`.

    ``on_event`` hears of each event, to wake whoever waits for it.
    """

    category = ""

    def __init__(self, name: str, on_event: Callable[[str, Event], object] = lambda session, event: None) -> None:
        self.name = name
        self.sessions: dict[str, Session] = {}
        self.power = Power.PS_UNKNOWN
        self._on_event = on_event

    # -- opening and closing ------------------------------------------------------------------------------------------

    def open(self, session: str, now: float, till: str = "") -> Session:
        """Open the device for a new client; ``till`` is the name it gives itself.

        Raises:
            DeviceRefused: E_BUSY, too many clients have it open.
        """
        self.expire(now)
        if len(self.sessions) >= MOST_SESSIONS:
            raise DeviceRefused(Fault.E_BUSY, f"{self.name} is open for {MOST_SESSIONS} clients already.")
        made = self.sessions[session] = Session(id=session, seen_at=now, lease_ends=now + LEASE_S, till=till)
        return made

    def close(self, session: str, now: float) -> None:
        """Close it; a claim ends with it. Raises DeviceRefused: E_CLOSED."""
        opened = self.at(session, now)
        self._step_down(opened, Rung.OPENED)
        del self.sessions[session]

    def at(self, session: str, now: float) -> Session:
        """Return an open session, and take this as a sign of life. Raises DeviceRefused: E_CLOSED."""
        self.expire(now)
        opened = self.sessions.get(session)
        if opened is None:
            raise DeviceRefused(Fault.E_CLOSED, "This session is closed, or was for too long without a sign of life.")
        opened.seen_at, opened.lease_ends = now, now + LEASE_S
        return opened

    def holder(self) -> Session | None:
        """Return who has the claim."""
        return next((one for one in self.sessions.values() if one.rung >= Rung.CLAIMED), None)

    # -- claiming and enabling ----------------------------------------------------------------------------------------

    def claim(self, session: str, now: float) -> bool:
        """Claim the device; say no while another till has it. Claiming it twice is harmless. Raises E_CLOSED."""
        opened = self.at(session, now)
        holder = self.holder()
        if holder is not None and holder is not opened and opened.till and holder.till == opened.till:
            self._end_claim(holder, Fault.E_CLAIMED, "this till has opened the device anew, and claimed it there")
            holder = None
        if holder is None:
            opened.rung = Rung.CLAIMED
        return holder is None or holder is opened

    def release(self, session: str, now: float) -> None:
        """Give the claim back, disabled. Raises DeviceRefused: E_CLOSED, E_NOTCLAIMED, E_CLAIMED."""
        self._step_down(self.claimed(session, now), Rung.OPENED)

    def claimed(self, session: str, now: float) -> Session:
        """Return a session that has the claim. Raises DeviceRefused: E_CLOSED, E_NOTCLAIMED, E_CLAIMED."""
        opened = self.at(session, now)
        if opened.rung >= Rung.CLAIMED:
            return opened
        if self.holder() is None:
            raise DeviceRefused(Fault.E_NOTCLAIMED, f"Claim {self.name} first.")
        raise DeviceRefused(Fault.E_CLAIMED, f"Another client has claimed {self.name}.")

    def enabled(self, session: str, now: float) -> Session:
        """Return a session that has enabled the device. Raises as :meth:`claimed`, and E_DISABLED."""
        claimed = self.claimed(session, now)
        if claimed.rung < Rung.ENABLED:
            raise DeviceRefused(Fault.E_DISABLED, f"Set DeviceEnabled of {self.name} first.")
        return claimed

    def enable(self, session: str, now: float, *, is_enabled: bool) -> None:
        """Set DeviceEnabled. Raises as :meth:`claimed`."""
        claimed = self.claimed(session, now)
        if not is_enabled:
            self._step_down(claimed, Rung.CLAIMED)
        elif claimed.rung < Rung.ENABLED:
            claimed.rung = Rung.ENABLED
            self._power_news(claimed)

    # -- signs of life ------------------------------------------------------------------------------------------------

    def linked(self, session: str, now: float) -> Session:
        """Note that a WebSocket of this session stands. Raises DeviceRefused: E_CLOSED, E_BUSY."""
        opened = self.at(session, now)
        if opened.links >= MOST_LINKS:
            raise DeviceRefused(Fault.E_BUSY, f"{MOST_LINKS} WebSockets hear this session already.")
        opened.links += 1
        return opened

    def unlinked(self, session: str, now: float) -> None:
        """Note that it is gone; of the last one, that the client is dead unless it is heard of soon."""
        opened = self.sessions.get(session)
        if opened is not None:
            opened.links -= 1
            opened.seen_at, opened.lease_ends = now, now + AFTER_LINK_S

    def expire(self, now: float) -> None:
        """End the claim of whoever gave no sign of life for a lease; forget who gave none for long."""
        holder = self.holder()
        if holder is not None and not holder.is_alive(now):
            self._end_claim(holder, Fault.E_NOTCLAIMED, "no sign of life: the claim has ended")
        gone = [one.id for one in self.sessions.values() if not one.links and now - one.seen_at >= FORGET_S]
        for session in gone:
            del self.sessions[session]

    # -- properties ---------------------------------------------------------------------------------------------------

    def properties(self, session: str, now: float) -> dict[str, Any]:
        """Return the common properties, by their UnifiedPOS names. Raises E_CLOSED."""
        opened = self.at(session, now)
        return {
            "Claimed": opened.rung >= Rung.CLAIMED,
            "DeviceEnabled": opened.rung >= Rung.ENABLED,
            "FreezeEvents": opened.freezes,
            "PowerNotify": int(opened.wants_power),
            "PowerState": int(self.power) if opened.wants_power else int(Power.PS_UNKNOWN),
            "State": int(self.state_of(opened)),
        }

    def state_of(self, session: Session) -> State:
        """Return the State property of a session."""
        return State.S_ERROR if session.rung == Rung.ENABLED and self.power is Power.PS_OFF_OFFLINE else State.S_IDLE

    def set(self, session: str, name: str, value: object, now: float) -> None:
        """Set one property. Raises as the property does: E_ILLEGAL for one that there is not, or another's value."""
        opened = self.at(session, now)
        if name == "DeviceEnabled":
            self.enable(session, now, is_enabled=_flag(name, value))
        elif name == "FreezeEvents":
            opened.freezes = _flag(name, value)
            self._thawed(opened)
        elif name == "PowerNotify":
            if opened.rung == Rung.ENABLED:
                raise DeviceRefused(Fault.E_ILLEGAL, "PowerNotify is set before the device is enabled.")
            opened.wants_power = _flag(name, value)
        else:
            raise DeviceRefused(Fault.E_ILLEGAL, f"{self.category} has no property {name!r} that can be set.")

    def note_power(self, *, is_there: bool) -> None:
        """Note whether the device is there; who enabled it with PowerNotify is told."""
        before, self.power = self.power, Power.PS_ONLINE if is_there else Power.PS_OFF_OFFLINE
        holder = self.holder()
        if holder is not None and self.power is not before:
            self._power_news(holder)

    def tell(self, session: Session, event: EventName, **said: Any) -> Event:  # noqa: ANN401  the fields of an Event
        """Give a session an event."""
        made = session.log.add(event, **said)
        self._on_event(session.id, made)
        return made

    # -- for those that know more ------------------------------------------------------------------------------------

    def _power_news(self, session: Session) -> None:
        if session.rung == Rung.ENABLED and session.wants_power and self.power is not Power.PS_UNKNOWN:
            self.tell(session, "StatusUpdateEvent", status=int(self.power))

    def _end_claim(self, session: Session, code: Fault, why: str) -> None:
        """Take a claim from a session that did not give it back, and tell it so."""
        self._step_down(session, Rung.OPENED)
        self.tell(session, "ErrorEvent", error_code=code, error_locus=Locus.EL_INPUT, message=why)

    def _step_down(self, session: Session, rung: Rung) -> None:
        """Take a session down to ``rung``, if it is above."""
        session.rung = min(session.rung, rung)

    def _thawed(self, session: Session) -> None:
        """Go on with what FreezeEvents held back."""


def _flag(name: str, value: object) -> bool:
    if value in (True, False):  # 0 and 1 as well, as OPOS writes them
        return bool(value)
    raise DeviceRefused(Fault.E_ILLEGAL, f"{name} is true or false.")
