"""The folder that tills drop files into: whole files only, nothing lost, nothing twice (K5)."""

import hashlib
import json
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

from photocore.settings import load_toml
from photocore.testing import ManualClock
from pos_bridge import fixtures
from pos_bridge.intake.aside import do_aside
from pos_bridge.intake.drop import FileDrop, Scan
from pos_bridge.intake.putting import move
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings
from sync.errors import JournalDown

CSV = fixtures.load("files", "day.csv")
HEADING = CSV.decode("utf-8-sig").splitlines()[0]


def row(bon: int, *, quantity: str = "1", serial: str = "FLDAY00001", amount: str = "39,90") -> str:
    return f"42;4;20.11.2026;14:05:10;{bon};1;V;9521141012345;{serial};{quantity};{amount};;;;"


class Book:
    """A ledger in memory: lines by event. ``fails_after`` breaks the n-th keeping from now, as a disk does."""

    def __init__(self) -> None:
        self.lines: dict[str, SaleObserved] = {}
        self.notes: dict[str, str] = {}
        self.keepings = 0
        self.fails_after: int | None = None

    def keep_sales(self, sales: Iterable[SaleObserved]) -> int:
        self._count()
        before = len(self.lines)
        self.lines |= {each.event: each for each in sales}
        return len(self.lines) - before

    def note(self, name: str, value: str) -> None:
        self._count()
        self.notes[name] = value

    def read_note(self, name: str) -> str | None:
        return self.notes.get(name)

    def _count(self) -> None:
        self.keepings += 1
        if self.fails_after is not None and self.keepings > self.fails_after:
            raise JournalDown("the disk")


