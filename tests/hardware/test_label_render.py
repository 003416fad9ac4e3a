"""Labels and receipts as dots: every code reads, also after ink spread; the same content gives the same dots."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.errors import LabelUndrawable, ProfileWrong
from hardware.printer.document import Document
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.render.composer import PrintComposer
from hardware.render.escpos_text import Line, allowed, text_bytes
from hardware.render.label import DrawnLabel, LabelRenderer
from hardware.render.receipt import ReceiptComposer
from hardware.render.symbols import gs1_linear, gs1_matrix, plain_qr, read_back
from hardware.render.template import load_templates, load_words
from hardware.virtual.escpos_reader import Command, EscposReader, Print, RasterRows, Read
from photocore import codes
from photocore.errors import Gs1Error
from photocore.ids import ItemId
from photocore.label import Receipt, RollLabel
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
GTIN = "09501101530003"
PACKAGE = ItemId("(01)19501101530000(21)P2026A123")
ENTROPY = SeededEntropy(7)
HOUSE_ROLL = ItemId(codes.mint_house_roll(ENTROPY))
CLAIM_CODE = codes.mint_claim_code(ENTROPY)
ACCESS_CODE = codes.mint_access_code(ENTROPY)
NUMBER = codes.mint_registration_number(ENTROPY)
WIDE = ["virtual-80mm", "virtual-80mm-300dpi", "epson-tm-t88", "epson-tm-l90"]
SERIALS = [
    "7H3K9QX2",
    "12345678",
    "7H3K9QX2MV",
    "A-B/C_1+23",
    "ABCDEFGHJKMNPQRSTVWX",
    "12345678901234567890",
    "AB(1)CD(21)9",
]


def profile(name: str = "virtual-80mm") -> PrinterProfile:
    return load_profile(CONFIG, name)


def roll_label(serial: str = "7H3K9QX2MV", **fields: object) -> RollLabel:
    told: dict[str, object] = {
        "package": PACKAGE,
        "roll": ItemId(f"(01){GTIN}(21){serial}"),
        "number": 2,
        "of": 5,
        "copy": "K3M9QX",
        "product": "Portra 400",
        "detail": "135-36 · ISO 400 · C-41",
        "store": "Foto Lenz, Basel",
    }
    return RollLabel(**(told | fields))  # type: ignore[arg-type]


def receipt(**fields: object) -> Receipt:
    told: dict[str, object] = {
        "number": NUMBER,
        "package": PACKAGE,
        "store": "Foto Lenz, Basel",
        "made_at": datetime(2026, 11, 21, 10, 22, tzinfo=timezone(timedelta(hours=1))),
        "card_masked": "•••• 4711",
        "rolls": tuple(ItemId(f"(01){GTIN}(21)7H3K9QX2M{n}") for n in range(5)),
        "product": "Portra 400",
        "state_words": ("Registered here.",),
        "access_code": ACCESS_CODE,
        "access_url": f"https://photos.example.com/r/#{ACCESS_CODE}",
    }
    return Receipt(**(told | fields))  # type: ignore[arg-type]


def on_paper(drawn: DrawnLabel, shop: PrinterProfile) -> Image.Image:
    """The label on its paper: the white the head cannot reach is there too."""
    margin = shop.margin_dots
    paper = Image.new("L", (drawn.picture.width + 2 * margin, drawn.picture.height + 2 * margin), 255)
    paper.paste(drawn.picture, (margin, margin))
    return paper


def spread(paper: Image.Image) -> Image.Image:
    """One dot of ink spread: every black dot blackens its right and lower neighbour, so bars grow by one dot."""
    black = np.asarray(paper) < 128
    wider = black.copy()
    wider[:, 1:] |= black[:, :-1]
    wider[1:, :] |= wider[:-1, :]
    return Image.fromarray(np.where(wider, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("name", [*WIDE, "generic-58mm", "generic-80mm"])
@pytest.mark.parametrize("serial", SERIALS)
def test_O17_a_roll_label_says_its_id_twice_and_reads_after_ink_spread(name: str, serial: str) -> None:
    """The roll stands in 2D with its copy ID, and once more: as bars, or as a second 2D code where bars do not fit."""
    shop = profile(name)
    drawn = LabelRenderer(CONFIG, shop).render(roll_label(serial))
    with_copy, roll_only = f"01{GTIN}21{serial}\x1d91K3M9QX", f"01{GTIN}21{serial}"
    second = "]d2" if drawn.notices else "]C1"
    for paper in (on_paper(drawn, shop), spread(on_paper(drawn, shop))):
        assert read_back(paper) == {("]d2", with_copy), (second, roll_only)}
    assert drawn.picture.mode == "1"
    assert drawn.raster.width <= shop.print_width_dots


def test_O17_bars_that_do_not_fit_are_left_out_with_the_reason_and_never_squeezed() -> None:
    """20 letters are 99 mm of bars at 2 dots: the label says so and carries two 2D codes."""
    drawn = LabelRenderer(CONFIG, profile()).render(roll_label("ABCDEFGHJKMNPQRSTVWX"))
    assert drawn.notices == ("the bar code would be 99 mm wide: a second 2D code stands for it",)


def test_O17_a_house_code_stands_in_code_128_and_in_ai_90() -> None:
    """Film without a serial: the store's own code, bare in the bars, in (90) beside the copy in 2D (DESIGN 5A)."""
    shop = profile()
    drawn = LabelRenderer(CONFIG, shop).render(roll_label(roll=HOUSE_ROLL))
    assert read_back(spread(on_paper(drawn, shop))) == {
        ("]C0", HOUSE_ROLL),
        ("]d2", f"90{HOUSE_ROLL}\x1d91K3M9QX"),
    }


