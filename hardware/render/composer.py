"""Everything a station prints, as bytes for its one printer."""

from pathlib import Path

from hardware.printer.document import Document, label_document
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster
from hardware.render.label import LabelRenderer
from hardware.render.receipt import ReceiptComposer
from hardware.render.shift import shifted
from hardware.render.template import Covers
from hardware.render.trial import TrialRenderer
from photocore.label import PackageLabel, Paper, Receipt, RollLabel, TrialLabel


class PrintComposer:
    """Draws labels and composes receipts; the spooler's :class:`hardware.printer.jobs.Composer`."""

    def __init__(self, config: Path, profile: PrinterProfile, *, covers: Covers = "roll_id+code") -> None:
        """Read templates, words and fonts from ``config``; ``covers`` is what the shop's security strip covers.

        Raises:
            ProfileWrong: a file is missing or breaks its form.
        """
        self._profile = profile
        self._labels = LabelRenderer(config, profile, covers=covers)
        self._receipts = ReceiptComposer(config, profile)
        self._trials = TrialRenderer(config, profile)
        self._moved = (0, 0)

    def move(self, right: int, down: int) -> None:
        """Print labels from now on so many tenths of a millimetre to the right, and down. For any thread."""
        self._moved = (right, down)

    def compose(self, printable: Paper) -> Document:
        """Return the document for this printer.

        Raises:
            LabelUndrawable: a code does not fit this paper, or does not read.
            CodeError: an ID or code is none.
        """
        if isinstance(printable, Receipt):
            return self._receipts.compose(printable)
        if isinstance(printable, TrialLabel):
            right, down = self._moved
            right = right if printable.right is None else printable.right
            down = down if printable.down is None else printable.down
            return self._moved_document(self._trials.render(printable), right, down)
        return self._moved_document(self._labels.render(printable).raster, *self._moved)

    def _moved_document(self, raster: Raster, right: int, down: int) -> Document:
        dots = self._profile.dots_per_mm / 10
        return label_document(shifted(raster, round(right * dots), round(down * dots)), self._profile)

    def label_mm(self, label: RollLabel | PackageLabel) -> float:
        """Return the paper a label takes, to the cut.

        Raises:
            ProfileWrong: no label of this kind fits the printer.
        """
        return self._labels.height_mm(label) + self._profile.cutter_gap_mm
