"""What is refused of orders.

::

    Refusal
    ├── ForLabsOnly                 403: the key is no lab's
    ├── EditedMeanwhile
    │   └── OrderChangedMeanwhile   409: it is not the one that was looked at
    ├── NotAsItStands               409: it does not allow this as it stands
    └── PriceChanged                409: prices are other ones than were confirmed
"""

from http import HTTPStatus

from photoservice.errors import EditedMeanwhile, Refusal


class ForLabsOnly(Refusal):
    """Orders say where goods go: they are for who makes them."""

    status = HTTPStatus.FORBIDDEN
    slug = "for-labs"
    title = "This is for labs"

    def __init__(self) -> None:
        super().__init__("Orders are read with a lab's key; a retailer that makes goods has one besides its own.")


class OrderChangedMeanwhile(EditedMeanwhile):
    """An order is not the one that was looked at any more; ``version`` is the one that holds."""

    slug = "order-changed"
    title = "The order changed meanwhile"

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.args = ("The order changed meanwhile: somebody else did something with it, or it went on. Look at it.",)


class NotAsItStands(Refusal):
    """An order does not allow what is wanted, as it stands; ``action`` is what was wanted."""

    status = HTTPStatus.CONFLICT
    slug = "not-as-it-stands"
    title = "The order does not allow this any more, or not yet"

    def __init__(self, action: str) -> None:
        super().__init__(f"As the order stands, this cannot be done ({action.replace('_', ' ')}). Nothing was changed.")
        self.action = action


class PriceChanged(Refusal):
    """Prices are not what was confirmed; now it costs ``minor`` units of ``currency``, which ``digest`` names."""

    status = HTTPStatus.CONFLICT
    slug = "price-changed"
    title = "The price has changed"

    def __init__(self, *, digest: str, minor: int, currency: str) -> None:
        super().__init__("The price is another one than was confirmed. Nothing was ordered; look at it, and ask again.")
        self.digest = digest
        self.minor = minor
        self.currency = currency
