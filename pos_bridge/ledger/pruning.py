"""What need not be kept goes: cards' numbers within a day, texts of messages after ``keep_raw_days``."""

from datetime import datetime, timedelta
from typing import Final

import apsw

from pos_bridge.ledger.times import micros
from pos_bridge.settings import TillSettings
from sync.statements import run

A_DAY: Final = timedelta(days=1)
AT_ONCE: Final = 1000

_Q = "pos_bridge/facts."


def prune(connection: apsw.Connection, settings: TillSettings, now: datetime) -> int:
    """Wipe what is old, and return how much it was. SQLite overwrites it (``secure_delete``)."""
    old = micros(now - timedelta(days=settings.keep_raw_days))
    texts = run(connection, _Q + "wipe_messages", {"old": old, "limit": AT_ONCE})
    others = run(connection, _Q + "wipe_told_again", {"old": old, "limit": AT_ONCE})
    return len(texts) + len(others) + wipe_cards(connection, settings, now)


def wipe_cards(connection: apsw.Connection, settings: TillSettings, now: datetime) -> int:
    """Wipe the numbers of cards a day after they were seen; of used ones as soon as their basket is surely over."""
    match = settings.match
    settled = now - timedelta(seconds=match.before_s + match.after_s)
    return len(run(connection, _Q + "wipe_cards", {"old": micros(now - A_DAY), "settled": micros(settled)}))
