"""The named queries as Python functions over tables: a module for each file of ``db/queries``, a function a name.

``events.held`` is :func:`events.held`; a name that Python has taken (``list``, ``open``) ends in an underscore.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from inspect import isfunction
from types import ModuleType
from typing import Final

from photoservice.modelled.statements import (
    accounts,
    at_home,
    captures,
    claim_codes,
    claims,
    enrolment,
    epcis,
    epochs,
    events,
    keyring,
    locks,
    make_ups,
    manifests,
    merges,
    news,
    products,
    registrations,
    rosters,
    sales,
    stations,
    stores,
    tenants,
    throttle,
)
from photoservice.modelled.tables import ModelRow

Statement = Callable[..., Sequence[ModelRow] | int]
"""Takes the store and the query's values; returns its rows, or how many it touched."""

_MODULES: Final = (
    *(accounts, at_home, captures, claim_codes, claims, enrolment, epcis, epochs, events, keyring, locks, make_ups),
    *(manifests, merges, news, products, registrations, rosters, sales, stations, stores, tenants, throttle),
)


@cache
def statements() -> Mapping[str, Statement]:
    """Return what carries out each query, by its name."""
    return {name: statement for module in _MODULES for name, statement in _named(module)}


def _named(module: ModuleType) -> list[tuple[str, Statement]]:
    own = module.__name__.rpartition(".")[2]
    found: list[tuple[str, Statement]] = []
    for name, value in vars(module).items():
        if isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
            found.append((f"{own}.{name.rstrip('_')}", value))
    return found
