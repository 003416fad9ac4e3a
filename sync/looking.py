"""Look things up inside a committed state: what a screen may know of a package, a copy, a claim.

A word about a claim is taken from what is durable where the word says: here, at the hub, at the photoservice.
"""

from typing import Literal

import apsw

from photocore.ids import ItemId
from sync import outbox
from sync.cards import is_same_customer
from sync.copies import jobs_of
from sync.errors import DeskReason, DeskRefusal
from sync.label_sets import rolls_to_label
from sync.registrations import Registration, find_by_claim, find_by_number, find_live, newest_registrations
from sync.roster import Roster, find_package, is_revoked
from sync.selling import has_ended_by_sale
from sync.statements import one
from sync.views import ClaimLevel, HeldBy, JobView, LevelWord, PackageView, RegistrationView

CopyFate = Literal["valid", "replaced", "void", "unknown"]

_WORDS: dict[str, LevelWord] = {
    "registered": "confirmed",
    "waiting": "waiting for the maker's list",
    "held": "held until the till has sold it",
    "contested": "contested",
    "case": "contested",
    "refused": "refused because",
    "withdrawn": "withdrawn",
}
"""What the photoservice made of a claim, in the words of screens and paper."""


def package_view(connection: apsw.Connection, roster: Roster, item: ItemId, card_mark: bytes | None) -> PackageView:
    """Return what is known of ``item``; with a card's mark, whether it is that card's already."""
    known = find_package(connection, item)
    ids = (item, *((known.manifest.package, *known.manifest.rolls) if known else ()))
    holder = find_live(connection, ids)
    is_ours = holder is not None and is_same_customer(connection, holder.card_mark, card_mark or b"")
    return PackageView(
        item=item,
        package=known.manifest.package if known else None,
        product=roster.product_of(known.facts) if known else None,
        rolls=known.manifest.rolls if known else (),
        to_label=rolls_to_label(connection, roster, known, ending=holder.claim if holder else None) if known else (),
        knowledge=known.origin if known else "unknown",
        revoked=is_revoked(connection, ids),
        registered=_held_by(holder, card_mark, is_ours=is_ours),
        claim=holder.claim if holder and is_ours else None,
        number=holder.number if holder and is_ours else None,
    )


def existing(connection: apsw.Connection, claim: str) -> Registration:
    """Return one registration.

    Raises:
        DeskRefusal: this station made no such claim.
    """
    registration = find_by_claim(connection, claim)
    if registration is None:
        raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
    return registration


def registration_view(connection: apsw.Connection, number: str) -> RegistrationView | None:
    """Return this station's registration with a receipt's ``number``."""
    found = find_by_number(connection, number)
    return _registration_view(connection, found) if found else None


def recent_views(connection: apsw.Connection, limit: int) -> tuple[RegistrationView, ...]:
    """Return this station's newest registrations, withdrawn ones too, the newest first."""
    return tuple(_registration_view(connection, found) for found in newest_registrations(connection, limit))


def copy_fate(connection: apsw.Connection, item: ItemId, copy: str) -> CopyFate:
    """Say what became of one copy of a roll's label, or of a made-up package's."""
    row = one(connection, "labels.copy_fate", {"item": item, "copy": copy})
    if row is None:
        return "unknown"
    valid, replaced_by = row
    if valid:
        return "valid"
    return "replaced" if replaced_by else "void"


def claim_level(connection: apsw.Connection, claim: str) -> ClaimLevel:
    """Say how far a claim has come."""
    registration = existing(connection, claim)
    answered = outbox.answer_on(connection, claim)
    word: LevelWord = "registered here"
    if answered is None or answered.level is None:
        word = "withdrawn" if registration.withdrawn else word
        return ClaimLevel(word=word, verdict=answered.verdict if answered else None)
    if answered.level == "hub":
        word = "at the store hub"
    elif answered.verdict in ("applied", "duplicate") and answered.outcome:
        word = _WORDS.get(str(answered.outcome.get("word")), word)
    if word == _WORDS["waiting"] and not registration.is_waiting:
        word = "registered here"  # the list has come since; what the photoservice made of it, it has not told yet
    word = "withdrawn" if registration.withdrawn else word
    return ClaimLevel(word=word, outcome=answered.outcome, verdict=answered.verdict, reason=answered.reason)


def _registration_view(connection: apsw.Connection, found: Registration) -> RegistrationView:
    return RegistrationView(
        claim=found.claim,
        number=found.number,
        item=found.item,
        package=found.package,
        rolls=found.rolls,
        waiting_for_manifest=found.is_waiting,
        withdrawn=found.withdrawn,
        made_at=found.made_at,
        jobs=tuple(JobView.of_job(job) for job in jobs_of(connection, found.claim)),
        given_back=found.withdrawn and has_ended_by_sale(connection, found.claim),
    )


def _held_by(holder: Registration | None, card_mark: bytes | None, *, is_ours: bool) -> HeldBy | None:
    if holder is None:
        return None
    if card_mark is None or not holder.card_mark:
        return "here"  # nobody asked for which card, or the registration came back without it
    return "same_card" if is_ours else "other_card"
