"""Bring the scans of one roll into the photoservice, by roll and frame.

    twincheck ingest DIR --roll ID [--url URL] [--key-file FILE] [--stock ..] [--lab ..] [--developed-on DATE] ..
    twincheck ingest DIR --roll ID --plan

The frame of a file is the number in its name in which the files differ; where names leave a choice, a question is
asked and nothing is sent. The lab's key comes from TWINCHECK_LAB_KEY or from a file. Run again after any end, it sends
what is missing and nothing else. Exit code 0: the service has every picture; 1: one it has not, and why is said;
2: called in a wrong way, or a question is open.
"""

import argparse
import ipaddress
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from exchange.errors import ExchangeError, IngestRefused
from exchange.folder import TYPES, Folder, read_folder, read_table, refuse_other_types
from exchange.frame_names import Naming
from exchange.ingest import THERE, Ingest, Told
from exchange.offers import Offer
from exchange.telling import Silent, Teller, closing_line, plan_lines
from exchange.visible import visible
from exchange.wiring import open_way
from photocore.errors import CodeError
from photocore.ids import parse_item

KEY_VARIABLE: Final = "TWINCHECK_LAB_KEY"
URL_VARIABLE: Final = "TWINCHECK_URL"
DEFAULT_URL: Final = "http://localhost:8470"
MISUSED: Final = 2

_LIKE: Final = "say it like https://photos.example"


def command(arguments: Sequence[str] | None = None) -> int:
    """Bring a folder in, or show what would be."""
    options = _parser().parse_args(arguments)
    try:
        roll = _roll(options.roll)
        facts = _facts(options)
        folder = read_folder(Path(options.folder), _naming(options), only=refuse_other_types(options.only))
        if options.plan:
            return _show_plan(folder, as_json=options.json)
        url, key = _url(options.url), _key(options.key_file)
    except IngestRefused as question:
        print(f"twincheck ingest: {question}", file=sys.stderr)
        return MISUSED
    except (FileNotFoundError, NotADirectoryError) as missing:
        print(f"twincheck ingest: {visible(str(missing.filename))}: {missing.strerror}", file=sys.stderr)
        return MISUSED
    return _bring(options, folder, facts, (url, key, roll))


def _bring(options: argparse.Namespace, folder: Folder, facts: Offer, where: tuple[str, str, str]) -> int:
    url, key, roll = where
    way = open_way(url, key, tell=lambda why: teller.waits(why))  # noqa: PLW0108  # it needs the clock of the way
    teller = Silent() if options.json else Teller(folder, way.clock, sys.stdout)
    began = way.clock.monotonic()
    try:
        ends = Ingest(way, roll, facts, teller, lanes=options.lanes).run(folder.pictures)
    except ExchangeError as reason:
        teller.clear()
        if options.json:
            print(json.dumps({"roll": roll, "ok": False, "reason": str(reason)}, indent=2))
        print(f"twincheck ingest: {reason}", file=sys.stderr)
        return 1
    seconds = way.clock.monotonic() - began
    if options.json:
        print(json.dumps(_report(roll, folder, ends, seconds), indent=2))
    else:
        teller.clear()
        print(closing_line(ends, teller.sent_bytes, seconds))
    return 0 if all(told.ending in THERE for told in ends) else 1


def _report(roll: str, folder: Folder, ends: Sequence[Told], seconds: float) -> dict[str, Any]:
    return {
        "roll": roll,
        "ok": all(told.ending in THERE for told in ends),
        "pictures": [asdict(told) for told in ends],
        "left": folder.left,
        "seconds": round(seconds, 3),
    }


