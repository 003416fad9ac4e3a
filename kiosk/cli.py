"""``twincheck kiosk run``: open the kiosk of a station's folder."""

import argparse
import datetime
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.render.template import COVERS
from kiosk.appliance.night import RESTART
from kiosk.closing import closing_on_signals
from kiosk.flow.states import Limits
from kiosk.language import OFFERED
from kiosk.settling import unsettled
from kiosk.ui.display import has_display
from photocore.errors import SettingsError, TwincheckError

if TYPE_CHECKING:
    from kiosk.sightings import BridgeAt
    from kiosk.wiring import Fitting, OpenKiosk

DEFAULT_FOLDER = "/var/lib/twincheck/station"
LEAST_PANEL_IN, MOST_PANEL_IN = 7, 100


def command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck kiosk``; returns 0 after a clean end, 1 when it cannot open, 2 for a wrong call.

    75 asks the service manager for a fresh start (``--restart-at``).
    """
    options = _parser().parse_args(argv)
    with unsettled():
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from kiosk.wiring import open_kiosk  # noqa: PLC0415  much is read in here, unsettled
    from photocore.logs import configure_logs  # noqa: PLC0415

    configure_logs()
    try:
        with open_kiosk(_fitting(options)) as kiosk:
            app = kiosk.app
            app.bind(on_start=lambda *_: print(*_opening_words(options, kiosk), sep="\n", flush=True))
            with closing_on_signals(lambda: app.inbox.put(lambda _: app.stop())):
                app.run()
            if kiosk.upkeep and kiosk.upkeep.is_resting:
                return RESTART
    except TwincheckError as error:
        print(f"twincheck kiosk: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _opening_words(options: argparse.Namespace, kiosk: "OpenKiosk") -> Iterator[str]:
    """Say that it is open, and which device nobody named: a kiosk runs without, and a person may have forgotten it."""
    yield "The kiosk is open."
    if not options.offscreen and not has_display(os.environ):
        yield "There is no display here: it draws off-screen, and nobody can touch it."
    if not kiosk.scanners:
        yield "It has no scanner: codes are typed in. Find one with: twincheck devices add."
    if kiosk.spooler is None:
        yield "It has no printer: labels wait in the queue. Find one with: twincheck devices add."
    if options.voice == "jack" and not (options.jack or options.keypad):
        yield "It speaks into a headset only, and nothing tells it of one: name --keypad or --jack."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck kiosk", description="The touchscreen at the counter.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="open the kiosk's window and serve shoppers until it is closed")
    run.add_argument("--dir", default=DEFAULT_FOLDER, help="the station's folder (%(default)s)")
    _add_devices(run)
    run.add_argument("--size", type=_size, default=(1080, 1920), help="window in pixels, such as 1080x1920")
    run.add_argument("--diagonal", type=_diagonal, help="of the panel, in inches: how large text is on the glass")
    run.add_argument("--brand", help="the shop's colour and logo: a file of config/brands, or a path to a .toml")
    run.add_argument("--language", default="en", help="what each session begins in (%(default)s)")
    run.add_argument(
        "--languages",
        type=_languages,
        default=OFFERED,
        help=f"what shoppers may choose ({','.join(OFFERED)}); one alone: no choice",
    )
    run.add_argument("--label-covers", choices=COVERS, default="roll_id+code", help="what the security strip covers")
    run.add_argument(
        "--label-seal",
        choices=("strip", "fold"),
        default="strip",
        help="a strip stuck on after printing, or folding stock",
    )
    run.add_argument(
        "--label-stock",
        action="append",
        default=[],
        metavar="TEMPLATE",
        help="preferred for its purpose: config/labels",
    )
    run.add_argument("--idle", type=float, default=Limits().idle_s, help="seconds until the warning (%(default)s)")
    _add_aids(run)
    _add_bridge(run)
    run.add_argument("--fullscreen", action="store_true", help="take the whole display, without a pointer")
    run.add_argument(
        "--restart-at", type=_hour, metavar="HH:MM", help="when to end with code 75, nobody being there, to start anew"
    )
    run.add_argument("--offscreen", action="store_true", default=None, help="draw without a display")
    return parser


def _add_devices(run: argparse.ArgumentParser) -> None:
    """Add scanners and printer; a name of the device book has its profile there."""
    run.add_argument(
        "--scanner",
        action="append",
        default=[],
        help="a scanner: a name of the station's device book, a device path, tcp://host:port; may be given again "
        "(without: all scanners of the book)",
    )
    run.add_argument(
        "--printer", help="the printer: a name of the book, a device path, tcp://host:9100 (without: the book's)"
    )
    run.add_argument("--camera", help="one more scanner: a camera by its name in the book, its number, or /dev/video0")
    run.add_argument(
        "--scanner-profile",
        default="generic",
        help="of a scanner by address: see config/devices/scanners (%(default)s)",
    )
    run.add_argument(
        "--printer-profile",
        default="generic-80mm",
        help="of a printer by address: see config/devices/printers (%(default)s)",
    )


def _add_bridge(run: argparse.ArgumentParser) -> None:
    """Add the store's till bridge; its key is never said on the command line, where every process may read it."""
    run.add_argument("--bridge", metavar="URL", help="the store's till bridge, told of registrations; needs its key")
    run.add_argument("--bridge-key-file", type=Path, metavar="FILE", help="holds the bridge's key; chmod 600")
    run.add_argument(
        "--bridge-ca-file", type=Path, metavar="FILE", help="PEM: who vouches for the bridge, if no one else"
    )


