"""Anything at random, for long: the process and the window stay, nothing gets stuck, the next shopper is served."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.testing.soak import Soaked, stormed
from kiosk.testing.storm import Figures

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

ROOT = Path(__file__).parents[2]
SHORT = 200
SIZE = (1080, 1920)
MILLION = 1_000_000
SWOLLEN_MB = 900.0
GROWING_MB = 25.0
"""More than so many megabytes in 100,000 events would be a leak; caches that fill up make less."""


@pytest.fixture
def small_window(kivy_home: Path) -> Iterator[None]:
    """A window a quarter as large: a frame costs by its pixels."""
    from kiosk.ui.toolkit import Window

    Window.size = (540, 960)
    yield
    Window.size = SIZE


def _storm(seed: int, events: int) -> Figures:
    with stormed(random.Random(seed), seed, fresh_every=SHORT) as storm:
        return storm.rage(events)


@pytest.mark.timeout(400)
def test_K1_whatever_is_thrown_at_it_the_kiosk_goes_on_and_serves_the_next_shopper(small_window: None) -> None:
    """Fingers, keys, codes, faults and time at random, and then a fresh shopper, by touch."""
    seen = _storm(20261121, SHORT)
    assert (seen.events, seen.fresh) == (SHORT, 1)
    assert seen.by_window > 25
    assert seen.frames > 5


@pytest.mark.timeout(400)
def test_K1_a_seed_is_a_storm_event_for_event(small_window: None) -> None:
    """So what breaks can be seen again; another seed is another storm."""
    assert _storm(7, 25).digest == _storm(7, 25).digest != _storm(8, 5).digest


def test_K1_the_slope_is_told_from_what_comes_after_the_first_part() -> None:
    """A cache that fills up in the beginning is no leak; a steady gain is."""
    figures = Figures(seed=1, events=100_000)
    filled = [(1000 * n, 200.0 + min(n, 15)) for n in range(101)]
    assert Soaked(figures=figures, weights=filled).slope_mb == 0.0
    steady = [(1000 * n, 200.0 + 0.1 * n) for n in range(101)]
    assert round(Soaked(figures=figures, weights=steady).slope_mb, 6) == 10.0


@pytest.mark.nightly
@pytest.mark.timeout(6 * 3600)
def test_K1_a_million_events_leave_process_window_and_memory_as_they_were(tmp_path: Path) -> None:
    """In a process of its own, so that what it weighs is its own."""
    told = tmp_path / "figures.json"
    call = [sys.executable, str(ROOT / "scripts/kiosk_soak.py"), "--events", str(MILLION), "--json", str(told)]
    run = subprocess.run(call, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    figures = json.loads(told.read_text())
    assert figures["events"] == MILLION
    assert figures["fresh"] == MILLION // 5000
    assert figures["rss_most_mb"] < SWOLLEN_MB
    assert figures["rss_slope_mb_per_100k"] < GROWING_MB
