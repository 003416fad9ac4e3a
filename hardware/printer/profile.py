"""What one printer model can do, as data: config/devices/printers/*.toml.

Model differences are never code (STYLE 7). Everything is laid out in dots from here: a "203 dpi" head is 8 dots a
millimetre, an 80 mm printer prints 576 of them or 512 (research/hardware.md 0, finding 10).
"""

import codecs
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from hardware.profile_files import load_named, names_in
from hardware.profile_parts import Line, Standing

FOLDER = Path("devices", "printers")
INCH_MM = 25.4

Rung = Literal["process_id", "odometer", "label_waiting", "scan_back"]

SPEAKS: Final[dict[str, tuple[tuple[Rung, ...], tuple[str, ...]]]] = {
    "escpos": (("process_id",), ("GS v 0",)),
    "zpl": (("odometer", "label_waiting"), ("^GF Z64", "^GF hex")),
    "tspl": (("label_waiting",), ("BITMAP",)),
}
"""What each language can prove a label by, and how it takes a picture."""


class Supports(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model's manual promises; a probe may still find less.

    ``status`` answers to questions; ``cutter`` and ``peel`` are how a print is handed out. Of ESC/POS: ``asb``
    automatic reports; ``process_id`` proof of print by ``GS ( H``: ``probe`` asks the printer once, since clones
    differ; ``motion_units`` takes ``GS P``; ``label_position`` answers ``FS ( L`` fn 48.
    """

    status: bool = True
    asb: bool = True
    process_id: Literal["probe", "no"] = "probe"
    motion_units: bool = True
    cutter: Literal["none", "partial", "full"] = "partial"
    peel: bool = False
    label_position: bool = False


class Quality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Dots a module of a code gets, and where grey becomes black: the head's sharpness in numbers.

    Whole dots only, or bars come out uneven. 2 dots at 203 dpi are 0.25 mm, the least GS1 allows a linear
    code (GS1 General Specifications 5.12). ``matrix_least_dots`` is what still reads after one dot of ink spread.
    """

    linear_dots: Annotated[int, msgspec.Meta(ge=1, le=12)]
    matrix_dots: Annotated[int, msgspec.Meta(ge=2, le=24)]
    matrix_least_dots: Annotated[int, msgspec.Meta(ge=2, le=24)]
    black_below: Annotated[int, msgspec.Meta(ge=1, le=255)] = 150


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far this profile is to be trusted, point by point: ``done``, or ``exempt: why``, or ``todo: why``.

    ``confirms`` that "printed" is the printer's own word; ``never_twice`` that no fault makes a second label that
    counts. What only a real printer can show is ``tried_on_real_hardware``.
    """

    reconnects: Standing
    confirms: Standing
    never_twice: Standing
    golden_bytes: Standing
    faults_tested: Standing
    tried_on_real_hardware: Standing


class PrinterProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model, or a class of models that behave alike.

    ``source`` names the manual, ``setup`` what an installer sets at the printer, ``line`` what it is set to on RS-232.
    ``confirms_by`` is the ladder of proof, the best first: ``process_id`` (ESC/POS sends our own id back),
    ``odometer`` (ZPL counts its labels), ``label_waiting`` (the sensor at the peel bar), and always last ``scan_back``
    (a person holds the fresh label under the scanner). ``band_rows`` rows are sent at a time. ``raster`` is the command
    that carries the picture. ``media``: ``continuous`` paper is cut or torn, ``die_cut`` and ``black_mark`` labels are
    fed.
    ``near_end_mm`` is the paper left when the near-end sensor speaks, as measured on this printer with this roll core:
    then a set longer than that is not begun. Absent, the sensor is a notice only.
    ``escpos_profile`` names the model in python-escpos, which composes receipts; ``codepage`` is Python's name.
    """

    name: str
    models: tuple[str, ...]
    dpi: Annotated[int, msgspec.Meta(ge=100, le=1200)]
    print_width_dots: Annotated[int, msgspec.Meta(ge=192, le=4096, multiple_of=8)]
    paper_width_mm: Annotated[float, msgspec.Meta(gt=20, le=250)]
    source: str
    supports: Supports
    quality: Quality
    scale: Scale
    setup: tuple[str, ...] = ()
    line: Line = msgspec.field(default_factory=Line)
    language: Literal["escpos", "zpl", "tspl"] = "escpos"
    raster: Literal["GS v 0", "^GF Z64", "^GF hex", "BITMAP"] = "GS v 0"
    band_rows: Annotated[int, msgspec.Meta(ge=24, le=256)] = 128
    media: Literal["continuous", "die_cut", "black_mark"] = "continuous"
    confirms_by: tuple[Rung, ...] = ("process_id", "scan_back")
    escpos_profile: str = "default"
    codepage: str = "cp858"
    columns: Annotated[int, msgspec.Meta(ge=24, le=96)] = 48
    cutter_gap_mm: Annotated[float, msgspec.Meta(ge=0, le=60)] = 12
    label_proof_s: Annotated[float, msgspec.Meta(gt=0, le=600)] = 20
    near_end_mm: Annotated[float, msgspec.Meta(ge=0, le=20_000)] | None = None

    def __post_init__(self) -> None:
        """Refuse a profile that contradicts itself.

        Raises:
            ValueError: the head is wider than the paper, or another field cannot be true.
        """
        if self.print_width_mm > self.paper_width_mm + 0.1:
            raise ValueError(f"prints {self.print_width_mm:.1f} mm on {self.paper_width_mm} mm paper")
        if self.quality.matrix_least_dots > self.quality.matrix_dots:
            raise ValueError("quality.matrix_least_dots is more than quality.matrix_dots")
        self._check_language()
        if self.confirms_by[-1:] != ("scan_back",):
            raise ValueError('confirms_by must end in "scan_back": a person can always look')
        try:
            codecs.lookup(self.codepage)
        except LookupError as cause:
            raise ValueError(f"codepage {self.codepage} is unknown") from cause

    def _check_language(self) -> None:
        rungs, rasters = SPEAKS[self.language]
        if self.raster not in rasters:
            raise ValueError(f"a {self.language} printer's raster is one of {', '.join(rasters)}")
        if not set(self.confirms_by) <= {*rungs, "scan_back"}:
            raise ValueError(f"a {self.language} printer confirms by {', '.join(rungs)} or scan_back")
        if self.language != "escpos" and len(self.confirms_by) > 1 and not self.supports.status:
            raise ValueError("a printer that is asked for its count must answer questions: supports.status")
        if "label_waiting" in self.confirms_by and not self.supports.peel:
            raise ValueError("label_waiting needs supports.peel")

    @property
    def may_prove(self) -> bool:
        """Say whether this model may prove its prints; then it is asked once a line."""
        return len(self.confirms_by) > 1 and self.supports.process_id == "probe"

    @property
    def dots_per_mm(self) -> float:
        """Dots a millimetre; exactly 8 for what is sold as 203 dpi."""
        return 8.0 if self.dpi == 203 else self.dpi / INCH_MM

    @property
    def print_width_mm(self) -> float:
        """How wide the head prints."""
        return self.print_width_dots / self.dots_per_mm

    @property
    def margin_dots(self) -> int:
        """White paper the head cannot reach, each side: it counts as quiet zone."""
        return max(0, round((self.paper_width_mm - self.print_width_mm) / 2 * self.dots_per_mm))

    @property
    def feed_dots(self) -> int:
        """Dots one motion unit feeds after ``GS P``; 0 where white rows must be sent."""
        if not self.supports.motion_units:
            return 0
        return -(-self.dpi // 255)

    def dots(self, mm: float) -> int:
        """Millimetres in whole dots."""
        return round(mm * self.dots_per_mm)


def one_way(profile: PrinterProfile) -> PrinterProfile:
    """Return the same printer behind a line on which nothing comes back: it is asked nothing, and proves nothing."""
    supports = msgspec.structs.replace(profile.supports, status=False, asb=False, process_id="no", label_position=False)
    return msgspec.structs.replace(profile, supports=supports, confirms_by=("scan_back",))


def load_profile(config: Path, name: str) -> PrinterProfile:
    """Read ``config/devices/printers/<name>.toml``.

    Raises:
        ProfileWrong: there is no such file, or it says something a printer cannot be.
    """
    return load_named(config, FOLDER, name, PrinterProfile, what="printer profile")


def profile_names(config: Path) -> tuple[str, ...]:
    """Return the names of all printer profiles, sorted."""
    return names_in(config, FOLDER)
