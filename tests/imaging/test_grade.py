"""A photographed test label is graded: good prints pass, a dead dot, a faded head and grown bars do not go unseen."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware.printer.profile import load_profile
from hardware.render.label import LabelRenderer
from imaging import cli
from imaging.grade import grade_print
from imaging.grade_lines import PER_MODULE, QUIET, grade_line, growth_of, unprinted_at
from imaging.testing import Scene, Specimen, photograph
from photocore.label import QUALITY_TEXT, QualityLabel
from photocore.settings import locate_config

DOTS = 3
BARS = Specimen(form="Code128", content=QUALITY_TEXT, aim="]C0", text=QUALITY_TEXT).symbol()
NEAR = Scene(module_px=2.0)
PIXELS = (960, 400)


def printed(grown: int = 0, dead: tuple[int, ...] = ()) -> np.ndarray:
    """Return the bars as dots of a head at 300 dpi: three a module, grown by so many dots, some dots dead."""
    dots = np.repeat(np.repeat(BARS, DOTS, axis=1), DOTS, axis=0)
    for _ in range(abs(grown)):
        shifted = np.roll(dots, 1, axis=1)
        dots = np.minimum(dots, shifted) if grown > 0 else np.maximum(dots, shifted)
    dots[:, list(dead)] = 255
    return dots


def seen(dots: np.ndarray, scene: Scene = NEAR) -> np.ndarray:
    return photograph(dots, scene, 1, PIXELS)


@cache
def quality_label(profile: str) -> np.ndarray:
    """Return the product's own test label, as dots."""
    config = locate_config()
    drawn = LabelRenderer(config, load_profile(config, profile)).render(QualityLabel(store="Foto Lenz"))
    return np.array(drawn.picture.convert("L"))


@pytest.mark.parametrize(("profile", "turn"), [("virtual-80mm", 3.0), ("virtual-80mm-300dpi", 0.0)])
def test_K7_our_own_test_label_is_an_a_on_both_heads(profile: str, turn: float):
    """As config/labels/quality has it, photographed straight or slightly turned."""
    label = quality_label(profile)
    size = (int(label.shape[1] * 1.6), int(label.shape[0] * 1.6))
    grade = grade_print(photograph(label, Scene(module_px=1.45, turn_deg=turn), 1, size))
    assert (grade.letter, grade.dead_at) == ("A", None), grade.words
    assert grade.found is not None
    assert grade.found.text == QUALITY_TEXT


def test_K7_a_good_print_needs_nothing():
    """Also a little out of focus, and with a camera's noise."""
    for scene in (NEAR, replace(NEAR, blur_px=1.0), replace(NEAR, noise=8), replace(NEAR, contrast=0.6)):
        grade = grade_print(seen(printed(), scene))
        assert grade.is_good
        assert grade.words.startswith("A (")
        assert grade.dead_at is None


def test_K7_a_dead_dot_is_told_with_its_place():
    """A bar three modules wide is split from top to bottom: the same line on all ten."""
    ink = "".join("#" if tone < 128 else "." for tone in BARS[5])
    bar = ink.index("###")
    grade = grade_print(seen(printed(dead=((bar + 1) * DOTS + 1,))))
    width = len(ink.strip("."))
    assert grade.dead_at == pytest.approx((bar + 1.5 - (len(ink) - width) / 2) / width, abs=0.01)
    assert "a dot may be dead" in grade.words
    assert not grade.is_good


@pytest.mark.parametrize("grown", [1, -1])
def test_K7_bars_that_grew_or_shrank_by_a_dot_are_measured(grown: int):
    """By the head's heat, a third of a module: it reads, and is on its way to not reading."""
    as_meant, changed = grade_print(seen(printed())), grade_print(seen(printed(grown=grown)))
    assert changed.growth - as_meant.growth == pytest.approx(grown / DOTS, abs=0.1)
    assert ("too wide: print lighter" in changed.words) is (grown > 0)


