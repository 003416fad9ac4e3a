"""The roster on the station: packages, products, card tables and recalls, known without a network (DESIGN 5B).

A snapshot is believed only when the pinned service key signed it, is switched whole in one transaction, and never goes
back to an older version. Single packages learned from upstream stand beside it, until the roster has them too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import apsw
import msgspec

from photocore.cards import CardTable
from photocore.ids import ItemId
from photocore.package import Level, Manifest, Product
from photocore.roster import PackageFacts, RosterSnapshot, Store, StoreSettings
from sync.errors import RosterOlder
from sync.journal import Journal
from sync.statements import Row, number, one, run, run_many

Origin = Literal["roster", "upstream"]


@dataclass(frozen=True, kw_only=True)
class KnownPackage:
    """A package whose rolls are known, and where the station has it from."""

    facts: PackageFacts
    origin: Origin

    @property
    def manifest(self) -> Manifest:
        """The package with its rolls."""
        return self.facts.manifest


class Roster:
    """The roster in force. Reading is thread-safe; implements :class:`photocore.symbology.Knowledge`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.etag = ""
        self._snapshot: RosterSnapshot | None = None
        self._products: dict[str, Product] = {}
        row = journal.read(lambda connection: one(connection, "roster.read_roster"))
        if row is not None:
            self._take(msgspec.json.decode(row[2], type=RosterSnapshot), row[1])

    @property
    def version(self) -> int:
        """The version in force; 0 before the first."""
        return self._snapshot.version if self._snapshot else 0

    @property
    def head(self) -> RosterSnapshot | None:
        """What the roster in force says but for its packages and recalls; None before the first."""
        return self._snapshot

    @property
    def store(self) -> Store | None:
        """The store this station stands in."""
        return self._snapshot.store if self._snapshot else None

    @property
    def settings(self) -> StoreSettings:
        """What the retailer decided for this store."""
        return self._snapshot.settings if self._snapshot else StoreSettings()

    @property
    def card_tables(self) -> Sequence[CardTable]:
        """The retailer's card and badge numbers, as data."""
        return self._snapshot.card_tables if self._snapshot else ()

    def level_of(self, gtin: str) -> Level | None:
        """Say whether a GTIN is a package's or a roll's, or None if the roster does not know it."""
        product = self._products.get(gtin)
        return product.level if product else None

    def product(self, gtin: str | None) -> Product | None:
        """Return what a GTIN is, if the roster knows."""
        return self._products.get(gtin) if gtin else None

    def product_of(self, facts: PackageFacts) -> Product | None:
        """Return what a package is: by the roster, else by what upstream told of it."""
        return self.product(facts.manifest.product) or facts.product

    def switch(self, snapshot: RosterSnapshot, etag: str) -> None:
        """Take a verified snapshot into force, whole; the version in force already is no error.

        Raises:
            RosterOlder: it is older than the one in force, which stays.
            JournalDown: it could not be stored; the old one stays in force.
        """
        self._journal.write(lambda transaction: put_roster(transaction.connection, snapshot, etag))
        self._take(snapshot, etag)

    def learn(self, facts: PackageFacts) -> None:
        """Remember a package that upstream told of, so that its labels can print without asking again."""
        self._journal.write(lambda transaction: add_packages(transaction.connection, [facts], "upstream"))

    def _take(self, snapshot: RosterSnapshot, etag: str) -> None:
        self._products = {product.gtin: product for product in snapshot.products}
        self._snapshot = _head_of(snapshot)
        self.etag = etag


def put_roster(connection: apsw.Connection, snapshot: RosterSnapshot, etag: str) -> None:
    """Write a snapshot over the one before.

    Raises:
        RosterOlder: it is older than the one in force.
    """
    row = one(connection, "roster.read_roster")
    if row is not None and snapshot.version < row[0]:
        raise RosterOlder(f"roster {snapshot.version} is older than {row[0]}, which is in force")
    for table in ("manifest_items", "manifests", "revoked"):
        run(connection, f"roster.clear_{table}")
    packages = [PackageFacts(manifest=manifest) for manifest in snapshot.manifests]
    add_packages(connection, packages, "roster")
    run_many(connection, "roster.add_revoked", ({"item": item} for item in snapshot.revoked))
    head = msgspec.json.encode(_head_of(snapshot))
    run(connection, "roster.put_roster", {"version": snapshot.version, "etag": etag, "head": head})


def add_packages(connection: apsw.Connection, packages: Sequence[PackageFacts], origin: Origin) -> None:
    """Write packages with every ID they are found by."""
    bodies = (
        {"origin": origin, "package": facts.manifest.package, "body": msgspec.json.encode(facts)} for facts in packages
    )
    run_many(connection, "roster.add_manifest", bodies)
    run_many(connection, "roster.add_manifest_item", _item_rows(packages, origin))


def find_package(connection: apsw.Connection, item: ItemId) -> KnownPackage | None:
    """Return the package that ``item``, its own ID or one of its rolls', belongs to.

    What was made up at this station is known as if the roster told of it, before it does and after it no longer does.
    """
    rows = [row for row in run(connection, "roster.find_manifest", {"item": item}) if row[0] is not None]
    if not rows:
        return None
    body, origin, _ = min(rows, key=_rank)
    return KnownPackage(facts=msgspec.json.decode(body, type=PackageFacts), origin=origin)


def is_revoked(connection: apsw.Connection, items: Iterable[ItemId]) -> bool:
    """Say whether any of ``items`` was recalled, or is of a package undone here: there is no half package."""
    return number(connection, "roster.count_revoked", {"items": msgspec.json.encode(list(items)).decode()}) > 0


def has_pieces_of(connection: apsw.Connection, gtin: str) -> bool:
    """Say whether any package or roll of ``gtin`` (14 digits) is known by a serial of its own."""
    serials = f"(01){gtin}(21)"
    return bool(number(connection, "roster.has_pieces", {"first": serials, "beyond": serials + "~"}))


def _rank(row: Row) -> int:
    return row[2]


def _item_rows(packages: Iterable[PackageFacts], origin: Origin) -> Iterator[dict[str, Any]]:
    for facts in packages:
        manifest = facts.manifest
        for item in (manifest.package, *manifest.rolls):
            yield {"item": item, "origin": origin, "package": manifest.package}


def _head_of(snapshot: RosterSnapshot) -> RosterSnapshot:
    """Return the snapshot without what has tables of its own."""
    return msgspec.structs.replace(snapshot, manifests=(), revoked=())
