"""What the doctor says of the database and what stands in it: is it ours, is it up to date, does anything wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from photocore.findings import Finding, Verdict, fail, ok, warn
from photoservice.dashboards.standing import read_standing
from photoservice.db.database import Session
from photoservice.db.migrate import read_migrations
from photoservice.keyring import Keyring

OLDEST_SERVER: Final = 150_000
"""What Debian 12 brings; older ones were never tried."""
SERVER_CONNECTIONS: Final = 20
"""What one more ``serve`` may open."""
LATE_S: Final = 900.0
WORKER_LATE_S: Final = 1800.0
SWEEP_LATE: Final = timedelta(hours=3)
MAIL_LATE: Final = timedelta(hours=1)


async def check_server(session: Session, *, is_embedded: bool) -> tuple[list[Finding], datetime]:
    """Return what there is to say of the server, and what time it is there."""
    row = await session.row("doctor.server")
    assert row is not None  # noqa: S101  # it has no table to be empty
    version = f"{row['version'] // 10_000}.{row['version'] % 10_000}"
    found: list[Finding] = []
    if row["version"] < OLDEST_SERVER:
        found.append(
            fail("postgresql", f"{version} is older than any that was tried", "upgrade to PostgreSQL 15 or newer")
        )
    elif is_embedded:
        step = "outside a trial give --database a server you back up"
        found.append(warn("postgresql", f"{version}, the embedded server", step))
    else:
        found.append(ok("postgresql", version))
    left = row["allowed"] - row["open"]
    seen = f"{row['open']} of {row['allowed']} are open"
    step = f"each serve opens up to {SERVER_CONNECTIONS}: raise max_connections"
    found.append(ok("connections", seen) if left >= SERVER_CONNECTIONS else warn("connections", seen, step))
    return found, row["at"]


async def check_migrations(session: Session) -> Finding:
    """Say whether the schema is this program's."""
    if not await session.value("doctor.has_book"):
        return fail("schema", "no service was ever started on this database", "start serve, or: migrate")
    done = {row["number"]: row["sha256"] for row in await session.rows("doctor.migrations")}
    known = {one.number: one.sha256 for one in read_migrations()}
    if newer := sorted(set(done) - set(known)):
        return fail(
            "schema", f"migration {newer[-1]:04d} is unknown here: a newer program made it", "upgrade here, too"
        )
    if edited := [number for number, sha256 in done.items() if known[number] != sha256]:
        return fail("schema", f"migration {edited[0]:04d} is another one than ran here", "install the released program")
    if missing := sorted(set(known) - set(done)):
        return fail("schema", f"{len(missing)} migrations did not run yet", "twincheck photoservice migrate")
    return ok("schema", f"up to date, at migration {max(known):04d}")


async def check_mark(session: Session, keyring: Keyring) -> Finding:
    """Say whether these keys are the ones the database was made with."""
    mark = await session.value("doctor.keyring_mark")
    if mark is None or bytes(mark) == keyring.mark:
        return ok("keys fit", "they are those this database was made with")
    step = "bring the right ones back: with these no card is found, and stations would not know us"
    return fail("keys fit", "they are not those this database was made with", step)


async def check_house(session: Session) -> Iterator[Finding]:
    """Say what a service that is set up has."""
    row = await session.row("doctor.house")
    assert row is not None  # noqa: S101  # aggregates have a row
    return _house(
        has_catalogue=row["has_catalogue"], operators=row["operators"], owners=row["owners"],
        tenants=row["tenants"], held=row["held"], damaged=row["damaged"],
    )  # fmt: skip


def _house(
    *, has_catalogue: bool, operators: int, owners: int, tenants: int, held: int, damaged: int
) -> Iterator[Finding]:
    yield (
        ok("catalogue", "published")
        if has_catalogue
        else warn("catalogue", "none: nothing can be ordered", "twincheck photoservice catalogue publish FILE")
    )
    if owners:
        yield ok("operators", f"{operators}, {owners} of them owners")
    else:
        step = "sign up on the web, then: twincheck photoservice operator add --login NAME --role owner"
        yield warn("operators", f"{operators}, and nobody of them an owner", step)
    yield ok("tenants", f"{tenants} with a live key") if tenants else warn("tenants", "none", "tenant add")
    if held:
        yield warn("stations", f"{held} held since their history forked", "look at it, then: station release ST-..")
    if damaged:
        yield fail("originals", f"{damaged} damaged or missing", "upload them again, or restore them from a backup")
    else:
        yield ok("originals", "none is known to be damaged")


async def check_waiting(session: Session, now: datetime) -> list[Finding]:
    """Say what waits: for a person, for a round of ``serve``, for a worker, for the mail server."""
    standing = await read_standing(session, now)
    found = [
        _people("contested", standing.contested, "registrations wait for a ruling", "the operators' page Contested"),
        _people("parked", standing.parked_events, "events wait for a person", "twincheck photoservice parked"),
        _late("plans", max(standing.plans_uncounted_seconds, standing.plans_late_seconds), "a serve must run"),
        _late("orders", standing.orders_late_seconds, "a serve must run"),
    ]
    rows = await session.rows("renditions.waiting")
    rolls = sum(row["rolls"] for row in rows)
    oldest = max((row["oldest_s"] for row in rows if row["lane"] != "backfill"), default=0.0)
    found.append(
        _late("renditions", oldest, "start a worker: twincheck photoservice work", most=WORKER_LATE_S, n=rolls)
    )
    found.append(await _mail(session, now))
    found.append(await _sweep(session, now))
    found.append(await _storage(session))
    return found


async def _mail(session: Session, now: datetime) -> Finding:
    row = await session.row("doctor.messages", now)
    assert row is not None  # noqa: S101  # aggregates have a row
    seen = f"{row['waiting']} wait, {row['failed']} given up in the last day"
    if row["oldest"] is not None and now - row["oldest"] > MAIL_LATE:
        return warn("messages", f"{seen}; the first waits for more than an hour", "look at the mail server")
    return ok("messages", seen)


async def _sweep(session: Session, now: datetime) -> Finding:
    at = await session.value("doctor.upkeep", "sweep")
    if at is None or now - at > SWEEP_LATE:
        seen = "none in the last three hours" if at else "none yet"
        return warn("rounds", f"{seen}: is a serve running?", "systemctl status 'twincheck-photoservice-web@*'")
    return ok("rounds", f"swept {int((now - at).total_seconds() // 60)} minutes ago")


async def _storage(session: Session) -> Finding:
    row = await session.row("doctor.storage")
    if row is None or row["capacity"] is None:
        return ok("capacity", "no bound but the disk's")
    taken, capacity = row["reserved"] + row["used"], row["capacity"]
    seen = f"{taken / 1e9:.1f} of {capacity / 1e9:.1f} GB are kept or promised"
    if taken > 0.9 * capacity:
        return warn("capacity", seen, "raise --capacity-gb, and give it the room")
    return ok("capacity", seen)


def _people(check: str, count: int, words: str, step: str) -> Finding:
    return warn(check, f"{count} {words}", step) if count else ok(check, "nothing waits for a person")


def _late(check: str, seconds: float, step: str, *, most: float = LATE_S, n: int | None = None) -> Finding:
    waits = f"{n} rolls wait; " if n else ""
    if seconds <= most:
        return ok(check, f"{waits}nothing is late")
    verdict: Verdict = "fail" if seconds > 10 * most else "warn"
    seen = f"{waits}the first is {int(seconds // 60)} minutes late"
    return Finding(check=check, verdict=verdict, seen=seen, next_step=step)
