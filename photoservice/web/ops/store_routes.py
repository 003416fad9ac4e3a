"""Stores: listed, added, changed; the code by which a station joins one is shown once."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, cast
from urllib.parse import urlencode
from zoneinfo import available_timezones

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photocore.codes import grouped
from photocore.roster import Store, StoreSettings
from photoservice.enrolment import ROLE_KINDS
from photoservice.errors import Malformed
from photoservice.operating.fleet import Stores
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import field, see_other
from photoservice.web.ops.duty import acts, on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

Gln = Annotated[str, PathParameter(max_length=20)]
Short = Annotated[str, QueryParameter(max_length=40)]

LABELS: Final = ("print", "receipt_only")
ACTIVATIONS: Final = ("auto", "registration", "till")
MAKE_UPS: Final = ("staff", "shopper")


@get("/ops/stores", tags=["operators"], media_type="text/html", include_in_schema=False)
async def stores_page(
    request: AnyRequest, service: Service, pages: PagesOf, *, retailer: Short = "", behind: Short = ""
) -> Response[bytes]:
    """List stores by name."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "fleet")
        listed = await _stores(service).list(session, duty, retailer=retailer, behind=behind)
        retailers = await session.rows("ops_fleet.retailers") if duty.tenant is None else ()
    next_ = "/ops/stores?" + urlencode({"retailer": retailer, "behind": listed.behind}) if listed.behind else ""
    return desk(request, pages, duty).show(
        "stores", listed=listed, next=next_, retailer=retailer, retailers=retailers, choices=_choices()
    )


@get("/ops/stores/{gln:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def store_page(request: AnyRequest, service: Service, pages: PagesOf, gln: Gln) -> Response[bytes]:
    """Show one store with its stations. Raises Unknown, for another tenant's too."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "fleet")
        row = await _stores(service).find(session, duty, gln)
        cards = await session.rows("ops_fleet.cards", row["retailer"])
        stations = await session.rows("ops_fleet.stations", "", "all", service.clock.now(), gln, duty.tenant, 200)
        retailers = await session.rows("ops_fleet.retailers") if duty.tenant is None else ()
    return desk(request, pages, duty).show(
        "store",
        row=row,
        cards=cards,
        stations=stations,
        retailers=retailers,
        station_roles=sorted(ROLE_KINDS),
        choices=_choices(),
    )


@post("/ops/stores", status_code=200, include_in_schema=False)
async def add_store(request: AnyRequest, service: Service) -> Response[bytes]:
    """Add a store. Raises as :meth:`Stores.add`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        said = _read(fields)
        store = Store(gln=field(fields, "gln", longest=20), name=said["name"], timezone=said["timezone"])
        settings = StoreSettings(
            labels=cast("Literal['print', 'receipt_only']", said["labels"]),
            activation="till" if said["activation"] == "till" else "registration",
            make_up=cast("Literal['staff', 'shopper']", said["make_up"]),
        )
        retailer, is_chosen = field(fields, "retailer", longest=40), said["activation"] != "auto"
        await _stores(service).add(session, duty, store, settings, retailer=retailer, is_activation_chosen=is_chosen)
    return _done(store.gln)


@post("/ops/stores/{gln:str}", status_code=200, include_in_schema=False)
async def change_store(request: AnyRequest, service: Service, gln: Gln) -> Response[bytes]:
    """Change a store. Raises as :meth:`Stores.change`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        changes: dict[str, str | None] = {**_read(fields), "retailer": field(fields, "retailer", longest=40)}
        await _stores(service).change(session, duty, gln, changes)
    return _done(gln)


@post("/ops/stores/{gln:str}/enrol", status_code=200, include_in_schema=False)
async def issue_code(request: AnyRequest, service: Service, pages: PagesOf, gln: Gln) -> Response[bytes]:
    """Show a code by which one station joins within ten minutes, this once. Raises as :meth:`Stores.issue_code`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        code = await _stores(service).issue_code(session, duty, gln, field(fields, "role", longest=40))
    return desk(request, pages, duty).show(
        "told_once", what="enrol_code", secret=grouped(code), about=gln, back=f"/ops/stores/{gln}"
    )


def _read(fields: Mapping[str, list[str]]) -> dict[str, str]:
    """Return what a form says of a store. Raises Malformed: something was not to be chosen."""
    said = {name: field(fields, name, longest=100) for name in ("name", "timezone", "labels", "activation", "make_up")}
    if (
        said["labels"] not in LABELS
        or said["activation"] not in ACTIVATIONS
        or said["make_up"] not in MAKE_UPS
        or not said["timezone"]
    ):
        raise Malformed("Something of the form is missing, or was not to be chosen.")
    return said


def _choices() -> dict[str, Sequence[str]]:
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return {"labels": LABELS, "activations": ACTIVATIONS, "make_ups": MAKE_UPS, "zones": zones}


def _stores(service: Photoservice) -> Stores:
    return Stores(clock=service.clock, audit=service.goods.audit, enrolment=service.enrolment)


def _done(gln: str) -> Response[bytes]:
    return see_other(f"/ops/stores/{gln}?after=done")


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (stores_page, store_page, add_store, change_store, issue_code)
