"""``twincheck virtual printer``: a printer to play with, beside a program that takes it for real.

Each line of standard input is a fault or its end; every piece of paper that comes out is drawn as PNG, if a folder is
named. It keeps no other copy of what was printed.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NoReturn

from hardware.printer.profile import load_profile, profile_names
from hardware.virtual import faults
from hardware.virtual.paper import Piece, png
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_faults import FaultyPrinter
from hardware.virtual.printer_line import PrinterLine, PtyLine, TcpLine
from hardware.virtual.printer_making import make_printer
from photocore.errors import TwincheckError
from photocore.settings import locate_config

HELP: Final = """\
out [ROWS]   the roll ends, now or after ROWS rows     label N   it ends in the middle of the Nth label from now
refill       put in a new roll                         near      its end comes near
open  close  the cover                                 jam       the next cut fails
speak        end mute
fast         end slow                                  clear     end garble
off [keep]   cut the power, keeping what it holds      on        power is back
paper FILE   draw the whole roll so far as PNG         help      this list
And, until they are ended, the words of every device:
""" + faults.help_lines("printer")


def command(argv: list[str], lines: Iterable[str] | None = None) -> int:
    """Run one virtual printer until its input ends or Ctrl-C; return the exit status."""
    wishes = _options().parse_args(argv)
    signal.signal(signal.SIGTERM, _leave)
    try:
        with _printer(wishes) as printer:
            _say(f"{printer.url} is a printer. Type help for its faults.")
            PrinterConsole(printer, _say).run(sys.stdin if lines is None else lines)
    except KeyboardInterrupt:
        return 130
    except TwincheckError as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    return 0


class PrinterConsole:
    """Carries out one line at a time; ``say`` prints to the person."""

    def __init__(self, printer: VirtualPrinter, say: Callable[[str], None]) -> None:
        self._say = say
        self._faulty = FaultyPrinter(printer)
        self._verbs: dict[str, Callable[[str], object]] = {
            "out": lambda rows: printer.paper_out(after_rows=int(rows or 0)),
            "label": lambda number: printer.paper_out_at_label(int(number or 1)),
            "refill": lambda _: printer.refill(),
            "near": lambda _: printer.near_end(),
            "open": lambda _: printer.open_cover(),
            "close": lambda _: printer.close_cover(),
            "jam": lambda _: printer.jam_cutter(),
            "speak": lambda _: printer.mute(is_mute=False),
            "clear": lambda _: printer.garble(is_garbling=False),
            "fast": lambda _: printer.pace(None),
            "off": lambda how: printer.power_off(keep_buffer=how == "keep"),
            "on": lambda _: printer.power_on(),
            "paper": lambda path: Path(path or "paper.png").write_bytes(png(printer.whole_roll())),
            "help": lambda _: say(HELP),
        }

    def run(self, lines: Iterable[str]) -> None:
        """Carry out every line; a mistake is told, and ends nothing."""
        for line in lines:
            try:
                self.obey(line.strip())
            except (OSError, ValueError) as trouble:
                self._say(f"! {trouble}")

    def obey(self, line: str) -> None:
        """Carry out one line.

        Raises:
            ValueError: it cannot be understood.
            OSError: a picture cannot be written.
        """
        verb, _, rest = line.partition(" ")
        if not verb or (verb not in self._verbs and faults.obey(self._faulty, line)):
            return
        if verb not in self._verbs:
            raise ValueError(f"There is no {verb}; help lists what there is.")
        self._verbs[verb](rest.strip())


class PieceFolder:
    """Draws each piece of paper as ``piece-001.png`` and so on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, piece: Piece) -> None:
        """Write one piece, cropped, with its quiet zone."""
        self._count += 1
        path = self._folder / f"piece-{self._count:03}.png"
        path.write_bytes(png(piece.cropped()))
        _say(str(path))


def _printer(wishes: argparse.Namespace) -> VirtualPrinter:
    config = locate_config()
    profile = load_profile(config, wishes.profile)
    line: PrinterLine = PtyLine(wishes.pty.absolute()) if wishes.pty else TcpLine(wishes.host, wishes.port)
    return make_printer(
        profile,
        line,
        config / "fonts",
        proves=not wishes.no_proof,
        rows_per_s=wishes.rows_per_s,
        on_piece=PieceFolder(wishes.out).keep if wishes.out else _throw_away,
    )


def _throw_away(_piece: Piece) -> None:
    """Keep no picture of it."""


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twincheck virtual printer",
        description="A printer of any profile on TCP or a pty. Lines from standard input are faults; help lists them.",
    )
    names = ", ".join(profile_names(locate_config()))
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=int, default=9100, help="TCP port; 0 takes a free one (9100)")
    parser.add_argument("--pty", type=Path, help="be a serial printer behind this link instead")
    parser.add_argument("--profile", default="virtual-80mm", help=f"whose language, paper and head: {names}")
    parser.add_argument("--rows-per-s", type=float, default=1200.0, help="how fast it prints (1200: 150 mm/s)")
    parser.add_argument("--no-proof", action="store_true", help="have nothing that proves a print, as many clones")
    parser.add_argument("--out", type=Path, help="draw every piece of paper into this folder, as PNG")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _leave(_number: int, _frame: Any) -> NoReturn:  # noqa: ANN401  as signal.signal calls it
    raise KeyboardInterrupt
