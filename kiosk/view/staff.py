"""The staff's pages: home, devices, the lists and one thing of each. A shopper is a number here, and no more."""

from kiosk.flow.staff_pages import (
    DevicesShown,
    StaffHome,
)
from kiosk.flow.staff_values import AidsSeen, Devices
from kiosk.flow.states import State
from kiosk.flow.values import Troubles
from kiosk.view.screen import Button, Entry, Notice, Screen, Strings
from kiosk.view.staff_words import ago, printer_word, who_can
from kiosk.view.words import MINUTE, age_words, notice_of
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


def view_devices(state: State, page: DevicesShown, t: Strings) -> Screen:
    """Show everything this station leans on, as live as it is heard of."""
    del state
    return Screen(
        name="devices" if page.devices else "devices_reading",
        layout="list",
        title=t.gettext("Devices and connection"),
        notice=notice_of(page.note, t),
        entries=_device_entries(page.devices, t) if page.devices else (),
        empty="" if page.devices else t.gettext("One moment."),
        buttons=(back_button(t),),
    )


def _device_entries(devices: Devices, t: Strings) -> tuple[Entry, ...]:
    scanners = (
        Entry(
            icon="scanner",
            title=seen.name or t.gettext("Scanner"),
            detail=_since(t.gettext("Last good scan"), seen.good_s, t),
            word=t.gettext("ready") if seen.is_there else t.gettext("no answer"),
            tone="good" if seen.is_there else "bad",
        )
        for seen in devices.scanners
    )
    printers = (
        Entry(
            icon="print",
            title=seen.name or t.gettext("Printer"),
            detail=_since(t.gettext("Last proven label"), seen.good_s, t),
            word=printer_word(seen.printer, t)[0],
            tone=printer_word(seen.printer, t)[1],
        )
        for seen in devices.printers
    )
    panels = (
        Entry(
            icon="touch",
            title=t.gettext("Touch screen"),
            detail=seen.name if seen.is_there else t.gettext("Scanner and keypad still work. Check its cable."),
            word=t.gettext("ready") if seen.is_there else t.gettext("no answer"),
            tone="good" if seen.is_there else "bad",
        )
        for seen in devices.panels
    )
    aids = () if devices.aids is None else (_aids_entry(devices.aids, t),)
    clock = () if devices.clock_off_s is None else (_clock_entry(devices.clock_off_s, t),)
    return (*scanners, *printers, *panels, *aids, _service_entry(devices, t), *clock, _disk_entry(devices, t))


def _aids_entry(seen: AidsSeen, t: Strings) -> Entry:
    working = t.gettext("For shoppers who cannot see.")
    lost = t.gettext("Shoppers who cannot see need it. Check its cables.")
    return Entry(
        icon="access",
        title=t.gettext("Keypad and voice"),
        detail=working if seen.are_there else lost,
        word=t.gettext("ready") if seen.are_there else t.gettext("no answer"),
        tone="good" if seen.are_there else "bad",
    )


def _since(what: str, seconds: float | None, t: Strings) -> str:
    when = ago(seconds, t) or t.gettext("none since the start")
    return t.gettext("{what}: {value}").format(what=what, value=when)


def _service_entry(devices: Devices, t: Strings) -> Entry:
    parts = [_since(t.gettext("Last answer"), devices.ack_s, t)]
    if devices.unsent:
        text = t.ngettext("{n} event waits to be sent", "{n} events wait to be sent", devices.unsent)
        parts.append(text.format(n=devices.unsent))
        if devices.oldest_s is not None and devices.oldest_s >= MINUTE:
            parts.append(t.gettext("the oldest for {age}").format(age=age_words(devices.oldest_s, t)))
    return Entry(
        icon="cloud_done" if devices.is_online else "cloud_off",
        title=t.gettext("Photoservice"),
        detail=" · ".join(parts),
        word=t.gettext("online") if devices.is_online else t.gettext("offline"),
        tone="good" if devices.is_online else "warn",
    )


def _clock_entry(off_s: float, t: Strings) -> Entry:
    ahead = t.gettext("The clock of this kiosk is {age} ahead. Receipts show a wrong time until it is set.")
    behind = t.gettext("The clock of this kiosk is {age} behind. Receipts show a wrong time until it is set.")
    detail = (ahead if off_s > 0 else behind).format(age=age_words(abs(off_s), t))
    return Entry(icon="schedule", title=t.gettext("Clock"), detail=detail, word=t.gettext("wrong"), tone="warn")


def _disk_entry(devices: Devices, t: Strings) -> Entry:
    title = t.gettext("Journal and disk")
    if not devices.has_journal:
        detail = t.gettext("The kiosk is closed to shoppers. What was stored before is safe.")
        return Entry(icon="storage", title=title, detail=detail, word=t.gettext("cannot store"), tone="bad")
    if devices.is_disk_low:
        detail = t.gettext("Nearly no room left. Free some, or the kiosk closes when it is full.")
        return Entry(icon="storage", title=title, detail=detail, word=t.gettext("nearly full"), tone="warn")
    detail = t.gettext("Every registration is written before the screen says so.")
    return Entry(icon="storage", title=title, detail=detail, word=t.gettext("good"), tone="good")
