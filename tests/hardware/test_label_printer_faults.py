"""What goes wrong with printers that are asked and never tell: a Zebra and a TSC, on a real line.

Their answers carry no job's number, so an answer that is lost, or belongs to an earlier label, must never prove the
next one; and what a printer prints by itself after a power cut must never become a second label that counts.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hardware.printer.profile import load_profile
from hardware.testing_counter import PATIENT_S, PrintingCounter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.printer_making import make_printer
from hardware.virtual.printer_stock import Stock
from photocore.settings import locate_config

CONFIG = locate_config()
PROFILES = ("virtual-zpl", "virtual-tspl-peel")
each_profile = pytest.mark.parametrize("name", PROFILES)

SAYINGS = 12
"""More than the answers that belong to one label. Each place costs seconds of waiting for it: in the night."""


def counter(name: str, *, label_proof_s: float = 2.0, **wishes: Any) -> PrintingCounter:
    shop = msgspec.structs.replace(load_profile(CONFIG, name), label_proof_s=label_proof_s)
    return PrintingCounter(make_printer(shop, TcpLine(), CONFIG / "fonts", **wishes), shop, answer_wait_s=1.0)


def outlives(at: PrintingCounter, eventually: Callable[..., None]) -> None:
    """Two more labels come out whole and proven, and no word ever went beyond the paper."""
    at.settle(eventually)
    last = at.queue.jobs[max(at.queue.jobs)].label
    for number in (7, 8):
        at.print(number)
        assert at.settle(eventually) == "printed", (last, at.queue.history)
    eventually(lambda: at.papers["AAAAA8"] == 1, within=PATIENT_S)
    at.judge()


@pytest.mark.nightly
@each_profile
@pytest.mark.parametrize("which", range(1, SAYINGS))
def test_K3_an_answer_that_comes_late_never_proves_the_next_label(
    name: str, which: int, eventually: Callable[..., None]
) -> None:
    """The n-th answer comes only with the one after it: what it says is of an earlier label."""
    with counter(name) as at:
        at.print(1)
        assert at.settle(eventually) == "printed"
        at.printer.voice.delay(which)
        at.print(2, 2)
        at.settle(eventually)
        at.judge()
        outlives(at, eventually)


@pytest.mark.nightly
@each_profile
@pytest.mark.parametrize("which", range(1, SAYINGS))
def test_K3_an_answer_that_is_lost_is_a_question_and_no_proof(
    name: str, which: int, eventually: Callable[..., None]
) -> None:
    """The n-th answer never comes: at worst a label is a maybe, never printed twice."""
    with counter(name) as at:
        at.print(1)
        assert at.settle(eventually) == "printed"
        at.printer.voice.lose(which)
        at.print(2, 2)
        at.settle(eventually)
        outlives(at, eventually)


@pytest.mark.nightly
@each_profile
def test_K3_what_a_printer_prints_by_itself_after_a_power_cut_never_counts_twice(
    name: str, eventually: Callable[..., None]
) -> None:
    """The old buffer is printed when power is back: the label is a maybe or has a new copy, never both."""
    with counter(name) as at:
        at.print(1)
        assert at.settle(eventually) == "printed"
        at.printer.pace(120)
        at.print(2, 2)
        eventually(lambda: len(at.printer.paper.hanging.rows) > 0, within=PATIENT_S)
        at.printer.power_off(keep_buffer=True)
        eventually(lambda: at.spooler.status() == "offline", within=PATIENT_S)
        at.printer.pace(None)
        at.printer.power_on()
        outlives(at, eventually)


@pytest.mark.parametrize("name", [pytest.param("virtual-zpl", marks=pytest.mark.nightly), "virtual-tspl-peel"])
def test_K3_a_hot_head_is_waited_for(name: str, eventually: Callable[..., None]) -> None:
    """It passes by itself: the screen says error, nothing is spoiled, and each label comes out once."""
    with counter(name, label_proof_s=20.0) as at:
        at.print(1)
        assert at.settle(eventually) == "printed"
        at.printer.heat_head()
        at.print(2)
        eventually(lambda: at.spooler.status() == "error", within=PATIENT_S)
        at.printer.heat_head(is_hot=False)
        assert at.settle(eventually) == "printed"
        eventually(lambda: at.papers == {"AAAAA1": 1, "AAAAA2": 1}, within=PATIENT_S)
        at.judge()


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["virtual-zpl-peel", "virtual-tspl-peel"])
def test_K3_the_wrong_roll_stops_the_set_and_the_right_one_goes_on(name: str, eventually: Callable[..., None]) -> None:
    """Paper without labels: the printer says so, and what was printed on it has a new copy on the right roll."""
    with counter(name, stock=Stock()) as at:
        at.print(1)
        eventually(lambda: at.printer.senses.gap_lost, within=PATIENT_S)
        at.print(2)
        eventually(lambda: at.spooler.status() in ("paper_out", "error"), within=PATIENT_S)
        assert at.printer.labels is not None
        at.printer.labels.load(Stock(label_rows=400))
        outlives(at, eventually)


@pytest.mark.nightly
@each_profile
def test_K3_an_idle_printer_is_asked_how_it_is(name: str, eventually: Callable[..., None]) -> None:
    """Nothing is to be printed, and yet the screen says that the cover was opened, and that it is shut again."""
    with counter(name) as at:
        at.print(1)
        assert at.settle(eventually) == "printed"
        at.printer.open_cover()
        eventually(lambda: at.spooler.status() == "cover_open", within=PATIENT_S)
        at.printer.close_cover()
        eventually(lambda: at.spooler.status() == "ready", within=PATIENT_S)
