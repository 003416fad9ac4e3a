"""Rolls taken in to be developed, and bags handed out, inside a transaction (S1).

A drop-off is one event and its papers in one commit: so there is no bag without its twin checks, and no number that
stands on paper and nowhere else.
"""

import apsw
import msgspec

from photocore.errors import CodeError
from photocore.package import MAX_ROLLS
from photocore.seams import Entropy
from photocore.till_kinds import BagPickedUp, DropOffWithdrawn, DroppedRoll, RollsDropped
from photocore.twin_checks import BAG, TWIN_CHECK, SeasonNumber, parse_season_number
from sync.copies import fill_drop_set, jobs_of
from sync.counter import Counter
from sync.drop_numbers import mint_numbers, note_number
from sync.drop_views import DropOff, drop_off_by, drop_off_with, newest_with, papers_for, view_of
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.made_up import is_event
from sync.reissuing import Cause, Reissuing
from sync.selling import check_event_id, checked
from sync.statements import one, run
from sync.till_views import DropOffView, Dropped, DropWish, PickedUp, PickUpWish
from sync.undoing import papers_out
from sync.views import JobView, Undone


def prepare_drop_off(wish: DropWish) -> None:
    """Refuse what can be no bag.

    Raises:
        DeskRefusal: too few or too many rolls, or one of them twice.
    """
    check_event_id(wish.event_id)
    if not 1 <= len(wish.rolls) <= MAX_ROLLS:
        raise DeskRefusal(DeskReason.BAG_COUNT)
    named = [roll.roll for roll in wish.rolls if roll.roll is not None]
    if len(set(named)) < len(named):
        raise DeskRefusal(DeskReason.ROLL_TWICE)


def drop_off(transaction: Transaction, counter: Counter, wish: DropWish) -> Dropped:
    """Write a drop-off, whole, or find the one this event ID already stands for.

    Raises:
        DeskRefusal: it must not be taken in.
        DiskFull: there is no room for new events.
    """
    connection = transaction.connection
    if (earlier := drop_off_by(connection, wish.event_id)) is not None:
        return _same_again(connection, earlier, wish)
    if is_event(connection, wish.event_id):
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    store = counter.roster.store
    if store is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    if any(one(connection, "drop_off.bag_with_roll", {"roll": roll.roll}) for roll in wish.rolls if roll.roll):
        raise DeskRefusal(DeskReason.ROLL_IN_BAG)
    transaction.require_room()
    body = _body(connection, wish, store.gln, counter.drafter.printed)
    event = transaction.append(counter.drafter.draft(body, event_id=wish.event_id))
    made = DropOff(
        event=event.id,
        body=body,
        at=event.at,
        language=wish.language,
        staff_language=wish.staff_language,
        withdrawn=False,
    )
    add_drop_off(connection, made)
    fill_drop_set(connection, event.id, papers_for(made, store, counter.drafter.printed))
    return _told(connection, made, already=False)


def add_drop_off(connection: apsw.Connection, made: DropOff) -> None:
    """Remember a drop-off whose event is in the journal, with all its numbers."""
    body = made.body
    values = {
        "event": made.event,
        "bag": body.bag,
        "body": msgspec.json.encode(body),
        "at": made.at,
        "language": made.language,
        "staff_language": made.staff_language,
    }
    run(connection, "drop_off.add", values)
    for number in (body.bag, *(roll.twin for roll in body.rolls)):
        note_number(connection, parse_season_number(number), made.event)
    for roll in body.rolls:
        if roll.roll is not None:
            run(connection, "drop_off.add_roll", {"roll": roll.roll, "event": made.event})


def withdraw_drop_off(
    transaction: Transaction, counter: Counter, dropped: str, *, reason: str, staff: str | None
) -> Undone:
    """Say that a drop-off is none; returns what is left of it on paper.

    Raises:
        DeskRefusal: there is none, or its bag was picked up.
    """
    connection = transaction.connection
    found = _existing(connection, dropped)
    undone = papers_out(transaction, dropped)
    if found.withdrawn:
        return undone
    if one(connection, "drop_off.pick_up_of", {"bag": found.body.bag}) is not None:
        raise DeskRefusal(DeskReason.PICKED_UP)
    body = DropOffWithdrawn(dropped=dropped, bag=found.body.bag, reason=reason[:200], staff=staff)
    transaction.append(counter.drafter.draft(checked(body)))
    end_drop_off(connection, dropped, "the drop-off was withdrawn")
    return undone


def end_drop_off(connection: apsw.Connection, dropped: str, why: str) -> None:
    """Note that a drop-off is none, and void its papers; its numbers stay given."""
    run(connection, "drop_off.withdraw", {"event": dropped})
    run(connection, "labels.void_set", {"claim": dropped, "why": why})