def test_O17_a_label_after_registration_carries_no_claim_code() -> None:
    """Nothing on it is secret: what it reads is the roll and the copy alone."""
    drawn = LabelRenderer(CONFIG, profile()).render(roll_label())
    assert drawn.strip is None
    assert drawn.template == "roll-72mm"


@lru_cache
def two_renderers() -> tuple[LabelRenderer, LabelRenderer]:
    return LabelRenderer(CONFIG, profile()), LabelRenderer(CONFIG, profile())


@given(
    product=st.text(max_size=200),
    detail=st.text(max_size=200),
    store=st.text(max_size=200),
    number=st.integers(1, 50),
)
@settings(max_examples=25)
def test_O17_any_words_fit_and_the_same_content_gives_the_same_dots(
    product: str, detail: str, store: str, number: int
) -> None:
    """Names of any length and script shrink or are cut, never run into a code; two renderers draw the same dots."""
    label = roll_label(product=product, detail=detail, store=store, number=number, of=50)
    first, second = (painter.render(label).raster for painter in two_renderers())
    assert first == second


def test_O17_modules_are_whole_dots_of_one_size() -> None:
    """Every run of the bars is a multiple of two dots."""
    shop = profile()
    drawn = LabelRenderer(CONFIG, shop).render(roll_label())
    row = np.asarray(drawn.picture.convert("L"))[(30 * 8)] < 128
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate(([0], row.view(np.int8), [0])))))
    assert len(runs) > 100
    assert all(run % 2 == 0 for run in runs)


def test_O17_a_wrong_roll_id_is_refused_not_printed() -> None:
    """A GTIN with a wrong check digit never becomes a label."""
    with pytest.raises(Gs1Error):
        LabelRenderer(CONFIG, profile()).render(roll_label(roll=ItemId("(01)09501101530004(21)7H3K9QX2MV")))


def test_O17_gs1_symbols_are_gs1_by_their_identifier_not_by_their_text() -> None:
    """The parentheses are notation, not data; the identifier tells (research/hardware.md 5)."""
    elements = (("01", GTIN), ("21", "AB(1)"))
    assert (gs1_linear(elements).aim, gs1_matrix(elements).aim) == ("]C1", "]d2")
    picture = gs1_matrix((*elements, ("91", "K3M9QX"))).picture(5)
    paper = Image.new("L", (picture.width + 40, picture.height + 40), 255)
    paper.paste(picture, (20, 20))
    (read,) = zxingcpp.read_barcodes(paper)
    assert read.bytes == f"01{GTIN}21AB(1)\x1d91K3M9QX".encode()


def test_O17_templates_that_leave_the_label_or_hide_nothing_are_refused(tmp_path: Path) -> None:
    """The file is named; a presale label must say what its strip covers."""
    folder = tmp_path / "labels"
    folder.mkdir()
    good = (CONFIG / "labels" / "roll-72mm.toml").read_text()
    for wrong, says in (
        (good.replace("box = [1.5, 26.2, 69, 12.8]", "box = [1.5, 26.2, 71, 12.8]"), "leaves the label"),
        (good.replace('purpose = "roll"', 'purpose = "presale"'), "strip"),
        (good.replace('kind = "linear"', 'kind = "hologram"'), "hologram"),
    ):
        (folder / "mine.toml").write_text(wrong)
        with pytest.raises(ProfileWrong, match=says):
            load_templates(tmp_path)


