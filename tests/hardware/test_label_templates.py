"""Every template of config/labels: what it shows, what it hides, and that nothing runs into anything."""

import json
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageFilter

from hardware.errors import LabelUndrawable, ProfileWrong
from hardware.printer.document import label_document
from hardware.printer.profile import PrinterProfile, load_profile, profile_names
from hardware.render import samples
from hardware.render.canvas import Area, Canvas
from hardware.render.cli import command
from hardware.render.composer import PrintComposer
from hardware.render.content import ink, matrix_of
from hardware.render.drawing import draw_element
from hardware.render.elements import Bar, Box, Frame, Linear, Matrix, Panel, Rule, Words
from hardware.render.label import LabelRenderer
from hardware.render.proof import on_paper, pdf_of, png_of, sheet_of
from hardware.render.receipt import ReceiptComposer
from hardware.render.shift import shifted
from hardware.render.strip import SecurityStrip
from hardware.render.symbols import count_back, read_back
from hardware.render.template import SEALS, LabelTemplate, choose, fits, load_templates, named, widest
from hardware.testing_wear import dead_dots, faded, ink_spread
from photocore.codes import mint_claim_code
from photocore.label import QUALITY_TEXT, Label, RollLabel
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
TEMPLATES = load_templates(CONFIG)
NAMES = [template.name for template in TEMPLATES]
NARROW, WIDE, FINE, COARSE = "generic-58mm", "virtual-80mm", "virtual-80mm-300dpi", "epson-tm-t88"
QUICK_LANGUAGES = ("de", "ar")
LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "tr", "ar", "he", "hi", "zh", "ja")
LONG = {
    "product": "Ångström-Ňandú Çedilla gjpqy Ấ 400 فيلم ملون क्षत्रिय 彩色负片フィルム " * 2,
    "detail": "135-36 · ISO 400 · C-41 · Ünterbelichtet gjpqy Ẫ",
    "store": "Photographisches Spezialgeschäft Österreicher & Söhne gjpqy, Königswusterhausen",
}
ROLL_2D = f"01095011015300032{'17H3K9QX2MV'}\x1d91{samples.COPY}"
ROLL = "0109501101530003217H3K9QX2MV"
PACKAGE = "011950110153000021P2026A123"
TWIN, BAG = "TCT-04-7731-4", "TCB-04-0312-2"


@lru_cache
def renderer(printer: str) -> LabelRenderer:
    return LabelRenderer(CONFIG, load_profile(CONFIG, printer))


@lru_cache
def profile(printer: str) -> PrinterProfile:
    return load_profile(CONFIG, printer)


def printers(template: LabelTemplate) -> tuple[str, ...]:
    """The printers a template is made for: 203, 300 and 180 dpi, or the narrow one."""
    return (NARROW,) if template.width_mm < 50 else (WIDE, FINE, COARSE)


# -- what is read off each -------------------------------------------------------------------------------


def codes_of(template: LabelTemplate) -> set[str]:
    """What each kind of label must say in codes, with its strip off."""
    has_secret = template.seal in ("strip", "fold")
    shows_package = template.covers == "roll_id+code"
    return {
        "roll": {ROLL_2D} if template.by_choice else {ROLL_2D, ROLL},
        "presale": {ROLL_2D, PACKAGE if shows_package else ROLL} | ({samples.CLAIM_CODE} if has_secret else set()),
        "package": {PACKAGE, f"{PACKAGE}\x1d91{samples.COPY}"} | ({samples.LINK} if template.width_mm > 60 else set()),
        "twin_check": {TWIN},
        "bag": {BAG},
        "quality": {QUALITY_TEXT},
    }.get(template.purpose, set())


def hidden_in(template: LabelTemplate) -> set[str]:
    """What its strip names, and so hides."""
    return {"code": {samples.CLAIM_CODE}, "roll_id+code": {samples.CLAIM_CODE, ROLL_2D}}.get(
        template.covers or "", set()
    )


