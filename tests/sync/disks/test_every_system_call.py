"""A real process on the real disk, killed at each of its file system calls, and each of them failed once, by strace."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from photocore.errors import ChannelDown
from photocore.host import SystemClock, SystemDisk, SystemEntropy
from sync.audit import check_chain
from sync.keys import load_keys
from sync.statements import run
from sync.station import Footing, Seams, open_station
from sync.testing_cuts_life import MADE_UP_ROLLS

LIFE = Path(__file__).with_name("traced_life.py")

FAULTS = {
    "fdatasync:error=EIO": 2,
    "fsync:error=EIO": 1,
    "pwrite64:error=EIO": 16,
    "pwrite64:error=ENOSPC": 23,
    "pwrite64:error=EROFS": 31,
    "pread64:error=EIO": 17,
    "ftruncate:error=EIO": 2,
    "ftruncate:error=ENOSPC": 5,
    "fallocate:error=ENOSPC": 1,
    "openat:error=EIO": 3,
    "openat:error=EMFILE": 4,
    "unlink:error=EIO": 1,
    "newfstatat:error=EIO": 3,
    "mmap:error=ENOMEM": 1,
}
"""What is injected, and every how many-th call of it in ``./check``; nightly every one."""

SLOW = ("fcntl:error=EIO",)
"""SQLite itself waits ten seconds for a lock of its index that cannot be had."""


class NoNetwork:
    def exchange(self, request):
        raise ChannelDown("no network")


def lives(root: Path, rule: str, step: int) -> list[dict]:
    """Return what came of every life under ``rule``; the last was not hit any more. Skips where none can be traced."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: killing and failing at every system call is not tested")
    command = [sys.executable, str(LIFE), str(root), rule, "1", str(step)]
    environ = os.environ | {"PYTHONPATH": str(LIFE.parents[3])}
    told = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=environ)
    assert told.returncode == 0, told.stderr[-2000:]
    came = [json.loads(line) for line in told.stdout.splitlines()]
    if came[0]["refused"]:
        pytest.skip(f"ptrace is not allowed here: {came[0]['refused']}")
    assert [life["refused"] for life in came] == [""] * len(came)
    return came


def what_is_wrong(folder: Path, said: list[str]) -> str:
    """Open what a life left behind, and say what is lost, half, or out of its chain; empty when nothing is."""
    seams = Seams(clock=SystemClock(), entropy=SystemEntropy(), disk=SystemDisk(), channel=NoNetwork())
    station = open_station(folder, seams, carry=False, under=Footing(reserve_bytes=4096, threads=False))
    try:
        key = load_keys(folder).signing.public
        station.journal.read(lambda db: check_chain(db, key))
        halves = station.journal.read(
            lambda db: [
                *run(db, "testing_cuts.half_registrations"),
                *run(db, "testing_cuts.half_made_up", {"rolls": MADE_UP_ROLLS}),
                *run(db, "testing_cuts.strays"),
            ]
        )
        held = {row[0] for row in station.journal.read(lambda db: run(db, "testing_cuts.held"))}
        epochs = station.journal.read(lambda db: run(db, "testing_cuts.epochs"))
    finally:
        station.close()
    if len(epochs) != len(set(epochs)):
        return "an epoch was used twice"
    return f"half: {halves}" if halves else f"lost: {set(said) - held}" if not set(said) <= held else ""


def assert_killed_anywhere_loses_nothing(root: Path, step: int) -> None:
    """Kill at every so many-th call, and at each that makes something durable.

    strace counts every kind of call by itself, and ``all`` kills at the first kind that comes to the number: calls that
    are rarer than others are never met by it.
    """
    came: dict[str, list[dict]] = {}
    for rule, every in (("all:signal=KILL", step), ("fdatasync:signal=KILL", 1)):
        folder = root / rule.partition(":")[0]
        folder.mkdir()
        came[folder.name] = lives(folder, rule, every)
    both = [life for of_rule in came.values() for life in of_rule]

    for of_rule in came.values():
        assert [life["status"] for life in of_rule] == [-9] * (len(of_rule) - 1) + [0]
    assert len(both) > 100 / step
    assert len({len(life["said"]) for life in both}) >= 6  # killed before, between and after what it says
    wrong = {
        (kind, life["call"]): what_is_wrong(root / kind / str(life["call"]), life["said"])
        for kind, of_rule in came.items()
        for life in of_rule
    }
    assert {call: why for call, why in wrong.items() if why} == {}


def test_K4_killed_at_every_third_system_call_of_a_small_life_nothing_said_is_lost(tmp_path):
    """Opening, registering, printing, making up, taking acks, closing: each call on the journal's files."""
    assert_killed_anywhere_loses_nothing(tmp_path, 3)


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_K4_killed_at_every_single_system_call_of_a_small_life_nothing_said_is_lost(tmp_path):
    """The same, exhaustive."""
    assert_killed_anywhere_loses_nothing(tmp_path, 1)


def assert_failed_anywhere_goes_on(root: Path, rule: str, step: int) -> None:
    came = lives(root, rule, step)

    wrong = {life["call"]: what_is_wrong(root / str(life["call"]), life["said"]) for life in came}
    assert {call: why for call, why in wrong.items() if why} == {}
    assert {life["call"]: (life["status"], life["met"]) for life in came if life["status"] != 0} == {}
    assert {tuple(life["said"][:4]) for life in came} == {tuple(came[-1]["said"][:4])}


@pytest.mark.parametrize("rule", FAULTS)
def test_K4_each_system_call_failed_once_stores_all_the_same_and_says_nothing_too_soon(tmp_path, rule):
    """The desk hears that the journal is down, asks again, and the station works on without a restart."""
    assert_failed_anywhere_goes_on(tmp_path, rule, FAULTS[rule])


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("rule", [*(rule for rule, step in FAULTS.items() if step > 1), *SLOW])
def test_K4_every_single_system_call_failed_once_stores_all_the_same(tmp_path, rule):
    """The same, exhaustive."""
    assert_failed_anywhere_goes_on(tmp_path, rule, 1)
