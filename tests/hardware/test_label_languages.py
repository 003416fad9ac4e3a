"""Labels of every kind in every language: codes read, the strip covers what it names, Arabic is joined and in order."""

from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import uharfbuzz
from PIL import Image, ImageDraw

from hardware.errors import LabelUndrawable, ProfileWrong
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.render.canvas import Area, Canvas, Style
from hardware.render.composer import PrintComposer
from hardware.render.content import fields_of, plural, words_for
from hardware.render.fonts import FILES, FontShelf, file_of
from hardware.render.label import DrawnLabel, LabelRenderer
from hardware.render.lines import Setting, code, is_drawable, set_line, wrapped
from hardware.render.strip import SecurityStrip
from hardware.render.symbols import read_back
from hardware.render.template import COVERS, Covers, load_templates, load_words
from photocore import codes
from photocore.capitals import capitals
from photocore.ids import ItemId
from photocore.label import PackageLabel, RollLabel
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
ENTROPY = SeededEntropy(11)
PACKAGE = ItemId(codes.mint_house_package(ENTROPY))
ROLL = ItemId(codes.mint_house_roll(ENTROPY))
CLAIM_CODE = codes.mint_claim_code(ENTROPY)
COPY = "K3M9QX"
LINK = "https://photos.example.com/claim"
LANGUAGES = ["en", "de", "ar"]
PAPERS = ["virtual-80mm", "virtual-80mm-300dpi", "generic-58mm"]
OTHERS = ["fr", "es", "it", "pl", "tr", "he", "hi", "zh", "ja"]
EVERYWHERE = [*product(PAPERS, LANGUAGES), *zip(PAPERS * 3, OTHERS, strict=True)]
"""Three languages on every paper; of the others, which lay out as one of the three does, each on one."""
ARABIC = "فيلم ملون"
TOLD = {"product": "Kodak Gold 200", "detail": "135-36 · ISO 200 · C-41", "store": "Foto Lenz, Basel", "link": LINK}


def profile(name: str = "virtual-80mm") -> PrinterProfile:
    return load_profile(CONFIG, name)


def package_label(language: str = "en", of: int = 3) -> PackageLabel:
    return PackageLabel(package=PACKAGE, of=of, copy=COPY, language=language, **TOLD)


def roll_label(language: str = "en", claim_code: str | None = None, package: ItemId | None = PACKAGE) -> RollLabel:
    return RollLabel(
        roll=ROLL, package=package, number=2, of=3, copy=COPY, language=language, claim_code=claim_code, **TOLD
    )


def on_paper(picture: Image.Image, shop: PrinterProfile) -> Image.Image:
    margin = shop.margin_dots
    paper = Image.new("L", (picture.width + 2 * margin, picture.height + 2 * margin), 255)
    paper.paste(picture, (margin, margin))
    return paper


def spread(paper: Image.Image) -> Image.Image:
    """One dot of ink spread."""
    black = np.asarray(paper) < 128
    wider = black.copy()
    wider[:, 1:] |= black[:, :-1]
    wider[1:, :] |= wider[:-1, :]
    return Image.fromarray(np.where(wider, 0, 255).astype(np.uint8))


def texts(picture: Image.Image) -> set[str]:
    return {text for _, text in read_back(picture)}


# -- the package label ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("paper", "language"), EVERYWHERE)
def test_O17_a_package_label_says_its_id_twice_and_where_to_register(paper: str, language: str) -> None:
    """Bars (a second 2D code on narrow paper), (90)(91) in 2D, the page as QR: also after one dot of ink spread."""
    shop = profile(paper)
    drawn = LabelRenderer(CONFIG, shop).render(package_label(language))
    expected = {
        ("]d1" if drawn.notices else "]C0", PACKAGE),
        ("]d2", f"90{PACKAGE}\x1d91{COPY}"),
        *({("]Q1", LINK)} if shop.print_width_mm > 60 else set()),
    }
    assert read_back(spread(on_paper(drawn.picture, shop))) == expected
    assert bool(drawn.notices) == (paper == "generic-58mm")
    assert drawn.strip is None


