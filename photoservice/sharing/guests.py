"""Whoever comes with the address of a share: what they may do, and what they picked and said.

A guest is made when somebody opens a share by a button, so neither a reload nor the robot of a chat that looks at every
link is counted as one. They are known again by a cookie for that address alone; somebody who has a session is known by
that as well, on any device. Each request asks the database anew, so what was taken back ends with the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photocore.crockford import mint
from photocore.rights import Standing
from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Row, Session
from photoservice.errors import ShareOver, SharePasswordWrong, SignInNeeded, Unknown, Unprocessable
from photoservice.keyring import Keyring
from photoservice.notifying.notices import Notices
from photoservice.persons.passwords import Passwords
from photoservice.sharing.caller import Caller, Guest
from photoservice.sharing.exchanging import Exchange
from photoservice.sharing.share import Share
from photoservice.sharing.shares import Shares, about
from photoservice.throttle import Source, Throttle

PREFIX: Final = "tcg_"
TOKEN_BYTES: Final = 32
MOST_GUESTS: Final = 10_000
MOST_COMMENTS: Final = 500
"""Comments of one guest in one share; what one person could type in a day."""

LONGEST_COMMENT: Final = 2000
LONGEST_NAME: Final = 60
MOST_SHOWN: Final = 2000
MOST_GUESTS_SHOWN: Final = 200
MOST_PICKS: Final = 20_000
"""Picks of all guests of one share; each guest picks a picture once."""


_SYMBOLS: Final = 15
_CSRF_SYMBOLS: Final = 32


@dataclass(frozen=True, kw_only=True)
class Said:
    """One comment. ``guest`` is None where the owner speaks."""

    id: str
    image: str | None
    guest: str | None
    name: str
    text: str
    at: object


@dataclass(frozen=True, kw_only=True)
class Guests:
    """Lets guests in, and keeps what they pick and say."""

    database: Database
    clock: Clock
    entropy: Entropy
    keyring: Keyring
    shares: Shares
    passwords: Passwords
    throttle: Throttle
    notices: Notices
    exchange: Exchange

    async def call(self, session: Session, token: str, cookie: str, person: str | None, csrf: str) -> Caller:
        """Return who comes to the address ``token`` with a share's ``cookie``, or as ``person`` with their ``csrf``.

        Raises:
            Unknown: there is no such address, or it is for another person.
            SignInNeeded: it is for one person, and nobody is signed in.
        """
        mac = self.shares.addresses.mac_of(token)
        row = None if mac is None else await session.row("guests.open", mac, self._mac(cookie), person)
        if row is None:
            raise _unknown()
        share = self.shares.read(row)
        if share.kind == "person":
            if person is None:
                raise SignInNeeded
            if person not in (share.person, share.to_person):
                raise _unknown()
        is_owner = person == share.person
        guest = None if row["guest"] is None or is_owner else Guest(id=row["guest"], name=row["guest_name"])
        is_known = guest is not None or is_owner
        return Caller(
            share=share,
            standing=share.standing(self.clock.now(), is_known=is_known),
            guest=guest,
            person=person,
            is_owner=is_owner,
            csrf=self.csrf_of(cookie) if row["is_by_cookie"] else csrf,
        )

    def refuse_outside(self, caller: Caller) -> None:
        """Let only somebody pass who sees the pictures: they opened the share, and it is not over.

        Raises:
            ShareOver: it was taken back, or has expired.
            Unknown: they did not open it.
        """
        if caller.standing in (Standing.REVOKED, Standing.EXPIRED):
            raise ShareOver
        if not caller.is_inside:
            raise _unknown()

    async def open(self, caller: Caller, password: str, name: str, source: Source) -> str | None:
        """Let a caller in and return the token of their cookie; None when they were in already.

        The password is compared first and believed last: while others from there guess wrongly, a right one is not
        told from a wrong one.

        Raises:
            SharePasswordWrong: it is another one.
            Throttled: too many wrong tries.
            ShareOver: as many as may have opened it, or it ended in this moment.
        """
        if caller.is_inside:
            return None
        share = caller.share
        fits = not share.has_password or await self._fits(share, password, source)
        async with self.database.begin() as session:
            if share.has_password and not await self._believed(session, share, source, fits=fits):
                fits = False
            token = await self._let_in(session, caller, name) if fits else ""
        if not fits:
            raise SharePasswordWrong
        return token

    async def see(self, session: Session, caller: Caller) -> None:
        """Note that a guest is there."""
        if caller.guest is not None:
            await session.run("guests.see", caller.guest.id, self.clock.now())

    async def call_oneself(self, session: Session, guest: Guest, name: str) -> None:
        """Keep what a guest calls themselves."""
        await session.run("guests.set_name", guest.id, name)

    async def pick(self, session: Session, caller: Caller, image: str, *, is_on: bool) -> None:
        """Pick a picture that is shown, or take the pick back.

        Raises:
            RightLacking: the share does not let them.
            Unknown: the picture is not shown.
        """
        guest, share = caller.need("pick"), caller.share
        if not is_on:
            await session.run("guests.unpick", share.id, image, guest.id)
            return
        await (await self.shares.look(session, share)).whose(session, image)
        if await session.value("guests.count_picks", share.id, MOST_PICKS) >= MOST_PICKS:
            raise Unprocessable(f"There are {MOST_PICKS} picks here already.")
        now = self.clock.now()
        if await session.run("guests.pick", share.id, image, guest.id, now):
            await self._tell(session, share, "share_picked", f"{guest.id}:{now:%F}", guest.name)

    async def comment(self, session: Session, caller: Caller, image: str | None, text: str) -> None:
        """Say something about a picture that is shown, or about all; the owner may always.

        Raises:
            RightLacking: the share does not let them.
            Unknown: the picture is not shown.
            Unprocessable: they said too much already, or all of them together did.
        """
        guest, share = None if caller.is_owner else caller.need("comment"), caller.share
        if image is not None:
            await (await self.shares.look(session, share)).whose(session, image)
        await session.lock([f"comments:{share.id}:{guest.id if guest else ''}"])
        if await session.value("guests.count_comments", share.id, guest.id if guest else None) >= MOST_COMMENTS:
            raise Unprocessable(f"There are {MOST_COMMENTS} comments of yours here already.")
        if await session.value("guests.count_all_comments", share.id) >= MOST_SHOWN:
            raise Unprocessable(f"There are {MOST_SHOWN} comments here already; no more are shown.")
        name, now = "CO-" + mint(self.entropy, _SYMBOLS), self.clock.now()
        await session.run("guests.comment", name, share.id, image, guest.id if guest else None, text, now)
        if guest is not None:
            await self._tell(session, share, "share_commented", f"{guest.id}:{now:%F}", guest.name)

    async def take_back(self, session: Session, share: Share, comment: str, guest: Guest | None) -> None:
        """Remove a comment: one of ``guest``'s own, or any when the owner (None) does.

        Raises:
            Unknown: there is no such comment, or it is another's.
        """
        by = guest.id if guest else None
        if not await session.run("guests.remove_comment", comment, share.id, by, self.clock.now()):
            raise Unknown("There is no such comment here, or it is another's.")

    async def comments(self, session: Session, share: Share, image: str | None = None) -> tuple[Said, ...]:
        """Return what was said about a share, oldest first; of one picture, or of all and each of them."""
        rows = await session.rows("guests.comments", share.id, image, MOST_SHOWN)
        return tuple(_said(row) for row in rows)

    async def picked(self, session: Session, guest: Guest | None) -> frozenset[str]:
        """Return which pictures a guest picked."""
        rows = await session.rows("guests.picked_by", guest.id) if guest else ()
        return frozenset(row["image"] for row in rows)

    async def of(self, session: Session, share: Share) -> Sequence[Row]:
        """Return who opened a share (rows of ``guests.of_share``)."""
        return await session.rows("guests.of_share", share.id, MOST_GUESTS_SHOWN)

    async def picks(self, session: Session, share: Share) -> Sequence[Row]:
        """Return all picks of a share (rows of ``guests.picks``)."""
        return await session.rows("guests.picks", share.id)

    def csrf_of(self, cookie: str) -> str:
        """Return what the forms of whoever has this cookie bring along."""
        return self.keyring.mac("csrf", cookie).hex()[:_CSRF_SYMBOLS]

    async def _fits(self, share: Share, password: str, source: Source) -> bool:
        async with self.database.begin() as session:
            await self.throttle.refuse_resting(session, self.throttle.counts(source, share.id))
        return await self.passwords.fits(about(share.id), share.password, password)

    async def _believed(self, session: Session, share: Share, source: Source, *, fits: bool) -> bool:
        counts = self.throttle.counts(source, share.id)
        await session.lock([self.throttle.lock_name(source)])
        await self.throttle.refuse_resting(session, counts)
        if not fits:
            await self.throttle.note_wrong(session, counts)
        return fits

    async def _let_in(self, session: Session, caller: Caller, name: str) -> str:
        share, now = caller.share, self.clock.now()
        if await session.value("guests.count_view", share.id, now, MOST_GUESTS) is None:
            raise ShareOver
        token, guest = PREFIX + self.entropy.token(TOKEN_BYTES).hex(), "G-" + mint(self.entropy, _SYMBOLS)
        values = (guest, share.id, self._mac(token), caller.person, name, now, share.links)
        if not await session.run("guests.insert", *values):
            await session.run("guests.uncount_view", share.id)
            return ""
        if caller.person is not None:
            await session.run("shares.unhide", caller.person, share.id)
        await self._tell(session, share, "share_opened", guest, name)
        return token

    async def _tell(self, session: Session, share: Share, kind: str, key: str, guest: str) -> None:
        told = {"share": share.id, "title": share.title, "guest": guest}
        await self.notices.tell(session, share.person, kind, f"{kind}:{share.id}:{key}", told)

    def _mac(self, cookie: str) -> bytes:
        return self.keyring.mac("guest", cookie)


def _said(row: Row) -> Said:
    return Said(
        id=row["id"],
        image=row["image"],
        guest=row["guest"],
        name=row["name"] or "",
        text=row["text"],
        at=row["at"],
    )


def _unknown() -> Unknown:
    return Unknown("There is nothing at this address, or it is not for you.")
