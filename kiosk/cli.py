"""``twincheck kiosk run``: open the kiosk of a station's folder."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.flow.states import Limits
from kiosk.wiring import Fitting, open_kiosk
from photocore.errors import TwincheckError
from sync.logs import configure_logs

DEFAULT_FOLDER = "/var/lib/twincheck/station"


def command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck kiosk``; returns 0 after a clean end, 1 when it cannot open, 2 for a wrong call."""
    options = _parser().parse_args(argv)
    configure_logs()
    try:
        with open_kiosk(_fitting(options)) as kiosk:
            kiosk.app.bind(on_start=lambda *_: print("The kiosk is open.", flush=True))
            kiosk.app.run()
    except TwincheckError as error:
        print(f"twincheck kiosk: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck kiosk", description="The touchscreen at the counter.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="open the kiosk's window and serve shoppers until it is closed")
    run.add_argument("--dir", default=DEFAULT_FOLDER, help="the station's folder (%(default)s)")
    run.add_argument("--scanner", help="the scanner by URL: a device path, tcp://host:port")
    run.add_argument("--printer", help="the printer by URL: a device path, tcp://host:9100")
    run.add_argument("--scanner-profile", default="generic", help="a file of config/devices/scanners (%(default)s)")
    run.add_argument("--printer-profile", default="generic-80mm", help="one of config/devices/printers (%(default)s)")
    run.add_argument("--size", type=_size, default=(1080, 1920), help="window in pixels, such as 1080x1920")
    run.add_argument("--language", default="en", help="en; en_XA and en_XB test the layout")
    run.add_argument("--idle", type=float, default=Limits().idle_s, help="seconds until the warning (%(default)s)")
    run.add_argument("--offscreen", action="store_true", default=None, help="draw without a display")
    return parser


def _size(text: str) -> tuple[int, int]:
    if not re.fullmatch(r"[1-9]\d{2,4}x[1-9]\d{2,4}", text):
        raise argparse.ArgumentTypeError("a size is two numbers of pixels, such as 1080x1920")
    width, height = text.split("x")
    return int(width), int(height)


def _fitting(options: argparse.Namespace) -> Fitting:
    return Fitting(
        folder=Path(options.dir),
        scanner=options.scanner,
        printer=options.printer,
        scanner_profile=options.scanner_profile,
        printer_profile=options.printer_profile,
        size=options.size,
        language=options.language,
        is_offscreen=options.offscreen,
        limits=Limits(idle_s=options.idle),
    )
