"""The files beside the journal, the lock and the reserve, on a disk that fails: the truth is told, nobody hangs."""

import shutil

import pytest

from sync.errors import JournalDown, NotStored
from sync.lock import WriterLock, is_held
from sync.reserve import Reserve
from sync.station import Footing


class Sick:
    """A disk seam that does not answer."""

    def free_bytes(self, path):
        raise OSError(5, "Input/output error")


def test_K4_a_disk_that_does_not_say_how_full_it_is_stores_nothing_and_says_so(world):
    """The desk hears that it is not stored, in a sentence; once the disk answers, the same wish is taken."""
    station = world.open(under=Footing(reserve_bytes=4096, threads=False))
    wish = world.wish(world.package_id(1))
    healthy, world.room.free_bytes = world.room.free_bytes, Sick().free_bytes

    with pytest.raises(NotStored, match=r"cannot be looked at: Input/output error\."):
        station.desk.register(wish)

    world.room.free_bytes = healthy
    assert station.desk.register(wish).claim == wish.event_id


def test_K4_a_reserve_that_cannot_be_deleted_breaks_nobody(tmp_path):
    """A full file system may refuse even that; who waits for the journal gets an answer all the same."""
    path = tmp_path / "journal.reserve"
    path.mkdir()
    reserve = Reserve(path, Sick(), size=1)

    reserve.spend()

    assert reserve.is_spent


def test_K4_a_lock_is_given_back_though_its_folder_is_gone_and_its_disk_fails(tmp_path):
    """What is written in it is a courtesy; the lock itself is the kernel's."""
    lock = WriterLock(tmp_path / "journal.lock")
    assert is_held(tmp_path / "journal.lock") is not None
    shutil.rmtree(tmp_path)

    lock.release()
    lock.release()

    tmp_path.mkdir()
    assert is_held(tmp_path / "journal.lock") is None


def test_K4_a_lock_on_what_cannot_be_locked_is_said_so(tmp_path):
    """Here a folder stands where the file should be."""
    (tmp_path / "journal.lock").mkdir()

    with pytest.raises(JournalDown, match="cannot be written"):
        WriterLock(tmp_path / "journal.lock")
