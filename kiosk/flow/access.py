"""How this person sees, hears and reaches the kiosk: chosen for one session, gone with the shopper who chose it."""

from dataclasses import dataclass
from typing import Final, Literal

Key = Literal["previous", "next", "press", "repeat", "back", "volume"]
"""The tactile keypad: three keys that walk and press, one that says it again, one that goes back, one for loudness."""

LOUDEST: Final = 5
USUAL_VOLUME: Final = 3
"""What every session begins with (36 CFR 1194.25(f): the volume is reset after each user)."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """What one person needs. All of it off is how each session begins.

    ``focus`` is the id of the part the keypad stands on (:mod:`kiosk.view.reading`), empty while nobody uses it;
    ``asked_again`` counts how often it was to be said once more.
    """

    has_contrast: bool = False
    is_large: bool = False
    """Large text: a capital letter of at least 0.7 degrees at 600 mm (EN 301 549, 5.1.4)."""
    is_low: bool = False
    """Everything that is touched stands low, for a person who sits."""
    speaks: bool = False
    volume: int = USUAL_VOLUME
    """1 to :data:`LOUDEST`."""
    greets: bool = False
    """Speech has just begun: how the keypad is used is said first."""
    focus: str = ""
    beneath: str = ""
    """Where the focus stood when a question was put over the page; it goes back there."""
    asked_again: int = 0


HEADING: Final = "title"
"""The id of the first part of every page: where a person who listens begins."""

NOTHING: Final = Access()
