"""Style sheets, scripts and the icon: sent small, with an ETag; a page's link names their hash, so they may be kept.

They are the same for everybody and hold no secret, so they may be compressed; pages are not (a page holds its session's
token beside text that others chose).
"""

import functools
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from photoservice.errors import Unknown
from photoservice.web.asked import AnyRequest
from photoservice.web.problems import told

STATIC = Path(__file__).parent / "static"

_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "public, no-cache"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    small: bytes
    """The same by gzip (RFC 1952)."""
    media_type: str
    digest: str

    @property
    def etag(self) -> str:
        """Its strong entity tag."""
        return f'"{self.digest}"'


@dataclass(frozen=True, kw_only=True)
class Assets:
    """The files by name."""

    files: Mapping[str, Asset]

    def link(self, name: str) -> str:
        """Return the address of the file ``name`` as it is now."""
        return f"/static/{name}?v={self.files[name].digest}"


@functools.cache
def read_assets() -> Assets:
    """Return all files of ``static``; a process reads and compresses them once."""
    found = {path.name: path.read_bytes() for path in sorted(STATIC.rglob("*")) if path.suffix in _TYPES}
    return Assets(
        files={
            name: Asset(
                body=body,
                small=gzip.compress(body, mtime=0),
                media_type=_TYPES[Path(name).suffix],
                digest=hashlib.sha256(body).hexdigest()[:16],
            )
            for name, body in found.items()
        }
    )


@get("/static/{name:str}", tags=["pages"], responses=told(404))
async def static_file(
    request: AnyRequest,
    assets: NamedDependency[Assets],
    name: Annotated[str, PathParameter(max_length=40, description="As a page named it.")],
) -> Response[bytes]:
    """Send a file the pages lean on."""
    asset = assets.files.get(name)
    if asset is None:
        raise Unknown("There is no such file.")
    fresh = request.query_params.get("v") == asset.digest
    headers = {
        "ETag": asset.etag,
        "Cache-Control": _FOR_EVER if fresh else _ASK_AGAIN,
        "Vary": "Accept-Encoding",
    }
    if asset.digest in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    return send_asset(request, asset, headers)


def send_asset(request: AnyRequest, asset: Asset, headers: dict[str, str]) -> Response[bytes]:
    """Return a file's bytes, by gzip to whoever takes that."""
    takes = [entry.partition(";")[0].strip() for entry in request.headers.get("accept-encoding", "").lower().split(",")]
    if "gzip" not in takes or "gzip;q=0" in request.headers.get("accept-encoding", "").replace(" ", ""):
        return Response(asset.body, headers=headers, media_type=asset.media_type)
    return Response(
        asset.small,
        headers={**headers, "Content-Encoding": "gzip", "ETag": f'"{asset.digest}-gz"'},
        media_type=asset.media_type,
    )
