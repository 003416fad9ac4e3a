"""Private files, and what a killed worker leaves of them."""

import stat
import subprocess
import sys

from photoservice.renditions.scratch import open_scratch


async def test_a_private_file_lives_as_long_as_it_is_needed(tmp_path):
    with open_scratch(tmp_path / "darkroom") as scratch:
        async with scratch.file() as path, scratch.file() as other:
            path.write_bytes(b"scan")
            assert path != other
        assert not path.exists()
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.parent.exists()


def test_what_a_killed_worker_left_is_removed_by_the_next_and_nothing_of_one_that_lives(tmp_path):
    parent = tmp_path / "darkroom"
    program = (
        "import os, sys, signal; from pathlib import Path; from photoservice.renditions.scratch import open_scratch\n"
        "with open_scratch(Path(sys.argv[1])) as scratch:\n"
        "    (scratch._folder / 'scan').write_bytes(b'left')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with open_scratch(parent) as alive:
        done = subprocess.run([sys.executable, "-c", program, str(parent)], check=False, timeout=60)
        assert done.returncode == -9
        assert len(list(parent.glob("worker-*/scan"))) == 1
        with open_scratch(parent):
            assert not list(parent.glob("worker-*/scan"))
            assert alive._folder.exists()
