"""Which of the devices that are plugged in each name of the book stands for. Pure, and never a guess.

1. ``url`` is taken as it stands.
2. ``serial`` (with ``usb``, the model, where it is noted) is the one device so numbered, in whichever socket. ``by_id``
   likewise is the device that udev gives this name.
3. Where two devices have one number, or two names of the book claim it (cheap scanners all say ``0001``), it tells
   nothing: then the socket decides (``by_path``), and where no socket is noted neither is opened.
4. ``by_path`` alone is what is in that socket, if it is the model that ``usb`` names.
5. No device answers to two names.

What is missing while a device without a name is plugged in may have been replaced: a person is asked, and until they
say so nothing is opened. Two that stand in each other's sockets are told apart by their numbers and keep their names;
that they were swapped is said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

import msgspec

from hardware.errors import PortFault
from hardware.inventory.book import DeviceBook, Entry
from hardware.inventory.plugged import Plugged, Way

Identity = tuple[str, ...]
Denial = tuple[str, Plugged]
"""A name, and a device of which a person said that it is not the new one."""

LIKE_ONLY: Final[frozenset[Way]] = frozenset({"input", "camera"})
"""Every machine has keyboards and many a camera of its own: only one of its model, or in its socket, is proposed."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one name of the book stands: there, with its device; or not, and why; and what might be the new one."""

    entry: Entry
    device: Plugged | None = None
    """What it stands for now; None where it is not there, or is known by a fixed address alone."""
    fault: PortFault | None = None
    """Why it cannot be opened: MISSING, REPLACED (a question is open) or AMBIGUOUS; None where it can."""
    candidates: tuple[Plugged, ...] = ()
    """Devices without a name that might be the new one, all as likely."""
    is_moved: bool = False
    """It is in another socket than the book notes; its number tells that it is the same."""
    swapped_with: str = ""
    """The name that it stands in each other's sockets with."""

    @property
    def name(self) -> str:
        """Return the shop's name for it."""
        return self.entry.name

    @property
    def url(self) -> str:
        """Return the address it is opened by now; empty where it is not there."""
        return self.entry.url or (self.device.url if self.device else "")

    @property
    def candidate(self) -> Plugged | None:
        """Return the one device to ask about; None where there is none, or where a person must point at one."""
        return self.candidates[0] if len(self.candidates) == 1 else None


def stand(
    book: DeviceBook,
    plugged: Sequence[Plugged],
    *,
    twins: frozenset[Identity] = frozenset(),
    denied: frozenset[Denial] = frozenset(),
    bystanders: frozenset[Denial] = frozenset(),
) -> tuple[Standing, ...]:
    """Return how every name of the book stands.

    ``twins`` are identities that were seen on two devices at once, now or before; ``denied`` is not proposed again.
    ``bystanders`` were there without a name while that name's device was there, too (a till's cash drawer, a UPS): they
    are proposed for it only if they are of its model, or in its socket.
    """
    placed = _without_doubles(tuple(_place(entry, book, plugged, twins) for entry in book))
    taken = {standing.device.node for standing in placed if standing.device}
    free = [device for device in plugged if device.node not in taken]
    asked = tuple(_propose(standing, free, denied, bystanders) for standing in placed)
    return tuple(_note_move(standing, asked, plugged) for standing in asked)


def bound_to(entry: Entry, device: Plugged) -> Entry:
    """Return the entry bound to ``device`` instead: by its number where it has one, and by its socket."""
    stays = device.serial or device.by_path
    return msgspec.structs.replace(
        entry,
        url=None if stays or device.by_id else device.url,
        way=device.way,
        usb=device.usb or None,
        interface=device.interface or None,
        serial=device.serial or None,
        by_id=device.by_id[0] if device.by_id and not stays else None,
        by_path=device.by_path[0] if device.by_path else None,
    )


def shared_identities(plugged: Iterable[Plugged]) -> frozenset[Identity]:
    """Return the identities that more than one device has."""
    seen: set[Identity] = set()
    shared: set[Identity] = set()
    for device in plugged:
        (shared if device.identity in seen else seen).add(device.identity)
    return frozenset(shared)


def is_in_socket(entry: Entry, device: Plugged) -> bool:
    """Say whether ``device`` is where the book says the entry's device is."""
    return entry.by_path is not None and _bare(entry.by_path) in map(_bare, device.by_path)


