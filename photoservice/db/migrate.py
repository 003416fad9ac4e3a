"""Bring a database to the schema this program was written for, once, however many processes start together.

Migrations are numbered SQL files, run in order, each in its own transaction, under one advisory lock: without it two
workers' ``create table`` crash each other (research/service.md 1.5). What has run is never edited: its hash is kept.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from photoservice.db.driver import Connection, connect
from photoservice.errors import SchemaForeign

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"

_LOCK = 0x7477_696E  # "twin"; any number, the same in every process

_BOOK = """
create table if not exists schema_migration (
    number integer primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now()
)
"""


@dataclass(frozen=True, kw_only=True)
class Migration:
    """One numbered step."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """The hash that is kept beside its number."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path = MIGRATIONS) -> Iterator[Migration]:
    """Yield the migrations of ``folder`` in order: files named ``0001_what_it_does.sql``."""
    for path in sorted(folder.glob("[0-9]*.sql")):
        number, _, name = path.stem.partition("_")
        yield Migration(number=int(number), name=name, sql=path.read_text(encoding="utf-8"))


async def migrate(url: str, folder: Path = MIGRATIONS, *, up_to: int | None = None) -> list[str]:
    """Bring the database at ``url`` up to date, or ``up_to`` a migration; return the names of what was run now.

    Raises:
        SchemaForeign: it was made by a newer program, or a migration that ran was edited since.
    """
    connection = await connect(url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(_BOOK)
        wanted = [m for m in read_migrations(folder) if up_to is None or m.number <= up_to]
        return await _run_missing(connection, wanted)
    finally:
        await connection.close()


async def _run_missing(connection: Connection, migrations: list[Migration]) -> list[str]:
    done = {row["number"]: row["sha256"] for row in await connection.fetch("select * from schema_migration")}
    _refuse_foreign(done, {m.number: m for m in migrations})
    missing = [m for m in migrations if m.number not in done]
    for migration in missing:
        log.info("migration.running", number=migration.number, name=migration.name)  # a large database takes minutes
        async with connection.transaction():
            await connection.execute(migration.sql)
            await connection.execute(
                "insert into schema_migration (number, name, sha256) values ($1, $2, $3)",
                migration.number,
                migration.name,
                migration.sha256,
            )
    return [m.name for m in missing]


def _refuse_foreign(done: dict[int, str], known: dict[int, Migration]) -> None:
    for number, sha256 in done.items():
        if number not in known:
            raise SchemaForeign(f"The database has migration {number:04d}, which this program does not know.")
        if known[number].sha256 != sha256:
            raise SchemaForeign(f"Migration {number:04d} was edited after it had run on this database.")
