"""What makes a label quick changes no dot of it, and keeps no code."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hardware.printer.profile import load_profile
from hardware.render.fonts import MONO, FontShelf
from hardware.render.label import LabelRenderer
from hardware.render.lines import KeptLines, Setting, set_line
from hardware.render.symbols import read_at_sight, read_back
from photocore import codes
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config
from photocore.testing import SeededEntropy

CONFIG = locate_config()
CLAIM_CODE = codes.mint_claim_code(SeededEntropy(5))
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz()-/+_%&'*,.:;<=>?! \""


def roll_label(serial: str, *, claim_code: str = "", language: str = "en") -> RollLabel:
    return RollLabel(
        package=ItemId("(01)19501101530000(21)P2026A123"),
        roll=ItemId(f"(01)09501101530003(21){serial}"),
        number=2,
        of=5,
        copy=serial[-6:],
        product="Portra 400",
        claim_code=claim_code,
        language=language,
    )


@pytest.mark.parametrize("face", sorted(MONO))
@pytest.mark.parametrize("cap", [9, 12, 15.2, 17, 22.4, 31])
def test_K3_codes_set_sign_by_sign_are_the_same_dots(face: str, cap: float) -> None:
    """As Pillow sets the whole line at once, whatever the size."""
    shelf = FontShelf(CONFIG / "fonts")
    for text in (SIGNS, "(01) 09501101530003 (21) 7H3K9QX2MV", "7Q2M-9XKD-4F8T"):
        mine, whole = (Image.new("L", (3000, 80), 255) for _ in range(2))
        line = set_line(shelf, text, Setting(face=face, cap=cap))
        line.draw(ImageDraw.Draw(mine), (10.5, 50), 0)
        font = shelf.font(face, cap)
        ImageDraw.Draw(whole).text((round(10.5), 50), text, fill=0, font=font, anchor="ls")
        assert mine.tobytes() == whole.tobytes()
        assert line.width == font.getlength(text)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_K3_a_label_drawn_after_others_is_the_label_drawn_first(language: str) -> None:
    """Lines of the labels before are kept; not a dot may differ."""
    profile = load_profile(CONFIG, "virtual-80mm")
    used = LabelRenderer(CONFIG, profile)
    for serial in ("7H3K9QX2MV", "12345678", "7H3K9QX2MW"):
        used.render(roll_label(serial, language=language))
    fresh = LabelRenderer(CONFIG, profile).render(roll_label("ZZZZ9QX2MV", language=language))
    assert used.render(roll_label("ZZZZ9QX2MV", language=language)).raster == fresh.raster


def test_K3_no_line_with_a_code_in_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim code lives until it is printed, and in no drawer of the renderer's."""
    kept: list[str] = []
    keep = KeptLines.set_line
    monkeypatch.setattr(
        KeptLines, "set_line", lambda self, shelf, text, setting: kept.append(text) or keep(self, shelf, text, setting)
    )
    renderer = LabelRenderer(CONFIG, load_profile(CONFIG, "virtual-80mm"))
    renderer.render(roll_label("7H3K9QX2MV", claim_code=CLAIM_CODE))
    said = " ".join(kept)
    assert "Portra 400" in said.title()
    parts = [*codes.grouped(CLAIM_CODE).replace("-", " ").split(), "7H3K9QX2MV", "9QX2MV", "P2026A123"]
    assert [part for part in parts if part in said] == []


@pytest.mark.parametrize("printer", ["virtual-80mm", "virtual-80mm-300dpi", "generic-58mm", "epson-tm-l90"])
@pytest.mark.parametrize("claim_code", ["", CLAIM_CODE])
def test_K3_what_is_read_at_sight_is_what_is_read_with_every_effort(printer: str, claim_code: str) -> None:
    """Each code of the label, and nothing else."""
    profile = load_profile(CONFIG, printer)
    drawn = LabelRenderer(CONFIG, profile).render(roll_label("7H3K9QX2MV", claim_code=claim_code))
    margin = max(profile.margin_dots, 1)
    paper = Image.new("L", (drawn.picture.width + 2 * margin, drawn.picture.height + 2 * margin), 255)
    paper.paste(drawn.picture, (margin, margin))
    found = read_at_sight(np.asarray(paper))
    assert found == read_back(paper)
    assert len(found) >= 2