def test_O17_a_package_label_without_a_page_shows_no_qr() -> None:
    """No address is known: nothing on it leads nowhere."""
    label = PackageLabel(package=PACKAGE, of=1, copy=COPY)
    drawn = LabelRenderer(CONFIG, profile()).render(label)
    assert {aim for aim, _ in read_back(on_paper(drawn.picture, profile()))} == {"]C0", "]d2"}


def test_O17_a_package_label_takes_the_paper_it_says() -> None:
    """Its length is counted, so that a set can be held back from a roll that ends."""
    composer = PrintComposer(CONFIG, profile())
    assert composer.label_mm(package_label()) == pytest.approx(55 + 12)
    assert composer.compose(package_label())[-1].startswith(b"\x1dV")


@pytest.mark.parametrize(
    ("language", "of", "said"),
    [
        ("en", 1, "1 roll"),
        ("en", 3, "3 rolls"),
        ("de", 1, "1 Film"),
        ("de", 12, "12 Filme"),
        ("ar", 1, "فيلم واحد"),
        ("ar", 2, "فيلمان"),
        ("ar", 5, f"{code('5')} أفلام"),
        ("ar", 11, f"{code('11')} فيلمًا"),
        ("pl", 1, "1 rolka"),
        ("pl", 3, "3 rolki"),
        ("pl", 5, "5 rolek"),
        ("pl", 22, "22 rolki"),
        ("he", 1, "גליל אחד"),
        ("he", 2, "שני גלילים"),
        ("he", 7, f"{code('7')} גלילים"),
        ("hi", 5, "5 रोल"),
        ("zh", 1, "1 个胶卷"),
        ("ja", 12, "フィルム12本"),
    ],
)
def test_O17_how_many_rolls_is_said_as_the_language_counts(language: str, of: int, said: str) -> None:
    """Arabic has words of its own for one, two, a few and many."""
    fields = fields_of(package_label(language, of), words_for(load_words(CONFIG), language))
    assert fields["say_count"] == said


def test_O17_every_number_of_rolls_has_a_class() -> None:
    """1 to 50, and beyond a hundred."""
    assert {plural(count, "ar") for count in range(1, 51)} == {"one", "two", "few", "many"}
    assert [plural(count, "ar") for count in (100, 102, 103, 111)] == ["other", "other", "few", "many"]
    assert [plural(count, "pl") for count in (1, 2, 5, 12, 22, 112)] == ["one", "few", "many", "many", "few", "many"]
    assert [plural(count, "he") for count in (1, 2, 3)] == ["one", "two", "other"]
    assert {plural(count, language) for count in range(1, 51) for language in ("zh", "ja")} == {"other"}


# -- before the sale --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("covers", COVERS)
@pytest.mark.parametrize("paper", PAPERS)
def test_O17_the_strip_covers_what_it_names_and_always_the_claim_code(
    paper: str, covers: Covers, language: str
) -> None:
    """Strip on: no claim code, and with roll_id+code no roll either. Strip off: both, after ink spread too."""
    shop = profile(paper)
    drawn = LabelRenderer(CONFIG, shop, covers=covers).render(roll_label(language, CLAIM_CODE))
    covered = SecurityStrip(CONFIG, shop).cover(drawn, language)
    sold, peeled = texts(on_paper(covered, shop)), texts(spread(on_paper(drawn.picture, shop)))
    roll = f"90{ROLL}\x1d91{COPY}"
    assert CLAIM_CODE in peeled
    assert roll in peeled
    assert not any(CLAIM_CODE in text for text in sold)
    if covers == "code":
        assert sold == {roll, ROLL}
    else:
        assert sold == {PACKAGE}
    assert sold < peeled


