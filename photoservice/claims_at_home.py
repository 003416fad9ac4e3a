"""Claim a package from a browser, with any one roll's ID and its claim code (O6, O11; DESIGN 5A, 5D).

No station and no card: the code proves possession. One transaction makes a guest account, writes the claim of the
pseudo-station ``WEB``, lets the owner rule judge, and keeps the HMAC of a fresh access code, which is answered once.
The owner stays a pure function of the set of facts; what is decided here is only whether a claim may enter the set:
the code must be live, older than the first claim that stands, and no code of the package may be spent.

Every wrong kind (no such roll, a mistyped code, a spent one, another package's) takes the same path to the same
answer; the web layer holds it back until a fixed moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from photocore.cards import CardTable
from photocore.codes import mint_access_code, mint_registration_number, parse_claim_code
from photocore.errors import CodeError
from photocore.events import mint_event_id
from photocore.facts import Claim, CodeMinted, CodeVoided, Unpacked, Withdrawn
from photocore.scans import CopyScan, PackageScan, RollScan
from photocore.seams import Clock, Entropy
from photocore.symbology import interpret_typed
from photoservice.accounts import Accounts
from photoservice.db.database import Database, Row, Session
from photoservice.errors import ClaimRefused, Throttled
from photoservice.home_answers import HomeAnswers, HomeClaim, ProductTold, Request, product_told
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.proofs import claim_code_mac
from photoservice.registrations import AT_HOME, Root, claim_name, load_roots, lock_name, outcome_of, settle_roots
from photoservice.throttle import Source, Throttle

WEB = AT_HOME

_TRIES = 4


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody typed, under which key, and from where. ``roll`` may also be the package's own ID.

    ``notice`` is the version of the privacy notice they agreed to; None where a program asked nobody.
    """

    roll: str
    code: str = field(repr=False)
    key: str = field(repr=False)
    source: Source
    notice: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Typed:
    """A wish as understood; what makes no sense stays, so that it takes the same path."""

    item: str
    code: str = field(repr=False)
    makes_sense: bool


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """The package that roll and code open."""

    package: str
    mac: bytes = field(repr=False)


class _NothingKnown:
    """A website's knowledge of products and cards: what was typed is an item by its form, or nothing."""

    card_tables: Sequence[CardTable] = ()

    def level_of(self, gtin: str) -> None:  # the port's signature
        """Know no product."""


class _Moved(Exception):  # never leaves this module
    """A manifest came between looking and locking."""


