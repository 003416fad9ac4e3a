"""The claim stub of a drop-off: what was wanted, and the bag's number for whoever comes for it (S1).

It is laid out as a receipt is, and holds no secret: whoever brings it gets the order, as it has always been at a
counter. The bag's number stands large, for eyes at a shelf, and as bars and square for a scanner.
"""

from collections.abc import Iterator

from hardware.render.canvas import Canvas
from hardware.render.content import plural
from hardware.render.receipt_body import BodySetter, Entry
from hardware.render.receipt_parts import ReceiptSheet, masthead, number_strip
from hardware.render.wanted import negatives_words, rolls_words, scan_words
from photocore.label import ClaimStub


def stub_parts(sheet: ReceiptSheet, stub: ClaimStub, *, is_drawn: bool) -> Iterator[bytes | Canvas]:
    """Return a claim stub from top to bottom: what we draw, and bytes for what the printer writes.

    Raises:
        LabelUndrawable: the number does not fit this paper, or does not read.
    """
    yield masthead(sheet, stub.store, "stub_title")
    setter = BodySetter(profile=sheet.profile, shelf=sheet.shelf, words=sheet.words, is_ours=is_drawn)
    yield from setter.pieces(stub_entries(stub, sheet.words))
    yield _large(sheet, stub.bag.short)
    yield number_strip(sheet, stub.bag.text, stub.bag.text, "stub_hint")


def stub_entries(stub: ClaimStub, words: dict[str, str]) -> list[Entry]:
    """Return what a stub says between its masthead and its number."""
    wanted, count = stub.wanted, len(stub.wanted.rolls)
    counted = words[f"rolls_{plural(count, words['language'])}"].format(of=count)
    made = Entry(
        name=words["made"],
        text=stub.made_at.strftime(words["date_form"]),
        indent=len(words["made"]) + 2,
        is_code=True,
    )
    lines = (*rolls_words(wanted, words), scan_words(wanted, words), negatives_words(wanted, words))
    terms = [Entry(), Entry(text=words["stub_terms"]), Entry()]
    return [made, Entry(), Entry(text=counted, is_bold=True), *(Entry(text=line) for line in lines), *terms]


def _large(sheet: ReceiptSheet, number: str) -> Canvas:
    canvas = sheet.canvas(9)
    canvas.text(number, sheet.area(1, 1.5, sheet.profile.print_width_mm - 2), sheet.style("mono", 5.5, "center"))
    return canvas
