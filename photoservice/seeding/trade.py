"""The trade of the demonstration: who makes film, who sells and who develops it; their packages, with claim codes.

The numbers stand under 952, the prefix GS1 keeps for examples: they are nobody's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from photocore.cards import read_card_tables
from photocore.codes import mint_claim_code
from photocore.digital_link import link_for
from photocore.gs1_rules import check_digit
from photocore.ids import Sgtin
from photocore.package import Level, Product
from photocore.roster import Store, StoreSettings
from photocore.settings import load_toml, locate_config
from photoservice.claim_codes import RollCode
from photoservice.claims_at_home import Wish
from photoservice.products import put_product
from photoservice.service import Photoservice
from photoservice.stores import add_store, put_card_tables
from photoservice.tenants import Tenant, find_retailer
from photoservice.throttle import Source

MAKER_PREFIX: Final = "9521141"
STORES: Final = (("9521141000007", "Corner Photo Mitte"), ("9521141000014", "Corner Photo Nord"))
PACKAGE_GTIN: Final = "0952114101234" + check_digit("0952114101234")
ROLL_GTIN: Final = "0952114101235" + check_digit("0952114101235")
ROLLS: Final = 3
_PRODUCTS: Final[tuple[tuple[str, Level, str], ...]] = (
    (PACKAGE_GTIN, "package", "Halide 400, three rolls"),
    (ROLL_GTIN, "roll", "Halide 400"),
)
HERE: Final = Source(near="seed-demo")


@dataclass(frozen=True, kw_only=True)
class Trade:
    """Who is there, and their keys, which are told this once."""

    maker: Tenant
    lab: Tenant
    keys: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package with the claim code of each of its rolls."""

    id: str
    codes: dict[str, str]

    @property
    def rolls(self) -> tuple[str, ...]:
        """Its rolls, in their order."""
        return tuple(self.codes)


async def open_trade(service: Photoservice) -> Trade:
    """Add the tenants, the stores with their card tables, the products, and what their packages bring along."""
    keys: dict[str, str] = {}
    async with service.database.begin() as session:
        add = service.tenants.add
        keys["Halide Works"] = await add(session, name="Halide Works", kind="maker", prefixes=(MAKER_PREFIX,))
        keys["Corner Photo"] = await add(
            session, name="Corner Photo", kind="retailer", prefixes=(), gln="9521141000021"
        )
        keys["Silver Lab"] = await add(session, name="Silver Lab", kind="lab", prefixes=())
        retailer = await find_retailer(session, "Corner Photo")
        for gln, name in STORES:
            await add_store(session, service.clock, Store(gln=gln, name=name), StoreSettings(), retailer=retailer)
        tables = [
            table
            for path in sorted((locate_config() / "cards").glob("*.toml"))
            for table in read_card_tables(load_toml(path))
        ]
        await put_card_tables(session, tables, retailer=None)
        whose = service.tenants.whose
        maker = await whose(session, f"Bearer {keys['Halide Works']}")
        lab = await whose(session, f"Bearer {keys['Silver Lab']}")
        for gtin, level, name in _PRODUCTS:
            rolls = ROLLS if level == "package" else 1
            film = Product(
                gtin=gtin, level=level, name=name, format="135", process="C-41", iso=400, exposures=36, rolls=rolls
            )
            await put_product(session, maker, film)
        terms = msgspec.json.encode(load_toml(locate_config() / "catalogue" / "terms.toml"))
        await service.goods.terms.set(session, PACKAGE_GTIN, terms, by="seed-demo")
    return Trade(maker=maker, lab=lab, keys=keys)


async def forward(service: Photoservice, trade: Trade, serials: list[str]) -> list[Package]:
    """Forward packages as their maker does: an EPCIS document, and the codes under the security strips."""
    packages = [_package(service, serial) for serial in serials]
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _instant(service),
        "epcisBody": {"eventList": [_packing(service, package) for package in packages]},
    }
    await service.captures.submit(trade.maker, msgspec.json.encode(document), "rollback")
    while await service.captures.run_one():
        pass
    async with service.database.begin() as session:
        for package in packages:
            listed = [RollCode(roll=roll, code=code) for roll, code in package.codes.items()]
            await service.claim_codes.put(session, trade.maker, package.id, listed)
    return packages


async def register(service: Photoservice, package: Package) -> str:
    """Register a package at home by the code of its first roll; return the access code of its receipt."""
    roll, code = next(iter(package.codes.items()))
    key = f"seed-demo-{service.entropy.token(12).hex()}"
    return (await service.claims_at_home.claim(Wish(roll=roll, code=code, key=key, source=HERE))).access_code


def _package(service: Photoservice, serial: str) -> Package:
    rolls = [str(Sgtin(ROLL_GTIN, f"{serial}-R{nr}")) for nr in range(1, ROLLS + 1)]
    codes = {roll: mint_claim_code(service.entropy) for roll in rolls}
    return Package(id=str(Sgtin(PACKAGE_GTIN, serial)), codes=codes)


def _packing(service: Photoservice, package: Package) -> dict[str, object]:
    serial = package.id.partition("(21)")[2]
    return {
        "type": "AggregationEvent",
        "eventTime": _instant(service),
        "eventTimeZoneOffset": "+00:00",
        "action": "ADD",
        "bizStep": "packing",
        "disposition": "container_closed",
        "parentID": link_for(Sgtin(PACKAGE_GTIN, serial).elements),
        "childEPCs": [link_for(Sgtin(ROLL_GTIN, f"{serial}-R{nr}").elements) for nr in range(1, ROLLS + 1)],
    }


def _instant(service: Photoservice) -> str:
    now: datetime = service.clock.now()
    return now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