@pytest.mark.parametrize("name", NAMES)
def test_O17_each_template_says_its_codes_after_ink_spread_and_sold_it_hides_what_its_strip_names(name: str) -> None:
    """Strip off: all its codes; strip on, or flap folded: all but what it names, and never the claim code."""
    template = named(TEMPLATES, name)
    for printer in printers(template):
        shop = profile(printer)
        drawn = renderer(printer).draw(samples.sample_label(template), template)
        covered = SecurityStrip(CONFIG, shop).cover(drawn)
        peeled = {text for _, text in read_back(ink_spread(on_paper(drawn.picture, shop), 1))}
        sold = {text for _, text in read_back(on_paper(covered, shop))}
        assert peeled == codes_of(template)
        assert sold == codes_of(template) - hidden_in(template)


@pytest.mark.parametrize("name", [template.name for template in TEMPLATES if template.seal in ("strip", "fold")])
def test_O17_no_dot_of_what_a_strip_names_shows_beside_it(name: str) -> None:
    """Labels that differ in it alone look the same when sold; with a strip over the code alone the roll still shows."""
    template = named(TEMPLATES, name)
    printer = printers(template)[0]
    strips, draw = SecurityStrip(CONFIG, profile(printer)), renderer(printer).draw
    mine = samples.sample_label(template)
    assert isinstance(mine, RollLabel)
    other_code = replace(mine, claim_code=mint_claim_code(SeededEntropy(5)))
    other_roll = replace(mine, roll=type(mine.roll)("(01)09501101530003(21)8J4M9QX2MW"))
    sold = strips.cover(draw(mine, template)).tobytes()
    assert draw(mine, template).raster != draw(other_code, template).raster
    assert strips.cover(draw(other_code, template)).tobytes() == sold
    assert (strips.cover(draw(other_roll, template)).tobytes() == sold) == (template.covers == "roll_id+code")


@pytest.mark.nightly
@pytest.mark.parametrize("printer", profile_names(CONFIG))
def test_O17_every_printer_draws_every_label_that_fits_it(printer: str) -> None:
    """In twelve languages, and the receipt; a label is refused on no model that we have a profile of."""
    for language in LANGUAGES:
        for template in widest(TEMPLATES, profile(printer).print_width_mm):
            renderer(printer).draw(samples.sample_label(template, language), template)
        ReceiptComposer(CONFIG, profile(printer)).draw(samples.sample_receipt(language))


def test_O17_a_page_whose_address_is_too_long_for_a_qr_stands_in_letters_alone() -> None:
    """The label is printed all the same, with a notice: the QR is a convenience, the package's ID is not."""
    template = named(TEMPLATES, "package-72mm")
    label = replace(samples.sample_label(template), link="https://photos.example.com/" + "claim/" * 20)
    drawn = renderer(COARSE).draw(label, template)
    assert any("in letters alone" in notice for notice in drawn.notices)
    assert {aim for aim, _ in read_back(on_paper(drawn.picture, profile(COARSE)))} == {"]d2"}


def test_O17_a_cartridge_says_its_roll_wherever_one_looks() -> None:
    """Three codes on a wide wrap, two on a narrow one, each of them read."""
    for name, printer, times in (("wrap-72mm", WIDE, 3), ("wrap-48mm", NARROW, 2)):
        template = named(TEMPLATES, name)
        drawn = renderer(printer).draw(samples.sample_label(template), template)
        assert count_back(on_paper(drawn.picture, profile(printer))) == {("]d2", ROLL_2D): times}


def test_O17_the_halves_of_a_twin_check_say_the_same() -> None:
    """Torn at the dashes, each half has the number in 2D."""
    template = named(TEMPLATES, "twin_check-72mm")
    drawn = renderer(WIDE).draw(samples.sample_label(template), template)
    assert count_back(on_paper(drawn.picture, profile(WIDE))) == {("]d1", TWIN): 2}
    middle = drawn.width // 2
    for half in ((0, 0, middle, drawn.picture.height), (middle, 0, drawn.width, drawn.picture.height)):
        assert count_back(on_paper(drawn.picture.crop(half), profile(WIDE))) == {("]d1", TWIN): 1}


