"""Files put where somebody may look for them: never half of one, and none over another (K5)."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from pos_bridge.intake.putting import free_name, move, plain_name, write_whole


def test_K5_nothing_that_is_there_is_overwritten(tmp_path: Path):
    """What is moved to a name that is taken stands beside it, and so does the next."""
    for content in (b"1", b"2"):
        (tmp_path / "a.csv").write_bytes(content)
        move(tmp_path / "a.csv", tmp_path / "done", "a.csv")

    assert {path.name: path.read_bytes() for path in (tmp_path / "done").iterdir()} == {"a.csv": b"1", "a-2.csv": b"2"}
    assert free_name(tmp_path / "done", "a.csv").name == "a-3.csv"


@pytest.mark.parametrize(
    ("name", "plain"),
    [("../../etc/passwd", "_.._etc_passwd"), ("a\nb.csv", "a_b.csv"), ("..", "unnamed"), ("", "unnamed"),
     ("C:\\x", "C__x"), ("ü" * 300, "ü" * 100)],
)  # fmt: skip
def test_K5_a_name_never_leaves_its_folder(tmp_path: Path, name: str, plain: str):
    """Whatever it says, the file is in the folder, under a name that a terminal can show."""
    assert plain_name(name) == plain
    write_whole(tmp_path / plain_name(name), b"x")
    assert len(list(tmp_path.iterdir())) == 1


FULL = """
import resource, signal, sys
from pathlib import Path
from pos_bridge.intake.putting import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), b"x" * 5000)
except OSError as cause:
    sys.exit(cause.errno)
"""


def test_K5_a_disk_that_fails_leaves_no_half_file(tmp_path: Path):
    """A full disk (in a process whose files may have 1000 bytes): the error is told, and what was there is there."""
    (tmp_path / "kept").write_bytes(b"old")

    done = subprocess.run([sys.executable, "-P", "-c", FULL, str(tmp_path / "kept")], check=False, timeout=60)

    assert done.returncode == errno.EFBIG
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"kept": b"old"}
