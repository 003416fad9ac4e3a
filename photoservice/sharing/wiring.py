"""Sharing, put together."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database
from photoservice.keyring import Keyring
from photoservice.notifying.notices import Notices
from photoservice.persons.logins import Logins
from photoservice.persons.passwords import Passwords
from photoservice.persons.persons import Persons
from photoservice.sharing.addresses import Addresses
from photoservice.sharing.exchanging import Exchange
from photoservice.sharing.guests import Guests
from photoservice.sharing.shares import Shares
from photoservice.throttle import Throttle


@dataclass(frozen=True, kw_only=True)
class Known:
    """What sharing needs to know of people: who they are, how they sign in, and how they are told."""

    persons: Persons
    passwords: Passwords
    notices: Notices


def open_shares(
    database: Database, known: Known, *, clock: Clock, entropy: Entropy, keyring: Keyring, wrong_per_hour: int
) -> tuple[Shares, Guests]:
    """Return who keeps shares, and who lets their guests in."""
    shares = Shares(
        database=database,
        clock=clock,
        entropy=entropy,
        persons=known.persons,
        passwords=known.passwords,
        notices=known.notices,
        addresses=Addresses(keyring=keyring),
        logins=Logins(persons=known.persons, keyring=keyring),
    )
    guests = Guests(
        database=database,
        clock=clock,
        entropy=entropy,
        keyring=keyring,
        shares=shares,
        passwords=known.passwords,
        throttle=Throttle(clock=clock, keyring=keyring, purpose="share", budget=wrong_per_hour),
        notices=known.notices,
        exchange=Exchange(clock=clock, persons=known.persons),
    )
    return shares, guests
