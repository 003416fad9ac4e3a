"""Tables in memory, with what of PostgreSQL the intake leans on: keys that conflict, sequences, and a way back.

Every write notes what stood there before, so that a transaction or a savepoint is undone in as many steps as it took. A
row that was written is never changed, only replaced: so a copy of the tables is a copy of dictionaries, and whoever
read a row may keep it. Sequences do not go back with a transaction, as PostgreSQL's do not.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final, cast

import asyncpg

Key = Any
"""What a row is found by: one value, or a tuple of several."""


class ModelRow(dict[str, Any]):
    """One row, by column name or place."""

    __slots__ = ()

    def __missing__(self, name: object) -> Any:  # noqa: ANN401  # what a column holds, its query knows
        """Return the column at a place, which is no key of the dictionary."""
        if isinstance(name, int):
            return list(self.values())[name]
        raise KeyError(name)


def pick(row: Mapping[str, Any], *columns: str) -> ModelRow:
    """Return some of a row's columns."""
    return ModelRow((name, row[name]) for name in columns)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A table as the migrations made it.

    ``indexes`` are ours alone, to find rows quickly. ``partial`` names those that hold some rows only.
    """

    name: str
    columns: Mapping[str, Any]
    """Each column with its default: ``REQUIRED`` where it must be given and is never null, ``Sequence`` or a value."""
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    references: Mapping[str, str] = field(default_factory=dict[str, str])
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    partial: Mapping[str, Callable[[ModelRow], bool]] = field(default_factory=dict[str, Callable[[ModelRow], bool]])
    ordered: tuple[tuple[str, ...], str] | None = None
    """Columns to group by, and the one that each group's rows are kept in the order of."""


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()
"""The column is given by whoever inserts, and is not null."""


@dataclass(frozen=True)
class Never:
    """The default of a column that is never null: a value, or the next of a sequence."""

    value: Any = None
    sequence: str = ""


@dataclass
class Ledger:
    """What open transactions wrote over, the oldest first; and the sequences, which nothing undoes."""

    past: list[tuple["Table", Key, ModelRow | None]] = field(default_factory=list[tuple["Table", Key, ModelRow | None]])
    sequences: dict[str, int] = field(default_factory=dict[str, int])

    def next(self, sequence: str) -> int:
        """Return the next number of a sequence."""
        number = self.sequences.get(sequence, 0) + 1
        self.sequences[sequence] = number
        return number

    def undo(self, until: int) -> None:
        """Put everything back as it was when the ledger was ``until`` long."""
        while len(self.past) > until:
            table, key, row = self.past.pop()
            table.put_back(key, row)


@dataclass
class _Index:
    """Finds rows by columns that are no key."""

    value_of: Callable[[ModelRow], Any]
    holds: Callable[[ModelRow], bool] | None
    found: dict[Any, dict[Key, None]] = field(default_factory=dict[Any, dict[Key, None]])

    def change(self, key: Key, old: ModelRow | None, new: ModelRow | None) -> None:
        holds = self.holds
        was = old is not None and (holds is None or holds(old))
        stays = new is not None and (holds is None or holds(new))
        if was and stays and self.value_of(old) == self.value_of(new):  # pyright: ignore[reportArgumentType]
            return
        if was:
            value = self.value_of(old)  # pyright: ignore[reportArgumentType]
            keys = self.found[value]
            del keys[key]
            if not keys:
                del self.found[value]
        if stays:
            self.found.setdefault(self.value_of(new), {})[key] = None  # pyright: ignore[reportArgumentType]


