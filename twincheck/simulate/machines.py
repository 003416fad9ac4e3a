"""A station's machine: the production station on a disk that fails, its courier stepped over a simulated road.

Whoever lives here has no thread: the loop calls, a request leaves, an answer comes, and between any two of them the
machine may be killed, lose power, be put back from a copy, or be there twice.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import apsw

from photocore.errors import ChannelDown
from photocore.seams import HttpResponse
from photocore.testing import SeededEntropy
from sync import database
from sync.backoff import LONGEST_S
from sync.errors import JournalDown
from sync.keys import load_station
from sync.rounds import Rhythm, Round, RoundReport
from sync.station import Footing, Seams, Station, open_station
from twincheck.simulate.clocks import MachineClock
from twincheck.simulate.drives import Drive, Image
from twincheck.simulate.ground import Ground
from twincheck.simulate.journals import ask
from twincheck.simulate.loop import HOUR, MINUTE, SECOND, Due
from twincheck.simulate.network import Road

T = TypeVar("T")

RHYTHM = Rhythm(roster_every_s=8 * 3600.0, greet_every_s=12 * 3600.0)
"""Slower than a real counter's, so that an idle hour costs nothing; back-off and impatience are production's."""

THINNED = 150
"""While nothing can answer, only every so manieth try is made; at the healing the last back-off counts again."""

_LASTS = "select ordinal, last from epoch where last > 0"
_NEW = "select id, kind, hash from event where ordinal = ? and seq > ? order by seq"


@dataclass(frozen=True, kw_only=True)
class Written:
    """An event that a journal has told to be durable."""

    id: str
    kind: str
    hash: str


@dataclass
class Room:
    """A disk seam that says what it is told."""

    free: int = 10**12

    def free_bytes(self, path: str) -> int:
        """Return the bytes free for us."""
        return self.free


class Machine:
    """One machine of a store. ``on_written`` sees every event as soon as its commit has returned."""

    def __init__(
        self,
        ground: Ground,
        name: str,
        *,
        folder: Path,
        image: Image,
        road: Road,
        entropy: SeededEntropy,
        clock: MachineClock,
    ) -> None:
        self.name = name
        self.station_id = load_station(folder).station
        self.folder = folder
        self.road = road
        self.clock = clock
        self.entropy = entropy
        self.room = Room()
        self.drive = Drive(f"{name}-{id(self):x}", ground.draws.entropy(f"disk {name}"), image)
        self.station: Station | None = None
        self.life = 0
        self.epoch = ""
        self.can_answer: Callable[[], bool] = lambda: True
        self.on_written: Callable[[Machine, list[Written]], None] = lambda _machine, _events: None
        self.on_round: Callable[[Machine], None] = lambda _machine: None
        self.on_change: Callable[[], None] = lambda: None
        self.why_not = ""
        self.greeted_ms = 0
        self._ground = ground
        self._dice = ground.draws.stream(f"courier {name}")
        self._round: Round | None = None
        self._try: Due | None = None
        self._began_ms = 0
        self._ended_ms = 0
        self._longest_ms = 0
        self._shortest_ms = 0
        self._has_news = False
        self._has_written = False
        self._is_asked = False
        self._seen: dict[int, int] = {}

    @property
    def is_up(self) -> bool:
        """Whether the station is open."""
        return self.station is not None

    @property
    def is_refused(self) -> bool:
        """Whether another history stands upstream in this station's name: nothing is sent any more."""
        return self.station is not None and "history" in self.station.courier.rounds.delivery.trouble

    def start(self) -> bool:
        """Switch on and open the station; says whether it could be."""
        if self.station is not None:
            return True
        self.clock.reboot()
        seams = Seams(
            clock=self.clock, entropy=self.entropy, disk=self.room, channel=self.road, quick_channel=self.road
        )
        footing = Footing(
            vfs=self.drive.disk.name, pragmas=database.PRAGMAS, reserve_bytes=1, threads=False, rhythm=RHYTHM
        )
        try:
            station = open_station(self.folder, seams, carry=False, under=footing, on_change=self._changed)
        except JournalDown as cause:
            self._tell(f"cannot open its journal: {type(cause).__name__}")
            return False
        self.station = station
        self.life += 1
        self.epoch = station.journal.epoch
        self._seen = {}
        self.greeted_ms = 0
        station.journal.on_append(self._appended)
        self._tell(f"is up, epoch {self.epoch}")
        self._round = None
        self._plan(self._dice.between(SECOND, MINUTE))
        return True

    def stop(self) -> None:
        """Close the station as staff do in the evening."""
        if self.station is not None:
            self.station.close()
            self._gone()

    def kill(self) -> None:
        """End the process as kill -9 does: no farewell, and nothing written is lost."""
        self._die()
        self.drive.revive()

    def lose_power(self) -> int:
        """Lose the power: what was not synced is dropped or torn. Returns how many writes that may be."""
        self._die()
        unsynced = self.drive.unsynced()
        self.drive.lose_power()
        return unsynced

    def put_back(self, image: Image) -> None:
        """Replace the disk by an older copy."""
        self._die()
        self.drive.put_back(image)

    def retire(self) -> None:
        """Take the machine away for good, its folder too."""
        self._die()
        self.drive.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def look(self, work: Callable[[apsw.Connection], T]) -> T:
        """Look into the journal, which is up."""
        assert self.station is not None  # noqa: S101  # callers ask is_up
        return self.station.journal.read(work)

    def hurry(self) -> None:
        """Note that the road is open again: the next try comes within the back-off that production would have."""
        if self.station is not None and self._round is None:
            longest = min(self._longest_ms, int(LONGEST_S * SECOND))
            self._plan(self._dice.between(0, max(1, longest)), sooner=True)

    def sync_now(self) -> None:
        """Ask for a round, as the nightly run does: it greets and fetches whatever the hour."""
        self._is_asked = True
        if self.station is not None and self._round is None:
            self._plan(self._dice.between(SECOND, MINUTE))

    def catch_up(self) -> None:
        """Tell what was written since the last look; called when the act that wrote it has returned.

        A journal that was opened afresh after a failed commit has begun an epoch, and told no listener of it.
        """
        if self.station is None or not (self._has_written or self.station.journal.epoch != self.epoch):
            return
        self._has_written = False
        try:
            rows = self.look(self._new_rows)
        except JournalDown:
            self._has_written = True
            return
        self.epoch = self.station.journal.epoch
        if rows:
            self.on_written(self, [Written(id=row[0], kind=row[1], hash=row[2]) for row in rows])

    def _new_rows(self, connection: apsw.Connection) -> list[tuple[str, str, str]]:
        """Return what was written since the last look; epochs that came back stand behind the one being written."""
        rows: list[tuple[str, str, str]] = []
        for ordinal, last in ask(connection, _LASTS):
            before = self._seen.get(ordinal, 0)
            if last > before:
                rows += [(str(row[0]), str(row[1]), str(row[2])) for row in ask(connection, _NEW, ordinal, before)]
                self._seen[ordinal] = last
        return rows

    def look_afresh(self) -> None:
        """Tell of every event in the journal once more: it was opened, or events came back."""
        self._seen = {}
        self._has_written = True
        self.catch_up()

    def _die(self) -> None:
        if self.station is not None:
            self.drive.disk.is_dead = True
            self.station.close()
        self._gone()

    def _gone(self) -> None:
        self.station = None
        self.life += 1
        self._round = None
        self._has_written = False
        if self._try is not None:
            self._try.is_off = True

    def _changed(self) -> None:
        self.on_change()

    def _appended(self) -> None:
        self._has_written = True
        self._has_news = True
        if self._round is None:
            earliest = self._ended_ms + self._shortest_ms - self._ground.loop.now_ms
            self._plan(max(earliest, self._dice.between(SECOND, 20 * SECOND)), sooner=True)

    def _plan(self, wait_ms: int, *, sooner: bool = False) -> None:
        """Let the next round begin in ``wait_ms``; with ``sooner`` only if it would be later."""
        loop = self._ground.loop
        if self._try is not None and not self._try.is_off:
            if sooner and self._try.at_ms <= loop.now_ms + wait_ms:
                return
            self._try.is_off = True
        self._try = loop.after(wait_ms, self._begin)

    def _begin(self) -> None:
        self._try = None
        if self.station is None or self._round is not None:
            return
        self.catch_up()
        self._began_ms = self._ground.loop.now_ms
        self._has_news = False
        self._round = self.station.courier.rounds.begin(asked=self._is_asked)
        self._is_asked = False
        self._go_on()

    def _go_on(self) -> None:
        assert self._round is not None  # noqa: S101  # only called inside a round
        request = self._round.next_request()
        if request is None:
            self._end()
            return
        life = self.life
        self.road.send(request, lambda end: self._take(life, end))

    def _take(self, life: int, end: HttpResponse | ChannelDown) -> None:
        if life != self.life or self._round is None or self.station is None:
            return
        if isinstance(end, ChannelDown):
            self._round.lose(end)
        elif self._round.take(end):
            self.station.courier.rounds.heard()
        self._go_on()

    def _end(self) -> None:
        assert self._round is not None  # noqa: S101  # as above
        assert self.station is not None  # noqa: S101  # as above
        report = self._round.report
        assert report is not None  # noqa: S101  # a round that asks nothing more has one
        self._round = None
        self.catch_up()
        rounds = self.station.courier.rounds
        rounds.end(report)
        rest = rounds.rest(report)
        self._ended_ms = self._ground.loop.now_ms
        self._longest_ms, self._shortest_ms = int(rest.longest * 1000), int(rest.shortest * 1000)
        self._note(report)
        if self._has_news:
            self._plan(self._shortest_ms + SECOND)
        else:
            can_go = self.road.weather.is_open and self.can_answer() and not (self.drive.is_ill or self.is_refused)
            is_hopeless = not (report.ok or can_go)
            self._plan(min(self._longest_ms * (THINNED if is_hopeless else 1), 8 * HOUR))
        self.on_round(self)

    def _note(self, report: RoundReport) -> None:
        tally, progress = self._ground.tally, report.progress
        self.why_not = report.reason
        if report.ok and not self.greeted_ms:
            self.greeted_ms = self._began_ms
        tally.note("rounds")
        tally.note("rounds failed", int(not report.ok))
        if progress.brought_back:
            self.look_afresh()
            tally.note("events brought back", progress.brought_back)
            self._tell(f"got {progress.brought_back} of its own events back")
        if progress.sent:
            self._tell(f"sent {progress.sent}" + ("" if report.ok else ", and then the round broke off"))

    def _tell(self, what: str) -> None:
        self._ground.story.tell(self.name, what)
