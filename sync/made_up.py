"""What this station remembers of the packages it made up, inside a transaction: beside the events and never sent.

They are known here at once, and whatever the roster comes to hold; :func:`sync.roster.find_package` looks here too.
One that was undone stays known, so that its labels are refused for what they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import apsw
import msgspec

from photocore.ids import ItemId
from photocore.package import Manifest
from photocore.roster import PackageFacts
from sync.statements import Row, number, one, run


@dataclass(frozen=True, kw_only=True)
class MadeUpPackage:
    """One package as the station remembers it; ``made_at`` is its event's time.

    ``registration`` is the claim of the same commit. Without one it was made up for the shelf, and is ``coded``: each
    roll's label has a claim code.
    """

    event: str
    manifest: Manifest
    coded: bool
    language: str
    registration: str | None
    withdrawn: bool = False
    made_at: str = ""

    @property
    def items(self) -> tuple[ItemId, ...]:
        """The package's ID and its rolls'."""
        return (self.manifest.package, *self.manifest.rolls)


def add_made_up(connection: apsw.Connection, made: MadeUpPackage) -> None:
    """Write a package with every ID it is found by; its event is in the journal already.

    Raises:
        apsw.ConstraintError: one of its IDs is taken.
    """
    values = {
        "event": made.event,
        "package": made.manifest.package,
        "body": msgspec.json.encode(PackageFacts(manifest=made.manifest)),
        "coded": made.coded,
        "language": made.language,
        "registration": made.registration,
    }
    run(connection, "made_up.add", values)
    for item in made.items:
        run(connection, "made_up.add_item", {"item": item, "event": made.event})


def made_up_by(connection: apsw.Connection, event: str) -> MadeUpPackage | None:
    """Return the package that one event made up."""
    return _read(one(connection, "made_up.by_event", {"event": event}))


def made_up_with(connection: apsw.Connection, item: ItemId) -> MadeUpPackage | None:
    """Return the package whose own ID, or one of whose rolls', is ``item``."""
    return _read(one(connection, "made_up.by_item", {"item": item}))


def made_up_for(connection: apsw.Connection, claim: str) -> MadeUpPackage | None:
    """Return the package that was made up in the commit of a registration."""
    return _read(one(connection, "made_up.by_registration", {"claim": claim}))


def end_made_up(connection: apsw.Connection, event: str, why: str) -> None:
    """Say that a package is none, and void every copy of its labels."""
    run(connection, "made_up.withdraw", {"event": event})
    run(connection, "labels.void_set", {"claim": event, "why": why})


def move_registration(connection: apsw.Connection, package: ItemId, corrected: str, claim: str) -> None:
    """Let a correcting claim stand for the one in whose commit a package was made up, if it was."""
    run(connection, "made_up.move_registration", {"package": package, "corrected": corrected, "claim": claim})


def has_ended(connection: apsw.Connection, items: Iterable[ItemId]) -> bool:
    """Say whether any of ``items`` belongs to a package that was made up here and undone."""
    return number(connection, "made_up.count_withdrawn", {"items": _array(items)}) > 0


def are_known(connection: apsw.Connection, items: Iterable[ItemId]) -> bool:
    """Say whether any of ``items`` names a package or roll already."""
    return number(connection, "made_up.count_known", {"items": _array(items)}) > 0


def is_event(connection: apsw.Connection, event_id: str) -> bool:
    """Say whether an event ID stands for something already."""
    return number(connection, "made_up.is_event", {"event": event_id}) > 0


def _array(items: Iterable[ItemId]) -> str:
    return msgspec.json.encode(list(items)).decode()


def _read(row: Row | None) -> MadeUpPackage | None:
    if row is None:
        return None
    event, body, coded, language, registration, withdrawn, made_at = row
    return MadeUpPackage(
        event=event,
        manifest=msgspec.json.decode(body, type=PackageFacts).manifest,
        coded=bool(coded),
        language=language,
        registration=registration,
        withdrawn=bool(withdrawn),
        made_at=made_at,
    )
