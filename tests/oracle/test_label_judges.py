"""Labels as two renderers see them that we did not write: npos for ESC/POS, zpl-renderer-js (zebrash) for ZPL.

Each template, at 203 and 300 dpi, goes out as the bytes of its printer's language and must come back dot for dot; what
is read off their pictures is what the label says. (npos decodes ``GS v 0`` and knows no feeds, so white rows are sent
to it; no such judge was found for TSPL, nor for text in a printer's own letters: research/hardware.md 3.)
"""

import base64
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from hardware.printer import zpl
from hardware.printer.document import label_document
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.render.label import DrawnLabel, LabelRenderer
from hardware.render.proof import on_paper
from hardware.render.samples import sample_label
from hardware.render.symbols import count_back
from hardware.render.template import LabelTemplate, widest
from photocore.settings import locate_config

pytestmark = pytest.mark.oracle

Ask = Callable[[DrawnLabel, str], dict[str, object]]

HERE = Path(__file__).parent
CONFIG = locate_config()
HEADS = {"203 dpi": ("virtual-80mm", 8), "300 dpi": ("virtual-80mm-300dpi", 12), "58 mm": ("generic-58mm", 8)}
"""A printer's profile, and the dots a millimetre that the ZPL renderer lays paper out in."""


def ask_judges(questions: list[dict[str, object]]) -> list[Image.Image]:
    """Have the labels drawn in one node process; any error of a renderer fails the test."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    if node is None or not (HERE / "node_modules" / "zpl-renderer-js").is_dir():
        pytest.skip("no node or no tests/oracle/node_modules: run `npm ci --ignore-scripts` in tests/oracle")
    answer = subprocess.run(
        [node, "label_judge.js"],
        cwd=HERE,
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    drawn = json.loads(answer.stdout)
    assert [each["error"] for each in drawn if "error" in each] == []
    return [Image.open(io.BytesIO(base64.b64decode(each["picture"]))).convert("L") for each in drawn]


def all_rows(profile: PrinterProfile) -> PrinterProfile:
    """The same printer, to which white rows are sent."""
    return msgspec.structs.replace(profile, supports=msgspec.structs.replace(profile.supports, motion_units=False))


@lru_cache
def renderer(head: str) -> LabelRenderer:
    return LabelRenderer(CONFIG, all_rows(load_profile(CONFIG, HEADS[head][0])))


def templates(head: str) -> tuple[LabelTemplate, ...]:
    painter = renderer(head)
    return widest(painter.templates, painter._profile.print_width_mm)


def as_escpos(drawn: DrawnLabel, head: str) -> dict[str, object]:
    document = b"".join(label_document(drawn.raster, renderer(head)._profile))
    return {"escpos": base64.b64encode(document).decode("ascii")}


def as_zpl(drawn: DrawnLabel, head: str, *, is_compressed: bool = True) -> dict[str, object]:
    raster, dpmm = drawn.raster, HEADS[head][1]
    begun = zpl.begin(width_dots=raster.width, height_dots=raster.height, mode="P", tracking="Y")
    document = begun + zpl.picture(raster, is_compressed=is_compressed) + zpl.end()
    return {
        "zpl": document.decode("ascii"),
        "width_mm": raster.width / dpmm,
        "height_mm": raster.height / dpmm,
        "dpmm": dpmm,
    }


def dots_of(drawn: DrawnLabel) -> np.ndarray:
    rows = np.frombuffer(drawn.raster.rows, dtype=np.uint8).reshape(drawn.raster.height, -1)
    return np.unpackbits(rows, axis=1).astype(bool)


def judge(*sittings: tuple[str, Ask], language: str = "en") -> None:
    """Have every template of each head drawn, and hold the pictures to our dots and to what the label says."""
    labels = [
        (painter, painter.draw(sample_label(template, language), template), head, ask)
        for head, ask in sittings
        for painter in [renderer(head)]
        for template in templates(head)
    ]
    assert len(labels) >= 14 * len(sittings)
    pictures = ask_judges([ask(drawn, head) for _, drawn, head, ask in labels])
    for (painter, drawn, head, _), picture in zip(labels, pictures, strict=True):
        expected = count_back(on_paper(drawn.picture, painter._profile))
        assert np.array_equal(np.asarray(picture) < 128, dots_of(drawn)), (head, drawn.template)
        assert count_back(on_paper(picture, painter._profile)) == expected, (head, drawn.template)


def test_O17_each_template_is_drawn_dot_for_dot_by_a_renderer_we_did_not_write() -> None:
    """At 203 dpi as ZPL, at 300 dpi as ESC/POS; at night each as both."""
    judge(("203 dpi", as_zpl), ("300 dpi", as_escpos))


@pytest.mark.nightly
@pytest.mark.parametrize("language", ["en", "de", "ar", "he", "hi", "zh", "ja"])
@pytest.mark.parametrize("head", list(HEADS))
def test_O17_each_template_in_both_languages_of_printers_and_every_script(head: str, language: str) -> None:
    """Every head, in every script that the kiosk speaks."""
    judge((head, as_zpl), (head, as_escpos), language=language)


@pytest.mark.nightly
def test_K3_the_older_hexadecimal_picture_is_drawn_alike() -> None:
    """For printers whose firmware knows no Z64."""
    painter = renderer("203 dpi")
    (template,) = (each for each in templates("203 dpi") if each.name == "roll-72mm")
    drawn = painter.draw(sample_label(template), template)
    (seen,) = ask_judges([as_zpl(drawn, "203 dpi", is_compressed=False)])
    assert np.array_equal(np.asarray(seen) < 128, dots_of(drawn))
