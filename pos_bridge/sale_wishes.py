"""What the matching found, as the station's desk is asked for it."""

from photocore.cards import CardNumber
from pos_bridge.matching.outcome import GivenBack, Sold
from sync.till_views import RefundWish, SaleWish


def sale_wish(event: str, sold: Sold, card: CardNumber | None) -> SaleWish:
    """Return a unit sold under the event ID ``event``; ``card`` is what its mark stands for, while that is known."""
    basket = sold.place.basket
    return SaleWish(
        event_id=event,
        item=sold.item,
        sale=sold.sale,
        store=basket.store,
        till=basket.till,
        business_day=basket.business_day,
        sequence=basket.sequence,
        line=sold.place.line,
        how=sold.how,
        amount=sold.amount,
        currency=sold.currency,
        staff=sold.staff,
        card=card,
    )


def refund_wish(event: str, given: GivenBack) -> RefundWish:
    """Return a unit given back under the event ID ``event``."""
    return RefundWish(
        event_id=event,
        item=given.item,
        sale=given.sale,
        refund=given.refund,
        store=given.place.basket.store,
        how=given.how,
        staff=given.staff,
    )
