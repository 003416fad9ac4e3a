"""What the service works on by itself, as operators see it: renditions and rounds, the object store, the mail queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, get_args

from photocore.seams import Clock
from photoservice.dashboards.standing import Standing, read_standing
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown, Unprocessable
from photoservice.gallery.cursors import OrderPlace, read_cursor, write_cursor
from photoservice.images.reservations import Reservations
from photoservice.operating.audit import Audit
from photoservice.operating.duty import Duty
from photoservice.renditions.wanting import want_roll_remade

MailFilter = Literal["waiting", "failed", "sent"]

MAIL_FILTERS: Final[tuple[MailFilter, ...]] = get_args(MailFilter)
CHANNELS: Final = ("mail", "sms", "push")
PAGE: Final = 50

_BEGIN: Final = OrderPlace(at=datetime(1, 1, 2, tzinfo=UTC), order="")
_END: Final = OrderPlace(at=datetime(9999, 1, 1, tzinfo=UTC), order="~")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """Some rows, and the cursor of those behind them, or nothing."""

    rows: Sequence[Row]
    behind: str


@dataclass(frozen=True, kw_only=True)
class JobsSeen:
    """Rolls whose renditions are behind; the rest is the house's, None for who is of one tenant."""

    rolls: Listed
    lanes: Sequence[Row]
    captures: Row | None
    standing: Standing | None


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """Shows what waits to be done, and has it tried again."""

    clock: Clock
    audit: Audit

    async def look(self, session: Session, duty: Duty, *, failed: bool, behind: str) -> JobsSeen:
        """Return what waits; who is of one tenant sees the rolls of that one's pictures.

        Raises:
            Malformed: the cursor is none of ours.
        """
        place = read_cursor(behind, OrderPlace) if behind else _BEGIN
        rows = await session.rows("ops_works.behind", place.at, place.order, duty.tenant, failed, PAGE + 1)
        rolls = _listed(rows, "changed_at", "id")
        if duty.tenant is not None:
            return JobsSeen(rolls=rolls, lanes=(), captures=None, standing=None)
        now = self.clock.now()
        return JobsSeen(
            rolls=rolls,
            lanes=await session.rows("renditions.waiting"),
            captures=await session.row("ops_works.captures", now),
            standing=await read_standing(session, now),
        )

    async def retry(self, session: Session, duty: Duty, roll: str) -> None:
        """Have a roll's renditions made anew, those that could not be made too. Raises Unknown."""
        if not await want_roll_remade(session, roll, tenant=duty.tenant):
            raise Unknown("There is no such roll.")
        await self.audit.add(session, duty, "renditions_wanted", roll)


@dataclass(frozen=True, kw_only=True)
class StorageSeen:
    """The object store and its promises; ``store`` is the house's, None for who is of one tenant."""

    store: Row | None
    shares: Sequence[Row]
    reservations: Listed
    uploads: Sequence[Row]
    damaged: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Shows room, and takes promises back."""

    audit: Audit
    reservations: Reservations

    async def look(self, session: Session, duty: Duty, *, behind: str) -> StorageSeen:
        """Return how much room is taken and promised. Raises Malformed: the cursor is none of ours."""
        place = read_cursor(behind, OrderPlace) if behind else _BEGIN
        rows = await session.rows("ops_works.reservations", place.at, place.order, duty.tenant, PAGE + 1)
        return StorageSeen(
            store=await session.row("ops_works.store") if duty.tenant is None else None,
            shares=await session.rows("ops_works.shares", duty.tenant),
            reservations=_listed(rows, "expires_at", "id"),
            uploads=await session.rows("ops_works.uploads", duty.tenant),
            damaged=await session.rows("ops_works.damaged", duty.tenant),
        )

    async def end(self, session: Session, duty: Duty, reservation: str, *, why: str) -> None:
        """Take a promise of room back.

        Raises:
            Unknown: there is no such promise, or it ended.
            Unprocessable: something is coming in under it.
        """
        found = await session.row("ops_works.reservation", reservation)
        if found is None:
            raise Unknown("There is no such reservation.")
        await self.reservations.hold_share(session, found["tenant"])
        row = await session.row("reservations.hold", reservation)
        if row is None or row["ended_at"] is not None:
            raise Unknown("There is no such reservation.")
        if await session.value("reservations.is_used", reservation):
            raise Unprocessable("Something is coming in under it.")
        await self.reservations.end(session, row)
        about = {"why": why, "bytes": row["granted"] - row["filed"]}
        await self.audit.add(session, duty, "reservation_ended", reservation, about, tenant=row["tenant"])


@dataclass(frozen=True, kw_only=True)
class MailQueue:
    """Shows messages without where they go and what they say; sends one soon, or gives it up."""

    clock: Clock
    audit: Audit

    async def list(self, session: Session, *, wanted: MailFilter, channel: str, behind: str) -> Listed:
        """Return a page of messages, the newest first. Raises Malformed: the cursor is none of ours."""
        place = read_cursor(behind, OrderPlace) if behind else _END
        rows = await session.rows("ops_works.messages", place.at, place.order, wanted, channel, PAGE + 1)
        return _listed(rows, "made_at", "id")

    async def counts(self, session: Session) -> Row | None:
        """Return how many wait, and how many were given up or sent in the last day."""
        return await session.row("ops_works.message_counts", self.clock.now())

    async def retry(self, session: Session, duty: Duty, message: str) -> None:
        """Let a message that waits be sent with the next round. Raises Unknown: it does not wait."""
        row = await self._hold(session, message)
        await session.run("ops_works.send_now", message, self.clock.now())
        await self.audit.add(session, duty, "message_retried", message, {"kind": row["kind"]})

    async def drop(self, session: Session, duty: Duty, message: str, *, why: str) -> None:
        """Give a message up; where it was to go and what it said are gone. Raises Unknown: it does not wait."""
        row = await self._hold(session, message)
        await session.run("messages.fail", message, self.clock.now(), "given up by an operator")
        await self.audit.add(session, duty, "message_dropped", message, {"kind": row["kind"], "why": why})

    async def _hold(self, session: Session, message: str) -> Row:
        row = await session.row("ops_works.hold_message", message)
        if row is None:
            raise Unknown("There is no such message that waits.")
        return row


def _listed(rows: Sequence[Row], at: str, key: str) -> Listed:
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    behind = write_cursor(OrderPlace(at=last[at], order=last[key])) if last else ""
    return Listed(rows=rows[:PAGE], behind=behind)
