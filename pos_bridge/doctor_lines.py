"""What the doctor says of a till bridge, read from beside: its settings, sources, lanes, clocks, cases."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from photocore.errors import SettingsError
from photocore.findings import Finding, Verdict
from pos_bridge.adapters.setup import troubles_of
from pos_bridge.beside import (
    SourceSeen,
    read_cases,
    read_clocks_beside,
    read_figures,
    read_sources,
    read_standing,
    read_store,
)
from pos_bridge.intake.rejects import read_rejects
from pos_bridge.ledger.disk import LOCK
from pos_bridge.ledger.views import CaseView
from pos_bridge.running import Standing
from pos_bridge.settings import FILE, Loaded, SourceSettings, TillSettings, load_till
from pos_bridge.skew import TillClock
from sync.errors import JournalDown
from sync.lock import is_held

SILENT_LONG: Final = timedelta(days=4)
"""A source without a message for longer than a long weekend."""
CASES_OLD: Final = timedelta(days=3)
UNREAD_LONG: Final = timedelta(minutes=10)
NOTED_LATELY: Final = timedelta(minutes=5)
RUN: Final = "twincheck till run"
COUNTED_BY_TILL: Final = ("standard", "poslog", "files")
"""Kinds whose receipts are numbered by each till for itself; the others' have one number in the whole house."""
_OWN_LIST: Final = "for webhooks look at the sender's own list of deliveries"


