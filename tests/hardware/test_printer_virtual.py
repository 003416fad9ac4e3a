"""The virtual printer: what goes in comes out as paper a scanner reads, on a pty as on TCP, and by hand."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.errors import PortDown
from hardware.printer import escpos
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.render.label import LabelRenderer
from hardware.render.symbols import read_back
from hardware.spooler import Spooler
from hardware.testing import Workbench
from hardware.testing_printing import FakePrintQueue, WrongOrderError
from hardware.transport import open_port
from hardware.virtual.escpos_reader import EscposReader, Print, Read, RealTimeScanner
from hardware.virtual.paper import Paper, png
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_cli import PrinterConsole, command
from hardware.virtual.printer_line import PtyLine, TcpLine
from photocore import codes
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import Receipt, RollLabel
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
LABEL = RollLabel(roll=ItemId("(01)09501101530003(21)7H3K9QX2MV"), number=1, of=1, copy="K3M9QX", product="Portra 400")
MATRIX = ("]d2", "010950110153000321" + "7H3K9QX2MV\x1d91K3M9QX")
BARS = ("]C1", "010950110153000321" + "7H3K9QX2MV")


def profile(name: str = "virtual-80mm") -> PrinterProfile:
    return msgspec.structs.replace(load_profile(CONFIG, name), label_proof_s=2.0)


def printer_for(shop: PrinterProfile, line: TcpLine | PtyLine) -> VirtualPrinter:
    return VirtualPrinter(
        line, CONFIG / "fonts", width_dots=shop.print_width_dots, margin_dots=shop.margin_dots, dpi=shop.dpi
    )


@pytest.mark.parametrize(
    "name", ["virtual-80mm", "virtual-80mm-300dpi", "epson-tm-l90", "epson-tm-t88", "generic-80mm"]
)
def test_K3_what_a_profile_sends_comes_out_as_the_label_that_was_drawn(name: str) -> None:
    """Bands, feeds in motion units and label feeds put together on paper are the drawn dots, on every profile."""
    shop = profile(name)
    drawn = LabelRenderer(CONFIG, shop).render(LABEL)
    with printer_for(shop, TcpLine()) as printer:
        session = PrinterSession(printer.url, shop, SystemClock())
        queue = FakePrintQueue()
        spooler = Spooler(queue=queue, session=session, composer=PrintComposer(CONFIG, shop))
        spooler.start()
        try:
            queue.add("c1", [LABEL])
            spooler.wake()
            assert queue.wait_until_settled(10)
        finally:
            spooler.stop()
        assert queue.states == {1: "printed"}
        piece = next(piece for piece in printer.pieces if not piece.is_blank)
        left = shop.margin_dots + drawn.left
        printed = piece.picture.crop((left, 0, left + drawn.picture.width, drawn.picture.height))
        assert printed.tobytes() == drawn.picture.tobytes()
        assert read_back(piece.cropped()) >= {MATRIX}
        assert printer.unknown == ()


def test_K3_a_pty_printer_prints_proves_and_survives_a_power_cut(
    tmp_path: Path, eventually: Callable[..., None]
) -> None:
    """The same over a serial cable: a power cut there is silence, so the label is maybe; afterwards it proves again."""
    shop = msgspec.structs.replace(profile(), label_proof_s=1.0)
    with printer_for(shop, PtyLine(tmp_path / "printer0")) as printer:
        session = PrinterSession(printer.url, shop, SystemClock(), answer_wait_s=0.4)
        queue = FakePrintQueue()
        spooler = Spooler(queue=queue, session=session, composer=PrintComposer(CONFIG, shop))
        spooler.start()
        try:
            queue.add("c1", [LABEL])
            spooler.wake()
            assert queue.wait_for_state(1, "printed", 30)
            printer.pace(400)
            queue.add("c2", [LABEL, LABEL])
            spooler.wake()
            eventually(lambda: queue.states[2] == "awaiting_proof")
            printer.power_off()
            assert queue.wait_for_state(2, "maybe", 30)
            eventually(lambda: spooler.status() == "unknown")
            assert queue.states[3] == "queued"
            printer.pace(None)
            printer.power_on()
            assert queue.wait_for_state(3, "printed", 30)
        finally:
            spooler.stop()


def test_K3_a_printer_that_takes_no_bytes_holds_the_job_and_not_the_shop(eventually: Callable[..., None]) -> None:
    """Nobody reads at the other end: the status is unknown, the label ends as maybe, and stopping works at once."""
    bench = Workbench()
    bench.plug("tcp://printer:9100")
    shop = msgspec.structs.replace(profile("generic-80mm"), label_proof_s=0.5, band_rows=256)
    session = PrinterSession("tcp://printer:9100", shop, SystemClock(), opener=bench, answer_wait_s=0.2)
    queue = FakePrintQueue()

    class Endless:
        def compose(self, printable: object) -> tuple[bytes, ...]:
            return (bytes(4_000_000),)

        def label_mm(self, label: RollLabel) -> float:
            return 40

    spooler = Spooler(queue=queue, session=session, composer=Endless())
    spooler.start()
    try:
        queue.add("c1", [LABEL])
        spooler.wake()
        assert queue.wait_for_state(1, "maybe", 30)
        assert queue.history[-1][2] == "the printer stopped taking data"
        assert spooler.status() == "unknown"
    finally:
        spooler.stop()
        bench.unplug("tcp://printer:9100")


def test_K3_one_question_at_a_time_and_status_by_word(eventually: Callable[..., None]) -> None:
    """The session tells near end, out, cover and back, by report and by asking."""
    shop = profile()
    with printer_for(shop, TcpLine()) as printer, PrinterSession(printer.url, shop, SystemClock()) as session:
        eventually(lambda: session.status.word == "ready")
        printer.open_cover()
        eventually(lambda: session.status.word == "cover_open")
        printer.close_cover()
        printer.paper_out()
        eventually(lambda: session.status.word == "paper_out")
        assert session.ask_status()
        assert session.status.word == "paper_out"
        printer.refill()
        eventually(lambda: session.status.word == "ready")
        assert session.probe() == "confirms"
        assert session.clear()


def test_K3_asking_a_closed_line_raises_and_never_waits_for_ever() -> None:
    """There is no printer: the question fails by name."""
    shop = profile()
    session = PrinterSession("tcp://127.0.0.1:9", shop, SystemClock())
    with pytest.raises(PortDown):
        session.ask_status()


@given(st.binary(max_size=120), st.lists(st.integers(0, 120), max_size=5))
def test_K3_the_printer_understands_the_same_whatever_the_packets(stream: bytes, cuts: list[int]) -> None:
    """Commands and real-time commands are found wherever the stream is cut (text may come in more pieces)."""
    stream += b"\x10\x04\x01\x1dv0\x00\x01\x00\x02\x00\x10\x04\x1b@"
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    pieces = [stream[start:end] for start, end in itertools.pairwise(places)]
    scanner = RealTimeScanner()
    found = [obeyed for piece in pieces for _, obeyed in scanner.feed(piece)]
    assert found == [obeyed for _, obeyed in RealTimeScanner().feed(stream)]
    whole, parted = EscposReader(), EscposReader()
    assert _joined(whole.feed(stream)) == _joined([read for piece in pieces for read in parted.feed(piece)])


def _joined(understood: list[Read]) -> list[Read]:
    """Put neighbouring letters together."""
    joined: list[Read] = []
    for read in understood:
        if isinstance(read, Print) and joined and isinstance(joined[-1], Print):
            joined[-1] = Print(text=joined[-1].text + read.text)
        else:
            joined.append(read)
    return joined


def test_K3_a_length_that_lies_swallows_what_follows_as_a_real_printer_does() -> None:
    """The trap of research/hardware.md 0: 16 bits overflow, and pixels become text; the judge shows it."""
    reader = EscposReader()
    reader.feed(b"\x1dv0\x00\x02\x00\x01\x00\xff\xff")
    assert reader.is_between
    reader.feed(b"\x1dv0\x00\x02\x00\x02\x00\xff\xff")
    assert not reader.is_between


def test_K3_paper_ends_where_it_ends_and_draws_the_same_png_twice() -> None:
    """Rows beyond the roll's end are not printed; the picture of the same dots is the same file."""
    paper = Paper(width=16, margin=8, rows_left=3)
    assert paper.take(np.ones((5, 16), dtype=np.uint8)) == 3
    assert paper.is_out
    paper.part("torn")
    (piece,) = paper.pieces
    assert (piece.ended, piece.rows.shape) == ("torn", (3, 32))
    assert png(piece.cropped()) == png(piece.cropped())
    assert paper.whole_roll().size == (32, 5)


