"""What the doctor says of the devices that have names: which stands where, which is missing, when each last worked.

The book and sysfs are read, as a kiosk reads them; no device is opened, since a running kiosk holds them. When each
last read or printed well the kiosk notes in the station's folder (hardware/inventory/notes.py).
"""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from hardware.errors import DeviceBookWrong, PortFault
from hardware.inventory import Plugged, Standing, find_devices, load_book, stand
from hardware.inventory.binding import shared_identities
from hardware.inventory.listing import standing_words
from hardware.inventory.notes import DeviceNote, read_notes
from photocore.seams import Clock
from twincheck.findings import Finding


def may_open(node: str) -> bool:
    """Say whether this user may read and write a device's file."""
    return os.access(node, os.R_OK | os.W_OK)


def examine_devices(
    folder: Path,
    clock: Clock,
    find: Callable[[], Sequence[Plugged]] = find_devices,
    may_open: Callable[[str], bool] = may_open,
) -> Iterator[Finding]:
    """Yield a finding for each device of the station's book; none where it has no book."""
    try:
        book = load_book(folder)
    except DeviceBookWrong as error:
        step = "mend the file, or put it aside and name the devices anew: twincheck devices add"
        yield Finding(check="device book", verdict="fail", seen=str(error), next_step=step)
        return
    plugged = tuple(find())
    notes = read_notes(folder)
    for standing in stand(book, plugged, twins=shared_identities(plugged)):
        yield check_device(standing, notes.get(standing.name), clock.now(), may_open)


def check_device(
    standing: Standing, note: DeviceNote | None, now: datetime, may_open: Callable[[str], bool] = may_open
) -> Finding:
    """Say how one named device stands, and when it last did what it is for."""
    seen = f"{standing_words(standing)}{_noted(note, now, is_printer=standing.entry.role == 'printer')}"
    if standing.fault is PortFault.REPLACED:
        step = f"if that is the new one: twincheck devices replace {standing.name}, or say so at the kiosk"
    elif standing.fault is PortFault.AMBIGUOUS:
        step = f"unplug the other one, or bind it to its socket: twincheck devices forget {standing.name}, then add"
    elif standing.fault:
        step = "plug it in, or switch it on; another cable or socket may help"
    elif standing.swapped_with or standing.is_moved:
        step = f"put it back; or, if it shall stay there: twincheck devices replace {standing.name}"
    elif standing.device and not may_open(standing.device.node):
        step = "it may not be opened by this user: see 'devices' above, or run the doctor as the kiosk's user"
    else:
        return Finding(check=standing.name, verdict="ok", seen=seen)
    return Finding(check=standing.name, verdict="warn", seen=seen, next_step=step)


def _noted(note: DeviceNote | None, now: datetime, *, is_printer: bool) -> str:
    if note is None:
        return ""
    worked = "label proven" if is_printer else "good scan"
    last = f"last {worked} {_ago(now - note.good_at)}" if note.good_at else f"no {worked} yet"
    down = "" if note.is_up or not note.why else f", down: {note.why}"
    outages = f", lost {note.outages} times" if note.outages else ""
    faults = f", {note.faults} faults" if note.faults else ""
    return f" ({last}{outages}{faults}{down}; told by the kiosk {_ago(now - note.at)})"


def _ago(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{minutes} minutes ago"
    hours = minutes // 60
    return f"{hours} hours ago" if hours < 72 else f"{hours // 24} days ago"
