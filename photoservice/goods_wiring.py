"""Where everything about goods is put together."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.cataloguing.drafts import Drafts
from photoservice.cataloguing.terms import TermsBook
from photoservice.dashboards.hours import Hours
from photoservice.dashboards.traffic import Traffic
from photoservice.db.database import Database
from photoservice.goods import Goods
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.operating.audit import Audit
from photoservice.operating.operators import Operators
from photoservice.ordering.asking import Asking
from photoservice.ordering.by_share import ByShare
from photoservice.ordering.releases import Releases
from photoservice.ordering.wiring import Neighbours, assemble_ordering
from photoservice.paying.wiring import assemble_paying
from photoservice.people import People
from photoservice.pictures import Pictures
from photoservice.planning.defaults import Defaults
from photoservice.planning.wiring import Around, open_planning
from photoservice.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Base:
    """What goods stand on."""

    settings: Settings
    database: Database
    keyring: Keyring
    clock: Clock
    entropy: Entropy
    metrics: Metrics


def assemble_goods(base: Base, *, people: People, pictures: Pictures, releases: Releases) -> Goods:
    """Put the parts together."""
    catalogues = Catalogues(clock=base.clock)
    audit = Audit(clock=base.clock)
    logins = people.entrance.logins
    terms = TermsBook(clock=base.clock, catalogues=catalogues)
    defaults = Defaults(clock=base.clock, keyring=base.keyring, terms=terms, catalogues=catalogues)
    paying = assemble_paying(base.settings, base.database, base.keyring, clock=base.clock, entropy=base.entropy)
    near = Neighbours(shelf=catalogues, tabs=paying.tabs, refunds=paying.payments, defaults=defaults, releases=releases)
    ordering = assemble_ordering(base.database, base.keyring, near, clock=base.clock, people=people, pictures=pictures)
    around = Around(persons=people.persons, notices=people.notices, catalogues=catalogues, defaults=defaults)
    planning = open_planning(
        base.settings, base.database, around, clock=base.clock, keyring=base.keyring, maker=ordering.making
    )
    return Goods(
        catalogues=catalogues,
        drafts=Drafts(clock=base.clock, catalogues=catalogues),
        terms=terms,
        plans=planning.plans,
        defaults=defaults,
        counting=planning.counting,
        wholes=planning.wholes,
        evaluating=planning.evaluating,
        operators=Operators(clock=base.clock, entropy=base.entropy, logins=logins, audit=audit),
        audit=audit,
        hours=Hours(database=base.database, clock=base.clock, traffic=Traffic()),
        making=ordering.making,
        orders=ordering.orders,
        by_share=ByShare(
            making=ordering.making, reading=ordering.orders.reading, notices=people.notices, shares=people.shares
        ),
        asking=Asking(orders=ordering.orders),
        releasing=ordering.releasing,
        reminding=ordering.reminding,
        next_rolls=ordering.next_rolls,
        steps=ordering.steps,
        payments=paying.payments,
        order_codes=paying.order_codes,
        checkouts=paying.checkouts,
        tabs=paying.tabs,
        receipts=paying.receipts,
    )
