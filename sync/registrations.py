"""What this station registered, inside a transaction: its own memory, beside the events and never sent.

"Same card" is told by an HMAC under a key of the station's own, since the card number itself is sealed to the
photoservice and cannot be read here again (DESIGN 5E).
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import apsw
import msgspec

from photocore.cards import CardNumber
from photocore.ids import ItemId
from sync.statements import Row, number, one, run, run_many

ItemLevel = Literal["package", "roll", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One registration as the station remembers it. No package means that it waits for the maker's list."""

    claim: str
    number: str
    item: ItemId
    item_level: ItemLevel
    package: ItemId | None
    rolls: tuple[ItemId, ...]
    card_mark: bytes
    language: str
    made_at: str
    withdrawn: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether the maker's list is still missing."""
        return self.package is None


Place = tuple[int, int]
"""An event of the journal: the ordinal of its epoch, and its number in there."""
BEFORE_ALL: Final[Place] = (0, 0)


@dataclass(frozen=True, kw_only=True)
class Written:
    """A registration as another device of the store may hear of it: which piece and when, and nobody's card."""

    place: Place
    claim: str
    at: str
    item: ItemId
    package: ItemId | None
    withdrawn: bool


def mark_card(card: CardNumber, key: bytes) -> bytes:
    """Return what stands for ``card`` at this station: useless to anyone without the station's key."""
    return hmac.digest(key, f"{card.table}\0{card.number}".encode(), hashlib.sha256)


def add_registration(connection: apsw.Connection, registration: Registration) -> None:
    """Write a registration with every ID it is found by."""
    values = {
        "claim": registration.claim,
        "number": registration.number,
        "item": registration.item,
        "item_level": registration.item_level,
        "package": registration.package,
        "rolls": msgspec.json.encode(registration.rolls),
        "card_mark": registration.card_mark,
        "language": registration.language,
        "made_at": registration.made_at,
    }
    run(connection, "registrations.add_registration", values)
    known = (registration.package,) if registration.package else ()
    _add_items(connection, registration.claim, (registration.item, *known, *registration.rolls))


def find_by_claim(connection: apsw.Connection, claim: str) -> Registration | None:
    """Return one registration by its claim."""
    row = one(connection, "registrations.by_claim", {"claim": claim})
    return _read(row) if row else None


def find_by_number(connection: apsw.Connection, registration_number: str) -> Registration | None:
    """Return one registration by the number on its receipt."""
    row = one(connection, "registrations.by_number", {"number": registration_number})
    return _read(row) if row else None


def find_live(connection: apsw.Connection, items: Iterable[ItemId]) -> Registration | None:
    """Return the live registration that holds any of ``items``."""
    wanted = msgspec.json.encode(list(items)).decode()
    row = one(connection, "registrations.live_by_items", {"items": wanted})
    return _read(row) if row else None


def newest_registrations(connection: apsw.Connection, limit: int) -> tuple[Registration, ...]:
    """Return this station's newest registrations, withdrawn ones too, the newest first."""
    return tuple(_read(row) for row in run(connection, "registrations.newest", {"limit": limit}))


def place_before(connection: apsw.Connection, moment: datetime) -> Place:
    """Return the newest event older than ``moment`` by its own clock; what was brought back does not count."""
    since = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    row = one(connection, "registrations.place_before", {"since": since})
    return (row[0], row[1]) if row else BEFORE_ALL


def written_after(connection: apsw.Connection, place: Place, limit: int) -> tuple[tuple[Written, ...], Place]:
    """Return registrations written after ``place``, ``limit`` at most, and the place to go on from.

    Withdrawn ones are among them; what was brought back is not.
    """
    values = {"ordinal": place[0], "seq": place[1], "limit": limit}
    found = tuple(
        Written(
            place=(ordinal, seq),
            claim=claim,
            at=at,
            item=ItemId(item),
            package=ItemId(package) if package is not None else None,
            withdrawn=bool(withdrawn),
        )
        for ordinal, seq, claim, at, item, package, withdrawn in run(connection, "registrations.after_place", values)
    )
    if len(found) == limit:
        return found, found[-1].place
    row = one(connection, "registrations.newest_place")
    return found, (row[0], row[1]) if row else place


def withdrawn_of(connection: apsw.Connection, claims: Iterable[str]) -> frozenset[str]:
    """Return those of some claims whose registrations are withdrawn by now."""
    wanted = msgspec.json.encode(list(claims)).decode()
    return frozenset(row[0] for row in run(connection, "registrations.withdrawn_of", {"claims": wanted}))


def withdraw(connection: apsw.Connection, claim: str, why: str) -> None:
    """End a registration and every copy of its labels."""
    run(connection, "registrations.withdraw", {"claim": claim})
    run(connection, "labels.void_set", {"claim": claim, "why": why})


def name_package(connection: apsw.Connection, claim: str, package: ItemId, rolls: tuple[ItemId, ...]) -> None:
    """Give a waiting registration its package and rolls, whole."""
    values = {"claim": claim, "package": package, "rolls": msgspec.json.encode(rolls)}
    run(connection, "registrations.name_package", values)
    _add_items(connection, claim, (package, *rolls))


def count_waiting(connection: apsw.Connection) -> int:
    """Return how many live registrations nobody upstream has acknowledged."""
    return number(connection, "registrations.count_waiting")


def _add_items(connection: apsw.Connection, claim: str, items: Iterable[ItemId]) -> None:
    run_many(connection, "registrations.add_item", ({"item": item, "claim": claim} for item in dict.fromkeys(items)))


def _read(row: Row) -> Registration:
    claim, registration_number, item, level, package, rolls, card_mark, language, made_at, withdrawn = row
    return Registration(
        claim=claim,
        number=registration_number,
        item=ItemId(item),
        item_level=level,
        package=ItemId(package) if package is not None else None,
        rolls=msgspec.json.decode(rolls, type=tuple[ItemId, ...]),
        card_mark=bytes(card_mark),
        language=language,
        made_at=made_at,
        withdrawn=bool(withdrawn),
    )