class Counter:
    """A folder, its ledger and its clock."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.folder, self.book, self.clock = folder, Book(), ManualClock()
        toml = load_toml(Path(fixtures.__file__).with_name("till.toml"))["source"]["files"]
        toml["options"] |= options
        self.source = msgspec.structs.replace(msgspec.convert(toml, SourceSettings), name="files")
        self.restart()
        (folder / "in").mkdir()

    def restart(self) -> None:
        self.drop = FileDrop(self.source, self.book, self.clock, folder=self.folder)

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.folder / "in" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def manifest(self, name: str, content: bytes, /, **other: object) -> Path:
        said = {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} | other
        return self.put(f"{name}.manifest.json", json.dumps(said))

    def after(self, seconds: float) -> Scan:
        self.clock.advance(seconds)
        return self.drop.scan()

    def settle(self) -> Scan:
        """Look until quiet files are quiet, and return the last look."""
        self.drop.scan()
        return self.after(100)

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if not path.is_dir())


@pytest.fixture
def shop(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def test_K5_a_quiet_file_is_read_and_put_away_by_day(shop: Counter):
    """It is taken once nobody has written to it for a while; what was passed over is noted beside it."""
    shop.put("day.csv", CSV)
    assert shop.drop.scan().waiting == ["day.csv"]
    assert shop.after(1).waiting == ["day.csv"]

    scan = shop.after(3)

    (taken,) = scan.done
    assert (taken.lines, taken.news) == (4, 4)
    assert sorted(each.sequence for each in shop.book.lines.values()) == ["4001", "4001", "4002", "4003"]
    day = shop.clock.now().date().isoformat()
    assert shop.files() == [f"done/{day}/day.csv", f"done/{day}/day.csv.notes.txt"]
    assert "line 6: no whole number of pieces" in (shop.folder / f"done/{day}/day.csv.notes.txt").read_text()


def test_K5_every_kind_of_file_is_known_by_how_it_begins(shop: Counter):
    """A POSLog and the plain XML lie in one folder with CSV; what is neither is rejected."""
    shop.put("a.xml", fixtures.load("files", "day.xml"))
    shop.put("b.xml", fixtures.load("poslog", "day.xml").replace(b">0042<", b">42<"))
    shop.put("c.xml", "<invoices/>")

    scan = shop.settle()

    assert [taken.name for taken in scan.done] == ["a.xml", "b.xml"]
    assert [taken.lines for taken in scan.done] == [3, 6]
    assert "neither a POSLog nor sales of ours" in scan.rejected[0].reasons[0]


def test_K5_the_same_file_again_is_harmless(shop: Counter):
    """Under its own name or another: nothing is read, both are put away."""
    shop.put("day.csv", CSV)
    shop.settle()
    kept = dict(shop.book.lines)
    shop.put("day.csv", CSV)
    shop.put("copy.csv", CSV)

    scan = shop.settle()

    assert [taken.is_known for taken in scan.done] == [True, True]
    assert shop.book.lines == kept
    assert {Path(name).name for name in shop.files()} == {"day.csv", "day-2.csv", "copy.csv", "day.csv.notes.txt"}


def test_K5_a_partly_bad_file_is_rejected_with_reasons_and_its_good_sales_are_kept(shop: Counter):
    """Corrected and dropped again whole, what was kept counts once: the unit is the sale, not the file."""
    bad = "\r\n".join((HEADING, row(1), row(2, quantity="many", serial="FLDAY00002"), row(3, serial="FLDAY00003")))
    shop.put("night.csv", bad)

    scan = shop.settle()

    (taken,) = scan.rejected
    assert (taken.lines, taken.news, taken.reasons) == (2, 2, ("line 3: quantity 'many' is no number",))
    assert shop.files() == ["rejects/night.csv", "rejects/night.csv.reasons.txt"]
    told = (shop.folder / "rejects/night.csv.reasons.txt").read_text()
    assert "2 lines of sales were kept" in told
    assert "\nline 3: quantity 'many' is no number\n" in told

    shop.put("night.csv", bad.replace("many", "1"))
    scan = shop.settle()

    assert (scan.done[0].lines, scan.done[0].news) == (3, 1)
    assert sorted(each.sequence for each in shop.book.lines.values()) == ["1", "2", "3"]


def test_K5_a_bad_row_takes_its_sale_with_it(shop: Counter):
    """Half a basket may be a wrong one: the other row of the sale is named too."""
    other = row(1).replace(";1;V;", ";2;V;", 1).replace("39,90", "39.90")
    shop.put("night.csv", "\n".join((HEADING, row(1), other, row(2))))

    (taken,) = shop.settle().rejected

    assert [each.sequence for each in shop.book.lines.values()] == ["2"]
    assert taken.reasons == (
        "line 3: '39.90' is no number whose decimals stand behind ','",
        "line 2: another line of the same sale cannot be understood",
    )


def test_K5_a_manifest_says_that_a_file_is_whole(shop: Counter):
    """With it a file is taken at once; with another's hash, size, name or count nothing of it is kept."""
    shop.put("day.csv", CSV)
    shop.manifest("day.csv", CSV, records=5)
    assert [taken.name for taken in shop.drop.scan().done] == ["day.csv"]
    kept = len(shop.book.lines)

    xml = fixtures.load("files", "day.xml")
    for name, other in {
        "sha.xml": {"sha256": "0" * 64},
        "bytes.xml": {"bytes": 7},
        "name.xml": {"name": "../../etc/passwd"},
        "records.xml": {"records": 3},
        "broken.xml": {"bytes": -1},
    }.items():
        shop.put(name, xml)
        shop.manifest(name, xml, **other)
    at_once = shop.drop.scan()
    later = shop.after(100)

    assert [taken.name for taken in at_once.rejected] == ["records.xml"]
    assert sorted(taken.name for taken in later.rejected) == ["broken.xml", "bytes.xml", "name.xml", "sha.xml"]
    assert all(taken.lines == 0 and "manifest" in taken.reasons[0] for taken in (*at_once.rejected, *later.rejected))
    assert len(shop.book.lines) == kept
    assert [name for name in shop.files() if name.startswith("in/")] == []


