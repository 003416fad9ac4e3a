"""The papers of a package made up for the shelf, before anybody has it: coded roll labels, and the box's own label.

Once it is registered here this page is closed: its labels are then the registration's, and bear no code (DESIGN 5A).
"""

import apsw

from photocore.ids import ItemId
from photocore.label import PackageLabel, RollLabel
from photocore.roster import PackageFacts, Store
from sync.copies import fresh_copy, jobs_of, jobs_of_rolls, queue_package_label
from sync.counter import Counter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.label_sets import copies_of, film_words, make_labels, queue_labels
from sync.made_up import MadeUpPackage
from sync.reissuing import Cause, Reissuing, holder_of
from sync.roster import KnownPackage


def make_shelf_labels(
    connection: apsw.Connection,
    counter: Counter,
    made: MadeUpPackage,
    store: Store,
    rolls: tuple[ItemId, ...] | None = None,
) -> tuple[RollLabel, ...]:
    """Return a fresh label for each roll that has none: printed whatever the store prints after a sale."""
    known = KnownPackage(facts=PackageFacts(manifest=made.manifest), origin="roster")
    return make_labels(connection, counter, known, store, made.language, wanted=rolls)


def queue_shelf_papers(
    connection: apsw.Connection, counter: Counter, made: MadeUpPackage, labels: tuple[RollLabel, ...], store: Store
) -> None:
    """Queue the roll labels of a new package, and its own label after them."""
    place = queue_labels(connection, made.event, labels)
    queue_package_label(connection, made.event, _package_label(connection, counter, made, store), place=place)


def reprint_shelf_labels(
    transaction: Transaction,
    counter: Counter,
    reissuing: Reissuing,
    made: MadeUpPackage,
    cause: Cause,
    *,
    rolls: tuple[ItemId, ...] | None,
) -> None:
    """Queue new copies with new claim codes (of all rolls for None); the old copies and codes are void.

    Raises:
        DeskRefusal: no such roll, or the package is not for the shelf (any more).
    """
    connection, store = transaction.connection, counter.roster.store
    refuse_off_shelf(connection, made)
    if store is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    wanted = _chosen(made, rolls)
    jobs = jobs_of_rolls(connection, wanted)
    missing = make_shelf_labels(connection, counter, made, store, wanted)
    queue_labels(connection, made.event, missing)
    reissuing.renew_coded(transaction, made, jobs, cause, also=copies_of(missing))


def reprint_package_label(transaction: Transaction, reissuing: Reissuing, made: MadeUpPackage, cause: Cause) -> None:
    """Queue a new copy of the box's label; the old one is void. Raises as :func:`reprint_shelf_labels`."""
    refuse_off_shelf(transaction.connection, made)
    for job in jobs_of(transaction.connection, made.event):
        if job.kind == "package":
            reissuing.renew_package_label(transaction, job, cause)


def refuse_off_shelf(connection: apsw.Connection, made: MadeUpPackage) -> None:
    """Refuse what may be done before the sale only.

    Raises:
        DeskRefusal: the package was undone, is registered, or never had claim codes.
    """
    if made.withdrawn:
        raise DeskRefusal(DeskReason.MAKE_UP_WITHDRAWN)
    if holder_of(connection, made) is not None:
        raise DeskRefusal(DeskReason.REGISTERED_MEANWHILE)
    if not made.coded:
        raise DeskRefusal(DeskReason.NO_CLAIM_CODES)


def _chosen(made: MadeUpPackage, rolls: tuple[ItemId, ...] | None) -> tuple[ItemId, ...]:
    known = made.manifest.rolls
    if rolls is None:
        return known
    if any(roll not in known for roll in rolls):
        raise DeskRefusal(DeskReason.UNKNOWN_ROLL)
    return tuple(dict.fromkeys(rolls))


def _package_label(connection: apsw.Connection, counter: Counter, made: MadeUpPackage, store: Store) -> PackageLabel:
    package, roster = made.manifest.package, counter.roster
    name, detail = film_words(roster.product(made.manifest.product))
    return PackageLabel(
        package=package,
        of=len(made.manifest.rolls),
        copy=fresh_copy(connection, package, counter.drafter.printed),
        product=name,
        detail=detail,
        store=store.name,
        language=made.language,
        link=roster.settings.claim_url,
    )
