"""What a store says of packages it made itself (DESIGN 5A, 5B, 5D; O18): made up, labels printed again, undone.

Everything is checked before anything is written, so what is parked leaves no trace. What counts follows from the set of
these facts and not from their order: labels printed again may be known before the package is, and so may its undoing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from photocore.kinds import ClaimCodesReplaced, MakeUpWithdrawn, PackageMadeUp
from photoservice.db.database import Row, Session
from photoservice.errors import Parked
from photoservice.intake.examine import Believed, Sender
from photoservice.keyring import Keyring
from photoservice.manifests import Manifests
from photoservice.proofs import claim_code_mac, lost_code_mac, release_code

_CLAIMED = "somebody registered the package already"


@dataclass(frozen=True, kw_only=True)
class MakeUps:
    """Carries them out. The caller holds the locks of the package and of every roll they name."""

    keyring: Keyring
    manifests: Manifests

    async def make(self, session: Session, event: Believed, body: PackageMadeUp, now: datetime) -> None:
        """Write the package as its retailer's list, and its claim codes as minted before any claim.

        Raises:
            Parked: one of its house codes is known already.
        """
        store = await session.row("stores.by_gln", body.store)
        retailer = store["retailer"] if store else None
        await self.manifests.make_up(session, body, retailer)
        if body.coded:
            await self._mint(session, event, body, body.store, now)
        if await session.row("make_ups.withdrawal", body.package, body.store):
            await self._void(session, body.package, body.rolls, now)

    async def replace(
        self, session: Session, event: Believed, body: ClaimCodesReplaced, sender: Sender, now: datetime
    ) -> None:
        """Write the new codes of these rolls; the old ones open nothing any more.

        Raises:
            Parked: the package is not this store's, a roll is not in it, or somebody registered it before.
        """
        rolls = [copy.roll for copy in body.copies]
        await _check_home(session, body.package, sender.store, rolls)
        if await self._stands_before(session, event, body, sender):
            raise Parked(_CLAIMED, cause="package_claimed")
        await self._mint(session, event, body, sender.store, now)

    async def withdraw(
        self, session: Session, event: Believed, body: MakeUpWithdrawn, sender: Sender, now: datetime
    ) -> None:
        """Write that the package is none: its codes open nothing, its items are revoked.

        Claims of the same station do not stand in the way: it undoes them itself, before or after.

        Raises:
            Parked: the package is not this store's, or another claim stands on it.
        """
        manifest = await _check_home(session, body.package, sender.store, ())
        live = await session.rows("claims.live_on", [body.package])
        if any(row["station"] != sender.id for row in live):
            raise Parked(_CLAIMED, cause="package_claimed")
        await session.run("make_ups.withdraw", body.package, sender.store, sender.id, event.id, now)
        rolls = [row["roll"] for row in await session.rows("manifests.rolls", body.package)] if manifest else ()
        await self._void(session, body.package, rolls, now)

    async def _stands_before(self, session: Session, event: Believed, body: ClaimCodesReplaced, sender: Sender) -> bool:
        """Tell whether a claim stands that the reprint did not come before.

        A reprint that was long in coming may be behind claims of its own station that it preceded there, and behind
        claims that show one of its very codes.
        """
        place = await session.value("epochs.place", sender.id, event.event.epoch), event.seq
        codes = event.secrets.codes.values() if event.secrets else ()
        macs = {claim_code_mac(self.keyring, body.package, code) for code in codes}
        live = await session.rows("claims.live_on", [body.package, *(copy.roll for copy in body.copies)])
        return any(
            self._shown(body.package, row) not in macs
            and not (row["station"] == sender.id and (row["epoch_place"], row["seq"]) > place)
            for row in live
        )

    def _shown(self, package: str, claim: Row) -> bytes | None:
        """Return the HMAC of the code a claim showed, also of one that waits for its package."""
        if claim["code_held"] is not None:
            return release_code(self.keyring, package, claim["station"], claim["id"], bytes(claim["code_held"]))
        return bytes(claim["code_mac"]) if claim["code_mac"] is not None else None

    async def _mint(
        self, session: Session, event: Believed, body: PackageMadeUp | ClaimCodesReplaced, store: str, now: datetime
    ) -> None:
        codes: Mapping[str, str] = event.secrets.codes if event.secrets else {}
        station, epoch = event.event.station, event.event.epoch
        rows: list[tuple[object, ...]] = []
        for copy in body.copies:
            code = codes.get(copy.roll)
            mac = claim_code_mac(self.keyring, body.package, code) if code else None
            lost = lost_code_mac(self.keyring, station, event.id, copy.roll)
            whose = (body.package, mac or lost, copy.roll, store, station, event.id, epoch, event.seq)
            rows.append((*whose, copy.copy, copy.voids, now))
        await session.run_many("claim_codes.insert_house", rows)
        await session.run("claim_codes.void_house", body.package, now)

    async def _void(self, session: Session, package: str, rolls: Sequence[str], now: datetime) -> None:
        await session.run("claim_codes.void_house", package, now)
        if rolls:
            why = "the store took its make-up back"
            await session.run_many("manifests.revoke", [(item, None, why, now) for item in (package, *rolls)])


async def _check_home(session: Session, package: str, store: str, rolls: Sequence[str]) -> Row | None:
    """Return the package's manifest, or None where it is not known yet; refuse another store's."""
    manifest = await session.row("manifests.by_package", package)
    if manifest is None:
        return None
    if manifest["store"] != store:
        raise Parked("the package was not made up in this store", cause="other_store")
    homes = {row["roll"]: row["package"] for row in await session.rows("manifests.homes", list(rolls))}
    for roll in rolls:
        if homes.get(roll) != package:
            raise Parked(f"the roll {roll} is not in this package", cause="not_in_package")
    return manifest
