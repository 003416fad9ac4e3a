"""The device book as a file: read, mended by hand, refused in a sentence, never half written."""

import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import DeviceBookWrong
from hardware.inventory import CameraEntry, DeviceBook, PrinterEntry, ScannerEntry, change_book, load_book
from hardware.inventory.book import HEADING, MOST_BYTES, book_text
from hardware.inventory.notes import DeviceNote, read_notes, write_notes
from photocore.testing import ManualClock

BOOK = DeviceBook(
    scanner=(
        ScannerEntry(
            name="counter-left", profile="zebra_ssi", way="serial", usb="05e0:1701", serial='S"1\\', by_path="p"
        ),
        ScannerEntry(name="counter-right", profile="generic", by_path="/dev/serial/by-path/pci-0-usb-0:2:1.0"),
    ),
    printer=(PrinterEntry(name="labels", profile="epson-tm-l90", url="tcp://10.0.0.4:9100", offset_x_mm=-1.5),),
    camera=(CameraEntry(name="over-the-counter", by_id="/dev/v4l/by-id/usb-x"),),
)


def test_K2_a_book_is_read_back_as_it_was_written(tmp_path):
    """And a person can read it."""
    change_book(tmp_path, lambda _: BOOK)
    assert load_book(tmp_path) == BOOK
    text = (tmp_path / "devices.toml").read_text()
    assert text.startswith(HEADING)
    assert '[[printer]]\nname = "labels"\nprofile = "epson-tm-l90"\nurl = "tcp://10.0.0.4:9100"\n' in text
    assert "offset_x_mm = -1.5" in text
    assert "offset_y_mm" not in text


@settings(max_examples=40)  # each is written to the disk for good
@given(st.text(min_size=1, max_size=200), st.floats(-20, 20))
def test_K2_whatever_a_device_calls_itself_the_book_stays_readable(tmp_path_factory, serial, offset):
    """Quotes, controls, other scripts: they come from a plug, and any plug may claim any text."""
    folder = tmp_path_factory.mktemp("station")
    entry = PrinterEntry(name="p", profile="generic-80mm", serial=serial, offset_y_mm=offset)
    change_book(folder, lambda book: book.with_entry(entry))
    assert load_book(folder).printer == (entry,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[scanner]]\nname = 'x'\nprofile = 'generic'\n", "bound to nothing"),
        ("[[scanner]]\nname = 'Left One'\nprofile = 'generic'\nserial = '1'\n", "$.scanner[0].name"),
        ("[[scanner]]\nname = 'x'\nprofile = 'generic'\nserial = 1\n", "$.scanner[0].serial"),
        ("[[scanner]]\nname = 'x'\nprofile = 'generic'\nserial = '1'\ncolour = 'red'\n", "colour"),
        ("[[scanner]]\nname = 'x'\nprofile = 'generic'\nurl = 'ftp://x'\n", "ftp://x"),
        ("[[printer]]\nname = 'x'\nprofile = 'p'\nserial = '1'\noffset_x_mm = 99\n", "offset_x_mm"),
        (
            "[[scanner]]\nname = 'x'\nprofile = 'p'\nserial = '1'\n[[camera]]\nname = 'x'\nserial = '2'\n",
            "x stands twice",
        ),
        ("scanner = 7", "$.scanner"),
        ("[[scanner", "not valid TOML"),
        ("#" * (MOST_BYTES + 1), "longer than any list"),
    ],
)
def test_K2_a_book_that_says_nonsense_is_refused_with_file_and_field(tmp_path, text, said):
    """It is mended by hand, and hands err."""
    (tmp_path / "devices.toml").write_text(text)
    with pytest.raises(DeviceBookWrong) as wrong:
        load_book(tmp_path)
    assert said in str(wrong.value)
    assert "devices.toml" in str(wrong.value)


def test_K2_no_book_is_an_empty_book_and_a_folder_in_its_place_is_told(tmp_path):
    """A new station has none."""
    assert load_book(tmp_path) == DeviceBook()
    (tmp_path / "devices.toml").mkdir()
    with pytest.raises(DeviceBookWrong):
        load_book(tmp_path)


