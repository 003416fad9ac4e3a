"""The database as files: every table in COPY's text form, as it was at one instant, and back.

Text form and plain SQL only, so that a backup made of one PostgreSQL is read by another version, and no tool of the
server's is needed. Tables come back in the order of their references, and nothing needs a superuser.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from photoservice.db.driver import Connection, CopyConnection, Row
from photoservice.errors import ServiceError
from photoservice.keyring import sync_folder

_SEEDED: Final = ("images.storage",)
"""What a migration fills itself."""


class BackupRefused(ServiceError):
    """A backup or a restore cannot be done like this; the message says what to do."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a snapshot; ``sha256`` is its file's."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.copy"


class Dump(msgspec.Struct, frozen=True, kw_only=True):
    """All tables, where the sequences stand, and the migration they were made by."""

    migration: int
    tables: tuple[Table, ...]
    sequences: Mapping[str, int]


async def dump(connection: CopyConnection, queries: Mapping[str, str], folder: Path) -> Dump:
    """Write every table into ``folder``, within the transaction ``connection`` is in."""
    tables = [await _dump_table(connection, row, folder) for row in await connection.fetch(queries["objects.tables"])]
    sequences = {row["name"]: row["last_value"] for row in await connection.fetch(queries["objects.sequences"])}
    migration = await connection.fetchval(queries["objects.newest_migration"])
    sync_folder(folder)
    return Dump(migration=migration, tables=tuple(tables), sequences=sequences)


async def _dump_table(connection: CopyConnection, row: Row, folder: Path) -> Table:
    name, columns = f"{row['schema']}.{row['name']}", tuple(row["columns"])
    digest = hashlib.sha256()
    with (folder / f"{name}.copy").open("wb") as file:

        async def write(piece: bytes) -> None:
            digest.update(piece)
            file.write(piece)

        asked = f"select {', '.join(map(_quoted, columns))} from {_quoted(row['schema'])}.{_quoted(row['name'])}"  # noqa: S608  # names of our own tables, quoted
        status = await connection.copy_from_query(asked, output=write)
        file.flush()
        os.fsync(file.fileno())
    return Table(name=name, columns=columns, rows=int(status.rpartition(" ")[2]), sha256=digest.hexdigest())


def check_files(found: Dump, folder: Path) -> None:
    """See that every table's file is as it was written.

    Raises:
        BackupRefused: one is not, or is missing.
    """
    for table in found.tables:
        check_file(folder / table.file, table.sha256)


def check_file(path: Path, sha256: str) -> None:
    """See that a file of a backup is as it was written.

    Raises:
        BackupRefused: it is not, or is missing.
    """
    try:
        is_as_written = hash_of(path) == sha256
    except FileNotFoundError as cause:
        raise BackupRefused(f"The backup's {path.name} is missing.") from cause
    if not is_as_written:
        raise BackupRefused(f"The backup's {path.name} is not as it was written.")


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def refuse_filled(connection: Connection, queries: Mapping[str, str]) -> None:
    """See that nothing is in the database yet but what migrations make.

    Raises:
        BackupRefused: there is.
    """
    for row in await connection.fetch(queries["objects.tables"]):
        name = f"{row['schema']}.{row['name']}"
        asked = f"select exists (select from {_quoted(row['schema'])}.{_quoted(row['name'])})"  # noqa: S608  # as above
        if name not in _SEEDED and await connection.fetchval(asked):
            raise BackupRefused(
                f"The database is not empty ({name} has rows). A backup is only put back into an empty one."
            )


async def load(connection: CopyConnection, queries: Mapping[str, str], found: Dump, folder: Path) -> None:
    """Fill the tables of an empty database of the same migration, within the transaction ``connection`` is in.

    Raises:
        BackupRefused: a table has not as many rows as were written.
    """
    edges = [(row["child"], row["parent"]) for row in await connection.fetch(queries["objects.references"])]
    for name in _SEEDED:
        await connection.execute(f"delete from {name}")  # noqa: S608  # ours
    for table in in_order(found.tables, edges):
        schema, _, name = table.name.partition(".")
        quoted = f"{_quoted(schema)}.{_quoted(name)}"
        await connection.execute(f"alter table {quoted} disable trigger user")  # what it would note was noted then
        status = await connection.copy_to_table(
            name, source=folder / table.file, columns=table.columns, schema_name=schema
        )
        if int(status.rpartition(" ")[2]) != table.rows:
            raise BackupRefused(f"{table.name} has not as many rows as its backup says.")
        await connection.execute(f"alter table {quoted} enable trigger user")
    for name, value in found.sequences.items():
        await connection.fetchval(queries["objects.set_sequence"], name, value)


def in_order(tables: Sequence[Table], edges: Iterable[tuple[str, str]]) -> Sequence[Table]:
    """Return ``tables`` so that each comes behind all it refers to.

    Raises:
        BackupRefused: they refer to each other in a circle.
    """
    names = {table.name for table in tables}
    waits = {name: {parent for child, parent in edges if child == name and parent in names} for name in names}
    ordered: list[Table] = []
    left = list(tables)
    while left:
        ready = [table for table in left if not waits[table.name] & {other.name for other in left}]
        if not ready:
            raise BackupRefused("The tables refer to each other in a circle.")
        ordered += ready
        left = [table for table in left if table not in ready]
    return ordered


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
