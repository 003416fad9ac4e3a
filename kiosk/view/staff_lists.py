"""The staff's lists, and one thing of each with what can be done about it."""

from kiosk.flow.staff import can_open, deeds_for, restarts_for, shown_lines
from kiosk.flow.staff_pages import JobShown, Line, Listing, MadeUpWanted, ParkedShown, RegistrationShown
from kiosk.flow.staff_values import Contested, Parked, QueuedJob, Recent
from kiosk.flow.stages import live_labels
from kiosk.flow.states import State
from kiosk.flow.values import Level
from kiosk.view.collecting import product_words, spaced
from kiosk.view.registered import label_word
from kiosk.view.screen import Button, Chip, Entry, Pager, Row, Screen, Slot, Strings, Ticket
from kiosk.view.staff import back_button, pager_of
from kiosk.view.staff_contested import contested_entry
from kiosk.view.staff_words import (
    ago,
    job_sentence,
    job_title,
    job_word,
    level_for_staff,
    parked_sentence,
    parked_title,
    who_can,
)
from kiosk.view.words import level_chip, notice_of


def view_listing(state: State, page: Listing, t: Strings) -> Screen:
    """Show a list, a part at a time."""
    title, guidance, empty = _list_words(page, t)
    buttons = [back_button(t)]
    if page.what == "recent":
        buttons.append(Button(id="type", text=t.gettext("Type a number"), icon="keyboard"))
    words = {"restart_waiting": t.gettext("Print what waits"), "restart_all": t.gettext("Print all again")}
    buttons += [Button(id=deed, text=words[deed], icon="print") for deed in restarts_for(state, page)]
    return Screen(
        name=f"{page.what}_reading" if page.lines is None else f"{page.what}_{'list' if page.lines else 'empty'}",
        layout="list",
        title=title,
        guidance=guidance,
        notice=notice_of(page.note, t),
        entries=tuple(_entry(n, line, t) for n, line in enumerate(shown_lines(page))),
        empty="" if page.lines else t.gettext("One moment.") if page.lines is None else empty,
        pager=_pager(page, t),
        buttons=tuple(buttons),
    )


def _list_words(page: Listing, t: Strings) -> tuple[str, str, str]:
    match page.what:
        case "queue":
            return (
                t.gettext("Labels to print"),
                t.gettext("Touch one that is in doubt or put off."),
                t.gettext("Nothing waits: every label is on paper."),
            )
        case "recent":
            return (
                t.gettext("Registrations"),
                t.gettext("Scan a receipt, type its number, or touch one of the newest."),
                t.gettext("No registration was made at this kiosk yet."),
            )
        case "parked":
            return (
                t.gettext("Parked"),
                t.gettext("Set aside by the photoservice, and not lost. Touch one to see what helps."),
                t.gettext("Nothing is parked."),
            )
        case "contested":
            return (
                t.gettext("Contested packages"),
                t.gettext("Registered to more than one card. Nothing is lost: a person decides."),
                t.gettext("No package is contested."),
            )


def _entry(n: int, line: Line, t: Strings) -> Entry:
    match line:
        case QueuedJob():
            word, tone = job_word(line.state, t)
            paper, number = job_title(line, t), line.registration or line.package or ""
            return Entry(
                icon="receipt" if line.kind == "receipt" else "label",
                title=paper,
                detail=" · ".join(part for part in (number, ago(line.age_s, t)) if part),
                word=word,
                tone=tone,
                button=_opens(n, f"{paper} {number}"),
            )
        case Recent():
            chip = level_chip(line.level, "", t)
            rolls = t.ngettext("{n} roll", "{n} rolls", line.rolls).format(n=line.rolls) if line.rolls else ""
            return Entry(
                icon="receipt",
                title=line.number,
                is_code=True,
                detail=" · ".join(part for part in (line.name, rolls, ago(line.age_s, t)) if part),
                word=chip.text if line.level is not Level.REFUSED else t.gettext("Refused"),
                tone=chip.tone,
                button=_opens(n, line.number),
            )
        case Contested():
            return contested_entry(line, _opens(n, line.number), t)
        case Parked():
            return Entry(
                icon="parked",
                title=parked_title(line, t),
                detail=parked_sentence(line, t),
                word=ago(line.age_s, t),
                button=_opens(n, parked_title(line, t)),
            )


def _opens(n: int, what: str) -> Button:
    return Button(id=f"open:{n}", text=what, icon="forward")


def _pager(page: Listing, t: Strings) -> Pager | None:
    is_recent = page.what == "recent"
    before = t.gettext("Newer") if is_recent else t.gettext("Before")
    after = t.gettext("Older") if is_recent else t.gettext("Next")
    return pager_of(page.start, len(page.lines or ()), before, after, t)


def view_job(state: State, page: JobShown, t: Strings) -> Screen:
    """Show one label job, and what a person can say or do about it."""
    job = page.job
    word, tone = job_word(job.state, t)
    entries: list[Entry] = []
    if job.is_doubtful:
        entries += [
            _deed("printed", "check", t.gettext("It is on paper"), t.gettext("The label is here and can be read.")),
            _deed(
                "not_printed",
                "print",
                t.gettext("It is not on paper: print again"),
                t.gettext("A new label prints; the doubtful one is void."),
            ),
        ]
    if job.can_release:
        entries.append(_deed("release", "print", t.gettext("Print it now"), t.gettext("It goes to the printer again.")))
    if can_open(state, job):
        detail = job.registration or job.package or ""
        entries.append(_deed("open", "search", t.gettext("What does it belong to?"), detail))
    return Screen(
        name=f"job_{job.state.value}",
        layout="list",
        title=job_title(job, t),
        guidance=job_sentence(job, t),
        chips=(Chip(text=word, tone=tone, icon="label"),),
        notice=notice_of(page.note, t),
        entries=tuple(entries),
        buttons=(back_button(t),),
    )


