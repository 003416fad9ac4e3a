"""What the worker asks of desk and printer for the pages of printer, queue and contested packages.

A deed is done first and written after, or the other way round, whichever leaves the truth if the kiosk dies between:
a pause that was never written stops nothing after a restart; a test label that nobody wrote down is on paper and void
of meaning; a position that was not kept is not used.
"""

from dataclasses import dataclass
from typing import Any

from kiosk.flow import staff_events as told
from kiosk.flow import tool_effects as ask
from kiosk.flow.effects import Asked
from kiosk.flow.events import Answer
from kiosk.flow.staff_values import Contested, Rival, Shift
from kiosk.ports import Desk
from kiosk.staff_answers import age_of
from kiosk.staff_ports import CounterPrinter
from photocore.seams import Clock
from sync.errors import DeskReason, DeskRefusal
from sync.views import ContestedView


@dataclass(frozen=True, kw_only=True)
class ToolWork:
    """Carries out what the tools' pages ask. May raise what the desk raises; the worker answers for that."""

    desk: Desk
    clock: Clock
    printer: CounterPrinter | None = None
    station: str = ""

    def carry_out(self, effect: Asked) -> Answer | None:
        """Do ``effect`` and return its answer; None when it is none of ours."""
        facts: dict[str, Any] = {"at": self.clock.monotonic(), "about": effect}
        match effect:
            case ask.ReadContested():
                views = self.desk.contested()
                return told.ContestedRead(**facts, contested=tuple(self._contested(view) for view in views))
            case ask.ReadShift():
                return told.ShiftRead(**facts, shift=self._shift())
            case ask.RestartQueue():
                count = self.desk.restart_queue(with_doubtful=effect.is_all, staff=effect.staff, reason=effect.reason)
                return told.DeedDone(**facts, printed=count)
            case ask.PrintTrial() | ask.PausePrinting() | ask.NoteRollChanged() | ask.KeepShift():
                self._at_printer(effect)
                return told.DeedDone(**facts)
            case _:
                return None

    def _at_printer(self, effect: ask.PrintTrial | ask.PausePrinting | ask.NoteRollChanged | ask.KeepShift) -> None:
        printer, desk, staff = self._printer(), self.desk, effect.staff
        match effect:
            case ask.PrintTrial(what=what, shift=shift):
                desk.note_act("test_printed", staff=staff, reason=what)
                printer.print_trial(shift or self._shift(), ruler=what == "calibration", is_tried=shift is not None)
            case ask.PausePrinting(is_paused=is_paused):
                if is_paused:
                    printer.pause(is_paused=True)
                desk.note_act("printing_paused" if is_paused else "printing_resumed", staff=staff)
                printer.pause(is_paused=is_paused)
            case ask.NoteRollChanged():
                desk.note_act("label_roll_changed", staff=staff)
                printer.pause(is_paused=False)
            case ask.KeepShift(shift=shift):
                desk.keep_printer_note(printer.name, write_shift(shift), staff=staff)
                printer.move(shift)

    def _printer(self) -> CounterPrinter:
        if self.printer is None:
            raise DeskRefusal(DeskReason.NO_PRINTER)
        return self.printer

    def _shift(self) -> Shift:
        return read_shift(self.desk.printer_note(self.printer.name)) if self.printer else Shift()

    def _contested(self, view: ContestedView) -> Contested:
        now = self.clock.now()
        package = self.desk.look_up(view.package or view.item)
        return Contested(
            claim=view.claim,
            number=view.number,
            item=view.package or view.item,
            name=package.product.name if package.product else "",
            age_s=age_of(view.made_at, now),
            rivals=tuple(
                Rival(
                    station=one.station,
                    age_s=age_of(one.at or "", now),
                    proof=one.proof,
                    is_ours=bool(self.station) and one.station == self.station,
                )
                for one in view.evidence
            ),
        )


def write_shift(shift: Shift) -> str:
    """Return a shift as it is kept: two whole numbers, tenths of a millimetre."""
    return f"{shift.right} {shift.down}"


def read_shift(kept: str) -> Shift:
    """Return the shift that was kept; none where nothing was."""
    right, _, down = kept.partition(" ")
    return Shift(right=int(right), down=int(down)) if kept else Shift()