def test_K7_a_faded_print_loses_letters_as_it_fades():
    """Contrast decides (15416 table 3: A from 70 %, B 55, C 40, D 20)."""
    grades = [grade_print(seen(printed(), replace(NEAR, contrast=share))) for share in (1.0, 0.3, 0.2, 0.12)]
    assert [grade.points for grade in grades] == sorted((grade.points for grade in grades), reverse=True)
    assert grades[0].letter == "A"
    assert grades[-1].letter in ("C", "D", "F")
    assert grades[-1].worst in ("contrast", "darkness")
    assert "clean the head" in grades[-1].words


def test_K7_stains_cost_letters_and_are_no_dead_dot():
    """Dirt is somewhere, not on every line."""
    grade = grade_print(photograph(printed(), replace(NEAR, damage=0.02), 5, PIXELS))
    assert grade.points < 4
    assert grade.dead_at is None


def test_K7_what_cannot_be_judged_is_no_good_grade():
    """No code at all, or one so small that the camera would be graded."""
    nothing = grade_print(np.full((100, 100), 200, np.uint8))
    assert (nothing.letter, nothing.found) == ("F", None)
    assert "no Code 128 can be read" in nothing.words
    far = grade_print(seen(printed(), Scene(module_px=0.6)))
    assert far.letter == "F"
    assert "go nearer" in far.words


def profile_of(modules: str, dark: float = 0.05, light: float = 0.85) -> np.ndarray:
    """Return a line's reflectances from ``#`` and ``.``, with its quiet zones."""
    padded = "." * QUIET + modules + "." * QUIET
    return np.repeat([dark if sign == "#" else light for sign in padded], PER_MODULE)


def test_K7_the_parameters_of_a_line_are_those_of_the_standard():
    """Worked by hand: contrast 0.85 - 0.05; modulation: weakest edge / contrast; defects: deepest dip / contrast."""
    perfect = profile_of("##.#.##")
    assert grade_line(perfect, elements=5).points == 4
    weak = perfect.copy()
    weak[(QUIET + 2) * PER_MODULE : (QUIET + 3) * PER_MODULE] = 0.45  # a narrow space that never gets bright
    line = grade_line(weak, elements=5)
    assert (round(line.contrast, 2), round(line.modulation, 2)) == (0.80, 0.50)
    assert (line.points, line.worst) == (2, "modulation")
    spotted = perfect.copy()
    spotted[PER_MODULE : PER_MODULE + 3] = 0.67  # a pale spot in the quiet zone
    line = grade_line(spotted, elements=5)
    assert round(line.defects, 3) == 0.225
    assert (line.points, line.worst) == (2, "defects")
    assert grade_line(perfect, elements=7).points == 0


def test_K7_growth_and_missing_ink_are_measured_in_modules():
    """On lines made of modules, so that the numbers are known."""
    meant = np.array([sign == "#" for sign in "##.#.##..##"])
    assert growth_of([profile_of("##.#.##..##")], meant) == 0
    assert growth_of([profile_of("####.##..##")], meant) == 0.25
    gone = [profile_of("##...##..##")] * 8 + [profile_of("##.#.##..##")] * 2
    assert unprinted_at(gone, meant) == pytest.approx(3.5 / 11)
    assert unprinted_at(gone[1:], meant) is None


def test_K7_read_grade_tells_the_grade_and_draws_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Exit code 1 below B, so that a start-of-day script may ask."""
    Image.fromarray(seen(printed())).save(tmp_path / "good.png")
    Image.fromarray(seen(printed(), replace(NEAR, contrast=0.12))).save(tmp_path / "faded.png")
    assert cli.command([str(tmp_path / "good.png"), "--grade", "--draw", str(tmp_path / "drawn.png")]) == 0
    assert capsys.readouterr().out == "good.png: print quality A (4.0 of 4.0)\n"
    assert (tmp_path / "drawn.png").exists()
    assert cli.command([str(tmp_path / "faded.png"), "--grade", "--json"]) == 1
    assert '"dead_dot_at": null' in capsys.readouterr().out
