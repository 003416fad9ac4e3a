"""What a till or counter says of sales and bags, against itself: pure, before anything is asked of the database."""

from datetime import date
from typing import Final

from photocore.kinds import Body
from photocore.money import MOST_MINOR
from photocore.till_kinds import (
    BagPickedUp,
    DropOffWithdrawn,
    PackageSold,
    RollsDropped,
    SaleCorrected,
    SaleRefunded,
    unit_of_sale,
)
from photocore.twin_checks import parse_season_number
from photoservice.errors import Parked
from photoservice.intake.opening import check_canonical

MOST_UNITS: Final = 999
"""Pieces one line of a sale counts at most: its units are named from 1 on."""
MOST_LINES: Final = 10**15
"""Of line numbers: till systems on the net name lines by numbers of their whole house."""


def check_till(body: Body) -> None:
    """Check what a till or counter says against itself; of other kinds nothing.

    A unit's name must follow from its sale: so no till can name one of another store's.

    Raises:
        CodeError: an item, a bag or a twin check is none.
        Parked: something is written otherwise than in its one form, or the name of the unit is another's.
    """
    match body:
        case PackageSold(item=item):
            check_canonical(item)
            _check_sale(body)
        case SaleRefunded(item=item) | SaleCorrected(item=item):
            check_canonical(item)
        case RollsDropped(rolls=rolls, bag=bag):
            check_canonical(*(one.roll for one in rolls if one.roll is not None))
            _check_numbers(bag, *(one.twin for one in rolls))
        case BagPickedUp(bag=bag) | DropOffWithdrawn(bag=bag):
            _check_numbers(bag)
        case _:
            pass


def _check_sale(body: PackageSold) -> None:
    try:
        date.fromisoformat(body.business_day)
    except ValueError as cause:
        raise Parked(f"there is no business day {body.business_day}", cause="malformed") from cause
    if (body.amount is None) != (body.currency is None):
        raise Parked("an amount and its currency stand together or not at all", cause="malformed")
    if abs(body.amount or 0) > MOST_MINOR or body.line > MOST_LINES:
        raise Parked("a number in it is larger than any till's", cause="malformed")
    sold = {"store": body.store, "till": body.till, "business_day": body.business_day, "sequence": body.sequence}
    if not any(body.sale == unit_of_sale(**sold, line=body.line, unit=n) for n in range(1, MOST_UNITS + 1)):
        raise Parked("the unit's name does not follow from its sale", cause="malformed")


def _check_numbers(*numbers: str) -> None:
    if len(set(numbers)) != len(numbers):
        raise Parked("it names one number twice", cause="malformed")
    for number in numbers:
        if parse_season_number(number).text != number:
            raise Parked(f"the number {number} is not written in its canonical form", cause="malformed")
