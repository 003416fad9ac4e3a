"""The kiosk's own X session, on a display without a window manager: the whole screen, heard by its manager.

Skipped, and said so, where there is no Xvfb; nothing here stands in for a real panel or graphics card.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from photocore.host import SystemClock
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.testing import FakePhotoservice

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="no Xvfb here: the X session is not tried"),
]

ROOT = Path(__file__).parents[2]
SCREEN = "1024x600"
PROGRAM = """#!{python} -P
import sys
sys.path.insert(0, {root!r})
from kiosk.cli import command
sys.exit(command(sys.argv[2:]))
"""
KEYS = ("alt+F4", "ctrl+c", "ctrl+q", "Escape", "F1", "F11", "Print", "ctrl+alt+F2", "ctrl+alt+BackSpace", "super")


@pytest.fixture
def display() -> Iterator[str]:
    """A display of an unusual size, with nothing on it."""
    reading, writing = os.pipe()
    call = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SCREEN}x24", "-nolisten", "tcp"]
    with subprocess.Popen(call, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        yield f":{number}"
        server.terminate()


@pytest.mark.timeout(300)
def test_K1_the_session_fills_the_screen_and_ends_only_when_its_manager_says_so(display: str, tmp_path: Path) -> None:
    """READY at the first frame, no key ends it, SIGTERM does, and STOPPING is its last word."""
    _enrol(tmp_path / "station")
    program = tmp_path / "twincheck"
    program.write_text(PROGRAM.format(python=sys.executable, root=str(ROOT)))
    program.chmod(0o755)
    address = str(tmp_path / "notify")
    environ = {
        **os.environ,
        "DISPLAY": display,
        "KIOSK_PROGRAM": str(program),
        "KIOSK_DIR": str(tmp_path / "station"),
        "NOTIFY_SOCKET": address,
        "WATCHDOG_USEC": "400000",
    }
    environ.pop("SDL_VIDEODRIVER", None)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(100)
        call = ["sh", str(ROOT / "deploy/x11/kiosk-session")]
        with subprocess.Popen(call, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as session:
            try:
                first = [manager.recv(1000) for _ in range(2)]
                _press_keys(display)
                window = _window(display)
                later = [manager.recv(1000) for _ in range(3)]
            finally:
                session.send_signal(signal.SIGTERM)
            assert session.stdout
            said = session.stdout.read().decode()
            assert session.wait(60) == 0, said
        words: list[bytes] = []
        manager.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                words.append(manager.recv(1000))
    assert first[0] == b"READY=1"
    assert first[1].startswith(b"WATCHDOG=1\nSTATUS=attract; ")
    assert all(word.startswith(b"WATCHDOG=1") for word in later)
    assert window in (f"{SCREEN}+0+0", None)
    assert words[-1] == b"STOPPING=1"
    assert "Traceback" not in said


def _press_keys(display: str) -> None:
    """Press what leads out of other programs, where there is something to press it with."""
    if shutil.which("xdotool"):
        for key in KEYS:
            subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": display}, check=True)


def _window(display: str) -> str | None:
    """Return size and place of the kiosk's window, None where nothing can tell."""
    if not shutil.which("xwininfo"):
        return None
    call = ["xwininfo", "-root", "-tree"]
    ran = subprocess.run(call, env={**os.environ, "DISPLAY": display}, text=True, capture_output=True, check=True)
    line = next(line for line in ran.stdout.splitlines() if "Twincheck" in line)
    return next(word for word in line.split() if "x" in word and "+" in word)


def _enrol(folder: Path) -> None:
    entropy = SeededEntropy(1)
    roster = RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Halide & Co."),
        settings=StoreSettings(access_url="https://photos.example/r"),
    )
    service = FakePhotoservice(roster, clock=SystemClock(), entropy=entropy)
    code = service.issue_code()
    enrol(url="http://localhost:9", code=code, name="Counter", folder=folder, channel=service, entropy=entropy)