def reprint_papers(
    transaction: Transaction, reissuing: Reissuing, dropped: str, jobs: tuple[int, ...] | None, cause: Cause
) -> DropOffView:
    """Queue new copies of a drop-off's papers (all for None) in the place of their former ones.

    Raises:
        DeskRefusal: there is none, it was withdrawn, or one of ``jobs`` is no valid paper of it.
    """
    connection = transaction.connection
    found = _existing(connection, dropped)
    if found.withdrawn:
        raise DeskRefusal(DeskReason.DROP_OFF_WITHDRAWN)
    valid = {job.id: job for job in jobs_of(connection, dropped)}
    if jobs is not None and any(job not in valid for job in jobs):
        raise DeskRefusal(DeskReason.UNKNOWN_JOB)
    for job in valid if jobs is None else dict.fromkeys(jobs):
        reissuing.renew(transaction, valid[job], cause)
    return view_of(connection, found)


def pick_up(transaction: Transaction, counter: Counter, wish: PickUpWish) -> PickedUp:
    """Write that a bag's order was taken away; of a bag that was picked up before say when, and write nothing.

    Raises:
        DeskRefusal: it is no bag's number, or its drop-off was withdrawn.
        DiskFull: there is no room for new events.
    """
    connection, bag = transaction.connection, read_bag(wish.bag)
    check_event_id(wish.event_id)
    earlier = one(connection, "drop_off.pick_up_by_event", {"event": wish.event_id})
    if is_event(connection, wish.event_id) if earlier is None else earlier[0] != bag:
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    taken = earlier or one(connection, "drop_off.pick_up_of", {"bag": bag})
    if taken is not None:
        view = drop_off_with(connection, bag)
        return PickedUp(bag=bag, at=taken[1], is_first=earlier is not None, drop_off=view)
    found = newest_with(connection, bag)
    if found is not None and found.withdrawn:
        raise DeskRefusal(DeskReason.DROP_OFF_WITHDRAWN)
    store = counter.roster.store
    if store is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    transaction.require_room()
    body = checked(BagPickedUp(bag=bag, store=store.gln, staff=wish.staff))
    event = transaction.append(counter.drafter.draft(body, event_id=wish.event_id))
    run(connection, "drop_off.add_pick_up", {"event": event.id, "bag": bag, "at": event.at})
    return PickedUp(bag=bag, at=event.at, is_first=True, drop_off=drop_off_with(connection, bag))


def read_bag(text: str) -> str:
    """Return a bag's number in its one form, as it was scanned or typed.

    Raises:
        DeskRefusal: it is none, or was misread.
    """
    try:
        number = parse_season_number(text)
    except CodeError as cause:
        raise DeskRefusal(DeskReason.BAG_NUMBER) from cause
    if number.prefix != BAG:
        raise DeskRefusal(DeskReason.BAG_NUMBER)
    return number.text


def _body(connection: apsw.Connection, wish: DropWish, store: str, printed: Entropy) -> RollsDropped:
    bag: SeasonNumber
    (bag,) = mint_numbers(connection, BAG, wish.numbers, 1, printed)
    twins = mint_numbers(connection, TWIN_CHECK, wish.numbers, len(wish.rolls), printed)
    rolls = tuple(
        DroppedRoll(twin=twin.text, process=roll.process, roll=roll.roll, stops=roll.stops, note=roll.note)
        for twin, roll in zip(twins, wish.rolls, strict=True)
    )
    return checked(
        RollsDropped(
            bag=bag.text,
            rolls=rolls,
            scan=wish.scan,
            negatives=wish.negatives,
            store=store,
            number=wish.number,
            staff=wish.staff,
        )
    )


def _same_again(connection: apsw.Connection, earlier: DropOff, wish: DropWish) -> Dropped:
    body = earlier.body
    wished = tuple(
        DroppedRoll(twin=known.twin, process=roll.process, roll=roll.roll, stops=roll.stops, note=roll.note)
        for known, roll in zip(body.rolls, wish.rolls, strict=False)
    )
    asked = (len(wish.rolls), wished, wish.scan, wish.negatives, wish.number)
    if asked != (len(body.rolls), body.rolls, body.scan, body.negatives, body.number):
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    if earlier.withdrawn:
        raise DeskRefusal(DeskReason.DROP_OFF_WITHDRAWN)
    return _told(connection, earlier, already=True)


def _existing(connection: apsw.Connection, dropped: str) -> DropOff:
    found = drop_off_by(connection, dropped)
    if found is None:
        raise DeskRefusal(DeskReason.UNKNOWN_DROP_OFF)
    return found


def _told(connection: apsw.Connection, made: DropOff, *, already: bool) -> Dropped:
    jobs = tuple(JobView.of_job(job) for job in jobs_of(connection, made.event))
    return Dropped(event_id=made.event, bag=made.body.bag, rolls=made.body.rolls, jobs=jobs, already=already)
