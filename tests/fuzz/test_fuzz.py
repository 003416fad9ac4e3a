"""Bytes of every kind at our doors (K2, K4): seeds of our own making, then what atheris makes of them.

Each target runs in a process of its own, as atheris instruments what it imports and ends the process by itself.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")
TARGETS = ("framer", "meaning", "elements", "event", "batch", "answer", "parcel", "page")
NO_ATHERIS = 69


AFRESH = ("sh", "-c", '"$@"; exit $?', "sh")
"""Runs a program from a small process: libFuzzer bounds ru_maxrss, which is inherited through exec, ours with it."""


def run(target, *options):
    command = [*AFRESH, sys.executable, RUN, target, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def fuzz(target, seconds):
    """Fuzz a target for so many seconds; where others had the machine meanwhile, for longer."""
    told, executed = fuzz_once(target, seconds)
    if executed <= 100:
        told, executed = fuzz_once(target, 60)
    assert executed > 100
    return told


def fuzz_once(target, seconds):
    code, told = run(target, "--seconds", str(seconds))
    if code == NO_ATHERIS:
        pytest.skip("atheris is missing (wheels: CPython 3.11 to 3.13, 64-bit Linux); only the seeds were played")
    assert code == 0, told[-6_000:]
    executed = re.search(r"number_of_executed_units: (\d+)", told)
    assert executed is not None, told[-6_000:]
    return told, int(executed[1])


@pytest.mark.parametrize("target", TARGETS)
def test_K2_K4_nothing_gives_way_in_two_seconds_of_fuzzing(target):
    """Only the documented errors come out, what is taken reads back the same, and each door's own promises hold."""
    fuzz(target, 2)


@pytest.mark.nightly
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("target", TARGETS)
def test_K2_K4_nothing_gives_way_in_five_minutes_of_fuzzing(target):
    """The same, for long enough to get somewhere."""
    fuzz(target, 300)


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is missing")
def test_a_target_that_gives_way_is_told(tmp_path):
    """The fuzzer is no comfort if it cannot fail: a framer that loses a byte is found, and its input shown."""
    sick = f"""
import sys
sys.path.insert(0, {str(RUN.parent)!r})
import run
sound = run.targets.Framer.feed
run.targets.Framer.feed = lambda framer, delivery, now: sound(framer, delivery[:40], now)
sys.argv = ["run.py", "framer", "--seconds", "20"]
run.main()
"""
    done = subprocess.run([sys.executable, "-c", sick], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode not in (0, NO_ATHERIS)
    assert "AssertionError" in done.stdout + done.stderr
