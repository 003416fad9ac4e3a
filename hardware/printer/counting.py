"""What the languages of printers that count have in common: such a printer is asked, and echoes nothing.

ZPL and TSPL fill in the rest (:mod:`.zpl_language`, :mod:`.tspl_language`); what a count proves is in :mod:`.proofs`.
"""

from dataclasses import dataclass

from hardware.printer.language import ProvesBy
from hardware.printer.profile import PrinterProfile


@dataclass(frozen=True)
class CountingLanguage:
    """The part of a :class:`hardware.printer.language.PrinterLanguage` that all printers that count share."""

    profile: PrinterProfile

    @property
    def proves_by(self) -> ProvesBy:
        """Return "count", unless this profile has nothing but a person's eye."""
        return "count" if self.profile.may_prove else "nothing"

    @property
    def tells_changes(self) -> bool:
        """Say that it has to be asked."""
        return False

    @property
    def may_clear(self) -> bool:
        """Say that its command to drop everything is ink to nobody."""
        return True

    @property
    def says_cleared(self) -> bool:
        """Say that it has to be asked whether it is empty."""
        return False

    def greeting(self) -> tuple[bytes, ...]:
        """Say nothing: there is nothing to switch on."""
        return ()

    def ask_proof(self, process_id: str) -> bytes:
        """Return nothing: it echoes no id."""
        del process_id
        return b""
