"""Where the sending of messages is put together."""

from photocore.seams import Clock
from photoservice.db.database import Database
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.notifying.couriers import open_couriers
from photoservice.notifying.letters import Letters, mail_templates
from photoservice.notifying.sending import Sender
from photoservice.persons.persons import Persons
from photoservice.settings import Settings
from photoservice.web.languages import read_words


def open_sender(
    settings: Settings, database: Database, persons: Persons, *, clock: Clock, keyring: Keyring, metrics: Metrics
) -> Sender:
    """Return what sends the messages of this service.

    Raises:
        StartRefused: the settings name a way that leads nowhere.
    """
    letters = Letters(templates=mail_templates(), words=read_words(), keyring=keyring, address=settings.address)
    return Sender(
        database=database,
        clock=clock,
        persons=persons,
        letters=letters,
        couriers=open_couriers(settings, clock),
        metrics=metrics,
    )
