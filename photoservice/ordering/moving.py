"""A guest's orders become those of the person they turn out to be."""

import msgspec

from photoservice.db.database import Session
from photoservice.errors import Erased
from photoservice.ordering.reading import ADDRESS
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import Address


async def move_orders(session: Session, persons: Persons, guest: str, person: str) -> None:
    """Give a guest's orders to ``person``, addresses boxed anew under their key."""
    for row in await session.rows("ordering.addressed", guest):
        about = f"{ADDRESS} {row['id']}"
        try:
            told = msgspec.json.decode(await persons.unbox(session, guest, about, bytes(row["address"])), type=Address)
        except Erased:
            continue
        await session.run("ordering.set_address", row["id"], await persons.box(session, person, about, told), person)
    await session.run("ordering.move", guest, person)
