"""The labels of one package, one a roll: what they say, and their place in the line.

A roll that has a valid label already gets none: the cartridges of a package made up for the shelf bear theirs when
somebody registers it (DESIGN 5B), whichever station of the store made it up.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache

import apsw

from photocore.errors import CodeError
from photocore.ids import HouseCode, ItemId, Sgtin, parse_item
from photocore.kinds import LabelCopy
from photocore.label import RollLabel
from photocore.package import Manifest, Product
from photocore.roster import Store
from sync.copies import RollCopies, copies_of_rolls, queue_label
from sync.counter import Counter
from sync.made_up import made_up_with
from sync.roster import KnownPackage, Roster


def rolls_to_label(
    connection: apsw.Connection,
    roster: Roster,
    known: KnownPackage,
    *,
    ending: str | None = None,
    copies: RollCopies | None = None,
) -> tuple[ItemId, ...]:
    """Return the rolls that get a label when their package is registered: those that have no valid one.

    ``ending`` is a registration that would end by it, and its labels with it. ``copies`` are those of the package's
    rolls, where they are known already.
    """
    manifest = known.manifest
    if is_labelled_elsewhere(connection, manifest):
        return ()
    # The profile is about a maker's IDs, which the cartridges bear; house codes stand on our labels and nowhere else.
    if roster.settings.labels == "receipt_only" and made_up_with(connection, manifest.package) is None:
        return ()
    labelled = (copies or copies_of_rolls(connection, manifest.rolls)).labelled(ending=ending)
    return tuple(roll for roll in manifest.rolls if roll not in labelled)


def is_labelled_elsewhere(connection: apsw.Connection, manifest: Manifest) -> bool:
    """Say whether another station made the package up, and its labels with it; this one knows none of their copies.

    House codes stand on the labels of who minted them and nowhere else, so whoever has such a package has its labels.
    """
    is_minted = (isinstance(_parsed(item), HouseCode) for item in (manifest.package, *manifest.rolls))
    return all(is_minted) and made_up_with(connection, manifest.package) is None


def make_labels(
    connection: apsw.Connection,
    counter: Counter,
    known: KnownPackage,
    store: Store,
    language: str,
    *,
    wanted: Collection[ItemId] | None = None,
    copies: RollCopies | None = None,
) -> tuple[RollLabel, ...]:
    """Return one fresh label for each roll (of those ``wanted``) that has no valid one, with the manifest's IDs.

    ``copies`` as for :func:`rolls_to_label`.
    """
    rolls = known.manifest.rolls
    if wanted is not None and not wanted:
        return ()
    copies = copies or copies_of_rolls(connection, rolls)
    labelled = copies.labelled()
    films = [film_words(_product_of_roll(counter.roster, known, roll)) for roll in rolls]
    return tuple(
        RollLabel(
            roll=roll,
            number=place,
            of=len(rolls),
            copy=copies.mint(roll, counter.drafter.printed),
            package=known.manifest.package,
            product=name,
            detail=detail,
            store=store.name,
            language=language,
        )
        for place, (roll, (name, detail)) in enumerate(zip(rolls, films, strict=True), start=1)
        if roll not in labelled and (wanted is None or roll in wanted)
    )


def queue_labels(connection: apsw.Connection, made_by: str, labels: Iterable[RollLabel]) -> int | None:
    """Queue a set of labels in one place of the line and return that place, or None for an empty set."""
    place: int | None = None
    for label in labels:
        place = queue_label(connection, made_by, label, place=place)
    return place


def copies_of(labels: Iterable[RollLabel]) -> tuple[LabelCopy, ...]:
    """Return the copies that ``labels`` are, as an event tells of them."""
    return tuple(LabelCopy(roll=label.roll, copy=label.copy) for label in labels)


def film_words(product: Product | None) -> tuple[str, str]:
    """Return name and detail of a film, empty for one that nobody told us about."""
    return (product.name, product.detail) if product else ("", "")


def _product_of_roll(roster: Roster, known: KnownPackage, roll: ItemId) -> Product | None:
    """Return what the roll is by its own GTIN, where the roster names that, else what its package is."""
    item = _parsed(roll)
    own = roster.product(item.gtin) if isinstance(item, Sgtin) else None
    return own or roster.product_of(known.facts)


@lru_cache(maxsize=512)
def _parsed(text: ItemId) -> Sgtin | HouseCode | None:
    try:
        return parse_item(text)
    except CodeError:
        return None
