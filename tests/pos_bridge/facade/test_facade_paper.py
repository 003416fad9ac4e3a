"""A till's paper in the printer's queue, without a printer: taken back, full, failed, and told once (A2, K3)."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printer.profile import load_profile
from hardware.printer.status import PrinterStatus
from hardware.testing_printing import FakePrintQueue
from photocore.settings import locate_config
from photocore.testing import ManualClock, SeededEntropy
from pos_bridge.errors import BridgeError
from pos_bridge.facade.facade import Facade
from pos_bridge.facade.paper import NoLabels, TillComposer, TillPaper
from pos_bridge.facade.printing import LEFT_S, BarCode
from pos_bridge.facade.queue import MOST_WAITING, TILL_IDS, TillQueue
from pos_bridge.facade.words import DeviceRefused, Fault

CONFIG = locate_config()
READY = PrinterStatus(connected=True, paper="ok", cover_open=False, offline=False)


class Bench:
    def __init__(self, station=None):
        self.clock = ManualClock()
        self.facade = Facade(self.clock, SeededEntropy(1))
        self.queue = TillQueue(station)
        self.proves = True
        self.facade.add_printer("r", load_profile(CONFIG, "virtual-80mm"), self.queue, proves=lambda: self.proves)
        self.facade.printer_is("r", READY)
        self.session = self.facade.open("r")
        self.facade.claim(self.session)
        self.set("DeviceEnabled")

    def set(self, name):
        self.facade.set(self.session, name, True)  # noqa: FBT003

    def cut(self, text="x\n"):
        self.facade.print_normal(self.session, 2, text)
        return self.facade.cut_paper(self.session, 90)

    def events(self, name):
        return [one for one in self.facade.events(self.session, 0) if one.event == name]


@pytest.fixture
def bench():
    return Bench()


def code_of(call, *args):
    with pytest.raises(DeviceRefused) as caught:
        call(*args)
    return caught.value.code


def test_A2_what_the_printer_never_began_is_taken_back(bench):
    paper = bench.cut()
    assert bench.facade.give_up(paper).code is Fault.E_TIMEOUT
    assert bench.queue.next_job() is None
    assert bench.facade.properties(bench.session)["State"] == 2


def test_A2_what_it_had_begun_may_be_on_paper_and_is_told_when_it_is_known(bench):
    paper = bench.cut()
    job = bench.queue.next_job()
    bench.queue.begin(job.id, "AAAA")
    assert bench.facade.give_up(paper).code is Fault.E_FAILURE
    bench.queue.spoiled(job.id, "the printer ran out of paper")
    assert [one.message for one in bench.events("ErrorEvent")] == ["the printer ran out of paper"]


@pytest.mark.parametrize(
    ("word", "proves", "error"), [("printed", True, None), ("maybe", False, None), ("maybe", True, 111)]
)
def test_A2_only_a_printer_that_cannot_vouch_is_taken_at_its_silence(bench, word, proves, error):
    bench.proves = proves
    paper = bench.cut()
    job = bench.queue.next_job()
    bench.queue.begin(job.id, "AAAA")
    getattr(bench.queue, word)(job.id, "why")
    assert (paper.is_over, paper.error and paper.error.code) == (True, error)
    assert bench.facade.give_up(paper) is paper.error
    assert bench.events("ErrorEvent") == [], "its caller was told"


def test_A2_a_queue_that_is_full_says_so_at_the_cut(bench):
    for _ in range(MOST_WAITING):
        bench.cut()
    assert code_of(bench.cut) is Fault.E_FAILURE
    bench.facade.clear_output(bench.session)
    assert bench.queue.next_job() is None
    assert bench.cut() is not None


def test_A2_an_undo_a_moment_before_the_first_byte_wins(bench):
    bench.cut()
    job = bench.queue.next_job()
    bench.facade.clear_output(bench.session)
    with pytest.raises(BridgeError):
        bench.queue.begin(job.id, "AAAA")
    assert bench.queue.unsettled() == ()


def test_A2_paper_that_nobody_cuts_comes_out_when_the_spooler_looks(bench):
    bench.facade.print_normal(bench.session, 2, "left over")
    assert bench.queue.next_job() is None
    bench.clock.advance(LEFT_S)
    job = bench.queue.next_job()
    assert isinstance(job.label, TillPaper)
    assert b"left over" in b"".join(job.label.document)


def test_A2_an_undrawable_bar_code_is_refused_before_anything_is_taken(bench):
    for symbology, text in ((104, "2112347012505"), (104, "abc"), (110, "x" * 200)):
        code = BarCode(symbology=symbology, text=text, height_dots=80, align=-2, has_text=False)
        assert code_of(bench.facade.print_bar_code, bench.session, 2, code) is Fault.E_ILLEGAL
    assert bench.facade.cut_paper(bench.session, 90) is None


def test_A2_the_document_holds_the_tills_ink_and_our_own_commands(bench):
    """The printer is put into a known state, the text stands in its own letters, and it is cut once."""
    bench.cut("Grüße 12,50 €\n")
    document = b"".join(bench.queue.next_job().label.document)
    assert document.startswith(b"\x1b@")
    assert "Grüße 12,50 ".encode("cp858") in document
    assert document.count(b"\x1dV") == 1


@settings(max_examples=60)
@given(text=st.text(max_size=60) | st.text(alphabet="\x1b|bCcAN12lFP\x1dV\x10\x14@\n", max_size=30))
def test_A2_whatever_text_is_printed_no_drawer_opens_and_one_cut_is_ours(text):
    """Attack: any text at all; it is refused whole, or comes out as ink, style, line ends and cuts of our own."""
    bench = Bench()
    with suppress(DeviceRefused):
        bench.cut(text)
    while (job := bench.queue.next_job()) is not None:
        document = b"".join(job.label.document)
        assert (document.count(b"\x1dV"), document.count(b"\x1bp"), document.count(b"\x10\x14")) == (1, 0, 0)
        bench.queue.begin(job.id, "AAAA")


def test_K3_a_printer_of_the_tills_own_prints_no_labels(bench):
    composer = TillComposer(NoLabels())
    bench.cut()
    job = bench.queue.next_job()
    assert composer.compose(job.label) == job.label.document
    with pytest.raises(BridgeError):
        bench.queue.printed(1, "a job of no station")
    assert (bench.queue.set_remaining("c1"), job.id > TILL_IDS) == (1, True)


def test_K3_what_the_stations_queue_is_told_passes_through_unchanged():
    class Told:
        def __init__(self):
            self.heard = []

        def __getattr__(self, name):
            return lambda *said: self.heard.append((name, *said))

        def unsettled(self):
            return ("one",)

        def set_remaining(self, claim):
            return 7

    station = Told()
    queue = TillQueue(station)
    verbs = [
        ("begin", 5, "AAAA"),
        ("sent", 5),
        ("printed", 5, "proof"),
        ("taken", 5),
        ("spoiled", 5, "why"),
        ("maybe", 5, "why"),
        ("deferred", 5, "why"),
    ]
    for name, *said in verbs:
        getattr(queue, name)(*said)
    assert station.heard == verbs
    assert (queue.unsettled(), queue.set_remaining("c1")) == (("one",), 7)


def test_A2_a_label_printer_is_not_offered_as_a_receipt_printer():
    facade = Facade(ManualClock(), SeededEntropy(1))
    with pytest.raises(ValueError, match="ESC/POS"):
        facade.add_printer("labels", load_profile(CONFIG, "virtual-zpl"), TillQueue(FakePrintQueue()))
