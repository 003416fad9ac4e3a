"""Links by mail: to sign in, and to prove that an address is one's own.

The page a link leads to only shows a button: programs that look at mail open links, and must not use them up. Asking
for a link is answered the same whether anybody has that address.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from photoservice.db.database import Database, Session
from photoservice.errors import NameUnfit, SignInRefused, Throttled
from photoservice.notifying.messages import Messages
from photoservice.persons.arriving import Admitted, Arrival, Arriving
from photoservice.persons.challenges import Challenges
from photoservice.persons.logins import Logins, read_mail
from photoservice.persons.sessions import Visitor
from photoservice.throttle import Source, Throttle

LIVES: Final = timedelta(minutes=15)
MINUTES: Final = str(int(LIVES.total_seconds()) // 60)

_MOST_OPEN: Final = 5
"""Links of one person that wait at once: whoever asks for more fills a mailbox."""

_ABOUT: Final = "mail proof"


@dataclass(frozen=True, kw_only=True)
class MailLinks:
    """Sends links, and takes them back."""

    database: Database
    address: str
    logins: Logins
    challenges: Challenges
    messages: Messages
    throttle: Throttle
    sends: Throttle
    arriving: Arriving

    @property
    def are_sent(self) -> bool:
        """Whether mail leaves this house."""
        return self.messages.can_send("mail")

    async def ask(self, text: str, arrival: Arrival) -> None:
        """Send a link to sign in with, if somebody signs in by that address or name and has an address.

        Each asking counts for where it comes from, whatever comes of it.

        Raises:
            Throttled: too many were asked for.
        """
        counts = self.throttle.counts(arrival.source, self.logins.key_of(text))
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(arrival.source)])
            await self.throttle.refuse_resting(session, counts)
            await self.throttle.note_wrong(session, counts)
            found = await self.logins.find(session, text)
            if found is not None and await self._has_room(session, found.person, "sign_in_link"):
                await self._send(session, found.person, arrival.language)

    async def open(self, token: str, arrival: Arrival) -> Admitted:
        """Let in who shows the token of a link.

        Raises:
            SignInRefused: it was used, is too old, or is none.
        """
        async with self.database.begin() as session:
            taken = await self.challenges.take(session, "sign_in_link", token)
            if taken is None:
                raise SignInRefused
            return await self.arriving.admit(session, taken["person"], "mail", arrival)

    async def ask_proof(self, session: Session, visitor: Visitor, text: str) -> None:
        """Send a link to an address that the person who visits says is theirs.

        An address that somebody signs in by is written to like any other: else what a person is told of the mails to
        them would tell who signs in here. Nobody's mailbox is filled, whoever asks.

        Raises:
            NameUnfit: it is no mail address.
        """
        address, person = read_mail(text), visitor.person
        if not await self._has_room(session, person, "mail_proof") or not await self._may_write(session, address):
            return
        token = self.challenges.token()
        about = await self.logins.persons.box(session, person, _ABOUT, address)
        await self.challenges.make(session, "mail_proof", token, person, LIVES, about=about)
        facts = {"link": f"{self.address}/my/security/mail/{token}", "minutes": MINUTES}
        await self.messages.queue(session, person, "mail_proof", self._key("mail_proof", token), facts, to=address)

    async def prove(self, session: Session, visitor: Visitor, token: str) -> str:
        """Let the person who visits sign in by the address whose link they opened; return it.

        Raises:
            SignInRefused: it was used, is too old, or is somebody else's.
            NameUnfit: somebody else proved that address meanwhile.
        """
        waiting = await self.challenges.find(session, "mail_proof", token)
        if waiting is None or waiting["person"] != visitor.person:
            raise SignInRefused
        box = await self.logins.persons.unbox(session, visitor.person, _ABOUT, bytes(waiting["about"]))
        address = msgspec.json.decode(box, type=str)
        await self.challenges.take(session, "mail_proof", token)
        found = await self.logins.find(session, address)
        if found is not None and found.person != visitor.person:
            raise NameUnfit("taken")
        if found is None:
            await self.logins.add(session, visitor.person, address)
            await self.arriving.records.note(session, visitor.person, "mail_added")
            await self.arriving.notices.tell(session, visitor.person, "mail_changed", self._key("mail", token), {})
        return address

    async def _send(self, session: Session, person: str, language: str) -> None:
        token = self.challenges.token()
        await self.challenges.make(session, "sign_in_link", token, person, LIVES)
        facts = {"link": f"{self.address}/sign-in/link/{token}", "minutes": MINUTES}
        key = self._key("sign_in_link", token)
        await self.messages.queue(session, person, "sign_in_link", key, facts, language=language)

    async def _has_room(self, session: Session, person: str, kind: str) -> bool:
        return await session.value("challenges.count", person, kind, self.challenges.clock.now()) < _MOST_OPEN

    async def _may_write(self, session: Session, address: str) -> bool:
        counts = self.sends.counts(Source(near=address), address)[:1]
        await session.lock([f"mail to:{counts[0].about.hex()}"])
        try:
            await self.sends.refuse_resting(session, counts)
        except Throttled:
            return False
        await self.sends.note_wrong(session, counts)
        return True

    def _key(self, kind: str, token: str) -> str:
        return f"{kind}:{self.logins.keyring.mac('message key', token).hex()[:24]}"
