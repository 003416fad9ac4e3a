"""The staff's pages: home, devices, lists, and one thing of each list with what can be done about it.

Lists are read afresh when the journal moves. Any code leads where staff would go with it: a receipt to its
registration, a printed label to its made-up package, a price code to the count, a package or a card to a registration.
"""

from dataclasses import replace

from kiosk.flow.card_pages import CardsWanted
from kiosk.flow.effects import Asked
from kiosk.flow.events import (
    Answer,
    Happened,
    JournalMoved,
    Pressed,
    Scanned,
    Unanswered,
)
from kiosk.flow.make_up_effects import ReadMadeUp
from kiosk.flow.make_up_pages import Presale, ProductWanted
from kiosk.flow.moves import BAD, Step, go, renew, stay
from kiosk.flow.notes import Note, Why
from kiosk.flow.products import take_product
from kiosk.flow.scanning import as_item, explain, take_card, take_item
from kiosk.flow.signing_in import ask_pin, go_home, with_note
from kiosk.flow.staff_effects import (
    NoteRestored,
    OpenRegistration,
    ReadDevices,
    ReadParked,
    ReadQueue,
    ReadRecent,
    ReleaseJob,
    SendAgain,
    SettleJob,
)
from kiosk.flow.staff_events import ContestedRead, ParkedRead, QueueRead, RecentRead, RegistrationOpened
from kiosk.flow.staff_pages import (
    DevicesShown,
    JobShown,
    Line,
    Listing,
    ListName,
    MadeUpWanted,
    ParkedShown,
    ReasonAsked,
    RegistrationShown,
    StaffHome,
    StaffTrouble,
    StaffWaiting,
)
from kiosk.flow.staff_values import DUTY_OF, Contested, Deed, Parked, QueuedJob, Recent
from kiosk.flow.states import Cause, Page, Scanning, State, Typing
from kiosk.flow.tool_effects import ReadContested, ReadShift
from kiosk.flow.tool_pages import Calibrating, ContestedShown, ToolsShown
from kiosk.flow.values import BLOCKED_PRINTER, Card
from photocore.roles import Duty
from photocore.scans import BadgeScan, CardScan, CopyScan, PackageScan, ProductScan, ReceiptScan, RollScan, Scan

LINES = 5
"""Lines of a list on one page: so many fit every screen, each large enough to touch."""

READS: dict[ListName, type[ReadQueue | ReadRecent | ReadParked | ReadContested]] = {
    "queue": ReadQueue,
    "recent": ReadRecent,
    "parked": ReadParked,
    "contested": ReadContested,
}

HOME_DUTIES: dict[str, Duty] = {
    "make_up": "make_up",
    "recent": "registrations",
    "made_up": "registrations",
    "cards": "cards",
    "queue": "queue",
    "parked": "parked",
    "devices": "devices",
    "note_restored": "restored",
}
"""The lines of the staff's first page, each with the duty it is of."""


def step_home(state: State, page: StaffHome, event: Happened) -> Step:
    """Lead to the section that was touched."""
    match event:
        case Pressed(button=button) if button in HOME_DUTIES and not _may(state, HOME_DUTIES[button]):
            return go(state, StaffHome(note=Note(why=Why.ROLE)))
        case Pressed(button="make_up"):
            return renew(state, ProductWanted())
        case Pressed(button="tools"):
            return go(state, ToolsShown())
        case Pressed(button="devices"):
            return refresh(state, DevicesShown())
        case Pressed(button="queue" | "recent" | "parked" as what):
            return refresh(state, Listing(what=what))
        case Pressed(button="cards"):
            return go(state, CardsWanted())
        case Pressed(button="made_up"):
            return go(state, MadeUpWanted())
        case Pressed(button="note_restored") if state.staff and state.station.troubles.restored:
            return wait_for(state, NoteRestored(session=state.session, staff=state.staff.id), page)
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def step_listing(state: State, page: Listing, event: Happened) -> Step:
    """Show a list a part at a time; a line opens what it is about."""
    match event:
        case (
            QueueRead(jobs=lines)
            | RecentRead(registrations=lines)
            | ParkedRead(parked=lines)
            | ContestedRead(contested=lines)
        ):
            return _take_lines(state, page, event, lines)
        case Unanswered(about=about) if isinstance(about, READS[page.what]) and page.lines is None:
            return go(state, StaffTrouble(cause=Cause.FAULT, asked=about, under=StaffHome()))
        case JournalMoved():
            return stay(state, READS[page.what](session=state.session))
        case Pressed(button=button):
            return _press_list(state, page, button)
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def step_job(state: State, page: JobShown, event: Happened) -> Step:
    """Let a person say what the printer did not."""
    job, session = page.job, state.session
    match event:
        case Pressed(button="back"):
            return refresh(state, Listing(what="queue"))
        case Pressed(button="release") if job.can_release and state.staff:
            return wait_for(state, ReleaseJob(session=session, staff=state.staff.id, job=job.job), page)
        case Pressed(button="printed") if job.is_doubtful and state.staff:
            settle = SettleJob(session=session, staff=state.staff.id, job=job.job, is_printed=True)
            return wait_for(state, settle, page)
        case Pressed(button="not_printed") if job.is_doubtful and state.staff:
            settle = SettleJob(session=session, staff=state.staff.id, job=job.job, is_printed=False)
            return wait_for(state, settle, page)
        case Pressed(button="open") if can_open(state, job):
            return _open_job(state, page)
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def can_open(state: State, job: QueuedJob) -> bool:
    """Say whether what a paper belongs to may be looked at."""
    return bool(job.registration or job.package) and _may(state, "registrations")