def test_K5_a_file_that_is_being_written_is_left_alone(shop: Counter):
    """By its name, by a manifest that speaks of more, or because it grew or shrank since the last look."""
    for name in (".day.csv", "day.csv.part", "DAY.TMP", "day.csv.filepart"):
        shop.put(name, CSV)
    shop.put("half.csv", CSV[:200])
    shop.manifest("half.csv", CSV)
    growing = shop.put("growing.csv", CSV[:100])
    shop.drop.scan()
    for size in (200, 300, 150, len(CSV)):
        growing.write_bytes(CSV[:size])
        os.utime(growing, ns=(size, size))
        scan = shop.after(2)
        assert (scan.done, scan.rejected, scan.troubles) == ([], [], [])
    assert len(scan.waiting) == 6

    shop.put("half.csv", CSV)

    assert [taken.name for taken in shop.after(4).done] == ["growing.csv", "half.csv"]
    assert len(shop.book.lines) == 4


def test_K5_what_is_no_plain_file_is_never_opened(shop: Counter, tmp_path: Path):
    """Links, pipes, sockets and folders stay where they are and are told; a scan does not wait for a pipe."""
    inside = shop.folder / "in"
    secret = tmp_path / "secret.csv"
    secret.write_bytes(CSV)
    (inside / "link.csv").symlink_to(secret)
    (inside / "dangling.csv").symlink_to("/nowhere")
    os.mkfifo(inside / "pipe.csv")
    (inside / "folder.csv").mkdir()
    with socket.socket(socket.AF_UNIX) as door:
        here = Path.cwd()
        os.chdir(inside)
        try:
            door.bind("door.csv")
        finally:
            os.chdir(here)
        scan = shop.settle()

    assert sorted(trouble.partition(":")[0] for trouble in scan.troubles) == [
        "dangling.csv", "door.csv", "folder.csv", "link.csv", "pipe.csv",
    ]  # fmt: skip
    assert shop.book.lines == {}
    assert secret.read_bytes() == CSV


def test_K5_names_and_contents_that_are_none(shop: Counter):
    """A newline, an escape, bytes that are no text, nothing at all: each is put away under a plain name."""
    shop.put("a\nb\x1b[31m.csv", CSV)
    shop.put("c\\d:e.csv", CSV + b"\r\n")
    shop.put(os.fsdecode(b"\xff\xfe.csv"), CSV + b"\n\n")
    shop.put("empty.csv", "")
    shop.put("nul.csv", HEADING + "\n" + row(9, serial="FL\x00AY") + "\n")
    shop.put("long.csv", HEADING + "\n" + "x" * 70_000)
    shop.put("other.csv", "a;b\n1;2\n")

    scan = shop.settle()

    assert {taken.where.name for taken in scan.done} == {"a_b_[31m.csv", "c_d_e.csv", "__.csv"}
    assert {taken.name: taken.reasons[0].partition(": ")[2] for taken in scan.rejected} == {
        "empty.csv": "it is empty",
        "nul.csv": "line 2 holds a NUL",
        "long.csv": "line 2 is longer than 65,536 bytes",
        "other.csv": "the heading lacks " + ", ".join(map(repr, shop.source.options["columns"].values())),
    }
    assert [name for name in shop.files() if name.startswith("in/")] == []


def test_K5_a_ledger_that_is_down_loses_nothing(shop: Counter):
    """Whichever keeping fails, the file stays; once the disk is back everything is there, once."""
    rows = "\n".join((HEADING, *(row(number, serial="") for number in range(1, 1300))))
    for fails_after in range(4):
        shop.book = Book()
        shop.restart()
        shop.put("night.csv", rows)
        shop.drop.scan()
        shop.book.fails_after = fails_after
        with pytest.raises(JournalDown):
            shop.after(100)
        assert shop.files()[-1] == "in/night.csv"

        shop.book.fails_after = None
        shop.restart()
        scan = shop.settle()

        assert [taken.lines for taken in scan.done] == [1299]
        assert len(shop.book.lines) == 1299


def crashed_after_keeping(shop: Counter, path: Path) -> None:
    shop.book.fails_after = 1
    with pytest.raises(JournalDown):
        shop.settle()
    shop.book.fails_after = None


def crashed_after_noting(shop: Counter, path: Path) -> None:
    shop.settle()
    (where,) = shop.folder.glob("done/*/day.csv")
    where.rename(path)


def crashed_between_file_and_manifest(shop: Counter, path: Path) -> None:
    shop.manifest("day.csv", CSV)
    shop.drop.scan()
    (where,) = shop.folder.glob("done/*/day.csv.manifest.json")
    where.rename(path.with_name(where.name))


