"""Carry out believed events, as many at once as there are: claims, withdrawals, copies, access codes.

Secrets leave here as HMACs, cards under their account's key; nothing else of either is written. Facts are a set, so
the order inside a batch does not matter, nor whether a withdrawal comes before its claim.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from photocore.kinds import AccessCodeReplaced, ClaimWithdrawn, CopiesIssued, EpochOpened, LabelCopy, PackageClaimed
from photocore.seams import Entropy
from photoservice.accounts import Accounts
from photoservice.db.database import Session
from photoservice.intake.examine import Believed
from photoservice.keyring import Keyring, lock_away, take_out


@dataclass(frozen=True, kw_only=True)
class Roots:
    """Which package each item belongs to, as far as manifests tell."""

    packages: dict[str, str]

    def of(self, item: str) -> str:
        """Return what a claim on ``item`` counts for."""
        return self.packages.get(item, item)

    def is_known(self, item: str) -> bool:
        """Say whether the item's package has a manifest."""
        return item in self.packages


async def read_roots(session: Session, items: Iterable[str]) -> Roots:
    """Return the packages ``items`` belong to."""
    rows = await session.rows("registrations.roots_of", list(set(items)))
    return Roots(packages={row["item"]: row["package"] for row in rows})


@dataclass(frozen=True, kw_only=True)
class Applier:
    """Writes what events say."""

    accounts: Accounts
    keyring: Keyring
    entropy: Entropy

    async def apply(self, session: Session, events: Sequence[Believed], roots: Roots, now: datetime) -> None:
        """Carry out ``events``, all of one station, under the locks of their items and cards."""
        claims = [(e, e.body) for e in events if isinstance(e.body, PackageClaimed)]
        await self._apply_claims(session, claims, roots, now)
        await session.run_many("claims.insert_withdrawal", _withdrawals(events))
        await session.run_many("claims.insert_copy", _copies(events))
        await self._replace_access_codes(session, events, now)
        undone = [(e.event.station, e.body.claim, now) for e in events if isinstance(e.body, ClaimWithdrawn)]
        await session.run_many("claims.void_access", undone)
        for event in events:
            if isinstance(event.body, EpochOpened):
                await session.run("stations.software", event.event.station, event.body.software)

    async def _apply_claims(
        self, session: Session, claims: Sequence[tuple[Believed, PackageClaimed]], roots: Roots, now: datetime
    ) -> None:
        accounts = await self.accounts.of_cards(session, [e.card for e, _ in claims if e.card])
        rows: list[tuple[object, ...]] = []
        personal: list[tuple[object, ...]] = []
        for e, body in claims:
            assert e.card is not None  # noqa: S101  # examine() opened it
            account = accounts[self.accounts.lookup(e.card)]
            mac, held = self._claim_code(e, body, roots)
            root, about = roots.of(body.item), f"event {e.event.station}/{e.id}"
            whose = (e.event.station, e.id, body.item, root, account.id, body.store)
            rows.append((*whose, body.number, body.activation, mac, held, now))
            personal.append((e.event.station, e.id, account.id, self.accounts.keep(account, about, e.card)))
        await session.run_many("claims.insert", rows)
        await session.run_many("accounts.insert_personal", personal)
        coded = [self._access(e, e.id, now) for e, _ in claims if e.secrets]
        await session.run_many("claims.insert_access", coded)

    async def _replace_access_codes(self, session: Session, events: Sequence[Believed], now: datetime) -> None:
        for e in events:
            if isinstance(e.body, AccessCodeReplaced):  # one after the other: of two in a batch the later one opens
                await session.run("claims.void_access", e.event.station, e.body.claim, now)
                query = "claims.insert_access" if e.secrets else "claims.insert_lost_access"
                await session.run(query, *self._access(e, e.body.claim, now))

    def _access(self, event: Believed, claim: str, now: datetime) -> tuple[object, ...]:
        keyring = self.keyring
        lost = keyring.mac("access lost", event.event.station, event.id)
        mac = keyring.mac("access", event.secrets.access_code) if event.secrets else lost
        return (mac, event.event.station, claim, event.id, now)

    def _claim_code(self, event: Believed, body: PackageClaimed, roots: Roots) -> tuple[bytes | None, bytes | None]:
        """Return the HMAC to compare, or the code locked away until its package is known."""
        code = event.secrets.claim_code if event.secrets else None
        if code is None:
            return None, None
        if roots.is_known(body.item):
            return claim_code_mac(self.keyring, roots.of(body.item), code), None
        about = _held_name(event.event.station, event.id)
        return None, lock_away(self.keyring.wrap, code.encode(), about=about, entropy=self.entropy)


def claim_code_mac(keyring: Keyring, package: str, code: str) -> bytes:
    """Return the HMAC a claim code is known by: of package and code, so that it is worth nothing on another package."""
    return keyring.mac("claim code", package, code)


def release_code(keyring: Keyring, package: str, station: str, claim: str, held: bytes) -> bytes:
    """Return the HMAC of a code that was locked away until its package was known."""
    code = take_out(keyring.wrap, held, about=_held_name(station, claim)).decode()
    return claim_code_mac(keyring, package, code)


def _held_name(station: str, claim: str) -> str:
    return f"claim code {station}/{claim}"


def _withdrawals(events: Iterable[Believed]) -> Iterator[tuple[object, ...]]:
    for e in events:
        if isinstance(e.body, ClaimWithdrawn):
            yield e.event.station, e.body.claim, e.id


def _copies(events: Iterable[Believed]) -> Iterator[tuple[object, ...]]:
    for e in events:
        match e.body:
            case PackageClaimed(copies=copies):
                yield from (_copy(e, e.id, copy) for copy in copies)
            case CopiesIssued(claim=claim, copies=copies):
                yield from (_copy(e, claim, copy) for copy in copies)
            case _:
                pass


def _copy(e: Believed, claim: str, copy: LabelCopy) -> tuple[object, ...]:
    return e.event.station, claim, copy.roll, copy.copy, copy.voids, e.id