def step_registration(state: State, page: RegistrationShown, event: Happened) -> Step:
    """Offer what may be done for a registration; each with a reason."""
    match event:
        case RegistrationOpened(registration=registration) if registration and (
            registration.claim == page.registration.claim
        ):
            return go(state, replace(page, registration=registration, labels=event.labels, age_s=event.age_s))
        case JournalMoved():
            return stay(state, OpenRegistration(session=state.session, number=page.registration.number))
        case Pressed(button="back"):
            return refresh(state, Listing(what="recent"))
        case Pressed(button="labels_again" | "receipt_again" | "void" as deed) if deed in deeds_for(state, page):
            return go(state, ReasonAsked(deed=deed, under=replace(page, note=None)))
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def deeds_for(state: State, page: RegistrationShown) -> tuple[Deed, ...]:
    """Return what may be done for it now: nothing is printed of one that was undone."""
    if page.registration.is_withdrawn:
        return ()
    prints = state.station.printer not in BLOCKED_PRINTER
    has_labels = state.station.prints_labels and not page.registration.is_waiting
    labels: tuple[Deed, ...] = ("labels_again",) if prints and has_labels else ()
    receipt: tuple[Deed, ...] = ("receipt_again",) if prints else ()
    wanted: tuple[Deed, ...] = (*labels, *receipt, "void")
    return tuple(deed for deed in wanted if _may(state, DUTY_OF[deed]))


def step_made_up_wanted(state: State, page: MadeUpWanted, event: Happened) -> Step:
    """Wait for a label of a made-up package."""
    match event:
        case Pressed(button="back"):
            return go_home(state)
        case Scanned(scan=PackageScan(item=item) | RollScan(item=item)):
            return _open_made_up(state, item, page)
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def step_parked(state: State, page: ParkedShown, event: Happened) -> Step:
    """Offer what may be done about a parked event."""
    parked = page.parked
    match event:
        case Pressed(button="back"):
            return refresh(state, Listing(what="parked"))
        case Pressed(button="send_again") if parked.can_resend and state.staff:
            return wait_for(state, SendAgain(session=state.session, staff=state.staff.id, event_id=parked.id), page)
        case Pressed(button="register_again") if parked.needs_rescan:
            return renew(state, Scanning(corrects=parked.id))
        case Pressed(button="open") if parked.number:
            opening = OpenRegistration(session=state.session, number=parked.number)
            return wait_for(state, opening, page)
        case Pressed(button="close_parked"):
            return go(state, ReasonAsked(deed="close_parked", under=replace(page, note=None)))
        case Scanned(scan=scan):
            return take_staff_scan(state, page, scan)
        case _:
            return stay(state)


def take_staff_scan(state: State, page: Page, scan: Scan) -> Step:
    """Go where staff would go with this code; exactly one answer goes back to the scanner."""
    duty = _duty_of_scan(scan)
    if duty and not _may(state, duty):
        return go(state, with_note(page, Note(why=Why.ROLE)), BAD)
    match scan:
        case BadgeScan(card=badge):
            return ask_pin(state, badge, page)
        case ReceiptScan(number=number):
            opening = OpenRegistration(session=state.session, number=number)
            return wait_for(state, opening, page, is_scanned=True)
        case CopyScan(item=item):
            return _open_made_up(state, item, page)
        case ProductScan():
            return take_product(state, scan, None)
        case PackageScan() | RollScan():
            return take_item(*_anew(state), as_item(scan))
        case CardScan(card=number):
            return take_card(*_anew(state), Card(card=number, is_typed=scan.typed))
        case _:
            return go(state, with_note(page, explain(scan)), BAD)