@pytest.mark.parametrize("printer", [WIDE, FINE])
def test_O17_a_label_outlives_a_dead_dot_and_half_its_ink(printer: str) -> None:
    """Wherever the dot is, bars or 2D still say the roll; nothing is misread (benchmarks/label_wear.py: the shares)."""
    template = named(TEMPLATES, "roll-72mm")
    paper = on_paper(renderer(printer).draw(samples.sample_label(template), template).picture, profile(printer))
    for place in range(0, paper.width, paper.width // 16):
        worn = dead_dots(paper, place)
        seen = read_back(worn) | read_back(worn.filter(ImageFilter.GaussianBlur(1.2)))
        assert {text.partition("\x1d")[0] for _, text in seen} == {ROLL}
    assert read_back(faded(paper, 0.5)) == read_back(paper)
    assert read_back(faded(paper, 0.5, is_patchy=True)) == read_back(paper)


def test_K3_each_dot_of_the_head_stands_alone_once_on_a_test_label() -> None:
    """In the steps every column of the head is inked, and no two neighbours in one row."""
    template = named(TEMPLATES, "quality-72mm")
    drawn = renderer(WIDE).draw(samples.sample_label(template), template)
    steps = np.asarray(drawn.picture.convert("L"))[47 * 8 : 47 * 8 + 32] < 128
    assert steps.any(axis=0).all()
    assert not (steps[:, 1:] & steps[:, :-1]).any()


# -- nothing runs into anything --------------------------------------------------------------------------


def test_O17_no_text_overflows_in_the_languages_that_are_set_differently() -> None:
    """German is long, Arabic runs the other way; with names too long for any box. (At night all twelve.)"""
    clashes = [
        clash for language in QUICK_LANGUAGES for template in TEMPLATES for clash in clashes_of(template, language)
    ]
    assert clashes == []


@pytest.mark.nightly
@pytest.mark.parametrize("language", LANGUAGES)
def test_O17_no_text_overflows_in_any_language(language: str) -> None:
    """On every template and every head it is made for, with long names and without."""
    clashes = [
        clash
        for template in TEMPLATES
        for printer in printers(template)
        for is_long in (True, False)
        for clash in clashes_of(template, language, printer=printer, is_long=is_long)
    ]
    assert clashes == []


def clashes_of(template: LabelTemplate, language: str, *, printer: str = "", is_long: bool = True) -> list[str]:
    """Draw each element alone; return the pairs whose ink meets, and texts that reach the edge."""
    painter = renderer(printer or printers(template)[0])
    label = samples.sample_label(template, language)
    label = lengthened(label) if is_long else label
    inks = [(element, ink_of(painter, template, label, element)) for element in template.element]
    found = [
        f"{template.name} {language}: {element.text!r} reaches the edge"
        for element, mask in inks
        if isinstance(element, Words) and (mask[[0, -1]].any() or mask[:, [0, -1]].any())
    ]
    texts = [pair for pair in inks if isinstance(pair[0], Words)]
    for nr, (text, mask) in enumerate(texts):
        for other, theirs in [
            *texts[nr + 1 :],
            *(pair for pair in inks if isinstance(pair[0], Linear | Matrix | Rule)),
        ]:
            if (mask & theirs).any():
                found.append(f"{template.name} {language}: {text.text!r} meets {other}")
        for other, theirs in (pair for pair in inks if isinstance(pair[0], Bar | Frame | Panel)):
            is_on_it = text.white and isinstance(other, Bar) and other.box.touches(text.box)
            if bool((mask & theirs).any()) if not is_on_it else bool((mask & ~theirs).any()):
                found.append(f"{template.name} {language}: {text.text!r} and the {type(other).__name__} {other.box}")
    return found


def test_O17_two_texts_that_meet_are_found() -> None:
    """The judge of the tests above sees a box that was moved into its neighbour, and one that leaves its band."""
    template = named(TEMPLATES, "roll-72mm")
    moved = {"{say_roll_id}": [1.5, 12.1, 52, 1.4], "{product}": [3.5, 5.2, 43, 2.4]}
    element = tuple(
        msgspec.structs.replace(each, box=Box(*moved[each.text]))
        if isinstance(each, Words) and each.text in moved
        else each
        for each in template.element
    )
    found = clashes_of(msgspec.structs.replace(template, element=element), "en")
    assert len([clash for clash in found if "say_roll_id" in clash]) == 1
    assert len([clash for clash in found if "product" in clash]) == 1


def lengthened(label: Label) -> Label:
    return replace(label, **{name: text for name, text in LONG.items() if hasattr(label, name)})


def ink_of(painter: LabelRenderer, template: LabelTemplate, label: Label, element: object) -> np.ndarray:
    """The dots of one element drawn alone; of a code its quiet zone too."""
    sheet = painter._blank(template, label)
    shown = msgspec.structs.replace(element, white=False) if isinstance(element, Words) else element
    draw_element(sheet, shown)
    mask = sheet.canvas.black_dots().copy()
    if isinstance(element, Matrix) and sheet.symbols:
        symbol = matrix_of(label, element.content)
        assert symbol is not None
        mask = grown(mask, symbol.quiet * sheet.profile.quality.matrix_least_dots)
    return mask


def grown(mask: np.ndarray, dots: int) -> np.ndarray:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = np.zeros_like(mask)
    box[max(0, rows[0] - dots) : rows[-1] + dots + 1, max(0, columns[0] - dots) : columns[-1] + dots + 1] = True
    return box


def test_attack_A28_a_tower_of_marks_is_levelled() -> None:
    """Marks without end would reach the lines above: four stay, as no script needs more."""
    assert ink("e" + "\u0301" * 500) == "é" + "\u0301" * 4
    assert ink("क़्षि") == "क़्षि"
    template = named(TEMPLATES, "roll-72mm")
    label = replace(samples.sample_label(template, "ar"), product="ل" + "\u064b\u0651" * 60, store="ل" + "\u0650" * 80)
    drawn = renderer(WIDE).draw(label, template)
    assert {text for _, text in read_back(on_paper(drawn.picture, profile(WIDE)))} == {ROLL, ROLL_2D}


# -- how a secret is kept --------------------------------------------------------------------------------


def test_O17_stock_that_cannot_cover_a_claim_code_never_gets_one() -> None:
    """The factory's strip lies there already; without any strip the code would stand open: refused, not printed."""
    label = samples.sample_label(named(TEMPLATES, "presale-code-72mm"))
    for seal in ("factory", "none"):
        with pytest.raises(LabelUndrawable, match="claim code"):
            LabelRenderer(CONFIG, profile(WIDE), seal=seal).render(label)
    assert LabelRenderer(CONFIG, profile(WIDE), seal="fold").render(label).template == "presale-fold-roll_id-72mm"


def test_O17_nothing_is_printed_on_a_strip_of_the_factorys() -> None:
    """Where it lies there is no dot."""
    for printer, name in ((WIDE, "presale-factory-72mm"), (NARROW, "presale-factory-48mm")):
        template = named(TEMPLATES, name)
        drawn = renderer(printer).draw(samples.sample_label(template), template)
        strip = drawn.strip
        assert strip is not None
        under = drawn.picture.crop((strip.x, strip.y, strip.x + strip.width, strip.y + strip.height))
        assert not (np.asarray(under.convert("L")) < 128).any()


def test_O17_every_seal_has_a_template_for_either_paper() -> None:
    """A shop chooses how it keeps its secrets; the printer chooses the width."""
    for seal in SEALS:
        for covers in ("code", "roll_id+code"):
            for width_mm in (48.0, 72.0):
                template = choose(TEMPLATES, "presale", width_mm, covers=covers, seal=seal)
                assert (template.seal, template.width_mm) == (seal, width_mm)


@pytest.mark.parametrize(
    ("name", "was", "becomes", "says"),
    [
        ("roll-72mm", 'text = "{say_copy}"', 'text = "{claim_code}"', "not under the strip"),
        ("presale-factory-72mm", "strip = [1.5, 44.7, 69, 15.5]", "strip = [1.5, 30, 69, 15.5]", "the factory's"),
        ("presale-factory-72mm", 'covers = "code"', 'covers = "roll_id+code"', "the factory's code"),
        ("presale-none-72mm", 'text = "{store}"', 'text = "{claim_code}"', "not under the strip"),
        ("presale-fold-code-72mm", "flap = [1.5, 60.2, 69, 15.5]", "flap = [1.5, 60.2, 69, 12]", "as large as"),
        ("presale-fold-code-72mm", 'text = "{say_fold_hint}"', 'text = "{roll_id}"', "folded in"),
        ("presale-code-72mm", 'text = "{say_claim_hint}"', 'text = "{product}"', "does not name it"),
        ("presale-code-72mm", "strip = [1.5, 44.7, 69, 15.5]", "strip = [1.5, 24, 69, 36.2]", "does not name it"),
        ("presale-code-72mm", 'text = "{roll_id}"', 'text = "{store}"', "to be read"),
        ("presale-code-72mm", 'seal = "strip"', 'seal = "none"', "says its seal"),
    ],
)
def test_O17_a_template_hides_exactly_what_its_strip_names_or_is_refused(
    tmp_path: Path, name: str, was: str, becomes: str, says: str
) -> None:
    """Whoever makes a stock of their own is told, by file, before a label is printed."""
    (tmp_path / "labels").mkdir()
    text = (CONFIG / "labels" / f"{name}.toml").read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "labels" / f"{name}.toml").write_text(text.replace(was, becomes), encoding="utf-8")
    with pytest.raises(ProfileWrong, match=says):
        load_templates(tmp_path)


