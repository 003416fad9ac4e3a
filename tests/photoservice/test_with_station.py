"""The real station library against the real photoservice (K4, O6, O11, O19): journal, courier, HTTP, PostgreSQL."""

import shutil
from contextlib import ExitStack, contextmanager
from secrets import token_urlsafe

import requests

from photocore.cards import CardNumber, CardTable
from photocore.ids import ItemId
from photocore.label import RollLabel
from sync.views import MakeUpWish, RegisterWish
from sync.wiring import enrol_real, open_real_station

CLUB = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="none")
CARD = CardNumber(table="club", number="2912345678901")


def test_K4_O11_a_registration_at_a_real_station_is_confirmed_by_the_real_photoservice(world, builders, tmp_path):
    """Enrol, get the roster, register, sync: the photoservice knows it, and the station believes the ack."""
    world.running.add_store("9521141000038", "Station Square", retailer="Corner Photo", tables=(CLUB,))
    place = {"bizLocation": {"id": "https://id.gs1.org/414/9521141000038"}}
    package, rolls = world.pack("REALST01", **place)
    folder = tmp_path / "station"
    enrol_real(
        url=world.url.replace("127.0.0.1", "localhost"),
        code=world.running.enrol_code("9521141000038"),
        name="Kiosk",
        folder=folder,
    )
    station = open_real_station(folder)
    try:
        view = station.desk.look_up(ItemId(package))
        assert view.rolls == tuple(rolls)
        wish = RegisterWish(
            event_id=station.desk.mint_event_id(),
            item=ItemId(package),
            level="package",
            item_typed=False,
            card=CARD,
            card_typed=False,
            claim_code=None,
            language="en",
        )
        done = station.desk.register(wish)
        station.courier.sync_now(lambda _: None)

        assert station.desk.status().unsent == 0
        level = station.desk.level(done.claim)
        assert level.outcome is not None
    finally:
        station.close()
    row = world.registration(package)
    assert (row["word"], len(row["claims"])) == ("registered", 1)
    assert [r["verdict"] for r in world.sql("select verdict from event order by seq")] == ["applied", "applied"]


def test_K4_a_restored_photoservice_takes_a_real_stations_registrations_again(world, tmp_path):
    """It lost all it had after its backup; the station brings all back without secrets, none parked."""
    world.running.add_store("9521141000038", "Station Square", retailer="Corner Photo", tables=(CLUB,))
    package, rolls = world.pack("RESTORE1", bizLocation={"id": "https://id.gs1.org/414/9521141000038"})
    folder = tmp_path / "station"
    code = world.running.enrol_code("9521141000038")
    enrol_real(url=world.url.replace("127.0.0.1", "localhost"), code=code, name="Kiosk", folder=folder)
    station = open_real_station(folder, carry=False)
    try:
        wish = RegisterWish(
            event_id=station.desk.mint_event_id(),
            item=ItemId(package),
            level="package",
            item_typed=False,
            card=CARD,
            card_typed=False,
        )
        station.desk.register(wish)
        assert station.courier.carry_here().ok
    finally:
        station.close()
    world.sql("truncate event, event_personal, station_epoch, claim, access_code, registration, label_copy cascade")

    station = open_real_station(folder, carry=False)
    try:
        assert station.courier.carry_here().ok
        level = station.desk.level(wish.event_id)
        assert (level.word, station.desk.status().parked) == ("confirmed", 0)
        assert "new access code" in level.reason
        assert world.sql("select * from access_code") == []
        station.desk.reprint(wish.event_id, (), "the photoservice lost the code", receipt=True)
        assert station.courier.carry_here().ok
    finally:
        station.close()
    assert world.registration(package)["claims"] == [f"{station.file.station}/{wish.event_id}"]
    assert [row["voided_at"] for row in world.sql("select voided_at from access_code")] == [None]
    assert len(world.sql("select * from label_copy")) == len(rolls)


STORES = ("9521141000038", "9521141000045")
STAFF = "00112233445566aa"
OTHER_CARD = CardNumber(table="club", number="2912345678902")


def enrol(world, folder, store):
    """Add a store with one station and return the station's folder."""
    world.running.add_store(store, f"Store {store[-2:]}", retailer="Corner Photo", tables=(CLUB,))
    url = world.url.replace("127.0.0.1", "localhost")
    enrol_real(url=url, code=world.running.enrol_code(store), name="Kiosk", folder=folder)
    return folder


@contextmanager
def stations(*folders):
    """Open stations whose couriers go when they are told."""
    with ExitStack() as stack:
        opened = []
        for folder in folders:
            station = open_real_station(folder, carry=False)
            stack.callback(station.close)
            opened.append(station)
        yield opened


def wish_for(station, item, card, level="package", **more):
    return RegisterWish(
        event_id=station.desk.mint_event_id(),
        item=ItemId(item),
        level=level,
        item_typed=False,
        card=card,
        card_typed=False,
        **more,
    )


def print_all(station):
    """Print what waits, as a spooler would; return the claim code on each roll's label."""
    codes = {}
    queue = station.jobs
    while (job := queue.next_job()) is not None:
        if isinstance(job.label, RollLabel) and job.label.claim_code:
            codes[str(job.label.roll)] = job.label.claim_code
        queue.begin(job.id, "p1")
        queue.sent(job.id)
        queue.printed(job.id, "a test looked")
    return codes


