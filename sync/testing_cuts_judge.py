"""Judge what a power cut left of a station's journal: all that was promised must be there, and nothing by half.

Every surviving image is opened by the journal's own path. Most then hold a state that was seen before, byte for byte,
and only what was promised is compared; a state that is new is looked at whole: the chain, every package, every paper,
and the next life, which must begin an epoch of its own. So a second is enough for a thousand cuts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import apsw

from photocore.errors import EventError
from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.database import close_quietly, open_database
from sync.errors import JournalDown
from sync.journal import DATABASE
from sync.statements import run
from sync.testing_cuts import Image, Replay
from sync.testing_cuts_life import MADE_UP_ROLLS, Life, Promise, Recorder, Stand, record

Cut = tuple[int, int]
"""How many operations were done, and the seed that decides what became of un-synced writes."""


@dataclass(frozen=True, kw_only=True)
class State:
    """What a journal holds of what was said, and what is wrong with it; empty when nothing is."""

    held: frozenset[str] = frozenset()
    wrong: str = ""


@dataclass(kw_only=True)
class Tally:
    """How many cuts were made, how many differing images and states they left, and each cut that did harm."""

    cuts: int = 0
    images: int = 0
    states: int = 0
    survived: int = 0
    harm: dict[Cut, str] = field(default_factory=dict[Cut, str])

    def add(self, other: "Tally") -> None:
        """Count another's in."""
        self.cuts += other.cuts
        self.images += other.images
        self.states += other.states
        self.survived += other.survived
        self.harm |= other.harm


class Judge:
    """Judges what is left of the journals of one stand; ``lives_on``: the next life after each state is begun too."""

    def __init__(self, stand: Stand, *, lives_on: bool = True) -> None:
        self._stand = stand
        self._lives_on = lives_on
        self._disk = stand.disk({})
        self._states: dict[int, State] = {}
        self._images: dict[int, State] = {}

    def sweep(self, life: Life, cuts: Iterable[Cut], *, lies: bool = False) -> Tally:
        """Cut a recorded life at each of ``cuts``, and tell what that did."""
        seeds: dict[int, list[int]] = {}
        for at, seed in cuts:
            seeds.setdefault(at, []).append(seed)
        tally, images, states = Tally(), len(self._images), len(self._states)
        places = sorted(seeds)
        for at, surface in zip(places, Replay(life.start, life.log, lies=lies).stops(places), strict=True):
            promised = life.said_by(at)
            for seed in seeds[at]:
                state = self.state_of(surface.survivors(SeededEntropy(f"{at}/{seed}")))
                tally.cuts += 1
                tally.survived += len(promised)
                if state.wrong or not promised <= state.held:
                    tally.harm[at, seed] = state.wrong or f"lost: {', '.join(sorted(promised - state.held))}"
        tally.images, tally.states = len(self._images) - images, len(self._states) - states
        return tally

    def state_of(self, image: Image) -> State:
        """Return what the journal in ``image`` holds once it has been opened."""
        look = hash(frozenset(image.items()))
        if look not in self._images:
            self._images[look] = self._opened(image)
        return self._images[look]

    def close(self) -> None:
        """Take the judge's disk away."""
        self._disk.unregister()

    def _opened(self, image: Image) -> State:
        self._disk.load(image)
        try:
            connection = open_database(self._stand.path, pragmas=self._stand.pragmas, vfs=self._disk.name)
        except JournalDown as down:
            return State(wrong=f"does not open: {down}")
        try:
            recovered = self._disk.surface.views()
            look = hash(recovered[DATABASE])
            if look not in self._states:
                self._states[look] = self._look_whole(connection, recovered)
            return self._states[look]
        finally:
            close_quietly(connection)

    def _look_whole(self, connection: apsw.Connection, recovered: Image) -> State:
        try:
            check_chain(connection, self._stand.own_key)
            wrong = _half_of(connection) or (self._next_life(recovered) if self._lives_on else "")
            held = frozenset(row[0] for row in run(connection, "testing_cuts.held"))
        except (JournalDown, EventError, apsw.Error) as cause:
            return State(wrong=f"unsound: {cause}")
        return State(held=held, wrong=wrong)

    def _next_life(self, image: Image) -> str:
        """Open a whole station on the image, and say what is wrong with the epoch it begins."""
        disk = self._stand.disk(image)
        try:
            before = self._epochs(image)
            station = self._stand.open(disk)
            try:
                station.journal.read(lambda db: check_chain(db, self._stand.own_key))
                return "an epoch was used twice" if station.journal.epoch in before else ""
            finally:
                station.close()
        finally:
            disk.unregister()

    def _epochs(self, image: Image) -> set[str]:
        disk = self._stand.disk(image)
        connection = open_database(self._stand.path, pragmas=self._stand.pragmas, vfs=disk.name)
        try:
            return {row[0] for row in run(connection, "testing_cuts.epochs")}
        finally:
            close_quietly(connection)
            disk.unregister()


def spread(first: int, last: int, count: int, seed: int = 0) -> list[Cut]:
    """Return ``count`` cuts all over the operations from ``first`` to ``last``, other places for another seed."""
    span = last - first + 1
    if count >= span:
        return [(first + number % span, seed + number // span) for number in range(count)]
    return sorted((first + (number * span // count + seed) % span, seed) for number in range(count))


def recoveries(stand: Stand, life: Life, cuts: Sequence[Cut], *, lies: bool = False) -> list[Life]:
    """Return the lives that begin on what each of ``cuts`` left: opening is what they do, and one registration."""
    lives: list[Life] = []
    for at, surface in zip(
        [at for at, _ in cuts], Replay(life.start, life.log, lies=lies).stops([at for at, _ in cuts]), strict=True
    ):
        image = surface.survivors(SeededEntropy(f"{at}/{cuts[len(lives)][1]}"))
        again = record(stand, image, _reopen)
        again.promises[:0] = [Promise(at=0, what=what) for what in sorted(life.said_by(at))]
        lives.append(again)
    return lives


def _reopen(at: Recorder) -> None:
    if at.station.roster.version:
        at.register()


def _half_of(connection: apsw.Connection) -> str:
    """Say what is there by half; empty when nothing is."""
    halves = [
        *run(connection, "testing_cuts.half_registrations"),
        *run(connection, "testing_cuts.half_made_up", {"rolls": MADE_UP_ROLLS}),
        *run(connection, "testing_cuts.strays"),
    ]
    return f"half: {halves}" if halves else ""
