"""The virtual Zebra and TSC printers say and do what the makers' manuals say, to whoever sends raw bytes.

Sources: ZPL II programming guide 45541L (~HS p. 191, ~HQES, ^GF, ^JZ, ~JA), TSPL/TSPL2 programming manual (<ESC>!? and
<ESC>!S), research/standards.md 3.6 and 3.7. No driver of ours is used here, so that these printers may judge it.
"""

import base64
import binascii
import itertools
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.transport import Port, open_port
from hardware.virtual.escpos_reader import Command
from hardware.virtual.paper import Piece
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.printer_stock import LabelPath, Stock
from hardware.virtual.printer_tspl import TsplTongue
from hardware.virtual.printer_zpl import ZplTongue
from hardware.virtual.tspl_reader import TsplReader
from hardware.virtual.zpl_reader import GraphicWrongError, ZplReader, read_graphic
from photocore.settings import locate_config

CONFIG = locate_config()
WIDTH, LENGTH = 64, 40
READY_HS = b"\x02030,0,0,0040,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,0,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
ODOMETER = b'! U1 getvar "odometer.total_label_count"\r\n'
SQUARE = np.zeros((LENGTH, WIDTH), dtype=np.uint8)
SQUARE[4:20, 8:24] = 1
BITMAP = np.packbits(1 - SQUARE, axis=1).tobytes()
GRAPHIC = np.packbits(SQUARE, axis=1).tobytes()


class Shop:
    """One of the two printers, and someone with a cable who sends bytes."""

    def __init__(self, printer: VirtualPrinter, path: LabelPath, port: Port, within: Callable[..., None]) -> None:
        self.printer, self.path, self.port, self.within = printer, path, port, within

    def ask(self, question: bytes, *, ends: bytes) -> bytes:
        """Send a question and wait for an answer that ends so."""
        heard = bytearray()
        self.port.write(question)
        for _ in range(300):
            heard += self.port.read(0.1)
            if heard.endswith(ends):
                return bytes(heard)
        raise AssertionError(f"{question!r} was answered by {bytes(heard)!r}")

    def printed(self, count: int) -> list[Piece]:
        """Wait until so many pieces came out."""
        self.within(lambda: len(self.printer.pieces) >= count)
        return list(self.printer.pieces)


Make = Callable[..., Any]


@contextmanager
def shop(tongue: Make, eventually: Callable[..., None], stock: Stock | None = None, **supports: Any) -> Iterator[Shop]:
    """Switch a printer on, loaded with labels as long as the image."""
    made: list[Any] = []
    loaded = stock or Stock(label_rows=LENGTH, gap_rows=8)

    def speak(body: Any) -> Any:
        extra = {"dpi": 203} if tongue is TsplTongue else {}
        made.append(tongue(body, width=WIDTH, stock=loaded, **extra, **supports))
        return made[0]

    line = TcpLine()
    with VirtualPrinter(line, CONFIG / "fonts", width_dots=WIDTH, margin_dots=0, tongue=speak) as printer:
        port = open_port(printer.url)
        try:
            yield Shop(printer, made[0].path, port, eventually)
        finally:
            port.close()


def z64(rows: bytes) -> bytes:
    body = base64.b64encode(zlib.compress(rows))
    return b":Z64:" + body + b":%04x" % binascii.crc_hqx(body, 0)


def zpl(data: bytes, *, modes: bytes = b"") -> bytes:
    total = b"%d" % len(GRAPHIC)
    head = b"^XA" + modes + b"^PW64^LL40^FO0,0^GFA," + total + b"," + total + b",8,"
    return head + data + b"^FS^PQ1,0,0,Y^XZ\r\n"


def tspl(*, modes: bytes = b"") -> bytes:
    head = b"SIZE 8 mm,5 mm\r\nGAP 1 mm,0 mm\r\n" + modes + b"CLS\r\n"
    return head + b"BITMAP 0,0,8,40,0," + BITMAP + b"\r\nPRINT 1,1\r\n"


LANGUAGES = {"zpl": (ZplTongue, zpl(z64(GRAPHIC))), "tspl": (TsplTongue, tspl())}
each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_language
def test_K3_a_label_comes_out_dot_for_dot_and_is_counted(language: str, eventually: Callable[..., None]) -> None:
    """What was sent as ^GF or BITMAP stands on one label of the roll; nothing of it was unknown."""
    tongue, label = LANGUAGES[language]
    with shop(tongue, eventually) as at:
        for part in (label[:30], label[30:31], label[31:]):
            at.port.write(part)
        piece = at.printed(1)[0]
        assert np.array_equal(piece.rows, SQUARE)
        assert piece.ended == "fed"
        eventually(lambda: at.path.printed == 1)
        assert at.printer.unknown == ()


