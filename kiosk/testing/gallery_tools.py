"""The pictures of printer, label roll, place of the print, paper lists, contested packages, cleaning and training."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.flow.notes import Note, Why
from kiosk.flow.staff_pages import Listing, ReasonAsked, RegistrationShown, StaffHome
from kiosk.flow.staff_values import Contested, QueuedJob, Rival, Shift
from kiosk.flow.states import Confirming, Labelling, Scanning, State, Stop, Stopped
from kiosk.flow.tool_pages import (
    Calibrating,
    Cleaning,
    ContestedShown,
    PaperRowWanted,
    PaperTime,
    PrinterShown,
    RollChange,
    ToolsShown,
    TrainingAsked,
)
from kiosk.flow.values import LabelState, Level, PaperRow, Printer, Troubles
from kiosk.testing.gallery_values import CARD, ITEM, MARA, PACKAGE, PACKAGE_ID, REGISTRATION, WISH, at, labels

CASHIER = replace(MARA, role="cashier", name="Ben")
INSTALLER = replace(MARA, role="installer", name="Ines")
CONTESTED = Contested(
    claim="0" * 32,
    number="TCN-7Q2M9XKD4",
    item=PACKAGE_ID,
    name="Halide Gold 400",
    age_s=7200.0,
    rivals=(
        Rival(station="st-4f2a91", age_s=7200.0, is_ours=True),
        Rival(station="st-90b1c7", age_s=5400.0, proof="code"),
        Rival(station="", age_s=600.0),
    ),
)
ROW = "TCF-7Q2M9X04D"


def tool_pictures() -> Iterator[tuple[str, State]]:
    """Yield the pictures in the order staff meet them."""
    yield from _roles()
    yield from _printer()
    yield from _queue()
    yield from _paper()
    yield from _film()
    yield from _room()


def _roles() -> Iterator[tuple[str, State]]:
    yield "staff_home_cashier", at(StaffHome(note=Note(why=Why.ROLE)), staff=CASHIER)
    yield "staff_home_installer", at(StaffHome(), staff=INSTALLER)
    yield "tools", at(ToolsShown(), staff=MARA, station={"troubles": Troubles(contested=2)})
    yield "tools_cashier", at(ToolsShown(), staff=CASHIER)
    shown = RegistrationShown(
        registration=replace(REGISTRATION, card=None, level=Level.CONFIRMED),
        labels=labels(LabelState.PRINTED, receipt=LabelState.PRINTED),
    )
    yield "registration_cashier", at(shown, staff=CASHIER)


def _printer() -> Iterator[tuple[str, State]]:
    yield "printer", at(PrinterShown(note=Note(why=Why.TEST_SENT)), staff=MARA)
    yield "printer_paused", at(PrinterShown(), staff=CASHIER, station={"printer": Printer.PAUSED})
    yield "calibrating", at(Calibrating(shift=Shift(right=15, down=-5)), staff=MARA)
    yield "calibrating_reading", at(Calibrating(), staff=MARA)
    paused = {"printer": Printer.PAUSED}
    yield "roll_open", at(RollChange(note=Note(why=Why.PAUSED)), staff=MARA, station=paused)
    yield "roll_load", at(RollChange(step="load"), staff=MARA, station=paused)
    yield "roll_check", at(RollChange(step="check", note=Note(why=Why.TEST_SENT)), staff=MARA, station=paused)
    yield "confirm_paused", at(Confirming(wish=WISH, package=PACKAGE), station=paused)


def _queue() -> Iterator[tuple[str, State]]:
    doubtful = QueuedJob(job=1, kind="roll", state=LabelState.MAYBE, place=1, of=4, registration="TCN-7Q2M9XKD4")
    queue = Listing(what="queue", lines=(doubtful, replace(doubtful, job=2, state=LabelState.DEFERRED)))
    yield "queue_restart", at(replace(queue, note=Note(why=Why.RESTARTED, count=2)), staff=MARA)
    yield "why_restart_waiting", at(ReasonAsked(deed="restart_waiting", under=queue), staff=MARA)
    yield "why_restart_sure", at(ReasonAsked(deed="restart_all", under=queue, reason="paper"), staff=MARA)


def _paper() -> Iterator[tuple[str, State]]:
    yield "paper_row", at(PaperRowWanted(note=Note(why=Why.NO_ROW)), staff=MARA)
    yield "paper_time", at(PaperTime(row=ROW, text="2114"), staff=MARA)
    yield "paper_time_wrong", at(PaperTime(row=ROW, note=Note(why=Why.NO_TIME)), staff=MARA)
    yield "paper_scan", at(Scanning(paper=PaperRow(row=ROW, written="211405")), staff=MARA)
    yield "contested", at(Listing(what="contested", lines=(CONTESTED,)), staff=MARA)
    yield "contested_empty", at(Listing(what="contested", lines=()), staff=MARA)
    yield "contested_one", at(ContestedShown(contested=CONTESTED), staff=MARA)
    yield "contested_bare", at(ContestedShown(contested=replace(CONTESTED, rivals=())), staff=MARA)


def _film() -> Iterator[tuple[str, State]]:
    recalled = replace(PACKAGE, recall="warn", recall_reason="lot 2291: light leak in the cartridge lip")
    expired = replace(PACKAGE, expired_on="2026-06-30")
    yield "scan_recalled", at(Scanning(item=ITEM, package=recalled))
    yield "confirm_recalled_staff", at(Confirming(wish=WISH, package=recalled), staff=MARA)
    yield "confirm_expired", at(Confirming(wish=WISH, package=expired))
    yield "confirm_expired_staff", at(Confirming(wish=WISH, package=expired), staff=MARA)
    yield "stopped_recalled", at(Stopped(stop=Stop.RECALLED, item=ITEM, card=CARD))


def _room() -> Iterator[tuple[str, State]]:
    yield "cleaning", at(Cleaning(until=31.0), staff=MARA)
    yield "training_asked", at(TrainingAsked(), staff=MARA)
    training = replace(at(StaffHome(note=Note(why=Why.TRAINING)), staff=MARA), is_training=True)
    yield "training_home", training
    yield "training_scan", replace(training, page=Scanning())
    done = labels(LabelState.PRINTED, receipt=LabelState.PRINTED)
    yield "training_done", replace(training, page=Labelling(registration=REGISTRATION, labels=done))
