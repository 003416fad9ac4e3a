"""The doctor before a station and a counter that really have the fault it names."""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from photocore.host import SystemClock, SystemDisk
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.testing import ManualClock, SeededEntropy
from sync.enrolment import enrol
from sync.journal import DATABASE, LOCK
from sync.lock import WriterLock
from sync.outbox import Owed
from sync.testing import FakePhotoservice
from twincheck.doctor import check_disk, command
from twincheck.doctor_counter import check_devices, check_display, check_inputs, check_touch
from twincheck.doctor_station import check_owed, check_roster, examine_station
from twincheck.findings import Finding
from twincheck.wiring import try_address

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ROSTER = RosterSnapshot(
    version=7,
    made_at="2026-11-21T09:00:00.000Z",
    store=Store(gln="4012345000009", name="Halide & Co."),
    settings=StoreSettings(access_url="https://photos.example/r"),
)


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """An enrolled station's folder, nobody running on it."""
    entropy = SeededEntropy(1)
    service = FakePhotoservice(ROSTER, clock=SystemClock(), entropy=entropy)
    folder = tmp_path / "station"
    enrol(
        url="http://127.0.0.1:9",
        code=service.issue_code(),
        name="Counter",
        folder=folder,
        channel=service,
        entropy=entropy,
    )
    return folder


def found(folder: Path, trouble: str = "") -> dict[str, Finding]:
    """Return what the doctor says of ``folder``, by check."""
    return {finding.check: finding for finding in examine_station(folder, ManualClock(), lambda url: trouble)}


def test_K2_a_healthy_station_is_told_as_such(station: Path) -> None:
    """Enrolled, whole, sent, up to date; only that no kiosk runs on it is a warning."""
    told = found(station)
    assert {name for name, finding in told.items() if finding.verdict != "ok"} == {"kiosk"}
    assert told["enrolment"].seen == "Counter, of the photoservice at http://127.0.0.1:9"
    assert told["store's list"].seen.startswith("version 7, 0 hours")


def test_K2_a_running_kiosk_is_seen_and_not_disturbed(station: Path) -> None:
    """Its lock is looked at, never taken."""
    lock = WriterLock(station / LOCK)
    assert found(station)["kiosk"].seen == f"running, as process {os.getpid()}"
    lock.release()


def test_K5_at_a_till_nobody_is_told_to_start_a_kiosk(station: Path) -> None:
    """A kiosk on the bridge's journal would lock it out; how the bridge does is a line of its own."""
    (station / "till.toml").touch()
    assert "kiosk" not in found(station)


def test_K2_no_station_and_a_broken_one_are_two_things(tmp_path: Path, station: Path) -> None:
    """An empty machine has a next step; a folder whose file is broken is a failure."""
    (none,) = found(tmp_path / "nothing").values()
    assert (none.check, none.verdict) == ("enrolment", "warn")
    assert "station enrol" in none.next_step
    (station / "station.toml").write_text("not = [toml")
    (broken,) = found(station).values()
    assert (broken.check, broken.verdict) == ("enrolment", "fail")


def test_K2_a_damaged_journal_is_a_failure_and_nobody_is_told_to_delete_it(station: Path) -> None:
    """Its middle is overwritten: what is in it may be all there is."""
    journal = station / DATABASE
    whole = journal.read_bytes()
    journal.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    told = found(station)["journal"]
    assert told.verdict == "fail"
    assert "support" in told.next_step
    assert "delete" not in told.next_step
    journal.unlink()
    assert found(station)["journal"].verdict == "fail"


def test_K2_a_broken_list_of_the_stores_is_told(station: Path) -> None:
    """Its row is there and cannot be read."""
    connection = apsw.Connection(str(station / DATABASE))
    connection.execute("update roster set head = ?", (b"{",))
    connection.close()
    told = found(station)["store's list"]
    assert told.verdict == "fail"
    assert "cannot be read" in told.seen


@pytest.mark.parametrize(("days", "verdict"), [(1, "ok"), (13, "ok"), (15, "warn")])
def test_K2_an_old_list_is_told_with_its_age(days: int, verdict: str) -> None:
    """Prices and films change; two weeks are too long."""
    now = datetime.fromisoformat(ROSTER.made_at) + timedelta(days=days)
    assert check_roster(msgspec.json.encode(ROSTER), now).verdict == verdict
    assert check_roster(None, now).verdict == "warn"


