"""The garbage collector waits until the kiosk is shown, and does not look at it again."""

import subprocess
import sys
from pathlib import Path

ASKED = """
import gc
from kiosk.settling import settle, unsettled

with unsettled():
    assert not gc.isenabled()
    kept = [[n] for n in range(1000)]
    settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000
    assert not any(one is kept for one in gc.get_objects())
assert gc.isenabled()
"""
"""In a process of its own: what is frozen stays so."""

LATER = ("numpy", "zxingcpp", "escpos", "kivy")
START = f"import sys, kiosk.cli; print([name for name in {LATER} if name in sys.modules])"
WIRED = START.replace("kiosk.cli;", "kiosk.wiring;")


def _say(script: str) -> str:
    call = [sys.executable, "-c", script]
    return subprocess.run(
        call, cwd=Path(__file__).parents[2], text=True, capture_output=True, check=True, timeout=120
    ).stdout.strip()


def test_K1_the_collector_waits_for_the_first_frame_and_then_passes_the_kiosk_over() -> None:
    """Off while it starts, on when it is settled, and on again whatever became of the start."""
    assert _say(ASKED) == ""


def test_K1_a_start_reads_in_nothing_that_only_labels_need() -> None:
    """Neither numbers nor codes nor receipts, and the toolkit only when its settings are known."""
    assert _say(START) == "[]"
    assert _say(WIRED) == "[]"
