"""The people of the demonstration, and their pictures: by the same functions that pages and labs go through."""

import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from exchange.offers import Offer, OfferedFrame
from exchange.tus.metadata import parse_metadata, write_metadata
from exchange.tus.protocol import Body, Create
from photocore.crockford import draw
from photocore.custody import Step
from photoservice.custody.custody import Told
from photoservice.persons.arriving import Arrival
from photoservice.seeding.scenes import draw_jpeg
from photoservice.seeding.trade import HERE, Trade
from photoservice.service import Photoservice

_PASSWORD_SYMBOLS: Final = 16
_STOCKS: Final = (("Halide 400", 400, "C-41"), ("Halide Pan 125", 125, "D-76"), ("Halide Chrome 100", 100, "E-6"))


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who signs in by a name and a password, told this once."""

    id: str
    name: str
    password: str


async def sign_up(service: Photoservice, name: str, *, access_code: str = "") -> Person:
    """Let somebody sign up, with what an access code opens, if there is one."""
    guest, before = None, None
    if access_code:
        token = await service.people.opening.by_code(access_code, HERE)
        async with service.database.begin() as session:
            visitor = await service.people.sessions.find(session, token)
        if visitor is not None:
            guest, before = visitor.person, visitor.session
    password = draw(service.entropy, _PASSWORD_SYMBOLS).lower()
    arrival = Arrival(source=HERE, agent="seed-demo", language="en", guest=guest, before=before)
    admitted = await service.people.entrance.signing_up.by_password(name, password, arrival)
    return Person(id=admitted.person, name=name, password=password)


async def file_roll(service: Photoservice, trade: Trade, roll: str, *, first: int, frames: int) -> None:
    """Offer and upload the pictures of a roll, as its lab does; ``first`` is the number the first is drawn from."""
    stock, iso, process = _STOCKS[first % len(_STOCKS)]
    scans = {str(nr): draw_jpeg(first + nr) for nr in range(1, frames + 1)}
    offered = tuple(
        OfferedFrame(frame=frame, sha256=hashlib.sha256(scan).hexdigest(), size=len(scan), file_name=f"{frame:>04}.jpg")
        for frame, scan in scans.items()
    )
    offer = Offer(frames=offered, lab=trade.lab.name, stock=stock, iso=iso, process=process)
    answer = await service.pictures.offers.answer(trade.lab, roll, offer)
    for frame, scan in scans.items():
        said = {"roll": roll, "frame": frame, "filename": f"{frame:>04}.jpg", "reservation": answer.reservation or ""}
        metadata = parse_metadata(write_metadata(said))
        ask = Create(length=len(scan), metadata=metadata, body=Body(length=len(scan)))
        await service.pictures.uploads.create(trade.lab, ask, _pieces(scan))


async def see(service: Photoservice, trade: Trade, roll: str, step: Step, *, days_ago: int) -> None:
    """Tell that the lab saw a roll at a step, so many days ago."""
    at = service.clock.now() - timedelta(days=days_ago)
    seen = Told(roll=roll, step=step, at=at, key=f"seed-demo {step} {roll}")
    async with service.database.begin() as session:
        await service.people.custody.tell(session, trade.lab.id, [seen])


async def _pieces(scan: bytes) -> AsyncGenerator[bytes]:
    yield scan
