"""``twincheck till tee`` and ``twincheck till tap``: what runs beside each till, as a service of its own.

Both say what happens on standard error, a line each. Neither needs the bridge, its folder or its network.
"""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hardware.tee.tap import MOST_WAIT_S, TapWishes
from hardware.tee.wiring import TeeWishes, make_tap, make_tee, new_epoch
from hardware.transport import PortSettings
from photocore.errors import TwincheckError

_PARITIES: Final = ("none", "even", "odd")
_FLOWS: Final = ("none", "xonxoff", "rtscts", "dsrdtr")


def add_tee_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``twincheck till tee``."""
    parser.add_argument("--scanner", required=True, help="the scanner's address, as in serial:///dev/serial/by-id/...")
    _add_common(parser)


def add_tap_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``twincheck till tap``."""
    parser.add_argument("--printer", required=True, help="the printer's address: serial:///dev/..., tcp://host:9100")
    _add_common(parser)
    parser.add_argument("--adds", action="store_true", help="ask the bridge for a block above each receipt's cut")
    parser.add_argument("--wait-ms", type=int, default=round(MOST_WAIT_S * 1000), help="... and wait so long, <= 150")
    parser.add_argument("--line-feeds", type=int, default=0, help="so many in a row end a receipt too; 0: only cuts do")
    parser.add_argument("--mark", default="", help="a pattern whose first group is the basket's number on the receipt")
    parser.add_argument(
        "--answers-at", type=Path, help="the socket at which the bridge answers (by default beside --to)"
    )


def run_tee(options: argparse.Namespace) -> int:
    """Run a scanner's tee until it is told to stop; return the exit status."""
    return _run(lambda: make_tee(_wishes(options, options.scanner)).run())


def run_tap(options: argparse.Namespace) -> int:
    """Run a printer's tap until it is told to stop; return the exit status."""
    try:
        mark = re.compile(options.mark.encode("latin-1")) if options.mark else None
    except (re.error, UnicodeEncodeError) as cause:
        print(f"--mark: {cause}", file=sys.stderr)
        return 2
    if mark is not None and not mark.groups:
        print("--mark needs a group: what is in brackets is told", file=sys.stderr)
        return 2
    tap = TapWishes(
        lane=options.lane,
        epoch=new_epoch(),
        adds=options.adds,
        wait_s=options.wait_ms / 1000,
        line_feeds=options.line_feeds,
        mark=mark,
    )
    answers_at = options.answers_at or options.to.with_name(f"tap-{options.lane}.sock")
    return _run(lambda: make_tap(_wishes(options, options.printer), tap, answers_at).run())


def _run(work: Callable[[], None]) -> int:
    try:
        work()
    except TwincheckError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def _wishes(options: argparse.Namespace, device: str) -> TeeWishes:
    line = PortSettings(
        baud=options.baud,
        data_bits=options.data_bits,
        parity=options.parity,
        stop_bits=options.stop_bits,
        flow=options.flow,
        marks_wrong_parity=False,
    )
    return TeeWishes(
        lane=options.lane,
        device=device,
        till=options.till,
        listener=options.to,
        till_mode=options.till_mode,
        line=line,
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lane", required=True, help="the lane's name in till.toml")
    parser.add_argument("--till", required=True, help="the till's side: pty:/run/twincheck/till-1, or a second port")
    parser.add_argument("--till-mode", type=_mode, help="who may open the pty, as in 660 (its group is tty)")
    parser.add_argument("--to", type=Path, required=True, help="the socket at which the bridge listens")
    parser.add_argument("--baud", type=int, default=9600)
    parser.add_argument("--data-bits", type=int, choices=(7, 8), default=8)
    parser.add_argument("--parity", choices=_PARITIES, default="none")
    parser.add_argument("--stop-bits", type=int, choices=(1, 2), default=1)
    parser.add_argument("--flow", choices=_FLOWS, default="none")


def _mode(text: str) -> int:
    mode = int(text, 8)
    if not 0 <= mode <= 0o666:
        raise ValueError(text)
    return mode


def command(arguments: list[str]) -> int:
    """Run ``tee`` or ``tap`` by itself, without the rest of ``twincheck``."""
    parser = argparse.ArgumentParser(prog="python -m hardware.tee.cli", description=__doc__)
    verbs = parser.add_subparsers(required=True, dest="verb")
    add_tee_arguments(verbs.add_parser("tee"))
    add_tap_arguments(verbs.add_parser("tap"))
    options = parser.parse_args(arguments)
    return run_tee(options) if options.verb == "tee" else run_tap(options)


if __name__ == "__main__":
    sys.exit(command(sys.argv[1:]))
