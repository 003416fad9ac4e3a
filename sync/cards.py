"""What a station knows of customers' cards: which are lost, and which are one customer's (DESIGN 5A, 5C).

A card is an HMAC under the station's own key here. What staff of another station did is not known; the photoservice
knows it all, and judges by it.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import apsw

from photocore.cards import CardNumber
from photocore.events import SealedPart
from photocore.kinds import CardsMerged, CardsMergedSealed
from sync.counter import Counter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.registrations import find_by_number, mark_card
from sync.statements import one, run

Joining = Literal["guest", "replaced", "household"]


@dataclass(frozen=True, kw_only=True)
class JoinWish:
    """Two cards that staff want to be one customer's: the ``old`` one, or the receipt's ``number`` it registered.

    ``staff`` is who had both before them, and ``reason`` what they said beyond ``why``.
    """

    why: Joining
    into: CardNumber = field(repr=False)
    staff: str
    old: CardNumber | None = field(default=None, repr=False)
    number: str = ""
    reason: str = ""


def is_lost(connection: apsw.Connection, card: CardNumber, mark: bytes) -> bool:
    """Say whether this station knows that another card stands in the place of this one.

    Either staff replaced it here, or a later issue of the same number registered here (AI 8019). A reading without an
    issue, as a typed one, cannot be told from the newest.
    """
    if one(connection, "cards.is_replaced", {"card": mark}) is not None:
        return True
    if card.issue is None:
        return False
    newest = one(connection, "cards.issue", {"card": mark})
    return newest is not None and card.issue < newest[0]


def note_issue(connection: apsw.Connection, card: CardNumber, mark: bytes) -> None:
    """Remember which issue of a card registered."""
    if card.issue is not None:
        run(connection, "cards.note_issue", {"card": mark, "issue": card.issue})


def is_same_customer(connection: apsw.Connection, mark: bytes, other: bytes) -> bool:
    """Say whether two cards are one customer's, as far as this station knows; what is not known is nobody's."""
    if not mark or not other:
        return False
    return mark == other or one(connection, "cards.same_customer", {"card": mark, "other": other}) is not None


@dataclass(frozen=True, kw_only=True)
class Join:
    """A wish with what was sealed of it, before the journal's one writer is held."""

    wish: JoinWish
    event_id: str
    sealed: SealedPart


def prepare_join(counter: Counter, wish: JoinWish) -> Join:
    """Seal both cards.

    Raises:
        DeskRefusal: they are one and the same.
    """
    if wish.old == wish.into:
        raise DeskRefusal(DeskReason.SAME_CARD)
    event_id = counter.drafter.mint_id()
    personal = CardsMergedSealed(
        into_table=wish.into.table,
        into_number=wish.into.number,
        old_table=wish.old.table if wish.old else None,
        old_number=wish.old.number if wish.old else None,
    )
    return Join(wish=wish, event_id=event_id, sealed=counter.drafter.seal(event_id, CardsMerged, "sealed", personal))


def join_cards(transaction: Transaction, counter: Counter, join: Join) -> None:
    """Write that two cards are one customer's, and know it here from now on.

    Whoever found a card that was lost, or a receipt with a guest card, has no customer by it: what went to somebody's
    own card can be joined to no third. A lost card that turns up stands again once staff put it in the other's place.

    Raises:
        DeskRefusal: the receipt is of no registration that stands at this station, its card is the new one already, or
            a card of the two is somebody's no more.
    """
    connection, wish, store = transaction.connection, join.wish, counter.roster.store
    if store is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    registration = find_by_number(connection, wish.number) if wish.old is None else None
    if wish.old is None and registration is None:
        raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
    if registration is not None and registration.withdrawn:
        raise DeskRefusal(DeskReason.WITHDRAWN)
    into = mark_card(wish.into, counter.card_key)
    old = mark_card(wish.old, counter.card_key) if wish.old else registration.card_mark if registration else b""
    if old == into:
        raise DeskRefusal(DeskReason.SAME_CARD)
    _refuse_given_up(connection, wish, old, into)
    body = CardsMerged(
        why=wish.why,
        store=store.gln,
        staff=wish.staff,
        reason=wish.reason[:200],
        claim=registration.claim if registration else None,
    )
    draft = counter.drafter.draft(body, event_id=join.event_id)
    transaction.append(replace(draft, sealed=join.sealed))
    if old:  # a registration that came back after a restore has lost its card here
        run(connection, "cards.tie", {"event": join.event_id, "old": old, "into": into, "why": wish.why})
    if wish.why == "replaced":
        run(connection, "cards.stand_again", {"card": into})


def _refuse_given_up(connection: apsw.Connection, wish: JoinWish, old: bytes, into: bytes) -> None:
    """Refuse what would tie a third card to a customer by a card that they gave up."""
    if is_same_customer(connection, old, into):
        return
    if one(connection, "cards.is_given_up", {"card": into}) is not None:
        raise DeskRefusal(DeskReason.CARD_REPLACED)
    # whoever lost the successor too may have no receipt but those of the card before it
    is_lost_again = wish.old is None and one(connection, "cards.is_replaced", {"card": old}) is not None
    if not is_lost_again and one(connection, "cards.is_given_up", {"card": old}) is not None:
        raise DeskRefusal(DeskReason.CARD_REPLACED)
