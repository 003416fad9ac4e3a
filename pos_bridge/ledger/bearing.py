"""Which baskets and scans of one kind of goods bear on each other: those that may be of each other, and no more.

As :mod:`pos_bridge.matching.assigning` has it, a scan at a lane looks at the first basket that ended at it or later; so
two customers who stand one behind the other do not bear on each other, though the goods sell day and night. Only what
finds no such basket looks at more: the few that ended a moment before, and the day of a till that tells no times. What
is still to be decided may be another now than it was: a scan looks past it, up to the first basket that is sure. So
whoever had a scan before is found with whoever has it now. What only a kiosk saw looks at all baskets about it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import apsw

from pos_bridge.ledger.keeping import LONGEST_DAY
from pos_bridge.matching.assigning import slack
from pos_bridge.settings import MatchSettings, TillSettings
from sync.statements import Row, run

_Q = "pos_bridge/facts."
_SECOND: Final = 1_000_000
_ANYWHERE: Final = 2**62


@dataclass(frozen=True, slots=True)
class Share:
    """A basket with the goods: ``since`` and ``until`` by the bridge's clock (microseconds), equal where it has a time.

    ``is_dirty``: it is to be decided again.
    """

    basket: int
    lane: str | None
    since: int
    until: int
    is_dirty: bool

    @property
    def is_timed(self) -> bool:
        """Say whether its till tells when it ended."""
        return self.since == self.until


@dataclass(frozen=True, slots=True)
class Scan:
    """A sighting of the goods. Without a ``piece`` it is evidence only."""

    home: str
    at: int
    lane: str | None
    has_piece: bool
    row: Row


@dataclass(kw_only=True)
class Borne:
    """What bears on something: baskets by their numbers, scans, and scans of bare codes that are only looked at."""

    baskets: set[int] = field(default_factory=set[int])
    scans: list[Scan] = field(default_factory=list[Scan])
    codes: list[Scan] = field(default_factory=list[Scan])


class Goods:
    """The baskets and scans of one GTIN, read as far as they are asked for.

    ``is_sold(basket, gtin)`` says whether a basket surely has the goods: its sources may disagree on the line.
    """

    def __init__(
        self, connection: apsw.Connection, gtin: str, settings: TillSettings, is_sold: Callable[[int, str], bool]
    ) -> None:
        self._connection, self._gtin, self._settings, self._is_sold = connection, gtin, settings, is_sold
        self._times = _Times.of(settings.match)
        self._known: list[tuple[int, int]] = []
        self._shares: dict[int, Share] = {}
        self._scans: dict[str, Scan] = {}
        self._timed: defaultdict[str | None, list[Share]] = defaultdict(list)
        self._timeless: list[Share] = []
        self._at: list[Scan] = []

    def read(self, spans: Iterable[tuple[int, int]]) -> None:
        """Read what lies about some spans, as tills and scanners tell their times, if it was not."""
        reach = self._times.reach
        wide = [(since - reach, until + reach) for since, until in spans]
        missing = [span for span in wide if not any(low <= span[0] and span[1] <= high for low, high in self._known)]
        for low, high in merged(missing):
            self._read(low - reach, high + reach)
        if missing:
            self._sort()

    def about_share(self, basket: int) -> Borne:
        """Return what bears on a basket of which :meth:`read` read the time."""
        share = self._shares.get(basket)
        if share is None:
            return Borne()
        times, found = self._times, Borne()
        first, last = share.since, share.until
        if share.is_timed:
            first, last = first - times.before, last + max(times.after, times.slack)
        elif share.lane is not None:
            day = (one for one in self._timeless if (one.lane, one.since, one.until) == (share.lane, first, last))
            found.baskets |= {one.basket for one in day}
        for scan in self._between(first, last):
            if not scan.has_piece:
                if share in self._looked_at(scan):
                    found.codes.append(scan)
            elif share in self._of_scan(scan):
                found.scans.append(scan)
        return found

    def about_scan(self, home: str) -> Borne:
        """Return what bears on a scan of which :meth:`read` read the time."""
        scan = self._scans.get(home)
        if scan is None:
            return Borne()
        shares = self._of_scan(scan) if scan.has_piece else self._looked_at(scan)
        return Borne(baskets={share.basket for share in shares})

    def _of_scan(self, scan: Scan) -> list[Share]:
        """Return the baskets that a piece's scan may belong to, or may have belonged to when it was decided."""
        times = self._times
        if scan.lane is None:
            every = (self._ended(lane, scan.at - times.after, scan.at + times.before) for lane in list(self._timed))
            return [share for shares in every for share in shares]
        found: list[Share] = []
        beyond = _ANYWHERE
        for share in self._ended(scan.lane, scan.at - times.slack, scan.at + times.before):
            if share.since > beyond:
                break
            found.append(share)
            if beyond == _ANYWHERE and not share.is_dirty and self._is_sold(share.basket, self._gtin):
                beyond = share.since
        if beyond != _ANYWHERE:
            return found
        found += self._ended(scan.lane, scan.at - times.after, scan.at - times.slack)
        days = (share for share in self._timeless if share.lane == scan.lane)
        return found + [share for share in days if share.since <= scan.at <= share.until]

    def _looked_at(self, scan: Scan) -> list[Share]:
        """Return the baskets that a bare code's scan is evidence of."""
        days = [share for share in self._timeless if share.lane == scan.lane and share.since <= scan.at <= share.until]
        return days + self._ended(scan.lane, scan.at, scan.at + self._times.before)

    def _ended(self, lane: str | None, first: int, last: int) -> list[Share]:
        shares = self._timed.get(lane, [])
        low = bisect_left(shares, first, key=lambda share: share.since)
        return shares[low : bisect_right(shares, last, key=lambda share: share.since)]

    def _between(self, first: int, last: int) -> list[Scan]:
        low = bisect_left(self._at, first, key=lambda scan: scan.at)
        return self._at[low : bisect_right(self._at, last, key=lambda scan: scan.at)]

    def _read(self, low: int, high: int) -> None:
        skew = self._times.skew
        span = {"gtin": self._gtin, "since": low, "until": high}
        for basket, till, since, until, is_dirty in self._run("shares_between", span | {"longest": LONGEST_DAY}):
            lane = self._settings.lane_of(till)
            self._shares[basket] = Share(basket, lane, since + skew, until + skew, bool(is_dirty))
        for row in self._run("sightings_between", span):
            self._scans[row[0]] = Scan(row[0], row[1], row[5], row[2] is not None, row)
        self._known = merged([*self._known, (low, high)])

    def _sort(self) -> None:
        self._timed.clear()
        for share in sorted(self._shares.values(), key=lambda one: (one.since, one.basket)):
            if share.is_timed:
                self._timed[share.lane].append(share)
        self._timeless = [share for share in self._shares.values() if not share.is_timed]
        self._at = sorted(self._scans.values(), key=lambda one: (one.at, one.home))

    def _run(self, name: str, values: dict[str, str | int]) -> list[Row]:
        return run(self._connection, _Q + name, dict(values))


@dataclass(frozen=True, kw_only=True)
class _Times:
    """The settings of matching in microseconds; ``reach`` is how far what bears on something may lie from it."""

    before: int
    after: int
    slack: int
    skew: int
    reach: int

    @staticmethod
    def of(match: MatchSettings) -> "_Times":
        before, after, skew = match.before_s * _SECOND, match.after_s * _SECOND, match.skew_s * _SECOND
        margin = slack(match) // timedelta(microseconds=1)
        return _Times(
            before=before, after=after, slack=margin, skew=skew, reach=before + after + 2 * margin + abs(skew)
        )


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans that do not overlap and hold the same instants."""
    found: list[tuple[int, int]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(until, found[-1][1]))
        else:
            found.append((since, until))
    return found