def test_K3_zpl_graphics_are_read_in_all_their_spellings() -> None:
    """Hex, run lengths, rest of a row, the row again, base64 and Z64 are the same dots; what lies is refused."""
    folded = b"!:,JFI0,08," + b"0" * 16
    unfolded = b"F" * 32 + b"0" * 16 + b"FFFF000".ljust(16, b"0") + b"08".ljust(16, b"0") + b"0" * 16
    size = b"A,48,48,8,"
    assert read_graphic(size + folded).rows == bytes.fromhex(unfolded.decode())
    rows = bytes(range(48))
    b64 = base64.b64encode(rows)
    spelled = (
        rows.hex().encode(),
        rows.hex().upper().encode(),
        z64(rows),
        b":B64:%s:%04x" % (b64, binascii.crc_hqx(b64, 0)),
    )
    assert {read_graphic(size + data).rows for data in spelled} == {rows}
    bombs = (z64(rows)[:-1] + b"z", z64(rows + b"1"), b"00", b"A" * 94 + b"~", z64(bytes(9_000_000)))
    for wrong in (*bombs, b":Z64:AAAA:0000"):
        with pytest.raises(GraphicWrongError):
            read_graphic(size + wrong)


def test_K3_a_zebra_answers_at_once_and_in_the_manuals_form(eventually: Callable[..., None]) -> None:
    """~HS in three lines, ~HQES with its digits where public programs look for them, the odometer in quotes."""
    with shop(ZplTongue, eventually) as at:
        assert at.ask(b"~HS", ends=b"1234,0\x03\r\n") == READY_HS
        assert at.ask(ODOMETER, ends=b'"0"') == b'"0"'
        at.printer.open_cover()
        at.printer.jam_cutter()
        errors = at.ask(b"~HQES", ends=b"\r\n\x03\r\n")
        assert (errors[70:71], errors[81:89]) == (b"1", b"00000004")
        at.printer.near_end()
        warned = at.ask(b"~HQES", ends=b"\r\n\x03\r\n")
        assert b"WARNINGS:       1 00000000 00000008" in warned


def test_K3_a_zebra_is_silent_to_HS_without_paper_and_still_answers_HQES(eventually: Callable[..., None]) -> None:
    """Newer firmware: no answer to ~HS while media is out; so no answer is not "dead"."""
    with shop(ZplTongue, eventually) as at:
        at.printer.paper_out()
        answer = at.ask(b"~HS~HQES", ends=b"\r\n\x03\r\n")
        assert answer.count(b"\x02") == 1
        assert b"ERRORS:         1 00000000 00000001" in answer
    with shop(ZplTongue, eventually, talks_in_error=True) as at:
        at.printer.paper_out()
        assert at.ask(b"~HS", ends=b"1234,0\x03\r\n").startswith(b"\x02030,1,0,")


@pytest.mark.parametrize(("language", "again"), [("zpl", b"^JZY"), ("zpl", b"^JZN"), ("tspl", b"ON"), ("tspl", b"OFF")])
def test_K3_a_label_the_roll_ended_in_is_printed_again_only_if_the_host_lets_it(
    language: str, again: bytes, eventually: Callable[..., None]
) -> None:
    """^JZ and SET REPRINT decide; a label that is given up is not counted."""
    tongue, _ = LANGUAGES[language]
    label = zpl(z64(GRAPHIC), modes=again) if language == "zpl" else tspl(modes=b"SET REPRINT %s\r\n" % again)
    is_again = again in (b"^JZY", b"ON")
    with shop(tongue, eventually) as at:
        at.printer.paper_out(after_rows=16)
        at.port.write(label)
        eventually(lambda: at.printer.senses.paper_out)
        at.printer.refill()
        at.port.write(label)
        pieces = at.printed(2 + is_again)
        assert [piece.ended for piece in pieces] == ["torn"] + ["fed"] * (1 + is_again)
        eventually(lambda: at.path.printed == 1 + is_again)


@each_language
def test_K3_what_waits_behind_a_fault_is_gone_when_it_is_cancelled(
    language: str, eventually: Callable[..., None]
) -> None:
    """~JA and <ESC>!. drop the label that waits; what comes after it prints."""
    tongue, label = LANGUAGES[language]
    with shop(tongue, eventually) as at:
        at.printer.open_cover()
        at.port.write(label + label)
        if language == "zpl":
            at.ask(b"~JA~HQES", ends=b"\r\n\x03\r\n")
        else:
            at.ask(b"\x1b!.\x1b!?", ends=b"\x01")
        at.printer.close_cover()
        at.port.write(label)
        eventually(lambda: at.path.printed == 1)
        assert len(at.printed(1)) == 1
        if language == "zpl":
            eventually(lambda: at.ask(b"~HS", ends=b"1234,0\x03\r\n") == READY_HS)


