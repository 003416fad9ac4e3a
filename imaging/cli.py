"""Read the codes in pictures, films and before a camera.

    twincheck read FILE|FOLDER .. [--look WHAT] [--count N | --all] [--draw PNG|FOLDER] [--json]
    twincheck read --camera 0 [--frames N]
    twincheck read FILE .. --grade

A still is searched until a code is found; ``--count`` says how many there should be, ``--all`` searches to the end,
which takes long. A code in a film or before a camera is told once it can be believed: a linear one when two frames
agree. ``--grade`` says how well the Code 128 of a photographed test label was printed. Exit code 0: every picture
showed a code (or a good print); 1: one did not, is missing, or could not be read; 2: called in a wrong way. Of a
TIFF of several pages, or a picture that moves, the first page is read, and that is said.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Final

from PIL import Image

from imaging.codes.contexts import Context
from imaging.codes.found import Found
from imaging.codes.reader import Effort, Grey, read_codes
from imaging.codes.reader_dmtx import is_dmtx_here
from imaging.codes.reader_live import LiveReader
from imaging.codes.reader_zbar import is_zbar_here
from imaging.draw import Mark, draw_marks, marks_of
from imaging.errors import ImagingError, PictureRefused
from imaging.film_cli import add_film_options, read_film
from imaging.grade import grade_print
from imaging.sources import Picture, files_of, is_film, pictures_of
from imaging.sources_moving import camera_frames
from imaging.visible import visible
from photocore.errors import TwincheckError

MISSED: Final = 1


def command(arguments: list[str]) -> int:
    """Read what was named and say what was found."""
    options = _parser().parse_args(arguments)
    wrong = _wrong_in(options)
    if wrong:
        _parser().error(wrong)
    _say_what_is_missing()
    if options.package or options.strip:
        return _read_together(options)
    if options.camera is not None:
        return _read_camera(options)
    return _read_files(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck read", description="Reads the codes in pictures.")
    parser.add_argument("files", nargs="*", type=Path, help="pictures, films, or folders of them")
    parser.add_argument("--camera", metavar="WHICH", help="a camera instead: its number, or its node /dev/video0")
    parser.add_argument("--frames", type=_count, help="end after so many frames of the camera")
    parser.add_argument("--look", type=Context, choices=list(Context), default=Context.ANY, help="what is shown there")
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--count", type=_count, default=1, help="how many codes a picture should show (%(default)s)")
    amount.add_argument("--all", action="store_const", const=None, dest="count", help="search each still to the end")
    parser.add_argument("--grade", action="store_true", help="say how well a photographed test label was printed")
    parser.add_argument("--draw", type=Path, help="draw the readings: a PNG for one picture, a folder for more")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each picture")
    add_film_options(parser)
    return parser


def _wrong_in(options: argparse.Namespace) -> str:
    """Return what is wrong with a call, empty where nothing is: an option that would change nothing is a mistake."""
    is_camera, is_together = options.camera is not None, options.package or options.strip
    searches_otherwise = options.count != 1 or options.look is not Context.ANY
    wrongs = {
        "name files and folders, or a --camera": bool(options.files) == is_camera,
        "--draw: a camera shows more than one picture, it needs a folder": is_camera and _is_png(options.draw),
        "--grade: name photographs of a test label, and nothing else": options.grade and (is_camera or is_together),
        "--frames: for a --camera only": options.frames is not None and not is_camera,
        "--count, --all and --look: not with --package, --strip and --grade": searches_otherwise
        and (is_together or options.grade),
        "--rolls and --manifest: with --package only": bool(options.rolls or options.manifest) and not options.package,
        "--films: with --strip only": options.films is not None and not options.strip,
    }
    return next((words for words, is_so in wrongs.items() if is_so), "")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 10_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 10,000")
    return int(text)


def _say_what_is_missing() -> None:
    """Say on standard error which second opinions this machine lacks; the first reader is always there."""
    lacks = [name for name, is_here in (("libzbar0", is_zbar_here()), ("libdmtx", is_dmtx_here())) if not is_here]
    if lacks:
        print(f"twincheck read: without {' and '.join(lacks)}, fewer hard pictures are read", file=sys.stderr)


def _read_files(options: argparse.Namespace) -> int:
    """Read every file; one that is missing or cannot be read is told, and the others are read all the same."""
    outcome = 0
    files: list[Path] = []
    for path in options.files:
        try:
            files += files_of(path)
        except ImagingError as refused:
            outcome = _miss(refused)
    _spare_photographs(files, options)
    if _is_png(options.draw) and (len(files) > 1 or any(map(is_film, files))):
        _parser().error("--draw: more than one picture needs a folder")
    if options.draw and len({file.name for file in files}) < len(files):
        _parser().error("--draw: two of these pictures have one name, and so would their drawings; draw them apart")
    for file in files:
        try:
            if _read_one(file, options) == 0:
                outcome = MISSED
        except ImagingError as refused:
            outcome = _miss(refused)
    return outcome


def _miss(refused: TwincheckError) -> int:
    print(f"twincheck read: {refused}", file=sys.stderr)
    return MISSED


def _spare_photographs(files: list[Path], options: argparse.Namespace) -> None:
    """Refuse a drawing in the place of one of the files: it would be the end of that photograph."""
    if _is_png(options.draw) and options.draw.exists() and any(options.draw.samefile(file) for file in files):
        _parser().error("--draw: this is one of the pictures to be read; name another file")


def _read_together(options: argparse.Namespace) -> int:
    """Read pictures that are all of one package, or all of one roll (:mod:`imaging.film_cli`).

    One that is missing ends it: what it shows would be taken for what is not there.
    """
    try:
        if options.camera is not None:
            with closing(camera_frames(options.camera)) as frames:
                return read_film(options, _shown_by(frames, options))
        files = [file for path in options.files for file in files_of(path)]
        _spare_photographs(files, options)
        return read_film(options, (picture for file in files for picture in _pictures_in(file)))
    except TwincheckError as refused:
        return _miss(refused)


def _pictures_in(file: Path) -> Iterator[Picture]:
    """Yield the pictures of a file, and say so where that is not all of it."""
    for picture in pictures_of(file):
        if picture.has_more:
            print(f"twincheck read: {picture.name}: only the first of its pages is read", file=sys.stderr)
        yield picture


def _read_one(file: Path, options: argparse.Namespace) -> int:
    """Return how many codes one file showed."""
    if is_film(file):
        if options.grade:
            raise PictureRefused(f"{file.name}: --grade judges photographs, and this is a film")
        told = _watch(_pictures_in(file), options)
        if not told and not options.json:
            print(f"{visible(file.name)}: no codes")
        return told
    (picture,) = _pictures_in(file)
    if options.grade:
        return _tell_grade(picture, options)
    found = read_codes(picture.grey, options.look, effort=Effort.SEARCH, wanted=options.count)
    _tell(picture, found, options)
    return len(found)


def _tell_grade(picture: Picture, options: argparse.Namespace) -> int:
    """Say how well the label of a picture was printed; return 1 for A and B, else 0."""
    grade = grade_print(picture.grey)
    if options.json:
        told = {"grade": grade.letter, "points": round(grade.points, 1), "bar_growth_modules": round(grade.growth, 2)}
        print(json.dumps({"picture": picture.name, **told, "dead_dot_at": grade.dead_at, "words": grade.words}))
    else:
        print(f"{picture.name}: print quality {grade.words}")
    if options.draw and grade.found is not None:
        mark = Mark(grade.found.corners, grade.words, "good" if grade.is_good else "bad")
        _save(draw_marks(picture.image or picture.grey, [mark], picture.name), picture, options)
    return int(grade.is_good)


def _read_camera(options: argparse.Namespace) -> int:
    """Read before a camera until it is stopped, goes away, or has shown as many frames as were asked for."""
    with closing(camera_frames(options.camera)) as frames:
        return 0 if _watch(_shown_by(frames, options), options) else MISSED


def _shown_by(frames: Iterable[Grey], options: argparse.Namespace) -> Iterator[Picture]:
    """Name and number a camera's frames, no more than were asked for."""
    for number, grey in enumerate(islice(frames, options.frames)):
        yield Picture(name=f"camera {options.camera}", grey=grey, at=number)


