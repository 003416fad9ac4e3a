"""The spooler on a queue whose disk fails once, against the real virtual printer: every label ends decided, once."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from hardware.printer.document import Document
from hardware.printer.jobs import Composer, PrintJob
from hardware.printer.process_ids import process_id_of
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.render.symbols import read_back
from hardware.spooler import Spooler
from hardware.testing_printing import FakePrintQueue, Verb
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from photocore import codes
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import Printable, Receipt, RollLabel
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
PRINTED = "printed"
ROLLS = ("(01)09501101530003(21)7H3K9QX2M1", "(01)09501101530003(21)7H3K9QX2M2")
STORY: list[Printable] = [
    Receipt(
        number=codes.mint_registration_number(SeededEntropy(1)),
        package=ItemId("(01)19501101530000(21)P2026A123"),
        store="Foto Lenz",
        made_at=datetime(2026, 11, 21, 10, 22, tzinfo=UTC),
        card_masked="•••• 4711",
    ),
    *(
        RollLabel(roll=ItemId(roll), number=place, of=2, copy=f"AAAAA{place}", product="Portra 400")
        for place, roll in enumerate(ROLLS, start=1)
    ),
]
"""A receipt (job 1) and two labels (jobs 2 and 3)."""

either_way = pytest.mark.parametrize("durable", [False, True], ids=["lost", "on_disk"])


class Counting:
    """A printer, a queue and a spooler at work; ``words`` and ``moved`` are what the screen was told."""

    def __init__(
        self, printer: VirtualPrinter, shop: PrinterProfile, queue: FakePrintQueue, composer: Composer | None
    ) -> None:
        self.printer, self.queue = printer, queue
        self.words: list[str] = []
        self.moved: list[tuple[int, str]] = []
        self.spooler = Spooler(
            queue=queue,
            session=PrinterSession(printer.url, shop, SystemClock(), answer_wait_s=0.4),
            composer=composer or PrintComposer(CONFIG, shop),
            on_change=self.note,
            on_status=self.words.append,
            after_fault_s=0.1,
        )

    def note(self, job: PrintJob) -> None:
        """Keep what a screen would show of a job now."""
        self.moved.append((job.id, self.queue.states[job.id]))

    def told(self, state: str) -> list[tuple[int, str]]:
        """What the queue was told, with the reason."""
        return [(job, why) for job, word, why in self.queue.history if word == state]

    def standing(self) -> Counter[str]:
        """Valid copies that lie on the counter whole, by roll."""
        whole = Counter(
            text.split("\x1d91")[1]
            for piece in self.printer.pieces
            for aim, text in read_back(piece.cropped())
            if aim == "]d2" and "\x1d91" in text
        )
        return Counter(
            {
                job.label.roll: whole[job.copy]
                for job in self.queue.jobs.values()
                if isinstance(job.label, RollLabel) and self.queue.states[job.id] in (PRINTED, "maybe")
            }
        )


@contextmanager
def counter(
    queue: FakePrintQueue, *, composer: Composer | None = None, proof_s: float = 2, **traits: Any
) -> Iterator[Counting]:
    """Open a counter; the proof comes within ``proof_s`` or not at all."""
    shop = msgspec.structs.replace(load_profile(CONFIG, "virtual-80mm"), label_proof_s=proof_s)
    with VirtualPrinter(TcpLine(), CONFIG / "fonts", margin_dots=shop.margin_dots, **traits) as printer:
        at = Counting(printer, shop, queue, composer)
        at.spooler.start()
        try:
            yield at
        finally:
            at.spooler.stop()


def failing(verb: Verb, *, durable: bool, story: list[Printable] = STORY) -> FakePrintQueue:
    """Return a queue with ``story`` in it, whose ``verb`` fails once."""
    queue = FakePrintQueue()
    queue.add("c1", story)
    queue.fail_once(verb, durable=durable)
    return queue


def receipt_came_last(at: Counting) -> bool:
    """Say whether the receipt was printed, after all the rest."""
    return at.queue.states[1] == PRINTED and [job for job, _ in at.told(PRINTED)][-1] == 1


def test_K3_begin_that_is_lost_prints_the_very_same_copy(eventually: Callable[..., None]) -> None:
    """The label is still queued: it prints as if nothing had happened, and the error leaves the screen."""
    with counter(failing("begin", durable=False)) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: PRINTED, 2: PRINTED, 3: PRINTED}
        assert at.standing() == Counter(ROLLS)
        assert receipt_came_last(at)
        assert "error" in at.words
        eventually(lambda: at.spooler.status() == "ready")


def test_K3_begin_that_raised_but_is_on_disk_gets_a_new_copy() -> None:
    """Nothing of the label was sent, whatever the disk says: its copy is void, only its successor is on paper."""
    with counter(failing("begin", durable=True)) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: PRINTED, 2: "void", 3: PRINTED, 4: PRINTED}
        assert at.told("spoiled") == [(2, "the station's disk failed before the label was sent")]
        assert at.standing() == Counter(ROLLS)
        assert len(at.printer.pieces) == 3
        assert receipt_came_last(at)


@either_way
@pytest.mark.parametrize("verb", ["sent", "printed"])
def test_K3_a_proof_outlives_the_disk_that_refused_it(
    verb: Verb, durable: bool, eventually: Callable[..., None]
) -> None:
    """All bytes went out and the printer proved it: the label is printed, once, on its own proof."""
    with counter(failing(verb, durable=durable)) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: PRINTED, 2: PRINTED, 3: PRINTED}
        assert at.told(PRINTED) == [(job, f"process id {process_id_of(job)}") for job in (2, 3, 1)]
        assert at.standing() == Counter(ROLLS)
        assert len(at.printer.pieces) == 3
        eventually(lambda: {(job, PRINTED) for job in (1, 2, 3)} <= set(at.moved))


@either_way
def test_K3_a_known_cause_outlives_the_disk_that_refused_it(durable: bool) -> None:
    """The cutter jams while the disk fails: the copy is spoiled for that cause, and replaced exactly once."""
    with counter(failing("spoiled", durable=durable)) as at:
        at.printer.jam_cutter()
        assert at.queue.wait_until_settled(20)
        assert at.told("spoiled") == [(2, "the printer reported a jam at the cutter")]
        assert at.queue.states == {1: PRINTED, 2: "void", 3: PRINTED, 4: PRINTED}
        assert at.standing() == Counter(ROLLS)
        assert receipt_came_last(at)


@either_way
def test_K3_a_doubt_outlives_the_disk_that_refused_it(durable: bool) -> None:
    """A printer that proves nothing: the label is maybe, with the remedy in words, and printed once."""
    with counter(failing("maybe", durable=durable), proof_s=0.5, process_ids=False) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: "maybe", 2: "maybe", 3: "maybe"}
        assert [job for job, _ in at.told("maybe")] == [2, 3, 1]
        assert all(why.endswith("scan the fresh label") for _, why in at.told("maybe"))
        assert at.standing() == Counter(ROLLS)


def test_K3_a_disk_that_fails_twice_in_a_row_forgets_nothing() -> None:
    """The bytes are out, "awaiting proof" fails, then "printed" fails: it still ends printed, once."""
    queue = failing("sent", durable=False)
    queue.fail_once("printed")
    with counter(queue) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: PRINTED, 2: PRINTED, 3: PRINTED}
        assert at.standing() == Counter(ROLLS)


def test_K3_what_an_earlier_run_left_is_settled_though_the_disk_fails_at_the_start() -> None:
    """The first look at the queue fails: a later one decides, and the receipt is not held back for ever."""
    queue = failing("unsettled", durable=False)
    queue.begin(2, process_id_of(2))
    with counter(queue) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: PRINTED, 2: "maybe", 3: PRINTED}
        assert at.told("maybe") == [(2, "the station stopped while it was printing")]


@pytest.mark.parametrize("verb", ["next_job", "deferred"])
def test_K3_a_label_that_was_not_begun_waits_for_the_disk(verb: Verb) -> None:
    """Choosing a label, or setting one aside, fails once: it is done again, and the rest prints."""
    wrong = RollLabel(roll=ItemId("(01)09501101530004(21)7H3K9QX2MV"), number=1, of=2, copy="AAAAA9")
    with counter(failing(verb, durable=False, story=[STORY[0], wrong, STORY[2]])) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: PRINTED, 2: "deferred", 3: PRINTED}


class BreaksOffOnce:
    """A composer whose first label ends in what nobody can send."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        self.is_whole = False

    def compose(self, printable: Printable) -> Document:
        """Return the document; the first time, half of it and a piece of nonsense."""
        whole = self.composer.compose(printable)
        if self.is_whole:
            return whole
        self.is_whole = True
        broken: Any = (*whole[:2], whole[2][:40], None)
        return broken

    def label_mm(self, label: RollLabel) -> float:
        """Return the paper a label takes."""
        return self.composer.label_mm(label)


