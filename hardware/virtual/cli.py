"""``twincheck virtual scanner | printer``: a device to play with, beside a program that takes it for real."""

import argparse
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NoReturn

from hardware.virtual import wiring
from hardware.virtual.console import ScannerConsole
from hardware.virtual.scanner_line import TcpCable
from photocore.errors import TwincheckError

USAGE: Final = "usage: twincheck virtual scanner|printer [options]   (-h after either tells more)"


def command(argv: list[str]) -> int:
    """Run one virtual device until its input ends or Ctrl-C; return the exit status."""
    device, *options = argv or [""]
    if device == "scanner":
        return run_scanner(options)
    if device == "printer":
        from hardware.virtual.printer_cli import command as run_printer  # noqa: PLC0415  imaging costs 0.2 s

        return run_printer(options)
    print(USAGE, file=sys.stderr if device not in ("-h", "--help") else sys.stdout)
    return 0 if device in ("-h", "--help") else 2


def run_scanner(options: list[str], lines: Iterable[str] | None = None) -> int:
    """Type each line of standard input as a scan."""
    wishes = _scanner_options().parse_args(options)
    signal.signal(signal.SIGTERM, _leave)
    try:
        place = wishes.path.absolute() if wishes.tcp is None else TcpCable(port=wishes.tcp)
        scanner = wiring.make_scanner(place, profile=wishes.profile, baud=wishes.baud)
        with scanner:
            told = f" ({scanner.tty_name})" if scanner.tty_name else ""
            print(f"{scanner.url} is a scanner{told}. Type a code, or !help.", flush=True)
            ScannerConsole(scanner, print_now).run(sys.stdin if lines is None else lines)
    except KeyboardInterrupt:
        return 130
    except TwincheckError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def print_now(line: str) -> None:
    """Print without waiting for a buffer to fill: someone watches a pipe."""
    print(line, flush=True)


def _scanner_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twincheck virtual scanner",
        description="A barcode scanner on a pty. Lines from standard input are typed as scans; !help lists the faults.",
    )
    parser.add_argument("--path", type=Path, default=Path("scanner0"), help="the link to open it by (./scanner0)")
    parser.add_argument(
        "--tcp", type=int, metavar="PORT", help="be reached at this port instead, as tcp://127.0.0.1:PORT"
    )
    parser.add_argument("--profile", default="virtual", help="whose suffix and answers (config/devices/scanners)")
    parser.add_argument("--baud", type=int, default=0, help="pace the bytes as a line of this speed would")
    return parser


def _leave(_number: int, _frame: Any) -> NoReturn:  # noqa: ANN401  as signal.signal calls it
    raise KeyboardInterrupt
