"""Why a reading was refused, in words a shopper understands: what happened, and what to do now.

The station keeps the reason; the screen shows the sentences (DESIGN 5H, STYLE 17). They are English here and are the
keys of the translations.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class RefusalReason(StrEnum):
    """Every reason we have to refuse a reading."""

    UNREADABLE = "unreadable"
    NOT_OURS = "not_ours"
    MISREAD = "misread"
    AMBIGUOUS = "ambiguous"
    BROKEN_GS1 = "broken_gs1"
    SERIAL_TOO_SHORT = "serial_too_short"
    SHIPPING_CASE = "shipping_case"
    CARTRIDGE_CODE = "cartridge_code"
    UNKNOWN_CARD = "unknown_card"
    LINK_ELSEWHERE = "link_elsewhere"
    ACCESS_CODE = "access_code"
    TOO_LONG = "too_long"
    NOTHING_TYPED = "nothing_typed"


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Two sentences for the screen: what happened, and what to do."""

    happened: str
    do: str

    def __str__(self) -> str:
        return f"{self.happened} {self.do}"


_ADVICE: Final = {
    RefusalReason.UNREADABLE: Advice(
        happened="The scanner could not read that cleanly.", do="Please hold the code still and scan it again."
    ),
    RefusalReason.NOT_OURS: Advice(
        happened="That code is not from a film package or a card we know.",
        do="Look for the square code on the film package, or scan your registration card.",
    ),
    RefusalReason.MISREAD: Advice(
        happened="One character in that code seems to be wrong.", do="Please scan it again, or check what you typed."
    ),
    RefusalReason.AMBIGUOUS: Advice(
        happened="That number could mean two different things, so we did not guess.",
        do="Please ask a member of staff.",
    ),
    RefusalReason.BROKEN_GS1: Advice(
        happened="The code on this package is damaged or was printed wrongly.",
        do="Try the other code on the package, or type the number printed beside it.",
    ),
    RefusalReason.SERIAL_TOO_SHORT: Advice(
        happened="The number on this package is too short to be its own.",
        do="Please ask a member of staff: they can give the film a label with a number of its own.",
    ),
    RefusalReason.SHIPPING_CASE: Advice(
        happened="That code belongs to a shipping box or a place, not to a film package.",
        do="Please scan the package you bought.",
    ),
    RefusalReason.CARTRIDGE_CODE: Advice(
        happened="That code names a kind of film or a shipping box, not your package.",
        do="Please scan the square code on the package.",
    ),
    RefusalReason.UNKNOWN_CARD: Advice(
        happened="That card is not one this store accepts.",
        do="Please scan another registration card, or ask a member of staff for one.",
    ),
    RefusalReason.LINK_ELSEWHERE: Advice(
        happened="That code opens a web page and names no package.",
        do="Look for the other code on the package, or type the number printed beside it.",
    ),
    RefusalReason.ACCESS_CODE: Advice(
        happened="That code opens your pictures on your own phone.",
        do="Keep it to yourself and open it at home. To print labels again, scan the number on the receipt.",
    ),
    RefusalReason.TOO_LONG: Advice(
        happened="That is longer than any code we use.", do="Please scan one code at a time."
    ),
    RefusalReason.NOTHING_TYPED: Advice(happened="Nothing was typed.", do="Type the number printed beside the code."),
}


def describe(reason: RefusalReason) -> Advice:
    """Return what a shopper reads about ``reason``."""
    return _ADVICE[reason]
