"""Looking into a journal with SQL of the simulation's own: what it checks it does not ask the product's queries."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, cast

import apsw


class _Database(Protocol):
    """The one verb of apsw's connection that is used here, in full types."""

    def execute(self, statements: str, bindings: Sequence[int | str], /) -> Iterable[tuple[Any, ...]]: ...


def ask(connection: apsw.Connection, sql: str, *values: int | str) -> list[tuple[Any, ...]]:
    """Return all rows of a question."""
    return list(cast("_Database", connection).execute(sql, values))
