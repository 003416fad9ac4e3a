"""Stores and the card tables of their retailers: what an operator sets up before the first station joins."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from photocore.cards import CardTable
from photocore.errors import CodeError
from photocore.ids import Gln
from photocore.roster import Store, StoreSettings
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import Unknown, Unprocessable

CHANGEABLE = ("name", "timezone", "retailer", "labels", "activation", "make_up")
"""What can be changed of a store, in the order of the query."""


async def add_store(
    session: Session,
    clock: Clock,
    store: Store,
    settings: StoreSettings,
    *,
    retailer: str | None,
    is_activation_chosen: bool = False,
) -> None:
    """Add a store; ``retailer`` is a tenant's ID.

    Where nobody chose from when a claim counts (``is_activation_chosen``, or an activation of ``till``), it waits for
    the till's sale from the moment a till joins on, and at once again when the last one is revoked (DESIGN 5C).

    Raises:
        Unprocessable: the GLN is none, or taken; the time zone is unknown.
    """
    try:
        Gln(store.gln)
    except CodeError as cause:
        raise Unprocessable(f"The GLN {store.gln} is none: {cause}.") from cause
    _check_zone(store.timezone)
    if await session.row("stores.by_gln", store.gln):
        raise Unprocessable(f"There is a store with GLN {store.gln} already.")
    fields = (store.name, store.timezone, retailer, settings.labels, settings.activation, settings.make_up)
    is_chosen = is_activation_chosen or settings.activation == "till"
    await session.run("stores.insert", store.gln, *fields, clock.now(), is_chosen)


async def change_store(session: Session, gln: str, changes: Mapping[str, str | None]) -> None:
    """Change a store: its ``name``, ``timezone``, ``retailer`` (a tenant's ID), or one of its settings.

    What is not among ``changes``, or None, stays. Its stations hear of it with their next roster. An ``activation`` of
    ``auto`` leaves it to whether a till has joined.

    Raises:
        Unknown: there is no such store.
        Unprocessable: the time zone is unknown.
    """
    if zone := changes.get("timezone"):
        _check_zone(zone)
    if not await session.run("stores.change", gln, *(changes.get(name) for name in CHANGEABLE)):
        raise Unknown(f"There is no store with GLN {gln}. Add it with: store add")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise Unprocessable(f"There is no time zone {name}.") from cause


async def put_card_tables(session: Session, tables: Iterable[CardTable], *, retailer: str | None) -> None:
    """Write a retailer's card tables, or everybody's.

    Raises:
        Unprocessable: a table of that name is another retailer's: (table, number) must stay one card.
    """
    for table in tables:
        done = await session.run("stores.put_card_table", table.name, retailer, msgspec.json.encode(table).decode())
        if not done:
            raise Unprocessable(f"The card table {table.name} is another retailer's; choose another name.")
