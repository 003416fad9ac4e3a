"""The spooler against the virtual printer over real TCP: whatever fails, one valid label a roll and no false word."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.printer.escpos import ask_process_id
from hardware.printer.process_ids import PROBE, process_id_of
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.render.symbols import read_back
from hardware.spooler import Spooler
from hardware.testing_printing import FakePrintQueue
from hardware.virtual.paper import Piece
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from photocore import codes
from photocore.errors import TwincheckError
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import Printable, Receipt, RollLabel
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
GTIN = "09501101530003"
PACKAGE = ItemId("(01)19501101530000(21)P2026A123")
NUMBER = codes.mint_registration_number(SeededEntropy(1))


def profile(**changes: Any) -> PrinterProfile:
    """The shop's virtual printer, impatient: a proof comes within a second or not at all."""
    return msgspec.structs.replace(load_profile(CONFIG, "virtual-80mm"), **{"label_proof_s": 1.0, **changes})


def roll_set(count: int = 5) -> list[RollLabel]:
    """The labels of one package."""
    return [
        RollLabel(
            package=PACKAGE,
            roll=ItemId(f"(01){GTIN}(21)7H3K9QX2M{number}"),
            number=number,
            of=count,
            copy=f"AAAAA{number}",
            product="Portra 400",
            detail="135-36 · ISO 400 · C-41",
            store="Foto Lenz",
        )
        for number in range(1, count + 1)
    ]


def receipt() -> Receipt:
    """The receipt of that registration."""
    return Receipt(
        number=NUMBER,
        package=PACKAGE,
        store="Foto Lenz",
        made_at=datetime(2026, 11, 21, 10, 22, tzinfo=UTC),
        card_masked="•••• 4711",
        state_words=("Registered here.",),
    )


class Counter:
    """A printer, a queue and a spooler at work."""

    def __init__(self, printer: VirtualPrinter, shop: PrinterProfile, queue: FakePrintQueue) -> None:
        self.printer = printer
        self.queue = queue
        self.words: list[str] = []
        self.session = PrinterSession(printer.url, shop, SystemClock(), answer_wait_s=0.4)
        self.spooler = Spooler(
            queue=queue,
            session=self.session,
            composer=PrintComposer(CONFIG, shop),
            on_status=self.words.append,
        )

    def print(self, printables: list[Printable] | list[RollLabel], claim: str = "c1") -> None:
        self.queue.add(claim, printables)
        self.spooler.wake()

    def settled(self, within: float = 30) -> bool:
        return self.queue.wait_until_settled(within)


@contextmanager
def counter(
    shop: PrinterProfile | None = None, queue: FakePrintQueue | None = None, **traits: Any
) -> Iterator[Counter]:
    shop = shop or profile()
    with VirtualPrinter(TcpLine(), CONFIG / "fonts", margin_dots=shop.margin_dots, **traits) as printer:
        at = Counter(printer, shop, queue or FakePrintQueue())
        at.spooler.start()
        try:
            yield at
        finally:
            at.spooler.stop()


def copies_on(piece: Piece) -> set[str]:
    """The copies whose whole label a scanner can read off a piece of paper: its bars and its 2D code."""
    found = read_back(piece.cropped())
    if not any(aim == "]C1" for aim, _ in found):
        return set()
    return {text.split("\x1d91")[1] for aim, text in found if aim == "]d2" and "\x1d91" in text}


def valid_labels_on_paper(at: Counter) -> dict[str, int]:
    """How many whole, valid labels lie on the counter, by roll."""
    printed = [copy for piece in at.printer.pieces for copy in copies_on(piece)]
    return {roll: sum(printed.count(copy) for copy in valid) for roll, valid in at.queue.valid_copies().items()}


def test_K3_a_set_prints_each_label_once_and_the_receipt_last() -> None:
    """Five labels and a receipt come out in order, each proven by its own process id."""
    with counter() as at:
        at.print([receipt(), *roll_set()])
        assert at.settled()
        assert set(at.queue.states.values()) == {"printed"}
        assert [copies_on(piece) for piece in at.printer.pieces[:5]] == [{f"AAAAA{n}"} for n in range(1, 6)]
        assert len(at.printer.pieces) == 6
        assert ("]C0", NUMBER) in read_back(at.printer.pieces[5].cropped())
        assert at.printer.unknown == ()
        proofs = [why for _, state, why in at.queue.history if state == "printed"]
        assert proofs == [f"process id {process_id_of(n)}" for n in (2, 3, 4, 5, 6, 1)]


