"""The operators' pages by their place in the navigation: one list. A page adds its own line, and a word for it.

The word stands in ``words/<lang>/ops.toml`` under ``[ops.places]``; the group's under ``[ops.groups]``.
"""

from dataclasses import dataclass
from typing import Final, Literal

from photocore.duties import Right
from photoservice.operating.duty import Duty

Group = Literal["today", "customers", "fleet", "works", "house"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """One page in the navigation: shown to whoever has ``right``."""

    path: str
    right: Right
    word: str
    group: Group


PLACES: Final[tuple[Place, ...]] = (
    Place(path="/ops", right="look", word="home", group="today"),
    Place(path="/ops/dashboards", right="dashboards", word="dashboards", group="today"),
    Place(path="/ops/customers", right="customers", word="customers", group="customers"),
    Place(path="/ops/orders", right="orders", word="orders", group="customers"),
    Place(path="/ops/money", right="money", word="refunds", group="customers"),
    Place(path="/ops/plans", right="plans", word="plans", group="customers"),
    Place(path="/ops/contested", right="contested", word="contested", group="customers"),
    Place(path="/ops/stations", right="fleet", word="stations", group="fleet"),
    Place(path="/ops/parked", right="parked", word="parked", group="fleet"),
    Place(path="/ops/stores", right="fleet", word="stores", group="fleet"),
    Place(path="/ops/tenants", right="fleet", word="tenants", group="fleet"),
    Place(path="/ops/catalogue", right="catalogue", word="catalogue", group="works"),
    Place(path="/ops/terms", right="catalogue", word="terms", group="works"),
    Place(path="/ops/jobs", right="jobs", word="jobs", group="works"),
    Place(path="/ops/storage", right="storage", word="storage", group="works"),
    Place(path="/ops/mail", right="mail", word="mail", group="works"),
    Place(path="/ops/operators", right="operators", word="operators", group="house"),
    Place(path="/ops/audit", right="audit", word="audit", group="house"),
)


def places_of(duty: Duty) -> dict[str, tuple[Place, ...]]:
    """Return the places an operator is shown, by group in the order of the list."""
    groups: dict[str, list[Place]] = {}
    for place in PLACES:
        if duty.may(place.right):
            groups.setdefault(place.group, []).append(place)
    return {group: tuple(places) for group, places in groups.items()}


def is_at(path: str, place: Place) -> bool:
    """Say whether the page at ``path`` is this place, or below it."""
    return path == place.path or (place.path != "/ops" and path.startswith(place.path + "/"))
