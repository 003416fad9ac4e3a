"""Erased stays erased (K4, O6, A24): a backup put back, events sent again, a restart, processes, a torn ledger."""

import asyncio
import json
from contextlib import contextmanager
from secrets import token_bytes

import msgspec
import pytest
from structlog.testing import capture_logs

from photocore.cards import CardNumber, CardTable
from photocore.host import SystemEntropy
from photocore.ids import ItemId
from photocore.kinds import PackageClaimedSealed
from photocore.testing import ManualClock
from photoservice.db.driver import connect
from photoservice.erasures import FILE, Erasure, open_erasures
from photoservice.errors import LedgerDamaged, StartRefused, Unknown
from photoservice.keyring import open_keyring
from photoservice.settings import Settings
from photoservice.testing import ServiceProcess, open_folder, running_service
from photoservice.wiring import open_service
from sync.keys import load_station, save_station
from sync.views import RegisterWish
from sync.wiring import enrol_real, open_real_station

CLUB = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="none")
CARD = CardNumber(table="club", number="2912345678901")
NUMBER = "952114100000000018"


def erase(running, account):
    running.do(lambda session: running.service.accounts.erase(session, account))


def outcome(ack, claim):
    return next(verdict.outcome for verdict in ack.verdicts if verdict.id == claim.id)


def is_bare(running, account):
    """Say whether nothing personal of an account can be read: it has no key, and no card leads to it."""
    keys = running.sql("select * from account_key where account = $1", account)
    return not keys and not running.sql("select * from account_card where account = $1", account)


def own(running, event):
    """Return whose a claim is, and what is kept of it personally."""
    (claim,) = running.sql("select account from claim where id = $1", event)
    return claim["account"], len(running.sql("select * from event_personal where event = $1", event))


# A real station, a database from a backup.


def register(folder, url, package):
    """Let the real station in ``folder`` register a package and send all it owes; return the event."""
    save_station(folder, msgspec.structs.replace(load_station(folder), url=url.replace("127.0.0.1", "localhost")))
    station = open_real_station(folder, carry=False)
    try:
        event = None
        if package is not None:
            event = station.desk.mint_event_id()
            wish = RegisterWish(
                event_id=event, item=ItemId(package), level="unknown", item_typed=False, card=CARD, card_typed=False
            )
            station.desk.register(wish)
        assert station.courier.carry_here().ok
        assert (station.desk.status().unsent, station.desk.status().parked) == (0, 0)
        return event
    finally:
        station.close()


@pytest.mark.parametrize("backup_knows", ["the account", "nobody"])
def test_K4_A24_erased_then_restored_then_sent_again_by_a_real_station_is_still_erased(
    scratch, database, builders, tmp_path, backup_knows
):
    """Neither the backup's key nor the station's events bring the person back; counts and chain are whole."""
    folder, counter = tmp_path / "service", tmp_path / "station"
    packages = [builders.package_id(f"ERASED{n:02}") for n in range(3)]
    with running_service(database, folder) as running:
        running.add_store(builders.STORE, "Mitte", tables=(CLUB,))
        url = running.url.replace("127.0.0.1", "localhost")
        enrol_real(url=url, code=running.enrol_code(builders.STORE), name="Kiosk", folder=counter)
        events = [register(counter, running.url, packages[0])] if backup_knows == "the account" else []
    backup = scratch.copy(database)
    with running_service(database, folder) as running:
        events += [register(counter, running.url, package) for package in packages[len(events) : 2]]
        before = running.sql("select station, epoch, seq, hash, verdict from event order by seq, id")
        (account,) = {own(running, event)[0] for event in events}
        erase(running, account)
        assert is_bare(running, account)

    with running_service(backup, folder) as running:
        assert is_bare(running, account)
        assert len(running.sql("select * from event")) < len(before)
        register(counter, running.url, None)

        assert is_bare(running, account)
        assert running.sql("select * from account_card") == []
        again = running.sql("select station, epoch, seq, hash, verdict from event")
        kept = {(row["seq"], row["hash"], row["verdict"]) for row in before}
        assert kept <= {(row["seq"], row["hash"], row["verdict"]) for row in again}
        assert {own(running, event)[0] for event in events} == {account}
        assert own(running, events[1]) == (account, 0)

        anew = register(counter, running.url, packages[2])
        fresh, personal = own(running, anew)
        assert fresh != account
        assert (personal, is_bare(running, fresh), is_bare(running, account)) == (1, False, True)
    scratch.drop(backup)


