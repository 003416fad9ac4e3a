"""The staff's first page, and the parts that all of theirs have. A shopper is a number here, and no more."""

from kiosk.flow.staff import LINES
from kiosk.flow.staff_pages import StaffHome
from kiosk.flow.states import State
from kiosk.flow.values import Troubles
from kiosk.view.screen import Button, Entry, Notice, Pager, Screen, Strings
from kiosk.view.staff_words import who_can
from kiosk.view.words import notice_of
from photocore.roles import Duty


def back_button(t: Strings) -> Button:
    """Return the way back."""
    return Button(id="back", text=t.gettext("Back"), icon="back")


def view_home(state: State, page: StaffHome, t: Strings) -> Screen:
    """Show the sections, each with what asks for a person in it."""
    troubles = state.station.troubles
    lines: tuple[tuple[Duty, Entry], ...] = (
        (
            "make_up",
            section("make_up", "box", t.gettext("Make up a package"), t.gettext("Film without a number of its own"), t),
        ),
        (
            "registrations",
            section("recent", "receipt", t.gettext("Registrations"), t.gettext("Labels again, receipts, void"), t),
        ),
        ("cards", section("cards", "card", t.gettext("Cards"), t.gettext("Guest card, lost card, household"), t)),
        (
            "registrations",
            section("made_up", "label", t.gettext("Made-up packages"), t.gettext("New labels, take back"), t),
        ),
        ("queue", section("queue", "print", t.gettext("Labels to print"), t.gettext("What waits or is in doubt"), t)),
        (
            "parked",
            section(
                "parked",
                "parked",
                t.gettext("Parked"),
                t.gettext("What the photoservice has set aside"),
                t,
                count=troubles.parked,
            ),
        ),
        (
            "devices",
            section(
                "devices",
                "devices",
                t.gettext("Devices and connection"),
                _devices_detail(troubles, t),
                t,
                is_urgent=troubles.is_disk_low or troubles.is_clock_off or not state.station.can_store,
            ),
        ),
        ("paper", section("tools", "list", t.gettext("More"), t.gettext("Printer, paper lists, training"), t)),
    )
    entries = [allowed(state, duty, line, t) for duty, line in lines]
    if troubles.restored and state.staff and state.staff.may("restored"):
        entries.insert(0, _restored_entry(troubles.restored, t))
    return Screen(
        name="staff_home",
        layout="list",
        title=t.gettext("What needs doing?"),
        guidance=t.gettext("Or scan: a receipt, a printed label, a price code, a card."),
        notice=notice_of(page.note, t) or _contested_notice(state, t),
        entries=tuple(entries),
    )


def _devices_detail(troubles: Troubles, t: Strings) -> str:
    if troubles.is_disk_low:
        return t.gettext("Nearly no room left on the disk")
    return t.gettext("The clock is wrong") if troubles.is_clock_off else t.gettext("How everything is")


def section(
    name: str, icon: str, title: str, detail: str, t: Strings, *, count: int = 0, is_urgent: bool = False
) -> Entry:
    """Return a line that leads to a part of the staff's pages, with what asks for a person in it."""
    word = str(count) if count else t.gettext("please check") if is_urgent else ""
    return Entry(
        icon=icon,
        title=title,
        detail=detail,
        word=word,
        tone="warn" if word else "plain",
        button=Button(id=name, text=title, icon="forward"),
    )


def allowed(state: State, duty: Duty, line: Entry, t: Strings) -> Entry:
    """Return ``line``; for who may not do what it leads to, it says who can, and leads nowhere."""
    if state.staff is None or state.staff.may(duty):
        return line
    return Entry(icon="lock", title=line.title, detail=who_can(duty, t))


def _restored_entry(count: int, t: Strings) -> Entry:
    text = t.ngettext(
        "{n} event came back from the photoservice.", "{n} events came back from the photoservice.", count
    ).format(n=count)
    doubt = t.gettext("Labels that were under way are in doubt: look at the list.")
    return Entry(
        icon="storage",
        title=t.gettext("This kiosk was restored from an older copy"),
        detail=f"{text} {doubt}",
        word=t.gettext("Got it"),
        tone="warn",
        button=Button(id="note_restored", text=t.gettext("Got it"), icon="check"),
    )


def _contested_notice(state: State, t: Strings) -> Notice | None:
    n = state.station.troubles.contested
    if not n:
        return None
    text = t.ngettext(
        "{n} registration of this kiosk is contested: another card has the package too.",
        "{n} registrations of this kiosk are contested: another card has the package too.",
        n,
    ).format(n=n)
    tell = t.gettext("Tell the shopper that nothing is lost, and that a person of the photoservice decides.")
    return Notice(tone="warn", text=f"{text} {tell}")


def pager_of(start: int, count: int, before: str, after: str, t: Strings, *, lines: int = LINES) -> Pager | None:
    """Return the ways to the other parts of a list of ``count`` lines; None where one page holds it all."""
    if count <= lines:
        return None
    return Pager(
        text=t.gettext("{n} of {count}").format(n=start // lines + 1, count=(count + lines - 1) // lines),
        before=Button(id="before", text=before, icon="back") if start else None,
        after=Button(id="after", text=after, icon="forward") if start + lines < count else None,
    )
