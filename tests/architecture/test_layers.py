"""The contracts in .importlinter hold the house together, and break when someone breaks it."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from twincheck.doctor import ROOMS

ROOT = Path(__file__).parents[2]


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the rooms below ``tree``; without ``site`` the checkout's own are out of sight."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    environment = os.environ | {"PYTHONPATH": f"{tree}{os.pathsep}{sysconfig.get_path('purelib')}"}
    return subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a house of empty rooms under the real contracts."""
    for room in (*ROOMS, "kiosk/ui", "hardware/transport"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").touch()
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_an_empty_house_stands(house: Path):
    """The contracts themselves are in order."""
    run = lint_imports(house)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("place", "source", "contract"),
    [
        ("sync/desk.py", "import kiosk", "A room imports lower ranks only"),
        ("sync/desk.py", "import hardware", "A room imports lower ranks only"),
        ("kiosk/flow.py", "import photoservice", "A room imports lower ranks only"),
        ("photocore/ids.py", "import twincheck", "A room imports lower ranks only"),
        ("photocore/ids.py", "def f():\n    import requests", "photocore knows no wire"),
        ("photocore/ids.py", "import PIL.Image", "photocore knows no wire"),
        ("kiosk/flow.py", "from kivy.clock import Clock", "Kivy is known to"),
        ("hardware/scanner.py", "import kivy", "Kivy is known to"),
        ("hardware/scanner.py", "import serial", "Serial ports are opened"),
        ("hardware/spooler.py", "import apsw", "SQLite is known"),
        ("sync/courier.py", "import asyncpg", "PostgreSQL is known"),
        ("kiosk/app.py", "import tests.conftest", "Nothing imports the tests"),
    ],
)
def test_a_planted_import_breaks_its_contract(house: Path, place: str, source: str, contract: str):
    """An import against the ranks, or of a library outside its room, fails by the contract's own name."""
    (house / place).write_text(source + "\n", encoding="utf-8")
    run = lint_imports(house)
    assert run.returncode == 1, run.stdout + run.stderr
    assert any(line.startswith(contract) and line.endswith("BROKEN") for line in run.stdout.splitlines()), run.stdout


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("kiosk/ui/screens.py", "from kivy.uix.label import Label"),
        ("kiosk/app.py", "import kivy"),
        ("hardware/transport/serial.py", "import serial"),
        ("kiosk/effects.py", "import sync, hardware, photocore"),
    ],
)
def test_an_import_in_its_own_room_is_kept(house: Path, place: str, source: str):
    """What the contracts allow, they allow."""
    (house / place).write_text(source + "\n", encoding="utf-8")
    run = lint_imports(house)
    assert run.returncode == 0, run.stdout + run.stderr
