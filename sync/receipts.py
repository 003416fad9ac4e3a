"""What a registration's receipt says, in the words of what is known at that moment (DESIGN 5H)."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from photocore.codes import mint_copy_id
from photocore.label import Receipt
from photocore.roster import Store
from sync.counter import Counter
from sync.label_sets import film_words
from sync.registrations import Registration
from sync.roster import KnownPackage
from sync.words import ReceiptWord


def access_link(base: str, code: str) -> str:
    """Return what the receipt's code opens on a phone, or nothing where the store has no address for it.

    The access code stands in the fragment, which no browser sends.
    """
    return f"{base}#{code}" if base else ""


def make_receipt(
    counter: Counter,
    registration: Registration,
    known: KnownPackage | None,
    store: Store,
    *,
    made_at: datetime,
    is_typed: bool,
    has_code: bool,
    is_labelled: bool,
    guest_card: str = "",
) -> Receipt:
    """Return a fresh copy of a registration's receipt, without what is secret on it.

    ``is_typed`` says that a number was typed instead of scanned, ``has_code`` that a claim code was given,
    ``is_labelled`` that another station printed the labels, so that none comes with it. ``guest_card`` is the number of
    who has no other card: their receipts are where it stands.
    """
    name, detail = film_words(counter.roster.product_of(known.facts) if known else None)
    said = {
        ReceiptWord.REGISTERED_HERE: not registration.is_waiting,
        ReceiptWord.WAITING: registration.is_waiting,
        ReceiptWord.TYPED: is_typed,
        ReceiptWord.CODE_GIVEN: has_code,
        ReceiptWord.LABELLED: is_labelled,
    }
    words = tuple(counter.words(registration.language, word) for word, is_true in said.items() if is_true)
    return Receipt(
        number=registration.number,
        package=registration.package or registration.item,
        store=store.name,
        made_at=made_at.astimezone(zone_of(store)),
        card_masked="",
        rolls=registration.rolls,
        product=name,
        detail=detail,
        state_words=words,
        language=registration.language,
        copy=mint_copy_id(counter.drafter.printed),
        guest_card=guest_card,
    )


def zone_of(store: Store) -> tzinfo:
    """Return a store's time zone; UTC where its name is none."""
    try:
        return ZoneInfo(store.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
