"""Making, changing and taking back shares, by whose pictures they show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from photocore.crockford import mint
from photocore.rights import in_order
from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Row, Session
from photoservice.errors import SharesWaiting, Unknown, Unprocessable
from photoservice.notifying.notices import Notices
from photoservice.persons.logins import Logins
from photoservice.persons.passwords import Passwords
from photoservice.persons.persons import Persons
from photoservice.sharing.addresses import Addresses
from photoservice.sharing.seeing import Scene, look, refuse_unseen
from photoservice.sharing.share import Kind, Share, Subject, Wish, read_share

MOST_SHARES: Final = 500
"""Shares of one person; far more than anybody looks through."""

MOST_LISTED: Final = 60
"""Shares on one page of a person's own."""

MOST_WITH_ME: Final = 60
MOST_NEW: Final = 20
"""Shares of others that a page lists: those that were opened, and the newest of those that were not."""

MOST_WAITING_OF_ONE: Final = 20
MOST_WAITING: Final = 100
"""Shares that wait until a person opens them: of one other, and of all. More are neither listed nor told."""

MOST_BLOCKED: Final = 200
COVERS: Final = 3

_SYMBOLS: Final = 15
_MASKED: Final = 2


@dataclass(frozen=True, kw_only=True)
class WithMe:
    """A share of somebody else's that a person sees: its page, what it is called, how many pictures, the first few.

    ``covers`` are addresses of small pictures.
    """

    share: str
    path: str
    title: str
    sender: str
    pictures: int
    covers: tuple[str, ...]
    is_new: bool = False
    """Whether it was never opened."""
    is_to_me: bool = False
    """Whether its owner sent it to this person, and can be blocked."""


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Keeps shares."""

    database: Database
    clock: Clock
    entropy: Entropy
    persons: Persons
    passwords: Passwords
    notices: Notices
    addresses: Addresses
    logins: Logins

    async def make(self, person: str, subject: Subject, wish: Wish, *, to_whom: str | None = None) -> str:
        """Share something of ``person``'s and return the share's ID; ``to_whom`` signs in by that, else it is a link.

        Nobody learns whether there is anybody of that name: the share is made, and looks the same, all the same.

        Raises:
            Unknown: they do not see it.
            Unprocessable: they have made too many.
            SharesWaiting: too many of theirs for that name were not opened yet, whether there is anybody or not.
        """
        share = "SH-" + mint(self.entropy, _SYMBOLS)
        password = await self._hashed(share, wish)
        kind: Kind = "link" if to_whom is None else "person"
        async with self.database.begin() as session:
            await refuse_unseen(session, self.persons, person, subject)
            await self._refuse_many(session, person, to_whom)
            found = await self.logins.find(session, to_whom) if to_whom is not None else None
            to_person = found.person if found else None
            to_mac = None if to_whom is None else self.logins.mac_of(to_whom)
            facts = (kind, self.addresses.mac(share, 1), to_person, _masked(to_whom or ""), to_mac)
            await session.run("shares.insert", share, person, *facts, subject.scope, subject.what, self.clock.now())
            images = enumerate(dict.fromkeys(subject.images)) if subject.scope == "selection" else ()
            await session.run_many("shares.insert_image", [(share, image, place) for place, image in images])
            await self._set(session, share, person, wish, password)
            if to_person is not None and to_person != person:
                about = {"title": wish.title, "sender": wish.sender, "path": self.addresses.path(share, 1)}
                await self._deliver(session, share, person, to_person, about)
        return share

    async def change(self, person: str, share: str, wish: Wish) -> None:
        """Change what a share says and allows; from the commit on it holds for everybody who looks.

        Raises:
            Unknown: it is not theirs.
        """
        password = await self._hashed(share, wish)
        async with self.database.begin() as session:
            await self._set(session, share, person, wish, password)

    async def revoke(self, session: Session, person: str, share: str) -> None:
        """Take a share back. Raises Unknown when it is not theirs."""
        _one(await session.run("shares.revoke", share, person, self.clock.now()))

    async def readdress(self, session: Session, person: str, share: str) -> None:
        """Give a share a new address, also one that was taken back; the old one opens nothing.

        Who was there must be told the new one; what they picked and said stays.

        Raises:
            Unknown: it is not theirs.
        """
        links = (await self.one(session, person, share)).links + 1
        _one(await session.run("shares.reopen", share, person, self.addresses.mac(share, links), links))

    async def delete(self, session: Session, person: str, share: str) -> None:
        """Forget a share with all that was picked and said by it. Raises Unknown when it is not theirs."""
        _one(await session.run("shares.delete", share, person))

    async def one(self, session: Session, person: str, share: str) -> Share:
        """Return a share of ``person``'s own.

        Raises:
            Unknown: it is not theirs.
        """
        row = await session.row("shares.one", share, person)
        if row is None:
            raise _unknown()
        return self.read(row)

    async def of(self, session: Session, person: str, *, before: str = "") -> tuple[Share, ...]:
        """Return what ``person`` shares, the newest first, a page of it: those older than the one called ``before``."""
        return tuple(self.read(row) for row in await session.rows("shares.of_person", person, MOST_LISTED, before))

    async def hide(self, session: Session, person: str, share: str) -> None:
        """Put a share of somebody else's away; its address still opens it, and lists it again.

        Raises:
            Unknown: it is not shared with them.
        """
        _one(await session.run("shares.hide", person, share, self.clock.now()))

    async def block(self, session: Session, person: str, share: str) -> None:
        """List and tell nothing any more of who shares this with ``person``. They are not told of it.

        Raises:
            Unknown: it is not shared with them.
        """
        name = "BL-" + mint(self.entropy, _SYMBOLS)
        _one(await session.run("shares.block", person, share, name, self.clock.now()))

    async def allow(self, session: Session, person: str, blocked: str) -> None:
        """Block somebody no longer. Raises Unknown when nobody is blocked under this name."""
        _one(await session.run("shares.allow", person, blocked))

    async def blocked(self, session: Session, person: str) -> Sequence[Row]:
        """Return whom ``person`` blocks (rows of ``shares.blocked``)."""
        return await session.rows("shares.blocked", person, MOST_BLOCKED)

    async def with_me(self, session: Session, person: str) -> tuple[WithMe, ...]:
        """Return what others share with ``person``, or what they opened by a link, if it shows anything now.

        What they have not opened shows nothing beforehand: nobody asked for it.
        """
        rows = await session.rows("shares.with_person", person, self.clock.now(), MOST_WITH_ME, MOST_NEW)
        told = [
            replace(
                await self._with_me(session, self.read(row), is_opened=row["is_opened"]),
                is_new=not row["is_opened"],
                is_to_me=row["to_person"] == person,
            )
            for row in rows
        ]
        return tuple(one for one in told if one.pictures)

    async def look(self, session: Session, share: Share) -> Scene:
        """Return what ``share`` shows at this moment."""
        return await look(session, self.persons, share)

    def read(self, row: Row) -> Share:
        """Return the share in a row of its table."""
        return read_share(row, self.addresses.path(row["id"], row["links"]))

    async def _with_me(self, session: Session, share: Share, *, is_opened: bool) -> WithMe:
        rows = await (await self.look(session, share)).pictures(session, limit=COVERS)
        is_shut = share.has_password or not is_opened  # a password's cookie is not asked for here
        covers = () if is_shut else tuple(f"{share.path}/i/{row['id']}/256" for row in rows)
        return WithMe(
            share=share.id,
            path=share.path,
            title=share.title,
            sender=share.sender,
            pictures=rows[0]["total"] if rows else 0,
            covers=covers,
        )

    async def _refuse_many(self, session: Session, person: str, to_whom: str | None) -> None:
        await session.lock([f"shares:{person}"])
        if await session.value("shares.count", person) >= MOST_SHARES:
            raise Unprocessable(f"There are {MOST_SHARES} shares already. Delete some that are over.")
        if to_whom is None:
            return
        waiting = await session.value("shares.count_waiting", person, self.logins.mac_of(to_whom), self.clock.now())
        if waiting >= MOST_WAITING_OF_ONE:
            raise SharesWaiting(f"{waiting} shares with this name were not opened yet.")

    async def _deliver(self, session: Session, share: str, person: str, to: str, about: Mapping[str, str]) -> None:
        """Tell somebody of a share; who blocks its owner, or has too much to open, finds it by its address alone."""
        await session.lock([f"shared with:{to}"])
        now, bounds = self.clock.now(), (MOST_WAITING_OF_ONE + 1, MOST_WAITING + 1)  # it is among them already
        if await session.value("shares.is_unwanted", to, person, now, *bounds):
            await session.run("shares.hide", to, share, now)
        else:
            await self.notices.tell(session, to, "shared_with_you", f"shared:{share}", about)

    async def _hashed(self, share: str, wish: Wish) -> str | None:
        return await self.passwords.hash(about(share), wish.password) if wish.password else wish.password

    async def _set(self, session: Session, share: str, person: str, wish: Wish, password: str | None) -> None:
        terms = wish.terms
        told = (wish.title, wish.sender, wish.message, list(in_order(terms.rights)))
        bounds = (terms.order_limit, terms.view_limit, terms.expires_at)
        _one(await session.run("shares.set_terms", share, person, *told, *bounds, password))


def about(share: str) -> str:
    """Return what a share's password is bound to."""
    return f"share {share}"


def _masked(to_whom: str) -> str:
    """Return what is kept of what the owner typed: a mail address is a third party's, and only hinted at."""
    name, at, host = to_whom.rpartition("@")
    return f"{name[:_MASKED]}…@{host}" if at else to_whom


def _one(touched: int) -> None:
    if not touched:
        raise _unknown()


def _unknown() -> Unknown:
    return Unknown("There is no such share here.")
