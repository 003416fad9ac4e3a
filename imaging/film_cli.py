"""``twincheck read --package`` and ``--strip``: all rolls of one package, or the scans of one developed roll.

    twincheck read --package [--rolls N | --manifest FILE] PICTURE ..
    twincheck read --strip [--films FILE] PICTURE ..

All pictures named are of the same package, or of the same roll. Exit code 0: the package is complete, the roll is known
and is one; 1: something is missing, does not belong there, or raises an alarm.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from imaging.codes.package import PackagePool, PackageSeen
from imaging.codes.package_reader import see_frame, see_package
from imaging.codes.strip import StripSeen, read_strip
from imaging.draw import Mark, draw_marks
from imaging.errors import ImagingError
from imaging.film_marks import package_marks, strip_marks
from imaging.sources import Picture
from photocore.cards import CardTable
from photocore.film import FilmType
from photocore.film_book import FilmBook, open_book
from photocore.package import MAX_ROLLS, Manifest
from photocore.scans import Level

LARGEST_FILE_BYTES: Final = 20_000_000
MOST_DRAWN: Final = 250_000_000
"""Pixels: the scans of a strip are kept until all of the roll was seen, and this much of them takes a gigabyte."""


@dataclass(frozen=True, kw_only=True)
class ManifestKnowledge:
    """What a manifest says of products: the rolls' are rolls, the package's is a package; no cards."""

    levels: dict[str, Level] = field(default_factory=dict[str, Level])
    card_tables: tuple[CardTable, ...] = ()

    def level_of(self, gtin: str) -> Level | None:
        """Return what the product of ``gtin`` is."""
        return self.levels.get(gtin)


def add_film_options(parser: argparse.ArgumentParser) -> None:
    """Add what is asked of packages and strips."""
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--package", action="store_true", help="the pictures are of one package: find all its rolls")
    kind.add_argument("--strip", action="store_true", help="the pictures are scans of one developed roll")
    expected = parser.add_mutually_exclusive_group()
    expected.add_argument(
        "--rolls", type=_rolls, default=0, metavar="N", help="with --package: how many it should hold"
    )
    expected.add_argument("--manifest", type=Path, help="with --package: its manifest, as JSON")
    parser.add_argument(
        "--films", type=Path, help="with --strip: films.json of a station, to say what the film is called"
    )


def _rolls(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_ROLLS):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MAX_ROLLS}")
    return int(text)


def read_film(options: argparse.Namespace, pictures: Iterable[Picture]) -> int:
    """Read the pictures of one package or one roll, and tell what they show.

    Raises:
        ImagingError: a picture, the manifest or the book of films cannot be read.
    """
    return _read_strip(options, pictures) if options.strip else _read_package(options, pictures)


def _read_package(options: argparse.Namespace, pictures: Iterable[Picture]) -> int:
    manifest = _manifest_in(options.manifest) if options.manifest else None
    pool = PackagePool(knows=_knowledge_of(manifest), manifest=manifest, count=options.rolls)
    for at, picture in enumerate(pictures):
        see = see_package if picture.image is not None else see_frame
        seen = see(picture.grey, pool, at=at)
        if options.draw:
            _draw(options.draw, picture, at, package_marks(seen, at), f"{picture.name}: {seen.count_words}")
        if seen.is_complete:
            break
    seen = pool.seen
    is_good = seen.is_complete or (not seen.expected and bool(seen.rolls) and not seen.strangers)
    _tell(options, _package_told(seen), _package_lines(seen))
    return 0 if is_good else 1


def _read_strip(options: argparse.Namespace, pictures: Iterable[Picture]) -> int:
    films = _films_in(options.films) if options.films else FilmBook()
    shown: list[Picture] = []
    names: list[str] = []
    seen = read_strip(_noted(pictures, names, shown if options.draw else None), ManifestKnowledge())
    lines = _strip_lines(seen, names, films)
    for at, picture in enumerate(shown):
        title = f"{picture.name}: {seen.alarms[0] if seen.alarms else lines[0]}"
        _draw(options.draw, picture, at, strip_marks(seen, at), title)
    _tell(options, _strip_told(seen, names, films), lines)
    return 0 if seen.is_one_roll else 1


def _noted(pictures: Iterable[Picture], names: list[str], shown: list[Picture] | None) -> Iterator[Any]:
    """Yield the grey pictures, noting their names, and themselves where they are to be drawn on afterwards."""
    for picture in pictures:
        names.append(picture.name)
        if shown is not None:
            shown.append(picture)
            if sum(each.grey.size for each in shown) > MOST_DRAWN:
                most = f"{MOST_DRAWN / 1e6:.0f} million pixels"
                raise ImagingError(f"--draw: more than {most} in all; draw fewer at once")
        yield picture.grey


def _package_lines(seen: PackageSeen) -> list[str]:
    lines = [seen.words]
    for number, roll in enumerate(seen.rolls, start=1):
        x, y = roll.places[0].centre
        lines.append(f"  roll {roll.number or number}  {roll.item}  at {x:.0f}, {y:.0f}")
    lines += [f"  not counted: {one.item}, {seen.doubt_words}" for one in seen.doubtful]
    return [*lines, f"  package  {seen.package.item}"] if seen.package else lines


def _package_told(seen: PackageSeen) -> dict[str, Any]:
    return {
        "complete": seen.is_complete,
        "expected": seen.expected,
        "rolls": [
            {"roll": one.item, "places": [[list(corner) for corner in place.corners] for place in one.places]}
            for one in seen.rolls
        ],
        "missing": list(seen.missing),
        "strangers": [one.item for one in seen.strangers],
        "doubtful": [one.item for one in seen.doubtful],
        "package": seen.package.item if seen.package else None,
    }


def _strip_lines(seen: StripSeen, names: list[str], films: FilmBook) -> list[str]:
    whose = [f"twin check {check.short}" for check in seen.twin_checks] + [f"roll {roll}" for roll in seen.rolls]
    film = [_film_words(film, films) for film in seen.edge.films]
    lines = [", ".join([*(whose or ["whose roll this is is not on the leader"]), *(film or ["no film's edge"])])]
    lines += [f"  ALARM: {alarm}" for alarm in seen.alarms]
    lines += [f"  {name}: {' '.join(frames)}" for at, name in enumerate(names) if (frames := seen.frames_in(at))]
    lines += [f"  frames without a code: {', '.join(seen.edge.unseen)}"] if seen.edge.unseen else []
    return [*lines, f"  {len(seen.broken)} edge codes not believed"] if seen.broken else lines


def _strip_told(seen: StripSeen, names: list[str], films: FilmBook) -> dict[str, Any]:
    return {
        "one_roll": seen.is_one_roll,
        "alarms": list(seen.alarms),
        "twin_checks": [check.text for check in seen.twin_checks],
        "rolls": list(seen.rolls),
        "films": [{"dx": str(film), "names": _names_of(film, films)} for film in seen.edge.films],
        "frames": {name: list(seen.frames_in(at)) for at, name in enumerate(names)},
        "unseen": list(seen.edge.unseen),
        "not_believed": len(seen.broken),
    }


def _film_words(film: FilmType, films: FilmBook) -> str:
    return " / ".join([f"film {film}", *_names_of(film, films)[:1]])


def _names_of(film: FilmType, films: FilmBook) -> list[str]:
    return [name.name for name in films.names_of(film.extract)]


def _manifest_in(path: Path) -> Manifest:
    try:
        return msgspec.json.decode(_bytes_of(path), type=Manifest)
    except (msgspec.DecodeError, msgspec.ValidationError) as cause:
        raise ImagingError(f"{path} is no manifest: {cause}") from cause


def _films_in(path: Path) -> FilmBook:
    return open_book(_bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST_FILE_BYTES + 1)  # its size on disk says nothing of a device
    except OSError as cause:
        raise ImagingError(f"{path} cannot be read: {cause.strerror}") from cause
    if len(content) > LARGEST_FILE_BYTES:
        raise ImagingError(f"{path} is larger than {LARGEST_FILE_BYTES // 1_000_000} MB")
    return content


def _knowledge_of(manifest: Manifest | None) -> ManifestKnowledge:
    if manifest is None:
        return ManifestKnowledge()
    levels: dict[str, Level] = {roll[4:18]: "roll" for roll in manifest.rolls if roll.startswith("(01)")}
    if manifest.package.startswith("(01)"):
        levels[manifest.package[4:18]] = "package"
    return ManifestKnowledge(levels=levels)


def _draw(target: Path, picture: Picture, at: int, marks: tuple[Mark, ...], title: str) -> None:
    """Write a drawing to the PNG that was named, or into the folder; of several pictures the PNG is the last one's."""
    try:
        if target.suffix.lower() != ".png":
            target.mkdir(parents=True, exist_ok=True)
            target = target / f"{at:04}-{Path(picture.name).stem}.png"
        draw_marks(picture.image or picture.grey, marks, title).save(target, "PNG")
    except OSError as cause:
        raise ImagingError(f"{target} cannot be written: {cause.strerror}") from cause


def _tell(options: argparse.Namespace, told: dict[str, Any], lines: list[str]) -> None:
    sys.stdout.write((json.dumps(told, ensure_ascii=False) if options.json else "\n".join(lines)) + "\n")