def test_K3_a_fault_of_ours_in_mid_label_is_maybe_and_spoils_no_other() -> None:
    """Half a label is out when our own code fails: a person decides about it, and the next label is whole."""
    queue = FakePrintQueue()
    queue.add("c1", STORY)
    composer = BreaksOffOnce(PrintComposer(CONFIG, load_profile(CONFIG, "virtual-80mm")))
    with counter(queue, composer=composer) as at:
        assert at.queue.wait_until_settled(20)
        assert at.queue.states == {1: PRINTED, 2: "maybe", 3: PRINTED}
        assert at.told("maybe") == [(2, "a fault of the station's own broke the label off")]
        assert at.standing()[ROLLS[1]] == 1


def test_O17_a_scan_that_beats_the_verdict_stands_and_is_no_error() -> None:
    """A printer that cannot confirm: the shopper scans the fresh label before we give up; no error, no standstill."""
    queue = FakePrintQueue()
    queue.add("c1", STORY)
    with counter(queue, proof_s=1, process_ids=False) as at:
        assert queue.wait_for_state(2, "awaiting_proof", 30)
        queue.scan(2)
        assert queue.wait_until_settled(20)
        assert queue.states == {1: "maybe", 2: PRINTED, 3: "maybe"}
        assert at.told(PRINTED) == [(2, "scan")]
        assert (2, "maybe") not in at.moved
        assert "error" not in at.words
        assert at.standing() == Counter(ROLLS)


def test_O17_a_cause_that_comes_after_the_scan_makes_no_second_copy(eventually: Callable[..., None]) -> None:
    """A person held the whole label in the hand; that the paper ends a moment later voids nothing."""
    queue = FakePrintQueue()
    queue.add("c1", STORY)
    with counter(queue, proof_s=1, process_ids=False) as at:
        assert queue.wait_for_state(2, "awaiting_proof", 30)
        queue.scan(2)
        at.printer.paper_out()
        eventually(lambda: at.spooler.status() == "paper_out")
        at.printer.refill()
        assert queue.wait_until_settled(20)
        assert queue.states == {1: "maybe", 2: PRINTED, 3: "maybe"}
        assert "error" not in at.words


def test_K3_an_undo_while_the_proof_is_awaited_is_no_error() -> None:
    """The copy is void; the printer's proof comes late, changes nothing and stops nobody."""
    queue = FakePrintQueue()
    queue.add("c1", STORY)
    with counter(queue, rows_per_s=2000) as at:
        assert queue.wait_for_state(2, "awaiting_proof", 30)
        queue.void(2)
        assert queue.wait_until_settled(20)
        assert queue.states == {1: PRINTED, 2: "void", 3: PRINTED}
        assert "error" not in at.words
