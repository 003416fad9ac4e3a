"""Every printer profile, whatever its language, keeps the same promises to its virtual printer.

The virtual printers are written from the makers' manuals, so a profile that says what such a printer does not
understand fails here. In the night each is tried on a pty and on TCP.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from hardware.printer.document import label_document
from hardware.printer.languages import language_of
from hardware.printer.profile import load_profile, profile_names
from hardware.render.label import LabelRenderer
from hardware.render.symbols import read_back
from hardware.testing_counter import PATIENT_S, PrintingCounter
from hardware.transport import open_port
from hardware.virtual.printer_line import PtyLine, TcpLine
from hardware.virtual.printer_making import make_printer
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config

CONFIG = locate_config()
LABEL = RollLabel(roll=ItemId("(01)09501101530003(21)7H3K9QX2MV"), number=1, of=1, copy="K3M9QX", product="Portra 400")
NAMES = profile_names(CONFIG)
LINES = ("pty", "tcp")
QUICK = [name for name in NAMES if name.startswith("virtual") or load_profile(CONFIG, name).language == "escpos"]
"""What is tried at every check: all of ESC/POS, and of the other languages one profile of each way to hand out."""

TURNS = [(name, LINES[at % 2]) for at, name in enumerate(QUICK)]
OTHER_TURNS = [(name, line) for name in NAMES for line in LINES if (name, line) not in TURNS]
ANSWER_WAIT_S = 1.0
WORD = {"echo": "process id", "count": ("odometer", "label waiting"), "nothing": ()}


def conforms(name: str, line: str, folder: Path, eventually: Callable[..., None]) -> None:
    """Print, lose the line, print again: one whole label each time, proven as far as the profile says it can."""
    profile = load_profile(CONFIG, name)
    proves_by = language_of(profile).proves_by
    changes = {} if proves_by != "nothing" else {"label_proof_s": 0.3}
    profile = msgspec.structs.replace(profile, **changes)
    made = make_printer(profile, PtyLine(folder / "printer0") if line == "pty" else TcpLine(), CONFIG / "fonts")
    with PrintingCounter(made, profile, answer_wait_s=ANSWER_WAIT_S) as at:
        eventually(lambda: at.session.openings == 1, within=PATIENT_S)
        made.unplug()
        eventually(lambda: at.spooler.status() == "offline", within=PATIENT_S)
        at.print(1)
        made.plug()
        good = "maybe" if proves_by == "nothing" else "printed"
        assert at.settle(eventually) == good, at.queue.history
        eventually(lambda: at.papers == {"AAAAA1": 1}, within=PATIENT_S)
        if proves_by != "nothing":
            at.print(2)
            assert at.settle(eventually) == "printed", at.queue.history
            eventually(lambda: at.papers == {"AAAAA1": 1, "AAAAA2": 1}, within=PATIENT_S)
            assert at.queue.history[-1][2].startswith(WORD[proves_by])
        at.judge()
        assert [said for said in made.unknown if said.strip(b"\xff")] == []  # white, to end a command half said


@pytest.mark.parametrize(("name", "line"), TURNS)
def test_K3_every_profile_keeps_its_promises(
    name: str, line: str, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    """Each profile over a pty or TCP."""
    conforms(name, line, tmp_path, eventually)


@pytest.mark.nightly
@pytest.mark.parametrize(("name", "line"), OTHER_TURNS)
def test_K3_every_profile_keeps_its_promises_on_the_other_line(
    name: str, line: str, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    """And over the other one."""
    conforms(name, line, tmp_path, eventually)


@pytest.mark.parametrize(
    "name", ["virtual-zpl", "virtual-zpl-peel", "zebra-zt411-300dpi", "virtual-tspl-peel", "tsc-tx310-300dpi-cut"]
)
def test_K3_a_real_label_comes_out_as_it_was_drawn(name: str, eventually: Callable[..., None]) -> None:
    """A composed roll label through language, line and printer: the dots that were drawn, and its codes read back."""
    profile = load_profile(CONFIG, name)
    drawn = LabelRenderer(CONFIG, profile).render(LABEL)
    with make_printer(profile, TcpLine(), CONFIG / "fonts") as printer:
        port = open_port(printer.url)
        for part in label_document(drawn.raster, profile):
            port.write(part)
        eventually(lambda: printer.labels is not None and printer.labels.printed == 1, within=PATIENT_S)
        if printer.labels is not None and profile.supports.peel:
            printer.labels.take()
        port.close()
        paper = printer.pieces[0]
        margin = profile.margin_dots
        width = min(profile.print_width_dots, drawn.raster.width)
        printed = paper.rows[: drawn.raster.height, margin : margin + width]
        wanted = np.unpackbits(np.frombuffer(drawn.raster.rows, np.uint8).reshape(drawn.raster.height, -1), axis=1)
        assert np.array_equal(printed, wanted[:, :width])
        assert not paper.rows[drawn.raster.height :].any()
        assert printer.unknown == ()
        codes = {text for _, text in read_back(paper.cropped())}
        assert any("7H3K9QX2MV" in text for text in codes), codes
