"""Events that stand aside and wait for a person: listed with a reason, corrected by a new event, or closed (DESIGN 5E).

A parked event is never changed and never dropped. What stands for it is a new event that names it (``corrects``), and
that has an ack of its own; or staff say that it needs nothing more. A registration is corrected by registering once
more, as nobody here can open its sealed part again (:meth:`sync.desk.Desk.register`). Everything works inside a
transaction its caller has opened.
"""

from typing import Any, Literal

import apsw
import msgspec

from photocore.errors import EventError
from photocore.events import Event
from photocore.ids import ItemId
from photocore.kinds import Body, PackageClaimed, PackageMadeUp, StaffOverrode, read_public
from sync import outbox
from sync.audit import read_event
from sync.drafts import Drafter
from sync.errors import DeskReason, DeskRefusal, JournalDamaged
from sync.journal import Transaction
from sync.made_up import has_ended
from sync.outbox import ParkedEvent
from sync.registrations import find_by_claim
from sync.statements import one, run
from sync.views import ParkedView

Ending = Literal["corrected", "closed"]


def open_parked(connection: apsw.Connection) -> tuple[ParkedView, ...]:
    """Return what still waits for a person, oldest first."""
    return tuple(_view(connection, event) for event in outbox.list_parked(connection))


def write_correction(transaction: Transaction, drafter: Drafter, event_id: str, staff: str | None) -> str:
    """Write the fact of a parked event again, under a new ID that names the old one, and return it.

    Raises:
        DeskRefusal: it is not parked, its kind cannot be written again without scanning, or it was undone since.
    """
    parked = _parked(transaction.connection, event_id)
    body = _public(transaction.connection, event_id)
    if body is None or not _can_resend(transaction.connection, parked, body):
        raise DeskRefusal(DeskReason.CANNOT_CORRECT)
    # A correction says the same once more; only who corrects it, and what, is new.
    again = msgspec.structs.replace(body, corrects=event_id, staff=staff or getattr(body, "staff", None))
    event = transaction.append(drafter.draft(again))
    end_parked(transaction.connection, event_id, by=event.id, how="corrected")
    return event.id


def close_parked(transaction: Transaction, drafter: Drafter, event_id: str, *, staff: str, reason: str) -> None:
    """Say that a parked event needs nothing more, by an event that tells who said so and why.

    Raises:
        DeskRefusal: it is not parked.
    """
    _parked(transaction.connection, event_id)
    body = StaffOverrode(staff=staff, act="parked_closed", reason=reason[:200], about=event_id)
    event = transaction.append(drafter.draft(body))
    end_parked(transaction.connection, event_id, by=event.id, how="closed")


def end_parked(connection: apsw.Connection, event_id: str, *, by: str, how: Ending) -> None:
    """Note that ``event_id`` needs nobody any more: the event ``by`` stands for it, or says that nothing must."""
    run(connection, "parked.end", {"event": event_id, "by_event": by, "how": how})


def is_parked(connection: apsw.Connection, event_id: str) -> bool:
    """Say whether an event stands aside and still waits for a person."""
    return one(connection, "parked.find", {"event": event_id}) is not None


def _parked(connection: apsw.Connection, event_id: str) -> ParkedEvent:
    waiting = {event.id: event for event in outbox.list_parked(connection)}
    if event_id not in waiting:
        raise DeskRefusal(DeskReason.NOT_PARKED)
    return waiting[event_id]


def _view(connection: apsw.Connection, parked: ParkedEvent) -> ParkedView:
    body = _public(connection, parked.id)
    said: dict[str, Any] = msgspec.structs.asdict(body) if body else {}
    claim = find_by_claim(connection, said.get("claim") or parked.id)
    item = said.get("item") or said.get("package")
    return ParkedView(
        id=parked.id,
        kind=parked.kind,
        at=parked.at,
        cause=parked.cause or (parked.verdict if parked.verdict != "parked" else ""),
        reason=parked.reason,
        item=item or (claim.item if claim else None),
        number=said.get("number") or (claim.number if claim else None),
        can_resend=body is not None and _can_resend(connection, parked, body),
        needs_rescan=isinstance(body, PackageClaimed) and not (claim is not None and claim.withdrawn),
    )


def _can_resend(connection: apsw.Connection, parked: ParkedEvent, body: Body) -> bool:
    """Say whether the public part alone is the whole fact, still holds, and writing it again could change anything."""
    is_over = isinstance(body, PackageMadeUp) and has_ended(connection, (ItemId(body.package),))
    return parked.verdict == "parked" and hasattr(body, "corrects") and not _has_more(body) and not is_over


def _has_more(body: Body) -> bool:
    return isinstance(body, PackageClaimed) or bool(getattr(body, "coded", False))


def _public(connection: apsw.Connection, event_id: str) -> Body | None:
    """Return what an event says in public; None when the disk has spoilt it, or it is of a kind not known here."""
    event = _event(connection, event_id)
    try:
        return read_public(event) if event else None
    except EventError:
        return None


def _event(connection: apsw.Connection, event_id: str) -> Event | None:
    row = one(connection, "journal.event_by_id", {"id": event_id})
    try:
        return read_event(row) if row else None
    except JournalDamaged:
        return None
