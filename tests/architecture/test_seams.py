"""The lint for the seams catches what it is there for, and only that."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lint(tree: Path) -> tuple[int, list[str]]:
    run = subprocess.run([sys.executable, ROOT / "scripts/seams.py", tree], capture_output=True, text=True, check=False)
    assert run.stderr == ""
    *breaches, _verdict = run.stdout.splitlines()
    return run.returncode, breaches


def plant(tree: Path, place: str, source: str) -> None:
    path = tree / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")


def test_this_repository_keeps_its_seams():
    """No room reaches for the clock, randomness, the network or SQLite outside its wiring."""
    code, breaches = lint(ROOT)
    assert breaches == []
    assert code == 0


@pytest.mark.parametrize(
    ("source", "line", "name"),
    [
        ("import time\n\ntime.sleep(1)\n", 3, "time.sleep"),
        ("from time import monotonic as tick\n", 1, "time.monotonic"),
        ("import time as t\nstart = t.time\n", 2, "time.time"),
        ("from datetime import datetime, UTC\nnow = datetime.now(UTC)\n", 2, "datetime.datetime.now"),
        ("import datetime as dt\ndt.datetime.now(dt.UTC)\n", 2, "datetime.datetime.now"),
        ("def f():\n    import random\n", 2, "random"),
        ("from random import choice\n", 1, "random.choice"),
        ("import secrets\n", 1, "secrets"),
        ("from uuid import uuid4\n", 1, "uuid.uuid4"),
        ("import os\nkey = os.urandom(16)\n", 2, "os.urandom"),
        ("import socket\n", 1, "socket"),
        ("import sqlite3\n", 1, "sqlite3"),
        ("from photocore.host import SystemClock\n", 1, "photocore.host.SystemClock"),
        ("from photocore import host\n", 1, "photocore.host"),
        ("from photocore.testing import ManualClock\n", 1, "photocore.testing.ManualClock"),
    ],
)
def test_a_planted_breach_is_named_with_its_file_and_line(tmp_path: Path, source: str, line: int, name: str):
    """Each forbidden name is found however it was imported, and told as compilers tell it."""
    plant(tmp_path, "sync/journal.py", source)
    code, breaches = lint(tmp_path)
    assert code == 1
    assert [breach.partition(" stands")[0] for breach in breaches][-1:] == [f"sync/journal.py:{line}: {name}"]


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("sync/wiring.py", "import time, secrets, socket\ntime.time()\nfrom photocore.host import SystemClock\n"),
        ("hardware/transport/tcp.py", "import socket\nsocket.create_connection\n"),
        ("twincheck/demo/run.py", "import time\ntime.sleep(1)\n"),
        ("photocore/host.py", "import secrets\nsecrets.token_bytes(1)\n"),
        ("kiosk/testing.py", "from photocore.testing import ManualClock\n"),
        ("sync/courier.py", "def wait(time, random):\n    time.sleep(random.random())\n"),
        ("sync/courier.py", "from datetime import datetime, timedelta\ndatetime.fromisoformat('2026-11-21')\n"),
    ],
)
def test_a_place_that_may_is_left_alone(tmp_path: Path, place: str, source: str):
    """The composition roots may use what they wire; an argument that is called like a module is no module."""
    plant(tmp_path, place, source)
    assert lint(tmp_path) == (0, [])


def test_a_transport_may_open_sockets_but_not_sleep(tmp_path: Path):
    """A place allowed one thing is not allowed the rest."""
    plant(tmp_path, "hardware/transport/tcp.py", "import socket, time\ntime.monotonic()\ntime.sleep(1)\n")
    code, breaches = lint(tmp_path)
    assert code == 1
    assert len(breaches) == 1
    assert breaches[0].startswith("hardware/transport/tcp.py:3: time.sleep")
