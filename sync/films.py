"""The station's book of films: a table that somebody brought, kept in the station's folder as one small file.

It is no part of the journal: what a film is called changes nothing that was ever said of a roll, and a lost book is
imported again. It is read at a program's start and after an import at its next.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from photocore.errors import SettingsError
from photocore.film_book import CREDIT_LENGTH, FilmBook, FilmPages, open_book, write_book
from photocore.film_table import OPEN_DATABASE, TableCount, clean_name, read_film_table
from sync.database import sync_folder

FILMS: Final = "films.json"

LARGEST_BOOK_BYTES: Final = 20_000_000
_MOST_OF_A_LINE: Final = 65_536


def import_films(table: Path, folder: Path, credit: str = "") -> TableCount:
    """Put the films of ``table`` in the place of the book in ``folder``: all of them, or nothing is changed.

    ``credit`` is whose work it is; without, the open database's own, or the file's name.

    Raises:
        SettingsError: the table cannot be read, is none, or names no film; or the folder cannot be written.
    """
    count = TableCount()
    try:
        with table.open(encoding="utf-8", errors="strict", newline="") as lines:
            films = tuple(read_film_table(_lines_of(lines), count))
    except OSError as cause:
        raise SettingsError(f"{table} cannot be read: {cause.strerror}.") from cause
    except UnicodeDecodeError as cause:
        raise SettingsError(f"{table} is not UTF-8 text: save it as CSV, UTF-8.") from cause
    if not films:
        raise SettingsError(f"{table} names no film with a DX number; the book stays as it is.")
    credit = clean_name(credit or table.name, CREDIT_LENGTH) if credit or not count.is_open_database else OPEN_DATABASE
    _put(folder / FILMS, write_book(FilmPages(credit=credit, films=films)))
    return count


def load_films(folder: Path) -> FilmBook:
    """Return the book in ``folder``; an empty one where none was imported.

    Raises:
        SettingsError: there is one, but it cannot be read.
    """
    path = folder / FILMS
    try:
        if path.stat().st_size > LARGEST_BOOK_BYTES:
            raise SettingsError(f"{path} is too large for a book of films; import it again.")
        return open_book(path.read_bytes())
    except FileNotFoundError:
        return FilmBook()
    except OSError as cause:
        raise SettingsError(f"{path} cannot be read: {cause.strerror}.") from cause


def _lines_of(text: TextIO) -> Iterator[str]:
    """Return the lines, cut where they are far too long: one without an end shall not fill the memory."""
    return iter(lambda: text.readline(_MOST_OF_A_LINE), "")


def _put(path: Path, text: bytes) -> None:
    """Write a whole file in the place of another, so that a power cut leaves one of them."""
    draft = path.with_suffix(".new")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as cause:
        raise SettingsError(f"{path} cannot be written: {cause.strerror}.") from cause
