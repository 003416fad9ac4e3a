"""A whole photoservice in memory: production's parts over the model's tables, and the operator's acts by hand.

For simulations of many stores: one thread, no loop, time and randomness from outside. Stations reach it by
:meth:`ModelPhotoservice.answer`, with the requests they sign for the real one. What happens between a commit and its
answer is a hook; a backup is a copy of the tables. The keys and the ledger of erasures stay: they are never in the
database.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from photocore.cards import CardTable
from photocore.crockford import draw, mint
from photocore.keys import SealingKey, SigningKey
from photocore.package import Product
from photocore.roster import Store, StoreSettings
from photocore.seams import Clock, Entropy, HttpRequest, HttpResponse
from photoservice.claim_codes import RollCode
from photoservice.claims_at_home import Wish
from photoservice.db.database import Session
from photoservice.enrolment import CODE_SYMBOLS
from photoservice.epcis.carry_out import Carried, Carrier
from photoservice.epcis.schema import read_document
from photoservice.errors import Refusal
from photoservice.home_answers import HomeClaim
from photoservice.intake.retry import Retried, retry_parked
from photoservice.keyring import Keyring
from photoservice.modelled.asked import answer_with
from photoservice.modelled.connection import Moment, open_model, run_now
from photoservice.modelled.looking import Registered, recomputed
from photoservice.modelled.schema import ModelStore, Snapshot
from photoservice.products import put_product
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.stores import add_store, put_card_tables
from photoservice.tenants import Kind, Tenant, find_retailer
from photoservice.throttle import Source
from photoservice.wiring import Ledgers, assemble

Result = TypeVar("Result")

PUBLIC_URL = "https://photo.example"


def fresh_keyring(entropy: Entropy) -> Keyring:
    """Return a keyring made of ``entropy``."""
    return Keyring(
        sign=SigningKey(seed=entropy.token(32)),
        seal=SealingKey(secret=entropy.token(32)),
        pepper=entropy.token(32),
        wrap=entropy.token(32),
    )


async def _here(work: Callable[[], Result]) -> Result:
    return work()


@dataclass
class ModelPhotoservice:
    """One photoservice. ``on_commit`` is called round each commit and may raise: the process died at that moment.

    An ``is_older`` one knows no news, as the first release did not.
    """

    clock: Clock
    entropy: Entropy
    keyring: Keyring | None = None
    settings: Settings = field(default_factory=lambda: Settings(folder=Path(), public_url=PUBLIC_URL))
    is_older: bool = False
    on_commit: Callable[[Moment], None] | None = None
    store: ModelStore = field(default_factory=ModelStore)
    ledgers: Ledgers = field(default_factory=Ledgers)

    def __post_init__(self) -> None:
        self.keys = self.keyring or fresh_keyring(self.entropy)
        database = open_model(self.store, self._at)
        service = assemble(self.settings, database, self.keys, self.clock, self.entropy, ledgers=self.ledgers)
        self.service: Photoservice = replace(service, receiver=replace(service.receiver, offload=_here))

    def _at(self, moment: Moment) -> None:
        if self.on_commit is not None:
            self.on_commit(moment)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a station's request, as the routes of ``photoservice/web`` do."""
        if self.is_older and request.url.partition("?")[0].endswith("/news"):
            request = replace(request, url=PUBLIC_URL + "/")
        return answer_with(run_now, self.service, request)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Carry out a coroutine of the service's."""
        return run_now(work)

    def do(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        """Carry out ``work`` in a transaction."""

        async def run() -> Result:
            async with self.service.database.begin() as session:
                return await work(session)

        return run_now(run())

    def snapshot(self) -> Snapshot:
        """Return a backup of the database. Keys and ledgers are in no backup of it, and stay."""
        return self.store.snapshot()

    def restore(self, backup: Snapshot) -> None:
        """Go back to a backup, and open it as production does: all after it is forgotten, but what ledgers hold."""
        self.store.restore(backup)
        self.do(self.service.accounts.erase_again)
        self.do(self.service.enrolment.carry_over)

    def add_tenant(self, name: str, kind: Kind, *prefixes: str, gln: str | None = None) -> str:
        """Add a maker or retailer and return its key."""
        tenants = self.service.tenants
        return self.do(lambda session: tenants.add(session, name=name, kind=kind, prefixes=prefixes, gln=gln))

    def add_store(
        self,
        gln: str,
        name: str,
        *,
        retailer: str | None = None,
        settings: StoreSettings | None = None,
        tables: tuple[CardTable, ...] = (),
    ) -> None:
        """Add a store, of the retailer called ``retailer`` if one is named."""

        async def work(session: Session) -> None:
            owner = await find_retailer(session, retailer) if retailer else None
            store = Store(gln=gln, name=name)
            await add_store(session, self.clock, store, settings or StoreSettings(), retailer=owner)
            await put_card_tables(session, tables, retailer=owner)

        self.do(work)

    def enrol_code(self, gln: str, role: str = "kiosk") -> str:
        """Return a fresh enrolment code of a store, for ``POST /enrol``."""
        return self.do(lambda session: self.service.enrolment.issue_code(session, store=gln, role=role))

    def enrol_by_hand(self, gln: str, public_key: bytes, *, name: str = "Counter", role: str = "kiosk") -> str:
        """Write a station's key as enrolled for a store, and return the station's ID."""
        station = "ST-" + mint(self.entropy, CODE_SYMBOLS)
        row = (station, gln, role, name, public_key, self.clock.now())
        self.do(lambda session: session.run("stations.insert", *row))
        self.do(self.service.enrolment.carry_over)
        return station

    def put_products(self, tenant_key: str, products: Iterable[Product]) -> None:
        """Write a tenant's master data."""

        async def work(session: Session) -> None:
            tenant = await self._tenant(session, tenant_key)
            for product in products:
                await put_product(session, tenant, product)

        self.do(work)

    def capture(self, tenant_key: str, document: bytes, behaviour: str = "rollback") -> Carried:
        """Take an EPCIS document in and carry it out at once; a late manifest is one that is captured late.

        Raises:
            EpcisInvalid: it is out of form.
        """
        described = read_document(document)
        carrier: Carrier = self.service.captures.carrier
        name = draw(self.entropy, 20)

        async def submit(session: Session) -> Tenant:
            tenant = await self._tenant(session, tenant_key)
            await session.run("captures.insert", name, tenant.id, self.clock.now(), behaviour, document)
            return tenant

        tenant = self.do(submit)

        async def carry_out(session: Session) -> Carried:
            may_proceed = behaviour == "proceed"
            async with session.savepoint():
                done = await carrier.carry_out(session, tenant, name, described, may_proceed=may_proceed)
            errors = msgspec.json.encode(done.errors).decode()
            await session.run("captures.finish", name, self.clock.now(), not done.errors, errors, done.parked)
            return done

        return self.do(carry_out)

    def put_codes(self, tenant_key: str, package: str, codes: Mapping[str, str]) -> None:
        """Take the claim codes of a package's rolls in, by roll.

        Raises:
            Unknown: the package is not the tenant's.
            Unprocessable: a roll is not in it.
        """
        listed = [RollCode(roll=roll, code=code) for roll, code in codes.items()]

        async def work(session: Session) -> None:
            tenant = await self._tenant(session, tenant_key)
            await self.service.claim_codes.put(session, tenant, package, listed)

        self.do(work)

    def settle(self) -> int:
        """Confirm what nobody opposed for long enough; return how many registrations that were."""
        return run_now(self.service.settlement.run_once())

    def claim_at_home(self, roll: str, code: str, *, key: str, source: str = "192.0.2.0/24") -> HomeClaim | Refusal:
        """Claim a package from a browser; what was refused is returned, not raised."""
        wish = Wish(roll=roll, code=code, key=key, source=Source(near=source))
        try:
            return run_now(self.service.claims_at_home.claim(wish))
        except Refusal as why:
            return why

    def erase(self, account: str) -> None:
        """Destroy an account's key and its card's lookup."""
        self.do(lambda session: self.service.accounts.erase(session, account))

    def revoke(self, station: str) -> None:
        """End a station's key."""
        self.do(lambda session: self.service.enrolment.revoke(session, station))

    def release(self, station: str) -> bool:
        """Let a held station go on; say whether it was held."""
        return bool(self.do(lambda session: session.run("stations.release", station)))

    def retry(self, station: str) -> Retried:
        """Try a station's parked events again.

        Raises:
            Unknown: there is no such station, or it was revoked or is held.
        """
        return run_now(retry_parked(self.service.receiver, station))

    def recomputed(self) -> Mapping[str, Registered]:
        """Return what the projection must be, by subject: to lay beside :func:`looking.registrations`."""
        return self.do(lambda session: recomputed(session, self.store))

    async def _tenant(self, session: Session, key: str) -> Tenant:
        return await self.service.tenants.whose(session, f"Bearer {key}")
