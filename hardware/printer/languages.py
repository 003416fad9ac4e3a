"""Which language a profile speaks."""

from hardware.printer.escpos_language import Escpos
from hardware.printer.language import PrinterLanguage
from hardware.printer.profile import PrinterProfile
from hardware.printer.tspl_language import Tspl
from hardware.printer.zpl_language import Zpl


def language_of(profile: PrinterProfile) -> PrinterLanguage:
    """Return the profile's language, as that model speaks it."""
    if profile.language == "zpl":
        return Zpl(profile)
    if profile.language == "tspl":
        return Tspl(profile)
    return Escpos(profile)
