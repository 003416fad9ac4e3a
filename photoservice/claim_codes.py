"""Claim codes a maker or retailer put under the security strips, hashed on arrival (DESIGN 5A; seed 000:61).

They come by their own endpoint and never through EPCIS, whose events are kept as sent. Only HMAC(pepper, package, code)
is written, so neither a dump of the database nor another package's label tells one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from photocore.codes import parse_claim_code
from photocore.errors import CodeError
from photocore.ids import Sgtin, parse_item
from photocore.package import MAX_ROLLS
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import Unknown, Unprocessable
from photoservice.keyring import Keyring
from photoservice.proofs import claim_code_mac
from photoservice.registrations import lock_name, settle_roots
from photoservice.tenants import Tenant


class RollCode(msgspec.Struct, frozen=True, kw_only=True):
    """The claim code on one roll's label."""

    roll: Annotated[str, msgspec.Meta(max_length=64)]
    code: Annotated[str, msgspec.Meta(max_length=32)]

    def __repr__(self) -> str:
        return f"RollCode(roll={self.roll!r})"


class CodeList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The claim codes of one package."""

    codes: Annotated[tuple[RollCode, ...], msgspec.Meta(min_length=1, max_length=4 * MAX_ROLLS)]


@dataclass(frozen=True, kw_only=True)
class ClaimCodes:
    """Takes claim codes in."""

    clock: Clock
    keyring: Keyring

    async def put(self, session: Session, tenant: Tenant, package: str, listed: Sequence[RollCode]) -> None:
        """Write the codes of ``package``; a roll's newer code voids its older one as long as nobody claimed it.

        Codes may come before the manifest. Once the package is claimed they count only for claims that had shown
        them before (see ``registrations``).

        Raises:
            Unknown: the package is not under a prefix of the tenant's, or another's manifest names it.
            Unprocessable: a code is out of form; a roll is not in the package, or not under a prefix of the tenant's.
        """
        _check_owner(tenant, package)
        codes = [(_roll(tenant, c.roll), _code(c.code, place)) for place, c in enumerate(listed)]
        rolls = {roll for roll, _ in codes}
        await session.lock(lock_name(item) for item in (package, *rolls))
        await _check_manifest(session, tenant, package, rolls)
        is_late, now = bool(await session.value("claims.any_on", [package, *rolls])), self.clock.now()
        if not is_late:
            await session.run("claim_codes.void_older", package, sorted(rolls), now, tenant.id)
        rows = [
            (package, claim_code_mac(self.keyring, package, code), roll, tenant.id, now, is_late)
            for roll, code in codes
        ]
        await session.run_many("claim_codes.insert", rows)
        if is_late:
            await settle_roots(session, [package], now)


def _check_owner(tenant: Tenant, package: str) -> None:
    try:
        piece = parse_item(package)
    except CodeError as cause:
        raise Unknown("There is no such package of yours.") from cause
    if not isinstance(piece, Sgtin) or not tenant.owns(piece.gtin):
        raise Unknown("There is no such package of yours.")


async def _check_manifest(session: Session, tenant: Tenant, package: str, rolls: set[str]) -> None:
    manifest = await session.row("manifests.by_package", package)
    if manifest is not None and manifest["tenant"] != tenant.id:
        raise Unknown("There is no such package of yours.")
    if manifest is None:
        return
    homes = {row["roll"]: row["package"] for row in await session.rows("manifests.homes", sorted(rolls))}
    for roll in sorted(rolls):
        if homes.get(roll) != package:
            raise Unprocessable(f"The roll {roll} is not in this package.")


def _roll(tenant: Tenant, text: str) -> str:
    """Return a roll's ID; nobody names another's, or who types it at home would be led to packages it is not in."""
    try:
        piece = parse_item(text)
    except CodeError as cause:
        raise Unprocessable(f"{text!r} is no roll's ID in its canonical form: {cause}") from cause
    if not isinstance(piece, Sgtin) or not tenant.owns(piece.gtin):
        raise Unprocessable(f"The roll {piece} is not under a company prefix of yours.")
    return str(piece)


def _code(text: str, place: int) -> str:
    try:
        return parse_claim_code(text)
    except CodeError as cause:
        raise Unprocessable(f"codes[{place}].code is no claim code: {cause}") from cause
