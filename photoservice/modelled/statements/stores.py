"""What ``db/queries/stores.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick

_CHANGEABLE = ("name", "timezone", "retailer", "labels", "activation", "make_up")


def insert(
    db: ModelStore,
    gln: str,
    name: str,
    timezone: str,
    retailer: str | None,
    labels: str,
    activation: str,
    make_up: str,
    made_at: datetime,
    is_chosen: bool,
) -> int:
    """Add a store."""
    whose = {"gln": gln, "name": name, "timezone": timezone, "retailer": retailer}
    chosen = {"activation": activation, "is_activation_chosen": is_chosen}
    db.store.add(**whose, **chosen, labels=labels, make_up=make_up, made_at=made_at)
    return 1


def change(db: ModelStore, gln: str, *changes: str | None) -> int:
    """Change what is given of a store, and leave the rest as it is."""
    row = db.store.get(gln)
    given: dict[str, Any] = {name: value for name, value in zip(_CHANGEABLE, changes, strict=True) if value is not None}
    if activation := given.get("activation"):
        given["is_activation_chosen"] = activation != "auto"
        given["activation"] = "registration" if activation == "auto" else activation
    return db.store.change(row, **given) if row else 0


def by_gln(db: ModelStore, gln: str) -> Sequence[ModelRow]:
    """Return one store; where nobody chose from when claims count there, a till that has joined decides."""
    row = db.store.get(gln)
    if row is None:
        return []
    tills = (s for s in db.station if (s["store"], s["role"], s["revoked_at"]) == (gln, "till", None))
    is_till = not row["is_activation_chosen"] and any(tills)
    return [ModelRow({**row, "activation": "till" if is_till else row["activation"]})]


def put_card_table(db: ModelStore, name: str, retailer: str | None, body: str) -> int:
    """Add or replace a card table of a retailer, or of all."""
    known = db.card_table.get(name)
    if known is None:
        db.card_table.add(name=name, retailer=retailer, body=body)
        return 1
    return db.card_table.change(known, body=body) if known["retailer"] == retailer else 0


def card_tables(db: ModelStore, retailer: str | None) -> Sequence[ModelRow]:
    """Return the card tables a store's stations need: everybody's and its retailer's."""
    rows = [row for row in db.card_table if row["retailer"] is None or row["retailer"] == retailer]
    return [pick(row, "body") for row in sorted(rows, key=lambda row: row["name"])]
