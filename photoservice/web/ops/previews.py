"""What a choice of an item would cost, while somebody is still writing it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from photocore.catalogue import Catalogue, CatalogueDraft, Item
from photocore.errors import CatalogueMalformed, ChoiceRefused
from photocore.pricing import Choice, Quote, quote


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A price, or one word for why there is none: ``faults``, or what photocore.errors.ChoiceRefused says."""

    quote: Quote | None
    why: str
    images: int
    quantity: int
    currency: str


def preview(catalogue: CatalogueDraft, item: Item, tried: Mapping[str, str]) -> Preview:
    """Return what the ``tried`` choice costs: ``images``, ``quantity``, ``currency``, and ``option.<id>`` for each."""
    usual = max(1, item.least_images) if item.takes_images else 0
    images = _number(tried.get("images", ""), min(36, item.most_images) if usual else 0)
    quantity = _number(tried.get("quantity", ""), 1)
    currency = tried.get("currency") or (*catalogue.currencies, "")[0]
    chosen = {option.id: tried.get(f"option.{option.id}", "") for option in item.options}
    options = {name: value for name, value in chosen.items() if value}
    found, why = None, ""
    try:
        alone = Catalogue(
            version="preview",
            currencies=catalogue.currencies,
            items=(item,),
            tax_mode=catalogue.tax_mode,
            rates=catalogue.rates,
            languages=catalogue.languages,
        )
        choice = Choice(item=item.id, options=options, quantity=quantity)
        found = quote(alone, choice, images=images, currency=currency)
    except CatalogueMalformed:
        why = "faults"
    except ChoiceRefused as refusal:
        why = refusal.why
    return Preview(quote=found, why=why, images=images, quantity=quantity, currency=currency)


def _number(text: str, usual: int) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 8 else usual