@pytest.mark.parametrize("label", [1, 2, 3, 4, 5])
def test_O17_paper_out_at_each_label_of_a_set_gives_one_valid_label_a_roll(
    label: int, eventually: Callable[..., None]
) -> None:
    """The roll ends inside a label: that copy is void, its successor comes out of the new roll, none is missing."""
    with counter() as at:
        at.printer.paper_out_at_label(label)
        at.print(roll_set())
        eventually(lambda: at.spooler.status() == "paper_out")
        eventually(lambda: len(at.queue.jobs) == 6)
        at.printer.refill()
        assert at.settled()
        assert valid_labels_on_paper(at) == {item.roll: 1 for item in roll_set()}
        spoiled = [(job, why) for job, state, why in at.queue.history if state == "spoiled"]
        assert spoiled == [(label, "the printer ran out of paper")]
        assert "paper_out" in at.words


def test_K3_paper_out_before_a_set_starts_nothing(eventually: Callable[..., None]) -> None:
    """With no paper the set waits, whole; it prints when there is paper, and no copy is spoilt."""
    with counter() as at:
        at.printer.paper_out()
        at.print(roll_set())
        eventually(lambda: at.spooler.status() == "paper_out")
        assert set(at.queue.states.values()) == {"queued"}
        at.printer.refill()
        assert at.settled()
        assert set(at.queue.states.values()) == {"printed"}
        assert len(at.queue.jobs) == 5


def test_K3_an_open_cover_in_the_middle_of_a_label_spoils_that_copy_only(eventually: Callable[..., None]) -> None:
    """The cover is a known cause: the copy is voided, and after closing each roll has one valid label."""
    with counter(rows_per_s=2000) as at:
        at.print(roll_set(2))
        eventually(lambda: "sending" in at.queue.states.values() or "awaiting_proof" in at.queue.states.values())
        at.printer.open_cover()
        eventually(lambda: len(at.queue.jobs) == 3)
        assert at.spooler.status() == "cover_open"
        at.printer.close_cover()
        assert at.settled()
        assert valid_labels_on_paper(at) == {item.roll: 1 for item in roll_set(2)}


def test_K3_a_jammed_cutter_is_cleared_and_the_copy_replaced() -> None:
    """The printer names the cutter; we clear the error and print a new copy."""
    with counter() as at:
        at.printer.jam_cutter()
        at.print(roll_set(2))
        assert at.settled()
        causes = [why for _, state, why in at.queue.history if state == "spoiled"]
        assert causes == ["the printer reported a jam at the cutter"]
        assert sorted(at.queue.states.values()) == ["printed", "printed", "void"]


def test_K3_near_end_is_a_notice_and_stops_nothing(eventually: Callable[..., None]) -> None:
    """A roll that nears its end shows, and the set prints."""
    with counter() as at:
        eventually(lambda: at.spooler.status() == "ready")
        at.printer.near_end()
        eventually(lambda: at.spooler.status() == "near_end")
        at.print(roll_set(2))
        assert at.settled()
        assert set(at.queue.states.values()) == {"printed"}


def test_O17_a_set_longer_than_the_rest_of_the_roll_is_not_begun(eventually: Callable[..., None]) -> None:
    """The shop measured 300 mm: five labels and a receipt wait for a new roll, and the state is paper out."""
    with counter(profile(near_end_mm=300)) as at:
        at.printer.near_end()
        eventually(lambda: at.spooler.status() == "near_end")
        at.print([receipt(), *roll_set()])
        eventually(lambda: at.spooler.status() == "paper_out")
        assert set(at.queue.states.values()) == {"queued"}
        at.printer.near_end(is_near=False)
        assert at.settled()
        assert valid_labels_on_paper(at) == {item.roll: 1 for item in roll_set()}
        eventually(lambda: at.spooler.status() == "ready")


def test_O17_a_set_that_fits_the_rest_is_printed_and_the_next_one_is_not(eventually: Callable[..., None]) -> None:
    """What was printed since the end came near counts: two labels fit 300 mm, two more do not; an undo frees us."""
    with counter(profile(near_end_mm=300)) as at:
        at.printer.near_end()
        eventually(lambda: at.spooler.status() == "near_end")
        at.print(roll_set(2))
        assert at.settled()
        assert at.queue.states == {1: "printed", 2: "printed"}
        at.print(roll_set(4)[2:], claim="c2")
        eventually(lambda: at.spooler.status() == "paper_out")
        at.queue.void(3)
        at.queue.void(4)
        at.spooler.wake()
        eventually(lambda: at.spooler.status() == "near_end")
        assert "error" not in at.words


