"""Everything a station prints, as bytes for its one printer."""

from pathlib import Path

from hardware.printer.document import Document, label_document
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster
from hardware.render.label import LabelRenderer
from hardware.render.receipt import ReceiptComposer
from hardware.render.shift import shifted
from hardware.render.template import Covers, Seal
from photocore.label import ClaimStub, Label, Paper, Receipt, TrialLabel


class PrintComposer:
    """Draws labels and composes receipts; the spooler's :class:`hardware.printer.jobs.Composer`."""

    def __init__(
        self,
        config: Path,
        profile: PrinterProfile,
        *,
        covers: Covers = "roll_id+code",
        seal: Seal = "strip",
        stock: tuple[str, ...] = (),
        offset_mm: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Read templates, words and fonts from ``config``.

        ``covers``, ``seal`` and ``stock`` are the shop's label stock (:class:`hardware.render.label.LabelRenderer`).
        ``offset_mm`` is how far to the right, and down, this one printer's head stands off, as the device book says.

        Raises:
            ProfileWrong: a file is missing or breaks its form, or the printer cannot print that stock.
        """
        self._profile = profile
        self._labels = LabelRenderer(config, profile, covers=covers, seal=seal, stock=stock)
        self._receipts = ReceiptComposer(config, profile)
        self._offset_mm = offset_mm
        self._moved = (0, 0)

    def move(self, right: int, down: int) -> None:
        """Print labels from now on so many tenths of a millimetre to the right, and down, of the device book's place.

        For any thread.
        """
        self._moved = (right, down)

    def compose(self, printable: Paper) -> Document:
        """Return the document for this printer.

        Raises:
            LabelUndrawable: a code does not fit this paper, or does not read.
            CodeError: an ID or code is none.
        """
        if isinstance(printable, Receipt | ClaimStub):
            return self._receipts.compose(printable)
        right, down = self._moved
        if isinstance(printable, TrialLabel):
            right = right if printable.right is None else printable.right
            down = down if printable.down is None else printable.down
        return self._moved_document(self._labels.render(printable).raster, right / 10, down / 10)

    def _moved_document(self, raster: Raster, right_mm: float, down_mm: float) -> Document:
        right, down = (
            round((moved + offset) * self._profile.dots_per_mm)
            for moved, offset in zip((right_mm, down_mm), self._offset_mm, strict=True)
        )
        return label_document(shifted(raster, right, down), self._profile)

    def label_mm(self, label: Label) -> float:
        """Return the paper a label takes, to the cut.

        Raises:
            ProfileWrong: no label of this kind fits the printer.
        """
        return self._labels.height_mm(label) + self._profile.cutter_gap_mm
