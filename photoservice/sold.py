"""What tills told of packages, as facts for the owner rule, and what follows from refunds (K5; DESIGN 5C).

What a till took back again is no fact, whichever of the two came first. A refund counts for a sale of the same house:
of the same store, or of another one of its retailer's.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

from photocore.custody import STEPS
from photocore.facts import Fact, Received, Refunded, Sale
from photocore.till_kinds import unit_of_sale
from photoservice.db.database import Row, Session
from photoservice.intake.roots import lock_items, read_roots

CAME_IN: Final = STEPS[STEPS.index("received") :]
"""Steps of a roll that somebody has exposed."""


class Known(Protocol):
    """What is known of one package, as far as sales go."""

    facts: set[Fact]
    sales: list[Row]


async def add_sales(session: Session, known: Mapping[str, Known]) -> None:
    """Add to what is known of each root its sales as facts; where something was given back, which rolls came in."""
    for root in known.values():
        root.facts |= frozenset(_facts(root.sales))
    returned = [name for name, root in known.items() if any(isinstance(fact, Refunded) for fact in root.facts)]
    if returned:
        for row in await session.rows("sales.received", returned, list(CAME_IN)):
            known[row["root"]].facts.add(Received(id=f"received {row['roll']}", roll=row["roll"]))


def standing_sales(rows: Iterable[Row]) -> list[Row]:
    """Return what was not taken back."""
    return [row for row in rows if not row["withdrawn"]]


def _facts(rows: Collection[Row]) -> Iterable[Fact]:
    stand = standing_sales(rows)
    houses: dict[str, set[str]] = {}
    sold: set[tuple[str, str]] = set()
    of_line: dict[tuple[str, str], str] = {}
    for row in (row for row in stand if row["kind"] == "sale"):
        names: list[str] = row["names"]
        unit, store, retailer = names[:3]
        houses.setdefault(unit, set()).update({store, retailer} - {""})
        sold.add((unit, row["item"]))
        named_by = _first_unit(store, *names[3:]), row["item"]
        of_line[named_by] = min(unit, of_line.get(named_by, unit))
        yield Sale(id=f"sale {row['station']}/{row['id']}", unit=unit, item=row["item"], customer=row["account"])
    for row in (row for row in stand if row["kind"] == "refund"):
        names = row["names"]
        unit, store, retailer = names
        sale = unit if (unit, row["item"]) in sold else of_line.get((unit, row["item"]), unit)
        if {store, retailer} & houses.get(sale, set()):
            yield Refunded(id=f"refund {row['station']}/{row['id']}", sale=sale)


def _first_unit(store: str, till: str, business_day: str, sequence: str, line: str) -> str:
    """Return the name of a line's first unit.

    Another store, which a piece is brought back to, knows the line that sold it and not which of its units it was.
    """
    return unit_of_sale(store=store, till=till, business_day=business_day, sequence=sequence, line=int(line), unit=1)


async def roots_given_back(session: Session, rolls: Collection[str], *, also: Iterable[str] = ()) -> list[str]:
    """Lock what these rolls count for, and return what of it somebody gave back something of: to be settled again.

    Locks of one batch, and ``also`` others, are taken at once and in one order; then what a manifest moved meanwhile.
    """
    names = {*also, *(f"item:{roll}" for roll in rolls)}
    before = await lock_items(session, names, rolls)
    roots = await read_roots(session, rolls)
    if roots != before:
        await session.lock({f"item:{roots.of(roll)}" for roll in rolls})
    found = sorted({roots.of(roll) for roll in rolls})
    return [row["root"] for row in await session.rows("sales.refunded", found)]
