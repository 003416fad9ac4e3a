"""A print as pieces of bytes, in whatever language its printer speaks."""

from hardware.printer.language import Document
from hardware.printer.languages import language_of
from hardware.printer.profile import PrinterProfile
from hardware.printer.raster import Raster

__all__ = ["Document", "label_document"]


def label_document(raster: Raster, profile: PrinterProfile) -> Document:
    """Return one label for this printer, in pieces with room between them to notice that it is in trouble."""
    return language_of(profile).label(raster)
