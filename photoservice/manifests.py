"""Package IDs with their roll IDs, as makers and retailers forward them (O11, O18; seeds 000:17, 000:71-73).

Sent again identical: a duplicate. Rolls added before any claim: accepted. After one, or against another's list: parked,
for somebody may have acted on it. When a manifest comes for a package that is claimed already, all its rolls are
registered in one step, or none (DESIGN 5B). A maker's own list takes over one that a retailer with a lent prefix sent
first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.ids import Sgtin, parse_item
from photocore.kinds import PackageMadeUp
from photocore.package import Manifest, Product
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import Parked
from photoservice.keyring import Keyring
from photoservice.products import note_level, product_of
from photoservice.proofs import release_code
from photoservice.registrations import settle_roots
from photoservice.tenants import Tenant


@dataclass(frozen=True, kw_only=True)
class Manifests:
    """Takes manifests in. The caller holds the locks of the package and of every roll."""

    clock: Clock
    keyring: Keyring

    async def pack(self, session: Session, tenant: Tenant, package: str, rolls: Sequence[str]) -> None:
        """Write that ``package`` holds ``rolls``.

        Raises:
            Parked: it contradicts what is known.
        """
        known = await session.row("manifests.by_package", package)
        fresh = await self._new_rolls(session, package, rolls)
        if known is not None and fresh:
            await _refuse_late(session, tenant, known)
        await self._note_products(session, tenant, package, rolls)
        if known is not None and known["source"] == "retailer" and tenant.kind == "maker":
            await session.run("manifests.take_over", package, tenant.id)
        if known is None:
            await session.run("manifests.insert", package, tenant.id, tenant.kind, _gtin(package), self.clock.now())
        first = 1 + int(await session.value("manifests.last_place", package))
        rows = [(roll, package, first + place) for place, roll in enumerate(fresh)]
        await session.run_many("manifests.insert_roll", rows)
        if fresh:
            await self._settle_waiting(session, package, fresh)

    async def open(self, session: Session, tenant: Tenant, package: str, event: str) -> None:
        """Write that ``package`` was opened: claims that were not there yet count for their own roll.

        Raises:
            Parked: the package is unknown, or another tenant's.
        """
        known = await session.row("manifests.by_package", package)
        if known is None:
            raise Parked("nothing is known of the package that was opened")
        if known["tenant"] != tenant.id:
            raise Parked("the package is another's")
        saw = [row[0] for row in await session.rows("claims.names_on", package)]
        await session.run("manifests.insert_unpacking", package, event, saw)
        await settle_roots(session, [package], self.clock.now())

    async def make_up(self, session: Session, made: PackageMadeUp, retailer: str | None) -> None:
        """Write a package that a store made up, as its retailer's list: it goes to that store (DESIGN 5B).

        Raises:
            Parked: one of its house codes is known already.
        """
        if await session.row("manifests.by_package", made.package):
            raise Parked(f"the package ID {made.package} is known already", cause="package_known")
        for row in await session.rows("manifests.homes", list(made.rolls)):
            reason = f"the roll ID {row['roll']} is known already, in the package {row['package']}"
            raise Parked(reason, cause="roll_known")
        now = self.clock.now()
        await session.run("manifests.insert_made_up", made.package, retailer, made.store, made.product, now)
        rows = [(roll, made.package, place) for place, roll in enumerate(made.rolls, 1)]
        await session.run_many("manifests.insert_roll", rows)
        await session.run("manifests.put_destination", made.package, made.store, now, 0)
        await self._settle_waiting(session, made.package, made.rolls)

    async def _new_rolls(self, session: Session, package: str, rolls: Sequence[str]) -> list[str]:
        homes = {row["roll"]: row["package"] for row in await session.rows("manifests.homes", list(rolls))}
        for roll, home in homes.items():
            if home != package:
                raise Parked(f"the roll {roll} is in the package {home}")
        if await session.row("manifests.roll", package):
            raise Parked("the package is a roll of another package")
        nested = await session.rows("manifests.by_packages", list(rolls))
        if nested:
            raise Parked(f"{nested[0]['package']} is a package itself")
        return [roll for roll in rolls if roll not in homes]

    async def _note_products(self, session: Session, tenant: Tenant, package: str, rolls: Sequence[str]) -> None:
        if gtin := _gtin(package):
            await note_level(session, tenant, gtin, "package", len(rolls))
        for gtin in sorted({gtin for roll in rolls if (gtin := _gtin(roll))}):
            await note_level(session, tenant, gtin, "roll", 1)

    async def _settle_waiting(self, session: Session, package: str, rolls: Sequence[str]) -> None:
        """Let claims and sales that waited for this manifest count for the package: one step, all rolls or none."""
        await session.run("sales.move", list(rolls), package)
        await session.run("sales.move_refunds", list(rolls), package)
        waiting = await session.rows("claims.waiting_for", list(rolls), package)
        for row in waiting:
            held = row["code_held"]
            mac = release_code(self.keyring, package, row["station"], row["id"], held) if held is not None else None
            await session.run("claims.move", row["station"], row["id"], package, mac)
        if waiting:
            await session.run("registrations.move_rulings", sorted({row["root"] for row in waiting}), package)
        await settle_roots(session, {package, *(row["root"] for row in waiting)}, self.clock.now())


async def read_manifest(session: Session, item: str) -> tuple[Manifest, Product | None] | None:
    """Return manifest and product of the package ``item`` is or is in; None when there is none, or it was opened."""
    row = await session.row("manifests.of_item", item)
    if row is None:
        return None
    product = await session.row("products.by_gtin", row["product"])
    return manifest_of(row), product_of(product) if product else None


def manifest_of(row: Row) -> Manifest:
    """Return a manifest as the database holds it, its rolls in their order."""
    return Manifest(
        package=row["package"],
        rolls=tuple(row["rolls"]),
        source=row["source"],
        product=row["product"],
        destination=row["destination"],
    )


async def _refuse_late(session: Session, tenant: Tenant, known: Row) -> None:
    if known["tenant"] != tenant.id and (known["source"], tenant.kind) != ("retailer", "maker"):
        raise Parked(f"the {known['source']}'s own list says otherwise")
    if await session.value("claims.any_on", [known["package"]]):
        raise Parked("the package was registered already, with the rolls known then")


def _gtin(item: str) -> str | None:
    """Return the GTIN inside an item's canonical text; a house code has none."""
    piece = parse_item(item)
    return piece.gtin if isinstance(piece, Sgtin) else None
