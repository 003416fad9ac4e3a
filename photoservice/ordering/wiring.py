"""Where orders are put together."""

from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Database
from photoservice.keyring import Keyring
from photoservice.ordering.making import Making
from photoservice.ordering.next_rolls import NextRolls
from photoservice.ordering.orders import Orders
from photoservice.ordering.pinning import Pinning
from photoservice.ordering.ports import Beginning, OnAccount, Refunds, Shelf
from photoservice.ordering.reading import Reading
from photoservice.ordering.releases import Releases
from photoservice.ordering.releasing import Releasing
from photoservice.ordering.reminding import Reminding
from photoservice.ordering.settling import Settling
from photoservice.ordering.steps import Steps
from photoservice.ordering.telling import Telling
from photoservice.people import People
from photoservice.pictures import Pictures


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """What orders ask of others."""

    shelf: Shelf
    tabs: OnAccount
    refunds: Refunds
    defaults: Beginning
    releases: Releases


@dataclass(frozen=True, kw_only=True)
class Ordering:
    """All that has to do with orders."""

    making: Making
    orders: Orders
    releasing: Releasing
    reminding: Reminding
    next_rolls: NextRolls
    steps: Steps


def assemble_ordering(
    database: Database, keyring: Keyring, near: Neighbours, *, clock: Clock, people: People, pictures: Pictures
) -> Ordering:
    """Put the parts together."""
    telling = Telling(notices=people.notices, persons=people.persons)
    making = Making(
        clock=clock, keyring=keyring, shelf=near.shelf, tabs=near.tabs, telling=telling, releases=near.releases
    )
    reading = Reading(clock=clock, profiles=people.profiles)
    settling = Settling(clock=clock, refunds=near.refunds, telling=telling)
    versions = people.editing.versions
    pinning = Pinning(clock=clock, shelf=near.shelf, reading=reading, settling=settling, versions=versions)
    return Ordering(
        making=making,
        orders=Orders(making=making, reading=reading, settling=settling),
        releasing=Releasing(
            database=database,
            clock=clock,
            keyring=keyring,
            objects=pictures.objects,
            releases=near.releases,
            pinning=pinning,
        ),
        reminding=Reminding(database=database, clock=clock, reading=reading, settling=settling),
        next_rolls=NextRolls(
            database=database,
            clock=clock,
            making=making,
            reading=reading,
            settling=settling,
            defaults=near.defaults,
        ),
        steps=Steps(clock=clock, reading=reading, settling=settling),
    )