def test_O17_a_covered_roll_never_stands_in_the_place_of_its_package() -> None:
    """A label whose roll lies under the strip must name its package: else it is refused, not printed open."""
    shop = profile()
    with pytest.raises(LabelUndrawable, match="package"):
        LabelRenderer(CONFIG, shop).render(roll_label(claim_code=CLAIM_CODE, package=None))


@pytest.mark.parametrize(
    ("name", "was", "becomes"),
    [
        ("presale-code-72mm", 'content = "claim_code"', "box = [3.5, 9, 10.5, 10.5]"),
        ("presale-roll_id-72mm", 'text = "{roll_id}"', "box = [3.5, 9, 49, 3.4]"),
        ("presale-roll_id-48mm", 'content = "roll_copy"', "box = [29.7, 20, 15.5, 15.5]"),
    ],
)
def test_O17_a_template_that_shows_a_secret_beside_the_strip_is_refused(
    tmp_path: Path, name: str, was: str, becomes: str
) -> None:
    """Whoever moves a box of a label stock cannot uncover a code by mistake."""
    (tmp_path / "labels").mkdir()
    lines = (CONFIG / "labels" / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    (place,) = (nr for nr, line in enumerate(lines) if line == was)
    box = max(nr for nr in range(place) if lines[nr].startswith("box"))
    lines[box] = becomes
    (tmp_path / "labels" / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ProfileWrong, match="not under the strip"):
        load_templates(tmp_path)


def test_O17_a_label_without_a_strip_is_shown_as_it_is() -> None:
    """After registration nothing is covered."""
    drawn = LabelRenderer(CONFIG, profile()).render(roll_label())
    assert SecurityStrip(CONFIG, profile()).cover(drawn).tobytes() == drawn.picture.tobytes()


# -- languages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("paper", "language"), EVERYWHERE)
def test_O17_a_roll_label_reads_in_every_language(paper: str, language: str) -> None:
    """Mirrored for Arabic or not, its codes are the same and read after ink spread."""
    shop = profile(paper)
    drawn = LabelRenderer(CONFIG, shop).render(roll_label(language))
    assert read_back(spread(on_paper(drawn.picture, shop))) == {
        ("]d1" if drawn.notices else "]C0", ROLL),
        ("]d2", f"90{ROLL}\x1d91{COPY}"),
    }


def test_O17_every_word_is_translated_and_every_letter_of_it_is_in_a_font() -> None:
    """Nothing is left in English by mistake, and nothing would print as a question mark."""
    words, shelf = load_words(CONFIG), FontShelf(CONFIG / "fonts")
    same = {"Film", "ltr", "Copy {copy}", "Date", "%Y-%m-%d %H:%M", "Push", "Pull"}
    for language in words.keys() - {"en"}:
        left = {key for key, said in words[language].items() if said == words["en"][key] and said not in same}
        assert left == set()
        assert all(is_drawable(shelf, said) for said in words[language].values())


def test_O17_an_arabic_label_is_laid_out_from_right_to_left() -> None:
    """The 2D code stands left where an English label has it right, and is not turned."""
    shop = profile()
    english, arabic = (LabelRenderer(CONFIG, shop).render(roll_label(language)) for language in ("en", "ar"))
    left, right = (0, 0, shop.dots(20), shop.dots(25)), (shop.dots(52), 0, shop.dots(72), shop.dots(25))
    for drawn, side, other in ((english, right, left), (arabic, left, right)):
        assert f"90{ROLL}\x1d91{COPY}" in texts(on_paper(drawn.picture.crop(side), shop))
        assert texts(on_paper(drawn.picture.crop(other), shop)) == set()


def line_picture(text: str, *, cap: float = 24, face: str = "regular", is_rtl: bool = True) -> Image.Image:
    line = set_line(FontShelf(CONFIG / "fonts"), text, Setting(face=face, cap=cap, is_rtl=is_rtl))  # type: ignore[arg-type]
    sheet = Image.new("L", (round(line.width) + 40, 140), 255)
    line.draw(ImageDraw.Draw(sheet), (20, 90), 0)
    return sheet


def inked(picture: Image.Image) -> Image.Image:
    """The picture cut to what is black in it."""
    box = picture.point(lambda tone: 255 if tone < 128 else 0).getbbox()
    assert box is not None
    return picture.crop(box)


def test_K3_the_first_arabic_word_stands_rightmost() -> None:
    """Two words drawn as a line: its right end is the first word's dots, its left end the second's."""
    first, second = ARABIC.split()
    whole = inked(line_picture(ARABIC))
    alone = inked(line_picture(first))
    right = whole.crop((whole.width - alone.width, 0, whole.width, whole.height))
    assert np.array_equal(np.asarray(inked(right)) < 128, np.asarray(alone) < 128)
    last = inked(line_picture(second))
    assert np.array_equal(np.asarray(inked(whole.crop((0, 0, last.width, whole.height)))) < 128, np.asarray(last) < 128)


@pytest.mark.parametrize("word", ["فيلم", "العبوة", "تسجيل", "لاغٍ"])
def test_K3_arabic_letters_are_joined_as_an_independent_shaper_joins_them(word: str) -> None:
    """The line is as wide as HarfBuzz's own shaping of it, which is not that of the letters one by one."""
    shelf = FontShelf(CONFIG / "fonts")
    (piece,) = set_line(shelf, word, Setting(face="regular", cap=40, is_rtl=True)).pieces
    path = CONFIG / "fonts" / file_of("regular", "arabic")
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))  # type: ignore[arg-type]
    scale = piece.font.size / font.face.upem
    assert piece.width == pytest.approx(shaped(font, word) * scale, abs=1.5)
    assert abs(sum(shaped(font, letter) for letter in word) * scale - piece.width) > 3