@pytest.mark.parametrize(
    ("file", "was", "becomes", "says"),
    [
        ("roll-72mm", 'text = "{detail}"', 'text = "{detale}"', "detale, which no label has"),
        ("roll-72mm", 'text = "{detail}"', 'text = "{detail:>999999999}"', "more than a name"),
        ("roll-72mm", 'text = "{detail}"', 'text = "{detail.__class__}"', "more than a name"),
        ("roll-72mm", 'text = "{detail}"', 'text = "{detail"', "expected '}'"),
        ("words", 'copy = "Kopie {copy}"', 'copy = "Kopie {kopie}"', "kopie, which no label has"),
        ("words", 'copy = "Kopie {copy}"', 'copy = "Kopie {copy:9}"', "more than a name"),
        ("words", 'copy = "Kopie {copy}"', 'copy = "Kopie {claim_code}"', "claim_code, which a strip may have to hide"),
        ("words", 'copy = "Kopie {copy}"', 'copy = "Kopie {roll_id}"', "roll_id, which a strip may have to hide"),
    ],
)
def test_O17_a_text_that_names_what_no_label_has_is_told_at_the_start(
    tmp_path: Path, file: str, was: str, becomes: str, says: str
) -> None:
    """Not at the counter, in the middle of a package; and no text can ask for a billion spaces."""
    shutil.copytree(CONFIG / "labels", tmp_path / "labels")
    path = tmp_path / "labels" / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes), encoding="utf-8")
    with pytest.raises(ProfileWrong, match=says):
        LabelRenderer(tmp_path, profile(WIDE))


