"""The service as processes that are started, stopped and killed (O1): with its own PostgreSQL, and with ours."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import asyncpg
import pytest
import requests

from photocore.testing import ManualClock
from photoservice.db.migrate import migrate, read_migrations
from photoservice.db.named import load_queries
from photoservice.errors import QueryUnnamed, SchemaForeign
from photoservice.testing import ServiceProcess, open_folder
from photoservice.wiring import QUERIES


@pytest.mark.timeout(400)
def test_O1_a_fresh_machine_is_set_up_by_the_command_line_alone_and_keeps_its_data(builders):
    """serve embeds PostgreSQL; tenants, stores and codes are made beside it; stopped and started, all is there."""
    with open_folder() as folder, ServiceProcess(folder / "data") as service:
        key = service.run("tenant", "add", "--name", "Halide", "--kind", "maker", "--prefix", "9521141")
        service.run("tenant", "add", "--name", "Corner", "--kind", "retailer")
        service.run("store", "add", "--gln", builders.STORE, "--name", "Mitte", "--make-up", "shopper")
        service.run("store", "set", "--gln", builders.STORE, "--retailer", "Corner", "--make-up", "staff")
        code = service.run("enrol-code", "--store", builders.STORE)
        station = builders.Station(url=service.url, clock=ManualClock())
        assert station.enrol(code).status_code == 201
        station.open_epoch()
        station.claim(builders.package_id("PROC0001"))
        assert [v.verdict.value for v in station.send().verdicts] == ["applied", "applied"]
        assert "1 HELD" not in service.run("stations")
        wrong = station.claim(builders.package_id("PROC0002"), store="9521141000014")
        station.send(wrong)
        assert "other_store" in service.run("parked")
        station.claim(builders.package_id("PROC0002"), corrects=wrong.id)
        station.send(station.events[-1])
        assert service.run("parked") == ""
        assert wrong.id in service.run("parked", "--all")
        assert service.run("retry", station.id) == "0 applied, 0 still parked."
        assert station.id in service.run("stations")
        till = builders.Station(url=service.url, clock=ManualClock())
        assert till.enrol(service.run("enrol-code", "--store", builders.STORE, "--role", "till")).status_code == 201
        till.sell(builders.package_id("PROC0001"))
        assert [v.verdict.value for v in till.send().verdicts] == ["applied"]

        assert service.stop() == 0
        service.start()

        station.url = service.url
        verdicts = [v.verdict.value for v in station.send().verdicts]
        assert verdicts == ["duplicate", "duplicate", "parked", "duplicate"]
        jobs = requests.get(f"{service.url}/capture", headers={"Authorization": f"Bearer {key}"}, timeout=30)
        assert jobs.json() == []
        assert service.stop() == 0
        assert not (folder / "data" / "postgres" / "postmaster.pid").exists()


@pytest.mark.timeout(400)
def test_O1_killed_at_any_moment_the_service_keeps_what_it_acked_and_applies_once(database, builders):
    """kill -9 between commit and reply, again and again; the station resends until it is acked: each claim once."""
    with open_folder() as folder, ServiceProcess(folder / "data", database=database) as service:
        service.run("store", "add", "--gln", builders.STORE, "--name", "Mitte")
        station = builders.Station(url=service.url, clock=ManualClock())
        assert station.enrol(service.run("enrol-code", "--store", builders.STORE)).status_code == 201
        station.open_epoch()
        acked = set()
        for n in range(8):
            for more in range(20):
                station.claim(builders.package_id(f"KILL{n:02}{more:02}"))
            batch = station.events[-20:] if n else station.events
            killer = threading.Timer(0.004 * n, service.kill)
            killer.start()
            with contextlib.suppress(requests.RequestException, AssertionError):
                acked |= {v.id for v in station.send(*batch).verdicts}
            killer.join()
            service.start()
            station.url = service.url
            ack = station.send(*batch)
            assert {v.verdict.value for v in ack.verdicts} <= {"applied", "duplicate"}
            assert {v.verdict.value for v in ack.verdicts if v.id in acked} <= {"duplicate"}
        assert ack.high.seq == len(station.events) == 161

    rows = asyncio.run(_rows(database, "select count(*) as claims, count(distinct id) as ids from claim"))
    assert dict(rows[0]) == {"claims": 160, "ids": 160}


@pytest.mark.timeout(400)
def test_O1_killed_while_it_serves_an_embedded_database_it_comes_back_with_everything(builders):
    """The database outlives its service, is joined by the next, and stops with it."""
    with open_folder() as folder, ServiceProcess(folder / "data") as service:
        service.run("store", "add", "--gln", builders.STORE, "--name", "Mitte")
        service.kill()
        service.start()
        assert len(service.run("enrol-code", "--store", builders.STORE)) == 11
        assert service.stop() == 0
        assert not (folder / "data" / "postgres" / "postmaster.pid").exists()


def test_O1_two_processes_migrate_one_database_at_once(scratch):
    """One advisory lock: all of them succeed, each step runs once."""
    url = scratch.empty()
    command = [sys.executable, "-m", "photoservice.cli", "migrate", "--database", url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=60) for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], said
    assert sorted(out.startswith("Ran") for out, _ in said) == [False, False, True]
    rows = asyncio.run(_rows(url, "select number from schema_migration order by number"))
    assert [row["number"] for row in rows] == [m.number for m in read_migrations()]


def test_O1_an_edited_migration_or_a_newer_database_is_refused(scratch, tmp_path):
    """What has run is never edited, and an older program does not touch a newer database."""
    url = scratch.empty()
    (tmp_path / "0001_one.sql").write_text("create table one (x integer);")
    assert asyncio.run(migrate(url, tmp_path)) == ["one"]
    assert asyncio.run(migrate(url, tmp_path)) == []
    (tmp_path / "0001_one.sql").write_text("create table one (x bigint);")
    with pytest.raises(SchemaForeign, match="edited"):
        asyncio.run(migrate(url, tmp_path))
    (tmp_path / "0001_one.sql").unlink()
    with pytest.raises(SchemaForeign, match="does not know"):
        asyncio.run(migrate(url, tmp_path))


def test_O1_a_migration_that_fails_leaves_nothing_behind(scratch, tmp_path):
    """Each step is one transaction."""
    url = scratch.empty()
    (tmp_path / "0001_bad.sql").write_text("create table one (x integer); select * from nowhere;")
    with pytest.raises(asyncpg.UndefinedTableError):
        asyncio.run(migrate(url, tmp_path))
    assert asyncio.run(_rows(url, "select to_regclass('one') as one"))[0]["one"] is None


def test_every_query_has_a_name_and_a_sentence(tmp_path):
    """SQL lives in .sql files, and the database itself accepts each of them (see the next test)."""
    assert len(load_queries(QUERIES)) > 80
    (tmp_path / "x.sql").write_text("-- name: nameless_sentence\nselect 1;\n")
    with pytest.raises(QueryUnnamed):
        load_queries(tmp_path)


def test_the_database_can_prepare_every_query(database):
    """No typo waits for the day it is first asked."""

    async def prepare_all():
        connection = await asyncpg.connect(database)
        try:
            for sql in load_queries(QUERIES).values():
                await connection.prepare(sql)
        finally:
            await connection.close()

    asyncio.run(prepare_all())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("serve", "--host", "0.0.0.0"), "without TLS"),
        (("enrol-code", "--store", "9521141000007"), "no store"),
        (("store", "add", "--gln", "9521141000008", "--name", "x"), "GLN"),
        (("store", "add", "--gln", "9521141000007", "--name", "x", "--retailer", "nobody"), "no retailer"),
        (("station", "revoke", "ST-X"), "no station"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(database, tmp_path, words, told):
    """No traceback for what a person can mend."""
    command = [sys.executable, "-m", "photoservice.cli", *words, "--dir", str(tmp_path / "d"), "--database", database]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("serve", "--port", "99999"), "no port 99999"),
        (("serve", "--database", "nonsense", "--port", "0"), "address cannot be read"),
        (("migrate", "--database", "postgresql://me:s3cret@localhost:port/x"), "address cannot be read"),
        (("serve", "--database", "postgresql://me:s3cret@localhost:1/x", "--port", "0"), "does not let us in"),
        (("migrate", "--database", "postgresql://me:s3cret@nowhere.invalid/x"), "does not let us in"),
    ],
)
def test_a_port_or_a_database_that_cannot_be_had_is_told_in_one_sentence(tmp_path, words, told):
    """No traceback, and the password of the address is not repeated."""
    done = _run(*words, "--dir", str(tmp_path / "d"))
    assert done.returncode == 1
    assert told in done.stderr
    assert "s3cret" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "words", [("enrol-code", "--store", "9521141000007"), ("tenant", "add", "--name", "x", "--kind", "maker")]
)
def test_a_mistyped_folder_is_told_and_no_database_is_built_there(tmp_path, words):
    """Only serve and migrate begin one; the others work on what there is."""
    done = _run(*words, "--dir", str(tmp_path / "TYPO"))
    assert done.returncode == 1
    assert "no service data in" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "TYPO").exists()


def test_O1_a_tenant_added_while_the_first_serve_is_only_starting_waits_for_it():
    """Both lines of the first set-up pasted at once: the folder is not there yet when the second looks."""
    with open_folder() as folder:
        add = ("tenant", "add", "--name", "Halide", "--kind", "maker", "--dir", str(folder / "data"))
        command = [sys.executable, "-m", "photoservice.cli", *add]
        adding = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with ServiceProcess(folder / "data"):
            key, said = adding.communicate(timeout=60)
    assert (adding.returncode, len(key.strip()) > 20) == (0, True), said


def _run(*words):
    command = [sys.executable, "-m", "photoservice.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def _rows(url, statement):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement)
    finally:
        await connection.close()


def _lines_of(log, count):
    """Return the lines of a log once there are as many."""
    deadline = time.monotonic() + 30
    while len(lines := log.read_text().splitlines()) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [json.loads(line) for line in lines]


def test_attack_A28_garbage_on_the_socket_is_a_line_of_the_log_like_any_other(database):
    """What libraries say of it is JSON, too, and repeats nothing of what was sent."""
    options = ("--log-level", "info")
    with open_folder() as folder, ServiceProcess(folder / "data", database=database, options=options) as service:
        at = urlsplit(service.url)
        with socket.create_connection((at.hostname, at.port), timeout=30) as one:
            one.sendall(b'{"level": "error", "event": "forged"}\r\n\r\n')
            assert one.recv(1000).startswith(b"HTTP/1.1 400")
        requests.get(f"{service.url}/health", timeout=30)
        begun, *lines = _lines_of(service.log, 3)  # a line is written after its answer
        assert begun["event"] == "catalogue.shipped_one_published"
        assert [line["event"] for line in lines] == ["library.said", "request.answered"]
        assert lines[0]["library"] == "uvicorn.error"
