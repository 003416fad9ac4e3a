"""What the bridge's database says, read beside its writer: for the command line and the doctor.

Nothing is changed, and no lock is taken.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import apsw
import msgspec

from pos_bridge.intake.drop import last_told
from pos_bridge.intake.rejects import Rejects, read_rejects
from pos_bridge.ledger import letters, looking
from pos_bridge.ledger.disk import DATABASE
from pos_bridge.ledger.times import instant
from pos_bridge.ledger.views import BasketView, CaseView, Figures, LeftOut
from pos_bridge.running import STANDING, Standing
from pos_bridge.settings import MatchSettings, SourceSettings, TillSettings
from pos_bridge.settling import SETTLED_BY
from pos_bridge.skew import TillClock, read_clocks
from sync.database import read_beside
from sync.statements import one, run

MOST_CASES = 1000
MOST_BASKETS = 100
MOST_SHOWN = 25
LATELY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SourceSeen:
    """One source of the settings, and when its last message came or its last file was read.

    ``left_out`` is what of it counts for nothing, the newest first; ``left_out_lately`` how much of that is of late.
    """

    source: SourceSettings
    last_message: datetime | None
    cursor: str
    left_out: tuple[LeftOut, ...] = ()
    left_out_lately: int = 0
    rejects: Rejects = field(default_factory=Rejects)


def read_cases(folder: Path, *, open_only: bool = True) -> tuple[CaseView, ...]:
    """Return the cases, the newest first.

    Raises:
        JournalDown: there is no ledger, or it cannot be read.
    """
    return read_beside(folder / DATABASE, lambda db: looking.cases(db, open_only=open_only, limit=MOST_CASES))


def read_baskets(folder: Path, settings: TillSettings) -> tuple[BasketView, ...]:
    """Return the newest baskets with something of ours. Raises as :func:`read_cases`."""
    return read_beside(folder / DATABASE, lambda db: looking.baskets(db, settings, None, MOST_BASKETS))


def read_figures(folder: Path) -> Figures:
    """Return what the ledger counts. Raises as :func:`read_cases`."""
    return read_beside(folder / DATABASE, looking.figures)


def read_sources(folder: Path, settings: TillSettings, now: datetime) -> tuple[SourceSeen, ...]:
    """Return every source of the settings. Raises as :func:`read_cases`."""

    def look(connection: apsw.Connection) -> tuple[SourceSeen, ...]:
        return tuple(_source(connection, source, now) for source in settings.source.values())

    return read_beside(folder / DATABASE, look)


def read_clocks_beside(folder: Path, match: MatchSettings) -> tuple[TillClock, ...]:
    """Return how every till's clock stands. Raises as :func:`read_cases`."""
    return read_beside(folder / DATABASE, lambda connection: read_clocks(connection, match))


def read_line_counts(folder: Path) -> dict[str, int]:
    """Return how many lines each source told. Raises as :func:`read_cases`."""
    rows = read_beside(folder / DATABASE, lambda connection: run(connection, "pos_bridge/door.count_lines"))
    return {row[0]: row[1] for row in rows}


def read_standing(folder: Path) -> Standing | None:
    """Return what the bridge noted of itself last, None if it never did. Raises as :func:`read_cases`."""
    row = read_beside(folder / DATABASE, lambda db: one(db, "pos_bridge/bridge.read_note", {"name": STANDING}))
    return msgspec.json.decode(row[0], type=Standing) if row else None


def read_store(folder: Path) -> str | None:
    """Return the GLN of the store whose sales the bridge matches, None while it knows none. Raises as above."""
    row = read_beside(folder / DATABASE, lambda db: one(db, "pos_bridge/bridge.read_note", {"name": SETTLED_BY}))
    return row[0].partition(" ")[0] or None if row else None


def _source(connection: apsw.Connection, source: SourceSettings, now: datetime) -> SourceSeen:
    came = one(connection, "pos_bridge/door.last_message", {"source": source.name})
    stands = one(connection, "pos_bridge/bridge.read_note", {"name": f"cursor {source.name}"})
    last = last_told(source, instant(came[0]) if came else None)
    return SourceSeen(
        source=source,
        last_message=last,
        cursor=stands[0] if stands else "",
        left_out=letters.left_out(connection, source.name, MOST_SHOWN),
        left_out_lately=letters.count_left_out(connection, source.name, now - LATELY),
        rejects=read_rejects(source, MOST_SHOWN),
    )
