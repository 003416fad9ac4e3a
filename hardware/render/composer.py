"""Everything a station prints, as bytes for its one printer."""

from pathlib import Path

from hardware.printer.document import Document, label_document
from hardware.printer.profile import PrinterProfile
from hardware.render.label import LabelRenderer
from hardware.render.receipt import ReceiptComposer
from hardware.render.template import Covers
from photocore.label import PackageLabel, Printable, Receipt, RollLabel


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

    def compose(self, printable: Printable) -> Document:
        """Return the document for this printer.

        Raises:
            LabelUndrawable: a code does not fit this paper, or does not read.
            CodeError: an ID or code is none.
        """
        if isinstance(printable, Receipt):
            return self._receipts.compose(printable)
        return label_document(self._labels.render(printable).raster, self._profile)

    def label_mm(self, label: RollLabel | PackageLabel) -> float:
        """Return the paper a label takes, to the cut.

        Raises:
            ProfileWrong: no label of this kind fits the printer.
        """
        return self._labels.height_mm(label) + self._profile.cutter_gap_mm
