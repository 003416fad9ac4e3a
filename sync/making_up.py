"""Make up a package of film without serials: the store mints its IDs, and is its maker (DESIGN 5B; O18).

With a card, one commit holds the package and its registration, and no claim code is made. Without, the package is for
the shelf: each cartridge's label has a claim code under its strip, and the box gets a label of its own. The same event
ID a second time gives the same answer and writes nothing.
"""

from dataclasses import dataclass, field, replace

import apsw

from photocore.codes import mint_claim_code, mint_house_package, mint_house_roll
from photocore.errors import Gs1Error
from photocore.events import SealedPart
from photocore.gs1 import gtin14
from photocore.ids import ItemId
from photocore.kinds import PackageMadeUp, PackageMadeUpSecrets
from photocore.label import RollLabel
from photocore.package import MAX_ROLLS, Manifest
from photocore.roster import Store
from sync.counter import Counter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.label_sets import copies_of
from sync.made_up import MadeUpPackage, add_made_up, are_known, is_event, made_up_by, made_up_with
from sync.made_up_views import tell_made_up
from sync.paper_secrets import PaperSecret
from sync.registering import Attempt, prepare, register, view_of
from sync.registrations import find_by_claim
from sync.reissuing import codes_of
from sync.shelf import make_shelf_labels, queue_shelf_papers
from sync.views import MadeUp, MakeUpWish, RegisterWish


@dataclass(frozen=True, kw_only=True)
class MakeUpAttempt:
    """One try at making up a package: what was confirmed, what was minted for it, and its codes already sealed.

    ``registering`` is the registration of the same commit, for which no ``codes`` are made.
    """

    wish: MakeUpWish
    manifest: Manifest
    codes: dict[ItemId, str] = field(repr=False)
    secrets: SealedPart | None
    registering: Attempt | None


def check_wish(wish: MakeUpWish) -> None:
    """Refuse what can be no package.

    Raises:
        DeskRefusal: too few or too many rolls, or a product code that is none.
    """
    if not 1 <= wish.count <= MAX_ROLLS:
        raise DeskRefusal(DeskReason.COUNT)
    _product(wish)


def mint_manifest(connection: apsw.Connection, counter: Counter, wish: MakeUpWish) -> Manifest:
    """Return a manifest of fresh house codes: no package or roll this station knows has one of them."""
    printed = counter.drafter.printed
    while True:
        manifest = Manifest(
            package=ItemId(mint_house_package(printed)),
            rolls=tuple(ItemId(mint_house_roll(printed)) for _ in range(wish.count)),
            source="retailer",
            product=_product(wish),
        )
        if not are_known(connection, (manifest.package, *manifest.rolls)):
            return manifest


def prepare_make_up(counter: Counter, wish: MakeUpWish, manifest: Manifest) -> MakeUpAttempt:
    """Mint and seal what a make-up needs, before the journal's one writer is held."""
    registering = prepare(counter, _claim_wish(wish, manifest)) if wish.card else None
    codes = {} if registering else {roll: mint_claim_code(counter.entropy) for roll in manifest.rolls}
    body = PackageMadeUpSecrets(codes=codes_of(codes)) if codes else None
    seal = counter.drafter.seal
    return MakeUpAttempt(
        wish=wish,
        manifest=manifest,
        codes=codes,
        secrets=seal(wish.event_id, PackageMadeUp, "secrets", body) if body else None,
        registering=registering,
    )


def make_up(transaction: Transaction, counter: Counter, attempt: MakeUpAttempt) -> MadeUp:
    """Write a made-up package, whole, or find the one this event ID already stands for.

    Raises:
        DeskRefusal: it must not be made up.
        DiskFull: there is no room for new events.
    """
    connection, wish = transaction.connection, attempt.wish
    if (earlier := made_up_by(connection, wish.event_id)) is not None:
        return _same_again(connection, counter, earlier, attempt)
    store = _allowed_store(connection, counter, wish)
    transaction.require_room()
    made = MadeUpPackage(
        event=wish.event_id,
        manifest=attempt.manifest,
        coded=attempt.registering is None,
        language=wish.language,
        registration=wish.claim_id,
    )
    labels = make_shelf_labels(connection, counter, made, store) if made.coded else ()
    _append(transaction, counter, attempt, labels, store)
    add_made_up(connection, made)
    if made.coded:
        queue_shelf_papers(connection, counter, made, labels, store)
    registration = register(transaction, counter, attempt.registering) if attempt.registering else None
    return tell_made_up(connection, counter.roster, made, registration, already=False)


