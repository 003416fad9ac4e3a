"""Receipts in the shopper's language: the printer's letters where it has them, ours where it has not, never a "?"."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.profile import PrinterProfile, load_profile
from hardware.render.content import visible
from hardware.render.escpos_text import allowed, can_print
from hardware.render.receipt import ReceiptComposer
from hardware.render.symbols import read_back
from hardware.virtual.escpos_reader import Command, EscposReader, Print, RasterRows, Read
from photocore import codes
from photocore.ids import ItemId
from photocore.label import Receipt
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
ENTROPY = SeededEntropy(21)
ACCESS_CODE = codes.mint_access_code(ENTROPY)
NUMBER = codes.mint_registration_number(ENTROPY)
LINK = f"https://photos.example.com/r/#{ACCESS_CODE}"
CODES = {("]Q1", LINK), ("]C0", NUMBER), ("]d1", NUMBER)}
PAPERS = ["virtual-80mm", "virtual-80mm-300dpi", "generic-58mm", "generic-80mm"]
OTHERS = ["fr", "es", "it", "pl", "tr", "he", "hi", "zh", "ja"]
EVERYWHERE = [*product(PAPERS, ["en", "de", "ar"]), *zip(PAPERS * 3, OTHERS, strict=False)]
"""Three languages on every paper; of the others, which lay out as one of the three does, each on one."""
MASTHEAD_ROWS = 70
"""Where the store's name stands on an 80 mm receipt, from its top; the title comes below."""
SAID = {"en": "Registered here.", "de": "Hier registriert: für später.", "ar": "سُجّل هنا، ويُرسل متى أمكن ذلك."}


def profile(name: str = "virtual-80mm") -> PrinterProfile:
    return load_profile(CONFIG, name)


def receipt(language: str = "en", **changes: object) -> Receipt:
    told: dict[str, object] = {
        "number": NUMBER,
        "package": ItemId("(01)19501101530000(21)P2026A123"),
        "store": "Foto Müller, Basel",
        "made_at": datetime(2026, 11, 21, 14, 5, tzinfo=timezone(timedelta(hours=1))),
        "card_masked": "•••• 4711",
        "rolls": tuple(ItemId(f"(01)09501101530003(21)7H3K9QX2M{n}") for n in range(3)),
        "product": "Portra 400",
        "detail": "135-36 · ISO 400",
        "state_words": (SAID.get(language[:2], SAID["en"]),),
        "access_code": ACCESS_CODE,
        "access_url": LINK,
        "language": language,
    }
    return Receipt(**(told | changes))  # type: ignore[arg-type]


def understood(told: Receipt, paper: str = "virtual-80mm") -> list[Read]:
    reader = EscposReader()
    commands = [
        command for piece in ReceiptComposer(CONFIG, profile(paper)).compose(told) for command in reader.feed(piece)
    ]
    assert reader.is_between
    return commands


def letters(commands: list[Read], codepage: str = "cp858") -> str:
    parts = [command.text.decode(codepage) if isinstance(command, Print) else "\n" for command in commands]
    return "".join(part for part, command in zip(parts, commands, strict=True) if not isinstance(command, RasterRows))