# -- which one, and where on it --------------------------------------------------------------------------


def test_O17_a_shop_names_the_stock_it_has() -> None:
    """A wrap is never taken by itself; a name that is none, or too wide, is told at the start."""
    label = samples.sample_label(named(TEMPLATES, "roll-72mm"))
    assert renderer(WIDE).render(label).template == "roll-72mm"
    assert LabelRenderer(CONFIG, profile(WIDE), stock=("wrap-48mm",)).render(label).template == "wrap-48mm"
    with pytest.raises(ProfileWrong, match="no label template"):
        LabelRenderer(CONFIG, profile(WIDE), stock=("wrap",))
    with pytest.raises(ProfileWrong, match="wider"):
        LabelRenderer(CONFIG, profile(NARROW), stock=("wrap-72mm",))


def test_O17_a_printers_own_offset_is_added_to_what_staff_moved() -> None:
    """One printer stands 1 mm to the right; staff moved it 0.5 mm back: half a millimetre, four dots, is left."""
    shop = profile(WIDE)
    label = samples.sample_label(named(TEMPLATES, "roll-72mm"))
    composer = PrintComposer(CONFIG, shop, offset_mm=(1.0, -0.5))
    raster = renderer(WIDE).render(label).raster
    assert composer.compose(label) == label_document(shifted(raster, 8, -4), shop)
    composer.move(-5, 5)
    assert composer.compose(label) == label_document(shifted(raster, 4, 0), shop)


