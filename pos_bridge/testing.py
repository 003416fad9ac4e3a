"""A whole bridge to try: enrolled at a photoservice that behaves, with a store's roster, a till.toml, a real door.

For tests and benchmarks. Everything is real but the photoservice: journal, ledger, threads, HTTP.
"""

import base64
import hashlib
import hmac
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from photocore.cards import CardNumber, CardTable
from photocore.gs1_rules import check_digit
from photocore.host import SystemClock, SystemDisk
from photocore.ids import ItemId
from photocore.package import Manifest, Product
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.seams import Clock
from photocore.testing import SeededEntropy
from pos_bridge.web.patience import Patience
from pos_bridge.wiring import DoorServer, OpenBridge, bind_door, make_server, open_bridge
from sync.enrolment import enrol
from sync.pins import PinCost
from sync.station import Footing, Seams
from sync.testing import FakePhotoservice

STORE: Final = "4012345000009"
PACKAGE_GTIN: Final = "0401234567890" + str(check_digit("0401234567890"))
ROLL_GTIN: Final = "0401234567891" + str(check_digit("0401234567891"))
PRICE: Final = 1299
BADGE: Final = "7700000013"
CASHIER: Final = "7700000021"
PIN: Final = "258046"
CARD: Final = "9912344711"
DOOR_KEY: Final = "a-key-of-the-store-for-its-programs"
WEBHOOK_KEY: Final = "whsec_dGlsbC10ZXN0LXNlY3JldC1vZi0zMi1ieXRlcy4uLi4="
CHEAP_PINS: Final = PinCost(passes=1, memory_kib=64, lanes=1)

SETTINGS: Final = f"""
language = "en"

[door]
port = 0
key = "{DOOR_KEY}"

[lane.1]
title = "Counter left"
tills = ["T1", "till-1"]

[lane.2]
tills = ["T2"]

[source.shop]
kind = "standard"
store = "{STORE}"
secrets = ["{WEBHOOK_KEY}"]
"""


def package_id(serial: int) -> ItemId:
    """Return a package of the store's roster."""
    return ItemId(f"(01){PACKAGE_GTIN}(21)PKG{serial:08d}")


def package_scan(serial: int) -> str:
    """Return what a scanner reads off that package: its GS1 element string, with its symbology's identifier."""
    return f"]d201{PACKAGE_GTIN}21PKG{serial:08d}"


def roll_id(serial: int, number: int) -> ItemId:
    """Return a roll of that package."""
    return ItemId(f"(01){ROLL_GTIN}(21)R{serial:07d}-{number}")


def store_roster(packages: int = 20) -> RosterSnapshot:
    """Return what the store knows: one film, its packages, a table of cards and one of badges."""
    manifests = tuple(
        Manifest(
            package=package_id(serial),
            rolls=tuple(roll_id(serial, number) for number in (1, 2, 3)),
            source="maker",
            product=PACKAGE_GTIN,
        )
        for serial in range(1, packages + 1)
    )
    return RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln=STORE, name="Foto Linde"),
        settings=StoreSettings(access_url="https://photos.example/r"),
        products=(
            Product(gtin=PACKAGE_GTIN, level="package", name="Sunny 400", format="135", exposures=36, rolls=3),
            Product(gtin=ROLL_GTIN, level="roll", name="Sunny 400", format="135", exposures=36),
        ),
        manifests=manifests,
        card_tables=(
            CardTable(name="club", kind="card", symbologies=("code-128",), pattern=r"99\d{8}"),
            CardTable(name="staff", kind="badge", symbologies=("code-128",), pattern=r"77\d{8}"),
        ),
    )


@dataclass(kw_only=True)
class BridgeBench:
    """One store with a bridge. ``settings`` is its till.toml."""

    folder: Path
    settings: str = SETTINGS
    clock: Clock = field(default_factory=SystemClock)
    seed: int = 7

    def __post_init__(self) -> None:
        self.entropy = SeededEntropy(self.seed)
        self.service = FakePhotoservice(store_roster(), clock=self.clock, entropy=self.entropy)
        code = self.service.issue_code()
        enrol(
            url="http://localhost:8470",
            code=code,
            name="Till bridge",
            folder=self.folder,
            channel=self.service,
            entropy=self.entropy,
        )
        self.write_settings(self.settings)

    def write_settings(self, settings: str) -> None:
        """Write till.toml, for its owner alone."""
        path = self.folder / "till.toml"
        path.write_text(settings, encoding="utf-8")
        path.chmod(0o600)

    def seams(self) -> Seams:
        """Return the world of the bridge."""
        return Seams(
            clock=self.clock,
            entropy=self.entropy,
            disk=SystemDisk(),
            channel=self.service,
            quick_channel=self.service,
        )

    @contextmanager
    def opened(self) -> Generator[OpenBridge]:
        """Open the bridge, with its roster, a manager and a cashier."""
        with open_bridge(self.folder, self.seams(), under=Footing(reserve_bytes=4096, pin_cost=CHEAP_PINS)) as opened:
            self._staff(opened)
            yield opened

    @contextmanager
    def served(self, patience: Patience | None = None) -> Generator["Served"]:
        """Open the bridge, and serve its door on a free port of this machine."""
        with self.opened() as opened, bind_door(opened.bridge.settings.door) as listening:
            server, ready = make_server(opened, patience), threading.Event()
            server.on_started = ready.set
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            if not ready.wait(30):
                raise TimeoutError("the door did not open")
            host, port = listening.getsockname()[:2]
            try:
                yield Served(opened=opened, url=f"http://{host}:{port}", server=server)
            finally:
                server.should_exit = True
                thread.join(30)

    def _staff(self, opened: OpenBridge) -> None:
        if opened.station.roster.store is None:
            opened.station.courier.sync_now()
        staff = opened.station.staff
        if not staff.members():
            staff.add(CardNumber(table="staff", number=BADGE), "Mara", PIN, "manager")
            staff.add(CardNumber(table="staff", number=CASHIER), "Jan", PIN, "cashier")


def signed(body: bytes, *, message: str, at: int, secret: str = WEBHOOK_KEY) -> dict[str, str]:
    """Return the headers of a Standard Webhooks message; ``at`` is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        "content-type": "application/json",
    }


@dataclass(frozen=True, kw_only=True)
class Served:
    """A bridge whose door is open at ``url``."""

    opened: OpenBridge
    url: str
    server: DoorServer