def shaped(font: uharfbuzz.Font, text: str) -> float:
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return sum(place.x_advance for place in buffer.glyph_positions)


def test_K3_a_code_in_an_arabic_sentence_is_one_piece_from_left_to_right() -> None:
    """Isolated: hyphens and digits keep their order, and the words stand on their own sides."""
    sentence = f"نسخة {code('21-A4')} هنا"
    pieces = set_line(FontShelf(CONFIG / "fonts"), sentence, Setting(face="regular", cap=20, is_rtl=True)).pieces
    assert [piece.text.strip() for piece in pieces if piece.text.strip()] == ["هنا", "21-A4", "نسخة"]
    assert [piece.is_rtl for piece in pieces if piece.text.strip()] == [True, False, True]


def test_K3_brackets_among_arabic_words_open_towards_what_they_hold() -> None:
    """They come from the Latin font, which knows no mirroring: so they are turned here."""
    pieces = set_line(FontShelf(CONFIG / "fonts"), "فيلم (ملون)", Setting(face="regular", cap=20, is_rtl=True)).pieces
    assert "".join(piece.text if not piece.is_rtl else "ع" for piece in pieces).replace(" ", "") == "(ع)ع"


def test_K3_an_arabic_name_on_a_german_label_is_shaped_too() -> None:
    """User text of another script is no row of question marks, whatever the label's own language."""
    label = RollLabel(roll=ROLL, number=1, of=1, copy=COPY, product=ARABIC, language="de")
    drawn = LabelRenderer(CONFIG, profile()).render(label)
    unknown = LabelRenderer(CONFIG, profile()).render(
        RollLabel(roll=ROLL, number=1, of=1, copy=COPY, product="????? ????", language="de")
    )
    assert drawn.raster != unknown.raster


