"""Making a card's account one's own (DESIGN 5D): by a code sent to what the retailer has on file, or by its staff.

A card's number is printed on it and proves nothing. So every asking is answered the same, after the same time: a code
is on its way if there is something on file. Whoever then types it has the mailbox or the telephone of the card's
holder. A card in whose place another stands, and one that several tables know, goes to the counter.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from photocore.seams import Entropy
from photoservice.db.database import Database, Session
from photoservice.errors import SignInRefused, Throttled, Unknown
from photoservice.intake.merges import accounts_of_customer
from photoservice.keyring import lock_away, take_out
from photoservice.notifying.kinds import Channel
from photoservice.notifying.messages import Messages
from photoservice.persons.card_contacts import ContactBook, ContactKind
from photoservice.persons.challenges import Challenges
from photoservice.persons.records import Records
from photoservice.persons.sessions import Visitor
from photoservice.planning.noting import note_held
from photoservice.throttle import Source, Throttle

LIVES: Final = timedelta(minutes=15)
DIGITS: Final = 8
MOST_WRONG: Final = 5

_MINUTES: Final = str(int(LIVES.total_seconds()) // 60)
_MOST_AN_HOUR: Final = 5
"""Codes sent to one card's holder, whoever asks: nobody fills their mailbox."""

_ABOUT: Final = "card proof"
_CHANNELS: Final[dict[ContactKind, Channel]] = {"mail": "mail", "phone": "sms"}


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for an answer: which account, and the code that was sent. Of what was not sent both are empty."""

    account: str = ""
    code: str = ""
    kind: ContactKind = "mail"


@dataclass(frozen=True, kw_only=True)
class CardProofs:
    """Sends codes to cards' holders, and ties accounts to who types them."""

    database: Database
    contacts: ContactBook
    challenges: Challenges
    messages: Messages
    throttle: Throttle
    sends: Throttle
    records: Records

    async def ask(self, visitor: Visitor, number: str, source: Source) -> str:
        """Return the name of a question whose answer is sent to the holder of the card, if that is possible.

        Raises:
            Throttled: too many were asked from there.
        """
        counts = self.throttle.counts(source, number.strip()[:80].upper())
        question, code = self.challenges.token(), _draw(self.challenges.entropy)
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(source)])
            await self.throttle.refuse_resting(session, counts)
            await self.throttle.note_wrong(session, counts)
            cards = await self.contacts.cards(session, number)
            asked = await self._send(session, visitor, cards[0], code) if len(cards) == 1 else _Asked()
            await self.challenges.make(
                session, "card_proof", question, visitor.person, LIVES, about=self._hide(asked, question)
            )
        return question

    async def answer(self, visitor: Visitor, question: str, code: str) -> None:
        """Tie the card's account to the person who visits, all its registrations, older ones and later ones too.

        Raises:
            SignInRefused: wrong, too old, too often wrong, or there was nothing on file: one answer for all of them.
        """
        typed = "".join(sign for sign in code if sign.isascii() and sign.isdigit())[: DIGITS + 1]
        async with self.database.begin() as session:
            asked = await self._right(session, visitor, question, typed)
            if asked is not None:
                await self.challenges.take(session, "card_proof", question)
                await self._tie(session, visitor.person, asked.account, asked.kind)
        if asked is None:
            raise SignInRefused

    async def tie_by_staff(self, session: Session, person: str, account: str) -> int:
        """Tie a card's account to a person at a counter's word; return how many accounts that makes.

        Raises:
            Unknown: there is no such person, who signs in, or no such account.
        """
        await self._refuse_unknown(session, person)
        if not await session.value("joining.is_account", account):
            raise Unknown(f"There is no account {account}.")
        return await self._tie(session, person, account, "staff")

    async def hold_by_staff(self, session: Session, person: str, number: str) -> None:
        """Give a person one registration at a counter's word.

        Raises:
            Unknown: there is no such person, who signs in, or not just one registration of that number.
        """
        await self._refuse_unknown(session, person)
        rows = await session.rows("joining.claims_numbered", number.strip().upper())
        if len(rows) != 1:
            raise Unknown(f"There is not just one registration {number}.")
        now = self.contacts.clock.now()
        await session.run("joining.hold", person, rows[0]["station"], rows[0]["id"], "staff", now)
        await note_held(session, person, now)
        await self.records.note(session, person, "joined_by_staff", number=number)

    async def _right(self, session: Session, visitor: Visitor, question: str, typed: str) -> _Asked | None:
        waiting = await self.challenges.find(session, "card_proof", question)
        if waiting is None or waiting["person"] != visitor.person or waiting["wrong"] >= MOST_WRONG:
            return None
        asked = self._show(bytes(waiting["about"]), question)
        if asked.code and hmac.compare_digest(asked.code, typed):
            return asked
        await session.run("challenges.note_wrong", self.challenges.mac("card_proof", question))
        return None

    async def _send(self, session: Session, visitor: Visitor, card: bytes, code: str) -> _Asked:
        """Send ``code`` to the holder of a card, if there is something on file and mail or texts leave this house."""
        account = await session.value("joining.account_of_card", card)
        on_file = await self.contacts.of(session, card)
        reached = next((one for one in on_file if self.messages.can_send(_CHANNELS[one.kind])), None)
        if account is None or reached is None or not await self._has_room(session, card):
            return _Asked()
        key = f"card_proof:{self.challenges.mac('card_proof', visitor.person + code).hex()[:24]}"
        facts, channel = {"code": code, "minutes": _MINUTES}, _CHANNELS[reached.kind]
        person = visitor.person
        await self.messages.queue(session, person, "card_proof", key, facts, channel=channel, to=reached.target)
        return _Asked(account=str(account), code=code, kind=reached.kind)

    async def _has_room(self, session: Session, card: bytes) -> bool:
        counts = self.sends.counts(Source(near=card.hex()), card.hex())[:1]
        try:
            await self.sends.refuse_resting(session, counts)
        except Throttled:
            return False
        await self.sends.note_wrong(session, counts)
        return True

    async def _tie(self, session: Session, person: str, account: str, how: str) -> int:
        accounts = sorted(await accounts_of_customer(session, [account]))
        now = self.contacts.clock.now()
        for one in accounts:
            await session.run("joining.hold_account", person, one, how, now)
        await note_held(session, person, now)
        await self.records.note(session, person, "joined_account", how=how)
        return len(accounts)

    async def _refuse_unknown(self, session: Session, person: str) -> None:
        if not await session.value("logins.has_credentials", person):
            raise Unknown(f"There is no person {person} who signs in. They see who they are under Join.")

    def _hide(self, asked: _Asked, question: str) -> bytes:
        keyring, entropy = self.contacts.keyring, self.challenges.entropy
        return lock_away(keyring.wrap, msgspec.json.encode(asked), about=f"{_ABOUT} {question}", entropy=entropy)

    def _show(self, box: bytes, question: str) -> _Asked:
        plain = take_out(self.contacts.keyring.wrap, box, about=f"{_ABOUT} {question}")
        return msgspec.json.decode(plain, type=_Asked)


def _draw(entropy: Entropy) -> str:
    """Return a code of digits; the bias of 64 bits over so few is nothing."""
    return str(int.from_bytes(entropy.token(8), "big") % 10**DIGITS).zfill(DIGITS)
