"""What ``db/queries/throttle.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow

_LONGEST = timedelta(hours=25)


def resting(db: ModelStore, about: Sequence[bytes], now: datetime) -> Sequence[ModelRow]:
    """Return until when the latest of these rests, or null when none does."""
    rows = [row for one in about if (row := db.wrong_tries.get(one))]
    rests = [row["rest_until"] for row in rows if row["rest_until"] is not None]
    return [ModelRow(max=max((rest for rest in rests if now < rest <= now + _LONGEST), default=None))]


def note_wrong(
    db: ModelStore,
    about: bytes,
    now: datetime,
    wrong: int,
    within: timedelta,
    rest: timedelta | None,
    longest: timedelta,
) -> int:
    """Count a wrong try: so many within a time begin a rest."""
    known = db.wrong_tries.get(about)
    if known is None:
        db.wrong_tries.add(about=about, wrong=1, since=now, rests=0, seen_at=now)
        return 1
    is_over = known["since"] + within <= now
    count, began = (1, now) if is_over else (known["wrong"] + 1, known["since"])
    if count < wrong:
        return db.wrong_tries.change(known, wrong=count, since=began, seen_at=now)
    until = began + within if rest is None else now + min(rest * 2 ** min(known["rests"], 16), longest)
    return db.wrong_tries.change(known, wrong=0, since=now, rests=known["rests"] + 1, rest_until=until, seen_at=now)


def forget(db: ModelStore, quiet_since: datetime, now: datetime) -> int:
    """Drop the counts of who has been quiet and does not rest."""
    quiet = [row for row in db.wrong_tries if row["seen_at"] < quiet_since]
    return sum(db.wrong_tries.remove(row) for row in quiet if row["rest_until"] is None or row["rest_until"] < now)
