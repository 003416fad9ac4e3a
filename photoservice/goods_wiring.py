"""Where everything about goods is put together."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database
from photoservice.goods import Goods
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
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
    return Goods()