def secrets_of(done: MadeUp, attempt: MakeUpAttempt) -> tuple[PaperSecret, ...]:
    """Return what the labels of a new package will show: each code with the copy that was just queued for it."""
    copies = {job.roll: job.copy for job in done.jobs if job.kind == "roll"}
    return tuple(PaperSecret(copy=copies[roll], code=code, roll=roll) for roll, code in attempt.codes.items())


def existing_make_up(connection: apsw.Connection, package: ItemId) -> MadeUpPackage:
    """Return a package made up here.

    Raises:
        DeskRefusal: there is none with this ID.
    """
    made = made_up_with(connection, package)
    if made is None or made.manifest.package != package:
        raise DeskRefusal(DeskReason.UNKNOWN_PACKAGE)
    return made


def _product(wish: MakeUpWish) -> str | None:
    try:
        return gtin14(wish.product) if wish.product is not None else None
    except Gs1Error as cause:
        raise DeskRefusal(DeskReason.PRODUCT) from cause


def _claim_wish(wish: MakeUpWish, manifest: Manifest) -> RegisterWish:
    """Return the registration of the same commit: of the whole package, which nobody had to scan."""
    assert wish.card is not None  # noqa: S101 - the caller asked
    assert wish.claim_id is not None  # noqa: S101 - the wish itself holds them together
    return RegisterWish(
        event_id=wish.claim_id,
        item=manifest.package,
        level="package",
        item_typed=False,
        card=wish.card,
        card_typed=wish.card_typed,
        language=wish.language,
        staff=wish.staff,
        notice=wish.notice,
    )


def _same_again(
    connection: apsw.Connection, counter: Counter, earlier: MadeUpPackage, attempt: MakeUpAttempt
) -> MadeUp:
    wish, known = attempt.wish, earlier.manifest
    asked = (attempt.manifest.product, wish.count, wish.claim_id)
    if asked != (known.product, len(known.rolls), earlier.registration):
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    registration = find_by_claim(connection, wish.claim_id) if wish.claim_id else None
    if registration and attempt.registering and registration.card_mark != attempt.registering.card_mark:
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    if earlier.withdrawn:
        raise DeskRefusal(DeskReason.MAKE_UP_WITHDRAWN)
    told = view_of(connection, registration, already=True) if registration else None
    return tell_made_up(connection, counter.roster, earlier, told, already=True)


def _allowed_store(connection: apsw.Connection, counter: Counter, wish: MakeUpWish) -> Store:
    if any(is_event(connection, taken) for taken in (wish.event_id, wish.claim_id) if taken):
        raise DeskRefusal(DeskReason.EVENT_ID_REUSED)
    store = counter.roster.store
    if store is None:
        raise DeskRefusal(DeskReason.NO_ROSTER)
    is_shoppers = counter.roster.settings.make_up == "shopper" and wish.card is not None
    if wish.staff is None and not is_shoppers:
        raise DeskRefusal(DeskReason.STAFF_NEEDED)
    return store


def _append(
    transaction: Transaction, counter: Counter, attempt: MakeUpAttempt, labels: tuple[RollLabel, ...], store: Store
) -> None:
    body = PackageMadeUp(
        package=attempt.manifest.package,
        rolls=attempt.manifest.rolls,
        product=attempt.manifest.product,
        store=store.gln,
        coded=attempt.registering is None,
        copies=copies_of(labels),
        staff=attempt.wish.staff,
    )
    draft = counter.drafter.draft(body, event_id=attempt.wish.event_id)
    transaction.append(replace(draft, secrets=attempt.secrets))
