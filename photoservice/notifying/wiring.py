"""Where being told is put together."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.notifying.arrivals import Arrivals
from photoservice.notifying.couriers import open_couriers
from photoservice.notifying.letters import Letters, mail_templates
from photoservice.notifying.messages import Messages
from photoservice.notifying.notices import Notices
from photoservice.notifying.sending import Sender
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import Profiles
from photoservice.settings import Settings
from photoservice.web.languages import read_words


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What tells people."""

    profiles: Profiles
    messages: Messages
    sender: Sender
    notices: Notices
    arrivals: Arrivals


def open_telling(
    settings: Settings,
    database: Database,
    persons: Persons,
    *,
    clock: Clock,
    entropy: Entropy,
    keyring: Keyring,
    metrics: Metrics,
) -> Telling:
    """Return what tells people, by the ways that are set up.

    Raises:
        StartRefused: the settings name a way that leads nowhere.
    """
    letters = Letters(templates=mail_templates(), words=read_words(), keyring=keyring, address=settings.address)
    sender = Sender(
        database=database,
        clock=clock,
        persons=persons,
        letters=letters,
        couriers=open_couriers(settings, clock),
        metrics=metrics,
    )
    profiles = Profiles(persons=persons)
    messages = Messages(clock=clock, entropy=entropy, persons=persons, profiles=profiles, channels=sender.channels)
    notices = Notices(clock=clock, entropy=entropy, messages=messages)
    arrivals = Arrivals(database=database, clock=clock, persons=persons, notices=notices, quiet_for=settings.told_after)
    return Telling(profiles=profiles, messages=messages, sender=sender, notices=notices, arrivals=arrivals)