def crashed_while_writing_notes(shop: Counter, path: Path) -> None:
    day = shop.folder / "done" / shop.clock.now().date().isoformat()
    day.mkdir(parents=True)
    (day / ".day.csv.notes.txt.part").write_text("half")
    (day / "day.csv.notes.txt").write_text("of the run before")


@pytest.mark.parametrize(
    "crash",
    [crashed_after_keeping, crashed_after_noting, crashed_between_file_and_manifest, crashed_while_writing_notes],
)
def test_K5_after_a_crash_the_next_scan_finishes(shop: Counter, crash: Callable[[Counter, Path], None]):
    """Whatever was done by then is not done twice, and nothing is left in ``in/``."""
    path = shop.put("day.csv", CSV)
    crash(shop, path)

    shop.restart()
    scan = shop.settle()

    assert scan.troubles == []
    assert len(shop.book.lines) == 4
    assert [name for name in shop.files() if name.startswith("in/")] == []
    assert len(list(shop.folder.glob("done/*/day.csv"))) == 1


def test_K5_a_folder_that_cannot_be_written_keeps_the_file_where_it_is(shop: Counter):
    """``done/`` that is a file, ``rejects/`` that is full: told as trouble, kept, and finished once it can be."""
    shop.put("day.csv", CSV)
    shop.drop.scan()
    day = shop.folder / "done" / shop.clock.now().date().isoformat()
    day.write_text("in the way")

    scan = shop.after(100)
    assert (len(scan.troubles), scan.done) == (1, [])
    assert "day.csv: " in scan.troubles[0]
    assert "in/day.csv" in shop.files()

    day.unlink()
    assert [taken.is_known for taken in shop.after(1).done] == [True]
    assert len(shop.book.lines) == 4


def test_K5_too_large_a_file_is_not_read(tmp_path: Path):
    """``options.most_bytes`` says how large one may be."""
    shop = Counter(tmp_path, most_bytes=100)
    shop.put("day.csv", CSV)

    assert shop.settle().rejected[0].reasons == (f"the file: {len(CSV):,} bytes, more than options.most_bytes",)


def test_K5_senders_that_rename_need_not_wait(tmp_path: Path):
    """``options.renamed``: what has its name is whole."""
    shop = Counter(tmp_path, renamed=True)
    shop.put("day.csv", CSV)

    assert [taken.lines for taken in shop.drop.scan().done] == [4]


def test_K5_after_a_change_of_settings_the_same_file_is_read_again(shop: Counter):
    """What was read by a wrong table of columns can be read by the right one: by name and bytes it is the same file."""
    shop.put("day.csv", CSV)
    shop.settle()
    shop.source = msgspec.structs.replace(shop.source, tills={"4": "counter"})
    shop.restart()
    shop.put("day.csv", CSV)

    (taken,) = shop.settle().done

    assert (taken.is_known, taken.news) == (False, 4)
    assert {each.till for each in shop.book.lines.values()} == {"4", "counter"}


def test_K5_a_file_moves_between_filesystems_whole(tmp_path: Path):
    """``done/`` may be another disk: copied beside its name, then renamed, then gone from here."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second filesystem to write to")
    source = tmp_path / "a.csv"
    source.write_bytes(CSV)
    with tempfile.TemporaryDirectory(dir=memory) as other:
        target = move(source, Path(other) / "done", "a.csv")

        assert target.read_bytes() == CSV
        assert [path.name for path in target.parent.iterdir()] == ["a.csv"]
    assert not source.exists()


def test_K5_each_file_is_read_on_a_thread_of_its_own(shop: Counter):
    """What lxml keeps of a file's names ends with it; what is raised there is raised here."""
    threads: set[int] = set()
    shop.book.read_note = lambda name: threads.add(threading.get_ident()) or None
    for number in range(2):
        shop.put(f"{number}.csv", CSV + b"\n" * number)

    assert len(shop.settle().done) == 2

    assert threading.get_ident() not in threads
    assert do_aside(lambda: 7) == 7
    with pytest.raises(KeyError):
        do_aside(lambda: {}["x"])
