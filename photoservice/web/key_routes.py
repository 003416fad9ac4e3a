"""The public half of the key this service signs with, for whoever verifies what it signed."""

from typing import Final

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from photocore.keys import b64, key_id
from photoservice.web.asked import Service


class KeyTold(msgspec.Struct, frozen=True, kw_only=True):
    """An Ed25519 key: ``sign`` is its 32 bytes in base64, ``key`` the first 16 hex digits of their SHA-256."""

    sign: str
    key: str


@get("/keys", tags=["orders"])
async def signing_key(service: Service) -> Response[KeyTold]:
    """Give the key to pin: what is signed stands as ``{text, key, sig}`` (docs/photoservice.md)."""
    public = service.keyring.sign.public
    told = KeyTold(sign=b64(public), key=key_id(public))
    return Response(told, headers={"Cache-Control": "public, max-age=3600"})


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (signing_key,)