# Which claims are the erased person's.


@contextmanager
def counter(database, folder, clock, builders, station=None):
    """Open the service on a database, with a station that shares its clock."""
    with running_service(database, folder, clock=clock) as running:
        if station is None:
            running.add_store(builders.STORE, "Mitte")
            station = builders.Station(url=running.url, clock=clock)
            assert station.enrol(running.enrol_code(builders.STORE)).status_code == 201
            station.open_epoch()
            station.send()
        station.url = running.url
        yield running, station


def test_K4_A24_no_clock_lets_an_acknowledged_claim_back_in(scratch, database, builders, tmp_path, clock):
    """Its station's clock stood a year ahead: it says it was written after the erasure, and is known by its name."""
    folder = tmp_path / "service"
    with counter(database, folder, clock, builders) as (_, station):
        pass
    backup = scratch.copy(database)
    with counter(database, folder, clock, builders, station) as (running, station):
        station.clock = ManualClock()
        station.clock.advance(366 * 86_400)
        claim = station.claim(builders.package_id("AHEAD001"))
        account = outcome(station.send(claim), claim).account
        erase(running, account)
    with counter(backup, folder, clock, builders, station) as (running, station):
        assert outcome(station.send(claim), claim).account == account
        assert (own(running, claim.id), is_bare(running, account)) == ((account, 0), True)
    scratch.drop(backup)


def test_K4_A24_a_claim_that_was_on_its_way_is_the_erased_persons_and_a_later_one_is_not(world, station, builders):
    """What was written before the erasure brings nobody back; who registers after it begins anew, and can be erased."""
    first, late = station.claim(builders.package_id("ONWAY001")), station.claim(builders.package_id("ONWAY002"))
    account = outcome(station.send(*station.events[:2]), first).account
    world.clock.advance(60)
    erase(world.running, account)

    assert outcome(station.send(late), late).account == account
    assert (own(world.running, late.id), is_bare(world.running, account)) == ((account, 0), True)
    later = station.claim(builders.package_id("ONWAY003"))
    fresh = outcome(station.send(later), later).account
    assert fresh != account
    assert (own(world.running, later.id), is_bare(world.running, fresh)) == ((fresh, 1), False)

    world.clock.advance(60)
    last = station.claim(builders.package_id("ONWAY004"))
    world.clock.advance(60)
    erase(world.running, fresh)
    assert outcome(station.send(last), last).account == fresh
    assert own(world.running, last.id) == (fresh, 0)


def test_K4_A24_an_account_that_a_backup_knows_by_another_name_is_erased_too(
    scratch, database, builders, tmp_path, clock
):
    """An older backup made the account anew, that one was erased, and then the newer backup comes back."""
    folder = tmp_path / "service"
    with counter(database, folder, clock, builders) as (_, station):
        pass
    older = scratch.copy(database)
    with counter(database, folder, clock, builders, station) as (_, station):
        claim = station.claim(builders.package_id("NAMES001"))
        one = outcome(station.send(claim), claim).account
    with counter(older, folder, clock, builders, station) as (running, station):
        other = outcome(station.send(claim), claim).account
        assert other != one
        clock.advance(60)
        erase(running, other)
    with capture_logs() as logs, counter(database, folder, clock, builders, station) as (running, station):
        assert is_bare(running, one)
        assert [line["accounts"] for line in logs if line["event"] == "erasures.carried_out_again"] == [1]
    scratch.drop(older)


