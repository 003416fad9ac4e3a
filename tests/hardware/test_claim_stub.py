"""Papers of a drop-off: bag label, twin check and claim stub read back, say what is wanted, and name nobody (S1)."""

from datetime import UTC, datetime
from itertools import product

import pytest
from PIL import Image

from hardware.printer.profile import PrinterProfile, load_profile
from hardware.render.composer import PrintComposer
from hardware.render.content import fields_of, words_for
from hardware.render.label import LabelRenderer, picture_of
from hardware.render.receipt import ReceiptComposer
from hardware.render.samples import WANTED
from hardware.render.stub import stub_entries
from hardware.render.symbols import read_back
from hardware.render.template import load_words
from hardware.virtual.escpos_reader import EscposReader, Print
from photocore.label import BagLabel, ClaimStub, TwinCheckLabel, Wanted, WantedRoll
from photocore.settings import locate_config
from photocore.twin_checks import bag_number, twin_check

CONFIG = locate_config()
WORDS = load_words(CONFIG)
BAG = bag_number(4, 312)
TWIN = twin_check(4, 7731)
PAPERS = ["virtual-80mm", "generic-58mm"]
LANGUAGES = ["en", "de", "ar", "hi"]


def profile(name: str) -> PrinterProfile:
    return load_profile(CONFIG, name)


def on_paper(picture: Image.Image) -> Image.Image:
    paper = Image.new("L", (picture.width + 64, picture.height + 64), 255)
    paper.paste(picture, (32, 32))
    return paper


def stub(language: str = "en", **changes: object) -> ClaimStub:
    told: dict[str, object] = {
        "bag": BAG,
        "store": "Foto Lenz, Basel",
        "made_at": datetime(2026, 11, 22, 15, 4, tzinfo=UTC),
        "wanted": WANTED,
        "language": language,
    }
    return ClaimStub(**(told | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("paper", "language"), [*product(PAPERS, LANGUAGES)])
def test_S1_a_stub_says_its_bag_linear_and_2d_on_every_paper(paper: str, language: str) -> None:
    """A scanner of either kind finds the bag."""
    drawn = ReceiptComposer(CONFIG, profile(paper)).draw(stub(language))

    assert read_back(on_paper(picture_of(drawn).convert("L"))) == {("]C0", BAG.text), ("]d1", BAG.text)}


@pytest.mark.parametrize("paper", PAPERS)
def test_S1_a_bag_label_and_a_twin_check_of_a_drop_off_read(paper: str) -> None:
    """The longest words of what is wanted leave the codes alone."""
    renderer = LabelRenderer(CONFIG, profile(paper))
    rolls = tuple(WantedRoll(process=kind, stops=stops) for kind in ("C-41", "B&W", "ECN-2") for stops in (0, 1, -3))
    wanted = Wanted(rolls=rolls, scan="largest", negatives="return_uncut")
    bag = renderer.render(BagLabel(bag=BAG, of=9, store="Foto Lenz", wanted=wanted, language="de"))
    twin = renderer.render(TwinCheckLabel(number=TWIN, bag=BAG, wanted=rolls[5], language="de"))

    assert read_back(on_paper(bag.picture.convert("L"))) == {("]C0", BAG.text), ("]d1", BAG.text)}
    assert read_back(on_paper(twin.picture.convert("L"))) == {("]d1", TWIN.text)}
    assert PrintComposer(CONFIG, profile(paper)).compose(stub("de"))


def test_S1_a_stub_says_in_the_shoppers_language_what_is_wanted() -> None:
    """Alike rolls are counted together; push and pull have their stops behind them."""
    words = dict(words_for(WORDS, "de"))

    said = [entry.text for entry in stub_entries(stub("de"), words) if entry.text]

    assert said == [
        "22.11.2026 15:04",
        "3 Filme",
        "2 × C-41",
        "1 × SW Push 1",
        "Scans Standard",
        "Negative zurück, geschnitten",
        words["stub_terms"],
    ]
    pulled = Wanted(rolls=(WantedRoll(process="E-6", stops=-2),), scan="none", negatives="keep")
    english = [entry.text for entry in stub_entries(stub(wanted=pulled), dict(WORDS["en"])) if entry.text]
    assert english[1:5] == ["1 roll", "E-6 Pull 2", "No scans", "Negatives kept here"]


@pytest.mark.parametrize("language", sorted(WORDS))
def test_S1_every_scan_and_every_fate_of_negatives_has_a_word(language: str) -> None:
    """None is missing when it is wanted for the first time."""
    for scan, negatives in [
        ("none", "return_cut"),
        ("standard", "return_uncut"),
        ("large", "keep"),
        ("largest", "discard"),
    ]:
        wanted = Wanted(rolls=WANTED.rolls, scan=scan, negatives=negatives)  # type: ignore[arg-type]
        fields = fields_of(BagLabel(bag=BAG, of=3, wanted=wanted, language=language), WORDS[language])
        assert WORDS[language][f"scan_{scan}"] in fields["detail"]
        assert WORDS[language][f"negatives_{negatives}"] in fields["detail"]


def test_S1_a_stubs_words_go_out_in_the_printers_letters() -> None:
    """It is as fast as a receipt."""
    reader = EscposReader()
    pieces = ReceiptComposer(CONFIG, profile("generic-80mm")).compose(stub())
    commands = [command for piece in pieces for command in reader.feed(piece)]

    text = b" ".join(command.text for command in commands if isinstance(command, Print)).decode("ascii", "replace")
    assert reader.is_between
    assert "No name stands on this slip." in text
    assert "Standard scans" in text


def test_S1_a_stub_of_nothing_is_none() -> None:
    """A bag's number, at least one roll, and a time that names an instant."""
    for wrong in (
        {"bag": TWIN},
        {"wanted": Wanted(rolls=(), scan="none", negatives="keep")},
        {"made_at": datetime(2026, 11, 22, 15, 4)},  # noqa: DTZ001
    ):
        with pytest.raises(ValueError, match="stub"):
            stub(**wrong)
