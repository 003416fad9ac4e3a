"""Who comes to a share, and the pictures of it that they are shown: what every page and byte of ``/s/`` begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie
from msgspec.structs import replace

from photocore.edits import NO_EDIT, Edit, digest_of
from photoservice.db.database import Row, Session
from photoservice.gallery.sight import Sight
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.sharing.guests import Caller
from photoservice.sharing.seeing import Scene
from photoservice.sharing.share import Share
from photoservice.web.asked import AnyRequest
from photoservice.web.my.pictures import Picture, pictures_of
from photoservice.web.my.visiting import is_secure, visitor_of

COOKIE: Final = "twincheck-guest"
"""One name for all shares: each cookie is sent to its own share's address alone."""

COOKIE_LIVES: Final = timedelta(days=180)
_TAG_SYMBOLS: Final = 16

ROBOTS: Final = {"X-Robots-Tag": "noindex, nofollow, noimageindex, noarchive"}


@dataclass(frozen=True, kw_only=True)
class Come:
    """Somebody at a share's address, and the visitor they are on the other pages, if they are one."""

    caller: Caller
    visitor: Visitor | None

    @property
    def share(self) -> Share:
        """The share they came to."""
        return self.caller.share


async def who_comes(request: AnyRequest, service: Photoservice, session: Session, token: str) -> Come:
    """Return who comes to the address ``token``, whether they may see anything or not.

    Raises:
        Unknown: there is no such address, or it is for another person.
        SignInNeeded: it is for one person, and nobody is signed in.
    """
    visitor = await visitor_of(request, service, session)
    person, csrf = (visitor.person, visitor.csrf) if visitor else (None, "")
    cookie = request.cookies.get(COOKIE, "")
    return Come(caller=await service.people.guests.call(session, token, cookie, person, csrf), visitor=visitor)


async def who_is_in(request: AnyRequest, service: Photoservice, session: Session, token: str) -> Come:
    """Return who comes, if they opened the share and it is not over.

    Raises:
        Unknown: there is no such address, or they did not open it.
        SignInNeeded: it is for one person, and nobody is signed in.
        ShareOver: it was taken back, or has expired.
    """
    come = await who_comes(request, service, session, token)
    service.people.guests.refuse_outside(come.caller)
    return come


def give_cookie(response: Response[Any], service: Photoservice, share: Share, token: str) -> None:
    """Have the browser keep a guest's token, for this share alone."""
    response.set_cookie(
        Cookie(
            key=COOKIE,
            value=token,
            max_age=int(COOKIE_LIVES.total_seconds()),
            path=share.path,
            httponly=True,
            secure=is_secure(service.settings),
            samesite="lax",
        )
    )


async def pictures_in(
    session: Session, service: Photoservice, share: Share, scene: Scene, listed: Sequence[Row]
) -> tuple[Picture, ...]:
    """Return the pictures that rows of ``shares.pictures`` name, in their order, as whoever each belongs to edited it.

    What their owners noted of them is nobody else's.
    """
    found: dict[str, Picture] = {}
    for whose in dict.fromkeys(row["whose"] for row in listed):
        images = [row["id"] for row in listed if row["whose"] == whose]
        sight = Sight(rolls=scene.rolls_of(whose))
        told = await pictures_of(session, service, whose or share.person, sight, images, link=partial(_link, share))
        found |= {one.image: replace(one, note="", is_favourite=False, group="") for one in told}
    return tuple(found[row["id"]] for row in listed if row["id"] in found)


def _link(share: Share, image: str, tier: str, edit: Edit) -> str:
    """Return the address of a rendition, which asks for the share each time; an edit makes it another address."""
    return f"{share.path}/i/{image}/{tier}" + ("" if edit == NO_EDIT else f"?v={digest_of(edit)[:_TAG_SYMBOLS]}")
