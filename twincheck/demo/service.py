"""The demo's photoservice: a real process with a real PostgreSQL, set up as an operator and a maker would.

The set-up (tenants, store, a code for one kiosk) goes through the service's own use cases before it is started; what a
maker sends goes over HTTP like anybody's, with nothing but the standard library: a foreign client's view.
"""

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

from photocore.cards import CardNumber, read_card_tables
from photocore.codes import grouped
from photocore.digital_link import link_for
from photocore.ids import Sgtin, parse_item
from photocore.kinds import PackageClaimedSealed
from photocore.package import Product
from photocore.pricing import Choice
from photocore.roster import Store, StoreSettings
from photocore.settings import load_toml, locate_config
from photocore.terms import write_terms
from photoservice.db.database import Session
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.stores import add_store, put_card_tables
from photoservice.tenants import find_retailer
from photoservice.wiring import database_url, offer_something, open_service
from twincheck.demo.errors import DemoFailed
from twincheck.demo.stock import (
    LAB_NAME,
    LINES,
    MAKER_NAME,
    ORDINARY,
    PREFIX,
    RETAILER_NAME,
    STORE_GLN,
    STORE_NAME,
    BoxedPackage,
    FilmLine,
    brings,
)

UP_WITHIN_S: Final = 60.0
CAPTURED_WITHIN_S: Final = 20.0
MORE_THAN_PREPAID: Final = 9
"""Rolls: no box of the demo has so many."""
PACE: Final = ("--told-after-s", "3", "--plan-every-s", "0.5")
"""A roll is whole when it was quiet for three seconds, in place of ten minutes: nobody would wait for it here."""

EPCIS_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"


Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Testimony:
    """What the photoservice holds of one package."""

    is_registered: bool
    is_owners: bool
    rolls: int
    account: str


