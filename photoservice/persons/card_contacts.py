"""How a card's holder is reached, as its retailer says: what somebody proves themselves by who says the card is theirs.

A retailer tells of cards of its own tables only: a table that is everybody's would let any of them name an address for
any card. Kept under the service's own key; the card's number is kept nowhere, only its HMAC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from photocore.cards import CardTable, find_cards, normalise_number
from photocore.seams import Clock, Entropy
from photoservice.db.database import Session
from photoservice.errors import Erased, NameUnfit, Unprocessable
from photoservice.keyring import Keyring, lock_away, take_out
from photoservice.persons.logins import read_mail
from photoservice.tenants import Tenant

ContactKind = Literal["mail", "phone"]

MOST: Final = 1000


class CardContact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the holder of one card is reached. What is null is forgotten; phone is as E.164 has it (``+4930123456``)."""

    card_table: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    card_number: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    mail: Annotated[str, msgspec.Meta(max_length=254)] | None = None
    phone: Annotated[str, msgspec.Meta(pattern=r"^\+[1-9][0-9]{6,14}\Z")] | None = None

    def __repr__(self) -> str:
        return "CardContact(...)"


class CardContacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cards and their contacts (``PUT /cards/contacts``)."""

    contacts: Annotated[tuple[CardContact, ...], msgspec.Meta(max_length=MOST)]


@dataclass(frozen=True, kw_only=True)
class OnFile:
    """What a retailer has on file of a card."""

    kind: ContactKind
    target: str


@dataclass(frozen=True, kw_only=True)
class ContactBook:
    """Keeps and finds how cards' holders are reached."""

    clock: Clock
    entropy: Entropy
    keyring: Keyring

    async def put(self, session: Session, tenant: Tenant, contacts: Sequence[CardContact]) -> None:
        """Keep what a retailer says of its own cards; a card that is told of again is told of anew.

        Raises:
            Unprocessable: the tenant is no retailer, a table is not its own, a number is none of its table, or an
                address is none. Then nothing of it is kept.
        """
        tables = await self._own(session, tenant, [contact.card_table for contact in contacts])
        for place, contact in enumerate(contacts):
            number = _number(tables, contact, place)
            lookup = self.lookup(contact.card_table, number)
            for kind, target in (("mail", _mail(contact, place)), ("phone", contact.phone)):
                if target is None:
                    await session.run("joining.drop_contact", lookup, kind)
                else:
                    box = lock_away(
                        self.keyring.wrap, target.encode(), about=_about(lookup, kind), entropy=self.entropy
                    )
                    await session.run("joining.keep_contact", lookup, kind, tenant.id, box, self.clock.now())

    async def of(self, session: Session, lookup: bytes) -> tuple[OnFile, ...]:
        """Return how a card's holder is reached, mail before phone; nothing when nobody said."""
        found: list[OnFile] = []
        for row in await session.rows("joining.contacts", lookup):
            try:
                target = take_out(self.keyring.wrap, bytes(row["box"]), about=_about(lookup, row["kind"]))
            except Erased:
                continue
            found.append(OnFile(kind=row["kind"], target=target.decode()))
        return tuple(found)

    async def cards(self, session: Session, typed: str) -> tuple[bytes, ...]:
        """Return the lookups of the cards that ``typed`` may be the number of: none, one, or more of several tables."""
        rows = await session.rows("joining.card_tables")
        tables = [msgspec.json.decode(row["body"], type=CardTable) for row in rows]
        found = [(table, card) for table, card in find_cards(tables, typed, None, typed=True) if table.kind == "card"]
        return tuple(self.lookup(card.table, card.number) for _, card in found)

    def lookup(self, table: str, number: str) -> bytes:
        """Return the HMAC that finds a card, the same as finds its account."""
        return self.keyring.mac("card", table, number)

    async def _own(self, session: Session, tenant: Tenant, named: Sequence[str]) -> Mapping[str, CardTable]:
        if tenant.kind != "retailer":
            raise Unprocessable("Cards are retailers': this key is a maker's.")
        rows = await session.rows("joining.own_tables", sorted(set(named)), tenant.id)
        return {row["name"]: msgspec.json.decode(row["body"], type=CardTable) for row in rows}


def _number(tables: Mapping[str, CardTable], contact: CardContact, place: int) -> str:
    table, number = tables.get(contact.card_table), normalise_number(contact.card_number)
    if table is None or table.kind != "card":
        raise Unprocessable(f"contacts[{place}]: its card_table is no table of cards of yours. Nothing was kept.")
    if not table.takes(number):
        raise Unprocessable(f"contacts[{place}]: its card_number is none of that table. Nothing was kept.")
    return number


def _mail(contact: CardContact, place: int) -> str | None:
    try:
        return None if contact.mail is None else read_mail(contact.mail)
    except NameUnfit as cause:
        raise Unprocessable(f"contacts[{place}]: its mail is no mail address. Nothing was kept.") from cause


def _about(lookup: bytes, kind: str) -> str:
    return f"card contact {kind} {lookup.hex()}"