def test_K4_A24_a_claim_is_its_erasures_that_names_it_whatever_the_clocks_say(ledger, clock):
    """Erased, begun anew, erased: a claim of the second life that says it is older than the first is of the second."""
    card = token_bytes(32)
    lives = [Erasure(account=f"A-L{n}", at=clock.now(), cards=(card.hex(),), events=(f"ST-1/L{n}",)) for n in (1, 2)]
    for life in lives:
        ledger.add(life)
    early, late = "2020-01-01T00:00:00.000Z", "2030-01-01T00:00:00.000Z"
    assert [ledger.of_claim(card, "ST-1/L2", at) for at in (early, late)] == [lives[1], lives[1]]
    assert [ledger.of_claim(card, "ST-2/L2", at) for at in (early, late)] == [lives[0], None]
    assert ledger.of_claim(token_bytes(32), "ST-1/L1", early) is None


def test_K4_A24_nothing_is_destroyed_that_the_ledger_does_not_hold(world, station, builders, monkeypatch):
    """The disk refuses the ledger's line: the key stays. The transaction is lost after it: erased all the same."""
    claim = station.claim(builders.package_id("ORDER001"))
    account = outcome(station.send(), claim).account

    def refuse(handle):
        raise OSError("no space left on device")

    with monkeypatch.context() as full:
        full.setattr("photoservice.ledger.os.fsync", refuse)
        with pytest.raises(OSError, match="no space"):
            erase(world.running, account)
    assert not is_bare(world.running, account)

    async def lose(session):
        await world.running.service.accounts.erase(session, account)
        raise RuntimeError("lost")

    with pytest.raises(RuntimeError, match="lost"):
        world.running.do(lose)
    assert not is_bare(world.running, account)
    world.clock.advance(60)
    again = station.claim(builders.package_id("ORDER002"))
    assert outcome(station.send(again), again).account != account
    assert is_bare(world.running, account)


def test_K4_A24_an_account_that_is_not_there_is_not_erased(world):
    with pytest.raises(Unknown, match="A-NOBODY"):
        erase(world.running, "A-NOBODY")


# The ledger.


@pytest.fixture
def keyring(tmp_path):
    return open_keyring(tmp_path / "keys", SystemEntropy())


def erasure(n, clock):
    return Erasure(account=f"A-{n}", at=clock.now(), cards=(token_bytes(32).hex(),), events=(f"ST-1/{n}",))


@pytest.fixture
def ledger(tmp_path, keyring, clock):
    ledger = open_erasures(tmp_path, keyring)
    for n in range(3):
        ledger.add(erasure(n, clock))
        ledger.add(erasure(n, clock))
    return ledger


def names(ledger):
    return [erasure.account for erasure in ledger]


def test_K4_A24_the_ledger_is_read_again_and_two_of_them_agree(tmp_path, keyring, ledger, clock):
    """An account stands in it once, in a file of its owner's; who has it open learns what another one wrote."""
    other = open_erasures(tmp_path, keyring)
    assert names(other) == ["A-0", "A-1", "A-2"]
    other.add(erasure(3, clock))
    ledger.add(erasure(4, clock))
    other.refresh()
    assert names(other) == names(ledger) == ["A-0", "A-1", "A-2", "A-3", "A-4"]
    (first, *_) = other
    assert list(other.of_card(bytes.fromhex(first.cards[0]))) == [first]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_K4_A24_a_last_line_torn_at_any_byte_is_mended_with_a_log_line(tmp_path, keyring, ledger, clock):
    """It is cut off, as its erasure never took place; only the line's end missing, it is given its end."""
    whole = (tmp_path / FILE).read_bytes()
    start = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in range(start, len(whole)):
        (tmp_path / FILE).write_bytes(whole[:cut])
        with capture_logs() as logs:
            opened = open_erasures(tmp_path, keyring)
        assert names(opened) == (["A-0", "A-1", "A-2"] if cut == len(whole) - 1 else ["A-0", "A-1"])
        said = [line["event"] for line in logs]
        assert said == ([] if cut == start else ["ledger.torn_line_mended"])
        opened.add(erasure(9, clock))
        assert names(open_erasures(tmp_path, keyring))[-1] == "A-9"


