"""The devices of a station as lines for a person and as objects for a program."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hardware.errors import PortFault
from hardware.inventory.binding import Standing
from hardware.inventory.notes import DeviceNote
from hardware.inventory.plugged import Plugged


def unnamed(plugged: Iterable[Plugged], standings: Iterable[Standing]) -> tuple[Plugged, ...]:
    """Return what is plugged in and has no name."""
    named = {standing.device.node for standing in standings if standing.device}
    return tuple(device for device in plugged if device.node not in named)


def standing_words(standing: Standing) -> str:
    """Return how a device stands, in a sentence without its name."""
    if standing.swapped_with and standing.device:
        return f"there, at {standing.device.node}; it and {standing.swapped_with} are in each other's sockets"
    if standing.swapped_with:
        return f"not opened: it and {standing.swapped_with} seem to be in each other's sockets"
    if standing.device:
        return f"there, at {standing.device.node}{', in another socket than noted' if standing.is_moved else ''}"
    if standing.entry.url:
        return f"at {standing.entry.url}, tried when it is used"
    fault = standing.fault or PortFault.MISSING
    if fault is PortFault.REPLACED:
        return f"missing; perhaps replaced by {' or '.join(map(device_words, standing.candidates))}"
    return "missing" if fault is PortFault.MISSING else fault.value


def device_words(device: Plugged) -> str:
    """Return what a device is, with where it is and what tells it from others."""
    number = f", number {device.serial}" if device.serial else ""
    return f"{device.title} at {device.node}{number}"


def as_lines(standings: Sequence[Standing], free: Sequence[Plugged]) -> list[str]:
    """Return a line a device; those without a name below."""
    width = max((len(standing.name) for standing in standings), default=0)
    lines = [
        f"{standing.name:<{width}}  {standing.entry.role:<7}  {standing.entry.profile:<20}  {standing_words(standing)}"
        for standing in standings
    ] or ["No device has a name yet: twincheck devices add"]
    return lines + (
        ["", "Plugged in, and without a name:"] + [f"  {device_words(one)}" for one in free] if free else []
    )


def as_objects(
    standings: Sequence[Standing], free: Sequence[Plugged], notes: Mapping[str, DeviceNote]
) -> dict[str, list[dict[str, Any]]]:
    """Return the same for a program; ``noted`` is what the kiosk last knew."""
    return {
        "devices": [_standing_object(standing, notes.get(standing.name)) for standing in standings],
        "unnamed": [_device_object(device) for device in free],
    }


def _standing_object(standing: Standing, note: DeviceNote | None) -> dict[str, Any]:
    return {
        "name": standing.name,
        "role": standing.entry.role,
        "profile": standing.entry.profile,
        "is_there": None if standing.entry.url else standing.device is not None,
        "url": standing.url or None,
        "fault": standing.fault.name.lower() if standing.fault else None,
        "candidates": [_device_object(device) for device in standing.candidates],
        "is_moved": standing.is_moved,
        "swapped_with": standing.swapped_with or None,
        "noted": note and {"at": note.at, "is_up": note.is_up, "good_at": note.good_at, "outages": note.outages},
    }


def _device_object(device: Plugged) -> dict[str, Any]:
    return {
        "way": device.way,
        "node": device.node,
        "title": device.title,
        "usb": device.usb or None,
        "serial": device.serial or None,
        "by_id": list(device.by_id),
        "by_path": list(device.by_path),
    }