@dataclass(frozen=True, kw_only=True)
class ClaimsAtHome:
    """Takes claims from browsers."""

    database: Database
    clock: Clock
    entropy: Entropy
    keyring: Keyring
    accounts: Accounts
    answers: HomeAnswers
    throttle: Throttle
    metrics: Metrics

    async def claim(self, wish: Wish) -> HomeClaim:
        """Register the package and return the answer, the only one with the access code in it.

        The same wish under the same key gets the same answer again.

        Raises:
            ClaimRefused: roll and code open nothing, for whatever reason.
            KeyReused: another wish was carried out under this key.
            Throttled: too many wrong tries.
        """
        try:
            return await self._until_it_holds(wish)
        except Throttled:
            self._count("throttled")
            raise

    async def forget(self) -> None:
        """Drop answers and counts that are too old to matter."""
        async with self.database.begin() as session:
            await self.answers.forget(session)
            await self.throttle.forget(session)

    async def _until_it_holds(self, wish: Wish) -> HomeClaim:
        for _ in range(_TRIES - 1):
            try:
                return await self._claim_once(wish)
            except (_Moved, asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                continue
        return await self._claim_once(wish)

    async def _claim_once(self, wish: Wish) -> HomeClaim:
        typed = _understand(wish)
        request = self.answers.request(wish.key, typed.item, typed.code)
        async with self.database.begin() as session:
            packages = await _packages(session, typed.item)
            items = {lock_name(name) for name in (typed.item, *packages)}
            await session.lock(items | {request.lock_name, self.throttle.lock_name(wish.source)})
            if await _packages(session, typed.item) != packages:
                raise _Moved
            before = await self.answers.find(session, request)
            answer = before or await self._judge(session, wish, typed, packages, request)
        self._count("repeated" if before else answer.word if answer else "refused")
        if answer is None:
            raise ClaimRefused
        return answer

    async def _judge(
        self, session: Session, wish: Wish, typed: _Typed, packages: Iterable[str], request: Request
    ) -> HomeClaim | None:
        """Return the answer, or None when it is a wrong try, which is counted."""
        counts = self.throttle.counts(wish.source, typed.item)
        await self.throttle.refuse_resting(session, counts)
        found = [await self._open(session, typed, package) for package in packages]
        opened = next((one for one in found if one is not None), None)
        if opened is None:
            await self.throttle.note_wrong(session, counts)
            return None
        return await self._write(session, wish, typed, opened, request)

    async def _open(self, session: Session, typed: _Typed, package: str) -> _Opened | None:
        """Return ``package`` if the code opens it; asks the same whatever is wrong."""
        mac = claim_code_mac(self.keyring, package, typed.code)
        root = (await load_roots(session, [package]))[package]
        code = await session.row("at_home.code", package, mac)
        revoked = await session.value("at_home.is_revoked", [package, typed.item])
        if code is None or revoked or not typed.makes_sense:
            return None
        return _Opened(package=package, mac=mac) if opens(root, typed.item, mac, code) else None

    async def _write(self, session: Session, wish: Wish, typed: _Typed, opened: _Opened, request: Request) -> HomeClaim:
        now, claim = self.clock.now(), mint_event_id(self.clock, self.entropy)
        number, account = mint_registration_number(self.entropy), await self.accounts.make_guest(session)
        whose = (WEB, claim, typed.item, opened.package, account.id)
        await session.run("at_home.insert_claim", *whose, number, opened.mac, now, wish.notice)
        access_code = mint_access_code(self.answers.entropy(request, claim))
        await session.run("at_home.insert_access", self.keyring.mac("access", access_code), WEB, claim, now)
        root = (await settle_roots(session, [opened.package], now))[opened.package]
        product = await product_told(session, root.id)
        answer = _answer(root, claim, number=number, access_code=access_code, product=product, now=now)
        await self.answers.keep(session, request, claim, answer)
        return answer

    def _count(self, result: str) -> None:
        self.metrics.home_claims.labels(result=result).inc()


def opens(root: Root, item: str, mac: bytes, code: Row) -> bool:
    """Say whether a claim on ``item`` with the code known by ``mac`` may join the facts of ``root``.

    ``code`` is its row. All codes of a package are spent with the first that stands behind a claim. One handed over
    after the first claim proves nothing: else who mints codes could take a registered package away. A package that
    was opened for single sale is claimed roll by roll, each with its own code.
    """
    live = {f.code for f in root.facts if isinstance(f, CodeMinted)}
    live -= {f.code for f in root.facts if isinstance(f, CodeVoided)}
    if root.is_unpacked and (item not in root.rolls or code["roll"] != item):
        return False
    spent = any(claim.code in live for claim in _standing(root, item))
    live_claims = ((name, row) for name, row in root.claims.items() if not row["withdrawn"])
    arrivals = [row["arrival"] for name, row in live_claims if not root.is_ended(name)]
    late = bool(arrivals) and min(arrivals) < code["arrival"]
    return mac.hex() in live and not spent and not late


def _standing(root: Root, item: str) -> list[Claim]:
    """Return the claims that stand on what ``item`` would be claimed with."""
    undone = {f.claim for f in root.facts if isinstance(f, Withdrawn)}
    seen = [f.saw for f in root.facts if isinstance(f, Unpacked)]
    claims = [f for f in root.facts if isinstance(f, Claim) and f.id not in undone and not root.is_ended(f.id)]
    return [claim for claim in claims if claim.item == item or all(claim.id in saw for saw in seen)]


async def _packages(session: Session, item: str) -> tuple[str, ...]:
    rows = await session.rows("at_home.packages_of", item)
    return tuple(row["package"] for row in rows) or (item,)


def _understand(wish: Wish) -> _Typed:
    item, code = _item(wish.roll), _code(wish.code)
    makes_sense = item is not None and code is not None
    return _Typed(item=item or "", code=code or wish.code, makes_sense=makes_sense)


def _item(text: str) -> str | None:
    """Return the ID as typed, pasted or linked to, in its canonical text; None when it is none."""
    scan = interpret_typed(text, _NothingKnown())
    return scan.item if isinstance(scan, PackageScan | RollScan | CopyScan) else None


def _code(text: str) -> str | None:
    try:
        return parse_claim_code(text)
    except CodeError:
        return None


def _answer(
    root: Root, claim: str, *, number: str, access_code: str, product: ProductTold | None, now: datetime
) -> HomeClaim:
    outcome = outcome_of(root, claim_name(WEB, claim))
    return HomeClaim(
        word=outcome.word,
        number=number,
        package=outcome.package,
        rolls=outcome.rolls,
        product=product,
        registered_at=now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        access_code=access_code,
    )
