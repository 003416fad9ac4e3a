"""Where everything about plans is put together."""

from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Database
from photoservice.keyring import Keyring
from photoservice.notifying.notices import Notices
from photoservice.ordering.telling import Telling
from photoservice.persons.persons import Persons
from photoservice.planning.counting import Counting
from photoservice.planning.defaults import Defaults
from photoservice.planning.evaluating import Evaluating
from photoservice.planning.firing import Firing, Maker
from photoservice.planning.pendings import Pendings
from photoservice.planning.plans import Plans
from photoservice.planning.wholes import Wholes
from photoservice.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Around:
    """What plans know besides: people, what they are told, and what can be had."""

    persons: Persons
    notices: Notices
    catalogues: Catalogues
    defaults: Defaults


@dataclass(frozen=True, kw_only=True)
class Planning:
    """The parts that count, look, fire and show."""

    plans: Plans
    counting: Counting
    wholes: Wholes
    evaluating: Evaluating


def open_planning(
    settings: Settings, database: Database, around: Around, *, clock: Clock, keyring: Keyring, maker: Maker
) -> Planning:
    """Put the parts together."""
    persons, catalogues, defaults = around.persons, around.catalogues, around.defaults
    pendings = Pendings(persons=persons)
    telling = Telling(notices=around.notices, persons=persons)
    firing = Firing(
        database=database, clock=clock, pendings=pendings, catalogues=catalogues, telling=telling, maker=maker
    )
    return Planning(
        plans=Plans(clock=clock, keyring=keyring, persons=persons, catalogues=catalogues, pendings=pendings),
        counting=Counting(database=database, clock=clock, persons=persons, defaults=defaults),
        wholes=Wholes(database=database, clock=clock, quiet_for=settings.told_after),
        evaluating=Evaluating(database=database, clock=clock, pendings=pendings, catalogues=catalogues, firing=firing),
    )
