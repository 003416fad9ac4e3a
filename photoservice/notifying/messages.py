"""Messages that leave the house: queued in the transaction that makes them true, sent by a task (S3).

A message is a row with its kind and its facts; it is rendered when it is sent, in its reader's language. Its key keeps
the same thing from being sent twice. Where a message goes and what it says are boxed under the person's key, and both
are dropped when it was sent: a link to sign in with is not kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from photocore.crockford import mint
from photocore.seams import Clock, Entropy
from photoservice.db.database import Session
from photoservice.notifying.kinds import CHANNELS, KINDS, Channel, Kind
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import Profiles

TARGET: Final = "message target"
ABOUT: Final = "message about"

_SYMBOLS: Final = 15


class Told(msgspec.Struct, frozen=True):
    """The facts of a message, as they are boxed."""

    facts: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Messages:
    """Queues messages. ``channels`` are those that lead somewhere here; nothing is queued for others."""

    clock: Clock
    entropy: Entropy
    persons: Persons
    profiles: Profiles
    channels: Collection[Channel]

    def can_send(self, channel: Channel = "mail") -> bool:
        """Say whether messages of that channel leave this house at all."""
        return channel in self.channels

    @property
    def is_mail_on(self) -> bool:
        """Whether mail leaves this house."""
        return self.can_send("mail")

    async def queue(
        self,
        session: Session,
        person: str,
        kind: str,
        key: str,
        about: Mapping[str, str],
        *,
        channel: Channel = "mail",
        to: str = "",
        language: str = "",
    ) -> bool:
        """Queue a message; returns whether there is one now that was not there before.

        ``key`` names the thing told: a second message to a person by that channel with the same key is none. ``about``
        are the facts of its kind (``kinds.py``). It goes ``to`` an address, or without one to the person's own; who
        has none, and a channel that is not set up here, is quiet. ``language`` is the person's own unless it is said.

        Raises:
            KeyError: there is no such kind, or a fact is missing.
        """
        told = KINDS[kind].about(about)
        target = to or await self._own(session, person, channel)
        if not target or not self.can_send(channel):
            return False
        spoken = language or str(await session.value("messages.language", person) or "")
        return bool(
            await session.run(
                "messages.queue",
                "M-" + mint(self.entropy, _SYMBOLS),
                person,
                channel,
                kind,
                key,
                spoken,
                await self.persons.box(session, person, TARGET, target),
                await self.persons.box(session, person, ABOUT, Told(told)),
                self.clock.now(),
            )
        )

    async def spread(self, session: Session, person: str, kind: Kind, key: str, about: Mapping[str, str]) -> None:
        """Queue a notice by every channel that its person wants it by."""
        if kind.sort == "answer":
            return
        wanted = {row["channel"]: row["is_on"] for row in await session.rows("messages.wanted", person, kind.name)}
        for channel in CHANNELS:
            if self.can_send(channel) and wanted.get(channel, is_on_unasked(kind, channel)):
                await self.queue(session, person, kind.name, key, about, channel=channel)

    async def want(self, session: Session, person: str, kind: Kind, channel: Channel, *, is_on: bool) -> None:
        """Note whether a person wants a kind by a channel."""
        await session.run("messages.want", person, kind.name, channel, is_on, self.clock.now())

    async def wants(self, session: Session, person: str) -> set[tuple[str, Channel]]:
        """Return which kinds a person wants by which channels."""
        said = {(row["kind"], row["channel"]): row["is_on"] for row in await session.rows("messages.said", person)}
        every: list[tuple[Kind, Channel]] = [
            (kind, channel) for kind in KINDS.values() if kind.is_choice for channel in CHANNELS
        ]
        return {
            (kind.name, channel)
            for kind, channel in every
            if said.get((kind.name, channel), is_on_unasked(kind, channel))
        }

    async def trouble(self, session: Session, person: str) -> str:
        """Return why the newest mail to a person was refused, a code; nothing when it arrived."""
        return str(await session.value("messages.trouble", person) or "")

    async def _own(self, session: Session, person: str, channel: Channel) -> str:
        return await self.profiles.mail_of(session, person) if channel == "mail" else ""


def is_on_unasked(kind: Kind, channel: Channel) -> bool:
    """Say whether a kind goes out by a channel when its person said nothing: only what guards their account does."""
    return kind.sort == "security" and channel == "mail"
