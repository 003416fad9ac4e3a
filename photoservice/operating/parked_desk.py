"""Parked events: what stations and makers sent and was set aside, tried again, or closed with a reason (DESIGN 5E).

Nothing sent is lost to parking. An event is shown by its public part alone: what was sealed stays sealed. A station's
own correction is another event that names the first (``corrects``); staff at its counter close one by an event of their
own, and an operator does so here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, get_args

import msgspec

from photocore.errors import EventMalformed
from photocore.events import Event, decode_event
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import Cause, Unknown, Unprocessable
from photoservice.gallery.cursors import OrderPlace, read_cursor, write_cursor
from photoservice.intake.receive import Receiver
from photoservice.intake.retry import Retried, retry_parked
from photoservice.operating.audit import Audit
from photoservice.operating.duty import Duty

CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)
PAGE: Final = 50

_END: Final = OrderPlace(at=datetime(9999, 1, 1, tzinfo=UTC), order="~")


@dataclass(frozen=True, kw_only=True)
class ParkedAsked:
    """Which events are wanted; what is empty bounds nothing. ``settled``: also what was corrected or closed."""

    station: str = ""
    cause: str = ""
    settled: bool = False
    behind: str = ""


@dataclass(frozen=True, kw_only=True)
class ParkedListed:
    """Some events, the newest first, and the cursor of those behind them, or nothing."""

    rows: Sequence[Row]
    behind: str


@dataclass(frozen=True, kw_only=True)
class ParkedSeen:
    """One event: ``public`` is its public part as JSON, empty where it is unreadable; ``sealed`` names sealed parts."""

    row: Row
    public: str
    at: str
    corrects: str
    sealed: tuple[str, ...]

    @property
    def may_retry(self) -> bool:
        """Whether its station's parked events can be tried again."""
        return self.row["verdict"] == "parked" and not (self.row["held_at"] or self.row["revoked_at"])

    @property
    def may_close(self) -> bool:
        """Whether it waits for somebody."""
        return self.row["verdict"] == "parked" and self.row["corrected_by"] is None


