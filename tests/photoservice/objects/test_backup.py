"""Backup and restore: database and objects together, verified; what was erased since stays erased."""

import asyncio
import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from imaging.pixels.testing import write_scan
from photocore.codes import mint_house_roll
from photocore.host import SystemClock, SystemEntropy
from photoservice.objects.backup import BackedUp, Backup, snapshots_in
from photoservice.objects.dumping import BackupRefused
from photoservice.objects.folder import FolderStore
from photoservice.objects.opening import open_objects
from photoservice.objects.restore import Restore, Restored
from photoservice.objects.scrubbing import Scrubber
from photoservice.objects.store import original_key, rendition_key
from photoservice.settings import Settings
from photoservice.testing import RunningService, ScratchPostgres, ServiceProcess, running_service
from photoservice.wiring import all_queries

HEADER, BODY = b"common header", b"the body of a rendition"
COUNTED = ("tenant", "claim", "images.original", "images.image", "images.rendition", "images.filed_roll")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, derive_here=False, keep_free=1 << 20)


def scan(folder: Path, seed: int) -> bytes:
    path = folder / f"scan-{seed}.png"
    write_scan(path, "png", seed=seed, size=(90, 60))
    return path.read_bytes()


def upload(running: RunningService, key: str, roll: str, frame: str, content: bytes) -> str:
    told = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in (("roll", roll), ("frame", frame)))
    headers = {
        "Authorization": f"Bearer {key}", "Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)),
        "Upload-Metadata": told, "Content-Type": "application/offset+octet-stream",
    }  # fmt: skip
    reply = requests.post(f"{running.url}/uploads", data=content, headers=headers, timeout=60)
    assert reply.headers.get("Twincheck-Image"), (reply.status_code, reply.text)
    return reply.headers["Twincheck-Image"]


def give_rendition(running: RunningService, content: bytes) -> str:
    """File a rendition of an original, as a worker does."""
    sha256, head = hashlib.sha256(content).digest(), hashlib.sha256(HEADER).digest()
    key = rendition_key(sha256, "256", 1)

    async def work(session: Any) -> None:
        await session.connection.execute(
            "insert into images.jpeg_header (id, bytes) values ($1, $2) on conflict do nothing", head, HEADER
        )
        await session.connection.execute(
            "insert into images.rendition (sha256, tier, recipe, header, size, etag, width, height, kept_at)"
            " values ($1, '256', 1, $2, $3, $4, 90, 60, now())",
            sha256, head, len(BODY), hashlib.sha256(HEADER + BODY).digest(),
        )  # fmt: skip

    running.run(running.service.pictures.keeping.keep({key: BODY}, work))
    return key


def back_up(running: RunningService, folder: Path, *, with_keys: bool = True) -> BackedUp:
    service = running.service
    backup = Backup(
        database=service.database, objects=service.pictures.objects, clock=SystemClock(),
        service=service.settings.folder, folder=folder,
    )  # fmt: skip
    return running.run(backup.run(with_keys=with_keys))


def put_back(url: str, target: Settings, folder: Path, **how: Any) -> Restored:
    restore = Restore(
        url=url, queries=all_queries(), objects=open_objects(target),
        service=target.folder, folder=folder,
    )  # fmt: skip
    return asyncio.run(restore.run(SystemEntropy(), **how))


def counts(running: RunningService) -> dict[str, int]:
    return {name: running.sql(f"select count(*) as n from {name}")[0]["n"] for name in COUNTED}


@pytest.fixture
def target(tmp_path: Path) -> Settings:
    return Settings(folder=tmp_path / "restored", derive_here=False, keep_free=1 << 20)


