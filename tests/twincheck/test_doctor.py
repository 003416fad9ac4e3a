"""The doctor tells the truth about good and bad machines."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from photocore.testing import ManualClock
from twincheck import doctor, doctor_counter


class FixedDisk:
    """A disk with so much room, whatever is asked about."""

    def __init__(self, free: int) -> None:
        self.free = free

    def free_bytes(self, path: str) -> int:
        return self.free


def absent(name: str) -> object:
    raise OSError(f"{name}: cannot open shared object file")


def test_this_machine_is_examined_without_a_failure(capsys):
    """Where the checks run, nothing the product needs is missing; every line has a verdict."""
    assert doctor.command([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines} <= {"ok", "warn", "->"}
    assert any(line.startswith("ok    packages") for line in lines)


def test_the_same_is_told_as_json(capsys):
    """For a fleet's monitoring: objects with check, verdict, seen and next_step."""
    doctor.command(["--json"])
    findings = json.loads(capsys.readouterr().out)
    assert {tuple(finding) for finding in findings} == {("check", "verdict", "seen", "next_step")}
    assert {"python", "journal's sqlite", "config", "fonts", "clock", "disk"} <= {one["check"] for one in findings}


def test_every_bad_finding_says_what_to_do_next():
    """A warning without a next step only worries people."""
    bad = [
        doctor.check_python((3, 14)),
        doctor.check_sqlite(None),
        doctor.check_sqlite((3, 40, 1)),
        doctor.check_library("libGL.so.1", "libgl1", absent, why="screens"),
        doctor_counter.check_devices(Path("/nonexistent")),
        doctor.check_voice(("espeak-ng",), (), ()),
        doctor.check_voice((), (), ("de", "en")),
        doctor.check_disk(FixedDisk(1), Path()),
        doctor.check_clock(ManualClock(), installed_at=datetime(2030, 1, 1, tzinfo=UTC)),
    ]
    assert {finding.verdict for finding in bad} == {"warn", "fail"}
    assert [finding.check for finding in bad if not finding.next_step] == []


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ((3, 40, 1), "fail"),
        ((3, 51, 2), "fail"),
        ((3, 51, 3), "ok"),
        ((3, 52, 0), "fail"),
        ((3, 53, 0), "ok"),
        ((3, 54, 1), "ok"),
    ],
)
def test_a_journal_is_trusted_to_a_fixed_sqlite_only(version: tuple[int, ...], verdict: str):
    """3.53.0 has the WAL-reset fix, 3.51.3 carries it too, 3.52.0 was withdrawn."""
    assert doctor.check_sqlite(version).verdict == verdict


@pytest.mark.parametrize(("optional", "verdict"), [(True, "warn"), (False, "fail")])
def test_a_missing_library_is_named_with_its_debian_package(optional: bool, verdict: str):
    """What is optional only warns."""
    finding = doctor.check_library("libzbar.so.0", "libzbar0", absent, why="second opinion", optional=optional)
    assert finding.verdict == verdict
    assert finding.next_step == "sudo apt-get install libzbar0"


@pytest.mark.parametrize(("free", "verdict"), [(10**8, "fail"), (10**9, "warn"), (10**11, "ok")])
def test_a_full_disk_fails_before_the_counter_opens(free: int, verdict: str):
    """The journal must always be able to grow."""
    assert doctor.check_disk(FixedDisk(free), Path("/data")).verdict == verdict


def test_a_clock_before_the_installation_is_wrong(tmp_path: Path):
    """A till whose battery died comes up in the past."""
    clock = ManualClock()
    finding = doctor.check_clock(clock, installed_at=clock.now() + timedelta(days=1))
    assert finding.verdict == "warn"
    assert "before this software was installed" in finding.seen


def test_a_clock_kept_by_the_network_is_told(tmp_path: Path):
    """Otherwise it is only not known to be kept."""
    clock, mark = ManualClock(), tmp_path / "synchronized"
    installed = clock.now() - timedelta(days=1)
    assert "does not say" in doctor.check_clock(clock, installed_at=installed, network_time=mark).seen
    mark.touch()
    assert "kept by the network" in doctor.check_clock(clock, installed_at=installed, network_time=mark).seen


def test_devices_are_listed_and_closed_ones_named(tmp_path: Path):
    """A device without permission is the commonest first-day trouble."""
    (tmp_path / "usb").mkdir()
    (tmp_path / "ttyACM0").touch()
    (tmp_path / "usb/lp0").touch()
    assert doctor_counter.check_devices(tmp_path).seen == f"{tmp_path}/ttyACM0, {tmp_path}/usb/lp0"
    finding = doctor_counter.check_devices(tmp_path, may_use=lambda device: device.name != "lp0")
    assert finding.verdict == "warn"
    assert finding.seen == f"not ours to open: {tmp_path}/usb/lp0"
    assert "dialout" in finding.next_step


def test_the_embedded_database_is_a_warning_and_ones_own_is_not():
    """It is for the demo and the first day."""
    assert doctor.check_database(None).verdict == "warn"
    assert doctor.check_database("postgresql://db/twincheck").verdict == "ok"


def test_a_package_of_another_distribution_is_seen():
    """``sync`` of something else in the same environment would run in our place."""
    ours = doctor.distribution("twincheck")
    assert not doctor.is_shadowed("sync", ours, ["twincheck"])
    assert doctor.is_shadowed("sync", ours, ["twincheck", "othersync"])
    assert doctor.is_shadowed("json", ours, [])