def test_K4_A24_any_other_damage_refuses_to_start(tmp_path, keyring, ledger, database):
    """A changed byte anywhere, a line left out, a line of another service: nobody may come back unseen."""
    whole = (tmp_path / FILE).read_bytes()
    lines = whole.splitlines(keepends=True)
    for place in range(len(whole)):
        (tmp_path / FILE).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(LedgerDamaged):
            open_erasures(tmp_path, keyring)
    for damaged in (lines[1:], [lines[0], lines[2]], [lines[1], lines[0], lines[2]], [*lines, lines[0]]):
        (tmp_path / FILE).write_bytes(b"".join(damaged))
        with pytest.raises(LedgerDamaged):
            open_erasures(tmp_path, keyring)

    async def start():
        async with open_service(Settings(folder=tmp_path), database):
            pass

    with pytest.raises(StartRefused, match="Bring its newest backup back"):
        asyncio.run(start())


@pytest.mark.parametrize("how", ["gone", "shorter", "another"])
def test_K4_A24_a_ledger_that_is_taken_away_while_we_run_stops_claims(tmp_path, ledger, clock, how):
    """Going on would bring people back; stations keep what is not acknowledged."""
    path = tmp_path / FILE
    match how:
        case "gone":
            path.unlink()
        case "shorter":
            path.write_bytes(path.read_bytes()[:-5])
        case "another":
            path.rename(tmp_path / "away")
            path.write_bytes((tmp_path / "away").read_bytes())
    with pytest.raises(LedgerDamaged):
        ledger.refresh()
    with pytest.raises(LedgerDamaged):
        ledger.add(erasure(5, clock))


def test_K4_A24_the_ledger_holds_no_card_number(world, station, builders):
    claim = station.claim(builders.package_id("PLAIN001"), NUMBER)
    account = outcome(station.send(), claim).account
    erase(world.running, account)
    service = world.running.service
    (line,) = (service.settings.folder / FILE).read_text().splitlines()
    told = json.loads(line)["erasure"]
    card = PackageClaimedSealed(card_table="demo-gsrn", card_number=NUMBER)
    assert told["cards"] == [service.accounts.lookup(card).hex()]
    assert (told["account"], told["events"]) == (account, [f"{station.id}/{claim.id}"])
    assert NUMBER not in line


# Processes.


@pytest.mark.timeout(400)
def test_K4_A24_one_process_erases_and_the_one_that_serves_knows_at_once(database, builders):
    """The operator's verb runs beside serve; then the database loses all events, and the station sends them again."""

    async def ask(*statements):
        connection = await connect(database)
        try:
            return [await connection.fetch(statement) for statement in statements][-1]
        finally:
            await connection.close()

    with open_folder() as folder, ServiceProcess(folder / "data", database=database) as service:
        service.run("store", "add", "--gln", builders.STORE, "--name", "Mitte")
        station = builders.Station(url=service.url, clock=ManualClock())
        assert station.enrol(service.run("enrol-code", "--store", builders.STORE)).status_code == 201
        station.open_epoch()
        claim = station.claim(builders.package_id("PROCES01"))
        account = outcome(station.send(), claim).account
        with pytest.raises(RuntimeError, match="There is no account A-NOBODY"):
            service.run("account", "erase", "A-NOBODY")
        assert service.run("account", "erase", account) == ""
        lost = "event, event_personal, station_epoch, claim, access_code, account, registration"
        asyncio.run(ask(f"truncate {lost} cascade"))

        assert outcome(station.send(), claim).account == account
        service.kill()
        service.start()
        station.url = service.url
        assert [verdict.verdict.value for verdict in station.send().verdicts] == ["duplicate", "duplicate"]
        for table in ("account_key", "account_card", "event_personal"):
            assert asyncio.run(ask(f"select * from {table}")) == []
