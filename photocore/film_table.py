"""A film database as a table of text (CSV), read row by row: the Open source film database, or one of a shop's own.

The open one (https://github.com/dxdatabase/Open-source-film-database, CC BY-SA 4.0; looked at as of 2026-03-29) has
semicolons and the columns ``DX extract``, ``DX full`` and ``Name``, among others; most of its rows have no DX number
and are passed over. A shop's own table needs the first and the third only.

The file comes from anybody's disk: sizes are limited, a row that cannot be is counted and left out, and no text of it
can steer a terminal or a printer.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from photocore.errors import SettingsError
from photocore.film import DxCartridge
from photocore.film_book import MOST_FILMS, FilmName

MOST_ROWS: Final = 200_000
LONGEST_LINE: Final = 20_000
"""Characters; the longest of the open database has 403."""

NAME_LENGTH: Final = 80

OPEN_DATABASE: Final = (
    "The Big Film Database (dxdatabase), https://github.com/dxdatabase/Open-source-film-database, CC BY-SA 4.0;"
    " only DX numbers, names and makers were taken over"
)
"""The credit that its licence asks for, with what was changed."""

_OF_THE_OPEN_ONE: Final = "original film or informations"
"""A column that no other table has."""

_COLUMNS: Final = {"dx extract": "extract", "dx full": "digits", "name": "name", "manufacturer": "maker"}


@dataclass
class TableCount:
    """What became of the rows: how many films were taken, had no DX number, and could not be."""

    taken: int = 0
    without_number: int = 0
    refused: int = 0
    is_open_database: bool = False


def read_film_table(lines: Iterable[str], count: TableCount) -> Iterator[FilmName]:
    """Yield the films of a table, counting in ``count``; a film that stands there twice is yielded once.

    Raises:
        SettingsError: no such table: no head with ``DX extract`` and ``Name``, a line without end, or too many rows.
    """
    lines, rows = _limited(lines), _Rows()
    head = next(lines, "").removeprefix("\ufeff")
    separator = max(";,\t", key=head.count)
    titles = [title.strip().lower() for row in csv.reader([head], delimiter=separator) for title in row]
    places, count.is_open_database = _places_in(titles), _OF_THE_OPEN_ONE in titles
    seen: set[FilmName] = set()
    try:
        for row in csv.reader(rows.watched(lines), delimiter=separator):
            rows.begin()
            film = _film_in({name: row[place] for name, place in places.items() if place < len(row)}, count)
            if film is not None and film not in seen:
                seen.add(film)
                count.taken += 1
                yield film
            if count.taken > MOST_FILMS:
                raise SettingsError(f"a film database of more than {MOST_FILMS} films")
    except csv.Error as cause:
        raise SettingsError(f"no table of films: {cause}") from cause


@dataclass
class _Rows:
    """Watches how much one row takes: within quotes it may go on over any number of lines, and none is let go."""

    size: int = 0

    def begin(self) -> None:
        """Begin a new row."""
        self.size = 0

    def watched(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the lines.

        Raises:
            SettingsError: one row is as long as no row is.
        """
        for line in lines:
            self.size += len(line)
            if self.size > LONGEST_LINE:
                raise SettingsError(f"a row of more than {LONGEST_LINE} characters: this is no table of films")
            yield line


def _limited(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if number > MOST_ROWS:
            raise SettingsError(f"a film database of more than {MOST_ROWS} rows")
        if len(line) > LONGEST_LINE:
            raise SettingsError(f"line {number} is longer than {LONGEST_LINE} characters: this is no table of films")
        yield line.replace("\0", "")


def _places_in(titles: list[str]) -> dict[str, int]:
    places = {_COLUMNS[title]: place for place, title in enumerate(titles) if title in _COLUMNS}
    if not {"extract", "name"} <= places.keys():
        raise SettingsError("no table of films: its first line names no columns `DX extract` and `Name`")
    return places


def _film_in(row: dict[str, str], count: TableCount) -> FilmName | None:
    """Return a row's film; None where it has no DX number, or one that cannot be."""
    extract, name = row.get("extract", "").strip(), clean_name(row.get("name", ""))
    if not extract:
        count.without_number += 1
        return None
    if not re.fullmatch("[0-9]{4}", extract) or not name:
        count.refused += 1
        return None
    digits = row.get("digits", "").strip()
    return FilmName(
        extract=extract,
        name=name,
        digits=digits if _is_cartridge_of(digits, extract) else "",
        maker=clean_name(row.get("maker", "")),
    )


def _is_cartridge_of(digits: str, extract: str) -> bool:
    """Say whether a whole code belongs to the row; eleven rows of the open database contradict themselves."""
    return re.fullmatch("[0-9]{6}", digits) is not None and DxCartridge(digits=digits).extract == extract


def clean_name(text: str, length: int = NAME_LENGTH) -> str:
    """Return a name as a screen may show it: no search tags (``#goldfilm``), no control characters, no long tails."""
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    words = re.sub(r"\s+", " ", re.sub(r"(^|\s)#\S+", " ", plain)).strip(" -–")
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
