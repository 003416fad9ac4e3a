"""The real station library against the real photoservice (K4, O6, O11, O19): journal, courier, HTTP, PostgreSQL."""

from photocore.cards import CardNumber, CardTable
from photocore.ids import ItemId
from sync.views import RegisterWish
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
