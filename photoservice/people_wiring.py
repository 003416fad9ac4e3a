"""Where everything about people on the web is put together."""

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database
from photoservice.gallery.gallery import Doors
from photoservice.notifying.messages import Messages
from photoservice.notifying.notices import Notices
from photoservice.notifying.ways import channels_of
from photoservice.people import People
from photoservice.persons.opening import Opening
from photoservice.persons.passwords import Passwords
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import Profiles
from photoservice.persons.sessions import Sessions
from photoservice.settings import Settings


def assemble_people(settings: Settings, database: Database, doors: Doors, *, clock: Clock, entropy: Entropy) -> People:
    """Put the parts together."""
    persons = Persons(clock=clock, entropy=entropy, keyring=doors.keyring)
    sessions = Sessions(
        database=database,
        clock=clock,
        entropy=entropy,
        keyring=doors.keyring,
        lives=settings.session_lives,
        guest_lives=settings.guest_session_lives,
    )
    profiles = Profiles(persons=persons)
    messages = Messages(
        clock=clock, entropy=entropy, persons=persons, profiles=profiles, channels=channels_of(settings)
    )
    return People(
        persons=persons,
        sessions=sessions,
        opening=Opening(access_codes=doors.access_codes, persons=persons, sessions=sessions),
        passwords=Passwords(keyring=doors.keyring, entropy=entropy, cost=settings.password_cost),
        profiles=profiles,
        messages=messages,
        notices=Notices(clock=clock, entropy=entropy, messages=messages),
    )