def test_K3_silence_in_mid_job_is_maybe_and_holds_the_rest(eventually: Callable[..., None]) -> None:
    """A printer that falls silent prints on: its label is maybe, nothing is printed again, the others wait."""
    with counter() as at:
        at.print(roll_set(1))
        assert at.settled()
        at.printer.pace(1000)
        at.print(roll_set(3)[1:], claim="c2")
        eventually(lambda: at.queue.states[2] == "awaiting_proof")
        at.printer.mute()
        assert at.queue.wait_for_state(2, "maybe", 30)
        assert at.queue.states[3] == "queued"
        eventually(lambda: at.spooler.status() == "unknown")
        at.printer.mute(is_mute=False)
        assert at.settled()
        assert at.queue.states == {1: "printed", 2: "maybe", 3: "printed"}
        assert [whole for piece in at.printer.pieces for whole in copies_on(piece)].count("AAAAA2") == 1


@pytest.mark.parametrize("traits", [{"process_ids": False}, {"answers": False, "reports": False, "process_ids": False}])
def test_K3_a_printer_that_cannot_confirm_never_gets_the_word_printed(traits: dict[str, bool]) -> None:
    """Without proof a label is maybe, with the remedy in words; that it lies on the counter changes nothing."""
    with counter(**traits) as at:
        at.print(roll_set(1))
        assert at.settled()
        assert at.queue.states == {1: "maybe"}
        assert at.queue.history[-1][2].endswith("scan the fresh label")
        assert [copies_on(piece) for piece in at.printer.pieces] == [{"AAAAA1"}]
        assert at.session.confirms == "cannot confirm"


def test_K3_power_off_in_the_middle_of_a_label_is_maybe_and_never_printed_again(
    eventually: Callable[..., None],
) -> None:
    """The printer loses power and buffer: that copy is maybe; after power the next one is whole and stands alone."""
    with counter(rows_per_s=1500) as at:
        at.print(roll_set(2))
        eventually(lambda: len(at.printer.paper.hanging.rows) > 50)
        at.printer.power_off()
        assert at.queue.wait_for_state(1, "maybe", 30)
        assert at.spooler.status() == "offline"
        at.printer.power_on()
        assert at.settled()
        assert at.queue.states == {1: "maybe", 2: "printed"}
        assert [copies_on(piece) for piece in at.printer.pieces if copies_on(piece)] == [{"AAAAA2"}]


def test_K3_a_printer_that_keeps_its_buffer_proves_the_old_label_after_power_comes_back(
    eventually: Callable[..., None],
) -> None:
    """F34: all bytes were in, the label comes out after power on; either it is proven or it is maybe, never twice."""
    with counter(profile(label_proof_s=5.0), rows_per_s=400) as at:
        at.print(roll_set(1))
        assert at.queue.wait_for_state(1, "awaiting_proof", 30)
        at.printer.power_off(keep_buffer=True)
        eventually(lambda: at.spooler.status() == "offline")
        at.printer.pace(None)
        at.printer.power_on()
        assert at.settled()
        assert at.queue.states[1] in ("printed", "maybe")
        assert len(at.queue.jobs) == 1
        assert [copies_on(piece) for piece in at.printer.pieces].count({"AAAAA1"}) <= 1


def test_K3_killed_between_begin_and_sent_is_maybe_at_the_next_start() -> None:
    """The journal says sending, no proof comes: a person decides, and nothing is printed by itself."""
    queue = FakePrintQueue()
    queue.add("c1", roll_set(2))
    queue.begin(1, process_id_of(1))
    with counter(queue=queue) as at:
        assert at.settled()
        assert queue.states == {1: "maybe", 2: "printed"}
        assert [copies_on(piece) for piece in at.printer.pieces if copies_on(piece)] == [{"AAAAA2"}]


def test_K3_a_label_under_way_when_we_were_killed_is_proven_by_the_printer_at_the_next_start() -> None:
    """The bytes were all sent by a process that died; the printer's proof comes to the next one."""
    queue, shop = FakePrintQueue(), profile(label_proof_s=10)
    with VirtualPrinter(TcpLine(), CONFIG / "fonts", rows_per_s=300) as printer:
        first = Counter(printer, shop, queue)
        first.spooler.start()
        first.print(roll_set(1))
        assert queue.wait_for_state(1, "awaiting_proof", 30)
        first.spooler.stop()
        assert queue.states == {1: "awaiting_proof"}
        second = Counter(printer, shop, queue)
        second.spooler.start()
        try:
            assert queue.wait_for_state(1, "printed", 30)
            assert [copies_on(piece) for piece in printer.pieces] == [{"AAAAA1"}]
        finally:
            second.spooler.stop()


