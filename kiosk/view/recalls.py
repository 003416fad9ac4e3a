"""A film that was recalled, or is past its best date: kind words to shoppers, exact ones to staff."""

from kiosk.flow.states import State
from kiosk.flow.values import Package
from kiosk.view.figures import day_words
from kiosk.view.screen import Notice, Strings


def recall_notice(state: State, package: Package | None, t: Strings) -> Notice | None:
    """Return the warning about a film as a box, or None where nothing is known against it."""
    text = recall_text(package, for_staff=state.staff is not None, t=t) if package else ""
    return Notice(tone="warn", text=text) if text else None


def recall_text(package: Package, *, for_staff: bool, t: Strings) -> str:
    """Say that a film was recalled or is past its day: kindly to shoppers, exactly to staff; empty where neither is."""
    parts: list[str] = []
    if package.recall and for_staff:
        parts.append(t.gettext("Recalled: {reason}").format(reason=package.recall_reason))
    elif package.recall:
        parts.append(t.gettext("The maker asks to see this film again. Please show it at the counter."))
    if package.expired_on and for_staff:
        words = t.gettext("Past its best date, {date}. It can still be registered.")
        parts.append(words.format(date=day_words(package.expired_on, t)))
    elif package.expired_on:
        parts.append(t.gettext("This film is past its best date. You can still register it."))
    return " ".join(parts)
