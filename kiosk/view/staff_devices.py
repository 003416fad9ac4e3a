"""The staff's page of everything this kiosk leans on, and the question whether a device is the new one."""

from dataclasses import replace

from kiosk.flow.staff_devices import DEVICE_LINES
from kiosk.flow.staff_pages import DevicesShown, NewDeviceAsked
from kiosk.flow.staff_values import AidsSeen, Devices, Place, PrinterSeen, ScannerSeen
from kiosk.flow.states import State
from kiosk.view.screen import Button, Entry, Screen, Strings
from kiosk.view.staff import back_button, pager_of
from kiosk.view.staff_words import ago, printer_word
from kiosk.view.words import MINUTE, age_words, blocks_of, notice_of

MOST_LINES = 7
"""So many fit one page where none is touched; a store with more devices turns pages of :data:`DEVICE_LINES`."""


def view_devices(state: State, page: DevicesShown, t: Strings) -> Screen:
    """Show everything this station leans on, as live as it is heard of."""
    entries = _device_entries(page.devices, t, is_asked=not state.is_training) if page.devices else ()
    count = len(entries)
    lines = DEVICE_LINES if count > MOST_LINES or any(entry.button for entry in entries) else MOST_LINES
    start = min(page.start, max(0, count - 1) // lines * lines)
    return Screen(
        name="devices" if page.devices else "devices_reading",
        layout="list",
        title=t.gettext("Devices and connection"),
        notice=notice_of(page.note, t),
        entries=entries[start : start + lines],
        pager=pager_of(start, count, t.gettext("Before"), t.gettext("Next"), t, lines=lines),
        empty="" if page.devices else t.gettext("One moment."),
        buttons=(back_button(t),),
    )


def _device_entries(devices: Devices, t: Strings, *, is_asked: bool) -> tuple[Entry, ...]:
    scanners = (_scanner_entry(seen, t, is_asked=is_asked) for seen in devices.scanners)
    printers = (_printer_entry(seen, t, is_asked=is_asked) for seen in devices.printers)
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


def _scanner_entry(seen: ScannerSeen, t: Strings, *, is_asked: bool) -> Entry:
    parts = [_since(t.gettext("Last good scan"), seen.good_s, t)]
    if seen.outages:
        parts.append(t.ngettext("{n} outage", "{n} outages", seen.outages).format(n=seen.outages))
    if seen.lost:
        parts.append(t.ngettext("{n} broken scan", "{n} broken scans", seen.lost).format(n=seen.lost))
    entry = Entry(
        icon="scanner",
        title=seen.name or t.gettext("Scanner"),
        detail=" · ".join(parts),
        word=t.gettext("ready") if seen.is_there else t.gettext("no answer"),
        tone="good" if seen.is_there else "bad",
    )
    if seen.is_doubted:
        doubt = t.gettext("It may have lost its settings. Scan its set-up codes again.")
        entry = replace(entry, detail=doubt, word=t.gettext("please check"), tone="warn")
    return _placed(entry, seen.place, t, is_asked=is_asked)


def _printer_entry(seen: PrinterSeen, t: Strings, *, is_asked: bool) -> Entry:
    word, tone = printer_word(seen.printer, t)
    entry = Entry(
        icon="print",
        title=seen.name or t.gettext("Printer"),
        detail=_since(t.gettext("Last proven label"), seen.good_s, t),
        word=word,
        tone=tone,
    )
    return _placed(entry, seen.place, t, is_asked=is_asked)


def _placed(entry: Entry, place: Place, t: Strings, *, is_asked: bool) -> Entry:
    """Return the line of a device with what the device book says of it, where not all is as it should be."""
    if place.new and is_asked:
        question = t.gettext("Is this the new one?")
        button = Button(id=f"new:{place.new.name}", text=question, icon="forward")
        return replace(entry, detail=f"{question} {place.new.title}", tone="warn", button=button)
    if place.is_unclear:
        return replace(entry, detail=t.gettext("Several devices could be it. Unplug all but one."))
    if place.swapped_with:
        swapped = t.gettext("Swapped with {name}").format(name=place.swapped_with)
        return replace(entry, detail=f"{swapped} · {entry.detail}", tone="warn")
    return entry


def view_new_device(state: State, page: NewDeviceAsked, t: Strings) -> Screen:
    """Ask whether what was plugged in takes the place of what is missing."""
    del state
    device = page.device
    happened = t.gettext("{name} does not answer. This was plugged in: {device}.")
    todo = [t.gettext("If you put it in the place of the old one, touch Yes.")]
    if not device.is_same_model:
        todo.append(t.gettext("It is another model and may need to be set up."))
    return Screen(
        name="new_device",
        layout="message",
        picture="staff",
        title=t.gettext("Is this the new one?"),
        notice=notice_of(page.note, t),
        blocks=blocks_of(
            happened.format(name=device.name, device=device.title),
            t.gettext("It is not used until you say so."),
            " ".join(todo),
            t,
        ),
        buttons=(
            back_button(t),
            Button(id="no", text=t.gettext("No, another one"), icon="close"),
            Button(id="yes", text=t.gettext("Yes, use it"), icon="check", kind="primary"),
        ),
    )


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