def test_O17_bars_leave_their_box_only_where_nothing_stands_beside() -> None:
    """A package with a serial has wider bars than its box: a second 2D code stands for them, and all reads."""
    template = named(TEMPLATES, "package-72mm")
    drawn = renderer(WIDE).draw(samples.sample_label(template), template)
    assert drawn.notices == ("the bar code would be 69 mm wide: a second 2D code stands for it",)


@pytest.mark.parametrize("printer", [NARROW, WIDE, FINE])
def test_K3_a_receipt_can_be_drawn_whole_for_printers_without_letters(printer: str) -> None:
    """The same codes as on paper with the printer's own letters."""
    raster = ReceiptComposer(CONFIG, profile(printer)).draw(samples.sample_receipt())
    packed = np.frombuffer(raster.rows, dtype=np.uint8).reshape(raster.height, -1)
    picture = Image.fromarray(np.where(np.unpackbits(packed, axis=1), 0, 255).astype(np.uint8))
    said = {text for _, text in read_back(ink_spread(on_paper(picture, profile(printer)), 1))}
    assert said == {f"https://photos.example.com/r/#{samples.ACCESS_CODE}", samples.sample_receipt().number}


def test_K3_a_printer_without_letters_gets_its_receipt_as_one_picture() -> None:
    """Not a byte of text goes to it, so no name can become a command."""
    shop = profile("virtual-zpl")
    drawn = ReceiptComposer(CONFIG, shop).draw(samples.sample_receipt())
    assert PrintComposer(CONFIG, shop).compose(samples.sample_receipt()) == label_document(drawn, shop)


@pytest.mark.parametrize("printer", ["virtual-zpl", "zebra-zt411-300dpi"])
def test_O17_a_label_stands_in_the_middle_of_a_wider_head(printer: str) -> None:
    """Its bars have white on both sides, so none of its codes is given up; and it has room to be moved either way."""
    shop = profile(printer)
    label = samples.sample_label(named(TEMPLATES, "roll-72mm"))
    drawn = renderer(printer).render(label)
    assert drawn.notices == ()
    assert drawn.raster.width == shop.print_width_dots
    assert abs(2 * drawn.left + drawn.width - shop.print_width_dots) <= 1
    assert read_back(ink_spread(on_paper(drawn.picture, shop), 1)) == {("]C1", ROLL), ("]d2", ROLL_2D)}
    assert shifted(drawn.raster, -8, 0) != shifted(drawn.raster, 8, 0) != drawn.raster


# -- the command -----------------------------------------------------------------------------------------