@pytest.fixture
def empty(scratch: ScratchPostgres) -> Iterator[str]:
    url = scratch.empty()
    yield url
    scratch.drop(url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@contextmanager
def reopened(url: str, target: Settings) -> Iterator[RunningService]:
    with running_service(url, target.folder, settings=target) as running:
        yield running


def files(root: Path) -> list[Path]:
    return sorted(path for path in (root / "o").rglob("*") if path.is_file())


def test_O1_a_service_comes_back_whole_and_serves_a_picture_and_whom_it_forgot_stays_forgotten(
    world: Any, tmp_path: Path, folder: Path, empty: str, target: Settings, builders: Any
) -> None:
    """The first backup knows an account that was erased before the second; the first one is put back."""
    running = world.running
    lab = running.add_tenant("Lab", "lab")
    roll = mint_house_roll(SystemEntropy())
    scans = [scan(tmp_path, seed) for seed in range(3)]
    images = [upload(running, lab, roll, str(n), content) for n, content in enumerate(scans)]
    give_rendition(running, scans[0])
    station = world.station()
    station.open_epoch()
    claim = station.claim(builders.package_id("BACKUP001"))
    station.send()
    (account,) = {row["account"] for row in running.sql("select account from claim where id = $1", claim.id)}
    first = back_up(running, folder)
    wanted = counts(running)
    assert (first.copied, first.snapshot.objects, first.snapshot.lost) == (4, 4, ())
    assert first.snapshot.bytes == sum(map(len, scans)) + len(BODY)

    running.do(lambda session: running.service.accounts.erase(session, account))
    upload(running, lab, roll, "9", scan(tmp_path, 9))
    second = back_up_later(running, folder)
    assert (second.copied, second.snapshot.objects) == (1, 5)

    done = put_back(empty, target, folder, at=first.folder.name)
    assert (done.objects, done.lost) == (4, ())
    with reopened(empty, target) as again:
        assert counts(again) == wanted
        assert again.sql("select * from account_key where account = $1", account) == []
        reply = requests.get(
            f"{again.url}/images/{images[1]}/original", headers={"Authorization": f"Bearer {lab}"}, timeout=30
        )
        assert (reply.status_code, reply.content) == (200, scans[1])
        assert upload(again, lab, roll, "10", scan(tmp_path, 10)), "and it goes on"


def back_up_later(running: RunningService, folder: Path) -> BackedUp:
    """Make another backup; two of one second are refused."""
    while True:
        try:
            return back_up(running, folder)
        except BackupRefused:
            continue


@pytest.fixture
def filed(world: Any, tmp_path: Path) -> tuple[RunningService, list[bytes]]:
    lab = world.running.add_tenant("Lab", "lab")
    roll = mint_house_roll(SystemEntropy())
    scans = [scan(tmp_path, seed) for seed in range(2)]
    for n, content in enumerate(scans):
        upload(world.running, lab, roll, str(n), content)
    return world.running, scans


def test_O1_a_restore_refuses_every_backup_that_is_not_as_it_was_written(
    filed: tuple[RunningService, list[bytes]], folder: Path, empty: str, target: Settings
) -> None:
    running, _ = filed
    made = back_up(running, folder)
    spoiled = [files(folder / "objects")[0], made.folder / "tables" / "images.image.copy", made.folder / "objects.tsv"]
    for path in spoiled:
        kept = path.read_bytes()
        for damage in (kept[:-1], bytes([kept[0] ^ 1]) + kept[1:], b"", None):
            if damage is None:
                path.unlink()
            else:
                path.write_bytes(damage)
            with pytest.raises(BackupRefused, match="backup"):
                put_back(empty, target, folder, again=True)
            path.write_bytes(kept)
    assert put_back(empty, target, folder, again=True).objects == 2, "and then it can still be done"


def test_O1_a_restore_goes_nowhere_where_something_is(
    filed: tuple[RunningService, list[bytes]], folder: Path, empty: str, target: Settings, database: str
) -> None:
    running, _ = filed
    back_up(running, folder)
    with pytest.raises(BackupRefused, match="database is not empty"):
        put_back(database, target, folder)
    (target.folder / "objects" / "o").mkdir(parents=True)
    (target.folder / "objects" / "o" / "something").write_bytes(b"x")
    with pytest.raises(BackupRefused, match="object store is not empty"):
        put_back(empty, target, folder)


def test_O1_keys_are_copied_only_when_asked_for_and_missed_when_not(
    filed: tuple[RunningService, list[bytes]], folder: Path, empty: str, target: Settings
) -> None:
    running, _ = filed
    made = back_up(running, folder, with_keys=False)
    assert not (made.folder / "keys").exists()
    with pytest.raises(BackupRefused, match="has no keys"):
        put_back(empty, target, folder)
    (target.folder / "keys").mkdir(parents=True)
    for name in ("sign", "seal", "pepper", "wrap"):
        (target.folder / "keys" / f"{name}.key").write_bytes(bytes(32))
    with pytest.raises(BackupRefused, match="not those of the backup"):
        put_back(empty, target, folder)
    for path in (running.service.settings.folder / "keys").glob("*.key"):
        (target.folder / "keys" / path.name).write_bytes(path.read_bytes())
    assert put_back(empty, target, folder, again=True).objects == 2


def test_O1_a_backup_names_what_the_store_has_lost_and_copies_the_rest(
    filed: tuple[RunningService, list[bytes]], folder: Path, empty: str, target: Settings
) -> None:
    running, scans = filed
    store = FolderStore(running.service.settings.folder / "objects")
    lost = original_key(hashlib.sha256(scans[0]).digest())
    asyncio.run(store.put(lost, b"rot"))
    made = back_up(running, folder)
    assert (made.snapshot.lost, made.copied) == ((lost,), 1)
    assert put_back(empty, target, folder).lost == (lost,)
    with reopened(empty, target) as again:
        (row,) = again.sql("select sha256 from images.original where damage = 'missing'")
        assert original_key(row["sha256"]) == lost


def test_O1_a_backup_that_was_cut_off_does_not_count(filed: tuple[RunningService, list[bytes]], folder: Path) -> None:
    running, _ = filed
    (folder / "snapshots" / ".20260101T000000Z" / "tables").mkdir(parents=True)
    made = back_up(running, folder)
    assert snapshots_in(folder) == [made.folder]
    assert list((folder / "snapshots").glob(".*")) == []


def test_O1_two_backups_at_once_into_one_folder_do_not_remove_each_others_work(
    filed: tuple[RunningService, list[bytes]], folder: Path
) -> None:
    running, _ = filed
    begun = folder / "snapshots" / ".20200101T000000Z"
    begun.mkdir(parents=True)
    handle = os.open(begun.parent, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(BackupRefused, match="Another backup"):
        back_up(running, folder)
    assert begun.exists()
    os.close(handle)
    back_up(running, folder)
    assert not begun.exists()


def test_O1_damage_is_found_told_and_healed_by_the_same_bytes(world: Any, tmp_path: Path) -> None:
    running = world.running
    lab, roll, content = running.add_tenant("Lab", "lab"), mint_house_roll(SystemEntropy()), scan(tmp_path, 1)
    upload(running, lab, roll, "1", content)
    upload(running, lab, roll, "2", scan(tmp_path, 2))
    service = running.service
    path = service.settings.folder / "objects" / original_key(hashlib.sha256(content).digest())
    scrubber = Scrubber(objects=service.pictures.objects, database=service.database, clock=world.clock)

    def scrub() -> tuple[int, list[tuple[str, str]]]:
        world.clock.advance(1)
        seen = running.run(scrubber.run(before=world.clock.now()))
        return seen.looked_at, [(row["damage"], row["frame"]) for row in running.run(scrubber.damaged())]

    assert scrub() == (2, [])
    path.write_bytes(b"x" + content[1:])
    assert scrub() == (2, [("damaged", "1")])
    path.unlink()
    assert scrub() == (2, [("missing", "1")])
    running.run(service.pictures.upkeep.tell())
    assert "twincheck_originals_damaged 1.0" in requests.get(f"{running.url}/metrics", timeout=30).text
    upload(running, lab, roll, "1", content)
    assert path.read_bytes() == content
    assert scrub() == (2, [])


def test_O1_a_scrub_goes_on_where_it_stopped_and_an_empty_store_is_no_damage(world: Any, tmp_path: Path) -> None:
    running = world.running
    lab, roll = running.add_tenant("Lab", "lab"), mint_house_roll(SystemEntropy())
    for n in range(3):
        upload(running, lab, roll, str(n), scan(tmp_path, n))
    service = running.service
    scrubber = Scrubber(objects=service.pictures.objects, database=service.database, clock=world.clock)
    world.clock.advance(1)
    before = world.clock.now()
    seen = [running.run(scrubber.run(before=before, most_bytes=1)) for _ in range(4)]
    assert [(one.looked_at, one.is_done) for one in seen] == [(1, False), (1, False), (1, False), (0, True)]
    objects = service.settings.folder / "objects"
    objects.rename(tmp_path / "unmounted")
    world.clock.advance(1)
    with pytest.raises(Exception, match="not mounted"):
        running.run(scrubber.run(before=world.clock.now()))
    assert running.run(scrubber.damaged()) == []


@pytest.mark.timeout(400)
def test_O1_the_verbs_of_the_command_line_back_up_scrub_collect_and_restore(
    scratch: ScratchPostgres, database: str, empty: str, tmp_path: Path
) -> None:
    service = ServiceProcess(tmp_path / "one", database=database)
    place = service.run("backup", str(tmp_path / "backup"), "--with-keys")
    assert Path(place).is_dir()
    assert service.run("scrub") == ""
    assert service.run("collect") == ""
    other = ServiceProcess(tmp_path / "two", database=empty)
    other.run("restore", str(tmp_path / "backup"))
    with other:
        assert requests.get(f"{other.url}/ready", timeout=30).status_code == 200
