"""What ``twincheck sync status`` says, line by line, in the words of who manages a store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def status_lines(told: Mapping[str, Any]) -> list[str]:
    """Return the status that ``sync status --json`` gives as lines for people; times are this machine's own."""
    online = {True: "online", False: "offline", None: "not running"}[told["online"]]
    lines = [
        f"Station {told['station']} at {told['url']}: {online}",
        f"  {_counted(told['events'], 'event')}, {told['parked']} parked{_parked_hint(told['parked'])}",
        f"  {_unsent_words(told)}",
        f"  {_ack_words(told['last_ack_at'])}",
        f"  roster version {told['roster']}" if told["roster"] else "  no roster yet",
        f"  {_holder_words(told['held_by'])}",
    ]
    if at_hub := told.get("at_hub"):
        lines.insert(3, f"  {_counted(at_hub, 'event')} at the store hub, not yet known to the photoservice")
    if told["contested"]:
        lines.append(f"  {_contested_words(told['contested'])}")
    if told["restored"]:
        lines += [f"  RESTORED {_counted(told['restored'], 'event')} (not yet noted by staff)", f"    {_WHAT_TO_DO}"]
    if told["trouble"]:
        lines.append(f"  TROUBLE: {told['trouble']}")
    return lines


_KINDS = {
    "PackageSold": "a package was sold",
    "SaleRefunded": "a sale was refunded",
    "SaleCorrected": "what was told of a sale was taken back",
    "RollsDropped": "rolls were dropped off",
    "DropOffWithdrawn": "a drop-off was withdrawn",
    "BagPickedUp": "a bag was picked up",
}


def kind_words(kind: str) -> str:
    """Return an event's kind as ``sync parked`` lists it: one of the till with what happened there."""
    return f"{kind} ({_KINDS[kind]})" if kind in _KINDS else kind


_WHAT_TO_DO = (
    "What was printing then is in doubt: sign in at the kiosk, see to the labels to print, and take note there."
)


def _contested_words(contested: int) -> str:
    if contested == 1:
        return "1 registration of this station is contested by another's now"
    return f"{contested} registrations of this station are contested by others' now"


def _parked_hint(parked: int) -> str:
    return " (`twincheck sync parked` says why)" if parked else ""


def _ack_words(last_ack_at: str | None) -> str:
    if last_ack_at is None:
        return "the photoservice has acknowledged nothing yet"
    return f"the photoservice last acknowledged something at {_local(last_ack_at)}"


def _unsent_words(told: Mapping[str, Any]) -> str:
    if not told["unsent"]:
        return "0 unsent"
    parts = [_counted(told["waiting"], "registration")]
    parts += [f"{_counted(sales, 'event')} of sales"] if (sales := told.get("unsent_sales")) else []
    parts += [f"{_counted(bags, 'event')} of drop-offs"] if (bags := told.get("unsent_drop_offs")) else []
    return f"{told['unsent']} unsent, {', '.join(parts)} among them; the oldest of {_local(told['oldest_at'])}"


def _holder_words(held_by: int | None) -> str:
    if held_by is None:
        return "no program holds its journal now"
    return f"held by process {held_by}" if held_by else "held by a process that does not say its number"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _local(instant: str) -> str:
    """Return an instant as this machine's clock shows it, to the second: ``2026-11-21 15:57:45 CET``."""
    try:
        return datetime.fromisoformat(instant).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    except (ValueError, OverflowError, OSError):
        return instant  # a clock that stood at the end of all years
