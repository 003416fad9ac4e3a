"""Stores and the card tables of their retailers: what an operator sets up before the first station joins."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from photocore.cards import CardTable
from photocore.errors import CodeError
from photocore.ids import Gln
from photocore.roster import Store, StoreSettings
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import Unprocessable


async def add_store(
    session: Session, clock: Clock, store: Store, settings: StoreSettings, *, retailer: str | None
) -> None:
    """Add a store; ``retailer`` is a tenant's ID.

    Raises:
        Unprocessable: the GLN is none, or taken; the time zone is unknown.
    """
    try:
        Gln(store.gln)
        ZoneInfo(store.timezone)
    except CodeError as cause:
        raise Unprocessable(f"The GLN {store.gln} is none: {cause}.") from cause
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise Unprocessable(f"There is no time zone {store.timezone}.") from cause
    if await session.row("stores.by_gln", store.gln):
        raise Unprocessable(f"There is a store with GLN {store.gln} already.")
    fields = (store.name, store.timezone, retailer, settings.labels, settings.activation, clock.now())
    await session.run("stores.insert", store.gln, *fields)


async def put_card_tables(session: Session, tables: Iterable[CardTable], *, retailer: str | None) -> None:
    """Write a retailer's card tables, or everybody's.

    Raises:
        Unprocessable: a table of that name is another retailer's: (table, number) must stay one card.
    """
    for table in tables:
        done = await session.run("stores.put_card_table", table.name, retailer, msgspec.json.encode(table).decode())
        if not done:
            raise Unprocessable(f"The card table {table.name} is another retailer's; choose another name.")
