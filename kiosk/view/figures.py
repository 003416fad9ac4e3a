"""Dates and fractions as a language writes them. Digits are Western in all of them: they are compared with the film's.

The order and the signs between are words like all others, so a kiosk needs no table of languages; a test holds them to
Unicode's (CLDR). Ages and counts are plural forms (:mod:`kiosk.view.words`).
"""

from datetime import date

from kiosk.view.screen import Strings
from photocore.bidi import FSI, PDI


def day_words(day: str, t: Strings) -> str:
    """Say a day that is kept as ``2026-06-30``."""
    known = date.fromisoformat(day)
    return _whole(t.gettext("{year}-{month}-{day}")).format(
        year=known.year, month=f"{known.month:02}", day=f"{known.day:02}"
    )


def tenths_words(tenths: int, t: Strings) -> str:
    """Say a number of tenths: half is 0.5, or 0,5."""
    whole, rest = divmod(tenths, 10)
    return _whole(t.gettext("{whole}.{tenths}")).format(whole=whole, tenths=rest)


def _whole(pattern: str) -> str:
    """Return ``pattern`` as one number: where it is read from the right, its parts must not stand by themselves."""
    return pattern.replace(FSI, "").replace(PDI, "")