def _duty_of_scan(scan: Scan) -> Duty | None:
    match scan:
        case ReceiptScan() | CopyScan():
            return "registrations"
        case ProductScan():
            return "make_up"
        case PackageScan() | RollScan() | CardScan():
            return "register"
        case _:
            return None


def _may(state: State, duty: Duty) -> bool:
    return state.staff is not None and state.staff.may(duty)


def wait_for(state: State, asked: Asked, under: Page, *, is_scanned: bool = False) -> Step:
    """Wait for the desk; ``under`` is where to go on, or back to."""
    page = StaffWaiting(asked=asked, since=state.now, under=with_note(under, None), is_scanned=is_scanned)
    return go(state, page, asked)


def refresh(state: State, page: Page) -> Step:
    """Show a page and have read anew what it shows."""
    session = state.session
    match page:
        case Listing(what=what):
            return go(state, page, READS[what](session=session))
        case Calibrating():
            return go(state, page if page.shift else Calibrating(), ReadShift(session=session))
        case DevicesShown():
            return go(state, page, ReadDevices(session=session))
        case RegistrationShown(registration=registration):
            return go(state, page, OpenRegistration(session=session, number=registration.number))
        case Presale(made_up=made_up):
            return go(state, page, ReadMadeUp(session=session, item=made_up.package))
        case _:
            return go(state, page)


def restarts_for(state: State, page: Listing) -> tuple[Deed, ...]:
    """Return how the whole queue may be let go: only what was put off, or what is in doubt too, printed anew."""
    jobs = [line for line in page.lines or () if isinstance(line, QueuedJob)]
    waiting: tuple[Deed, ...] = ("restart_waiting",) if any(job.can_release for job in jobs) else ()
    every: tuple[Deed, ...] = ("restart_all",) if any(job.is_doubtful for job in jobs) else ()
    return (*waiting, *every) if _may(state, "restart") else ()


def shown_lines(page: Listing) -> tuple[Line, ...]:
    """Return the part of the list that is on the screen."""
    return (page.lines or ())[page.start : page.start + LINES]


def open_number(state: State, number: str, under: Page) -> Step:
    """Open a registration whose number was typed."""
    return wait_for(state, OpenRegistration(session=state.session, number=number), under)


def _take_lines(state: State, page: Listing, event: Answer, lines: tuple[Line, ...]) -> Step:
    if not isinstance(event.about, READS[page.what]):
        return stay(state)
    last = max(0, (len(lines) - 1) // LINES * LINES)
    return go(state, replace(page, lines=lines, start=min(page.start, last)))


def _press_list(state: State, page: Listing, button: str) -> Step:
    lines = page.lines or ()
    match button:
        case "back":
            return go_home(state)
        case "before" if page.start >= LINES:
            return go(state, replace(page, start=page.start - LINES, note=None))
        case "after" if page.start + LINES < len(lines):
            return go(state, replace(page, start=page.start + LINES, note=None))
        case "restart_waiting" | "restart_all" as deed if deed in restarts_for(state, page):
            return go(state, ReasonAsked(deed=deed, under=replace(page, note=None)))
        case "type" if page.what == "recent":
            return go(state, Typing(wanted="number", under=replace(page, note=None)))
        case _ if button.startswith("open:") and button.removeprefix("open:").isdigit():
            return _open_line(state, page, int(button.removeprefix("open:")))
        case _:
            return stay(state)


def _open_line(state: State, page: Listing, n: int) -> Step:
    shown = shown_lines(page)
    match shown[n] if n < len(shown) else None:
        case QueuedJob() as job:
            return go(state, JobShown(job=job))
        case Recent(number=number):
            return open_number(state, number, page)
        case Parked() as parked:
            return go(state, ParkedShown(parked=parked))
        case Contested() as contested:
            return go(state, ContestedShown(contested=contested))
        case _:
            return stay(state)


def _open_job(state: State, page: JobShown) -> Step:
    if page.job.registration:
        return open_number(state, page.job.registration, page)
    return wait_for(state, ReadMadeUp(session=state.session, item=page.job.package or ""), page)


def _open_made_up(state: State, item: str, under: Page) -> Step:
    return wait_for(state, ReadMadeUp(session=state.session, item=item), under, is_scanned=True)


def _anew(state: State) -> tuple[State, Scanning]:
    """Begin a shopper's session with staff beside them."""
    return replace(state, session=state.session + 1), Scanning()