def test_K3_a_peeled_label_waits_until_it_is_taken(eventually: Callable[..., None]) -> None:
    """~HS t and <ESC>!S 4C say so; the next label waits behind it, and whoever stands there takes it."""
    for tongue, label in ((ZplTongue, zpl(z64(GRAPHIC), modes=b"^MMP")), (TsplTongue, tspl(modes=b"SET PEEL ON\r\n"))):
        with shop(tongue, eventually) as at:
            at.path.takes_at_once = False
            at.port.write(label + label)
            eventually(lambda at=at: at.printer.senses.label_waiting)
            assert (len(at.printer.pieces), at.path.printed) == (0, 1)
            if tongue is ZplTongue:
                second = at.ask(b"~HS", ends=b"1234,0\x03\r\n").split(b"\r\n")[1]
                assert second.startswith(b"\x02001,0,0,0,0,1,6,1,")
            else:
                assert at.ask(b"\x1b!S", ends=b"\x03\r\n") == b"\x02\x4c@@@\x03\r\n"
            at.path.take()
            eventually(lambda at=at: at.path.printed == 2 and at.printer.senses.label_waiting)
            assert [piece.ended for piece in at.printer.pieces] == ["peeled"]


def test_K3_a_tsc_says_its_status_in_one_byte_and_in_four(eventually: Callable[..., None]) -> None:
    """<ESC>!? has a bit a trouble; <ESC>!S names message, warning and two kinds of errors."""
    with shop(TsplTongue, eventually) as at:
        assert at.ask(b"\x1b!?", ends=b"\x00") == b"\x00"
        assert at.ask(b"\x1b!S", ends=b"\r\n") == b"\x02@@@@\x03\r\n"
        at.printer.open_cover()
        assert at.ask(b"\x1b!?", ends=b"\x01") == b"\x01"
        assert at.ask(b"\x1b!S", ends=b"\r\n") == b"\x02E@@\x60\x03\r\n"
        at.printer.close_cover()
        at.printer.paper_out()
        assert at.ask(b"\x1b!?", ends=b"\x04") == b"\x04"
        at.printer.refill()
        at.printer.heat_head()
        assert at.ask(b"\x1b!S", ends=b"\r\n") == b"\x02E@A@\x03\r\n"
        at.printer.heat_head(is_hot=False)
        assert at.ask(b"\x1b!S", ends=b"\r\n") == b"\x02@@@@\x03\r\n"


def test_K3_a_tsc_obeys_an_immediate_command_inside_a_picture(eventually: Callable[..., None]) -> None:
    """1B 21 2E in a bitmap cancels the label it stands in: a driver must never send these bytes."""
    with shop(TsplTongue, eventually) as at:
        rows = bytearray(BITMAP)
        rows[100:103] = b"\x1b!."
        at.port.write(b"SIZE 8 mm,5 mm\r\nCLS\r\nBITMAP 0,0,8,40,0," + bytes(rows) + b"\r\n")
        at.port.write(tspl())
        assert np.array_equal(at.printed(1)[0].rows, SQUARE)
        assert at.path.printed <= 1
        assert at.printer.unknown != ()


@each_language
def test_K3_the_wrong_roll_shows(language: str, eventually: Callable[..., None]) -> None:
    """Shorter labels: the print runs over the gap. Paper without labels: the printer stops in search of a gap."""
    tongue, label = LANGUAGES[language]
    with shop(tongue, eventually, Stock(label_rows=16, gap_rows=8)) as at:
        at.port.write(label)
        pieces = at.printed(2)
        assert [len(piece.rows) for piece in pieces] == [16, 16]
        assert np.array_equal(pieces[0].rows, SQUARE[:16])
    with shop(tongue, eventually, Stock()) as at:
        at.port.write(label)
        eventually(lambda: at.printer.senses.gap_lost)
        assert at.path.printed == 0


hostile = st.lists(
    st.sampled_from(
        [b"^XA", b"^XZ", b"^GFA,4,4,2,", b":Z64:", b"~JA", b"!", b"~", b"^", b"\r\n", b"BITMAP 0,0,2,", b"2,0,"]
    )
    | st.binary(max_size=6),
    max_size=20,
).map(b"".join)


@given(stream=hostile, cuts=st.lists(st.integers(0, 60), max_size=4))
def test_K3_no_bytes_bring_a_virtual_printer_down(stream: bytes, cuts: list[int]) -> None:
    """Whatever a broken host sends is read, or unknown; in any pieces alike for TSPL, whose lines end by themselves."""
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    tspl_reader, zpl_reader = TsplReader(), ZplReader()
    parted = [command for start, end in itertools.pairwise(places) for command in tspl_reader.feed(stream[start:end])]
    assert parted == TsplReader().feed(stream)
    for start, end in itertools.pairwise(places):
        for command in zpl_reader.feed(stream[start:end]):
            if isinstance(command, Command) and command.name == "^GF":
                with suppress(GraphicWrongError):
                    read_graphic(command.parameters)


def test_K3_zpl_is_the_same_in_any_pieces() -> None:
    """However the line cuts them, the same commands are read."""
    stream = b"\r\n" + zpl(z64(GRAPHIC)) + b"~HS" + zpl(GRAPHIC.hex().encode()) + ODOMETER + b"^XA^XZ"
    whole = ZplReader().feed(stream)
    for size in (1, 2, 3, 7, 50):
        reader = ZplReader()
        parts = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert [command for part in parts for command in reader.feed(part)] == whole
