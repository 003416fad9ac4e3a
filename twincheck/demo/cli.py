"""Show the whole counter on this machine: kiosk, virtual devices, photoservice.

Without options it opens the kiosk for you to play with; the terminal says what to try. ``--once`` plays one shopper
by itself, ``--tour`` draws every screen, ``--voice`` lets a walk be heard. Data lives in a folder of its own, thrown
away at the end unless ``--keep``.
"""

import argparse
import atexit
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

import structlog

from photocore.errors import TwincheckError
from photoservice.settings import DEFAULT_PORT
from twincheck.demo.once import Script, play_once

DONE: Final = 0
FAILED: Final = 1
BRIDGE_PORT: Final = 8490
SIZE: Final = (1080, 1920)

LEFT_BEHIND: Final = (
    *("labels/*.png", "screens/*.png", "screens/*/*.png", "voice/*.wav", "voice/*.txt"),
    *("manager.html", "case.html", "manager.png", "case.png"),
    *("scans/*.png", "receipt.png", "screen.png", "paper_*.png", "summary.json"),
)
"""What an earlier demo may have left in its folder."""


def command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck demo``; 0 when all went as it must, 1 with a sentence when not."""
    options = _parser().parse_args(argv)
    out = Path(options.out).absolute()
    try:
        with _data_folder(options.keep) as data, (data / "kiosk.log").open("a") as log:
            _log_to(log)
            script = Script(
                out=_emptied(out),
                data=data,
                port=_free_port(options.port),
                size=options.size or SIZE,
                seed=options.seed,
                is_offline=options.offline,
                say=_say,
            )
            return _play(options, script)
    except TwincheckError as error:
        print(f"twincheck demo: {error}", file=sys.stderr)
        return FAILED
    except AssertionError as error:  # the pilot's: a page did not come
        print(f"twincheck demo: the walk stopped: {error}", file=sys.stderr)
        return FAILED


def _play(options: argparse.Namespace, script: Script) -> int:
    if options.ean:
        _play_ean(script)
    elif options.till:
        _play_till(script)
    elif options.once or options.offline:
        _play_once(script)
    if options.tour:
        from twincheck.demo.tour import draw_tour  # noqa: PLC0415  Kivy reads its settings at the first import

        pictures = draw_tour(script, size=options.size, languages=options.language, modes=options.mode or ["normal"])
        _say(f"{pictures} pictures are in {script.out / 'screens'}, each size and language on a sheet beside them.")
    if options.voice:
        from twincheck.demo.heard import write_heard  # noqa: PLC0415  only now: much is read in for it

        write_heard(script.out / "voice", options.language, _say)
        _say(f"A registration as a person hears it who cannot see is in {script.out / 'voice'}.")
    if not (options.ean or options.till or options.once or options.offline or options.tour or options.voice):
        from twincheck.demo.play import play  # noqa: PLC0415  as above

        play(script)
    return DONE


def _play_once(script: Script) -> None:
    summary = play_once(script)
    waits = ", ".join(f"{name} {value} ms" for name, value in summary["timings_ms"].items())
    _say(f"Registered {summary['package']} to {summary['card']}: {len(summary['labels'])} labels proven. {waits}.")
    _say(f"Screens, labels, receipt and summary.json are in {script.out}.")


def _play_ean(script: Script) -> None:
    from twincheck.demo.ean import play_ean  # noqa: PLC0415  as above

    summary = play_ean(script)
    _say(f"Made up and registered {summary['registered']['package']}: {summary['registered']['rolls']} rolls.")
    _say(f"Made up for the shelf and claimed from home by one label: {summary['claimed_at_home']['package']}.")
    _say(f"Screens, labels with and without their strips, and summary.json are in {script.out}.")


def _play_till(script: Script) -> None:
    from twincheck.demo.till import play_till  # noqa: PLC0415  as above

    summary = play_till(script, port=_free_port(BRIDGE_PORT))
    _say(f"Sold, registered and given back: {summary['given_back']['package']}.")
    _say(f"For the manager: {summary['mismatch']['reason']}. Labels and the manager's pages are in {script.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck demo", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--once", action="store_true", help="play one shopper unattended, leave pictures and a summary")
    parser.add_argument("--offline", action="store_true", help="the same with the photoservice down, then up again")
    parser.add_argument(
        "--ean", action="store_true", help="play ordinary film: price code, staff, labels, claim at home"
    )
    parser.add_argument("--till", action="store_true", help="play the till: tee, refund, order code, every adapter")
    parser.add_argument("--tour", action="store_true", help="draw every screen in every state, size and language")
    parser.add_argument("--voice", action="store_true", help="write a registration as it is heard, as WAV files")
    parser.add_argument("--out", default="out", metavar="DIR", help="where pictures and summary.json go (%(default)s)")
    parser.add_argument("--seed", type=int, metavar="N", help="same IDs, copies and labels each time (demo only)")
    parser.add_argument(
        "--mode",
        action="append",
        choices=("normal", "large", "low", "contrast"),
        help="of the tour; repeatable (normal)",
    )
    parser.add_argument("--size", type=_size, help="the window in pixels (1080x1920); the tour draws 1280x800 as well")
    parser.add_argument(
        "--language", action="append", default=[], help="of tour or voice; repeatable (tour: all; voice: English)"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="the photoservice's port (%(default)s)")
    parser.add_argument("--keep", metavar="DIR", help="keep the data (database, journal, logs) in DIR")
    return parser


def _size(text: str) -> tuple[int, int]:
    if not re.fullmatch(r"[1-9]\d{2,3}x[1-9]\d{2,3}", text):
        raise argparse.ArgumentTypeError("a size is two numbers of pixels, such as 1080x1920")
    width, height = text.split("x")
    return int(width), int(height)


@contextmanager
def _data_folder(keep: str | None) -> Generator[Path]:
    if keep:
        folder = Path(keep).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise _refusal(f"{folder} is not empty; a demo begins with nothing")
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="twincheck-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the database's own farewell, which writes there
    yield folder


def _emptied(out: Path) -> Path:
    """Make ``out`` ready, without what an earlier demo left there; nothing else in it is touched."""
    out.mkdir(parents=True, exist_ok=True)
    for pattern in LEFT_BEHIND:
        for old in out.glob(pattern):
            old.unlink()
    return out


def _free_port(wanted: int) -> int:
    """Return ``wanted`` if nobody listens there, else any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
            _say(f"Port {wanted} is taken on this machine; another is taken: {probe.getsockname()[1]}.")
        return probe.getsockname()[1]


def _log_to(log: TextIO) -> None:
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(log),
    )


_began = time.monotonic()


def _say(sentence: str) -> None:
    print(f"[{time.monotonic() - _began:5.1f} s] {sentence}", flush=True)


def _refusal(sentence: str) -> TwincheckError:
    from twincheck.demo.errors import DemoFailed  # noqa: PLC0415

    return DemoFailed(sentence)