@dataclass
class DemoService:
    """The photoservice of one demo, in ``folder``, at ``http://localhost:port``."""

    folder: Path
    port: int
    maker_key: str = field(default="", repr=False)
    enrol_code: str = field(default="", repr=False)
    lab_key: str = field(default="", repr=False)
    retailer_key: str = field(default="", repr=False)
    till_code: str = field(default="", repr=False)
    _process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://localhost:{self.port}"

    def set_up(self) -> None:
        """Make the maker, the lab, the retailer, the store, what boxes bring along, and a code for one kiosk."""
        self._inside(self._furnish)

    def testify(self, package: str, card: CardNumber) -> Testimony:
        """Say, from the service's own database, what became of ``package`` and whether it is ``card``'s."""

        async def look(service: Photoservice, session: Session) -> Testimony:
            held = PackageClaimedSealed(card_table=card.table, card_number=card.number)
            accounts = await session.rows("accounts.by_lookups", [service.accounts.lookup(held)])
            rows = await session.rows("registrations.of_roots", [package])
            rolls = await session.rows("registrations.manifests", [package])
            account = accounts[0]["id"] if accounts else ""
            return Testimony(
                is_registered=bool(rows) and all(row["word"] == "registered" for row in rows),
                is_owners=bool(rows) and all(row["owner"] == account for row in rows),
                rolls=len(rolls[0]["rolls"]) if rolls else 0,
                account=account,
            )

        return self._inside(look)

    def order_something(self, package: str) -> tuple[str, str]:
        """Order fresh rolls for whoever will hold ``package``, to be paid at a till; return the order and its code."""

        async def order(service: Photoservice, session: Session) -> tuple[str, str]:
            wish = OrderWish(
                origin=f"hand demo {package}",
                kind="hand",
                root=package,
                lines=(LineWish(choice=Choice(item="next-roll", quantity=MORE_THAN_PREPAID)),),
                pays="till",
            )
            made = await service.goods.making.make(session, wish)
            return made.order, (await service.goods.order_codes.give(session, made.order)).text

        return self._inside(order)

    def is_paid(self, order: str) -> bool:
        """Say whether nothing is lacking of an order's price."""

        async def look(service: Photoservice, session: Session) -> bool:
            return not (await service.goods.payments.bill(session, order)).lacking.minor

        return self._inside(look)

    def _inside(self, work: Callable[[Photoservice, Session], Awaitable[Result]]) -> Result:
        """Run ``work`` on the service's own database, beside the serving process or without it."""

        async def run(url: str) -> Result:
            async with open_service(settings, url) as service, service.database.begin() as session:
                return await work(service, session)

        settings = Settings(folder=self.folder, port=self.port)
        with database_url(settings) as url:
            return asyncio.run(run(url))

    async def _furnish(self, service: Photoservice, session: Session) -> None:
        tenants = service.tenants
        self.maker_key = await tenants.add(session, name=MAKER_NAME, kind="maker", prefixes=(PREFIX,))
        self.lab_key = await tenants.add(session, name=LAB_NAME, kind="lab", prefixes=())
        self.retailer_key = await tenants.add(session, name=RETAILER_NAME, kind="retailer", prefixes=())
        retailer = await find_retailer(session, RETAILER_NAME)
        store = Store(gln=STORE_GLN, name=STORE_NAME)
        await add_store(session, service.clock, store, StoreSettings(), retailer=retailer)
        tables = read_card_tables(load_toml(locate_config() / "cards" / "demo.toml"))
        await put_card_tables(session, tables, retailer=retailer)
        await offer_something(service)
        for line in (*LINES, ORDINARY):
            await service.goods.terms.set(session, line.package.gtin, write_terms(brings(line)), by="demo")
        self.enrol_code = grouped(await service.enrolment.issue_code(session, store=STORE_GLN, role="kiosk"))
        self.till_code = grouped(await service.enrolment.issue_code(session, store=STORE_GLN, role="till"))

    def start(self) -> None:
        """Start ``twincheck photoservice serve`` and wait until it answers.

        Raises:
            DemoFailed: it did not come up; the log says why.
        """
        log = self.folder.parent / "photoservice.log"
        command = [
            sys.executable,
            "-m",
            "photoservice.cli",
            "serve",
            "--dir",
            str(self.folder),
            "--port",
            str(self.port),
            *PACE,
        ]
        with log.open("a") as journal:
            # a session of its own: Ctrl-C in the terminal must reach us alone, who stop things in order
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=journal, text=True, start_new_session=True
            )
        assert self._process.stdout is not None  # noqa: S101
        alarm = threading.Timer(UP_WITHIN_S, self._process.kill)
        alarm.start()
        said = self._process.stdout.readline()
        alarm.cancel()
        if " at " not in said:
            self.stop()
            raise DemoFailed(f"the photoservice did not come up. The end of its log:\n{log.read_text()[-1500:]}")

    def stop(self) -> None:
        """Stop it as Ctrl-C would, and wait. Doing so twice is harmless."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(UP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()

    def forward(self, box: BoxedPackage) -> None:
        """Do what a maker does: name the products, send the manifest through EPCIS, hand over the claim codes.

        Raises:
            DemoFailed: the service refused one of them.
        """
        self.name_products(box.line)
        self._capture(manifest_document(box, datetime.now(UTC)))
        codes = [{"roll": roll, "code": code} for roll, code in zip(box.rolls, box.codes, strict=True)]
        self._ask("POST", f"/manifests/{quote(box.item, safe='')}/codes", {"codes": codes})

    def name_products(self, line: FilmLine) -> None:
        """Do what a maker does for film without serials: say what its price codes stand for, and no more.

        Raises:
            DemoFailed: the service refused it.
        """
        for product in (line.package, line.roll):
            self._ask("PUT", f"/products/{product.gtin}", _facts_of(product))

    def metrics(self) -> str:
        """Return the service's metrics as Prometheus reads them."""
        return self._ask("GET", "/metrics")[1]

    def _capture(self, document: dict[str, Any]) -> None:
        location, _ = self._ask("POST", "/capture", document)
        ends_at = time.monotonic() + CAPTURED_WITHIN_S
        while True:
            job = json.loads(self._ask("GET", location)[1])
            if not job["running"]:
                break
            if time.monotonic() > ends_at:
                raise DemoFailed(f"the capture {location} did not end")
            time.sleep(0.05)
        if not job["success"]:
            raise DemoFailed(f"the capture failed: {job['errors']}")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[str, str]:
        """Ask the service and return its Location and its text."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.maker_key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.headers.get("Location", ""), answer.read().decode()
        except urllib.error.HTTPError as refused:
            raise DemoFailed(f"{method} {path}: {refused.code} {refused.read().decode()[:500]}") from refused


def manifest_document(box: BoxedPackage, now: datetime) -> dict[str, Any]:
    """Return the EPCIS 2.0 document that says: this package was packed with these rolls, for this store."""
    when = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    place = f"https://id.gs1.org/414/{STORE_GLN}"
    return {
        "@context": [EPCIS_CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": when,
        "epcisBody": {
            "eventList": [
                {
                    "type": "AggregationEvent",
                    "eventTime": when,
                    "eventTimeZoneOffset": "+00:00",
                    "action": "ADD",
                    "bizStep": "packing",
                    "disposition": "container_closed",
                    "parentID": _uri(box.item),
                    "childEPCs": [_uri(roll) for roll in box.rolls],
                    "destinationList": [{"type": "location", "destination": place}],
                }
            ]
        },
    }


def _uri(item: str) -> str:
    piece = parse_item(item)
    assert isinstance(piece, Sgtin)  # noqa: S101
    return link_for(piece.elements)


def _facts_of(product: Product) -> dict[str, Any]:
    return {
        "level": product.level,
        "name": product.name,
        "format": product.format,
        "process": product.process,
        "iso": product.iso,
        "exposures": product.exposures,
        "rolls": product.rolls,
    }