def examine_till(folder: Path, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say of the bridge in the station's ``folder``; nothing where there is no till.toml."""
    if not (folder / FILE).exists():
        return
    try:
        loaded = load_till(folder)
    except (SettingsError, OSError) as error:
        step = f"mend {folder / FILE}; docs/till.md has an example of each part"
        yield Finding(check="till settings", verdict="fail", seen=str(error), next_step=step)
        return
    yield check_settings(loaded, folder)
    yield from check_lanes(loaded.settings)
    for source in loaded.settings.source.values():
        yield from check_setup(source)
    holder = is_held(folder / LOCK)
    yield check_running(holder)
    try:
        yield from _examine_ledger(folder, loaded.settings, now, is_running=holder is not None)
    except JournalDown as error:
        yield Finding(check="till ledger", verdict="warn", seen=str(error), next_step=f"start it once: {RUN}")


def _examine_ledger(folder: Path, settings: TillSettings, now: datetime, *, is_running: bool) -> Iterator[Finding]:
    figures = read_figures(folder)
    if figures.oldest_unread and now - figures.oldest_unread > UNREAD_LONG:
        seen = f"{figures.unread} messages are kept and not read"
        yield Finding(check="till ledger", verdict="warn", seen=seen, next_step=f"look whether it runs: {RUN}")
    else:
        seen = f"{figures.read} messages read, {figures.lines} lines of sales, {figures.sightings} scans"
        yield Finding(check="till ledger", verdict="ok", seen=seen)
    store = read_store(folder)
    for source in read_sources(folder, settings, now):
        yield check_source(source, now)
        yield from check_store(source.source, store)
    if figures.refused:
        seen = f"{figures.refused} messages could not be read"
        step = "the manager's page says why; after an upgrade let them be read again there"
        yield Finding(check="till messages", verdict="warn", seen=seen, next_step=step)
    standing = read_standing(folder)
    if standing is not None and is_running:
        yield from check_standing(standing, settings, now)
    for clock in read_clocks_beside(folder, settings.match):
        yield check_clock(clock)
    yield check_cases(read_cases(folder), now)


def check_settings(loaded: Loaded, folder: Path) -> Finding:
    """Say what is set up, and whether others may read the secrets in it."""
    settings = loaded.settings
    if loaded.warnings:
        step = f"chmod 600 {folder / FILE}"
        return Finding(check="till settings", verdict="warn", seen="; ".join(loaded.warnings), next_step=step)
    seen = f"{len(settings.lane)} lanes, {len(settings.source)} sources"
    if not settings.source:
        step = "name where sales come from: [source.NAME] in till.toml (docs/till.md)"
        return Finding(check="till settings", verdict="warn", seen=seen, next_step=step)
    return Finding(check="till settings", verdict="ok", seen=seen)


def check_lanes(settings: TillSettings) -> Iterator[Finding]:
    """Yield the tills that several lanes say are theirs: what is scanned at the second one finds no sale."""
    names = sorted({till for name, lane in settings.lane.items() for till in (name, *lane.tills)})
    for till in names:
        lanes = [name for name, lane in settings.lane.items() if till == name or till in lane.tills]
        if len(lanes) > 1:
            seen = f"till {till} is named by the lanes {', '.join(lanes)}; its sales count for lane {lanes[0]} alone"
            step = "give each lane its own in till.toml; where two sources mean two tills by it, [source.NAME] tills"
            yield Finding(check="till lanes", verdict="warn", seen=seen, next_step=step)


def check_store(source: SourceSettings, store: str | None) -> Iterator[Finding]:
    """Yield that all a source can tell of are other stores: the bridge keeps such sales, and does nothing with them."""
    theirs = {source.store, *source.stores.values()}
    if store is not None and store not in theirs:
        seen = (
            f"tells of {', '.join(sorted(theirs))}; this bridge is that of {store} and matches no other store's sales"
        )
        step = f"mend store in till.toml, [source.{source.name}]"
        yield Finding(check=f"source {source.name}", verdict="warn", seen=seen, next_step=step)


def check_setup(source: SourceSettings) -> Iterator[Finding]:
    """Yield what would keep a source's sales away, or take two of them for one, as its settings stand."""
    for till in sorted({till for till in source.tills.values() if source.kind in COUNTED_BY_TILL}):
        names = sorted(name for name, ours in source.tills.items() if ours == till)
        if len(names) > 1:
            seen = f"tills {', '.join(names)} are all called {till}: their receipts of one number are taken for one"
            step = f"give each its own name in till.toml, [source.{source.name}] tills, and those names to [lane] tills"
            yield Finding(check=f"source {source.name}", verdict="warn", seen=seen, next_step=step)
    for trouble in troubles_of(source):
        step = f"mend it in till.toml, [source.{source.name}]; docs/till.md has an example of each part"
        yield Finding(check=f"source {source.name}", verdict="warn", seen=trouble, next_step=step)


def check_running(holder: int | None) -> Finding:
    """Say whether the bridge runs: without it webhooks find nobody, and only what is polled is caught up."""
    if holder is None:
        return Finding(check="till bridge", verdict="warn", seen="it does not run", next_step=f"start it: {RUN}")
    return Finding(check="till bridge", verdict="ok", seen=f"running, as process {holder}" if holder else "running")


def check_source(seen: SourceSeen, now: datetime) -> Finding:
    """Say when a source last told something."""
    check, folder = f"source {seen.source.name}", Path(seen.source.folder)
    if seen.source.folder:
        if not folder.is_dir():
            step = f"make the folder, or set another in till.toml, [source.{seen.source.name}]"
            return Finding(check=check, verdict="warn", seen=f"{folder} is no folder", next_step=step)
        rejected = read_rejects(seen.source, 0).count
        if rejected:
            step = f"read the reasons beside them in {folder / 'rejects'}"
            return Finding(check=check, verdict="warn", seen=f"{rejected} files could not be read", next_step=step)
    own_list = f"does the till write into {folder / 'in'}?" if seen.source.folder else _OWN_LIST
    if seen.last_message is None:
        step = f"make a test sale; {own_list}"
        return Finding(check=check, verdict="warn", seen="never told anything", next_step=step)
    age = now - seen.last_message
    verdict: Verdict = "warn" if age > SILENT_LONG else "ok"
    step = own_list if verdict == "warn" else ""
    return Finding(check=check, verdict=verdict, seen=f"last told {age_words(age)} ago", next_step=step)


def check_standing(standing: Standing, settings: TillSettings, now: datetime) -> Iterator[Finding]:
    """Yield what the running bridge noted of its tees and its printer."""
    noted_at = datetime.fromisoformat(standing.at)
    if now - noted_at > NOTED_LATELY:
        seen = f"it noted nothing for {age_words(now - noted_at)}"
        yield Finding(check="till bridge", verdict="warn", seen=seen, next_step="look at its log; start it again")
    teed = [name for name, lane in settings.lane.items() if lane.till_port or lane.printer_port]
    for name in teed:
        yield _lane(name, standing, now)
    if settings.printer or standing.printer != "none":
        is_good = standing.printer in ("ready", "near_end", "busy")
        yield Finding(
            check="till printer",
            verdict="ok" if is_good else "warn",
            seen=standing.printer,
            next_step="" if is_good else "look at it; then: twincheck devices",
        )
    for name, why in standing.troubles.items():
        step = "docs/till.md: this source's own page"
        yield Finding(check=f"source {name}", verdict="warn", seen=why, next_step=step)


def check_clock(clock: TillClock) -> Finding:
    """Say how a till's clock stands to ours, and what would set it right."""
    check = f"clock of till {clock.till}"
    seen = f"its sales end {clock.typical_s} s after their scan (of {clock.sales})"
    if clock.suggested_s is None:
        return Finding(check=check, verdict="ok", seen=seen)
    step = f"set the till's clock; or in till.toml: [match] skew_s = {clock.suggested_s}"
    return Finding(check=check, verdict="warn", seen=seen, next_step=step)


def check_cases(cases: tuple[CaseView, ...], now: datetime) -> Finding:
    """Say how many cases wait for a manager, and since when."""
    if not cases:
        return Finding(check="till cases", verdict="ok", seen="none open")
    oldest = min((_instant(case.at, now) for case in cases), default=now)
    age = now - oldest
    verdict: Verdict = "warn" if age > CASES_OLD else "ok"
    seen = f"{len(cases)} open, the oldest for {age_words(age)}"
    step = "the manager's page, or: twincheck till cases" if verdict == "warn" else ""
    return Finding(check="till cases", verdict=verdict, seen=seen, next_step=step)


def age_words(age: timedelta) -> str:
    """Return an age in its largest unit."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 72 * 60 else f"{minutes // 1440} days"


def _lane(name: str, standing: Standing, now: datetime) -> Finding:
    check, lane = f"lane {name}", standing.lanes.get(name)
    if lane is None or lane.heard_at is None:
        step = f"scan something there; look at its tee: systemctl status twincheck-tee@{name}"
        return Finding(check=check, verdict="warn", seen="nothing was heard since the bridge began", next_step=step)
    seen = f"last heard {age_words(now - datetime.fromisoformat(lane.heard_at))} ago"
    if lane.gaps:
        step = "the bridge was down or too slow meanwhile; the till had every scan"
        return Finding(check=check, verdict="warn", seen=f"{seen}, {lane.gaps} gaps", next_step=step)
    return Finding(check=check, verdict="ok", seen=seen)


def _instant(text: str, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return now
    return at if at.tzinfo else at.replace(tzinfo=now.tzinfo)
