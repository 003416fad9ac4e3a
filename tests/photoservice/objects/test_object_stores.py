"""What every object store promises, asked of each: a folder, and an S3 that checks signatures."""

import hashlib
import os
from pathlib import Path

import pytest

from photoservice.objects.folder import FolderStore
from photoservice.objects.store import ObjectMissing, ObjectStore, original_key, rendition_key

LARGE = os.urandom(20 << 20)
SMALL = b"an original"


@pytest.fixture(params=["folder", pytest.param("swift", marks=pytest.mark.xdist_group("swift"))])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "objects")
    swift = request.getfixturevalue("swift")
    return swift.open(swift.fresh_bucket(), prefix="house/objects")


def key_of(content: bytes) -> str:
    return original_key(hashlib.sha256(content).digest())


async def test_O1_bytes_come_back_as_they_went_in(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "scan.tif"
    source.write_bytes(LARGE)
    for content, given in ((SMALL, SMALL), (LARGE, source), (LARGE[:-1], LARGE[:-1])):
        key = key_of(content)
        await store.put(key, given)
        assert await store.read(key) == content
        pieces = [piece async for piece in store.stream(key)]
        assert b"".join(pieces) == content
        assert max(map(len, pieces)) <= 1 << 20
        found = await store.look(key)
        assert found
        assert (found.key, found.size) == (key, len(content))
        assert found.at.tzinfo


async def test_O1_a_part_of_an_object_is_that_part(store: ObjectStore) -> None:
    key = key_of(LARGE)
    await store.put(key, LARGE)
    size = len(LARGE)
    for start, length in (
        (0, 0), (0, 1), (5, 3), (5, None), ((1 << 20) - 1, 2), (size - 5, 9), (size, None), (size + 1, 5)
    ):  # fmt: skip
        wanted = LARGE[start:] if length is None else LARGE[start : start + length]
        assert await store.read(key, start, length) == wanted
        assert b"".join([piece async for piece in store.stream(key, start, length)]) == wanted


async def test_O1_what_is_not_there_is_missing_and_may_be_deleted(store: ObjectStore) -> None:
    key = key_of(b"never put")
    assert await store.look(key) is None
    await store.delete(key)
    with pytest.raises(ObjectMissing):
        await store.read(key)
    with pytest.raises(ObjectMissing):
        await anext(store.stream(key))


async def test_O1_what_was_deleted_is_gone_and_may_come_again(store: ObjectStore) -> None:
    key = key_of(SMALL)
    await store.put(key, SMALL)
    await store.put(key, SMALL)
    await store.delete(key)
    assert await store.look(key) is None
    await store.put(key, SMALL)
    assert await store.read(key) == SMALL


async def test_O1_other_bytes_under_a_key_are_healed_by_the_right_ones(store: ObjectStore) -> None:
    key = key_of(SMALL)
    await store.put(key, b"X" + SMALL[1:])
    await store.put(key, SMALL)
    assert await store.read(key) == SMALL


async def test_O1_objects_are_listed_in_the_order_of_their_keys_below_a_prefix(store: ObjectStore) -> None:
    hashes = [hashlib.sha256(bytes([n])).digest() for n in range(12)]
    originals = sorted(original_key(h) for h in hashes)
    renditions = sorted(rendition_key(h, tier, 1) for h in hashes for tier in ("256", "2048"))
    for key in (*renditions, *originals):
        await store.put(key, key.encode())
    assert [found.key async for found in store.list("")] == [*originals, *renditions]
    assert [found.key async for found in store.list("r/256/")] == [key for key in renditions if "/256/" in key]
    first = originals[0]
    assert [(found.key, found.size) async for found in store.list(first[:-3])] == [(first, len(first))]
    assert [found async for found in store.list("x/")] == []


async def test_O1_room_is_a_number_of_bytes_or_not_known(store: ObjectStore) -> None:
    free = await store.free_bytes()
    assert free is None or free > 0
    assert await store.sweep() == 0
