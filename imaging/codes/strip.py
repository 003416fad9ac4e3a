"""Scans of developed film: whose roll it is, which film, which frames; and an alarm when it is two rolls (O13).

Whose the roll is stands on its leader: the lab's twin check, or our own label. The edge tells the film and the frames,
and only as far as its codes run on (:mod:`photocore.film_runs`). A folder of single frames is read as a cut strip is:
each picture is a piece of film, in the order of the folder.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.codes.contexts import Context
from imaging.codes.edge import EdgeScan, read_edge
from imaging.codes.found import Found
from imaging.codes.reader import Effort, read_codes
from imaging.errors import PictureRefused
from photocore.aim import Symbology
from photocore.errors import CodeError
from photocore.film import FilmType, parse_edge
from photocore.film_runs import EdgeReading, StripEdge, read_runs
from photocore.ids import ItemId
from photocore.scans import CopyScan, Knowledge, RollScan
from photocore.symbology import read_frame
from photocore.twin_checks import SeasonNumber, parse_twin_check

T = TypeVar("T", SeasonNumber, ItemId)

MOST_PICTURES: Final = 500
"""Pictures of one roll; a folder of more is of more rolls than one."""


@dataclass(frozen=True, kw_only=True)
class StripSeen:
    """What the scans of one roll say, ``pictures`` of them; each code's ``at`` is the number of its picture.

    ``labels`` are the codes that say whose roll it is, ``believed`` the edge codes that run on, ``broken`` the others.
    """

    edge: StripEdge
    pictures: int = 0
    twin_checks: tuple[SeasonNumber, ...] = ()
    rolls: tuple[ItemId, ...] = ()
    labels: tuple[Found, ...] = ()
    believed: tuple[Found, ...] = ()
    broken: tuple[Found, ...] = ()

    @property
    def alarms(self) -> tuple[str, ...]:
        """What a person must look at before these pictures are filed, in words."""
        told: list[str] = []
        if len(self.twin_checks) > 1:
            told.append(f"more than one twin check: {', '.join(check.short for check in self.twin_checks)}")
        if len(self.rolls) > 1:
            told.append(f"more than one roll label: {', '.join(self.rolls)}")
        if len(self.edge.films) > 1:
            told.append(f"the film changes in mid-roll: {_where_films_begin(self.edge)}")
        elif self.edge.is_mixed:
            told.append("the frame numbers begin anew: these are two rolls of one film")
        hints = _neighbours_in(self.broken, self.edge.films)
        if len({*self.edge.films, *hints}) > 1:
            told += [
                f"perhaps another film: {film} on two half frames of picture {at + 1}" for film, at in hints.items()
            ]
        return tuple(told)

    @property
    def is_one_roll(self) -> bool:
        """Whether it says which roll it is, and nothing says that it is two."""
        return bool(self.twin_checks or self.rolls) and not self.alarms

    def frames_in(self, picture: int) -> tuple[str, ...]:
        """Return the half frames that one picture shows, as numbered on the film: ``11``, ``11A``."""
        readings = [reading for run in self.edge.runs for reading in run.readings if reading.piece == picture]
        numbered = {reading.code.half_frame or 0: reading.code.frame for reading in readings}
        return tuple(numbered[half] for half in sorted(numbered))


def read_strip(pictures: Iterable[NDArray[np.uint8]], knows: Knowledge) -> StripSeen:
    """Return what the scans of one roll say: grey pictures of shape (height, width), in the order of the film.

    Each is seen once and let go: a roll of large scans need not fit into memory.

    Raises:
        PictureRefused: as :func:`imaging.codes.reader.read_codes`, or more pictures than a roll can have.
    """
    labels: list[Found] = []
    readings: dict[int, tuple[EdgeReading, Found]] = {}
    count = 0
    for number, picture in enumerate(pictures):
        if number >= MOST_PICTURES:
            raise PictureRefused(f"more than {MOST_PICTURES} pictures: these are of more rolls than one")
        count = number + 1
        labels += read_codes(picture, Context.LABEL, effort=Effort.LOOK, wanted=None, at=number)
        for reading, code in _readings_of(read_edge(picture, at=number), number):
            readings[id(reading)] = (reading, code)
    edge = read_runs(reading for reading, _ in readings.values())
    run_on = {id(reading) for run in edge.runs for reading in run.readings}
    checks = _distinct((_twin_check_in(label), label) for label in labels)
    rolls = _distinct((_roll_in(label, knows), label) for label in labels)
    return StripSeen(
        edge=edge,
        pictures=count,
        twin_checks=tuple(checks),
        rolls=tuple(rolls),
        labels=(*checks.values(), *rolls.values()),
        believed=tuple(code for key, (_, code) in readings.items() if key in run_on),
        broken=tuple(code for key, (_, code) in readings.items() if key not in run_on),
    )


def _readings_of(scan: EdgeScan, piece: int) -> Iterable[tuple[EdgeReading, Found]]:
    for code in scan.codes:
        try:
            edge = parse_edge(code.text)
        except CodeError:
            continue
        yield EdgeReading(code=edge, at=piece + scan.place(code), piece=piece), code


def _distinct(named: Iterable[tuple[T | None, Found]]) -> dict[T, Found]:
    """Return each name once, with the code that said it first."""
    told: dict[T, Found] = {}
    for name, label in named:
        if name is not None:
            told.setdefault(name, label)
    return told


def _twin_check_in(label: Found) -> SeasonNumber | None:
    """Return the twin check of a square code; a linear one of so few digits could be anybody's."""
    if label.symbology is not Symbology.DATAMATRIX:
        return None
    try:
        return parse_twin_check(label.text)
    except CodeError:
        return None


def _roll_in(label: Found, knows: Knowledge) -> ItemId | None:
    scan = read_frame(label.frame, knows)
    if isinstance(scan, CopyScan) and scan.level != "package":
        return scan.item
    return scan.item if isinstance(scan, RollScan) else None


def _neighbours_in(broken: Iterable[Found], known: Collection[FilmType]) -> dict[FilmType, int]:
    """Return other films of which one picture shows two half frames in a row, and the first such picture.

    They are too few for a run, and a single frame at the end of a roll has no more; but readings backwards cannot be
    two of one film (:mod:`photocore.film_runs`), so a person must look.
    """
    halves: dict[tuple[int, FilmType], set[int]] = {}
    for code in broken:
        edge = parse_edge(code.text)
        if edge.half_frame is not None and edge.film not in known:
            halves.setdefault((code.at, edge.film), set()).add(edge.half_frame)
    told: dict[FilmType, int] = {}
    for (at, film), numbers in sorted(halves.items()):
        if any(number + 1 in numbers for number in numbers):
            told.setdefault(film, at)
    return told


def _where_films_begin(edge: StripEdge) -> str:
    first = {film: min(run.first for run in edge.runs if run.film == film) for film in edge.films}
    return ", then ".join(f"{film} from picture {int(place) + 1}" for film, place in first.items())