def test_O17_every_language_has_every_word() -> None:
    """A language that lacks one speaks English there, and none has a word English lacks."""
    words = load_words(CONFIG)
    assert all(spoken.keys() == words["en"].keys() for spoken in words.values())
    german = LabelRenderer(CONFIG, profile()).render(roll_label(language="de-CH"))
    english = LabelRenderer(CONFIG, profile()).render(roll_label(language="xx"))
    assert german.raster != english.raster


# -- receipts -----------------------------------------------------------------------------------------


def commands(document: Document) -> list[Read]:
    """What a printer understands of a document; it must end between commands."""
    reader = EscposReader()
    understood = [command for piece in document for command in reader.feed(piece)]
    assert reader.is_between
    return understood


def printed_text(understood: list[Read], codepage: str = "cp858") -> str:
    parts = [
        command.text.decode(codepage) if isinstance(command, Print) else "\n"
        for command in understood
        if isinstance(command, Print) or (isinstance(command, Command) and command.name == "LF")
    ]
    return "".join(parts)


def test_K3_a_receipt_says_what_happened_and_carries_its_codes() -> None:
    """Words in the printer's letters; QR with the code in the fragment, number linear and 2D, read off the rasters."""
    understood = commands(ReceiptComposer(CONFIG, profile()).compose(receipt()))
    text = printed_text(understood)
    assert "Registered here." in text
    assert "2026-11-21 10:22" in text
    assert "**** 4711" in text
    assert f"(01) {GTIN} (21) 7H3K9QX2M4" in text
    assert read_back(paper_of(understood)) == {
        ("]Q1", f"https://photos.example.com/r/#{ACCESS_CODE}"),
        ("]C0", NUMBER),
        ("]d1", NUMBER),
    }
    assert ACCESS_CODE not in text


def paper_of(understood: list[Read]) -> Image.Image:
    """The raster parts of a document, below each other, on paper with margins."""
    rows: list[np.ndarray] = []
    width = next(command.row_bytes for command in understood if isinstance(command, RasterRows)) * 8
    for command in understood:
        if isinstance(command, RasterRows):
            packed = np.frombuffer(command.rows, dtype=np.uint8).reshape(-1, command.row_bytes)
            rows.append(np.unpackbits(packed, axis=1))
        elif isinstance(command, Command) and command.name == "ESC J":
            rows.append(np.zeros((command.parameters[0], width), dtype=np.uint8))
    dots = np.pad(np.concatenate(rows), 32)
    return Image.fromarray(np.where(dots == 1, 0, 255).astype(np.uint8))


def test_K3_a_receipt_without_access_code_shows_none() -> None:
    """No code was made: no QR, no empty frame."""
    understood = commands(ReceiptComposer(CONFIG, profile()).compose(receipt(access_code=None, access_url=None)))
    assert read_back(paper_of(understood)) == {("]C0", NUMBER), ("]d1", NUMBER)}


def test_K3_a_receipt_without_a_link_still_shows_the_access_code() -> None:
    """A shop that has set no address: the code stands there to be typed, and no QR leads nowhere."""
    composer = ReceiptComposer(CONFIG, profile())
    understood = commands(composer.compose(receipt(access_url=None)))
    assert read_back(paper_of(understood)) == {("]C0", NUMBER), ("]d1", NUMBER)}
    shown = paper_of(understood).height - paper_of(commands(composer.compose(receipt(access_code=None)))).height
    assert shown > 8 * 15


@pytest.mark.parametrize("name", ["generic-58mm", "generic-80mm", "epson-tm-t88", "epson-tm-t20"])
def test_K3_a_receipt_fits_every_printer(name: str) -> None:
    """No line is longer than the paper, on each profile."""
    shop = profile(name)
    understood = commands(ReceiptComposer(CONFIG, shop).compose(receipt()))
    lines = printed_text(understood, shop.codepage).split("\n")
    assert max(map(len, lines)) <= shop.columns
    assert ("]Q1", f"https://photos.example.com/r/#{ACCESS_CODE}") in read_back(paper_of(understood))


HOSTILE = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("\x00\x07\x0a\x0d\x10\x11\x13\x18\x1b\x1c\x1d\x7f\x85\x9b\u202e\u2066\u200f\ufeff☺•"),
    ),
    max_size=60,
)


