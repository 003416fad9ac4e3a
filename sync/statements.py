"""Load SQL by name from the ``.sql`` files beside this module.

SQL is read as SQL, by people and tools, so it stands in files of its own: each query has a name and a sentence.
A block begins with ``-- name: verb_noun`` and ends where the next begins.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Protocol, cast

import apsw

_MARK = "-- name: "

Row = tuple[Any, ...]
Values = dict[str, Any]

_NO_VALUES: Values = {}


class _Database(Protocol):
    """The part of ``apsw.Connection`` we use, in types that Python 3.11 can name."""

    def execute(self, statements: str, bindings: Values | None = None) -> Iterable[Row]: ...

    def executemany(self, statements: str, sequenceofbindings: Iterable[Values]) -> Iterable[Row]: ...

    def pragma(self, name: str, value: str | int | None = None) -> Any: ...  # noqa: ANN401


def execute(connection: apsw.Connection, sql: str) -> None:
    """Run SQL that gives no rows: a schema step, a savepoint, BEGIN or COMMIT."""
    cast("_Database", connection).execute(sql)


def pragma(connection: apsw.Connection, name: str, value: str | int | None = None) -> str | int | None:
    """Set a PRAGMA, or read it."""
    database = cast("_Database", connection)
    return database.pragma(name) if value is None else database.pragma(name, value)


def run(connection: apsw.Connection, name: str, values: Values | None = None) -> list[Row]:
    """Run the statement ``file.query`` with named ``values`` and return its rows.

    Raises:
        KeyError: no such file or query.
    """
    return list(cast("_Database", connection).execute(statement(name), values or _NO_VALUES))


def run_many(connection: apsw.Connection, name: str, values: Iterable[Values]) -> list[Row]:
    """Run a statement once for each of ``values`` and return the rows of all."""
    return list(cast("_Database", connection).executemany(statement(name), values))


def one(connection: apsw.Connection, name: str, values: Values | None = None) -> Row | None:
    """Run a statement and return its first row, or None."""
    rows = run(connection, name, values)
    return rows[0] if rows else None


def number(connection: apsw.Connection, name: str, values: Values | None = None) -> int:
    """Run a statement that gives one integer."""
    return int(run(connection, name, values)[0][0])


@cache
def statement(name: str) -> str:
    """Return the SQL text named ``file.query``; another room's stands before its file: ``store_hub/relay.keep``."""
    file, _, query = name.partition(".")
    return _blocks(file)[query]


@cache
def _blocks(file: str) -> dict[str, str]:
    room, _, own = file.rpartition("/")
    text = (files(room or "sync") / "sql" / f"{own}.sql").read_text(encoding="utf-8")
    return dict(_split(text))


def _split(text: str) -> Iterator[tuple[str, str]]:
    for block in text.split(_MARK)[1:]:
        name, _, body = block.partition("\n")
        yield name.strip(), body.strip()


@cache
def migrations(room: str = "sync") -> tuple[str, ...]:
    """Return the steps of a room's schema in order; step ``n`` (from 1) brings ``user_version`` to ``n``."""
    folder = files(room) / "sql" / "schema"
    steps = sorted((step for step in folder.iterdir() if step.name.endswith(".sql")), key=lambda step: step.name)
    return tuple(step.read_text(encoding="utf-8") for step in steps)
