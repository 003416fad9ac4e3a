"""Makers, retailers and labs: who may forward manifests or images, under which key, and for whose numbers.

A tenant names pieces of its own GS1 company prefixes only (DESIGN 5D). Two makers never share a prefix; a retailer may
be lent a maker's, and what it then says against the maker's own list is parked.
"""

import re
from dataclasses import dataclass
from typing import Literal

from photocore.crockford import mint
from photocore.errors import CodeError
from photocore.ids import Gln
from photocore.seams import Clock, Entropy
from photoservice.db.database import Session
from photoservice.errors import Unknown, Unprocessable, Unproven
from photoservice.keyring import Keyring

Kind = Literal["maker", "retailer", "lab"]

KEY_BYTES = 32
CHALLENGE = 'Bearer realm="photoservice"'


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """One maker, retailer or lab."""

    id: str
    name: str
    kind: Kind
    prefixes: tuple[str, ...]

    def owns(self, gtin: str) -> bool:
        """Say whether the 14-digit ``gtin`` stands under one of its company prefixes.

        The prefix follows the indicator digit (GS1 General Specifications 3.3.2). A GTIN-8 (six leading zeros)
        holds no company prefix, so nobody owns one here.
        """
        return not gtin.startswith("000000") and any(gtin[1:].startswith(p) for p in self.prefixes)


@dataclass(frozen=True, kw_only=True)
class TenantKeys:
    """Makes and knows tenants' keys: shown once, kept as an HMAC only."""

    clock: Clock
    entropy: Entropy
    keyring: Keyring

    async def add(
        self, session: Session, *, name: str, kind: Kind, prefixes: tuple[str, ...], gln: str | None = None
    ) -> str:
        """Add a tenant and return its key, which nobody can read again.

        ``gln`` is a retailer's own: manifests sent there are for all its stores.

        Raises:
            Unprocessable: the name is taken, another maker holds a prefix that overlaps, or a prefix or GLN is none.
        """
        _check_numbers(prefixes, gln)
        await session.lock(["tenants"])
        if await session.row("tenants.by_name", name):
            raise Unprocessable(f"There is a tenant named {name} already.")
        if kind == "maker":
            await _refuse_overlap(session, prefixes)
        tenant = "T-" + mint(self.entropy, 8)
        key, mac = self.mint()
        await session.run("tenants.insert", tenant, name, kind, gln, mac, self.clock.now())
        await session.run_many("tenants.insert_prefix", [(prefix, tenant) for prefix in prefixes])
        return key

    def mint(self) -> tuple[str, bytes]:
        """Return a fresh key, and the HMAC under which it is kept."""
        key = "tck_" + self.entropy.token(KEY_BYTES).hex()
        return key, self.keyring.mac("tenant", key)

    async def lend(self, session: Session, tenant: str, kind: Kind, prefixes: tuple[str, ...]) -> None:
        """Give a tenant more company prefixes.

        Raises:
            Unprocessable: one is none, the tenant has it already, or another maker holds one that overlaps.
        """
        _check_numbers(prefixes, None)
        await session.lock(["tenants"])
        row = await session.row("tenants.by_id", tenant)
        if row is not None and set(prefixes) & set(row["prefixes"]):
            raise Unprocessable("It has this prefix already.")
        if kind == "maker":
            await _refuse_overlap(session, prefixes)
        await session.run_many("tenants.insert_prefix", [(prefix, tenant) for prefix in prefixes])

    async def whose(self, session: Session, authorization: str | None) -> Tenant:
        """Return the tenant that the ``Authorization: Bearer`` header proves.

        Raises:
            Unproven: no key, a wrong one, or a revoked one.
        """
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unproven("Send your tenant key as Authorization: Bearer.", challenge=CHALLENGE)
        row = await session.row("tenants.by_key", self.keyring.mac("tenant", key.strip()))
        if row is None:
            raise Unproven("This key opens nothing.", challenge=CHALLENGE + ', error="invalid_token"')
        return Tenant(id=row["id"], name=row["name"], kind=row["kind"], prefixes=tuple(row["prefixes"]))


async def find_retailer(session: Session, name: str) -> str:
    """Return the ID of the retailer called ``name`` (its name or its ID).

    Raises:
        Unknown: there is none.
    """
    row = await session.row("tenants.retailer", name)
    if row is None:
        raise Unknown(f"There is no retailer called {name}. Add it with: tenant add --kind retailer")
    return str(row["id"])


def _check_numbers(prefixes: tuple[str, ...], gln: str | None) -> None:
    for prefix in prefixes:
        if not re.fullmatch("[0-9]{4,12}", prefix):
            raise Unprocessable(f"{prefix!r} is no GS1 company prefix: 4 to 12 digits, the leading zero included.")
    try:
        if gln is not None:
            Gln(gln)
    except CodeError as cause:
        raise Unprocessable(f"The GLN {gln} is none: {cause}.") from cause


async def _refuse_overlap(session: Session, prefixes: tuple[str, ...]) -> None:
    for row in await session.rows("tenants.overlapping_makers", list(prefixes)):
        raise Unprocessable(f"The prefix {row['prefix']} belongs to the maker {row['name']}.")