@dataclass(frozen=True, kw_only=True)
class ParkedDesk:
    """Shows parked events to operators, and settles them."""

    clock: Clock
    audit: Audit

    async def list(self, session: Session, duty: Duty, asked: ParkedAsked) -> ParkedListed:
        """Return a page of events; who is of one tenant sees those of that one's stations.

        Raises:
            Malformed: the cursor is none of ours.
        """
        place = read_cursor(asked.behind, OrderPlace) if asked.behind else _END
        bounds = (asked.station, asked.cause, duty.tenant, asked.settled)
        rows = await session.rows("ops_parked.list", place.at, place.order, *bounds, PAGE + 1)
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        if last is None:
            return ParkedListed(rows=rows, behind="")
        place = OrderPlace(at=last["received_at"], order=f"{last['station']} {last['id']}")
        return ParkedListed(rows=rows[:PAGE], behind=write_cursor(place))

    async def open(self, session: Session, duty: Duty, station: str, event: str) -> ParkedSeen:
        """Return one event by its public part; the look is an entry of the audit. Raises Unknown."""
        row = await self._find(session, duty, station, event)
        await self.audit.add(session, duty, "parked_seen", event, {"station": station}, tenant=row["retailer"])
        return _seen(row)

    async def close(self, session: Session, duty: Duty, station: str, event: str, *, why: str) -> None:
        """Close an event: it is kept, and nobody tries it again.

        Raises:
            Unknown: there is no such event, or it is another tenant's.
            Unprocessable: it is settled already, or a fork, which a person looks at with its station.
        """
        seen = _seen(await self._find(session, duty, station, event))
        if not seen.may_close or not await session.run("events.insert_correction", station, event, duty.operator):
            raise Unprocessable("This event is settled already, or its station was cloned.")
        about = {"station": station, "why": why, "cause": seen.row["cause"]}
        await self.audit.add(session, duty, "parked_closed", event, about, tenant=seen.row["retailer"])

    async def ask_retry(self, session: Session, duty: Duty, station: str) -> None:
        """Note that a station's parked events are tried again; :func:`retry` does so, in transactions of its own.

        Raises:
            Unknown: there is no such station, or it is another tenant's.
            Unprocessable: it is held or ended: its events count for nothing.
        """
        row = await session.row("ops_fleet.station", station)
        if row is None:
            raise Unknown("There is no such station.")
        duty.refuse_foreign(row["retailer"])
        if row["held_at"] or row["revoked_at"]:
            raise Unprocessable("This station is held or ended. Release it first.")
        about = {"parked": row["parked"]}
        await self.audit.add(session, duty, "parked_retried", station, about, tenant=row["retailer"])

    async def lists(
        self, session: Session, duty: Duty, *, tenant: str = "", closed: bool = False, behind: str = ""
    ) -> ParkedListed:
        """Return a page of what makers and retailers forwarded and was parked. Raises as :meth:`list`."""
        place = read_cursor(behind, OrderPlace) if behind else _END
        whose = duty.tenant or tenant or None
        rows = await session.rows("ops_parked.lists", place.at, place.order, whose, closed, PAGE + 1)
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        behind = write_cursor(OrderPlace(at=last["recorded_at"], order=last["content_hash"])) if last else ""
        return ParkedListed(rows=rows[:PAGE], behind=behind)

    async def open_list(self, session: Session, duty: Duty, content: str) -> tuple[Row, str]:
        """Return one such event by its content's hash, with its body as JSON; the look is an entry. Raises Unknown."""
        row = await self._find_list(session, duty, content)
        await self.audit.add(session, duty, "parked_seen", content, {"list": True}, tenant=row["tenant"])
        body: str = row["body"]
        return row, msgspec.json.format(body.encode(), indent=1).decode()

    async def close_list(self, session: Session, duty: Duty, content: str, *, why: str) -> None:
        """Close such an event: its sender sends another with an ID of its own, if anything.

        Raises:
            Unknown: there is no such event, or it is another tenant's.
            Unprocessable: it is closed already.
        """
        row = await self._find_list(session, duty, content)
        named = (row["tenant"], row["event_id"], row["content_hash"])
        if not await session.run("ops_parked.close_list", *named, duty.operator, why, self.clock.now()):
            raise Unprocessable("This event is closed already.")
        about = {"list": True, "why": why}
        await self.audit.add(session, duty, "parked_closed", content, about, tenant=row["tenant"])

    async def _find(self, session: Session, duty: Duty, station: str, event: str) -> Row:
        row = await session.row("ops_parked.event", station, event)
        if row is None:
            raise Unknown("There is no such parked event.")
        duty.refuse_foreign(row["retailer"])
        return row

    async def _find_list(self, session: Session, duty: Duty, content: str) -> Row:
        row = await session.row("ops_parked.listed", content, duty.tenant)
        if row is None:
            raise Unknown("There is no such parked event.")
        return row


async def retry(receiver: Receiver, station: str) -> Retried:
    """Try a station's parked events again. Raises Unknown: it was held or ended meanwhile."""
    return await retry_parked(receiver, station)


def _seen(row: Row) -> ParkedSeen:
    event = _read(bytes(row["line"]))
    if event is None:
        return ParkedSeen(row=row, public="", at="", corrects="", sealed=())
    sealed = tuple(name for name in ("sealed", "secrets") if getattr(event, name) is not None)
    public = msgspec.json.format(msgspec.json.encode(event.public), indent=1).decode()
    corrects = event.public.get("corrects")
    return ParkedSeen(
        row=row, public=public, at=event.at, corrects=corrects if isinstance(corrects, str) else "", sealed=sealed
    )


def _read(line: bytes) -> Event | None:
    try:
        return decode_event(line)
    except EventMalformed:
        return None