def _watch(pictures: Iterable[Picture], options: argparse.Namespace) -> int:
    """Tell every frame that brings news; return how many codes were told."""
    reader = LiveReader(options.look)
    told = 0
    for picture in pictures:
        news = reader.read(picture.grey)
        if news:
            _tell(picture, news, options)
            told += len(news)
    return told


def _tell(picture: Picture, found: tuple[Found, ...], options: argparse.Namespace) -> None:
    """Print what was found in one picture, and draw it where that was asked for."""
    if options.json:
        codes = [_as_json(each) for each in found]
        print(json.dumps({"picture": picture.name, "frame": picture.at, "codes": codes}), flush=True)
    else:
        print(f"{_title(picture)}: {len(found) or 'no'} code{'s' if len(found) != 1 else ''}")
        for each in found:
            x, y = each.centre
            text = visible(each.text)
            print(f"  {each.symbology:<11} {text}  at {x:.0f}, {y:.0f} ({each.aim}, {each.reader})", flush=True)
    if options.draw:
        _save(draw_marks(picture.image or picture.grey, marks_of(found), _title(picture)), picture, options)


def _is_png(target: Path | None) -> bool:
    return target is not None and target.suffix.lower() == ".png"


def _title(picture: Picture) -> str:
    return f"{picture.name} frame {picture.at}" if picture.image is None else picture.name


def _as_json(found: Found) -> dict[str, Any]:
    return {
        "symbology": found.symbology,
        "aim": found.aim,
        "text": found.text,
        "content_hex": found.content.hex(),
        "corners": [[round(x, 1), round(y, 1)] for x, y in found.corners],
        "reader": found.reader,
    }


def _save(drawn: Image.Image, picture: Picture, options: argparse.Namespace) -> None:
    """Write a drawing: to the PNG that was named, or into the folder, under the picture's name."""
    target: Path = options.draw
    if not _is_png(target):
        target.mkdir(parents=True, exist_ok=True)
        name = Path(picture.name.replace("/", "-")).name
        target = target / (f"{name}.png" if picture.image is not None else f"{name}-{picture.at:05}.png")
    drawn.save(target, "PNG")
