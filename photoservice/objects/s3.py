"""Objects in any S3, through obstore: path-style addresses, signed with the keys the environment names.

Every question is bounded in time: what is not answered within the patience is a store that is down, and nothing is
known of what was asked. Keys stand in the environment only (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, or what a
role of the machine gives); a URL with keys in it is refused. Parts of a large upload that was cut off stay in the
bucket, unseen: the bucket needs a lifecycle rule that ends them (docs/images.md).
"""

import asyncio
import errno
import hashlib
import io
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from photoservice.errors import StartRefused
from photoservice.objects.store import ObjectMissing, Stored, StoreDown, StoreFull

ENDPOINT_VARIABLE: Final = "TWINCHECK_S3_ENDPOINT"
REGION_VARIABLE: Final = "AWS_REGION"
_ENDPOINT_VARIABLES: Final = (ENDPOINT_VARIABLE, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_REGION_VARIABLES: Final = (REGION_VARIABLE, "AWS_DEFAULT_REGION")

PIECE: Final = 1 << 20
PART: Final = 8 << 20
"""What is sent or asked for in one request: its time is bounded, so its size must be."""

_PARTS_AT_ONCE: Final = 4
_CONNECT_S: Final = 5
_RETRIES: Final = 2
_LISTED_AT_ONCE: Final = 1_000
_FULL: Final = ("413 ", "507 ", "QuotaExceeded", "EntityTooLarge", "InsufficientStorage", "StorageFull")
_NO_BUCKET: Final = "NoSuchBucket"
_BEYOND: Final = "416 "


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """What ``s3://bucket/prefix?endpoint=...&region=...&patience_s=...`` says; ``patience_s`` bounds one request."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    patience_s: float = 30.0


def read_bucket(url: str, environ: Mapping[str, str]) -> Bucket:
    """Return what the URL of an object store says, completed from the environment.

    Raises:
        StartRefused: it cannot be read, says what is not known, or has keys in it.
    """
    parts = urlsplit(url)
    said = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if parts.username or parts.password:
        raise StartRefused("Keys do not belong into the address of the object store; give them in the environment.")
    if parts.scheme != "s3" or not parts.netloc or said.keys() - {"endpoint", "region", "patience_s"}:
        raise StartRefused(
            "The object store's address cannot be read; it has the form s3://bucket/prefix, and may say"
            " ?endpoint=https://...&region=...&patience_s=30"
        )
    endpoint = said.get("endpoint") or next((environ[name] for name in _ENDPOINT_VARIABLES if environ.get(name)), None)
    region = said.get("region") or next((environ[name] for name in _REGION_VARIABLES if environ.get(name)), "us-east-1")
    if endpoint and urlsplit(endpoint).scheme not in {"http", "https"}:
        raise StartRefused(f"{endpoint} is no endpoint of an S3: it begins with https:// or http://")
    try:
        patience_s = float(said.get("patience_s", "30"))
    except ValueError as cause:
        raise StartRefused(f"{said['patience_s']} is no number of seconds to be patient.") from cause
    if not 0 < patience_s <= 3600:  # false for nan, too
        raise StartRefused("patience_s lies between 0 and 3600 seconds.")
    prefix = parts.path.strip("/")
    return Bucket(name=parts.netloc, prefix=prefix, endpoint=endpoint, region=region, patience_s=patience_s)


class S3Objects:
    """Bytes under keys in a bucket; any number of machines may share it."""

    def __init__(self, bucket: Bucket) -> None:
        self._patience_s = bucket.patience_s
        self._is_known = False
        patience = timedelta(seconds=bucket.patience_s)
        more: dict[str, Any] = {"endpoint": bucket.endpoint} if bucket.endpoint else {}
        try:
            self._store = S3Store(
                bucket.name,
                prefix=bucket.prefix or None,
                region=bucket.region,
                virtual_hosted_style_request=False,
                client_options={
                    "timeout": patience,
                    "connect_timeout": min(patience, timedelta(seconds=_CONNECT_S)),
                    "allow_http": (bucket.endpoint or "").startswith("http://"),
                },
                retry_config={
                    "max_retries": _RETRIES,
                    "retry_timeout": patience,
                    "backoff": {"init_backoff": patience / 40, "max_backoff": patience / 4, "base": 2},
                },
                **more,
            )
        except (BaseError, ValueError) as cause:
            raise StartRefused(f"The object store cannot be opened: {_first_line(cause)}.") from cause

    async def put(self, key: str, source: Path | bytes, *, frozen: bool = False) -> None:
        """Keep ``source`` under ``key``; S3 has it durably when this returns."""
        _ = frozen
        size, etag = await asyncio.to_thread(_size_and_etag, source)
        found = await self._head(key)
        if found is not None and (found["size"], found["e_tag"]) == (size, etag):
            return
        given = io.BytesIO(source) if isinstance(source, bytes) else source
        async with self._asking(f"keeping {key}", patience_s=self._patience_s * (2 + size / PART)):
            await obstore.put_async(
                self._store, key, given, use_multipart=size > PART, chunk_size=PART, max_concurrency=_PARTS_AT_ONCE
            )

    async def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return the bytes under ``key``, or a part of them."""
        return b"".join([piece async for piece in self.stream(key, start, length)])

    async def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """Yield the bytes under ``key`` in pieces; asked for part by part."""
        end = None if length is None else start + length
        while True:
            wanted = PART if end is None else min(PART, end - start)
            part, size = await self._part(key, start, wanted)
            for place in range(0, len(part), PIECE):
                yield part[place : place + PIECE]
            start += len(part)
            if not part or start >= (size if end is None else min(size, end)):
                return

    def local(self, key: str) -> None:
        """Return no file: objects are elsewhere."""

    async def look(self, key: str) -> Stored | None:
        """Return what stands under ``key``."""
        found = await self._head(key)
        return None if found is None else Stored(key=key, size=found["size"], at=found["last_modified"])

    async def delete(self, key: str) -> None:
        """Delete what stands under ``key``."""
        with _missing_is_fine():
            async with self._asking(f"deleting {key}"):
                await obstore.delete_async(self._store, key)

    async def list(self, prefix: str) -> AsyncGenerator[Stored]:
        """Yield all objects whose key begins with ``prefix``."""
        # An S3 client asks by whole folders; what is more than the folder is looked for here.
        folder = prefix.rpartition("/")[0]
        found = self._listing(folder or None, _LISTED_AT_ONCE)
        while True:
            async with self._asking("listing"):
                batch = await anext(found, None)
            if batch is None:
                return
            for one in batch:
                if one["path"].startswith(prefix):
                    yield Stored(key=one["path"], size=one["size"], at=one["last_modified"])

    async def sweep(self) -> int:
        """Sweep nothing: S3 keeps what was cut off where only its lifecycle rules find it."""
        return 0

    async def free_bytes(self) -> int | None:
        """Return None: nobody knows where an S3 ends."""
        return None

    async def _head(self, key: str) -> Any | None:  # noqa: ANN401  # obstore's ObjectMeta, a type at checking only
        try:
            async with self._asking(f"looking for {key}"):
                return await obstore.head_async(self._store, key)
        except ObjectMissing:
            await self._see_bucket()
            return None

    def _listing(self, folder: str | None, at_once: int) -> AsyncIterator[Sequence[Any]]:
        return obstore.list(self._store, folder, chunk_size=at_once)  # pyright: ignore[reportUnknownMemberType]

    async def _part(self, key: str, start: int, wanted: int) -> tuple[bytes, int]:
        """Return a part of an object, empty beyond its end, and the size of the whole."""
        if wanted <= 0:
            found = await self._head(key)
            if found is None:
                raise ObjectMissing(f"There is no object {key}.")
            return b"", found["size"]
        try:
            async with self._asking(f"reading {key}"):
                got = await obstore.get_async(self._store, key, options={"range": (start, start + wanted)})
                return bytes(await got.bytes_async()), got.meta["size"]
        except _Beyond:
            return b"", start

    async def _see_bucket(self) -> None:
        """See once that the bucket is there: to a question for an object's head, S3 does not say which of both is not.

        Raises:
            StoreDown: there is no such bucket.
        """
        if not self._is_known:
            async with self._asking("looking for the bucket"):
                await anext(self._listing("o/00/00", 1), None)
            self._is_known = True

    @asynccontextmanager
    async def _asking(self, doing: str, *, patience_s: float | None = None) -> AsyncGenerator[None]:
        """Bound a question in time, and say in our words what came of it."""
        try:
            async with asyncio.timeout(patience_s or 3 * self._patience_s):
                yield
        except TimeoutError as cause:
            raise StoreDown(f"The object store does not answer in time while {doing}.") from cause
        except FileNotFoundError as cause:
            if _NO_BUCKET in str(cause):
                raise StoreDown("The object store has no such bucket.") from cause
            if cause.errno == errno.ENOENT:  # the system's own: the source, not the object
                raise
            raise ObjectMissing(f"There is nothing in the object store while {doing}.") from cause
        except (BaseError, OSError) as cause:
            said = str(cause)
            if _BEYOND in said:
                raise _Beyond from cause
            if any(word in said for word in _FULL):
                raise StoreFull(f"The object store has no room while {doing}.") from cause
            raise StoreDown(f"The object store fails while {doing}: {_first_line(cause)}.") from cause


class _Beyond(StoreDown):
    """A part was asked for that begins behind the object's end."""


@contextmanager
def _missing_is_fine() -> Generator[None]:
    try:
        yield
    except ObjectMissing:
        return


def _size_and_etag(source: Path | bytes) -> tuple[int, str]:
    """Return the size, and what S3 calls bytes that came in one part: their MD5 in quotes. No security rests on it."""
    digest = hashlib.md5(usedforsecurity=False)
    if isinstance(source, bytes):
        digest.update(source)
        return len(source), f'"{digest.hexdigest()}"'
    with source.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
        return file.tell(), f'"{digest.hexdigest()}"'


def _first_line(cause: Exception) -> str:
    return str(cause).partition("\n")[0][:200].rstrip(". ")
