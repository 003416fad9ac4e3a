"""Where everything about people on the web is put together."""

from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photocore.settings import locate_config
from photoservice.accounts import Accounts
from photoservice.arranging.groups import Groups
from photoservice.arranging.marks import Marks
from photoservice.custody.custody import Custody
from photoservice.custody.legs import load_legs
from photoservice.db.database import Database
from photoservice.editing.editing import Editing, open_editing
from photoservice.gallery.gallery import Doors, Gallery
from photoservice.metrics import Metrics
from photoservice.notifying.wiring import Telling, open_telling
from photoservice.people import People
from photoservice.persons.deleting import Deleting
from photoservice.persons.departures import Departures
from photoservice.persons.entrance import Known as EntranceKnown
from photoservice.persons.entrance import open_entrance
from photoservice.persons.exporting import Exporting
from photoservice.persons.logins import Logins
from photoservice.persons.opening import Opening
from photoservice.persons.passwords import Passwords
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import Profiles
from photoservice.persons.sessions import Sessions
from photoservice.settings import Settings
from photoservice.sharing.wiring import Known, open_shares
from photoservice.sweeping.periods import load_periods
from photoservice.sweeping.sweep import Sweep
from photoservice.taking.streaming import Taking


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is known of people besides: their cards' accounts, and who is gone."""

    accounts: Accounts
    departures: Departures


def assemble_people(
    settings: Settings,
    database: Database,
    doors: Doors,
    gallery: Gallery,
    *,
    clock: Clock,
    entropy: Entropy,
    metrics: Metrics,
    kept: Kept,
) -> People:
    """Put the parts together."""
    persons = Persons(clock=clock, entropy=entropy, keyring=doors.keyring)
    sessions = _sessions(settings, database, persons)
    telling = open_telling(
        settings, database, persons, clock=clock, entropy=entropy, keyring=doors.keyring, metrics=metrics
    )
    passwords = Passwords(keyring=doors.keyring, entropy=entropy, cost=settings.password_cost)
    shares, guests = open_shares(
        database,
        Known(persons=persons, passwords=passwords, notices=telling.notices),
        clock=clock,
        entropy=entropy,
        keyring=doors.keyring,
        wrong_per_hour=settings.wrong_per_hour,
    )
    editing = open_editing(settings, gallery, clock=clock)
    entrance = open_entrance(
        settings,
        database,
        _for_entrance(doors, sessions, passwords, telling, editing),
        clock=clock,
        entropy=entropy,
        keyring=doors.keyring,
    )
    return People(
        persons=persons,
        sessions=sessions,
        opening=Opening(access_codes=doors.access_codes, persons=persons, sessions=sessions),
        entrance=entrance,
        passwords=passwords,
        profiles=telling.profiles,
        messages=telling.messages,
        sender=telling.sender,
        notices=telling.notices,
        arrivals=telling.arrivals,
        deleting=_deleting(persons, kept, editing),
        exporting=_exporting(persons, kept, telling.profiles, entrance.logins),
        editing=editing,
        custody=Custody(clock=clock, legs=load_legs(locate_config())),
        groups=Groups(clock=clock, entropy=entropy),
        taking=Taking(kept=gallery.bytes, darkroom=editing),
        marks=Marks(clock=clock),
        shares=shares,
        guests=guests,
        sweep=Sweep(database=database, clock=clock, periods=load_periods(locate_config()), metrics=metrics),
    )


def _sessions(settings: Settings, database: Database, persons: Persons) -> Sessions:
    return Sessions(
        database=database,
        clock=persons.clock,
        entropy=persons.entropy,
        keyring=persons.keyring,
        lives=settings.session_lives,
        guest_lives=settings.guest_session_lives,
    )


def _deleting(persons: Persons, kept: Kept, editing: Editing) -> Deleting:
    return Deleting(
        clock=persons.clock, persons=persons, accounts=kept.accounts, departures=kept.departures, editing=editing
    )


def _exporting(persons: Persons, kept: Kept, profiles: Profiles, logins: Logins) -> Exporting:
    return Exporting(clock=persons.clock, persons=persons, profiles=profiles, logins=logins, accounts=kept.accounts)


def _for_entrance(
    doors: Doors, sessions: Sessions, passwords: Passwords, telling: Telling, editing: Editing
) -> EntranceKnown:
    return EntranceKnown(
        persons=telling.profiles.persons,
        sessions=sessions,
        passwords=passwords,
        messages=telling.messages,
        notices=telling.notices,
        access_codes=doors.access_codes,
        versions=editing.versions,
    )