def test_O17_a_paragraph_breaks_at_words_and_is_cut_at_its_last_line() -> None:
    """Long hints share their box; none runs out of it, and an endless word is broken."""
    shop, shelf = profile(), FontShelf(CONFIG / "fonts")
    canvas = Canvas(200, 90, shop, shelf)
    area, style = Area(x=40, y=10, width=120, height=60), Style(face="regular", cap=12, least_cap=10)
    canvas.paragraph("one two three four five six seven eight nine ten eleven twelve " * 2, area, style, 2)
    dots = np.asarray(canvas.finished()) == 0
    assert dots[:, :38].sum() == dots[:, 162:].sum() == 0
    assert dots.sum() > 300
    setting = Setting(face="regular", cap=12)
    broken = wrapped(shelf, "photos.example.com/claim/" + "x" * 200, 120, setting)
    assert all(set_line(shelf, line, setting).width <= 120 for line in broken)
    assert "".join(broken) == "photos.example.com/claim/" + "x" * 200


def test_O17_the_same_words_give_the_same_dots() -> None:
    """Two renderers, one picture, for each language and kind."""
    for language in LANGUAGES:
        for label in (package_label(language), roll_label(language), roll_label(language, CLAIM_CODE)):
            first, second = (drawn_once(label).raster for _ in range(2))
            assert first == second


def drawn_once(label: RollLabel | PackageLabel) -> DrawnLabel:
    return LabelRenderer(CONFIG, profile()).render(label)


@pytest.mark.parametrize("language", [*LANGUAGES, *OTHERS])
def test_O17_no_word_of_a_paper_prints_a_box(language: str) -> None:
    """Each sign, the spaces too, stands in the font it is set in: whatever the face, whatever stands before it."""
    shelf = FontShelf(CONFIG / "fonts")
    for said in load_words(CONFIG)[language].values():
        for face in FILES:
            setting = Setting(face=face, cap=20, is_rtl=language in ("ar", "he"), language=language)
            for piece in set_line(shelf, said.replace("{", "").replace("}", ""), setting).pieces:
                assert not {sign for sign in piece.text if ord(sign) not in had(str(piece.font.path))}, said


@lru_cache
def had(path: str) -> frozenset[int]:
    return frozenset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path)).unicodes)  # type: ignore[arg-type]


def test_O17_chinese_and_japanese_labels_have_shapes_of_their_own() -> None:
    """One sign, two shapes: the label's language says which; a Chinese name on a German label is Chinese."""
    shelf = FontShelf(CONFIG / "fonts")
    files = {
        language: Path(
            str(set_line(shelf, "直骨", Setting(face="bold", cap=20, language=language)).pieces[0].font.path)
        )
        for language in ("zh", "ja", "de")
    }
    assert {language: path.name[8:10] for language, path in files.items()} == {"zh": "SC", "ja": "JP", "de": "SC"}


def test_O17_turkish_capitals_keep_their_dot() -> None:
    """FİLM, not FILM: to a Turkish eye the other is a spelling mistake."""
    assert capitals("Film kaydı", "tr") == "FİLM KAYDI"
    assert capitals("Film", "de") == "FILM"
    assert capitals("Größe", "de-AT") == "GRÖSSE"


@pytest.mark.parametrize("language", [*LANGUAGES, *OTHERS])
def test_O17_a_text_shrinks_or_is_cut_and_never_leaves_its_box(language: str) -> None:
    """The longest sentences in a quarter of their width, on one line and on two, in every face: no dot outside."""
    shop, shelf, words = profile(), FontShelf(CONFIG / "fonts"), load_words(CONFIG)[language]
    area = Area(x=40, y=40, width=180, height=70)
    for nr, face in enumerate(FILES):
        canvas = Canvas(260, 150, shop, shelf)
        style = Style(face=face, cap=20, least_cap=9, is_rtl=language in ("ar", "he"), language=language)
        text = words[("access_hint_typed", "claim_hint", "again_hint")[nr % 3]]
        canvas.paragraph(text, area, style, 1 + nr % 2)
        dots = np.asarray(canvas.finished()) == 0
        assert dots.sum() > 100
        assert dots[:, : area.x - 2].sum() == dots[:, area.x + area.width + 2 :].sum() == 0
        assert dots[: area.y - 12].sum() == dots[area.y + area.height + 4 :].sum() == 0
