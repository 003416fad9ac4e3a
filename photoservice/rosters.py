"""The roster of a store: what its stations may know offline, signed and versioned (DESIGN 5B).

Its content is built from what stands now; only when it differs from the last one does the version grow. So a station's
``If-None-Match`` costs no transfer, and two processes agree, as the store's row is locked while they look. A version
is at least the second it was made in, for stations refuse an older one: what a restore made us forget stays below.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from photocore.cards import CardTable
from photocore.events import instant
from photocore.ids import ItemId
from photocore.roster import RosterSnapshot, Store, StoreSettings, encode_roster, sign_roster
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.keyring import Keyring
from photoservice.manifests import manifest_of
from photoservice.products import PLACEHOLDERS, product_of

_TAG = re.compile(r'"([0-9]{1,15})-')

MAX_MANIFESTS = 20_000
"""The newest; what is older is looked up online."""

MAX_PRODUCTS = 5_000
"""Named products beyond those of the manifests; all film there is on sale has some hundreds of price codes."""


@dataclass(frozen=True, kw_only=True)
class RosterText:
    """A signed roster as its station gets it."""

    version: int
    text: bytes

    @property
    def etag(self) -> str:
        """The strong entity tag of this version."""
        return f'"{self.version}-{hashlib.sha256(self.text).hexdigest()[:16]}"'


@dataclass(frozen=True, kw_only=True)
class Rosters:
    """Builds and signs rosters.

    ``access_url`` is where receipts point, the code follows in the fragment; ``claim_url`` is where a package is
    registered at home.
    """

    clock: Clock
    keyring: Keyring
    access_url: str
    claim_url: str

    async def of_store(self, session: Session, gln: str, *, held: str = "") -> RosterText:
        """Return the store's roster as it stands; anew when the tag ``held`` at a station is of a later version."""
        await session.lock([f"roster:{gln}"])
        kept = await session.row("rosters.last", gln)
        version = kept["version"] if kept else 0
        built = await self._build(session, gln, max(version + 1, int(self.clock.now().timestamp())))
        content = _content_hash(built)
        if kept is not None and kept["content_hash"] == content and not version < _version_in(held) < built.version:
            return RosterText(version=version, text=bytes(kept["signed"]))
        text = encode_roster(sign_roster(built, self.keyring.sign))
        await session.run("rosters.put", gln, built.version, content, text)
        return RosterText(version=built.version, text=text)

    async def _build(self, session: Session, gln: str, version: int) -> RosterSnapshot:
        store = await session.row("stores.by_gln", gln)
        assert store is not None  # noqa: S101  # stations reference their store
        manifests = await session.rows("rosters.manifests", gln, store["retailer"], MAX_MANIFESTS)
        gtins = {row["product"] for row in manifests} | {g for row in manifests for g in row["roll_gtins"]}
        products = {row["gtin"]: row for row in await self._named(session, store["retailer"])}
        missing = sorted(gtin for gtin in gtins if gtin and gtin not in products)
        products |= {row["gtin"]: row for row in await session.rows("products.by_gtins", missing)}
        tables = await session.rows("stores.card_tables", store["retailer"])
        revoked = await session.rows("rosters.revoked", [row["package"] for row in manifests])
        return RosterSnapshot(
            version=version,
            made_at=instant(self.clock),
            store=Store(gln=gln, name=store["name"], timezone=store["timezone"]),
            settings=_settings(store, self.access_url, self.claim_url),
            products=tuple(product_of(products[gtin]) for gtin in sorted(products)),
            manifests=tuple(manifest_of(row) for row in manifests),
            card_tables=tuple(msgspec.json.decode(row["body"], type=CardTable) for row in tables),
            revoked=tuple(ItemId(row["item"]) for row in revoked),
        )

    async def _named(self, session: Session, retailer: str | None) -> Sequence[Row]:
        """Return the film that is sold by its price code alone: master data without any manifest."""
        return await session.rows("products.named", retailer, MAX_PRODUCTS, list(PLACEHOLDERS.values()))


def _version_in(tag: str) -> int:
    """Return the version an entity tag of ours names, or 0."""
    named = _TAG.match(tag)
    return int(named[1]) if named else 0


def _settings(store: Row, access_url: str, claim_url: str) -> StoreSettings:
    return StoreSettings(
        labels=store["labels"],
        activation=store["activation"],
        access_url=access_url,
        claim_url=claim_url,
        make_up=store["make_up"],
    )


def _content_hash(roster: RosterSnapshot) -> str:
    timeless = msgspec.structs.replace(roster, version=1, made_at="2000-01-01T00:00:00.000Z")
    return hashlib.sha256(msgspec.json.encode(timeless)).hexdigest()
