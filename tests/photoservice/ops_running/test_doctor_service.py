"""`twincheck photoservice doctor`: what it says of a service that is well, and of each thing that is not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from photocore.findings import as_text, exit_code
from photocore.testing import ManualClock
from photoservice.cli import command
from photoservice.doctoring.machine import (
    check_address,
    check_backup,
    check_certificate,
    check_clock,
    check_mail,
    check_room,
)
from photoservice.settings import Settings
from photoservice.testing import running_service

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def lived(database, tmp_path):
    """A service that was started once and has stopped; its folder and its database."""
    settings = Settings(folder=tmp_path / "service", derive_here=False)
    with running_service(database, settings.folder, settings=settings) as running:
        running.add_tenant("Halide", "maker", "9521141")
    return settings.folder, database


@pytest.fixture
def ask(lived, capsys):
    """Asks the doctor, and returns its exit code and its findings by name."""

    def asked(*options, database=None):
        folder, url = lived
        code = command(["doctor", "--json", "--dir", str(folder), "--database", database or url, *options])
        found = {one["check"]: one for one in json.loads(capsys.readouterr().out)}
        return code, found

    return asked


def failed(found):
    return {name for name, one in found.items() if one["verdict"] == "fail"}


def test_O21_a_service_that_was_started_once_is_well_and_warned_of_what_it_lacks(lived, ask):
    """... and the doctor changed nothing of it."""
    folder, _ = lived
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    code, found = ask()
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert (code, failed(found)) == (0, set())
    warned = {name for name, one in found.items() if one["verdict"] == "warn"}
    assert {"address", "mail", "operators", "backup"} <= warned
    assert {"keys", "keys fit", "ledgers", "schema", "objects", "clock", "plans", "originals"} <= set(found) - warned
    assert all(one["next_step"] for one in found.values() if one["verdict"] != "ok")


def test_O21_keys_ledgers_schema_and_store_that_are_not_as_they_were_are_told(lived, ask, scratch, tmp_path):
    folder, _ = lived
    ledger = folder / "stations.jsonl"
    ledger.write_text('{"station": {}, "check": "00"}\n')
    assert failed(ask()[1]) == {"ledgers"}
    ledger.unlink()
    assert "missing" in ask()[1]["ledgers"]["seen"]
    ledger.write_text("")
    (folder / "objects" / "mark" / "store").write_text("another")
    code, found = ask()
    assert (code, failed(found)) == (1, {"objects"})
    assert failed(ask(database=scratch.empty())[1]) == {"schema"}
    (folder / "keys" / "pepper.key").chmod(0o644)
    assert "pepper.key" in ask()[1]["keys"]["seen"]
    (folder / "keys" / "pepper.key").write_bytes(bytes(32))
    (folder / "keys" / "pepper.key").chmod(0o600)
    assert "keys fit" in failed(ask()[1])
    (folder / "keys" / "pepper.key").unlink()
    assert {"keys"} <= failed(ask()[1])
    assert not (folder / "keys" / "pepper.key").exists(), "a key is never made by the doctor"


def test_O21_a_database_that_is_away_and_a_folder_without_a_service_are_told(ask, tmp_path, capsys):
    code, found = ask(database="postgresql://nobody@127.0.0.1:1/none")
    assert (code, failed(found)) == (1, {"postgresql"})
    assert command(["doctor", "--json", "--dir", str(tmp_path / "nowhere")]) == 1
    found = {one["check"]: one for one in json.loads(capsys.readouterr().out)}
    assert {"keys", "postgresql"} <= failed(found)
    assert not (tmp_path / "nowhere").exists()


def test_O21_what_waits_too_long_is_told(world, capsys, settings):
    """A plan that nobody looked at, damage, an operator, parked events: each is one finding."""
    world.sql(
        "insert into goods.uncounted (image, roll, at) values ('IM-1', 'R-1', now() - interval '30 minutes')",
    )
    package, _ = world.pack("DOCTOR01")
    station = world.station()
    station.open_epoch()
    station.claim(package)
    station.claim(package, card="952114100000000025")
    station.send()
    database = world.running.service.settings.database
    code = command(["doctor", "--json", "--dir", str(settings.folder), "--database", database])
    told = capsys.readouterr().out  # the service of this very process logs there, too
    found = {one["check"]: one for one in json.JSONDecoder().raw_decode(told, told.index("[\n  {"))[0]}
    assert found["contested"]["seen"] == "1 registrations wait for a ruling"
    assert found["contested"]["verdict"] == "warn"
    assert code in (0, 1)


class FreeDisk:
    def __init__(self, free):
        self.free = free

    def free_bytes(self, _):
        return self.free


def test_O21_room_clock_address_and_mail_are_judged_by_what_they_would_do(tmp_path):
    assert [check_room(FreeDisk(n), "disk", tmp_path, keep_free=10**9).verdict for n in (10**12, 3 * 10**9, 10**8)] == [
        "ok",
        "warn",
        "fail",
    ]
    clock = ManualClock()
    offs = (0, 60, -900)
    assert [check_clock(clock, clock.now() + timedelta(seconds=n)).verdict for n in offs] == ["ok", "warn", "fail"]
    base = Settings(folder=tmp_path)
    world = replace(base, public_url="https://photos.example")
    assert [one.verdict for one in check_address(base)] == ["warn"]
    assert [one.verdict for one in check_address(world)] == ["ok", "warn"]
    assert [one.verdict for one in check_address(replace(world, trusted_proxies=("127.0.0.1/32",)))] == ["ok"]
    assert [one.verdict for one in check_address(replace(base, public_url="http://photos.example"))] == ["fail"]
    mails = (None, "folder:/tmp/mail", "smtps://us:secret@mail.example:465")
    findings = [check_mail(replace(base, mail=mail)) for mail in mails]
    assert [one.verdict for one in findings] == ["warn", "warn", "ok"]
    assert "secret" not in as_text(findings)


def test_O21_a_certificate_that_ends_soon_is_told_before_it_does(tmp_path):
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "photos.example")])
    for days, verdict in ((90, "ok"), (5, "warn"), (-1, "fail")):
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), 1)
            .not_valid_before(NOW - timedelta(days=100))
            .not_valid_after(NOW + timedelta(days=days))
            .sign(key, hashes.SHA256())
        )
        path = tmp_path / "cert.pem"
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        settings = Settings(folder=tmp_path, tls_cert=path)
        assert [one.verdict for one in check_certificate(settings, NOW)] == [verdict]
    path.write_text("no certificate")
    assert [one.verdict for one in check_certificate(settings, NOW)] == ["fail"]


def test_O21_the_newest_backup_is_judged_by_its_age(tmp_path):
    assert check_backup(None, NOW).verdict == "warn"
    assert check_backup(tmp_path / "none", NOW).verdict == "fail"
    for name, verdict in (("20261101T020000Z", "fail"), ("20261120T020000Z", "warn"), ("20261122T020000Z", "ok")):
        (tmp_path / "snapshots" / name).mkdir(parents=True)
        (tmp_path / "snapshots" / name / "snapshot.json").write_text("{}")
        assert check_backup(tmp_path, NOW).verdict == verdict


def test_the_exit_code_is_the_worst_verdict_and_warnings_pass():
    assert exit_code([check_backup(None, NOW)]) == 0
    assert exit_code([check_backup(None, NOW), check_mail(Settings(folder=None, mail="smtp://m.example"))]) == 0
