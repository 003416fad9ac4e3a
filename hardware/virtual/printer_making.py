"""From a printer's profile to a virtual printer that is one of that kind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.printer.profile import PrinterProfile
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_escpos import escpos_tongue
from hardware.virtual.printer_line import PrinterLine
from hardware.virtual.printer_stock import Stock
from hardware.virtual.printer_tongue import Body, Tongue
from hardware.virtual.printer_tspl import TsplTongue
from hardware.virtual.printer_zpl import ZplTongue


def make_printer(
    profile: PrinterProfile,
    line: PrinterLine,
    fonts: Path,
    *,
    proves: bool = True,
    stock: Stock | None = None,
    **wishes: Any,  # noqa: ANN401  what VirtualPrinter takes, checked there
) -> VirtualPrinter:
    """Return a virtual printer with this profile's head, paper and language; it is not switched on yet.

    ``proves`` is whether it has what proves a print in its language; ``stock`` is what a label printer is loaded with
    (continuous paper where the profile says so, else endless labels of 50 mm).
    """
    return VirtualPrinter(
        line,
        fonts,
        width_dots=profile.print_width_dots,
        margin_dots=profile.margin_dots,
        dpi=profile.dpi,
        tongue=tongue_for(profile, fonts, proves=proves, stock=stock),
        **wishes,
    )


def tongue_for(
    profile: PrinterProfile, fonts: Path, *, proves: bool = True, stock: Stock | None = None
) -> Callable[[Body], Tongue]:
    """Return what makes the tongue of such a printer."""
    width, dpi = profile.print_width_dots, profile.dpi
    loaded = stock or Stock(label_rows=None if profile.media == "continuous" else profile.dots(50))
    language = str(profile.language)
    if language == "zpl":
        return lambda body: ZplTongue(body, width=width, stock=loaded, counts=proves)
    if language == "tspl":
        return lambda body: TsplTongue(body, width=width, dpi=dpi, stock=loaded, peels=proves)
    return escpos_tongue(width=width, dpi=dpi, fonts=fonts, process_ids=proves)