def _show_plan(folder: Folder, *, as_json: bool) -> int:
    if as_json:
        pictures = [{"frame": each.frame.text, "file": each.name, "bytes": each.size} for each in folder.pictures]
        print(json.dumps({"pictures": pictures, "left": folder.left}, indent=2))
    else:
        print("\n".join(plan_lines(folder)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck ingest", description="Bring the scans of one roll in.")
    parser.add_argument("folder", metavar="DIR", help="the folder of one roll's pictures")
    parser.add_argument("--roll", required=True, help="the roll's ID, such as TCR-66SCA0RZM8Y or (01)..(21)..")
    default = os.environ.get(URL_VARIABLE, DEFAULT_URL)
    parser.add_argument("--url", default=default, help="the photoservice (%(default)s)")
    parser.add_argument("--key-file", type=Path, help=f"a file with the lab's key; else {KEY_VARIABLE}")
    parser.add_argument("--plan", action="store_true", help="show which file would be which frame, and send nothing")
    parser.add_argument("--rivals", action="store_true", help="send a picture also where another one is filed")
    parser.add_argument("--lanes", type=int, choices=range(1, 9), default=2, help="pictures at once (%(default)s)")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    naming = parser.add_argument_group("names of files")
    naming.add_argument("--frames", type=Path, metavar="FILE", help="a table (CSV) of file name and frame")
    naming.add_argument("--frame-is", metavar="WHICH", help="which number in the names: 1, 2 .. or last")
    naming.add_argument("--zero-is", choices=("00", "0"), help="what 00 in a name is: the film's 00, or its 0")
    naming.add_argument("--only", metavar="TYPE", help=f"take one type: {', '.join(sorted(set(TYPES.values())))}")
    facts = parser.add_argument_group("what is known of the roll")
    for name, told in (
        ("lab", "who developed it"),
        ("stock", "the film, such as Kodak Gold 200"),
        ("process", "such as C-41"),
        ("note", "anything else"),
    ):
        facts.add_argument(f"--{name}", default="", help=told)
    facts.add_argument("--iso", type=int, help="the speed it was exposed at")
    facts.add_argument("--developed-on", type=_day, metavar="DATE", help="such as 2026-11-22")
    facts.add_argument("--scanned-on", type=_day, metavar="DATE", help="such as 2026-11-22")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as cause:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-11-22") from cause


def _roll(text: str) -> str:
    try:
        return str(parse_item(text))
    except CodeError as cause:
        like = "it stands on the roll's label, such as TCR-66SCA0RZM8Y or (01)..(21).."
        raise IngestRefused(f"--roll {visible(text)!r} is no roll's ID ({cause}); {like}") from cause


def _naming(options: argparse.Namespace) -> Naming:
    which: str | None = options.frame_is
    if which is not None and which != "last" and not (which.isascii() and which.isdecimal() and 0 < int(which) < 100):
        raise IngestRefused("--frame-is: say 1, 2 .. or last.")
    return Naming(
        number=None if which is None else -1 if which == "last" else int(which),
        zero=options.zero_is,
        mapped=read_table(options.frames) if options.frames else None,
    )


def _facts(options: argparse.Namespace) -> Offer:
    """Return what is known of the roll; held to an offer's form before anything is read or sent."""
    names = ("rivals", "lab", "stock", "process", "note", "iso", "developed_on", "scanned_on")
    facts = Offer(frames=(), **{name: getattr(options, name) for name in names})
    try:
        held = msgspec.to_builtins(facts) | {"frames": [{"frame": "1", "sha256": "0" * 64, "size": 1}]}
        msgspec.convert(held, Offer)
    except (msgspec.ValidationError, UnicodeEncodeError) as cause:
        raise IngestRefused(f"what is said of the roll is out of form: {cause}") from cause
    return facts


def _key(file: Path | None) -> str:
    key = (file.read_text(encoding="utf-8", errors="replace") if file else os.environ.get(KEY_VARIABLE, "")).strip()
    if not key:
        raise IngestRefused(f"there is no key. Put the lab's key into {KEY_VARIABLE}, or name its file: --key-file.")
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise IngestRefused("the key holds what no key has; is it the right file?")
    return key


def _url(text: str) -> str:
    """Return the service's address; a key crosses no network in the clear."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        raise IngestRefused(f"--url: {_LIKE}") from None
    if not host or not port or parts.scheme not in ("http", "https") or parts.query or parts.fragment or "@" in text:
        raise IngestRefused(f"--url: {_LIKE}")
    if parts.scheme == "http" and not _is_here(host):
        raise IngestRefused(f"--url: {host} is not this machine, so the lab's key must go by https.")
    return text.rstrip("/")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(command())
