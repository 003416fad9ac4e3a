"""What the till's events told, put back into a restored station's memory: sales, drop-offs, numbers, pick-ups.

Whose card lay in a basket is sealed, so a sale comes back without its mark; told once more with the same event ID, as
whoever watches the tills does, it is known again. Numbers that were given count as given, and the papers that bear them
are in doubt.
"""

import apsw

from photocore.events import Event
from photocore.ids import ItemId
from photocore.kinds import Body
from photocore.till_kinds import BagPickedUp, DropOffWithdrawn, PackageSold, RollsDropped, SaleCorrected, SaleRefunded
from sync.copies import fill_drop_set, jobs_of
from sync.counter import Counter
from sync.drop_views import DropOff, papers_for
from sync.dropping import add_drop_off, end_drop_off
from sync.selling import note_told, row_of, settle_registrations
from sync.statements import run


def rebuild_till(connection: apsw.Connection, counter: Counter, event: Event, body: Body, *, why: str) -> None:
    """Put back what ``event`` told of the till; an event of another kind tells nothing of it.

    Raises:
        CodeError: a number of it is none.
        apsw.ConstraintError: something in it stands for something else here meanwhile.
    """
    match body:
        case PackageSold():
            mark = None if event.sealed else b""
            note_told(connection, event.id, event.at, body, sale=body.sale, card_mark=mark)
            settle_registrations(connection, ItemId(body.item))
        case SaleRefunded():
            note_told(connection, event.id, event.at, body, sale=body.sale)
            settle_registrations(connection, ItemId(body.item))
        case SaleCorrected():
            _corrected(connection, event, body)
        case RollsDropped():
            _dropped(connection, counter, event, body, why)
        case DropOffWithdrawn():
            end_drop_off(connection, body.dropped, why)
        case BagPickedUp():
            run(connection, "drop_off.add_pick_up", {"event": event.id, "bag": body.bag, "at": event.at})
        case _:
            pass


def _corrected(connection: apsw.Connection, event: Event, body: SaleCorrected) -> None:
    told = row_of(connection, body.told)
    note_told(connection, event.id, event.at, body, sale=told.sale if told else "")
    run(connection, "till.correct", {"event": body.told, "by": event.id})
    settle_registrations(connection, ItemId(body.item))


def _dropped(connection: apsw.Connection, counter: Counter, event: Event, body: RollsDropped, why: str) -> None:
    made = DropOff(event=event.id, body=body, at=event.at, language="en", staff_language="en", withdrawn=False)
    add_drop_off(connection, made)
    store = counter.roster.store
    if store is None:
        return
    fill_drop_set(connection, event.id, papers_for(made, store, counter.drafter.printed))
    for job in jobs_of(connection, event.id):
        run(connection, "restoring.doubt_copy", {"claim": event.id, "copy": job.copy, "why": why})
