"""How far each till's clock is off, measured from what it sold: the scan of a piece, and the end of its sale.

A sale ends some seconds after its last scan, or a minute. One that ends before it by its till's clock shows a clock
that is slow; one that ends long after it, most likely, one that is fast. Where it matters is docs/till/matching.md.
"""

from collections import defaultdict
from dataclasses import dataclass
from statistics import quantiles
from typing import Final

import apsw
import msgspec

from pos_bridge.matching.outcome import Sold, basket_home, item_home
from pos_bridge.settings import MatchSettings
from sync.statements import one, run

LOOKED_AT: Final = 500
LEAST: Final = 5
"""Sales of one till that must agree before anything is said of its clock."""
USUAL_S: Final = 20
"""From a sale's last scan to its end."""
EARLY_S: Final = -5
LATE_S: Final = 300


@dataclass(frozen=True, kw_only=True)
class TillClock:
    """One till's clock: ``typical_s`` is how long after its scan a sale ends, with ``match.skew_s`` as it is set.

    ``suggested_s`` is what ``match.skew_s`` should be; None where it is good as it is.
    """

    till: str
    sales: int
    typical_s: int
    suggested_s: int | None


def read_clocks(connection: apsw.Connection, match: MatchSettings) -> tuple[TillClock, ...]:
    """Return every till of which enough sales are known."""
    spans: defaultdict[str, list[float]] = defaultdict(list)
    for (wanted,) in run(connection, "pos_bridge/door.newest_sold", {"limit": LOOKED_AT}):
        sold = msgspec.json.decode(wanted, type=Sold)
        if sold.how != "scan":
            continue
        ended = one(connection, "pos_bridge/door.basket_time", {"home": basket_home(sold.place.basket)})
        if ended is None or ended[0] is None:
            continue
        seen = one(connection, "pos_bridge/door.nearest_scan", {"item": item_home(sold.item), "at": ended[0]})
        if seen is not None:
            spans[sold.place.basket.till].append((ended[0] - seen[0]) / 1e6)
    return tuple(judge(till, found, match) for till, found in sorted(spans.items()) if len(found) >= LEAST)


def judge(till: str, spans_s: list[float], match: MatchSettings) -> TillClock:
    """Return what these spans, in seconds by the till's own clock, say of it: the quarter that took least decides."""
    raw = quantiles(spans_s, n=4)[0]
    typical = round(raw + match.skew_s)
    is_off = typical < EARLY_S or typical > LATE_S
    return TillClock(
        till=till, sales=len(spans_s), typical_s=typical, suggested_s=round(USUAL_S - raw) if is_off else None
    )
