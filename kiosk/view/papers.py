"""Papers that stand for nothing, a test label and what is printed in training: their words, in the staff's language."""

from kiosk.flow.staff_values import Shift
from kiosk.view.screen import Strings
from kiosk.view.staff_tools import shift_words


def trial_words(shift: Shift, t: Strings) -> tuple[str, tuple[str, ...]]:
    """Return a test label's title and lines: what it is worth, and how far the print is moved."""
    return t.gettext("Test label"), (t.gettext("It counts for nothing."), shift_words(shift, t))


def training_words(kind: str, product: str, t: Strings) -> tuple[str, tuple[str, ...], str]:
    """Return title, lines and band of a paper that was printed in training: what it would be, without any code."""
    words = {
        "roll": t.gettext("Roll label"),
        "package": t.gettext("Package label"),
        "receipt": t.gettext("Receipt"),
    }
    title = " · ".join(part for part in (words[kind], product) if part)
    lines = (t.gettext("Made in training: it counts for nothing."), t.gettext("Please throw it away."))
    return title, lines, t.gettext("TRAINING")