def test_K3_garbled_answers_are_no_status_and_no_proof(eventually: Callable[..., None]) -> None:
    """Nonsense on the line proves nothing: the label waits, the state is unknown; plain words again, and it prints."""
    with counter() as at:
        eventually(lambda: at.spooler.status() == "ready")
        at.printer.garble()
        at.print(roll_set(1))
        eventually(lambda: at.spooler.status() == "unknown")
        assert at.queue.states == {1: "queued"}
        at.printer.garble(is_garbling=False)
        assert at.settled()
        assert at.queue.states == {1: "printed"}


def test_K3_a_late_answer_of_an_earlier_job_never_answers_for_this_one(eventually: Callable[..., None]) -> None:
    """F36: proofs of an earlier and of a foreign job arrive while one is awaited, and count for nothing."""
    with counter() as at:
        at.print(roll_set(1))
        assert at.settled()
        eventually(lambda: not at.session.has_proved(process_id_of(1)))
        at.session.expect(process_id_of(2))
        for late in (process_id_of(1), process_id_of(78)):
            at.session.write_now(ask_process_id(late))
        at.session.fence()
        assert at.session.wait_for(lambda talk: talk.has_proved(PROBE), 5)
        assert not any(at.session.has_proved(process_id_of(job)) for job in (1, 2, 78))


def test_K3_a_label_that_cannot_be_drawn_is_deferred_and_holds_nobody_up() -> None:
    """A roll whose ID is none is set aside with the reason; the next label prints."""
    wrong = RollLabel(roll=ItemId("(01)09501101530004(21)7H3K9QX2MV"), number=1, of=2, copy="AAAAA1")
    with counter() as at:
        at.print([wrong, roll_set(2)[1]])
        assert at.settled()
        assert at.queue.states == {1: "deferred", 2: "printed"}


def test_K3_a_copy_voided_at_the_last_moment_is_not_printed() -> None:
    """An undo between choosing and beginning: nothing is sent, no error is shown, the next label prints."""

    class LastMomentUndo(FakePrintQueue):
        def begin(self, job_id: int, process_id: str) -> None:
            if job_id == 1:
                self.void(1)
                raise TwincheckError("the copy was voided")
            super().begin(job_id, process_id)

    with counter(queue=LastMomentUndo()) as at:
        at.print(roll_set(2))
        assert at.settled()
        assert at.queue.states == {1: "void", 2: "printed"}
        assert [copies_on(piece) for piece in at.printer.pieces] == [{"AAAAA2"}]
        assert "error" not in at.words


def test_K3_a_full_disk_stops_printing_and_shows_but_ends_nothing(eventually: Callable[..., None]) -> None:
    """The queue cannot be read: the state is error, not a byte goes out, and it goes on when the disk is back."""
    with counter() as at:
        at.queue.is_down = True
        at.print(roll_set(1))
        eventually(lambda: at.spooler.status() == "error")
        assert at.printer.pieces == ()
        at.queue.is_down = False
        assert at.settled()
        assert at.queue.states == {1: "printed"}


def test_K3_no_printer_at_all_is_offline_and_the_queue_waits(eventually: Callable[..., None]) -> None:
    """Nobody listens at the address: labels stay queued; switched on, the printer prints them."""
    with VirtualPrinter(TcpLine(), CONFIG / "fonts") as printer:
        printer.power_off()
        at = Counter(printer, profile(), FakePrintQueue())
        at.spooler.start()
        try:
            at.print(roll_set(1))
            assert at.spooler.status() == "offline"
            assert at.queue.states == {1: "queued"}
            printer.power_on()
            assert at.settled()
            assert at.queue.states == {1: "printed"}
        finally:
            at.spooler.stop()


def test_K3_stopping_while_a_label_prints_leaves_it_unsettled_for_the_next_start() -> None:
    """A switch-off is no verdict: the label stays awaiting its proof, and stopping takes no time-out."""
    with counter(profile(label_proof_s=60), rows_per_s=100) as at:
        at.print(roll_set(1))
        assert at.queue.wait_for_state(1, "awaiting_proof", 30)
        done = threading.Thread(target=at.spooler.stop)
        done.start()
        done.join(30)
        assert not done.is_alive()
        assert at.queue.states == {1: "awaiting_proof"}


def test_K3_no_secret_of_a_print_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The virtual printer and the spooler write no file of what they print."""
    monkeypatch.chdir(tmp_path)
    with counter() as at:
        at.print(roll_set(1))
        assert at.settled()
    assert list(tmp_path.iterdir()) == []
