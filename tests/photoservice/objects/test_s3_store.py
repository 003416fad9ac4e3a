"""An S3 as the object store: judged by Swift, which checks every signature, and by servers slow, full or dead."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest
import requests
from obstore import sign

from photoservice.errors import StartRefused
from photoservice.objects.folder import FolderStore
from photoservice.objects.opening import open_objects
from photoservice.objects.s3 import S3Objects, read_bucket
from photoservice.objects.store import ObjectMissing, ObjectStore, StoreDown, StoreFull, original_key
from photoservice.settings import Settings

KEY = original_key(bytes(32))
swift_group = pytest.mark.xdist_group("swift")

ASKING: dict[str, Callable[[ObjectStore], Any]] = {
    "put": lambda store: store.put(KEY, b"an original"),
    "put large": lambda store: store.put(KEY, bytes(9 << 20)),
    "read": lambda store: store.read(KEY),
    "part": lambda store: store.read(KEY, 3, 2),
    "look": lambda store: store.look(KEY),
    "delete": lambda store: store.delete(KEY),
    "list": lambda store: anext(store.list("o/")),
}


async def refused(store: ObjectStore, error: type[Exception] = StoreDown) -> list[str]:
    """Return what was not refused, of all that can be asked."""
    wrong: list[str] = []
    for name, ask in ASKING.items():
        try:
            await ask(store)
        except error:
            continue
        wrong.append(name)
    return wrong


@swift_group
@pytest.mark.parametrize(
    ("who", "secret"), [("test:tester", "wrong"), ("test:nobody", "testing"), ("other:thief", "stolen")]
)
async def test_attack_A07_nothing_is_had_from_S3_with_wrong_keys(
    swift: Any, monkeypatch: pytest.MonkeyPatch, who: str, secret: str
) -> None:
    bucket = swift.fresh_bucket()
    await swift.open(bucket).put(KEY, b"an original")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", who)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    assert await refused(swift.open(bucket)) == []
    monkeypatch.undo()


@swift_group
async def test_attack_A07_the_judge_does_check_signatures(swift: Any) -> None:
    """What it is worth as a judge: an address that was signed for one object opens no other."""
    store = swift.open(swift.fresh_bucket())
    await store.put(KEY, b"an original")
    address = sign(store._store, "GET", KEY, timedelta(seconds=60))
    right, wrong = await asyncio.gather(
        asyncio.to_thread(requests.get, address, timeout=30),
        asyncio.to_thread(requests.get, address.replace(KEY, KEY + "x"), timeout=30),
    )
    assert (right.status_code, right.content, wrong.status_code) == (200, b"an original", 403)


@swift_group
async def test_O1_a_large_file_goes_in_parts_and_comes_back_as_it_was(swift: Any, tmp_path: Path) -> None:
    content = os.urandom((17 << 20) + 3)
    source = tmp_path / "scan"
    source.write_bytes(content)
    store = swift.open(swift.fresh_bucket())
    await store.put(KEY, source, frozen=True)
    assert await store.read(KEY) == content
    assert obstore.head(store._store, KEY)["e_tag"].endswith('-3"'), "in three parts"
    await store.delete(KEY)
    assert await store.look(KEY) is None


@swift_group
async def test_O1_what_S3_has_already_is_not_sent_again(swift: Any) -> None:
    store = swift.open(swift.fresh_bucket())
    await store.put(KEY, b"an original")
    before = await store.look(KEY)
    await asyncio.sleep(1.1)  # S3 tells times in seconds
    await store.put(KEY, b"an original")
    assert await store.look(KEY) == before


@swift_group
async def test_O1_more_objects_than_S3_lists_at_once_are_all_listed(swift: Any) -> None:
    store = swift.open(swift.fresh_bucket(), prefix="p")
    keys = sorted(original_key(n.to_bytes(32, "little")) for n in range(120))
    some = asyncio.Semaphore(8)

    async def put(key: str) -> None:
        async with some:
            await store.put(key, b"1")

    await asyncio.gather(*map(put, keys))
    assert [found.key async for found in store.list("")] == keys
    assert [found.key async for found in store.list("o/0")] == [key for key in keys if key.startswith("o/0")]


@swift_group
async def test_attack_A07_a_bucket_that_is_full_is_a_full_store(swift: Any) -> None:
    store = swift.open(swift.fresh_bucket(quota_bytes=100))
    with pytest.raises(StoreFull):
        await store.put(KEY, bytes(1_000))
    assert await store.look(KEY) is None


@swift_group
async def test_attack_A07_a_bucket_that_is_not_there_is_a_store_that_is_down_and_not_an_empty_one(swift: Any) -> None:
    """Otherwise a mistyped name would make every original a missing one."""
    assert await refused(swift.open("never-made")) == []


@asynccontextmanager
async def serving(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> AsyncIterator[str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def opened(endpoint: str, patience_s: float) -> S3Objects:
    return S3Objects(read_bucket(f"s3://bucket?endpoint={endpoint}&patience_s={patience_s}", {}))


@pytest.mark.usefixtures("keys")
async def test_attack_A07_an_S3_that_never_answers_is_down_in_bounded_time() -> None:
    gone = asyncio.Event()

    async def say_nothing(*_: object) -> None:
        await gone.wait()

    async with serving(say_nothing) as endpoint, asyncio.timeout(30):
        assert await refused(opened(endpoint, 0.1)) == []
        gone.set()


@pytest.mark.usefixtures("keys")
async def test_attack_A07_an_S3_that_answers_byte_by_byte_is_down_in_bounded_time() -> None:
    gone = asyncio.Event()

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nETag: "x"\r\n\r\n')
        while not gone.is_set() and not writer.is_closing():
            writer.write(b"<")
            try:
                await asyncio.wait_for(gone.wait(), 0.05)
            except TimeoutError:
                continue

    async with serving(drip) as endpoint, asyncio.timeout(30):
        wrong = await refused(opened(endpoint, 0.2))
        gone.set()
    assert set(wrong) <= {"put", "look"}, "whose answer is whole with its headers"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff\r\n\r\n",
        b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_attack_A07_an_S3_that_breaks_off_or_talks_nonsense_is_down(said: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()

    async with serving(talk) as endpoint, asyncio.timeout(60):
        assert await refused(opened(endpoint, 0.3)) == []


@pytest.mark.usefixtures("keys")
async def test_attack_A07_an_S3_that_is_not_there_is_down() -> None:
    async with asyncio.timeout(30):
        assert await refused(opened("http://127.0.0.1:1", 0.3)) == []


async def test_O1_an_S3_without_keys_is_down_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
    async with asyncio.timeout(60):
        with pytest.raises(StoreDown):
            await opened("http://127.0.0.1:1", 0.3).read(KEY)


@pytest.mark.parametrize(
    "url",
    ["s3://", "s3:bucket", "s3://key:secret@bucket", "s3://bucket?patience_s=nan", "s3://bucket?patience_s=-1",
     "s3://bucket?patience_s=x", "s3://bucket?endpoint=ftp://x", "s3://bucket?secret=x", "gs://bucket"],
)  # fmt: skip
def test_O1_an_address_of_an_object_store_that_cannot_be_meant_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(StartRefused):
        open_objects(Settings(folder=tmp_path, objects=url), {})


def test_O1_where_images_are_kept_is_one_setting(tmp_path: Path) -> None:
    assert isinstance(open_objects(Settings(folder=tmp_path), {}), FolderStore)
    assert isinstance(open_objects(Settings(folder=tmp_path, objects=str(tmp_path / "nas")), {}), FolderStore)
    environ = {"TWINCHECK_S3_ENDPOINT": "http://127.0.0.1:1", "AWS_REGION": "eu-central-1"}
    assert isinstance(open_objects(Settings(folder=tmp_path, objects="s3://scans/house"), environ), S3Objects)
    bucket = read_bucket("s3://scans/house/a?region=eu-west-1", environ)
    assert (bucket.name, bucket.prefix, bucket.endpoint, bucket.region) == (
        "scans", "house/a", "http://127.0.0.1:1", "eu-west-1",
    )  # fmt: skip


@swift_group
async def test_O1_what_is_missing_in_S3_is_missing(swift: Any) -> None:
    store = swift.open(swift.fresh_bucket())
    assert await store.look(KEY) is None
    with pytest.raises(ObjectMissing):
        await store.read(KEY)
