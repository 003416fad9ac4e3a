"""What is refused around paying.

::

Refusal
├── CurrencyMixed        422: an amount in another currency than the order's
├── NothingToPay         409: nothing is lacking, or the order was cancelled
├── RefundBeyond         409: more than was paid and not given back
├── NotOnAccount         409: no account, or not so much
├── OrderCodeRefused     403: the order code pays nothing, whatever the reason
├── StoreForeign         403: not a store of this retailer's
└── WebhookForged        401: a message that its provider did not sign, or signed too long ago
ServiceError
└── RefundRefused        a provider will not give money back; somebody has to look
"""

from http import HTTPStatus

from photoservice.errors import Refusal, ServiceError


class CurrencyMixed(Refusal):
    """An amount came in another currency than the order's."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    slug = "currency-mixed"
    title = "This is another currency"

    def __init__(self, wanted: str) -> None:
        super().__init__(f"The order is in {wanted}, and nothing else can be paid for it. Nothing was noted.")


class NothingToPay(Refusal):
    """An order lacks no money: it is paid, costs nothing, or was cancelled."""

    status = HTTPStatus.CONFLICT
    slug = "nothing-to-pay"
    title = "There is nothing to pay"

    def __init__(self) -> None:
        super().__init__("The order is paid, costs nothing, or was cancelled. Nothing was changed.")


class RefundBeyond(Refusal):
    """More is to be given back than was paid and not given back yet."""

    status = HTTPStatus.CONFLICT
    slug = "refund-beyond"
    title = "Not so much was paid"

    def __init__(self, left: int) -> None:
        super().__init__(f"At most {left} minor units of this order can be given back. Nothing was changed.")
        self.left = left


class NotOnAccount(Refusal):
    """Somebody has no account in this currency, or it would go beyond its limit."""

    status = HTTPStatus.CONFLICT
    slug = "not-on-account"
    title = "This cannot go on account"

    def __init__(self) -> None:
        super().__init__("There is no account for this currency, or not so much is left on it. Pay in another way.")


class OrderCodeRefused(Refusal):
    """An order code pays nothing; one answer for all reasons, so that nobody learns which codes there are."""

    status = HTTPStatus.FORBIDDEN
    slug = "order-code-refused"
    title = "This order code pays nothing"

    def __init__(self) -> None:
        super().__init__(
            "The code is not one of ours, was used or replaced, is too old, or is for another amount or currency."
            " Take no money for it. The order's page shows the code that holds now."
        )


class StoreForeign(Refusal):
    """A retailer's till named a store that is not theirs."""

    status = HTTPStatus.FORBIDDEN
    slug = "store-foreign"
    title = "This is not a store of yours"

    def __init__(self) -> None:
        super().__init__("Order codes are redeemed in stores that are set up as yours; this GLN is none of them.")


class WebhookForged(Refusal):
    """A message bears no signature of its provider's, or one that is too old."""

    status = HTTPStatus.UNAUTHORIZED
    slug = "webhook-forged"
    title = "This message is not signed as it must be"

    def __init__(self) -> None:
        super().__init__("The message is not signed by its provider, or was signed too long ago. It was not read.")


class RefundRefused(ServiceError):
    """A provider will not give money back; somebody has to look."""