@lru_cache
def receipt_composer() -> ReceiptComposer:
    return ReceiptComposer(CONFIG, profile())


@given(product=HOSTILE, detail=HOSTILE, store=HOSTILE, state=HOSTILE, card=HOSTILE)
@settings(max_examples=60)
def test_attack_A04_no_users_text_can_send_a_command(
    product: str, detail: str, store: str, state: str, card: str
) -> None:
    """Whatever stands in a name, the printer sees only the commands an innocent receipt has, and printable ink."""
    composer = receipt_composer()
    wild = commands(
        composer.compose(receipt(product=product, detail=detail, store=store, state_words=(state,), card_masked=card))
    )
    innocent = {command.name for command in commands(composer.compose(receipt())) if isinstance(command, Command)}
    assert {command.name for command in wild if isinstance(command, Command)} <= innocent
    assert all(isinstance(command, Command | Print | RasterRows) for command in wild)
    inks = b"".join(command.text for command in wild if isinstance(command, Print))
    assert all(byte >= 0x20 and byte != 0x7F for byte in inks)


@given(text=HOSTILE, codepage=st.sampled_from(["cp437", "cp858", "cp1252"]))
def test_attack_A04_the_allow_list_lets_only_ink_through(text: str, codepage: str) -> None:
    """Every sign that comes out is one byte of the code page, no control, and no steering of direction (A28)."""
    clean = allowed(text, codepage)
    assert all(byte >= 0x20 and byte != 0x7F for byte in clean.encode(codepage))
    assert not any(unicodedata.category(sign) in ("Cc", "Cf") for sign in clean)


def test_attack_A04_known_tricks_print_as_letters() -> None:
    """Drawer kick, cut and status request in a name: their letters are printed, their bytes are not."""
    sent = text_bytes([Line(text="Eve\x1bp\x00\x19\x19\x1dV\x00\x10\x04\x01")], profile())
    understood = EscposReader().feed(sent)
    assert "Evep V" in printed_text(understood)
    names = [command.name for command in understood if isinstance(command, Command)]
    assert not {"ESC p", "GS V"} & set(names)
    assert b"\x10\x04" not in sent


def test_K3_a_label_that_is_too_much_for_its_box_is_refused() -> None:
    """A QR of a kilobyte does not fit: an error, not a smear."""
    link = "https://photos.example.com/" + "x" * 1000 + "#" + ACCESS_CODE
    with pytest.raises(LabelUndrawable):
        PrintComposer(CONFIG, profile("generic-58mm")).compose(receipt(access_url=link))


def test_K3_content_values_refuse_what_cannot_be() -> None:
    """A naive time, a link that shows its code to servers, roll 6 of 5, a copy ID of another length."""
    with pytest.raises(ValueError, match="aware"):
        receipt(made_at=datetime(2026, 11, 21, tzinfo=UTC).replace(tzinfo=None))
    with pytest.raises(ValueError, match="fragment"):
        receipt(access_url="https://photos.example.com/r/" + ACCESS_CODE)
    with pytest.raises(ValueError, match="does not exist"):
        roll_label(number=6)
    with pytest.raises(ValueError, match="copy ID"):
        roll_label(copy="K3")
    assert ACCESS_CODE not in repr(receipt())
    assert CLAIM_CODE not in repr(roll_label(claim_code=CLAIM_CODE))


def test_K3_a_long_code_of_the_link_is_one_qr() -> None:
    """The symbol's identifier is checked for QR too."""
    assert plain_qr("https://photos.example.com/r/#" + ACCESS_CODE).aim == "]Q1"


@pytest.mark.parametrize("name", ["generic-58mm", "generic-80mm", "epson-tm-t88", "virtual-80mm-300dpi"])
def test_S5_a_guest_card_stands_on_the_receipt_to_be_scanned(name: str) -> None:
    """It is a card: linear and 2D, below the registration number; a narrow roll has room for the square code only."""
    card = "TCG-XMMFSG5P4FB"
    understood = commands(ReceiptComposer(CONFIG, profile(name)).compose(receipt(guest_card=card)))
    read = read_back(paper_of(understood))
    bars = set() if name == "generic-58mm" else {("]C0", card)}
    assert {("]d1", card), ("]C0", NUMBER), ("]d1", NUMBER)} | bars <= read
    without = commands(ReceiptComposer(CONFIG, profile(name)).compose(receipt()))
    assert not [text for _, text in read_back(paper_of(without)) if text.startswith("TCG")]
