"""`twincheck kiosk run` as a process: it opens, serves, and ends cleanly when told; a wrong call is said plainly."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli import command
from photocore.host import SystemClock
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.testing import FakePhotoservice

FAULT = """
import sys
import structlog
from kiosk.cli import command

command(sys.argv[1:])

def carry(card):
    raise RuntimeError("quite so")

try:
    carry("2900000" + "047112")
except RuntimeError:
    structlog.get_logger().exception("it.broke")
"""
TOO_EARLY = ("requests", "urllib3", "http_message_signatures", "rich", "numpy", "zxingcpp", "segno", "escpos")
TOO_EARLY += ("hardware.keypad", "kiosk.speech", "kiosk.speech.voice")
FIRST_FRAME = f"""
import sys
from contextlib import contextmanager
import kiosk.cli
from kiosk.settling import unsettled

with unsettled():  # the command reads it in so
    import kiosk.wiring as wiring
open_it = wiring.open_kiosk

@contextmanager
def opened(fitting):
    with open_it(fitting) as kiosk:
        from kivy.core.window import Window
        def look(*_):
            Window.unbind(on_flip=look)
            print("read in at the first frame:", [name for name in {TOO_EARLY} if name in sys.modules])
        def heard():  # the courier, on its thread
            kiosk.app.inbox.put(lambda _: kiosk.app.stop())
        kiosk.app.bind(on_start=lambda *_: Window.bind(on_flip=look))
        kiosk.station.courier._on_change = heard
        yield kiosk

wiring.open_kiosk = opened
sys.exit(kiosk.cli.command(sys.argv[1:]))
"""

START = "import sys; from kiosk.cli import command; sys.exit(command(sys.argv[1:]))"


def test_K1_a_folder_that_is_no_station_is_said_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback: what is missing, and return code 1."""
    assert command(["run", "--dir", str(tmp_path), "--offscreen"]) == 1
    assert "twincheck kiosk:" in capsys.readouterr().err


def test_K1_the_command_sets_up_logs_that_show_no_locals(tmp_path: Path) -> None:
    """Whatever fails in this process from then on is one JSON line, and no frame's variables stand in it."""
    call = [sys.executable, "-c", FAULT, "run", "--dir", str(tmp_path), "--offscreen"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(call, text=True, env=environ, capture_output=True, timeout=60, check=False)
    line = json.loads(ended.stderr.splitlines()[-1])
    assert line["event"] == "it.broke"
    assert "RuntimeError: quite so" in line["exception"]
    assert "2900000047112" not in ended.stderr


@pytest.mark.parametrize("size", ["1080", "0x0", "axb", "1080x1920x3"])
def test_K1_a_wrong_size_is_a_wrong_call(size: str) -> None:
    """Return code 2, as for any wrong call."""
    with pytest.raises(SystemExit) as ended:
        command(["run", "--size", size])
    assert ended.value.code == 2


@pytest.mark.kivy
@pytest.mark.xdist_group("kivy")
def test_K1_the_kiosk_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    """systemctl stop: the window closes, threads end, the journal's lock is free again."""
    _enrol(tmp_path)
    call = [sys.executable, "-c", START, "run", "--dir", str(tmp_path), "--offscreen", "--size", "540x960"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(call, text=True, env=environ, **pipes) as process:
        assert process.stdout is not None
        assert "The kiosk is open.\n" in iter(process.stdout.readline, "")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Traceback" not in said


@pytest.mark.kivy
@pytest.mark.xdist_group("kivy")
def test_K1_the_first_frame_waits_for_nothing_it_does_not_show(tmp_path: Path) -> None:
    """No network, no numbers, no codes and no terminal colours are read in before it, whatever is installed here.

    Pillow is: Kivy brings its core, and Arabic is set with its fonts. What must wait is done after the frame: the
    courier is let go then, and finds that nobody answers.
    """
    _enrol(tmp_path)
    call = [sys.executable, "-c", FIRST_FRAME, "run", "--dir", str(tmp_path), "--offscreen", "--size", "540x960"]
    call += ["--voice", "jack", "--voice-wav", str(tmp_path / "heard")]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run(call, text=True, env=environ, capture_output=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    assert "read in at the first frame: []\n" in run.stdout
    assert "It speaks into a headset only, and nothing tells it of one" in run.stdout
    assert "sync_interrupted" in run.stderr


def _enrol(folder: Path) -> None:
    service = FakePhotoservice(_roster(), clock=SystemClock(), entropy=SeededEntropy(2))
    code, entropy = service.issue_code(), SeededEntropy(3)
    enrol(url="http://localhost:9", code=code, name="Counter", folder=folder, channel=service, entropy=entropy)


def _roster() -> RosterSnapshot:
    return RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Halide & Co."),
        settings=StoreSettings(access_url="https://photos.example/r"),
    )
