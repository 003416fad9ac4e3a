"""A disk that is full while bytes come in: 507, what came is kept, and it goes on when there is room."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from photoservice.settings import Settings


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", os.fsencode(folder), b"tmpfs", 0, b"size=2m"):
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.fixture
def settings(settings: Settings, small_disk: Path) -> Settings:
    return replace(settings, spool=small_disk / "spool", keep_free=0)


def test_O1_a_full_disk_keeps_what_came_and_takes_the_rest_later(lab, roll, small_disk):
    body = bytes(range(256)) * 7_000
    upload = lab.begin(roll, "1", len(body)).headers["Location"]
    (small_disk / "filler").write_bytes(b"x" * 1_000_000)
    reply = lab.append(upload, 0, body)
    assert (reply.status_code, reply.json()["type"].rpartition(":")[2]) == (507, "no-room")
    offset = int(lab.look(upload).headers["Upload-Offset"])
    assert 500_000 < offset < len(body)
    (small_disk / "filler").unlink()
    assert lab.append(upload, offset, body[offset:]).status_code == 422, "whole, and no picture"


def test_O1_what_the_spool_cannot_hold_is_not_begun(lab, roll):
    reply = lab.begin(roll, "1", 3 << 20)
    assert (reply.status_code, reply.json()["type"].rpartition(":")[2]) == (507, "no-room")


class TestWhatIsKeptFree:
    """The database may stand on the disk of the spool: many uploads that each fit must not fill it together."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, keep_free=1_000_000)

    def test_attack_A10_many_uploads_at_once_leave_the_disk_what_it_keeps_free(self, lab, roll, small_disk):
        body = bytes(600_000)
        uploads = [lab.begin(roll, str(frame), len(body)).headers["Location"] for frame in range(1, 5)]
        answers = [lab.append(upload, 0, body[:-1]).status_code for upload in uploads]
        disk = os.statvfs(small_disk)
        assert disk.f_bavail * disk.f_frsize >= 1_000_000
        assert answers[0] == 204
        assert answers[-1] == 507
        assert lab.look(uploads[-1]).headers["Upload-Offset"] == "0"
        for upload in uploads[:-1]:
            assert lab.ask("DELETE", upload).status_code == 204
        assert lab.append(uploads[-1], 0, body[:-1]).status_code == 204