def claim_at_home(world, roll, code):
    key = {"Idempotency-Key": token_urlsafe(24)}
    return requests.post(f"{world.url}/claims", json={"roll": roll, "code": code}, headers=key, timeout=30)


def test_O6_two_real_stations_that_register_one_package_are_both_told(world, tmp_path):
    """Two stores, one package: the second hears it in its ack, the first in its next round's news (K4)."""
    package, _ = world.pack("REALTWO1")
    with stations(*(enrol(world, tmp_path / store, store) for store in STORES)) as (one, two):
        a, b = wish_for(one, package, CARD), wish_for(two, package, OTHER_CARD)
        one.desk.register(a)
        assert one.courier.carry_here().ok
        assert one.desk.level(a.event_id).word == "confirmed"

        two.desk.register(b)
        assert two.courier.carry_here().ok
        assert two.desk.level(b.event_id).word == "contested"
        assert one.courier.carry_here().ok
        assert (one.desk.level(a.event_id).word, one.desk.status().contested) == ("contested", 1)

        two.desk.undo(b.event_id, "staff", "the other shopper was right")
        assert two.courier.carry_here().ok
        assert one.courier.carry_here().ok
        assert (one.desk.level(a.event_id).word, one.desk.status().contested) == ("confirmed", 0)


def test_O18_a_package_made_up_at_a_real_station_for_a_shopper_is_registered_whole(world, tmp_path):
    """One commit there, two facts here: the shopper owns every roll, and no claim code exists."""
    with stations(enrol(world, tmp_path / "one", STORES[0])) as (station,):
        claim = station.desk.mint_event_id()
        made = station.desk.make_up(
            MakeUpWish(
                event_id=station.desk.mint_event_id(),
                product="4006381333931",
                count=3,
                staff=STAFF,
                card=CARD,
                claim_id=claim,
            )
        )
        assert station.courier.carry_here().ok
        level = station.desk.level(claim)
        assert (level.word, station.desk.status().parked) == ("confirmed", 0)
    assert world.registration(str(made.package))["claims"] == [f"{station.file.station}/{claim}"]
    assert len(world.sql("select * from manifest_roll")) == 3
    assert world.sql("select * from claim_code") == []


def test_O6_O18_a_label_printed_at_a_real_station_registers_the_package_at_home(world, tmp_path):
    """Made up for the shelf, one label spoiled: the new code opens, the old one does not; then no reprint any more."""
    with stations(enrol(world, tmp_path / "one", STORES[0])) as (station,):
        wish = MakeUpWish(event_id=station.desk.mint_event_id(), product="4006381333931", count=3, staff=STAFF)
        made = station.desk.make_up(wish)
        first = print_all(station)
        roll = made.rolls[0]
        station.desk.reprint_presale(made.package, (roll,), staff=STAFF, reason="smudged")
        again = print_all(station)
        assert (set(first), set(again)) == (set(made.rolls), {roll})
        assert station.courier.carry_here().ok
        assert station.desk.status().parked == 0

        assert claim_at_home(world, roll, first[roll]).status_code == 403
        reply = claim_at_home(world, roll, again[roll])
        assert (reply.status_code, reply.json()["package"]) == (201, made.package)
        assert world.registration(made.package)["proof"] == "confirmed"

        station.desk.reprint_presale(made.package, None, staff=STAFF, reason="nobody told the store")
        print_all(station)
        assert station.courier.carry_here().ok
        (parked,) = station.desk.parked()
        assert (parked.kind, parked.cause) == ("ClaimCodesReplaced", "package_claimed")
    assert len(world.sql("select * from confirmation")) == 1


def test_K4_a_real_station_restored_from_last_nights_copy_gets_back_what_it_registered(world, tmp_path):
    """Its disk of last night; the photoservice gives it its events, it learns what stands, and goes on."""
    package, _ = world.pack("REALBACK")
    later, _ = world.pack("REALBACL")
    folder = enrol(world, tmp_path / "one", STORES[0])
    with stations(folder) as (station,):
        assert station.courier.carry_here().ok
    shutil.copytree(folder, tmp_path / "night")
    with stations(folder) as (station,):
        wish = wish_for(station, package, CARD)
        station.desk.register(wish)
        made = station.desk.make_up(
            MakeUpWish(event_id=station.desk.mint_event_id(), product="4006381333931", count=2, staff=STAFF)
        )
        assert station.courier.carry_here().ok

    with stations(tmp_path / "night") as (station,):
        assert station.courier.carry_here().ok
        assert station.courier.carry_here().ok
        assert station.desk.level(wish.event_id).word == "confirmed"
        assert station.desk.find_made_up(made.package).rolls == made.rolls
        assert station.desk.status().restored >= 2
        fresh = wish_for(station, later, CARD)
        station.desk.register(fresh)
        assert station.courier.carry_here().ok
        assert station.desk.level(fresh.event_id).word == "confirmed"
    assert world.sql("select * from event_fork") == []
    assert world.sql("select held_why from station where held_at is not null") == []