def drawn(commands: list[Read]) -> Image.Image:
    """Every raster of a receipt, below each other, on paper with margins."""
    rows = []
    width = next(command.row_bytes for command in commands if isinstance(command, RasterRows)) * 8
    for command in commands:
        if isinstance(command, RasterRows):
            rows.append(np.unpackbits(np.frombuffer(command.rows, np.uint8).reshape(-1, command.row_bytes), axis=1))
        elif isinstance(command, Command) and command.name == "ESC J":
            rows.append(np.zeros((command.parameters[0], width), dtype=np.uint8))
    dots = np.pad(np.concatenate(rows), 40)
    return Image.fromarray(np.where(dots == 1, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(("paper", "language"), EVERYWHERE)
def test_K3_every_code_of_a_receipt_reads_in_every_language(paper: str, language: str) -> None:
    """The QR with the access code, the number linear and 2D: wherever the language puts them."""
    assert read_back(drawn(understood(receipt(language), paper))) == CODES


@pytest.mark.parametrize(
    ("language", "date"), [("en", "2026-11-21 14:05"), ("de", "21.11.2026 14:05"), ("de-AT", "21.11.2026 14:05")]
)
def test_K3_a_latin_receipt_stays_in_the_printers_letters(language: str, date: str) -> None:
    """Umlauts are in its code page, the date is written as the language writes it."""
    text = letters(understood(receipt(language)))
    assert date in text
    assert SAID[language[:2]] in text
    assert "(01) 09501101530003 (21) 7H3K9QX2M2" in text
    assert "?" not in text


@pytest.mark.parametrize("language", ["ar", "he", "hi", "zh", "ja"])
def test_K3_a_receipt_in_another_script_is_all_drawn(language: str) -> None:
    """Not one letter is left to a printer that knows neither the script nor its direction."""
    commands = understood(receipt(language))
    assert letters(commands).strip() == ""
    assert not any(isinstance(command, Print) for command in commands)


def test_K3_an_arabic_receipt_stands_at_the_right() -> None:
    """Most ink of its text is right of the middle; an English one's, drawn by its printer, is left."""
    picture = np.asarray(drawn(understood(receipt("ar", access_code=None, access_url=None)))) < 128
    body = picture[200:-260]
    assert body[:, body.shape[1] // 2 :].sum() > 2 * body[:, : body.shape[1] // 2].sum()


@pytest.mark.parametrize("store", ["Halide & Co.", "C++ (Foto)!", "فوتو زينة."])
def test_K3_a_stores_name_is_written_its_own_way_in_every_language(store: str) -> None:
    """A full stop stays behind the name it ends, whichever way the receipt is read."""
    english, arabic = (
        np.asarray(drawn(understood(receipt(language, store=store))))[40 : 40 + MASTHEAD_ROWS]
        for language in ("en", "ar")
    )
    assert (english < 128).sum() > 500
    assert np.array_equal(english, arabic)


def test_K3_an_unknown_language_is_english() -> None:
    """Nobody gets an empty receipt, or another customer's language."""
    assert letters(understood(receipt("xx"))) == letters(understood(receipt("en")))


@pytest.mark.parametrize("product", ["فيلم ملون", "富士 プロ", "Плёнка Свема", "Łódzki film"])
@pytest.mark.parametrize("paper", ["virtual-80mm", "generic-58mm"])
def test_K3_what_the_code_page_lacks_is_drawn_and_nothing_else(paper: str, product: str) -> None:
    """One line of a German receipt is ours, the others stay the printer's; no sign becomes a question mark."""
    shop = profile(paper)
    plain, mixed = (understood(receipt("de", product=name, detail=""), paper) for name in ("Portra 400", product))
    missing = set(letters(plain, shop.codepage).split()) - set(letters(mixed, shop.codepage).split())
    assert missing == {"Film", "Portra", "400"}
    assert "?" not in letters(mixed, shop.codepage)
    assert read_back(drawn(mixed)) == CODES
    assert drawn(mixed).height > drawn(plain).height


def test_K3_what_nobody_can_show_is_a_question_mark_in_the_printers_letters() -> None:
    """A script that no bundled font has is not drawn as boxes either: the rest of the line stays readable."""
    assert "??? 400" in letters(understood(receipt("de", product="ฟาม 400")))


@given(
    product=st.text(max_size=60),
    store=st.text(max_size=60),
    state=st.text(max_size=100),
    language=st.sampled_from(["de", "ar"]),
)
@settings(max_examples=25, deadline=None)
def test_attack_A04_no_text_becomes_a_command_in_any_language(
    product: str, store: str, state: str, language: str
) -> None:
    """Drawn or written, the printer sees the commands an innocent receipt has, and its codes still read."""
    wild = understood(receipt(language, product=product, store=store, state_words=(state,)))
    innocent = understood(receipt("de", product="فيلم"))
    names = {command.name for command in innocent if isinstance(command, Command)}
    assert {command.name for command in wild if isinstance(command, Command)} <= names
    assert all(isinstance(command, Command | Print | RasterRows) for command in wild)
    assert read_back(drawn(wild)) >= CODES


@given(sign=st.characters(), codepage=st.sampled_from(["cp437", "cp858", "cp1252"]))
def test_K3_what_can_be_printed_never_becomes_a_question_mark(sign: str, codepage: str) -> None:
    """The choice between letters and dots is the allow-list's own."""
    for shown in visible(sign):
        assert ("?" in allowed(shown, codepage)) == (shown == "?" or not can_print(shown, codepage))


def test_K3_composing_a_receipt_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    """python-escpos makes a folder at every import and leaves it there; a kiosk starts every morning."""
    made = (
        "from pathlib import Path; from hardware.printer.profile import load_profile;"
        "from hardware.render.escpos_text import Line, text_bytes; from photocore.settings import locate_config;"
        "print(len(text_bytes([Line(text='Hello')], load_profile(locate_config(), 'virtual-80mm'))))"
    )
    scratch, kept = tmp_path / "tmp", tmp_path / "kept"
    for folder in (scratch, kept):
        folder.mkdir()
    for chosen in ({}, {"ESCPOS_CAPABILITIES_PICKLE_DIR": str(kept)}):
        done = subprocess.run(
            [sys.executable, "-c", made],
            env={"TMPDIR": str(scratch), "PATH": "", **chosen},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(done.stdout) > 5
        assert list(scratch.iterdir()) == []
    assert [path.suffix for path in kept.iterdir()] == [".pickle"]
