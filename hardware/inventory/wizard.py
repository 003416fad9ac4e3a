"""``twincheck devices add``: finds a device, tries it, and gives it the shop's own name.

One question at a time, each with an answer that Enter takes. Nothing is written before the device has a profile and a
name; a device that could not be tried may be named all the same, and that is said.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from hardware.inventory.binding import bound_to
from hardware.inventory.book import (
    WAYS,
    CameraEntry,
    Entry,
    PrinterEntry,
    Role,
    ScannerEntry,
    change_book,
)
from hardware.inventory.inventory import Finder
from hardware.inventory.listing import device_words, unnamed
from hardware.inventory.makers import Maker, load_makers, maker_of, roles_of
from hardware.inventory.plugged import Plugged, Way
from hardware.inventory.profiling import Ask, NotAdded, Profiler
from hardware.inventory.trying import Bench

PAUSE_S: Final = 0.3
SETTLE_S: Final = 1.0

_ENTRY: Final[dict[Role, type[Entry]]] = {"scanner": ScannerEntry, "printer": PrinterEntry, "camera": CameraEntry}


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What was said on the command line; what was not is asked."""

    device: str | None = None
    role: Role | None = None
    name: str | None = None
    profile: str | None = None
    wait_s: float = 60.0
    is_tried: bool = True


@dataclass(frozen=True, kw_only=True)
class Wizard:
    """Adds one device to a station's book; ``pause`` waits while a person plugs something in."""

    folder: Path
    bench: Bench
    find: Finder
    ask: Ask
    pause: Callable[[float], object]
    wishes: Wishes

    def add(self) -> Entry:
        """Find, try, name, and write it down.

        Raises:
            NotAdded: nothing was found, or it cannot be what was wished for.
            DeviceBookWrong, ProfileWrong: the book or a profile cannot be used.
        """
        makers = load_makers(self.bench.config)
        device = self._choose_device(makers)
        role = self._choose_role(device, makers)
        maker = maker_of(device, makers)
        profiler = Profiler(bench=self.bench, ask=self.ask, is_tried=self.wishes.is_tried)
        profile = profiler.choose(device, role, maker.profiles if maker else (), self.wishes.profile)
        draft = _ENTRY[role](name="new", profile=profile, url=device.url)
        bound = draft if device.node == device.url else bound_to(draft, device)
        entry = msgspec.structs.replace(bound, name=self._choose_name(role))
        change_book(self.folder, lambda book: book.with_new(entry))
        self.bench.say(f"{entry.name} is in the book, bound by {binding_words(entry)}.")
        if self.wishes.is_tried and role != "printer":
            self.bench.say(self.bench.try_entry(entry).said)
        return entry

    # -- which device ---------------------------------------------------------------------------------------

    def _choose_device(self, makers: tuple[Maker, ...]) -> Plugged:
        if self.wishes.device and "://" in self.wishes.device:
            return _by_address(self.wishes.device)
        free = self._free()
        if self.wishes.device:
            return pointed_at(self.wishes.device, free)
        likely = [device for device in free if device.way != "input" or maker_of(device, makers)]
        if not likely:
            return self._await_plug("Plug the device in now, or unplug it and plug it in again.")
        for number, device in enumerate(likely, 1):
            self.bench.say(f"{number}  {device_words(device)}")
        told = self.ask(
            "Which one? Its number, or 'other' to plug it in now",
            "1" if len(likely) == 1 and likely[0].usb else "other",
        )
        if told.isdecimal() and 1 <= int(told) <= len(likely):
            return likely[int(told) - 1]
        return self._await_plug("Plug it in now; if it is in, unplug it and plug it in again.")

    def _free(self) -> tuple[Plugged, ...]:
        ways = WAYS[self.wishes.role] if self.wishes.role else None
        free = unnamed(self.find(), self.bench.inventory.look())
        return tuple(device for device in free if ways is None or device.way in ways)

    def _await_plug(self, words: str) -> Plugged:
        """Return the next device that is plugged in; one that was there counts once it was pulled out."""
        known = {device.node for device in self._free()}
        self.bench.say(words)
        ends_at = self.bench.clock.monotonic() + self.wishes.wait_s
        while self.bench.clock.monotonic() < ends_at:
            self.pause(PAUSE_S)
            free = self._free()
            fresh = [device for device in free if device.node not in known]
            if fresh:
                self.bench.say(f"Found: {device_words(fresh[0])}.")
                return self._settled(fresh[0])
            known &= {device.node for device in free}
        raise NotAdded("No new device was seen. Try another cable or socket, and look with: twincheck devices watch")

    def _settled(self, device: Plugged) -> Plugged:
        """Return the device as it is when udev has given it its names, and us the right to open it."""
        self.pause(SETTLE_S)
        return next((one for one in self._free() if one.node == device.node), device)

    def _choose_role(self, device: Plugged, makers: tuple[Maker, ...]) -> Role:
        roles = (self.wishes.role,) if self.wishes.role else roles_of(device, makers)
        if len(roles) == 1:
            return roles[0]
        told = self.ask(f"What is it? {' or '.join(roles)}", roles[0])
        for role in roles:
            if told == role:
                return role
        raise NotAdded(f"{told!r} is not one of: {', '.join(roles)}.")

    # -- which name -----------------------------------------------------------------------------------------

    def _choose_name(self, role: Role) -> str:
        taken = {entry.name for entry in self.bench.inventory.book}
        if self.wishes.name:
            return self.wishes.name
        proposed = next(name for name in _names(role) if name not in taken)
        return slug(self.ask("What does the shop call it?", proposed)) or proposed


def pointed_at(wanted: str, devices: Sequence[Plugged]) -> Plugged:
    """Return the device that a person named by its file, its number or one of udev's names for it.

    Raises:
        NotAdded: none of these is it, or several are (two with one number); the message says which there are.
    """
    meant = [
        device
        for device in devices
        if wanted in (device.node, Path(device.node).name, device.serial, *device.by_id, *device.by_path)
    ]
    if len(meant) == 1:
        return meant[0]
    found = "; ".join(map(device_words, meant or devices)) or "nothing"
    if meant:
        raise NotAdded(f"{wanted} could be any of these; name it by its file: {found}.")
    raise NotAdded(f"{wanted} is not plugged in, or has a name already. There is: {found}.")


def slug(told: str) -> str:
    """Return a name as the book has it: ``Counter left`` becomes ``counter-left``."""
    return re.sub(r"[^a-z0-9]+", "-", told.strip().lower()).strip("-")[:48].strip("-")


def binding_words(entry: Entry) -> str:
    """Return by what an entry is bound, as a person would say it."""
    if entry.url:
        return f"its address {entry.url}"
    if entry.serial:
        return f"its serial number {entry.serial}"
    return f"its name {entry.by_id}" if entry.by_id else f"the socket it is in ({entry.by_path})"


def _names(role: Role) -> Iterator[str]:
    yield f"counter-{role}"
    number = 2
    while True:
        yield f"counter-{role}-{number}"
        number += 1


def _by_address(url: str) -> Plugged:
    """Return a device that is known by its address alone, such as a printer on the network."""
    scheme = url.partition("://")[0]
    ways: dict[str, Way] = {"camera": "camera", "evdev": "input", "file": "printer", "cups": "printer"}
    is_printer = url.endswith(":9100")  # the port that printers take print bytes on
    return Plugged(way="printer" if is_printer else ways.get(scheme, "serial"), node=url, url=url)
