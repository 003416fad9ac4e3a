"""Where everything about goods is put together."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.cataloguing.terms import TermsBook
from photoservice.dashboards.hours import Hours
from photoservice.dashboards.traffic import Traffic
from photoservice.db.database import Database
from photoservice.goods import Goods
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.operating.audit import Audit
from photoservice.operating.operators import Operators
from photoservice.people import People
from photoservice.pictures import Pictures
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


def assemble_goods(base: Base, *, people: People, pictures: Pictures) -> Goods:
    """Put the parts together."""
    catalogues = Catalogues(clock=base.clock)
    audit = Audit(clock=base.clock)
    logins = people.entrance.logins
    return Goods(
        catalogues=catalogues,
        terms=TermsBook(clock=base.clock, catalogues=catalogues),
        operators=Operators(clock=base.clock, entropy=base.entropy, logins=logins, audit=audit),
        audit=audit,
        hours=Hours(database=base.database, clock=base.clock, traffic=Traffic()),
    )
