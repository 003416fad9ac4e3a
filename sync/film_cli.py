"""``twincheck film import FILE``: put a table of films into the station's folder; ``show CODE``: what it says.

With it the staff's screens say ``Portra 400`` where a cartridge says 115334, and ask when a cartridge is not the film
its box names. Exit codes: 0 done, 1 could not be done, 2 a wrong call.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from photocore.errors import CodeError, SettingsError, TwincheckError
from photocore.film import DxCartridge, parse_edge
from sync.films import import_films, load_films

FOLDER_VARIABLE = "TWINCHECK_STATION"
DEFAULT_FOLDER = "/var/lib/twincheck/station"
SPELLINGS = "115334, 1533, 95-13 or 95-13/11A"


def command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck film``: what films are called, by the code on the cartridge."""
    parser = argparse.ArgumentParser(prog="twincheck film", description="What film is called, by its DX code.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    bring = verbs.add_parser("import", help="take over a table of films (CSV, UTF-8)")
    bring.add_argument("file", type=Path, help="such as film_database.csv of the Open source film database")
    bring.add_argument("--credit", default="", help="whose work the table is; the open database is known by its head")
    show = verbs.add_parser("show", help=f"say what a code is: {SPELLINGS}")
    show.add_argument("code")
    for verb in (bring, show):
        default = os.environ.get(FOLDER_VARIABLE, DEFAULT_FOLDER)
        verb.add_argument("--dir", type=Path, default=default, help=f"the station's folder (default {default})")
        verb.add_argument("--json", action="store_true", help="answer as JSON")
    options = parser.parse_args(argv)
    try:
        if not options.dir.is_dir():
            raise SettingsError(f"{options.dir} is no station's folder; name it with --dir.")
        return _import(options) if options.verb == "import" else _show(options)
    except TwincheckError as error:
        sys.stderr.write(f"twincheck film: {error}\n")
        return 1


def _import(options: argparse.Namespace) -> int:
    count = import_films(options.file, options.dir, options.credit)
    words = f"{count.taken} films with a DX number; {count.without_number} rows without one"
    refused = f", {count.refused} rows left out as they cannot be" if count.refused else ""
    _tell(options, asdict(count), [f"Taken over: {words}{refused}."])
    return 0


def _show(options: argparse.Namespace) -> int:
    cartridge, extract = _what_is(options.code)
    book = load_films(options.dir)
    names = [name.name for name in (book.names_on(cartridge) if cartridge else book.names_of(extract))]
    exposures = cartridge.exposures if cartridge else None
    head = f"DX extract {extract}" + (f", {exposures} exp." if exposures else "")
    unnamed = "  no name is known: `twincheck film import FILE` brings names"
    lines = [head, *(f"  {name}" for name in names), f"By: {book.credit}"] if names else [head, unnamed]
    _tell(options, {"extract": extract, "exposures": exposures, "names": names, "credit": book.credit}, lines)
    return 0 if names else 1


def _what_is(code: str) -> tuple[DxCartridge | None, str]:
    """Return the cartridge, where ``code`` is a cartridge's, and the four digits of its film.

    Raises:
        CodeError: it is no code of film in any spelling.
    """
    try:
        if re.fullmatch("[0-9]{6}", code):
            cartridge = DxCartridge(digits=code)
            return cartridge, cartridge.extract
        return None, code if re.fullmatch("[0-9]{4}", code) else parse_edge(code).film.extract
    except CodeError as cause:
        raise CodeError(f"{code!r}: {cause}; a code of film is spelled {SPELLINGS}") from cause


def _tell(options: argparse.Namespace, told: Mapping[str, object], lines: list[str]) -> None:
    sys.stdout.write((json.dumps(told, ensure_ascii=False) if options.json else "\n".join(lines)) + "\n")
