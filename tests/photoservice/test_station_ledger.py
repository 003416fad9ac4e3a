"""A station that joined stays known, and an ended key stays ended, whatever backup is put back (K4, K6)."""

from secrets import token_bytes

import msgspec
import pytest
from structlog.testing import capture_logs

from photocore.host import SystemEntropy
from photocore.testing import ManualClock
from photoservice.errors import LedgerDamaged, StartRefused
from photoservice.keyring import open_keyring
from photoservice.objects.marking import KEY
from photoservice.station_ledger import FILE, Enrolled, Revoked, open_station_ledger
from photoservice.testing import running_service
from sync.keys import load_station, save_station
from sync.wiring import enrol_real, open_real_station


def join(running, folder, builders, name="Kiosk"):
    """Let a real station join the store; return its ID."""
    url = running.url.replace("127.0.0.1", "localhost")
    enrol_real(url=url, code=running.enrol_code(builders.STORE), name=name, folder=folder)
    return load_station(folder).station


def carry(running, folder):
    """Let the station send what it owes; return its report and what is still unsent."""
    url = running.url.replace("127.0.0.1", "localhost")
    save_station(folder, msgspec.structs.replace(load_station(folder), url=url))
    station = open_real_station(folder, carry=False)
    try:
        return station.courier.carry_here(), station.desk.status().unsent
    finally:
        station.close()


def stations(running):
    return {row["id"]: row["revoked_at"] is not None for row in running.sql("select id, revoked_at from station")}


def test_K4_a_station_that_joined_after_the_backup_is_known_again_and_sends_all_it_owes(
    scratch, database, builders, tmp_path
):
    folder, counter = tmp_path / "service", tmp_path / "station"
    with running_service(database, folder) as running:
        running.add_store(builders.STORE, "Mitte")
    backup = scratch.copy(database)
    with running_service(database, folder) as running:
        station = join(running, counter, builders)

    with running_service(backup, folder) as running:
        assert stations(running) == {station: False}
        report, unsent = carry(running, counter)
        assert (report.ok, unsent) == (True, 0)
        assert running.sql("select 1 from event where station = $1 and verdict = 'applied'", station)
    scratch.drop(backup)


def test_K6_a_key_that_was_ended_after_the_backup_stays_ended(scratch, database, builders, tmp_path):
    folder, counter = tmp_path / "service", tmp_path / "station"
    with running_service(database, folder) as running:
        running.add_store(builders.STORE, "Mitte")
        station = join(running, counter, builders)
    backup = scratch.copy(database)
    with running_service(database, folder) as running:
        assert running.do(lambda session: running.service.enrolment.revoke(session, station))
        assert not running.do(lambda session: running.service.enrolment.revoke(session, station))

    with running_service(backup, folder) as running:
        assert stations(running) == {station: True}
    scratch.drop(backup)


def test_K4_a_database_older_than_the_ledger_itself_fills_it(scratch, database, builders, tmp_path):
    """An installation from before the ledger: whom the database knows is written into it at the next opening."""
    folder = tmp_path / "service"
    with running_service(database, folder) as running:
        running.add_store(builders.STORE, "Mitte")
    empty = scratch.copy(database)
    with running_service(database, folder) as running:
        live, ended = join(running, tmp_path / "one", builders), join(running, tmp_path / "two", builders)
        running.do(lambda session: running.service.enrolment.revoke(session, ended))
    (folder / FILE).unlink()
    with running_service(database, folder):
        pass
    with running_service(empty, folder) as running:
        assert stations(running) == {live: False, ended: True}
    scratch.drop(empty)


def test_K4_a_station_whose_store_is_gone_too_waits_for_the_store(scratch, database, builders, tmp_path):
    folder = tmp_path / "service"
    empty = scratch.fresh()
    with running_service(database, folder) as running:
        running.add_store(builders.STORE, "Mitte")
        station = join(running, tmp_path / "one", builders)
    (folder / "objects" / KEY).unlink()  # with no database left, whose pictures these are is said anew
    with running_service(empty, folder) as running:
        assert stations(running) == {}
        running.add_store(builders.STORE, "Mitte")
        with capture_logs() as logs:
            assert running.do(running.service.enrolment.carry_over) == 1
            assert running.do(running.service.enrolment.carry_over) == 0
        assert logs == []
        assert stations(running) == {station: False}
    scratch.drop(empty)


def entry(number):
    key = token_bytes(32).hex()
    at = ManualClock().now()
    # A name that ends as a line does, and holds what ends a JSON text.
    return Enrolled(station=f"ST-{number}", store="4" * 13, role="kiosk", name='a"}\n"}', public_key=key, at=at)


@pytest.fixture
def keyring(tmp_path):
    return open_keyring(tmp_path / "keys", SystemEntropy())


def test_K4_a_ledger_torn_at_any_byte_keeps_what_was_whole(tmp_path, keyring):
    ledger = open_station_ledger(tmp_path, keyring)
    first, second = entry(1), entry(2)
    for one in (first, Revoked(station="ST-1", at=first.at), second):
        ledger.add(one)
    whole = (tmp_path / FILE).read_bytes()
    start = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(start, len(whole)):
        (tmp_path / FILE).write_bytes(whole[:cut])
        again = open_station_ledger(tmp_path, keyring)
        assert list(again) == ([first, second] if cut == len(whole) - 1 else [first])
        assert again.end_of("ST-1") is not None
        again.add(second)
        assert list(open_station_ledger(tmp_path, keyring)) == [first, second]


def test_K4_a_ledger_changed_anywhere_refuses_to_open(tmp_path, keyring):
    ledger = open_station_ledger(tmp_path, keyring)
    ledger.add(entry(1))
    ledger.add(entry(2))
    whole = (tmp_path / FILE).read_bytes()
    for place in range(0, len(whole), 7):
        (tmp_path / FILE).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(LedgerDamaged, match="Bring its newest backup back"):
            open_station_ledger(tmp_path, keyring)
    assert issubclass(LedgerDamaged, StartRefused)
