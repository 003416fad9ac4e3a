"""The doctor names each device of the station's book: where it is, what is wrong with it, when it last worked."""

from datetime import timedelta

import pytest

from hardware.inventory import PrinterEntry, ScannerEntry, change_book, find_devices
from hardware.inventory.notes import DeviceNote, write_notes
from hardware.inventory.testing import MachineOfFiles, Plug
from photocore.testing import ManualClock
from twincheck.doctor_devices import examine_devices


@pytest.fixture
def machine(tmp_path):
    return MachineOfFiles(tmp_path / "machine")


def findings(folder, machine, clock=None, **options):
    options = {"may_open": lambda node: True} | options
    return {
        finding.check: finding
        for finding in examine_devices(folder, clock or ManualClock(), lambda: find_devices(machine.root), **options)
    }


def name(folder, **said):
    change_book(folder, lambda book: book.with_new(ScannerEntry(profile="generic", **said)))


def test_K2_each_named_device_is_a_line_with_its_last_good_scan(tmp_path, machine):
    """What a kiosk noted stands beside what the machine shows."""
    clock = ManualClock()
    name(tmp_path, name="left", serial="S1")
    change_book(
        tmp_path,
        lambda book: book.with_new(PrinterEntry(name="labels", profile="generic-80mm", url="tcp://10.0.0.4:9100")),
    )
    machine.plug(Plug(serial="S1"))
    now = clock.now()
    write_notes(
        tmp_path,
        [
            DeviceNote(name="left", at=now, is_up=True, good_at=now - timedelta(minutes=7), outages=2),
            DeviceNote(name="labels", at=now - timedelta(hours=5), is_up=False, why="nothing listens there", faults=1),
        ],
    )
    seen = findings(tmp_path, machine, clock)
    assert seen["left"].verdict == "ok"
    assert seen["left"].seen == (
        "there, at /dev/ttyACM0 (last good scan 7 minutes ago, lost 2 times; told by the kiosk just now)"
    )
    assert seen["labels"].seen == (
        "at tcp://10.0.0.4:9100, tried when it is used "
        "(no label proven yet, 1 faults, down: nothing listens there; told by the kiosk 5 hours ago)"
    )


def test_K2_what_is_missing_replaced_alike_or_moved_says_what_to_do(tmp_path, machine):
    """Each of them a warning with a next step."""
    name(tmp_path, name="gone", by_path="nowhere")
    name(tmp_path, name="alike", by_id="usb-Symbol_Technologies__Inc__2008_Symbol_Bar_Code_Scanner-if00")
    name(tmp_path, name="moved", serial="S3", by_path="pci-0000:00:14.0-usb-0:9:1.0")
    machine.plug(Plug())
    machine.plug(Plug(file="ttyACM1", port="2"))
    machine.plug(Plug(file="ttyACM3", port="3", serial="S3"))
    seen = findings(tmp_path, machine)
    assert {check: finding.verdict for check, finding in seen.items()} == {
        "gone": "warn",
        "alike": "warn",
        "moved": "warn",
    }
    assert seen["gone"].seen.startswith("missing; perhaps replaced by Symbol Technologies")
    assert "twincheck devices replace gone" in seen["gone"].next_step
    assert seen["alike"].seen == "two devices fit its name, and it is not guessed which"
    assert seen["moved"].seen == "there, at /dev/ttyACM3, in another socket than noted"
    assert all(finding.next_step for finding in seen.values())


def test_K2_a_device_that_is_not_ours_to_open_is_told(tmp_path, machine):
    """The commonest first-day trouble."""
    name(tmp_path, name="left", serial="S1")
    assert findings(tmp_path, machine)["left"].next_step.startswith("plug it in")
    machine.plug(Plug(serial="S1"))
    finding = findings(tmp_path, machine, may_open=lambda node: False)["left"]
    assert (finding.verdict, "may not be opened" in finding.next_step) == ("warn", True)


def test_K2_a_broken_book_fails_and_none_says_nothing(tmp_path, machine):
    """A station without names is no fault."""
    assert findings(tmp_path, machine) == {}
    (tmp_path / "devices.toml").write_text("scanner = 7")
    assert findings(tmp_path, machine)["device book"].verdict == "fail"
