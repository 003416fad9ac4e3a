"""What tills tell: sold, given back, corrected; and what any counter tells of bags (K5, O19, S1; DESIGN 5C, 5E).

Facts are a set: a refund may come before its sale and a correction before what it corrects, and nothing is parked for
it. An answer never tells whether a roll, a bag or a registration number is known here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from photocore.till_kinds import (
    BagPickedUp,
    DropOffWithdrawn,
    PackageSold,
    RollsDropped,
    SaleCorrected,
    SaleRefunded,
)
from photoservice.accounts import Account, Accounts, Shown
from photoservice.db.database import Session
from photoservice.intake.examine import Believed, Sender
from photoservice.intake.roots import Roots


@dataclass(frozen=True, kw_only=True)
class Sales:
    """Writes what was told. The caller holds the locks of the items and cards."""

    accounts: Accounts

    async def apply(
        self, session: Session, sender: Sender, events: Sequence[Believed], roots: Roots, now: datetime
    ) -> None:
        """Write the sales, refunds, corrections, drop-offs and pick-ups among ``events``."""
        sold = [(e, e.body) for e in events if isinstance(e.body, PackageSold)]
        if sold:
            rows = await self._sold(session, sender, sold, roots)
            await session.run("sales.insert_all", sender.id, *map(list, zip(*rows, strict=True)), now)
        for e in events:
            whose = (sender.id, e.id)
            match e.body:
                case SaleRefunded(item=item, sale=sale, refund=refund, store=store, how=how):
                    what = (item, roots.of(item), sale, refund, store, how)
                    await session.run("sales.insert_refund", *whose, *what, now)
                case SaleCorrected(told=told):
                    await session.run("sales.insert_correction", sender.id, told, e.id, now)
                case RollsDropped():
                    await self._drop(session, e, e.body, now)
                case DropOffWithdrawn(dropped=dropped):
                    await session.run("sales.withdraw_drop_off", sender.id, dropped, e.id, now)
                case BagPickedUp(bag=bag, store=store):
                    await session.run("sales.insert_pick_up", *whose, bag, store, _written_at(e, now), now)
                case _:
                    pass

    async def _sold(
        self, session: Session, sender: Sender, sold: Sequence[tuple[Believed, PackageSold]], roots: Roots
    ) -> list[tuple[object, ...]]:
        """Return the rows of sales, each with the account of the card that lay in its basket."""
        shown = [Shown(card=e.card, station=sender.id, event=e.id, at=e.event.at) for e, _ in sold if e.card]
        accounts: Mapping[str, Account] = await self.accounts.of_claims(session, shown) if shown else {}
        rows: list[tuple[object, ...]] = []
        for e, body in sold:
            account = accounts.get(e.id)
            box = self.accounts.keep(account, f"event {sender.id}/{e.id}", e.card) if account and e.card else None
            what = (e.id, body.item, roots.of(body.item), body.sale, account.id if account else None)
            where = (body.store, body.till, body.business_day, body.sequence, body.line)
            rows.append((*what, *where, body.how, body.amount, body.currency, box))
        return rows

    async def _drop(self, session: Session, event: Believed, body: RollsDropped, now: datetime) -> None:
        whose, at = (event.event.station, event.id), _written_at(event, now)
        what = (body.bag, body.store, body.scan, body.negatives, body.number)
        await session.run("sales.insert_drop_off", *whose, *what, at, now)
        rows = [
            (*whose, place, one.twin, one.process, one.stops, one.roll, one.note)
            for place, one in enumerate(body.rolls, 1)
        ]
        await session.run_many("sales.insert_dropped_roll", rows)


def told_by(events: Iterable[Believed]) -> Iterator[str]:
    """Yield the IDs of the sales and refunds that ``events`` are, or that they correct."""
    for e in events:
        match e.body:
            case PackageSold() | SaleRefunded():
                yield e.id
            case SaleCorrected(told=told):
                yield told
            case _:
                pass


def _written_at(event: Believed, now: datetime) -> datetime:
    """Return when a station says it was, unless that is no time, or its clock runs ahead of us."""
    try:
        return min(datetime.fromisoformat(event.event.at), now)
    except ValueError:
        return now
