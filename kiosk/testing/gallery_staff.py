"""The pictures of staff at the kiosk, and of the choice of language: full, empty, long, wrong and locked."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.flow.access import Access
from kiosk.flow.make_up_pages import Presale
from kiosk.flow.notes import Note, Why
from kiosk.flow.staff_effects import ReadDevices, VoidRegistration
from kiosk.flow.staff_pages import (
    DevicesShown,
    JobShown,
    Listing,
    MadeUpWanted,
    NewDeviceAsked,
    ParkedShown,
    PinPad,
    ReasonAsked,
    RegistrationShown,
    StaffHome,
    StaffTrouble,
    StaffWaiting,
)
from kiosk.flow.staff_values import (
    AidsSeen,
    Devices,
    NewDevice,
    PanelSeen,
    Parked,
    Place,
    PrinterSeen,
    QueuedJob,
    Recent,
    ScannerSeen,
)
from kiosk.flow.states import Attract, Cause, Confirming, Scanning, State, Typing
from kiosk.flow.values import Card, LabelState, Level, Light, Printer, Troubles
from kiosk.testing.gallery_making_up import made_up, shelf_labels
from kiosk.testing.gallery_values import (
    BADGE,
    CARD,
    ITEM,
    MARA,
    OFFLINE,
    PACKAGE,
    PACKAGE_ID,
    REGISTRATION,
    WISH,
    at,
    labels,
)

FINE = Devices(
    scanners=(ScannerSeen(name="Counter scanner", is_there=True, good_s=25.0),),
    printers=(PrinterSeen(name="Label printer", printer=Printer.READY, good_s=180.0),),
    panels=(PanelSeen(name="ELO Touch 2402L", is_there=True),),
    aids=AidsSeen(are_there=True),
    is_online=True,
    ack_s=40.0,
)
NEW = NewDevice(name="counter-left-scanner", title="Zebra DS2208", node="/dev/ttyACM1")
SEVERAL = replace(
    FINE,
    scanners=(
        ScannerSeen(name="counter-left-scanner", is_there=False, good_s=310.0, outages=1, place=Place(new=NEW)),
        ScannerSeen(
            name="counter-right-scanner",
            is_there=True,
            good_s=25.0,
            outages=3,
            lost=12,
            place=Place(swapped_with="hand-scanner"),
        ),
        ScannerSeen(name="hand-scanner", is_there=False, place=Place(is_unclear=True)),
        ScannerSeen(name="desk-scanner", is_there=True, is_doubted=True),
    ),
)
LONG_NAME = replace(MARA, name="Maximiliane von Hohenlohe-Langenburg")
PIN = PinPad(badge=BADGE, under=Scanning())
REGISTERED = RegistrationShown(
    registration=replace(REGISTRATION, card=None, level=Level.CONFIRMED),
    labels=labels(LabelState.PRINTED, receipt=LabelState.PRINTED),
    age_s=3 * 3600.0,
)
LOST = Parked(
    id="2" * 32,
    kind="PackageClaimed",
    cause="sealed",
    reason="the sealed part does not open",
    item=PACKAGE_ID,
    number="TCN-7Q2M9XKD4",
    needs_rescan=True,
    age_s=26 * 3600.0,
)
LABELS_LOST = replace(LOST, kind="CopiesIssued", cause="chain", needs_rescan=False, can_resend=True)


def staff_pictures() -> Iterator[tuple[str, State]]:
    """Yield the pictures in the order people meet them."""
    yield from _signing_in()
    yield from _home()
    yield from _lists()
    yield from _one_of_each()
    yield from _deeds()
    yield from _languages()


def _signing_in() -> Iterator[tuple[str, State]]:
    yield "pin", at(PIN)
    yield "pin_typed", at(replace(PIN, text="271828"))
    yield "pin_wrong", at(replace(PIN, refused="wrong"))
    yield "pin_locked", at(replace(PIN, refused="locked", wait_s=894.0))
    yield "pin_fault", at(replace(PIN, refused="fault"))
    yield "pin_checking", at(replace(PIN, since=0.0))
    yield "pin_first", at(replace(PIN, note=Note(why=Why.PIN_FIRST)))
    yield "scan_with_staff", at(Scanning(card=CARD), staff=MARA)


def _home() -> Iterator[tuple[str, State]]:
    yield "staff_home", at(StaffHome(), staff=MARA)
    troubles = Troubles(parked=12, contested=2, restored=31, is_disk_low=True)
    yield "staff_home_busy", at(StaffHome(), staff=LONG_NAME, station={"troubles": troubles})
    yield "staff_home_restored", at(StaffHome(), staff=MARA, station={"troubles": Troubles(restored=31)})
    yield "staff_home_contested", at(StaffHome(), staff=MARA, station={"troubles": Troubles(contested=1)})
    yield "staff_home_clock", at(StaffHome(), staff=MARA, station={"troubles": Troubles(is_clock_off=True)})
    yield "staff_home_contrast", at(StaffHome(), staff=MARA, access=Access(has_contrast=True))
    yield "staff_home_warning", at(StaffHome(), staff=MARA, now=47.0)
    yield "devices", at(DevicesShown(devices=FINE), staff=MARA)
    waiting = replace(FINE, is_online=False, ack_s=5 * 3600.0, unsent=43, oldest_s=4 * 3600.0, is_disk_low=True)
    out = replace(
        waiting,
        scanners=(ScannerSeen(name="", is_there=False),),
        printers=(PrinterSeen(name="", printer=Printer.PAPER_OUT),),
        panels=(PanelSeen(name="", is_there=False),),
        aids=AidsSeen(are_there=False),
    )
    yield "devices_trouble", at(DevicesShown(devices=out), staff=MARA, station={"light": OFFLINE})
    yield "devices_several", at(DevicesShown(devices=SEVERAL), staff=MARA)
    yield "devices_next", at(DevicesShown(devices=SEVERAL, start=4), staff=MARA)
    yield "new_device", at(NewDeviceAsked(device=NEW), staff=MARA)
    other = replace(NEW, title="Datalogic ADC, Inc. Handheld Barcode Scanner", is_same_model=False)
    yield "new_device_other", at(NewDeviceAsked(device=other), staff=MARA)
    down = replace(FINE, has_journal=False)
    ahead, behind = replace(FINE, clock_off_s=7300.0), replace(out, clock_off_s=-11.5 * 86400.0)
    yield "devices_clock_ahead", at(DevicesShown(devices=ahead), staff=MARA)
    yield "devices_clock_behind", at(DevicesShown(devices=behind), staff=MARA, station={"light": OFFLINE})
    yield "devices_closed", at(DevicesShown(devices=down), staff=MARA, station={"light": Light(has_journal=False)})
    yield "devices_reading", at(DevicesShown(), staff=MARA)


def _lists() -> Iterator[tuple[str, State]]:
    doubtful = QueuedJob(
        job=1, kind="roll", state=LabelState.MAYBE, place=1, of=4, registration="TCN-7Q2M9XKD4", age_s=200.0
    )
    shelf = replace(
        doubtful, kind="package", state=LabelState.AWAITING_PROOF, registration=None, package=made_up().package
    )
    jobs = (
        doubtful,
        replace(doubtful, job=2, place=2, state=LabelState.DEFERRED),
        replace(doubtful, job=3, kind="receipt", state=LabelState.QUEUED, registration="TCN-8R3N0YME5"),
        replace(shelf, job=4),
    )
    yield "queue", at(Listing(what="queue", lines=jobs), staff=MARA)
    yield "queue_long", at(Listing(what="queue", lines=jobs * 8, start=15), staff=MARA)
    yield "queue_empty", at(Listing(what="queue", lines=(), note=Note(why=Why.SETTLED)), staff=MARA)
    recent = tuple(
        Recent(number=f"TCN-{n}Q2M9XKD4", name=PACKAGE.name, rolls=4, level=level, age_s=n * 900.0)
        for n, level in enumerate(Level, start=1)
    )
    yield "recent", at(Listing(what="recent", lines=recent[:4]), staff=MARA)
    yield "recent_long", at(Listing(what="recent", lines=recent * 3), staff=MARA)
    yield "recent_empty", at(Listing(what="recent", lines=()), staff=MARA)
    yield "recent_reading", at(Listing(what="recent"), staff=MARA)
    yield "type_number", at(Typing(wanted="number", under=Listing(what="recent", lines=())), staff=MARA)
    parked = (LOST, LABELS_LOST, replace(LOST, kind="PackageMadeUp", cause="package_known", number=None))
    yield "parked", at(Listing(what="parked", lines=parked), staff=MARA)
    strange = replace(LABELS_LOST, cause="nobody_knows", reason="[as the photoservice says it]")
    yield "parked_long", at(Listing(what="parked", lines=(*parked, strange) * 5, start=5), staff=MARA)
    yield "parked_empty", at(Listing(what="parked", lines=()), staff=MARA)


def _one_of_each() -> Iterator[tuple[str, State]]:
    job = QueuedJob(job=1, kind="roll", state=LabelState.MAYBE, place=2, of=4, registration="TCN-7Q2M9XKD4")
    yield "job_maybe", at(JobShown(job=job), staff=MARA)
    yield "job_deferred", at(JobShown(job=replace(job, state=LabelState.DEFERRED)), staff=MARA)
    yield "job_queued", at(JobShown(job=replace(job, state=LabelState.QUEUED)), staff=MARA)
    yield "registration", at(REGISTERED, staff=MARA)
    contested = replace(REGISTERED, registration=replace(REGISTERED.registration, level=Level.CONTESTED))
    yield "registration_contested", at(contested, staff=MARA)
    yield "registration_no_paper", at(REGISTERED, staff=MARA, station={"printer": Printer.PAPER_OUT})
    withdrawn = replace(REGISTERED, registration=replace(REGISTERED.registration, is_withdrawn=True), labels=())
    voided = Note(why=Why.VOIDED, count=5)
    yield "registration_withdrawn", at(replace(withdrawn, note=voided), staff=MARA)
    yield "made_up_scan", at(MadeUpWanted(), staff=MARA)
    yield "made_up_unknown", at(MadeUpWanted(note=Note(why=Why.NOT_MADE_UP)), staff=MARA)
    yield "parked_registration", at(ParkedShown(parked=LOST), staff=MARA)
    yield "parked_labels", at(ParkedShown(parked=LABELS_LOST), staff=MARA)
    yield "register_again", at(Scanning(corrects=LOST.id), staff=MARA)
    again = replace(WISH, corrects=LOST.id, staff=MARA.id)
    yield "confirm_again", at(Confirming(wish=again, package=PACKAGE), staff=MARA)


def _deeds() -> Iterator[tuple[str, State]]:
    yield "why_labels", at(ReasonAsked(deed="labels_again", under=REGISTERED), staff=MARA)
    yield "why_labels_sure", at(ReasonAsked(deed="labels_again", under=REGISTERED, reason="lost"), staff=MARA)
    yield "why_receipt_sure", at(ReasonAsked(deed="receipt_again", under=REGISTERED, reason="lost"), staff=MARA)
    yield "why_void", at(ReasonAsked(deed="void", under=REGISTERED), staff=MARA)
    yield "why_void_sure", at(ReasonAsked(deed="void", under=REGISTERED, reason="mistake"), staff=MARA)
    shelf = Presale(made_up=made_up(), labels=shelf_labels(LabelState.PRINTED), origin="found")
    yield "why_withdraw", at(ReasonAsked(deed="withdraw", under=shelf), staff=MARA)
    yield "why_close", at(ReasonAsked(deed="close_parked", under=ParkedShown(parked=LOST)), staff=MARA)
    void = VoidRegistration(session=1, staff=MARA.id, claim="0" * 32, reason="mistake")
    yield "staff_waiting", at(StaffWaiting(asked=void, since=0.0, under=REGISTERED), staff=MARA)
    lost = StaffTrouble(cause=Cause.NOT_STORED, asked=void, under=REGISTERED)
    yield "staff_trouble_not_stored", at(lost, staff=MARA)
    yield "staff_trouble_no_answer", at(replace(lost, cause=Cause.NO_ANSWER), staff=MARA)
    yield "staff_trouble_refused", at(replace(lost, cause=Cause.REFUSED, reason="withdrawn"), staff=MARA)
    read = StaffTrouble(cause=Cause.FAULT, asked=ReadDevices(session=1), under=StaffHome())
    yield "staff_trouble_fault", at(read, staff=MARA)


def _languages() -> Iterator[tuple[str, State]]:
    yield "language", at(Scanning(item=ITEM, package=PACKAGE, card=Card(card=CARD.card)), is_choosing_language=True)
    foreign = replace(CARD, card=replace(CARD.card, language="ar"))
    yield "language_of_card", at(Scanning(card=foreign))
    yield "language_attract", at(Attract(), is_choosing_language=True)
    yield "language_contrast", at(Scanning(), is_choosing_language=True, access=Access(has_contrast=True))