@pytest.mark.parametrize(("hours", "verdict"), [(1, "ok"), (35, "ok"), (37, "warn"), (8 * 24, "fail")])
def test_K2_what_waits_too_long_is_told_and_said_to_be_safe(hours: int, verdict: str) -> None:
    """One missed night is a warning, a week a failure."""
    told = check_owed(Owed(unsent=3, oldest_at=NOW - timedelta(hours=hours), parked=0), NOW)
    assert told.verdict == verdict
    assert "safe here" in told.seen
    assert bool(told.next_step) == (verdict != "ok")
    assert "wait for a person" in check_owed(Owed(unsent=0, oldest_at=None, parked=2), NOW).seen


def test_K2_a_service_that_does_not_answer_is_told_as_what_is_wrong(station: Path) -> None:
    """The kiosk works on, and the sentence says so."""
    told = found(station, "no answer")["photoservice"]
    assert told.verdict == "warn"
    assert "The kiosk works on" in told.seen
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert try_address(f"http://127.0.0.1:{port}") == ""
    assert try_address(f"http://127.0.0.1:{port}") == "Connection refused"
    assert "its name is not known" in try_address("https://no-such-store.invalid")


def test_K2_a_certificate_that_is_not_good_is_told_and_the_clock_asked_about(bad_tls: int) -> None:
    """Somebody between us and the service, or a battery that died."""
    told = try_address(f"https://127.0.0.1:{bad_tls}")
    assert "its certificate is not good" in told
    assert "clock" in told


@pytest.fixture
def bad_tls(tmp_path: Path) -> Iterator[int]:
    """The port of a server with a certificate that nobody signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(NOW - timedelta(days=900)).not_valid_after(NOW + timedelta(days=9000))
    certificate, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, private)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            way, _ = server.accept()
            try:
                context.wrap_socket(way, server_side=True).close()
            except OSError:
                way.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(30)


# -- the counter ----------------------------------------------------------------------------------


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not open a device")
def test_K2_a_device_that_is_not_ours_is_named_with_the_group_to_join(tmp_path: Path) -> None:
    """Permission really taken away: asked as nobody, of files that belong to root and a group of Debian's.

    Not every image has the group ``input``: udev brings it.
    """
    for name, group in (("ttyACM0", "dialout"), ("input/event3", "plugdev")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch(mode=0o660)
        shutil.chown(tmp_path / name, "root", group)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder.stat().st_mode & 0o077 == 0:
            folder.chmod(0o711)
    tmp_path.chmod(0o755)
    code = (
        "import os, sys; from pathlib import Path; from twincheck.doctor_counter import check_devices, check_inputs\n"
        "os.setgid(65534); os.setgroups([]); os.setuid(65534); dev = Path(sys.argv[1])\n"
        "print(check_devices(dev).next_step); print(check_inputs(dev).next_step)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        text=True,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    devices, inputs = ran.stdout.splitlines()
    assert devices == "sudo usermod -aG dialout $USER, then sign in again"
    assert "usermod -aG plugdev" in inputs


def test_K2_display_touch_screen_and_keypad_are_told_as_they_are(tmp_path: Path) -> None:
    """None, dead, small and good ones; a kernel without a list; no device at all."""
    assert check_display(has_display=False, size=None).verdict == "warn"
    assert "does not answer" in check_display(has_display=True, size=None).seen
    assert check_display(has_display=True, size=(640, 480)).verdict == "warn"
    assert check_display(has_display=True, size=(1080, 1920)) == Finding(
        check="display", verdict="ok", seen="1080x1920"
    )
    assert "cannot be told" in check_touch(tmp_path / "none").seen
    listed = tmp_path / "devices"
    listed.write_text('N: Name="ILITEK ILITEK-TP"\nB: PROP=2\nB: KEY=400 0 0 0 0 0\nB: ABS=2608000 3\n')
    assert check_touch(listed) == Finding(check="touch screen", verdict="ok", seen="ILITEK ILITEK-TP")
    listed.write_text("")
    assert check_touch(listed).verdict == "warn"
    assert check_inputs(tmp_path).verdict == "ok"
    assert check_devices(tmp_path).verdict == "warn"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a disk that is full")
def test_K2_a_full_disk_fails_on_a_disk_that_is_full(tmp_path: Path) -> None:
    """A file system of one megabyte, where this machine lets us make one."""
    full = tmp_path / "full"
    full.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(full)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this machine lets nobody mount: no small disk to fill")
    try:
        assert check_disk(SystemDisk(), full).verdict == "fail"
    finally:
        subprocess.run(["umount", str(full)], check=True)


def test_K2_the_station_is_named_on_the_command_line(station: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--dir`` as everywhere; a broken station makes the exit code 1."""
    assert command(["--dir", str(station)]) == 0
    assert "Counter, of the photoservice at" in capsys.readouterr().out
    (station / "station.toml").write_text("not = [toml")
    assert command(["--dir", str(station), "--json"]) == 1
