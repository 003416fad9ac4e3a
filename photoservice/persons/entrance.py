"""Every way in, put together: what the routes of signing in, joining and security ask."""

from collections.abc import Callable
from dataclasses import dataclass

from photocore.seams import Clock, Entropy
from photoservice.access import AccessCodes
from photoservice.db.database import Database
from photoservice.editing.versions import Versions
from photoservice.keyring import Keyring
from photoservice.notifying.messages import Messages
from photoservice.notifying.notices import Notices
from photoservice.persons.arriving import Arriving
from photoservice.persons.card_contacts import ContactBook
from photoservice.persons.card_proofs import CardProofs
from photoservice.persons.challenges import Challenges
from photoservice.persons.joining import Joining
from photoservice.persons.logins import Logins
from photoservice.persons.mail_links import MailLinks
from photoservice.persons.passkeys import Passkeys
from photoservice.persons.passwords import Passwords
from photoservice.persons.persons import Persons
from photoservice.persons.records import Records
from photoservice.persons.recovery import Recovery
from photoservice.persons.sessions import Sessions
from photoservice.persons.signing_in import SigningIn
from photoservice.persons.signing_up import SigningUp
from photoservice.settings import Settings
from photoservice.throttle import Throttle


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """The ways in."""

    logins: Logins
    challenges: Challenges
    records: Records
    contacts: ContactBook
    arriving: Arriving
    joining: Joining
    signing_in: SigningIn
    signing_up: SigningUp
    recovery: Recovery
    mail_links: MailLinks
    passkeys: Passkeys
    card_proofs: CardProofs


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the ways in lean on."""

    persons: Persons
    sessions: Sessions
    passwords: Passwords
    messages: Messages
    notices: Notices
    access_codes: AccessCodes
    versions: Versions


def open_entrance(
    settings: Settings, database: Database, known: Known, *, clock: Clock, entropy: Entropy, keyring: Keyring
) -> Entrance:
    """Put the ways in together."""

    def throttle(purpose: str) -> Throttle:
        return Throttle(clock=clock, keyring=keyring, purpose=purpose, budget=settings.wrong_per_hour)

    records = Records(clock=clock)
    challenges = Challenges(database=database, clock=clock, entropy=entropy, keyring=keyring)
    logins = Logins(persons=known.persons, keyring=keyring)
    contacts = ContactBook(clock=clock, entropy=entropy, keyring=keyring)
    arriving = Arriving(sessions=known.sessions, notices=known.notices, records=records)
    joining = _joining(database, known, records)
    signing_in, signing_up = _by_password(database, logins, known.passwords, arriving, joining, throttle=throttle)
    mail_links = MailLinks(
        database=database,
        address=settings.address,
        logins=logins,
        challenges=challenges,
        messages=known.messages,
        throttle=throttle("mail link"),
        sends=throttle("mail proof sent"),
        arriving=arriving,
    )
    passkeys = Passkeys(
        database=database,
        address=settings.address,
        challenges=challenges,
        throttle=throttle("passkey"),
        arriving=arriving,
        joining=joining,
    )
    return Entrance(
        logins=logins,
        challenges=challenges,
        records=records,
        contacts=contacts,
        arriving=arriving,
        joining=joining,
        signing_in=signing_in,
        signing_up=signing_up,
        recovery=Recovery(database=database, challenges=challenges, throttle=throttle("recovery"), arriving=arriving),
        mail_links=mail_links,
        passkeys=passkeys,
        card_proofs=CardProofs(
            database=database,
            contacts=contacts,
            challenges=challenges,
            messages=known.messages,
            throttle=throttle("card proof"),
            sends=throttle("card proof sent"),
            records=records,
        ),
    )


def _joining(database: Database, known: Known, records: Records) -> Joining:
    return Joining(
        database=database,
        clock=records.clock,
        access_codes=known.access_codes,
        records=records,
        edits=known.versions,
        persons=known.persons,
    )


def _by_password(
    database: Database,
    logins: Logins,
    passwords: Passwords,
    arriving: Arriving,
    joining: Joining,
    *,
    throttle: Callable[[str], Throttle],
) -> tuple[SigningIn, SigningUp]:
    signing_in = SigningIn(
        database=database,
        logins=logins,
        passwords=passwords,
        throttle=throttle("sign in"),
        arriving=arriving,
        joining=joining,
    )
    signing_up = SigningUp(
        database=database,
        logins=logins,
        passwords=passwords,
        throttle=throttle("sign up"),
        arriving=arriving,
        joining=joining,
    )
    return signing_in, signing_up
