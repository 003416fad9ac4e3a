"""Which frame of the film a file shows, by its name: found by rule, never guessed.

A lab's files differ in one number: ``000123_07.tif``, ``R1-12A.jpg``, ``1.jpg``. That number is the frame. Where the
names leave a choice, nothing is chosen: :func:`frames_of` says what it would have to know.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from exchange.errors import IngestRefused
from exchange.visible import visible
from photocore.errors import CodeError
from photocore.frames import Frame, parse_frame

_NUMBER: Final = re.compile(r"([0-9]+)([A-Za-z](?![A-Za-z0-9]))?", re.ASCII)
_ONE_DIGIT: Final = re.compile("[1-9][A-Z]?", re.ASCII)
_SHOWN: Final = 6


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What a person may say about names.

    ``number`` is which number counts (1 is the first, -1 the last), ``zero`` what a lone 00 is, ``mapped`` the frame of
    single files; "" leaves a file out.
    """

    number: int | None = None
    zero: str | None = None
    mapped: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class _Name:
    whole: str
    shape: str
    numbers: tuple[str, ...]
    """Each with its letter, as it stands there."""


def frames_of(names: Iterable[str], naming: Naming) -> dict[str, Frame]:
    """Return the frame of each file, in the order of the film; files that a person leaves out are missing.

    Raises:
        IngestRefused: a name has no number or more than one that could be meant, a number is no frame, two files would
            be one frame, or 00 could be the frame 00 as well as the frame 0.
    """
    names = sorted(names)
    mapped = _read_mapped(names, naming.mapped or {})
    ruled = _find_numbers([_read_name(name) for name in names if name not in mapped], naming.number)
    ruled = _settle_zeros(ruled, naming.zero, {frame.text for frame in mapped.values() if frame})
    frames = {name: frame for name, frame in mapped.items() if frame} | {
        name: _frame(name, text) for name, text in ruled.items()
    }
    _refuse_doubles(frames)
    return dict(sorted(frames.items(), key=lambda item: item[1]))


def _read_mapped(names: Sequence[str], mapped: Mapping[str, str]) -> dict[str, Frame | None]:
    missing = [name for name in mapped if name not in names]
    if missing:
        raise IngestRefused(f"--frames names {_listed(missing)}, which is not in the folder.")
    return {name: _frame(name, text) if text else None for name, text in mapped.items()}


def _read_name(name: str) -> _Name:
    stem = PurePath(name).stem
    found = list(_NUMBER.finditer(stem))
    return _Name(
        whole=name, shape=_NUMBER.sub("#", stem), numbers=tuple(match[1] + (match[2] or "").upper() for match in found)
    )


def _find_numbers(names: Sequence[_Name], number: int | None) -> dict[str, str]:
    """Return the number of each name that is its frame."""
    if number is not None:
        return {name.whole: _chosen(name, number) for name in names}
    without = [name.whole for name in names if not name.numbers]
    if without:
        raise IngestRefused(
            f"{_listed(without)}: no number in the name, so no frame. Say which frame it is with --frames FILE, a table"
            " of file name and frame."
        )
    if all(len(name.numbers) == 1 for name in names):
        return {name.whole: name.numbers[0] for name in names}
    varying = _varying_place(names)
    if varying is None:
        example = next(name for name in names if len(name.numbers) > 1)
        counted = ", ".join(f"{place}: {text}" for place, text in enumerate(example.numbers, start=1))
        raise IngestRefused(
            f"{visible(example.whole)}: which number is the frame? ({counted}) Say it with --frame-is 1, 2 .. or last,"
            " or with --frames FILE, a table of file name and frame."
        )
    return {name.whole: name.numbers[varying] for name in names}


def _varying_place(names: Sequence[_Name]) -> int | None:
    """Return the one place where names of one shape differ from file to file."""
    if len({name.shape for name in names}) > 1 or len(names) < 2:
        return None
    columns = list(zip(*(name.numbers for name in names), strict=True))
    varying = [place for place, column in enumerate(columns) if len(set(column)) > 1]
    return varying[0] if len(varying) == 1 else None


def _chosen(name: _Name, number: int) -> str:
    place = number - 1 if number > 0 else number
    if not -len(name.numbers) <= place < len(name.numbers):
        raise IngestRefused(f"{visible(name.whole)}: there is no number {number} in this name.")
    return name.numbers[place]


def _settle_zeros(texts: Mapping[str, str], zero: str | None, others: set[str]) -> dict[str, str]:
    """Make every number as short as film has it. A 00 among 01, 02 is a counter's 0, or the film's 00: that is asked.

    It is the film's where a 0 stands beside it, or where other numbers below ten have one digit.
    """
    says_film = "0" in {*texts.values(), *others} or any(_ONE_DIGIT.fullmatch(text) for text in texts.values())
    plain: dict[str, str] = {}
    for name, text in texts.items():
        digits = text.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        letter = text[len(digits) :]
        if digits.strip("0"):
            plain[name] = digits.lstrip("0") + letter
        elif digits == "0" or (zero is None and digits == "00" and says_film):
            plain[name] = text
        elif zero is not None:
            plain[name] = zero + letter
        else:
            raise IngestRefused(
                f"{visible(name)}: is this the film's frame 00, or its frame 0? Say --zero-is 00 or --zero-is 0."
            )
    return plain


def _frame(name: str, text: str) -> Frame:
    try:
        return parse_frame(text)
    except CodeError as cause:
        raise IngestRefused(
            f"{visible(name)}: {visible(text)} is no frame ({cause}). Say which it is with --frames FILE, a table of"
            " file name and frame."
        ) from cause


def _refuse_doubles(frames: Mapping[str, Frame]) -> None:
    of_frame: dict[str, list[str]] = {}
    for name, frame in frames.items():
        of_frame.setdefault(frame.text, []).append(name)
    for frame, names in of_frame.items():
        if len(names) > 1:
            raise IngestRefused(
                f"{_listed(names)}: more than one file for frame {frame}. Say which one is meant: --only TYPE"
                " (such as --only tif), or --frames FILE, a table of file name and frame."
            )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(visible(name) for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