def _deed(name: str, icon: str, title: str, detail: str) -> Entry:
    return Entry(icon=icon, title=title, detail=detail, button=Button(id=name, text=title, icon="forward"))


def view_registration(state: State, page: RegistrationShown, t: Strings) -> Screen:
    """Show one registration, its labels, and what may be done for it."""
    registration = page.registration
    package = registration.package
    level = Level.WITHDRAWN if registration.is_withdrawn else registration.level
    words = {
        "labels_again": ("print", t.gettext("Print the labels again"), t.gettext("The old ones become void.")),
        "receipt_again": (
            "receipt",
            t.gettext("Print the receipt again"),
            t.gettext("With a new access code; the old one is void."),
        ),
        "void": ("undo", t.gettext("Void this registration"), t.gettext("The package is free again.")),
    }
    is_locked = state.staff is not None and not state.staff.may("void") and not registration.is_withdrawn
    locked = (Entry(icon="lock", title=words["void"][1], detail=who_can("void", t)),) if is_locked else ()
    return Screen(
        name="registration_withdrawn" if registration.is_withdrawn else "registration",
        layout="list",
        title=t.gettext("Registration {number}").format(number=registration.number),
        guidance=level_for_staff(level, t),
        chips=(level_chip(level, registration.reason, t),),
        notice=notice_of(page.note, t),
        rows=(
            Row(
                icon="camera_roll",
                title=t.gettext("Film package"),
                value=spaced(package.package or package.item),
                is_code=True,
                detail=" · ".join(part for part in (product_words(package, t), ago(page.age_s, t)) if part),
                tone="plain",
            ),
        ),
        tickets=_tickets(page, t),
        entries=(*(_deed(deed, *words[deed]) for deed in deeds_for(state, page) if deed in words), *locked),
        buttons=(back_button(t),),
    )


def _tickets(page: RegistrationShown, t: Strings) -> tuple[Ticket, ...]:
    tickets: list[Ticket] = []
    for label in live_labels(page.labels):
        word, look = label_word(label.state, t)
        if label.kind == "receipt":
            number = page.registration.number
            tickets.append(
                Ticket(kind="receipt", title=t.gettext("Receipt"), line="", code=number, word=word, look=look)
            )
        else:
            title = t.gettext("Roll {n} of {count}").format(n=label.number, count=label.of)
            name = page.registration.package.name
            tickets.append(Ticket(kind="roll", title=title, line=name, code=label.roll or "", word=word, look=look))
    return tuple(tickets)


def view_made_up_wanted(state: State, page: MadeUpWanted, t: Strings) -> Screen:
    """Ask for a label of the package."""
    del state
    return Screen(
        name="made_up_scan",
        layout="slots",
        title=t.gettext("Scan a label of the package"),
        guidance=t.gettext("The package label, or the label of one of its cartridges."),
        slots=(
            Slot(
                kind="package",
                title=t.gettext("Made-up package"),
                value=t.gettext("Waiting for the scan"),
                state="live",
                hint="square_code",
            ),
        ),
        notice=notice_of(page.note, t),
        buttons=(back_button(t),),
    )


def view_parked(state: State, page: ParkedShown, t: Strings) -> Screen:
    """Show one parked event: what it was, why it stands aside, what helps."""
    del state
    parked = page.parked
    entries: list[Entry] = []
    if parked.needs_rescan:
        entries.append(
            _deed(
                "register_again",
                "camera_roll",
                t.gettext("Register again"),
                t.gettext("Scan package and card once more; the new registration replaces this one."),
            )
        )
    if parked.can_resend:
        entries.append(
            _deed("send_again", "refresh", t.gettext("Send it again"), t.gettext("The same, under a new number."))
        )
    if parked.number:
        entries.append(_deed("open", "search", t.gettext("Look at its registration"), parked.number))
    entries.append(
        _deed("close_parked", "check", t.gettext("Close it"), t.gettext("With a reason; nothing is deleted."))
    )
    return Screen(
        name="parked_one",
        layout="list",
        title=parked_title(parked, t),
        guidance=parked_sentence(parked, t),
        chips=(Chip(text=t.gettext("Parked"), tone="warn", icon="parked"),),
        rows=_parked_rows(parked, t),
        notice=notice_of(page.note, t),
        entries=tuple(entries),
        buttons=(back_button(t),),
    )


def _parked_rows(parked: Parked, t: Strings) -> tuple[Row, ...]:
    rows: list[Row] = []
    if parked.item:
        rows.append(
            Row(
                icon="camera_roll",
                title=t.gettext("Film"),
                value=spaced(parked.item),
                is_code=True,
                detail=ago(parked.age_s, t),
                tone="plain",
            )
        )
    if parked.number:
        title = t.gettext("Registration number")
        rows.append(Row(icon="receipt", title=title, value=parked.number, is_code=True, tone="plain"))
    return tuple(rows)
