"""Everything about goods that a request handler or a task may need; built once by ``goods_wiring.py``."""

from dataclasses import dataclass

from photoservice.cataloguing.catalogues import Catalogues
from photoservice.cataloguing.drafts import Drafts
from photoservice.cataloguing.terms import TermsBook
from photoservice.dashboards.hours import Hours
from photoservice.operating.audit import Audit
from photoservice.operating.operators import Operators
from photoservice.ordering.asking import Asking
from photoservice.ordering.by_share import ByShare
from photoservice.ordering.making import Making
from photoservice.ordering.next_rolls import NextRolls
from photoservice.ordering.orders import Orders
from photoservice.ordering.releasing import Releasing
from photoservice.ordering.reminding import Reminding
from photoservice.ordering.steps import Steps
from photoservice.paying.checkouts import Checkouts
from photoservice.paying.order_codes import OrderCodes
from photoservice.paying.payments import Payments
from photoservice.paying.receipts import Receipts
from photoservice.paying.tabs import Tabs
from photoservice.planning.counting import Counting
from photoservice.planning.defaults import Defaults
from photoservice.planning.evaluating import Evaluating
from photoservice.planning.plans import Plans
from photoservice.planning.wholes import Wholes


@dataclass(frozen=True, kw_only=True)
class Goods:
    """The parts that know what can be had, what makes it, and who pays."""

    catalogues: Catalogues
    drafts: Drafts
    terms: TermsBook
    plans: Plans
    defaults: Defaults
    counting: Counting
    wholes: Wholes
    evaluating: Evaluating
    hours: Hours
    operators: Operators
    audit: Audit
    making: Making
    orders: Orders
    by_share: ByShare
    asking: Asking
    releasing: Releasing
    reminding: Reminding
    next_rolls: NextRolls
    steps: Steps
    payments: Payments
    order_codes: OrderCodes
    checkouts: Checkouts
    tabs: Tabs
    receipts: Receipts