def test_O17_twincheck_label_lists_and_previews(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture, a sheet, a PDF, a folder, the printer's bytes; the same call gives the same files."""
    assert command(["list", "--json"]) == 0
    assert [told["name"] for told in json.loads(capsys.readouterr().out)] == [*NAMES, "receipt", "stub"]
    assert command(["list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[-2:]] == ["receipt", "stub"]
    assert command(["preview", "roll-72mm", "--out", str(tmp_path / "roll.png")]) == 0
    assert command(["preview", "bag-72mm", "roll-72mm", "receipt", "stub", "--out", str(tmp_path / "sheet.png")]) == 0
    assert command(["preview", "twin_check-72mm", "--language", "ar", "--out", str(tmp_path / "drawn")]) == 0
    assert command(["preview", "presale-code-72mm", "--covered", "--out", str(tmp_path / "sold.pdf")]) == 0
    assert command(["bytes", "quality-72mm", "--out", str(tmp_path / "label.bin")]) == 0
    with Image.open(tmp_path / "roll.png") as roll, Image.open(tmp_path / "drawn" / "twin_check-72mm.png") as twin:
        assert {text for _, text in read_back(roll)} == {ROLL, ROLL_2D}
        assert {text for _, text in read_back(twin)} == {TWIN}
    first = (tmp_path / "sold.pdf").read_bytes()
    assert first.startswith(b"%PDF-")
    assert command(["preview", "presale-code-72mm", "--covered", "--out", str(tmp_path / "sold.pdf")]) == 0
    assert (tmp_path / "sold.pdf").read_bytes() == first
    assert (tmp_path / "label.bin").read_bytes().startswith(b"\x1b@")


@pytest.mark.parametrize(("printer", "says"), [(WIDE, b"Portra 400"), ("virtual-zpl", b"^GF")])
def test_O17_a_receipt_comes_as_the_printers_own_bytes_too(printer: str, says: bytes, tmp_path: Path) -> None:
    """In its letters where it has some, else as one picture: as the counter sends it."""
    assert command(["bytes", "receipt", "--printer", printer, "--out", str(tmp_path / "receipt.bin")]) == 0
    sent = (tmp_path / "receipt.bin").read_bytes()
    assert sent == b"".join(PrintComposer(CONFIG, profile(printer)).compose(samples.sample_receipt()))
    assert says in sent


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["preview", "nix", "--out", "x.png"], "no label template is called 'nix'. All of them: twincheck label list"),
        (["preview", "rol-72mm", "--out", "x.png"], "Did you mean 'roll-72mm' or "),
        (["preview", "bag", "--out", "x.png"], "Did you mean 'bag-48mm' or 'bag-72mm'?"),
        (["bytes", "reciept", "--out", "x.bin"], "Did you mean 'receipt'?"),
        (["preview", "roll-72mm", "--printer", "nope", "--out", "x.png"], "no printer profile 'nope'; there are: "),
        (["preview", "roll-72mm", "--out", "/dev/null/x"], "no folder can be made at /dev/null/x"),
        (["bytes", "roll-72mm", "--out", "."], ". cannot be written: Is a directory."),
        (["preview", "roll-72mm", "--printer", "generic-58mm", "--out", "x.png"], "72 mm wide"),
        (["preview", "roll-72mm", "--language", "xx", "--out", "x.png"], "do not speak"),
        (["preview", "roll-72mm", "--printer", "../x", "--out", "x.png"], "printer profile"),
        (["preview", "roll-72mm", "--out", "x.gif"], "neither"),
        (["preview", "roll-72mm", "--out", "/no/such/folder/x.png"], "there is no folder /no/such/folder; make it"),
        (["bytes", "roll-72mm", "--out", "/dev/no-such-printer"], "is the printer plugged in"),
    ],
)
def test_O17_what_cannot_be_drawn_is_said_in_a_sentence(
    asked: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the exit status is 1."""
    monkeypatch.chdir(tmp_path)
    assert command(asked) == 1
    assert says in capsys.readouterr().err


def test_O17_a_pdf_page_is_as_large_as_the_label() -> None:
    """72 mm are 204.1 points."""
    picture = Image.new("1", (576, 320), 1)
    assert b"204.09" in pdf_of([picture], profile(WIDE))
    assert len(png_of(sheet_of([picture] * 4, profile(WIDE)), profile(WIDE))) > 100
    with pytest.raises(ValueError, match="no labels"):
        pdf_of([], profile(WIDE))
    with pytest.raises(ValueError, match="no labels"):
        sheet_of([], profile(WIDE))


def test_O17_the_widest_of_each_kind_is_previewed() -> None:
    """And every wrap that fits, since a shop may choose it."""
    names = {template.name for template in widest(TEMPLATES, 72.0)}
    assert {"roll-72mm", "wrap-72mm", "wrap-48mm"} < names
    assert not {"roll-48mm", "bag-48mm"} & names
    assert all(fits(template, 48.0) for template in widest(TEMPLATES, 48.0))


def test_O17_a_rule_may_stand_upright() -> None:
    """Where a pair is torn apart it is dashed from top to bottom."""
    canvas = Canvas(16, 64, profile(WIDE), renderer(WIDE)._shelf)
    canvas.rule(Area(x=4, y=0, width=2, height=64), 12)
    black = canvas.black_dots()
    assert black[:, 4:6].sum() == black.sum()
    assert [int(row) for row in np.flatnonzero(np.diff(black[:, 4].astype(int)))[:4]] == [7, 11, 19, 23]
