"""The paper list: a PDF whose every row reads back, and is a row to the kiosk; made by ``twincheck station``."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hardware.errors import LabelUndrawable
from hardware.render.paper_list import ROWS, SIZES_MM, PageSize, draw_page, draw_paper_list
from hardware.render.symbols import read_back
from kiosk.paper_cli import command
from kiosk.testing import film_store
from photocore.codes import mint_paper_rows
from photocore.scans import PaperRowScan
from photocore.settings import locate_config
from photocore.symbology import read_frame
from photocore.testing import SeededEntropy
from twincheck.cli import dispatch

CODES = mint_paper_rows(SeededEntropy(7), ROWS)


@pytest.mark.parametrize("size", SIZES_MM)
def test_S6_every_row_of_the_paper_list_reads_back_and_is_a_row_to_the_kiosk(size: PageSize) -> None:
    """On A4 and on Letter, from the very dots of the page."""
    page = draw_page(locate_config(), CODES, size=size, store="Halide & Co.")
    found = {text: aim for aim, text in read_back(page.convert("L"))}
    assert set(found) == set(CODES)
    for code in CODES:
        scan = read_frame(f"{found[code]}{code}".encode(), film_store())
        assert scan == PaperRowScan(row=code)


def test_S6_the_paper_list_is_a_pdf_of_one_page() -> None:
    """Of the paper's own size, in points."""
    pdf = draw_paper_list(locate_config(), CODES, size="letter")
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 1" in pdf
    assert b"0 0 612.0 792.0" in pdf


def test_S6_a_list_with_too_few_rows_is_refused() -> None:
    """Half a page is no list."""
    with pytest.raises(LabelUndrawable, match="12 rows"):
        draw_paper_list(locate_config(), CODES[:3])


def test_S6_rows_of_two_lists_are_never_the_same() -> None:
    """Six random symbols name the list, two digits the row."""
    other = mint_paper_rows(SeededEntropy(8), ROWS)
    assert not set(CODES) & set(other)
    assert [code[-3:-1] for code in CODES] == [f"{nr:02d}" for nr in range(1, ROWS + 1)]
    assert len({code[4:10] for code in CODES}) == 1


def test_S6_twincheck_station_paper_sheet_writes_a_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The kiosk's room brings the verb; the dispatcher finds it by two words."""
    entry = EntryPoint(name="station paper-sheet", group="twincheck.commands", value="kiosk.paper_cli:command")
    out = tmp_path / "list.pdf"
    assert dispatch(["station", "paper-sheet", str(out), "--size", "letter"], {entry.name: entry}) == 0
    assert out.read_bytes().startswith(b"%PDF-")
    assert "12 rows" in capsys.readouterr().out
    assert command([str(out), "--store", "Foto Linde"]) == 0
