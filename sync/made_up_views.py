"""What a screen may know of a package made up here: values read from a committed state, with nothing secret in them."""

import apsw

from photocore.ids import ItemId
from sync.copies import jobs_of
from sync.made_up import MadeUpPackage, made_up_with
from sync.reissuing import holder_of
from sync.roster import Roster
from sync.views import JobView, MadeUp, MadeUpView, Registered


def find_made_up(connection: apsw.Connection, roster: Roster, item: ItemId) -> MadeUpView | None:
    """Return the package made up here whose own ID, or one of whose rolls', is ``item``."""
    made = made_up_with(connection, item)
    if made is None:
        return None
    return MadeUpView(
        event_id=made.event,
        package=made.manifest.package,
        rolls=made.manifest.rolls,
        product=roster.product(made.manifest.product),
        gtin=made.manifest.product,
        coded=made.coded,
        withdrawn=made.withdrawn,
        claimed=holder_of(connection, made) is not None,
        made_at=made.made_at,
        jobs=papers_of(connection, made),
    )


def papers_of(connection: apsw.Connection, made: MadeUpPackage) -> tuple[JobView, ...]:
    """Return the valid copies of a package's papers, those of its live registration among them."""
    holder = holder_of(connection, made)
    found = (*jobs_of(connection, made.event), *(jobs_of(connection, holder.claim) if holder else ()))
    return tuple(JobView.of_job(job) for job in found)


def tell_made_up(
    connection: apsw.Connection,
    roster: Roster,
    made: MadeUpPackage,
    registration: Registered | None,
    *,
    already: bool,
) -> MadeUp:
    """Return what a screen may show of a made-up package that is durable here."""
    return MadeUp(
        event_id=made.event,
        package=made.manifest.package,
        rolls=made.manifest.rolls,
        product=roster.product(made.manifest.product),
        gtin=made.manifest.product,
        coded=made.coded,
        jobs=papers_of(connection, made),
        registration=registration,
        already=already,
    )
