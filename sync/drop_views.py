"""What a screen may know of drop-offs, and the papers of one: read from a committed state (S1)."""

from dataclasses import dataclass, replace
from datetime import datetime

import apsw
import msgspec

from photocore.codes import mint_copy_id
from photocore.ids import ItemId
from photocore.label import BagLabel, ClaimStub, TwinCheckLabel, Wanted, WantedRoll
from photocore.roster import Store
from photocore.seams import Entropy
from photocore.till_kinds import RollsDropped
from photocore.twin_checks import parse_season_number
from sync.copies import DropPaper, jobs_of
from sync.receipts import zone_of
from sync.statements import Row, number, one, run
from sync.till_views import DropOffView
from sync.views import JobView


@dataclass(frozen=True, kw_only=True)
class DropOff:
    """One drop-off as the station remembers it; ``at`` is its event's time."""

    event: str
    body: RollsDropped
    at: str
    language: str
    staff_language: str
    withdrawn: bool


def drop_off_by(connection: apsw.Connection, event: str) -> DropOff | None:
    """Return the drop-off that an event told of."""
    return _read(one(connection, "drop_off.by_event", {"event": event}))


def newest_with(connection: apsw.Connection, bag: str) -> DropOff | None:
    """Return the newest drop-off here with a bag's number, one that stands before one that was withdrawn."""
    return _read(one(connection, "drop_off.by_bag", {"bag": bag}))


def drop_off_with(connection: apsw.Connection, bag: str) -> DropOffView | None:
    """Return what a screen may know of the bag with a number."""
    found = newest_with(connection, bag)
    return view_of(connection, found) if found else None


def drop_off_views(connection: apsw.Connection, limit: int) -> tuple[DropOffView, ...]:
    """Return the newest drop-offs, withdrawn ones too, the newest first."""
    found = (_read(row) for row in run(connection, "drop_off.newest", {"limit": limit}))
    return tuple(view_of(connection, one_drop) for one_drop in found if one_drop)


def view_of(connection: apsw.Connection, found: DropOff) -> DropOffView:
    """Return what a screen may know of a drop-off."""
    body = found.body
    taken = one(connection, "drop_off.pick_up_of", {"bag": body.bag})
    return DropOffView(
        event_id=found.event,
        bag=body.bag,
        rolls=body.rolls,
        scan=body.scan,
        negatives=body.negatives,
        made_at=found.at,
        number=body.number,
        picked_up_at=taken[1] if taken else "",
        is_withdrawn=found.withdrawn,
        is_doubled=number(connection, "drop_off.is_doubled", {"event": found.event}) > 0,
        jobs=tuple(JobView.of_job(job) for job in jobs_of(connection, found.event)),
    )


def papers_for(found: DropOff, store: Store, printed: Entropy) -> tuple[DropPaper, ...]:
    """Return fresh papers of a drop-off in the order they print: the bag's label, the twin checks, the claim stub."""
    body, staffs = found.body, found.staff_language
    bag, count = parse_season_number(body.bag), len(body.rolls)
    wanted = Wanted(
        rolls=tuple(WantedRoll(process=roll.process, stops=roll.stops) for roll in body.rolls),
        scan=body.scan,
        negatives=body.negatives,
    )
    twins = tuple(
        TwinCheckLabel(
            number=parse_season_number(roll.twin),
            bag=bag,
            wanted=one_roll,
            roll=ItemId(roll.roll) if roll.roll else None,
            language=staffs,
        )
        for roll, one_roll in zip(body.rolls, wanted.rolls, strict=True)
    )
    made_at = datetime.fromisoformat(found.at).astimezone(zone_of(store))
    papers: tuple[DropPaper, ...] = (
        BagLabel(bag=bag, of=count, store=store.name, wanted=wanted, language=staffs),
        *twins,
        ClaimStub(bag=bag, store=store.name, made_at=made_at, wanted=wanted, language=found.language),
    )
    return tuple(replace(paper, copy=mint_copy_id(printed)) for paper in papers)


def _read(row: Row | None) -> DropOff | None:
    if row is None:
        return None
    event, _, body, at, language, staff_language, withdrawn = row
    return DropOff(
        event=event,
        body=msgspec.json.decode(body, type=RollsDropped),
        at=at,
        language=language,
        staff_language=staff_language,
        withdrawn=bool(withdrawn),
    )
