"""Style sheets, scripts and the icon: sent small, with an ETag; a page's link names their hash, so they may be kept.

A page names all the files it leans on and gets one address for them: ``/static/twincheck,my.css`` is the one file
behind the other, so its style and its script cost one request each, sent at the same moment. No address needs to have
been given out by this very process: what it names is joined when it is asked for.

They are the same for everybody and hold no secret, so they may be compressed for whoever asks; pages only under the
rules of :mod:`photoservice.web.packing`.
"""

import functools
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
from photoservice.web.packing import pack, takes_gzip
from photoservice.web.problems import told

STATIC = Path(__file__).parent / "static"

_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "public, no-cache"

MOST_FILES: Final = 10
"""Joined at one address; no page of ours names more."""

_BETWEEN: Final = {".css": b"\n", ".js": b";\n"}
"""What stands between two files, and which kinds can be joined at all."""

_KEPT_BUNDLES: Final = 64
"""Joined and compressed at a time; our pages name some twenty."""


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

    def link(self, names: str) -> str:
        """Return the address of these files as they are now, one behind the other; each counts once.

        Raises:
            KeyError: one of them does not exist.
        """
        wanted = dict.fromkeys(names.split())
        suffix = "." + names.rpartition(".")[2].strip()
        name = ",".join(one.removesuffix(suffix) for one in wanted) + suffix
        found = self.find(name)
        if found is None:
            raise KeyError(names)
        return f"/static/{name}?v={found.digest}"

    def find(self, name: str) -> Asset | None:
        """Return the file, or the joined files, whose address ends in ``name``; None when one does not exist."""
        stems, dot, kind = name.rpartition(".")
        parts = [self.files.get(f"{stem}{dot}{kind}") for stem in stems.split(",", MOST_FILES)]
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts) or len(set(found)) < len(found):
            return None
        if len(found) == 1:
            return found[0]
        return _join(found, _BETWEEN[dot + kind]) if dot + kind in _BETWEEN and len(found) <= MOST_FILES else None


@functools.cache
def read_assets() -> Assets:
    """Return all files of ``static``; a process reads and compresses them once."""
    found = {path.name: path.read_bytes() for path in sorted(STATIC.rglob("*")) if path.suffix in _TYPES}
    return Assets(files={name: _asset(body, _TYPES[Path(name).suffix]) for name, body in found.items()})


@functools.lru_cache(maxsize=_KEPT_BUNDLES)
def _join(parts: tuple[Asset, ...], between: bytes) -> Asset:
    return _asset(between.join(part.body for part in parts), parts[0].media_type)


def _asset(body: bytes, media_type: str) -> Asset:
    return Asset(body=body, small=pack(body, 9), media_type=media_type, digest=hashlib.sha256(body).hexdigest()[:16])


@get("/static/{name:str}", tags=["pages"], responses=told(404))
async def static_file(
    request: AnyRequest,
    assets: NamedDependency[Assets],
    name: Annotated[str, PathParameter(max_length=200, description="As a page named it: one file, or several.")],
) -> Response[bytes]:
    """Send what pages lean on: a file, or several of a kind joined by commas."""
    asset = assets.find(name)
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
    if not takes_gzip(request):
        return Response(asset.body, headers=headers, media_type=asset.media_type)
    return Response(
        asset.small,
        headers={**headers, "Content-Encoding": "gzip", "ETag": f'"{asset.digest}-gz"'},
        media_type=asset.media_type,
    )