def _place(entry: Entry, book: DeviceBook, plugged: Sequence[Plugged], twins: frozenset[Identity]) -> Standing:
    if entry.url:
        return Standing(entry=entry)
    like = [device for device in plugged if _is_like(entry, device)]
    if not (entry.serial or entry.by_id):
        fits = [device for device in like if is_in_socket(entry, device)]
    else:
        fits = _known_by_number(entry, like)
        is_told = len(fits) == 1 and fits[0].identity not in twins and not _has_rival(entry, book)
        if fits and not is_told:
            if entry.by_path is None:
                return Standing(entry=entry, fault=PortFault.AMBIGUOUS)
            fits = [device for device in fits if is_in_socket(entry, device)]
    if len(fits) == 1:
        return Standing(entry=entry, device=fits[0])
    return Standing(entry=entry, fault=PortFault.AMBIGUOUS if fits else PortFault.MISSING)


def _is_like(entry: Entry, device: Plugged) -> bool:
    """Say whether ``device`` is of the entry's model, and plugged in as the entry's is, as far as the book says."""
    return device.way in entry.ways and entry.usb in (None, device.usb) and entry.interface in (None, device.interface)


def _known_by_number(entry: Entry, like: Sequence[Plugged]) -> list[Plugged]:
    if entry.serial:
        return [device for device in like if device.serial == entry.serial]
    wanted = _bare(entry.by_id or "")
    named = [device for device in like if wanted in map(_bare, device.by_id)]
    # udev gives one link to one of two that are alike: the other is as good a bearer of that name
    return [device for device in like if device.identity in {known.identity for known in named}]


def _has_rival(entry: Entry, book: DeviceBook) -> bool:
    return any(other is not entry and _claim_the_same(entry, other) for other in book if not other.url)


def _claim_the_same(one: Entry, other: Entry) -> bool:
    if not set(one.ways) & set(other.ways) or not _agree(one.interface, other.interface):
        return False
    if one.serial or other.serial:
        return one.serial == other.serial and _agree(one.usb, other.usb)
    return one.by_id is not None and other.by_id is not None and _bare(one.by_id) == _bare(other.by_id)


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _without_doubles(placed: tuple[Standing, ...]) -> tuple[Standing, ...]:
    nodes = [standing.device.node for standing in placed if standing.device]
    return tuple(
        Standing(entry=standing.entry, fault=PortFault.AMBIGUOUS)
        if standing.device and nodes.count(standing.device.node) > 1
        else standing
        for standing in placed
    )


def _propose(
    standing: Standing, free: Sequence[Plugged], denied: frozenset[Denial], bystanders: frozenset[Denial]
) -> Standing:
    """Ask about the likeliest of the devices without a name: its own model first, then what is in its socket.

    What is no plug at all, as a machine's own serial port, was never plugged in by anybody.
    """
    if standing.fault is not PortFault.MISSING:
        return standing
    entry = standing.entry
    ranked = {
        device: (bool(device.usb) and device.usb == entry.usb, is_in_socket(entry, device))
        for device in free
        if device.way in entry.ways and device.usb and (entry.name, device) not in denied
    }
    likely = {
        device: rank
        for device, rank in ranked.items()
        if any(rank) or (device.way not in LIKE_ONLY and (entry.name, device) not in bystanders)
    }
    if not likely:
        return standing
    best = max(likely.values())
    candidates = tuple(device for device, rank in likely.items() if rank == best)
    return replace(standing, fault=PortFault.REPLACED, candidates=candidates)


def _note_move(standing: Standing, all_standing: Sequence[Standing], plugged: Sequence[Plugged]) -> Standing:
    entry = standing.entry
    if entry.url or not entry.by_path:
        return standing
    is_moved = standing.device is not None and not is_in_socket(entry, standing.device)
    if not is_moved and standing.device:
        return standing
    swapped = [other.name for other in all_standing if other is not standing and _are_swapped(standing, other, plugged)]
    return replace(standing, is_moved=is_moved, swapped_with=swapped[0] if swapped else "")


def _are_swapped(one: Standing, other: Standing, plugged: Sequence[Plugged]) -> bool:
    """Say whether each stands in the other's socket, by their numbers or else by their models."""
    if one.device and other.device:
        return is_in_socket(one.entry, other.device) and is_in_socket(other.entry, one.device)
    if one.device or other.device or not one.entry.usb or one.entry.usb == other.entry.usb:
        return False
    return _holds(other.entry, one.entry, plugged) and _holds(one.entry, other.entry, plugged)


def _holds(place: Entry, sought: Entry, plugged: Sequence[Plugged]) -> bool:
    """Say whether the socket of ``place`` holds something that could be ``sought``."""
    return any(is_in_socket(place, device) and _is_like(sought, device) for device in plugged)


def _bare(name: str) -> str:
    """Return a name without its folder: /dev/serial/by-path and what we work out ourselves are compared so."""
    return PurePosixPath(name).name
