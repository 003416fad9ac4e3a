"""Carry out believed events, as many at once as there are: make-ups, claims, withdrawals, copies, access codes, sales.

Secrets leave here as HMACs, cards under their account's key (an erased one has none); nothing else of either is
written. Facts are a set, so the order inside a batch does not matter, nor whether a withdrawal comes before its claim.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from photocore.kinds import (
    AccessCodeReplaced,
    CardsMerged,
    ClaimCodesReplaced,
    ClaimWithdrawn,
    CopiesIssued,
    EpochOpened,
    LabelCopy,
    MakeUpWithdrawn,
    PackageClaimed,
    PackageMadeUp,
    StaffOverrode,
)
from photocore.seams import Entropy
from photoservice.accounts import Accounts, Shown
from photoservice.db.database import Session
from photoservice.errors import Parked
from photoservice.intake.examine import Believed, Sender
from photoservice.intake.make_ups import MakeUps
from photoservice.intake.merges import Issues, Mergings
from photoservice.intake.roots import Roots, read_roots
from photoservice.intake.sales import Sales
from photoservice.intake.subjects import items_of
from photoservice.keyring import Keyring
from photoservice.proofs import claim_code_mac, hold_code


@dataclass(frozen=True, kw_only=True)
class Applier:
    """Writes what events say."""

    accounts: Accounts
    keyring: Keyring
    entropy: Entropy
    make_ups: MakeUps
    mergings: Mergings
    sales: Sales

    async def apply(
        self, session: Session, sender: Sender, events: Sequence[Believed], roots: Roots, now: datetime
    ) -> dict[str, Parked]:
        """Carry out ``events``, all of one station, under the locks of their items and cards.

        Returns why, by event, those were not carried out that must be parked: nothing of them is written. What a
        batch says of one package is taken in its natural order, whatever the order of its lines.
        """
        refused = await self._make_up(session, events, now)
        if any(isinstance(e.body, PackageMadeUp) for e in events):
            roots = await read_roots(session, [item for e in events for item in items_of(e)])
        claims = [(e, e.body) for e in events if isinstance(e.body, PackageClaimed)]
        if claims:
            await self._apply_claims(session, sender, claims, roots, now)
        await self.sales.apply(session, sender, events, roots, now)
        await session.run_many("claims.insert_withdrawal", _withdrawals(events))
        await self._replace_access_codes(session, events, now)
        undone = [(e.event.station, e.body.claim, now) for e in events if isinstance(e.body, ClaimWithdrawn)]
        await session.run_many("claims.void_access", undone)
        refused |= await self._change_make_ups(session, sender, events, now)
        refused |= await self._merge_cards(session, events, now)
        done = [e for e in events if e.id not in refused]
        copies = list(_copies(done))
        if copies:
            await session.run("claims.insert_copies", sender.id, *_columns(copies))
        await session.run_many("events.insert_correction", _corrections(done))
        for event in events:
            if isinstance(event.body, EpochOpened):
                await session.run("stations.software", event.event.station, event.body.software)
        return refused

    async def _make_up(self, session: Session, events: Sequence[Believed], now: datetime) -> dict[str, Parked]:
        refused: dict[str, Parked] = {}
        for e in events:
            if isinstance(e.body, PackageMadeUp):
                try:
                    await self.make_ups.make(session, e, e.body, now)
                except Parked as why:
                    refused[e.id] = why
        return refused

    async def _change_make_ups(
        self, session: Session, sender: Sender, events: Sequence[Believed], now: datetime
    ) -> dict[str, Parked]:
        refused: dict[str, Parked] = {}
        for e in events:
            try:
                if isinstance(e.body, ClaimCodesReplaced):
                    await self.make_ups.replace(session, e, e.body, sender, now)
                if isinstance(e.body, MakeUpWithdrawn):
                    await self.make_ups.withdraw(session, e, e.body, sender, now)
            except Parked as why:
                refused[e.id] = why
        return refused

    async def _merge_cards(self, session: Session, events: Sequence[Believed], now: datetime) -> dict[str, Parked]:
        refused: dict[str, Parked] = {}
        for e in events:
            if isinstance(e.body, CardsMerged):
                try:
                    await self.mergings.merge(session, e, e.body, now)
                except Parked as why:
                    refused[e.id] = why
        return refused

    async def _apply_claims(
        self,
        session: Session,
        sender: Sender,
        claims: Sequence[tuple[Believed, PackageClaimed]],
        roots: Roots,
        now: datetime,
    ) -> None:
        shown = [Shown(card=e.card, station=sender.id, event=e.id, at=e.event.at) for e, _ in claims if e.card]
        accounts = await self.accounts.of_claims(session, shown)
        rows: list[tuple[object, ...]] = []
        issues = Issues(accounts=self.accounts)
        for e, body in claims:
            assert e.card is not None  # noqa: S101  # examine() opened it
            account = accounts[e.id]
            is_lost = issues.is_lost(e.card, account)
            mac, held = self._claim_code(e, body, roots)
            what = (e.id, body.item, roots.of(body.item), account.id, body.store, body.number, body.activation)
            personal = self.accounts.keep(account, f"event {e.event.station}/{e.id}", e.card)
            access = self.keyring.mac("access", e.secrets.access_code) if e.secrets else None
            rows.append((*what, mac, held, e.event.epoch, e.seq, personal, access, body.notice, is_lost))
        await session.run("claims.insert_all", sender.id, *_columns(rows), now)
        await session.run_many("merges.note_issue", list(issues.newest.items()))

    async def _replace_access_codes(self, session: Session, events: Sequence[Believed], now: datetime) -> None:
        """Let of each claim's codes the one made last on its station open, whatever the order they come in."""
        for e in events:
            if isinstance(e.body, AccessCodeReplaced):
                await session.run("claims.insert_access", *self._access(e, e.body.claim, now))
                place = (e.event.epoch, e.seq)
                await session.run("claims.void_access_before", e.event.station, e.body.claim, now, *place)

    def _access(self, event: Believed, claim: str, now: datetime) -> tuple[object, ...]:
        keyring = self.keyring
        lost = keyring.mac("access lost", event.event.station, event.id)
        mac = keyring.mac("access", event.secrets.access_code) if event.secrets else lost
        place = (event.event.epoch, event.seq)
        return (mac, event.event.station, claim, event.id, now, *place, event.secrets is None)

    def _claim_code(self, event: Believed, body: PackageClaimed, roots: Roots) -> tuple[bytes | None, bytes | None]:
        """Return the HMAC to compare, or the code locked away until its package is known."""
        code = event.secrets.claim_code if event.secrets else None
        if code is None:
            return None, None
        if roots.is_known(body.item):
            return claim_code_mac(self.keyring, roots.of(body.item), code), None
        return None, hold_code(self.keyring, self.entropy, event.event.station, event.id, code)


