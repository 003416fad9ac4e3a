"""``twincheck till``: the bridge between the store's tills and Twincheck; beside each till a tee, and a tap.

``run`` is the bridge itself. ``cases`` and ``sources`` look at it from beside, whether it runs or not; ``replay`` reads
what came in once more; ``tee`` and ``tap`` are what stands between a scanner or a printer and its till.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from photocore.errors import TwincheckError

FOLDER_VARIABLE: Final = "TWINCHECK_STATION"
DEFAULT_FOLDER: Final = "/var/lib/twincheck/station"

Verb = Callable[[argparse.Namespace], int]


def command(arguments: list[str]) -> int:
    """Run one verb of ``twincheck till`` and return the exit code."""
    if arguments[:1] == ["replay"]:
        from pos_bridge import replay  # noqa: PLC0415  it has verbs of its own

        return replay.command(arguments[1:])
    parser = argparse.ArgumentParser(prog="twincheck till", description=__doc__)
    _add_verbs(parser)
    options = parser.parse_args(arguments)
    try:
        return _VERBS[options.verb](options)
    except TwincheckError as error:
        print(f"twincheck till: {error}", file=sys.stderr)
        return 1


def add_station(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the station's folder."""
    default = os.environ.get(FOLDER_VARIABLE, DEFAULT_FOLDER)
    parser.add_argument("--station", "--dir", type=Path, default=Path(default), help="its folder (%(default)s)")


def _add_verbs(parser: argparse.ArgumentParser) -> None:
    from hardware.tee.cli import add_tap_arguments, add_tee_arguments  # noqa: PLC0415  tees start without the bridge

    verbs = parser.add_subparsers(dest="verb", required=True)
    add_station(verbs.add_parser("run", help="run the bridge until it is told to stop"))
    cases = verbs.add_parser("cases", help="list what waits for a manager")
    add_station(cases)
    cases.add_argument("--all", action="store_true", help="settled ones too")
    cases.add_argument("--json", action="store_true", help="one JSON array")
    sources = verbs.add_parser("sources", help="list where sales come from, and how each does")
    add_station(sources)
    sources.add_argument("--json", action="store_true", help="one JSON array")
    verbs.add_parser("replay", help="read what came in once more, in any order, into a fresh ledger")
    add_tee_arguments(verbs.add_parser("tee", help="stand between a scanner and its till"))
    add_tap_arguments(verbs.add_parser("tap", help="stand between a till and its receipt printer"))


def _run(options: argparse.Namespace) -> int:
    from photocore.logs import configure_logs  # noqa: PLC0415
    from pos_bridge.wiring import run_bridge  # noqa: PLC0415  a tee has not the door's libraries

    configure_logs(stream=sys.stderr)
    run_bridge(options.station, on_ready=_say_ready)
    return 0


def _say_ready(url: str) -> None:
    print(f"The bridge listens at {url}", flush=True)


def _cases(options: argparse.Namespace) -> int:
    from pos_bridge.beside_lines import case_lines  # noqa: PLC0415

    lines, is_open = case_lines(options.station, is_all=options.all, as_json=options.json)
    print("\n".join(lines))
    return 1 if is_open else 0


def _sources(options: argparse.Namespace) -> int:
    from pos_bridge.beside_lines import source_lines  # noqa: PLC0415
    from sync.wiring import real_seams  # noqa: PLC0415

    print("\n".join(source_lines(options.station, real_seams().clock.now(), as_json=options.json)))
    return 0


def _tee(options: argparse.Namespace) -> int:
    from hardware.tee.cli import run_tee  # noqa: PLC0415

    return run_tee(options)


def _tap(options: argparse.Namespace) -> int:
    from hardware.tee.cli import run_tap  # noqa: PLC0415

    return run_tap(options)


_VERBS: Final[Mapping[str, Verb]] = {"run": _run, "cases": _cases, "sources": _sources, "tee": _tee, "tap": _tap}
