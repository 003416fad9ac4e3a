"""Where programs come in: kiosks with what they saw, and whoever watches the bridge; till systems at :mod:`.taking`."""

import hmac
from typing import Annotated, Final

import msgspec
import structlog
from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency

from pos_bridge.messages import MOST_BYTES
from pos_bridge.metrics import exposition
from pos_bridge.running import Bridge
from pos_bridge.sighting import Sighting
from pos_bridge.web.forms import read_body
from pos_bridge.web.guard import FORWARDED, is_loopback
from pos_bridge.web.problems import AnyRequest, Told

MOST_SIGHTINGS: Final = 500

_log = structlog.get_logger(__name__)

BridgeOf = NamedDependency[Bridge]


class KioskSightings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a kiosk of the store tells: pieces that it saw, and what of it was undone, each by an ID that it keeps."""

    sightings: Annotated[tuple[Sighting, ...], msgspec.Meta(max_length=MOST_SIGHTINGS)]


@post("/sightings", status_code=200, request_max_body_size=None)
async def take_sightings(request: AnyRequest, bridge: BridgeOf) -> Response[bytes]:
    """Keep what a kiosk of this store saw; told again, a sighting is the same one."""
    _let_in(request, bridge)
    body = await read_body(request, MOST_BYTES)
    try:
        told = msgspec.json.decode(body, type=KioskSightings)
    except msgspec.DecodeError as cause:
        raise Told(400, "malformed", "This is no list of sightings.") from cause
    if any(sighting.via != "kiosk" or sighting.lane is not None for sighting in told.sightings):
        raise Told(400, "malformed", "A kiosk tells sightings via kiosk, of no lane.")
    if not all(sighting.at.tzinfo and 1900 < sighting.at.year < 2200 for sighting in told.sightings):
        raise Told(400, "malformed", "A sighting is of no time that a clock can show.")
    await bridge.off_loop(lambda: bridge.saw_all(told.sightings))
    return Response(b"{}", media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


@get("/healthz")
async def health() -> Response[bytes]:
    """Tell that the process answers."""
    return Response(b'{"status":"alive"}', media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


@get("/light")
async def light(bridge: BridgeOf) -> Response[bytes]:
    """Tell the one light: online or not, what waits and since when, how many cases are open (DESIGN 5H)."""
    shown = await bridge.off_loop(bridge.light)
    return Response(msgspec.json.encode(shown), media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})


@get("/metrics")
async def metrics(request: AnyRequest, bridge: BridgeOf) -> Response[str]:
    """Give the numbers to Prometheus: to this machine, else to who shows the door's key."""
    if not is_here(request) or "authorization" in request.headers:
        _let_in(request, bridge)
    text = await bridge.off_loop(lambda: exposition(bridge))
    return Response(text, media_type="text/plain; version=0.0.4")


def is_here(request: AnyRequest) -> bool:
    """Say whether a request comes from this very machine, and from nobody behind it."""
    client = request.client
    return client is not None and is_loopback(client.host) and not any(name in request.headers for name in FORWARDED)


def _let_in(request: AnyRequest, bridge: Bridge) -> None:
    """Refuse a program that does not show the door's key; with none in the settings, nobody is let in."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    key = bridge.settings.door.key
    if not key or scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), key.encode()):
        raise Told(401, "unproven", headers={"WWW-Authenticate": "Bearer"})


HANDLERS: Final = (take_sightings, health, light, metrics)