def _withdrawals(events: Iterable[Believed]) -> Iterator[tuple[object, ...]]:
    for e in events:
        if isinstance(e.body, ClaimWithdrawn):
            yield e.event.station, e.body.claim, e.id


def _copies(events: Iterable[Believed]) -> Iterator[tuple[object, ...]]:
    for e in events:
        match e.body:
            case PackageClaimed(copies=copies):
                yield from (_copy(e, e.id, copy, None) for copy in copies)
            case CopiesIssued(claim=claim, copies=copies):
                yield from (_copy(e, claim, copy, None) for copy in copies)
            case PackageMadeUp(package=package, copies=copies) | ClaimCodesReplaced(package=package, copies=copies):
                yield from (_copy(e, e.id, copy, package) for copy in copies)
            case _:
                pass


def _copy(e: Believed, claim: str, copy: LabelCopy, package: str | None) -> tuple[object, ...]:
    return claim, copy.roll, copy.copy, copy.voids, e.id, package


def _columns(rows: Iterable[tuple[object, ...]]) -> Iterator[list[object]]:
    """Yield what one statement for all rows takes: a list for each column."""
    return map(list, zip(*rows, strict=True))


def _corrections(events: Iterable[Believed]) -> Iterator[tuple[object, ...]]:
    """Yield which events need nothing more: another stands for them, or staff closed them (DESIGN 5E)."""
    for e in events:
        match e.body:
            case (
                PackageClaimed(corrects=str(corrected))
                | ClaimWithdrawn(corrects=str(corrected))
                | CopiesIssued(corrects=str(corrected))
                | PackageMadeUp(corrects=str(corrected))
                | MakeUpWithdrawn(corrects=str(corrected))
                | StaffOverrode(act="parked_closed", about=str(corrected))
            ):
                yield e.event.station, corrected, e.id
            case _:
                pass
