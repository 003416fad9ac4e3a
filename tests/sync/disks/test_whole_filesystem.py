"""Power cuts of a whole file system, and one that fills up: the real kernel, the real SQLite, the real journal of ext4.

Needs root, loop devices, mount namespaces, mkfs.ext4 and mkfs.btrfs; where one is missing it is skipped and said so.
Beside the cuts of a disk in memory these are few, and true: nothing here is a model.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LIFE = Path(__file__).with_name("filesystem_life.py")


@pytest.fixture(autouse=True)
def tools_of_root(monkeypatch):
    """Debian keeps mkfs and losetup where only root's own shell looks."""
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")


def run_life(folder: Path, *words: object, needs=()) -> list[dict]:
    """Run one life as root in a mount namespace of its own; skips where this machine cannot."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount: whole file systems are not cut here")
    missing = [name for name in ("unshare", "mount", *needs) if shutil.which(name) is None]
    if missing:
        pytest.skip(f"whole file systems are not cut here, for want of {', '.join(missing)}")
    alone = ["unshare", "--mount", "--propagation", "private"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespaces here: whole file systems are not cut")
    if needs and (lacks := lacking_devices()):
        pytest.skip(f"whole file systems are not cut here: {lacks}")
    command = [*alone, sys.executable, str(LIFE), *map(str, words)]
    environ = os.environ | {"PYTHONPATH": str(LIFE.parents[3])}
    told = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=environ, cwd=folder)
    assert told.returncode == 0, told.stderr[-2000:]
    return [json.loads(line) for line in told.stdout.splitlines()]


def lacking_devices() -> str:
    """Say what of loop devices and file systems this kernel lacks; empty when all is there."""
    known = Path("/proc/filesystems").read_text(encoding="ascii").split()
    unknown = [name for name in ("ext4", "btrfs") if name not in known]
    if unknown:
        return f"the kernel knows no {' and no '.join(unknown)}"
    found = subprocess.run(["losetup", "--find"], capture_output=True, text=True, check=False)
    return "" if found.returncode == 0 else "there is no free loop device"


def cut(folder: Path, count: int, synchronous: str = "FULL") -> list[dict]:
    came = run_life(folder, "cuts", folder, count, synchronous, needs=("losetup", "mkfs.ext4", "mkfs.btrfs", "cp"))
    assert len(came) == count
    return came


@pytest.mark.parametrize(
    "count", [4, pytest.param(200, marks=[pytest.mark.nightly, pytest.mark.timeout(900)])], ids=["few", "many"]
)
def test_K4_cuts_of_a_whole_file_system_lose_nothing_acknowledged(tmp_path, count):
    """ext4's own journal is replayed, then SQLite's: every registration that was told is there, and whole."""
    came = cut(tmp_path, count)

    assert [(life["lost"], life["wrong"]) for life in came] == [(0, "")] * count
    assert sum(life["said"] for life in came) >= count


@pytest.mark.parametrize(
    ("synchronous", "count"),
    [("OFF", 2), pytest.param("NORMAL", 20, marks=[pytest.mark.nightly, pytest.mark.timeout(300)])],
)
def test_K4_the_same_cuts_find_a_setting_that_loses(tmp_path, synchronous, count):
    """Without the flush the machine's own memory held what was told, and it is gone."""
    came = cut(tmp_path, count, synchronous)

    assert sum(life["lost"] for life in came) > 0


def test_O18_a_file_system_that_fills_up_refuses_in_time_and_goes_on_in_the_reserves_room(tmp_path):
    """New packages are refused; at the last byte the reserve is given up for papers and acks; with room all goes on."""
    (came,) = run_life(tmp_path, "full", tmp_path)

    assert (came["lost"], came["wrong"]) == (0, "")
    assert came["said"] > 2
    assert came["refused"] == "The disk is full: nothing new can be stored, what is stored is safe."
    assert len(came["downs"]) == 1
    assert "database or disk is full" in came["downs"][0]
    assert (came["reserve"], came["carried"], came["low"], came["ok"]) == (False, True, True, True)


def test_O18_a_station_starts_on_a_file_system_without_a_free_byte(tmp_path):
    """It carries what it owes in the reserve's room and takes nothing new; without that room it says what is wrong."""
    (came,) = run_life(tmp_path, "start", tmp_path)

    assert (came["said"], came["lost"], came["wrong"]) == (2, 0, "")
    assert (came["reserve"], came["carried"], came["low"]) == (False, True, True)
    assert came["refused"] == "The disk is full: nothing new can be stored, what is stored is safe."
    assert len(came["downs"]) == 2
    assert all("disk is full" in down for down in came["downs"]), came["downs"]