def test_K2_a_folder_that_is_not_there_is_told_and_not_made(tmp_path):
    """A wrong --dir must not become a second station."""
    with pytest.raises(DeviceBookWrong, match="cannot be written"):
        change_book(tmp_path / "none", lambda book: book)
    assert not (tmp_path / "none").exists()


def test_K2_wizard_and_kiosk_may_change_it_at_once_and_lose_nothing(tmp_path):
    """Each reads, changes and writes while the other waits."""

    def add(number):
        entry = ScannerEntry(name=f"s{number}", profile="generic", serial=str(number))
        change_book(tmp_path, lambda book: book.with_entry(entry))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {entry.name for entry in load_book(tmp_path)} == {f"s{number}" for number in range(12)}


def test_K2_what_a_killed_wizard_left_is_in_nobodys_way(tmp_path):
    """A draft that was never put in place, perhaps root's; and no lock file that another user could not open."""
    (tmp_path / ".devices.toml.new").write_text("half a bo")
    (tmp_path / ".devices.toml.new").chmod(0o400)
    change_book(tmp_path, lambda _: BOOK)
    assert load_book(tmp_path) == BOOK
    assert [path.name for path in tmp_path.iterdir()] == ["devices.toml"]


FULL_DISK = """
import resource, sys
from pathlib import Path
from hardware.errors import DeviceBookWrong
from hardware.inventory import ScannerEntry, change_book
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
try:
    change_book(Path(sys.argv[1]), lambda book: book.with_new(ScannerEntry(name="new", profile="g", serial="x" * 400)))
except DeviceBookWrong as wrong:
    sys.exit(str(wrong))
"""


def test_K2_a_disk_that_takes_half_a_book_keeps_the_old_one(tmp_path):
    """A full disk, acted by the system's limit on a file's size, takes some bytes and says no error at the first."""
    old = DeviceBook(scanner=BOOK.scanner[1:])
    change_book(tmp_path, lambda _: old)
    call = [sys.executable, "-B", "-c", FULL_DISK, str(tmp_path)]  # -B: half a .pyc would be worse than half a book
    told = subprocess.run(call, capture_output=True, text=True, check=False)
    assert (told.returncode, "devices.toml cannot be written: " in told.stderr) == (1, True)
    assert load_book(tmp_path) == old


def test_K2_a_strict_umask_of_the_wizards_does_not_shut_the_kiosk_out(tmp_path):
    """The wizard is root, the kiosk is not, and both must read what either wrote."""
    before = os.umask(0o077)
    try:
        change_book(tmp_path, lambda _: BOOK)
    finally:
        os.umask(before)
    assert (tmp_path / "devices.toml").stat().st_mode & 0o777 == 0o644


def test_K2_a_name_is_found_replaced_and_forgotten():
    """What is asked for and is not there is told with what is."""
    moved = ScannerEntry(name="counter-left", profile="generic", serial="S9")
    assert [entry.name for entry in BOOK.with_entry(moved)] == [entry.name for entry in BOOK]
    assert BOOK.with_entry(moved).find("counter-left") == moved
    assert [entry.name for entry in BOOK.without("labels")] == ["counter-left", "counter-right", "over-the-counter"]
    with pytest.raises(DeviceBookWrong, match="counter-left, counter-right"):
        BOOK.find("till")
    assert book_text(DeviceBook()) == HEADING


def test_K2_what_a_kiosk_last_knew_is_read_by_the_doctor(tmp_path):
    """A note that is broken is no note."""
    at = ManualClock().now()
    note = DeviceNote(name="counter-left", at=at, is_up=False, why="nothing is plugged in there", good_at=at, outages=2)
    write_notes(tmp_path, [note])
    assert read_notes(tmp_path) == {"counter-left": note}
    (tmp_path / "device-notes.json").write_text('[{"name": "x", "at": "2026-01-01T00:00:00", "is_up": true}]')
    assert read_notes(tmp_path) == {}
    for broken in ("[{", '[{"name": "x", "why": "", "deep": ' + "[" * 50_000):
        (tmp_path / "device-notes.json").write_text(broken)
        assert read_notes(tmp_path) == {}
    write_notes(tmp_path / "none", [note])
    assert read_notes(tmp_path / "none") == {}
