"""Files put where another system takes them: never half of one (K5)."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from photocore.testing import ManualClock
from pos_bridge import fixtures
from pos_bridge.intake.drop import FileDrop
from pos_bridge.intake.file_out import FileOut
from pos_bridge.intake.putting import free_name, plain_name
from pos_bridge.intake.whole import manifest_in


class Book:
    def __init__(self) -> None:
        self.count, self.notes = 0, {}

    def keep_sales(self, sales) -> int:
        self.count += len(told := tuple(sales))
        return len(told)

    def note(self, name: str, value: str) -> None:
        self.notes[name] = value

    def read_note(self, name: str) -> str | None:
        return self.notes.get(name)


def test_K5_what_is_put_out_is_taken_in_at_once(tmp_path: Path):
    """The manifest beside it says that it is whole: the other side need not wait for it to be quiet."""
    source = fixtures.sources()["files"]
    book = Book()
    written = FileOut(tmp_path / "in").put("day.csv", fixtures.load("files", "day.csv"), records=5)

    scan = FileDrop(source, book, ManualClock(), folder=tmp_path).scan()

    assert written == tmp_path / "in" / "day.csv"
    assert [taken.lines for taken in scan.done] == [4]
    assert book.count == 4
    assert list((tmp_path / "in").iterdir()) == []


def test_K5_nothing_that_is_there_is_overwritten(tmp_path: Path):
    """The same again is the same file; something else under its name stands beside it."""
    out = FileOut(tmp_path)
    first, same, other = out.put("a.csv", b"1"), out.put("a.csv", b"1"), out.put("a.csv", b"2")

    assert (first.name, same.name, other.name) == ("a.csv", "a.csv", "a-2.csv")
    assert (first.read_bytes(), other.read_bytes()) == (b"1", b"2")
    manifest = manifest_in(other.with_name("a-2.csv.manifest.json"))
    assert manifest is not None
    assert (manifest.name, manifest.bytes, manifest.records) == ("a-2.csv", 1, None)
    assert free_name(tmp_path, "a.csv").name == "a-3.csv"


@pytest.mark.parametrize(
    ("name", "plain"),
    [("../../etc/passwd", "_.._etc_passwd"), ("a\nb.csv", "a_b.csv"), ("..", "unnamed"), ("", "unnamed"),
     ("C:\\x", "C__x"), ("ü" * 300, "ü" * 100)],
)  # fmt: skip
def test_K5_a_name_never_leaves_its_folder(tmp_path: Path, name: str, plain: str):
    """Whatever it says, the file is in the folder, under a name that a terminal can show."""
    assert plain_name(name) == plain
    assert FileOut(tmp_path).put(name, b"x").parent == tmp_path


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
