"""What a registration has become, in plain words of the reader's language: the same for the page and for its script."""

from collections.abc import Sequence
from datetime import UTC
from typing import Final

import msgspec

from photocore.bidi import isolated, without_turns
from photocore.codes import grouped
from photoservice.access import Registered
from photoservice.gallery.frames import ImageTold
from photoservice.gallery.sheets import Sheet
from photoservice.home_answers import HomeClaim, ProductTold
from photoservice.web.languages import Words

TONES: Final = {"confirmed": "ok", "registered": "ok", "waiting": "wait", "held": "wait"}
"""How a word is coloured; all others ask for somebody to look."""

_TEXTS: Final = {"refused": "lost"}
_TO_DO_AT_HOME: Final = {
    "confirmed": "confirmed",
    "registered": "registered",
    "waiting": "waiting",
    "contested": "decide",
    "case": "decide",
    "refused": "decide",
}
"""Who claimed at home has no receipt, and labels that are on already. Their claim is never held for a till."""

_CLAIMED: Final = ("registered", "waiting", "contested")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One fact: what it is called, and what it is. ``is_code`` is read symbol by symbol, left to right.

    ``at`` is the instant of a time that no store's clock told: a script says it by the reader's own.
    """

    name: str
    value: str
    is_code: bool = False
    at: str = ""


class PictureTold(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of a contact sheet: its frame, what it is called, where it is, small and large.

    ``small`` and ``large`` are empty until they are made, and ``note`` says so. ``placeholder`` is a data address or
    empty. Width and height are the small one's, in pixels.
    """

    frame: str
    name: str
    small: str
    large: str
    placeholder: str
    width: int
    height: int
    note: str


class SheetTold(msgspec.Struct, frozen=True, kw_only=True):
    """One roll's contact sheet. ``code`` is the roll's ID, as on its label."""

    heading: str
    text: str
    code: str
    pictures: tuple[PictureTold, ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A registration in sentences: what it is, what that means, what to do next; and the pictures there are of it."""

    language: str
    tone: str
    heading: str
    text: str
    do: str
    rows: tuple[Row, ...]
    sheets: tuple[SheetTold, ...] = ()


def tell(seen: Registered, words: Words, sheets: Sequence[Sheet] = ()) -> Told:
    """Return what the bearer of an access code is told."""
    name = f"receipt.{_TEXTS.get(seen.word, seen.word)}"
    at_home = _TO_DO_AT_HOME.get(seen.word) if seen.store is None else None
    to_do = [f"receipt.home.{at_home}.do" if at_home else f"{name}.do", *(["sheet.later"] if seen.shown else [])]
    if sheets:
        to_do = ["sheet.do", *_of_pictures(seen, sheets)]
    return Told(
        language=words.language,
        tone=TONES.get(seen.word, "look"),
        heading=words.text(f"{name}.heading"),
        text=words.text(f"{name}.text"),
        do=" ".join(words.text(sentence) for sentence in to_do),
        rows=(
            *_film(seen.product, seen.rolls, words),
            Row(
                name=words.text("receipt.row.when"),
                value=words.moment(seen.at),
                at=seen.at.isoformat(timespec="seconds") if seen.at.tzinfo is UTC else "",
            ),
            Row(
                name=words.text("receipt.row.where"),
                value=without_turns(seen.store or "") or words.text("receipt.value.home"),
            ),
            Row(name=words.text("receipt.row.number"), value=grouped(seen.number), is_code=True),
        ),
        sheets=tuple(_sheet(sheet, words) for sheet in sheets),
    )


def tell_claimed(claim: HomeClaim, words: Words) -> Told:
    """Return what somebody is told who just claimed a package."""
    name = f"claimed.{claim.word if claim.word in _CLAIMED else 'other'}"
    return Told(
        language=words.language,
        tone=TONES.get(claim.word, "look"),
        heading=words.text(f"{name}.heading"),
        text=words.text(f"{name}.lead"),
        do="",
        rows=(
            *_film(claim.product, len(claim.rolls), words),
            Row(name=words.text("receipt.row.number"), value=grouped(claim.number), is_code=True),
        ),
    )


def _film(product: ProductTold | None, rolls: int, words: Words) -> tuple[Row, Row]:
    named = " · ".join(part for part in (product.name, product.detail) if part) if product else ""
    film = Row(name=words.text("receipt.row.film"), value=without_turns(named) or words.text("receipt.value.unnamed"))
    amount = words.count("rolls", rolls) if rolls else words.text("receipt.value.rolls_later")
    return film, Row(name=words.text("receipt.row.rolls"), value=amount)


def _of_pictures(seen: Registered, sheets: Sequence[Sheet]) -> list[str]:
    """Return the sentences on what is not to be seen: pictures on their way, pictures that failed, other rolls."""
    missing = [image for sheet in sheets for image in sheet.images if not image.ready]
    said = {
        "sheet.soon": any(not image.trouble for image in missing),
        "sheet.ask": any(image.trouble for image in missing),
        "sheet.rest": len(sheets) < len(seen.shown),
    }
    return [sentence for sentence, is_so in said.items() if is_so]


def _sheet(sheet: Sheet, words: Words) -> SheetTold:
    film = (sheet.roll.stock, f"ISO {sheet.roll.iso}" if sheet.roll.iso else "", sheet.roll.process)
    in_rtl = words.direction == "rtl"  # names that read the other way stand apart: the count keeps its own direction
    said = (*(isolated(part, in_rtl=in_rtl) for part in film), words.count("pictures", len(sheet.images)))
    return SheetTold(
        heading=words.text("sheet.roll").replace("{n}", str(sheet.place)),
        text=" · ".join(part for part in said if part),
        code=sheet.roll.roll,
        pictures=tuple(_picture(image, words) for image in sheet.images),
    )


def _picture(image: ImageTold, words: Words) -> PictureTold:
    small, large = image.tiers.get("256"), image.tiers.get("2048")
    note = "" if image.ready else words.text("sheet.unmade" if image.trouble else "sheet.making")
    return PictureTold(
        frame=image.frame,
        name=words.text("sheet.picture").replace("{frame}", image.frame),
        small=small.link if small else "",
        large=large.link if large else "",
        placeholder=image.placeholder or "",
        width=small.width if small else 3,
        height=small.height if small else 2,
        note=note,
    )
