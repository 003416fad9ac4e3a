"""Reading orders: rows put together, what they lack found, and how they stand said by ``photocore.orders``."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from photocore.money import Money
from photocore.orders import Line, Order, Stage, Standing, Wait, stand
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import Erased, Unknown
from photoservice.ordering.shown import ImageShown, LineShown, OptionShown, OrderShown, StepShown
from photoservice.persons.profiles import Address, Profiles

UNRELEASED: Collection[Stage] = ("cooling", "waiting", "due")
"""Stages of what was not handed over."""

ADDRESS: Final = "order address"
"""What boxes of addresses are about, before the order's name."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Reads orders. Whose they are, whoever calls has asked."""

    clock: Clock
    profiles: Profiles

    async def one(self, session: Session, order: str) -> OrderShown:
        """Return an order. Raises Unknown."""
        for found in await self.all(session, [order]):
            return found
        raise Unknown("There is no such order.")

    async def all(self, session: Session, orders: Sequence[str]) -> tuple[OrderShown, ...]:
        """Return orders in the order in which they are named; those that are not there are left out."""
        if not orders:
            return ()
        rows = {row["id"]: row for row in await session.rows("ordering.orders", list(orders))}
        parts: list[dict[str, list[Row]]] = []
        for name in ("ordering.lines", "ordering.images", "ordering.steps"):
            by_order: dict[str, list[Row]] = defaultdict(list)
            for row in await session.rows(name, list(rows)):
                by_order[row["order_id"]].append(row)
            parts.append(by_order)
        lines = {order: _lines(rows[order], *(part[order] for part in parts)) for order in rows}
        lacks = await self._lacks(session, rows, lines)
        return tuple(
            self._order(rows[order], lines[order], lacks[order]) for order in dict.fromkeys(orders) if order in rows
        )

    async def address(self, session: Session, order: str) -> Address | None:
        """Return where an order goes: what was given for it, else its person's first address; None of neither."""
        row = next(iter(await session.rows("ordering.orders", [order])), None)
        return None if row is None else await self._address(session, row)

    async def lacking(self, session: Session, order: str) -> tuple[Wait, ...]:
        """Return what an order will lack when its cooling-off is over. Raises Unknown."""
        found = await self.one(session, order)
        rows = {row["id"]: row for row in await session.rows("ordering.orders", [order])}
        return tuple((await self._lacks(session, rows, {order: found.lines}))[order])

    async def keep_address(self, session: Session, order: str, person: str, address: Address) -> None:
        """Keep where an order goes, boxed under the person's key; one of a package becomes this person's."""
        box = await self.profiles.persons.box(session, person, f"{ADDRESS} {order}", address)
        await session.run("ordering.set_address", order, box, person)

    async def _address(self, session: Session, row: Row) -> Address | None:
        if row["person"] is None:
            return None
        if row["address"] is not None:
            about = f"{ADDRESS} {row['id']}"
            try:
                told = await self.profiles.persons.unbox(session, row["person"], about, bytes(row["address"]))
                return msgspec.json.decode(told, type=Address)
            except Erased:
                return None
        return next(iter((await self.profiles.of(session, row["person"])).addresses), None)

    async def _lacks(
        self, session: Session, rows: dict[str, Row], lines: dict[str, tuple[LineShown, ...]]
    ) -> dict[str, frozenset[Wait]]:
        pending = [order for order, row in rows.items() if row["handing_at"] is None and row["is_open"]]
        disputed: set[str] = set()
        if pending:
            disputed = {row["order_id"] for row in await session.rows("ordering.disputed", pending)}
        lacks: dict[str, frozenset[Wait]] = {order: frozenset() for order in rows}
        at_home: dict[str | None, bool] = {None: False}
        for order in pending:
            found: set[Wait] = {"owner"} if order in disputed else set()
            row = rows[order]
            if _is_shipped(lines[order]) and row["address"] is None:
                if row["person"] not in at_home:
                    at_home[row["person"]] = await self._address(session, row) is not None
                if not at_home[row["person"]]:
                    found.add("address")
            lacks[order] = frozenset(found)
        return lacks

    def _order(self, row: Row, lines: tuple[LineShown, ...], lacks: frozenset[Wait]) -> OrderShown:
        price, paid = (Money(minor=row[name], currency=row["currency"]) for name in ("price", "paid"))
        known = Order(
            lines=tuple(Line(number=one.number, steps=frozenset(s.step for s in one.steps)) for one in lines),
            price=price,
            paid=paid,
            pays=row["pays"],
            cooling_until=row["cooling_until"],
            needs_confirmation=row["needs_confirmation"],
            is_confirmed=row["confirmed_at"] is not None,
            lacks=lacks,
        )
        standing = stand(known, self.clock.now())
        if row["released_at"] is None and row["handing_at"] is not None:
            standing = replace(standing, stage="due", waits=(), until=None, actions=frozenset())
        return _shown(row, lines, standing, (price, paid))


def _is_shipped(lines: Sequence[LineShown]) -> bool:
    return any(one.is_shipped and all(step.step != "cancelled" for step in one.steps) for one in lines)


def _shown(row: Row, lines: tuple[LineShown, ...], standing: Standing, money: tuple[Money, Money]) -> OrderShown:
    same = (
        *("id", "origin", "kind", "person", "root", "plan", "firing", "roll", "share", "guest", "catalogue", "pays"),
        *("needs_confirmation", "confirmed_at", "language", "version", "made_at", "changed_at", "released_at"),
    )
    facts: dict[str, Any] = {name: row[name] for name in same}
    return OrderShown(
        **facts,
        why=msgspec.json.decode(row["why"], type=dict[str, Any]),
        price=money[0],
        tax=Money(minor=row["tax"], currency=row["currency"]),
        paid=money[1],
        standing=standing,
        lines=lines,
        has_address=row["address"] is not None,
    )


def _lines(order: Row, lines: list[Row], images: list[Row], steps: list[Row]) -> tuple[LineShown, ...]:
    return tuple(
        _line(order, row, [one for one in images if one["line"] == row["number"]],
              [one for one in steps if one["line"] == row["number"]])
        for row in lines
    )  # fmt: skip


def _line(order: Row, row: Row, images: list[Row], steps: list[Row]) -> LineShown:
    currency = order["currency"]
    titled = msgspec.json.decode(row["option_titles"], type=dict[str, tuple[dict[str, str], dict[str, str]]])
    chosen = msgspec.json.decode(row["options"], type=dict[str, str])
    return LineShown(
        number=row["number"],
        item=row["item"],
        kind=row["kind"],
        titles=msgspec.json.decode(row["titles"], type=dict[str, str]),
        options=tuple(
            OptionShown(option=name, value=value, option_titles=titles[0], value_titles=titles[1])
            for name, value in sorted(chosen.items())
            for titles in [titled.get(name, ({}, {}))]
        ),
        quantity=row["quantity"],
        images=tuple(
            ImageShown(place=i["place"], image=i["image"], edit=i["edit"], dropped=i["dropped"]) for i in images
        ),
        units=row["units"],
        piece=Money(minor=row["piece"], currency=currency),
        gross=Money(minor=row["gross"], currency=currency),
        tax=Money(minor=row["tax"], currency=currency),
        rate=row["rate"],
        credit=row["credit"],
        is_shipped=row["is_shipped"],
        steps=tuple(StepShown(step=s["step"], at=s["at"], by=s["by"], note=s["note"]) for s in steps),
    )
