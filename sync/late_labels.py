"""The labels of a registration that waited for the maker's list: printed once its package is known (DESIGN 5B).

By the roster, by what the photoservice answered, or by asking upstream. No station invents a maker's roll IDs.
"""

import apsw

from photocore.ids import ItemId
from photocore.kinds import CopiesIssued, LabelCopy
from photocore.package import Manifest
from photocore.roster import PackageFacts
from sync import outbox
from sync.counter import Counter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Journal, Transaction
from sync.label_sets import copies_of, is_labelled_elsewhere, make_labels, queue_labels, rolls_to_label
from sync.looking import existing
from sync.registrations import Registration, find_live, name_package
from sync.roster import KnownPackage, find_package
from sync.upstream import Upstream


def live_registration(connection: apsw.Connection, claim: str) -> Registration:
    """Return a registration that stands.

    Raises:
        DeskRefusal: there is none, or it was withdrawn.
    """
    registration = existing(connection, claim)
    if registration.withdrawn:
        raise DeskRefusal(DeskReason.WITHDRAWN)
    return registration


def learn_package(journal: Journal, counter: Counter, upstream: Upstream, registration: Registration) -> bool:
    """Find out which package a waiting registration belongs to, and remember it; False while nobody knows."""
    known = journal.read(lambda connection: _package_of(connection, registration))
    if known is None:
        facts = upstream.ask(registration.item)
        if facts is None:
            return False
        counter.roster.learn(facts)
    elif known.origin == "upstream":
        counter.roster.learn(known.facts)
    return True


def issue_labels(transaction: Transaction, counter: Counter, claim: str, staff: str | None = None) -> bool:
    """Queue the first labels of a live claim that waited; False when it did not wait, or waits still.

    Raises:
        DeskRefusal: no such claim, it was withdrawn, or another card here has the package meanwhile.
    """
    connection = transaction.connection
    registration, store = live_registration(connection, claim), counter.roster.store
    known = find_package(connection, registration.item)
    if known is None or store is None or not registration.is_waiting:
        return False
    manifest = known.manifest
    _refuse_second_holder(connection, registration, manifest)
    name_package(connection, claim, manifest.package, manifest.rolls)
    wanted = rolls_to_label(connection, counter.roster, known)
    labels = make_labels(connection, counter, known, store, registration.language, wanted=wanted)
    if labels:
        queue_labels(connection, claim, labels)
        body = CopiesIssued(claim=claim, reason="the maker's list came", copies=copies_of(labels), staff=staff)
        transaction.append(counter.drafter.draft(body))
    return True


def queue_labels_for_lost(
    connection: apsw.Connection, counter: Counter, claim: str, rolls: tuple[ItemId, ...] | None
) -> tuple[LabelCopy, ...]:
    """Queue labels for rolls (all for None) whose labels another station made, and return their copies.

    That station's copies are not known here, so none is named as void; the caller writes the event.
    """
    registration, store = live_registration(connection, claim), counter.roster.store
    known = find_package(connection, registration.item)
    if known is None or store is None or not is_labelled_elsewhere(connection, known.manifest):
        return ()
    labels = make_labels(connection, counter, known, store, registration.language, wanted=rolls)
    queue_labels(connection, claim, labels)
    return copies_of(labels)


def _refuse_second_holder(connection: apsw.Connection, registration: Registration, manifest: Manifest) -> None:
    """Refuse to print one package's labels for two registrations: the photoservice sees both and a person decides."""
    holder = find_live(connection, (manifest.package, *manifest.rolls))
    if holder is not None and holder.claim != registration.claim:
        raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)


def _package_of(connection: apsw.Connection, registration: Registration) -> KnownPackage | None:
    """Return the package of a registration: by roster or memory, else by what the photoservice's ack said."""
    known = find_package(connection, registration.item)
    if known is not None:
        return known
    answered = outbox.answer_on(connection, registration.claim)
    outcome = answered.outcome if answered else None
    if not outcome or not outcome.get("package") or not outcome.get("rolls"):
        return None
    rolls = tuple(ItemId(roll) for roll in outcome["rolls"])
    manifest = Manifest(package=ItemId(outcome["package"]), rolls=rolls, source="maker")
    if registration.item not in (manifest.package, *rolls):
        return None
    return KnownPackage(facts=PackageFacts(manifest=manifest), origin="upstream")
