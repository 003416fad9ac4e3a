"""Machines with a station on a disk in memory, and a folder in memory beside it: nobody waits for the real disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.audit import check_chain
from sync.statements import run
from sync.testing_cuts_life import Stand

MEMORY = Path("/dev/shm")


@pytest.fixture
def memory_path(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory where there is such a thing, else an ordinary one."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="twincheck-", dir=MEMORY))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


class Machine:
    """A machine with a station's folder and a disk in memory."""

    def __init__(self, stand, image, folder=None, entropy=None):
        self.stand, self.folder = stand, folder or stand.folder
        self.disk = stand.disk(image)
        self.station = stand.open(self.disk, folder=self.folder, entropy=entropy)

    def copy(self, name):
        """Return the folder of another machine with the same keys, and what the disk holds now."""
        folder = shutil.copytree(self.folder, self.folder.with_name(name))
        return self.disk.surface.views(), folder

    def register(self):
        return self.station.desk.register(self.stand.wish()).claim

    def carry(self):
        return self.station.courier.carry_here()

    @property
    def told(self):
        """What its people are told: the trouble, or that it was given back what another wrote."""
        restored = self.station.desk.status().restored
        return self.station.courier.trouble or (f"RESTORED {restored} events" if restored else "")

    def ids(self):
        return {row[2] for row in self.station.journal.read(lambda db: run(db, "journal.all_events"))}

    def check(self):
        return self.station.journal.read(lambda db: check_chain(db, self.stand.own_key))

    def close(self):
        self.station.close()
        self.disk.unregister()


@pytest.fixture
def stand(memory_path):
    return Stand(memory_path / "station")


@pytest.fixture
def machines(stand):
    """Return a maker of machines; all are switched off in the end."""
    made = []

    def make(image=None, folder=None, entropy=None, at=stand):
        made.append(Machine(at, image or {}, folder, entropy))
        return made[-1]

    yield make
    for one in made:
        one.close()