class Table:
    """Rows by their key, found by indexes, each write noted in the ledger."""

    def __init__(self, shape: Shape, ledger: Ledger, known: Mapping[str, "Table"]) -> None:
        self.shape = shape
        self.rows: dict[Key, ModelRow] = {}
        self._ledger = ledger
        self._known = known
        self._key_of: Callable[[ModelRow], Key] = _getter(shape.key)
        defaults = shape.columns.items()
        self._empty = {column: _default(default) for column, default in defaults}
        self._never_null = [column for column, default in defaults if default is REQUIRED or isinstance(default, Never)]
        self._serial = [
            (c, default.sequence) for c, default in defaults if isinstance(default, Never) and default.sequence
        ]
        self._indexes = {
            name: _Index(value_of=_getter(columns), holds=shape.partial.get(name))
            for name, columns in shape.indexes.items()
        }
        self._unique = {columns: _Index(value_of=_getter(columns), holds=None) for columns in shape.unique}
        self._kept = (*self._indexes.values(), *self._unique.values())
        self._group_of: Callable[[ModelRow], Any] | None = _getter(shape.ordered[0]) if shape.ordered else None
        self._order = shape.ordered[1] if shape.ordered else ""
        self._places: dict[Any, list[int]] = {}

    def __iter__(self) -> Iterator[ModelRow]:
        """Yield all rows, in the order of their keys' first writing."""
        return iter(list(self.rows.values()))

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, key: Key) -> ModelRow | None:
        """Return the row of a key, or None."""
        return self.rows.get(key)

    def by(self, index: str, value: Any) -> list[ModelRow]:  # noqa: ANN401  # one value, or a tuple of several
        """Return the rows an index finds by a value."""
        keys = self._indexes[index].found.get(value)
        return [self.rows[key] for key in keys] if keys else []

    def by_any(self, index: str, values: Iterable[Any]) -> list[ModelRow]:
        """Return the rows an index finds by any of ``values``, each row once."""
        return [row for value in dict.fromkeys(values) for row in self.by(index, value)]

    def values(self, index: str) -> list[Any]:
        """Return all values an index has rows for."""
        return list(self._indexes[index].found)

    def only(self, columns: tuple[str, ...], value: Any) -> ModelRow | None:  # noqa: ANN401  # as above
        """Return the row that a unique constraint finds."""
        keys = self._unique[columns].found.get(value)
        return self.rows[next(iter(keys))] if keys else None

    def places_above(self, group: Any, place: int) -> list[int]:  # noqa: ANN401  # as above
        """Return what the rows of a group are ordered by, above ``place``, ascending."""
        places = self._places.get(group)
        return places[bisect_right(places, place) :] if places else []

    def add(self, **given: Any) -> ModelRow:  # noqa: ANN401  # what a column holds, its query knows
        """Insert a row.

        Raises:
            UniqueViolationError: a key holds another row already.
            NotNullViolationError: a column that must be given is null.
            ForeignKeyViolationError: it refers to what is not there.
        """
        row = self._complete(given)
        if self._taken(row):
            raise asyncpg.UniqueViolationError(f"a row of {self.shape.name} has this key already")
        return self._insert(row)

    def add_unless_taken(self, **given: Any) -> ModelRow | None:  # noqa: ANN401  # as above
        """Insert a row (``on conflict do nothing``); None when a key holds another already."""
        row = self._complete(given)
        return None if self._taken(row) else self._insert(row)

    def change(self, row: ModelRow, **columns: Any) -> int:  # noqa: ANN401  # as above
        """Write other values into a row; return 1, the number of rows this touched."""
        new = ModelRow(row)
        new.update(columns)
        self._write(self._key_of(row), new)
        return 1

    def remove(self, row: ModelRow) -> int:
        """Delete a row; return 1."""
        self._write(self._key_of(row), None)
        return 1

    def put_back(self, key: Key, row: ModelRow | None) -> None:
        """Write without a trace: for the ledger, and to restore a copy."""
        old = self.rows.get(key)
        if row is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = row
        for index in self._kept:
            index.change(key, old, row)
        if self._group_of is not None:
            self._reorder(old, row)

    def load(self, rows: Mapping[Key, ModelRow]) -> None:
        """Let the table hold ``rows`` and nothing else."""
        self.rows = {}
        self._places = {}
        for index in self._kept:
            index.found = {}
        for key, row in rows.items():
            self.put_back(key, row)

    def _complete(self, given: dict[str, Any]) -> ModelRow:
        row = ModelRow(self._empty)
        row.update(given)
        if len(row) != len(self._empty):
            raise asyncpg.UndefinedColumnError(f"{self.shape.name} has no column {row.keys() - self._empty.keys()}")
        for column, sequence in self._serial:
            if column not in given:
                row[column] = self._ledger.next(sequence)
        for column in self._never_null:
            if row[column] is None:
                raise asyncpg.NotNullViolationError(f"{self.shape.name}.{column} is null")
        return row

    def _taken(self, row: ModelRow) -> bool:
        if self._key_of(row) in self.rows:
            return True
        return any(
            index.value_of(row) in index.found and all(row[column] is not None for column in columns)
            for columns, index in self._unique.items()
        )

    def _insert(self, row: ModelRow) -> ModelRow:
        for column, table in self.shape.references.items():
            if row[column] is not None and row[column] not in self._known[table].rows:
                raise asyncpg.ForeignKeyViolationError(f"{self.shape.name}.{column} refers to no row of {table}")
        self._write(self._key_of(row), row)
        return row

    def _write(self, key: Key, row: ModelRow | None) -> None:
        self._ledger.past.append((self, key, self.rows.get(key)))
        self.put_back(key, row)

    def _reorder(self, old: ModelRow | None, new: ModelRow | None) -> None:
        assert self._group_of is not None  # noqa: S101  # asked by put_back
        was = (self._group_of(old), old[self._order]) if old is not None else None
        becomes = (self._group_of(new), new[self._order]) if new is not None else None
        if was == becomes:
            return
        if was is not None:
            self._places[was[0]].remove(was[1])
        if becomes is not None:
            insort(self._places.setdefault(becomes[0], []), becomes[1])


def _default(default: object) -> object:
    """Return what a column holds that nobody gave."""
    if isinstance(default, Never):
        return default.value
    return None if default is REQUIRED else default


def _getter(columns: tuple[str, ...]) -> Callable[[ModelRow], Any]:
    """Return what reads these columns of a row: one value of one, a tuple of several."""
    return cast("Callable[[ModelRow], Any]", itemgetter(*columns))
