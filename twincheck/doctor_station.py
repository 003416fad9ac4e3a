"""What the doctor says of a station's folder, in a store manager's words: is it safe, is it sent, is it up to date.

The journal is read beside its holder, as ``twincheck sync status`` does; nothing is written and no lock is taken.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import apsw
import msgspec

from photocore.roster import RosterSnapshot
from photocore.seams import Clock
from sync import outbox
from sync.database import pragma, read_beside
from sync.errors import JournalDown, NotEnrolled
from sync.journal import DATABASE, LOCK
from sync.keys import StationFile, load_station
from sync.lock import is_held
from sync.statements import one
from twincheck.findings import Finding, Verdict

ROSTER_OLD: Final = timedelta(days=14)
UNSENT_LONG: Final = timedelta(hours=36)
"""A night and the next one's beginning: a store whose events are older than that has missed its nightly run."""
UNSENT_TOO_LONG: Final = timedelta(days=7)
TILL: Final = "till.toml"
"""With it in its folder the station is a till's."""

Reach = Callable[[str], str]
"""Tries an address; returns what is wrong, an empty text when somebody answers there."""


def examine_station(folder: Path, clock: Clock, reach: Reach) -> Iterator[Finding]:
    """Yield what there is to say of the station in ``folder``; one finding where there is none."""
    try:
        station = load_station(folder)
    except NotEnrolled as error:
        is_begun = folder.is_dir() and any(folder.iterdir())
        step = "ask the manager for a one-time code, then: twincheck station enrol --url https://... --code ..."
        yield Finding(check="enrolment", verdict="fail" if is_begun else "warn", seen=str(error), next_step=step)
        return
    except OSError as error:
        yield _closed(folder, error)
        return
    yield Finding(check="enrolment", verdict="ok", seen=f"{station.name}, of the photoservice at {station.url}")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield _closed(folder, PermissionError(f"{folder} may not be written by this user"))
    if not (folder / TILL).exists():  # a bridge has a line of its own; a kiosk on its journal would be wrong
        yield check_holder(is_held(folder / LOCK))
    yield from _examine_journal(folder / DATABASE, clock)
    yield check_service(station, reach)


def check_holder(holder: int | None) -> Finding:
    """Say whether a kiosk runs on this journal: only one may, and for shoppers one must."""
    if holder is None:
        step = "start it: systemctl start twincheck-kiosk (or: twincheck kiosk run)"
        return Finding(check="kiosk", verdict="warn", seen="no kiosk runs on this station's journal", next_step=step)
    return Finding(check="kiosk", verdict="ok", seen=f"running, as process {holder}" if holder else "running")


def _examine_journal(path: Path, clock: Clock) -> Iterator[Finding]:
    """Yield what the journal says of itself: whole, sent, and with which list of the store's."""
    try:
        found, owed, roster = read_beside(path, _read)
    except JournalDown as error:
        step = "stop the kiosk, keep the folder as it is, and call support: what is in it may be all there is"
        yield Finding(check="journal", verdict="fail", seen=str(error), next_step=step)
        return
    if found != "ok":
        step = "stop the kiosk, copy the whole folder aside, and call support before anything else"
        yield Finding(check="journal", verdict="fail", seen=f"damaged: {found}", next_step=step)
        return
    yield Finding(check="journal", verdict="ok", seen=f"whole, at {path}")
    yield check_owed(owed, clock.now())
    yield check_roster(roster, clock.now())


def _read(connection: apsw.Connection) -> tuple[str, outbox.Owed, bytes | None]:
    row = one(connection, "roster.read_roster")
    return str(pragma(connection, "quick_check")), outbox.count_owed(connection), row[2] if row else None


def check_owed(owed: outbox.Owed, now: datetime) -> Finding:
    """Say how much waits to be sent and for how long, and whether a person has to look at something."""
    if owed.parked:
        seen = f"{owed.parked} events were set aside and wait for a person"
        step = "sign in at the kiosk as manager and look at them, or: twincheck sync parked"
        return Finding(check="sent", verdict="warn", seen=seen, next_step=step)
    if not owed.unsent or owed.oldest_at is None:
        return Finding(check="sent", verdict="ok", seen="everything was sent")
    age = now - owed.oldest_at
    seen = f"{owed.unsent} events wait to be sent, the oldest for {_age_words(age)}; they are safe here"
    if age < UNSENT_LONG:
        return Finding(check="sent", verdict="ok", seen=seen)
    step = "check the network cable, then: twincheck sync now. With none: twincheck sync export, and carry the file"
    verdict: Verdict = "fail" if age >= UNSENT_TOO_LONG else "warn"
    return Finding(check="sent", verdict=verdict, seen=seen, next_step=step)


def check_roster(head: bytes | None, now: datetime) -> Finding:
    """Say how old the store's list of films, cards and rules is."""
    step = "twincheck sync now brings the newest, when there is a network"
    if head is None:
        seen = "no list of this store's films and cards came yet: every package is unknown"
        return Finding(check="store's list", verdict="warn", seen=seen, next_step=step)
    try:
        roster = msgspec.json.decode(head, type=RosterSnapshot)
        age = now - datetime.fromisoformat(roster.made_at).astimezone(UTC)
    except (msgspec.DecodeError, ValueError) as error:
        seen = f"the list of this store's films and cards cannot be read: {error}"
        return Finding(check="store's list", verdict="fail", seen=seen, next_step=step)
    seen = f"version {roster.version}, {_age_words(age)} old"
    if age > ROSTER_OLD:
        return Finding(check="store's list", verdict="warn", seen=seen, next_step=step)
    return Finding(check="store's list", verdict="ok", seen=seen)


def check_service(station: StationFile, reach: Reach) -> Finding:
    """Try the photoservice's address: nothing is sent, nobody signs in."""
    trouble = reach(station.url)
    if not trouble:
        return Finding(check="photoservice", verdict="ok", seen=f"{station.url} answers")
    seen = f"{station.url}: {trouble}. The kiosk works on; what it registers waits here"
    step = "check the network cable and the router; if others reach it, call support"
    return Finding(check="photoservice", verdict="warn", seen=seen, next_step=step)


def _closed(folder: Path, error: OSError) -> Finding:
    step = f"run the doctor as the kiosk's user (sudo -u kiosk ...), or: sudo chown -R kiosk: {folder}"
    return Finding(check="station's folder", verdict="fail", seen=str(error), next_step=step)


def _age_words(age: timedelta) -> str:
    hours = max(0, int(age.total_seconds() // 3600))
    return f"{hours} hours" if hours < 72 else f"{hours // 24} days"