def _bridge(options: argparse.Namespace) -> "BridgeAt | None":
    from kiosk.sightings import BridgeAt  # noqa: PLC0415

    if options.bridge is None:
        if options.bridge_key_file or options.bridge_ca_file:
            raise SettingsError("--bridge-key-file and --bridge-ca-file need --bridge.")
        return None
    if options.bridge_key_file is None:
        raise SettingsError("--bridge needs --bridge-key-file.")
    return BridgeAt(url=options.bridge, key_file=options.bridge_key_file, ca_file=options.bridge_ca_file)


def _add_aids(run: argparse.ArgumentParser) -> None:
    """Add what a person without sight, or without reach, needs."""
    run.add_argument("--keypad", help="the tactile keypad: /dev/input/by-id/...-event-kbd")
    run.add_argument("--keypad-profile", default="arrow_keys", help="one of config/devices/keypads (%(default)s)")
    run.add_argument("--jack", help="the headset socket, where the keypad has none: /dev/input/by-path/...")
    run.add_argument(
        "--voice",
        choices=("off", "jack", "always"),
        default="off",
        help="speak never, into a headset that is plugged in, or through a loudspeaker too (%(default)s)",
    )
    run.add_argument(
        "--key-gap",
        type=float,
        default=Limits().strike_s,
        help="the same key again within so many seconds is the same stroke; 0.5 for hands that tremble (%(default)s)",
    )
    run.add_argument("--voice-device", default="default", help="the sound card's ALSA name (%(default)s)")
    run.add_argument("--voice-wav", type=Path, metavar="FOLDER", help="write what is said as WAV files, play nothing")


def _hour(text: str) -> datetime.time:
    try:
        return datetime.datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007  an hour of the store's own clock
    except ValueError as error:
        raise argparse.ArgumentTypeError("an hour is written such as 03:30") from error


def _size(text: str) -> tuple[int, int]:
    if not re.fullmatch(r"[1-9]\d{2,4}x[1-9]\d{2,4}", text):
        raise argparse.ArgumentTypeError("a size is two numbers of pixels, such as 1080x1920")
    width, height = text.split("x")
    return int(width), int(height)


def _diagonal(text: str) -> float:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text) or not LEAST_PANEL_IN <= float(text) <= MOST_PANEL_IN:
        raise argparse.ArgumentTypeError(f"a panel has {LEAST_PANEL_IN} to {MOST_PANEL_IN} inches, such as 15.6")
    return float(text)


def _offered(language: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is offered: the language a session begins in is always among them."""
    return languages if language in languages else (language, *languages)


def _languages(text: str) -> tuple[str, ...]:
    """Return the codes of a list such as ``en,de,ar``; whether there are such languages is seen at the start."""
    codes = tuple(dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))
    if not codes:
        raise argparse.ArgumentTypeError("name at least one language, such as en,de,ar")
    return codes


def _fitting(options: argparse.Namespace) -> "Fitting":
    from kiosk.senses import Aids  # noqa: PLC0415
    from kiosk.wiring import Fitting  # noqa: PLC0415

    return Fitting(
        folder=Path(options.dir),
        scanners=tuple(options.scanner),
        printer=options.printer,
        camera=options.camera,
        scanner_profile=options.scanner_profile,
        printer_profile=options.printer_profile,
        size=options.size,
        brand=options.brand,
        diagonal_in=options.diagonal,
        language=options.language,
        languages=_offered(options.language, options.languages),
        label_covers=options.label_covers,
        label_seal=options.label_seal,
        label_stock=tuple(options.label_stock),
        is_offscreen=options.offscreen,
        is_fullscreen=options.fullscreen,
        restart_at=options.restart_at,
        bridge=_bridge(options),
        limits=Limits(idle_s=options.idle, strike_s=options.key_gap),
        aids=Aids(
            keypad=options.keypad,
            keypad_profile=options.keypad_profile,
            jack=options.jack,
            voice=options.voice,
            voice_device=options.voice_device,
            voice_folder=options.voice_wav,
        ),
        is_alone=True,
    )
