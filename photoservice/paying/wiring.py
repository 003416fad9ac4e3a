"""Where everything about paying is put together."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database
from photoservice.errors import StartRefused
from photoservice.keyring import Keyring
from photoservice.paying import virtual
from photoservice.paying.checkouts import Checkouts
from photoservice.paying.messages import Messages
from photoservice.paying.order_codes import OrderCodes
from photoservice.paying.payments import Payments
from photoservice.paying.providers import Provider
from photoservice.paying.receipts import Receipts
from photoservice.paying.tabs import Tabs
from photoservice.settings import Settings
from photoservice.throttle import Throttle


@dataclass(frozen=True, kw_only=True)
class Paying:
    """The parts that know who pays."""

    payments: Payments
    order_codes: OrderCodes
    checkouts: Checkouts
    tabs: Tabs
    receipts: Receipts


def assemble_paying(
    settings: Settings, database: Database, keyring: Keyring, *, clock: Clock, entropy: Entropy
) -> Paying:
    """Put the parts together.

    Raises:
        StartRefused: the settings name a provider of payment pages that there is none of.
    """
    payments = Payments(clock=clock)
    throttle = Throttle(clock=clock, keyring=keyring, purpose="order code", budget=settings.wrong_per_hour)
    return Paying(
        payments=payments,
        order_codes=OrderCodes(database=database, clock=clock, keyring=keyring, throttle=throttle, payments=payments),
        checkouts=Checkouts(
            database=database,
            clock=clock,
            entropy=entropy,
            payments=payments,
            messages=Messages(database=database, clock=clock, payments=payments),
            provider=_provider(settings, keyring, clock),
        ),
        tabs=Tabs(clock=clock, payments=payments),
        receipts=Receipts(payments=payments),
    )


def _provider(settings: Settings, keyring: Keyring, clock: Clock) -> Provider | None:
    if not settings.checkout:
        return None
    if settings.checkout != virtual.NAME:
        raise StartRefused(f"There is no provider of payment pages called {settings.checkout}; there is: virtual.")
    return virtual.VirtualProvider(address=settings.address, clock=clock, keyring=keyring)
