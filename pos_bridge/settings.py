"""``till.toml`` in the station's folder: the door, the lanes, the sources. docs/till.md has a worked example of each.

It holds the secrets of sources, so nobody but its owner may read it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from photocore.errors import SettingsError
from photocore.kind_values import StoreGln
from photocore.settings import load_toml
from pos_bridge.sale import Currency, SourceName
from pos_bridge.sighting import LaneName

FILE: Final = "till.toml"

SourceKind = Literal["shopify", "square", "standard", "poslog", "files", "odoo", "order"]
Registers = Literal["at_sale", "at_scan", "never"]


class DoorSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the bridge listens. Off loopback a certificate is needed. ``key`` lets programs of the store in.

    ``names`` are further names under which browsers of the store may ask for its pages, as the certificate has them.
    """

    host: str = "127.0.0.1"
    names: tuple[str, ...] = ()
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8490
    certificate: str = ""
    private_key: str = ""
    key: str = ""

    def __repr__(self) -> str:
        return f"DoorSettings({self.host}:{self.port})"


class LaneSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One till and what stands at it.

    ``tills`` are the names under which sources tell of it. ``scanner`` and ``till_port`` are the two ends of the tee
    (``twincheck till tee``), ``printer_port`` and ``printer`` those of the receipt tap; ``printer_profile`` is that
    printer's. ``registers`` says when a card in the basket registers: once the sale is told (tills that tell at once),
    at the scan (tills that tell tomorrow; the claim is held until then; the tap must part the baskets), or never.
    """

    title: str = ""
    tills: tuple[str, ...] = ()
    scanner: str = ""
    scanner_profile: str = "generic"
    till_port: str = ""
    printer: str = ""
    printer_port: str = ""
    printer_profile: str = "generic-80mm"
    adds_to_receipt: bool = False
    registers: Registers = "at_sale"


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One till system that tells of sales.

    ``name`` is its heading in the file. ``secrets`` are all that are good now, the newest first: that is how one is
    changed. ``tills`` turns the system's own names of places and devices into ours; what is not in it is taken as it
    is. ``stores`` does the same for stores' GLNs; ``store`` is where it names none. ``zone`` is the time zone of times
    without one. ``url`` is the address as the sender signs it (Square), or where it is asked (polling, Odoo).
    ``token`` is what we show there. ``folder`` is where files are dropped. ``options`` are the adapter's own.
    """

    name: SourceName = "source"
    kind: SourceKind
    store: StoreGln
    secrets: tuple[str, ...] = ()
    tills: dict[str, str] = {}
    stores: dict[str, StoreGln] = {}
    zone: str = "Europe/Berlin"
    currency: Currency | None = None
    url: str = ""
    token: str = ""
    every_s: Annotated[float, msgspec.Meta(ge=1, le=86_400)] | None = None
    folder: str = ""
    options: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"SourceSettings({self.name}: {self.kind})"


class MatchSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a scan and its sale may lie apart, in seconds; how long a sale may wait for its scan, and a scan for it.

    ``before_s``: a scan so long before the end of its transaction at most. ``after_s``: so long after it, for clocks
    that differ. ``skew_s`` is added to the tills' clocks. ``patience_h``: after so many hours what has found no
    partner is a case for the manager.
    """

    before_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 900
    after_s: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 120
    skew_s: Annotated[int, msgspec.Meta(ge=-86_400, le=86_400)] = 0
    patience_h: Annotated[int, msgspec.Meta(ge=0, le=24 * 14)] = 30


class CodeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Order codes as price-embedded EAN-13 or Code 128 (research/pos_kiosk.md 2.6).

    ``layout`` has one letter a digit: P prefix, R reference, A amount, V the price's own check digit, C the EAN's.
    ``currency`` is that of the store's own charges; left out, it is the one that the sources name.
    """

    form: Literal["ean13", "code128"] = "ean13"
    prefix: Annotated[str, msgspec.Meta(pattern=r"^(0[0-9]|2[0-9])\Z")] = "21"
    layout: Annotated[str, msgspec.Meta(pattern=r"^P{2}R{3,6}V?A{4,6}C\Z")] = "PPRRRRVAAAAAC"
    price_check: Literal["none", "gs1-4", "gs1-5"] = "gs1-5"
    most_minor: Annotated[int, msgspec.Meta(ge=1, le=999_999)] = 99_999
    life_min: Annotated[int, msgspec.Meta(ge=1, le=7 * 24 * 60)] = 240
    currency: Currency | None = None


class DropSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers of drop-offs. They are unique per lab and season, so each till has a range of its own."""

    season: Annotated[int, msgspec.Meta(ge=0, le=99)] = 1
    first: Annotated[int, msgspec.Meta(ge=1, le=999_999)] = 1
    last: Annotated[int, msgspec.Meta(ge=1, le=999_999)] = 9_999


class _Service(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str = ""

    def __repr__(self) -> str:
        return "Service(...)"


class TillSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. ``service.key`` is the retailer's tenant key, with which order codes are redeemed."""

    door: DoorSettings = DoorSettings()
    lane: dict[LaneName, LaneSettings] = {}
    source: dict[SourceName, SourceSettings] = {}
    match: MatchSettings = MatchSettings()
    codes: CodeSettings = CodeSettings()
    drop_off: DropSettings = DropSettings()
    service: _Service = _Service()
    printer: str = ""
    printer_profile: str = "generic-80mm"
    language: str = "en"
    keep_raw_days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30

    def lane_of(self, till: str) -> str | None:
        """Return the lane that sources call ``till``, if one is set up."""
        return next((name for name, lane in self.lane.items() if till in lane.tills or till == name), None)


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The settings and what was odd about them, for the doctor."""

    settings: TillSettings
    warnings: tuple[str, ...] = field(default=())


def load_till(folder: Path) -> Loaded:
    """Return what ``till.toml`` in the station's ``folder`` says; without one, no lanes and no sources.

    Raises:
        SettingsError: it is broken, or says something that cannot be.
    """
    path = folder / FILE
    if not path.exists():
        return Loaded(settings=TillSettings())
    try:
        settings = msgspec.convert(load_toml(path), TillSettings)
    except msgspec.ValidationError as cause:
        raise SettingsError(f"{path}: {cause}.") from cause
    for name, lane in settings.lane.items():
        if lane.registers == "at_scan" and not lane.printer_port:
            raise SettingsError(
                f"{path}: lane {name}: at_scan needs the printer's tap (printer_port): before their sales are told"
                " nothing else parts one customer's basket from the next one's."
            )
    named = {name: msgspec.structs.replace(source, name=name) for name, source in settings.source.items()}
    warnings = ("others than its owner may read till.toml, which holds secrets",) if _is_open(path) else ()
    return Loaded(settings=msgspec.structs.replace(settings, source=named), warnings=warnings)


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)
