"""Which edge codes of a film strip to believe: those that run on, one after the other, as only a real strip's can.

One edge code alone proves little: it has one parity bit, and read backwards it passes that as often as not (found in
the research: 115-10/11A came back as 116-10/51A). So readings vote. A run is three or more of one film whose half
frames step in one direction **and** as far as they lie apart. Readings backwards cannot do that: their film is made of
the frame's bits and changes with every frame, their frame is made of the film's and never moves.

A second film in one strip that runs as well is no misreading: two rolls were spliced, or mixed up.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from photocore.film import EdgeCode, FilmType

SHORTEST_RUN: Final = 3
"""Half frames that must agree before any is believed."""

SLACK: Final = 0.25
"""How far, in half frames, a code may lie from where the run expects it: 5 mm on film, as single frames are cut."""

MOST_READINGS: Final = 240
"""Three times the half frames of the longest roll; what comes beyond is not looked at."""

NEIGHBOURS: Final = 6
"""How many readings further a line is drawn to; what lies between may be misread."""

MOST_RUNS: Final = 24
"""More pieces of film than a roll is cut into; a picture made to keep us busy is let go here."""


@dataclass(frozen=True, kw_only=True)
class EdgeReading:
    """One code as it was read, and where: ``at`` grows along the strip, in any even unit (pixels, pictures).

    ``piece`` tells the pieces of film apart: what has one number hangs together, and lay in one picture.
    """

    code: EdgeCode
    at: float
    piece: int = 0


@dataclass(frozen=True, kw_only=True)
class FilmRun:
    """Readings that bear each other out, in their order along the strip; never fewer than three half frames."""

    film: FilmType
    readings: tuple[EdgeReading, ...]

    @property
    def first(self) -> float:
        """Where it begins."""
        return self.readings[0].at

    @property
    def last(self) -> float:
        """Where it ends."""
        return self.readings[-1].at

    @property
    def is_forward(self) -> bool:
        """Whether frame numbers grow along the strip; a strip put in the other way round counts down."""
        return _half(self.readings[-1]) > _half(self.readings[0])

    @property
    def pieces(self) -> frozenset[int]:
        """The pieces of film it lies on."""
        return frozenset(reading.piece for reading in self.readings)

    @property
    def half_frames(self) -> tuple[int, ...]:
        """The half frames, each once, in the order of the film."""
        return tuple(sorted({_half(reading) for reading in self.readings}))


@dataclass(frozen=True, kw_only=True)
class StripEdge:
    """What the edge of one strip or roll says: its runs along the strip, and how many readings no run bears out."""

    runs: tuple[FilmRun, ...]
    broken: int = 0

    @property
    def films(self) -> tuple[FilmType, ...]:
        """The films, in their order along the strip; more than one means that the film changes in mid-roll."""
        return tuple(dict.fromkeys(run.film for run in self.runs))

    @property
    def film(self) -> FilmType | None:
        """The film, where there is exactly one."""
        return self.films[0] if len(self.films) == 1 else None

    @property
    def unseen(self) -> tuple[str, ...]:
        """Frames between the first and the last of which no code was read: perhaps not scanned; empty where mixed."""
        if self.film is None or self.is_mixed:
            return ()
        seen = {half // 2 for run in self.runs for half in run.half_frames}
        return tuple(str(frame) for frame in range(min(seen), max(seen)) if frame not in seen)

    @property
    def is_mixed(self) -> bool:
        """Whether this is more than one roll: another film begins, or the same film's numbers begin anew."""
        return len(self.films) > 1 or any(_are_two_rolls(one, other) for one, other in combinations(self.runs, 2))


def read_runs(readings: Iterable[EdgeReading]) -> StripEdge:
    """Return the runs among ``readings``, told in their order along the strip.

    A piece of film that runs by itself is a run by itself; pieces of one or two half frames, as single frames are, run
    from one to the next. Codes without a frame number cannot step and make no run.
    """
    numbered = [reading for reading in readings if reading.code.half_frame is not None][:MOST_READINGS]
    left = sorted(numbered, key=lambda reading: reading.at)
    runs: list[FilmRun] = []
    for film in sorted({reading.code.film for reading in left}):
        own = [reading for reading in left if reading.code.film == film]
        short: list[EdgeReading] = []
        for piece in sorted({reading.piece for reading in own}):
            on_it = [reading for reading in own if reading.piece == piece]
            found = list(_runs_of(film, on_it, MOST_RUNS - len(runs)))
            runs += found
            short += [] if found else on_it
        runs += _runs_of(film, short, MOST_RUNS - len(runs))
    believed = sum(len(run.readings) for run in runs)
    return StripEdge(runs=tuple(sorted(runs, key=lambda run: run.first)), broken=len(left) - believed)


def _runs_of(film: FilmType, readings: Sequence[EdgeReading], most: int) -> Iterator[FilmRun]:
    """Yield the runs of one film, the longest first, and no more than ``most``."""
    left = list(readings)
    for _ in range(most):
        run = _longest_run(left)
        if run is None:
            return
        yield FilmRun(film=film, readings=tuple(run))
        taken = {id(reading) for reading in run}
        left = [reading for reading in left if id(reading) not in taken]


def _half(reading: EdgeReading) -> int:
    assert reading.code.half_frame is not None  # noqa: S101 - only numbered readings come into a run
    return reading.code.half_frame


def _longest_run(readings: Sequence[EdgeReading]) -> list[EdgeReading] | None:
    """Return the most half frames that lie on one line of place and number; None where fewer than three do."""
    best: list[EdgeReading] = []
    for one, other in _pairs(readings):
        step = (_half(other) - _half(one)) / (other.at - one.at)
        expected = [(reading, _half(one) + step * (reading.at - one.at)) for reading in readings]
        on_line = [reading for reading, half in expected if abs(_half(reading) - half) <= SLACK]
        if _count(on_line) > _count(best):
            best = on_line
    return best if _count(best) >= SHORTEST_RUN else None


def _pairs(readings: Sequence[EdgeReading]) -> Iterable[tuple[EdgeReading, EdgeReading]]:
    """Return the pairs that can carry a line: near neighbours, so that a long roll takes no long time."""
    for one, other in combinations(range(len(readings)), 2):
        apart = readings[other].at > readings[one].at and _half(readings[other]) != _half(readings[one])
        if apart and other - one <= NEIGHBOURS:
            yield readings[one], readings[other]


def _count(readings: Iterable[EdgeReading]) -> int:
    return len({_half(reading) for reading in readings})


def _are_two_rolls(one: FilmRun, other: FilmRun) -> bool:
    """Say whether two runs of one film cannot be of one roll.

    On one piece of film numbers never turn round and never jump back. Pieces may come in any order and either way
    round, but no two of them have the same half frames.
    """
    if one.pieces & other.pieces:
        if other.first <= one.last:
            return False
        ends, begins = _half(one.readings[-1]), _half(other.readings[0])
        runs_on = begins > ends if one.is_forward else begins < ends
        return one.is_forward != other.is_forward or not runs_on
    return len(set(one.half_frames) & set(other.half_frames)) > 1