def test_K3_the_printer_can_be_driven_by_hand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its console knows every fault by a word, and says so where it does not."""
    said: list[str] = []
    with printer_for(profile(), TcpLine()) as printer:
        console = PrinterConsole(printer, said.append)
        console.run(["help", "out 5", "refill", "open", "close", "near", "jam", "mute", "speak", "garble", "clear", ""])
        console.run(["slow 100", "fast", "label 2", "off", "on", f"paper {tmp_path / 'roll.png'}", "explode"])
    with Image.open(tmp_path / "roll.png") as drawn:
        assert drawn.width == 640
    assert said[-1] == "! There is no explode; help lists what there is."
    assert command(["--port", "0", "--out", str(tmp_path / "out")], lines=["near"]) == 0
    assert "is a printer" in capsys.readouterr().out


def test_K3_a_receipt_on_paper_reads_by_scanner(tmp_path: Path) -> None:
    """The whole receipt, letters and codes, comes out of the virtual printer; a drawer is never kicked."""
    shop, entropy = profile(), SeededEntropy(5)
    number, code = codes.mint_registration_number(entropy), codes.mint_access_code(entropy)
    receipt = Receipt(
        number=number,
        package=ItemId("(01)19501101530000(21)P2026A123"),
        store="Foto\x1bp\x00 Lenz",
        made_at=datetime(2026, 11, 21, 10, 22, tzinfo=UTC),
        card_masked="•••• 4711",
        state_words=("Registered here.",),
        access_code=code,
        access_url=f"https://photos.example.com/r/#{code}",
    )
    with printer_for(shop, TcpLine()) as printer:
        port = open_port(printer.url)
        for piece in (*PrintComposer(CONFIG, shop).compose(receipt), escpos.ask_process_id("done")):
            port.write(piece)
        heard = b""
        while not heard.endswith(b"done\x00"):
            heard += port.read(5)
        port.close()
        (paper,) = printer.pieces
        assert read_back(paper.cropped()) == {
            ("]Q1", f"https://photos.example.com/r/#{code}"),
            ("]C0", number),
            ("]d1", number),
        }
        assert (printer.unknown, printer.kicks) == ((), 0)


def test_K3_the_fake_queue_refuses_wrong_orders() -> None:
    """A fake that lets everything pass proves nothing."""
    queue = FakePrintQueue()
    queue.add("c1", [LABEL, LABEL])
    queue.process_ids[1] = "abcd"
    with pytest.raises(WrongOrderError, match="cannot go from queued to printed"):
        queue.printed(1, "process id abcd")
    with pytest.raises(WrongOrderError, match="used before"):
        queue.begin(2, "abcd")
    queue.begin(1, "efgh")
    with pytest.raises(WrongOrderError, match="does not prove"):
        queue.printed(1, "process id abcd")
    queue.printed(1, "process id efgh")
    with pytest.raises(WrongOrderError, match="from printed to spoiled"):
        queue.spoiled(1, "")
