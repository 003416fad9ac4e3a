"""A folder in memory: where a journal lies on a disk of ours, nobody waits for the machine's to flush the rest."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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
