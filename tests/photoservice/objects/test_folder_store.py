"""The folder as an object store: durable, whole or not at all, shared by processes, and never in a request's way."""

import asyncio
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from photoservice.objects.folder import NEW, FolderStore
from photoservice.objects.store import ObjectMissing, StoreDown, original_key

BYTES = b"a negative, scanned" * 1000
SHA256 = hashlib.sha256(BYTES).digest()
KEY = original_key(SHA256)

PUTTING = """
import asyncio, sys
from pathlib import Path
from photoservice.objects.folder import FolderStore
from photoservice.objects.store import StoreFull
store = FolderStore(Path(sys.argv[1]))
try:
    asyncio.run(store.put(sys.argv[2], sys.stdin.buffer.read()))
except StoreFull as full:
    print(f"full: {full}")
"""


def put_in_process(root: Path, key: str = KEY, source: bytes = BYTES, *, before: tuple[str, ...] = ()) -> str:
    """Put from a process of its own, and return what it printed."""
    command = [*before, sys.executable, "-P", "-c", PUTTING, str(root), key]
    done = subprocess.run(command, input=source, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "objects"


@pytest.fixture
def store(root: Path) -> FolderStore:
    return FolderStore(root)


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_O1_the_disk_has_the_bytes_before_the_name_and_then_every_folder_up_to_the_root(
    root: Path, tmp_path: Path
) -> None:
    traced = tmp_path / "trace"
    calls = "trace=fsync,rename,renameat,renameat2"
    put_in_process(root, before=("strace", "-f", "-y", "-e", calls, "-o", str(traced)))
    said = traced.read_text()
    steps = re.findall(r"(fsync|rename)\w*\((?:\d+<)?\"?([^>\",]+)", said)
    named = [(call, path.removeprefix(str(tmp_path))) for call, path in steps if path.startswith(str(tmp_path))]
    (_, fresh), (rename, moved), *folders = named
    assert rename == "rename"
    assert fresh == moved
    assert fresh.startswith(f"/objects/{NEW}/")
    parents = [f"/objects/{parent.as_posix()}" for parent in Path(KEY).parents if parent != Path()]
    assert folders == [("fsync", path) for path in (*parents, "/objects", "")]


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_O1_what_another_process_put_is_synced_again_before_it_is_called_durable(root: Path, tmp_path: Path) -> None:
    """The other one may not have come to it when the power went."""
    put_in_process(root)
    traced = tmp_path / "trace"
    put_in_process(root, before=("strace", "-f", "-y", "-e", "trace=fsync", "-o", str(traced)))
    assert f"<{(root / KEY).parent}>" in traced.read_text()
    assert f"<{root}>" in traced.read_text()


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs a mount of its own")
def test_attack_A07_on_a_full_disk_nothing_is_kept_and_nothing_left_behind(root: Path) -> None:
    root.mkdir()
    script = 'mount -t tmpfs -o size=256k full "$1" && shift && "$@" && find /proc/self/cwd/. -type f'
    tried = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("this machine gives nobody a mount of their own")
    command = ["unshare", "-rm", "sh", "-c", f"cd /; {script.replace('/proc/self/cwd/.', str(root))}", "sh", str(root)]
    said = put_in_process(root, source=os.urandom(1 << 20), before=tuple(command))
    assert said.startswith("full: ")
    assert said.count("\n") == 1, "a file was left behind"


def test_attack_A07_a_file_larger_than_the_system_allows_is_refused_and_leaves_nothing(root: Path) -> None:
    said = put_in_process(root, source=bytes(1 << 20), before=("sh", "-c", 'ulimit -f 64; exec "$@"', "sh"))
    assert said.startswith("full: ")
    assert files(root) == []


async def test_O1_other_bytes_under_a_key_are_replaced_and_the_same_ones_left_alone(
    store: FolderStore, root: Path
) -> None:
    await store.put(KEY, BYTES)
    kept = (root / KEY).stat().st_ino
    await store.put(KEY, BYTES)
    assert (root / KEY).stat().st_ino == kept
    (root / KEY).write_bytes(b"x" + BYTES[1:])
    await store.put(KEY, BYTES)
    assert await store.read(KEY) == BYTES
    assert files(root) == [KEY]


async def test_O1_a_frozen_file_is_kept_by_a_second_name_unless_what_stands_there_is_damaged(
    store: FolderStore, root: Path, tmp_path: Path
) -> None:
    spool = tmp_path / "spooled"
    spool.write_bytes(BYTES)
    await store.put(KEY, spool, frozen=True)
    assert (root / KEY).samefile(spool)
    await store.put(KEY, spool, frozen=True)
    spool.unlink()
    assert await store.read(KEY) == BYTES
    (root / KEY).write_bytes(b"rot")
    spool.write_bytes(BYTES)
    await store.put(KEY, spool, frozen=True)
    assert await store.read(KEY) == BYTES
    assert not (root / KEY).samefile(spool)


async def test_O1_a_source_that_is_gone_is_said_to_be_gone(store: FolderStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await store.put(KEY, tmp_path / "nothing")
    assert await store.look(KEY) is None


def test_O1_what_a_killed_writer_left_is_swept_and_what_is_being_written_is_not(
    store: FolderStore, root: Path, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    writing = tmp_path / "pipe"
    os.mkfifo(writing)
    putting = PUTTING.replace("sys.stdin.buffer.read()", "Path(sys.argv[3])")
    killed = subprocess.Popen([sys.executable, "-P", "-c", putting, str(root), KEY, str(writing)])
    with writing.open("wb") as pipe:  # opens when the writer has begun
        pipe.write(BYTES)
        pipe.flush()
        eventually(lambda: files(root))
        assert asyncio.run(store.sweep()) == 0
        killed.send_signal(signal.SIGKILL)
        killed.wait(30)
    assert len(files(root)) == 1
    assert asyncio.run(store.sweep()) == 1
    assert files(root) == []


def test_O1_many_processes_put_the_same_and_other_objects_at_once(root: Path) -> None:
    children = [
        subprocess.Popen([sys.executable, "-P", "-c", PUTTING, str(root), key], stdin=subprocess.PIPE)
        for key in (KEY, KEY, KEY, "o/aa/bb/other")
    ]
    for child in children:
        assert child.stdin
        child.stdin.write(BYTES)
        child.stdin.close()
    assert [child.wait(60) for child in children] == [0, 0, 0, 0]
    assert files(root) == sorted([KEY, "o/aa/bb/other"])
    assert (root / KEY).read_bytes() == BYTES


async def test_O1_a_folder_that_fails_is_a_store_that_is_down(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FolderStore(tmp_path / "file" / "objects")
    for asked in (store.put(KEY, b"x"), store.free_bytes()):
        with pytest.raises(StoreDown):
            await asked
    with pytest.raises(ObjectMissing):
        await store.read(KEY)


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../x", "o/../x", "o//x", "o/.new", "o/x/", "O/X", "o/x\n", ".new/1"]
)
async def test_attack_A07_no_key_leads_out_of_the_folder(store: FolderStore, key: str) -> None:
    with pytest.raises(ValueError, match="no key of ours"):
        await store.put(key, b"x")
    with pytest.raises(ValueError, match="no key of ours"):
        await store.read(key)


async def test_O1_a_reader_that_leaves_in_the_middle_moves_nobody_elses_place(store: FolderStore) -> None:
    """Its file is closed while a thread may still read; whoever gets its number next must not notice."""
    pieces = [bytes([n]) * (3 << 20) for n in range(4)]
    for n, piece in enumerate(pieces):
        await store.put(f"o/aa/bb/{n}", piece)

    async def leave(n: int) -> None:
        stream = store.stream(f"o/aa/bb/{n}")
        await anext(stream)
        reading = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await stream.aclose()

    async def stay(n: int) -> bytes:
        return b"".join([piece async for piece in store.stream(f"o/aa/bb/{n}")])

    for _ in range(5):
        kept = await asyncio.gather(*(stay(n) for n in range(4)), *(leave(n) for n in range(4)))
        assert kept[:4] == pieces
