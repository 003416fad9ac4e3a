"""An ESC/POS print: a label or a receipt in bands, with room between them to notice that the printer is in trouble."""

from collections.abc import Iterator

from hardware.printer import escpos
from hardware.printer.language import Document
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster, WhiteRows, in_bands


def prologue(profile: PrinterProfile) -> bytes:
    """Return what puts any printer into a known state, whatever the last job left behind."""
    units = escpos.motion_units(profile.dpi // profile.feed_dots) if profile.feed_dots else b""
    reports = escpos.report_changes(0xFF) if profile.supports.asb else b""
    return escpos.initialise() + units + reports


def raster_pieces(raster: Raster, profile: PrinterProfile) -> Iterator[bytes]:
    """Return a raster in bands; white rows are fed where the printer feeds in dots."""
    for band in in_bands(raster, profile.band_rows, feed_white=profile.feed_dots > 0):
        yield _white(band.count, raster.width, profile) if isinstance(band, WhiteRows) else escpos.print_raster(band)


def ending(profile: PrinterProfile) -> bytes:
    """Return what hands the paper out: a cut, or the label brought to the peeler, or to where it is cut or torn."""
    if profile.media != "continuous" and profile.supports.peel:
        return escpos.label_feed(escpos.LABEL_TO_PEEL)
    if profile.media != "continuous":
        to_cutter = escpos.label_feed(escpos.LABEL_TO_CUTTER)
        has_cutter = profile.supports.cutter != "none"
        return to_cutter + (escpos.cut_here(full=profile.supports.cutter == "full") if has_cutter else b"")
    if profile.supports.cutter == "none":
        return escpos.feed(255)
    return escpos.cut(full=profile.supports.cutter == "full")


def label_document(raster: Raster, profile: PrinterProfile) -> Document:
    """Return one label: known state, its bands, and its end."""
    start = escpos.label_feed(escpos.LABEL_TO_PRINT) if profile.media != "continuous" else b""
    return (prologue(profile) + start, *raster_pieces(raster, profile), ending(profile))


def discard_document(profile: PrinterProfile) -> bytes:
    """Return what brings a spoilt piece out, so that the next print stands on paper of its own."""
    return prologue(profile) + ending(profile)


def _white(rows: int, width: int, profile: PrinterProfile) -> bytes:
    units, rest = divmod(rows, profile.feed_dots)
    left = Raster(width=width, height=rest, rows=bytes(rest * width // 8)) if rest else None
    return escpos.feed(units) + (escpos.print_raster(left) if left else b"")
