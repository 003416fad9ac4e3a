"""Tenants, stores and stations on the operators' pages: added, changed, shown once, held and ended (issue 9; S3)."""

import re

import pytest
import requests

STORE, NEW = "9521141000007", "9521141000052"


def secret(page):
    found = re.search(r'<p class="card once"><code[^>]*>([^<]+)</code>', page)
    assert found, page
    return found[1]


def id_of(world, name):
    return world.sql("select id from tenant where name = $1", name)[0]["id"]


def capture(world, key):
    return requests.get(f"{world.url}/capture", headers={"Authorization": f"Bearer {key}"}, timeout=30).status_code


@pytest.fixture
def boss(operator):
    return operator("manager")


def form_of_store(**more):
    fields = {"name": "Photo Kiosk", "timezone": "Europe/Paris", "labels": "print", "activation": "till"}
    return {**fields, "make_up": "staff", "retailer": "", **more}


def test_O20_a_tenants_key_is_shown_once_changed_and_ended(world, boss, entries):
    """It opens what it should, until another is made; nothing of it is in the audit or on the next page."""
    boss.page("/ops/tenants")
    wish = {"name": "Baryta Works", "kind": "maker", "prefixes": "4006381, 4006382", "gln": ""}
    first = secret(boss.done("/ops/tenants", **wish).text)
    tenant = id_of(world, "Baryta Works")
    page = boss.page(f"/ops/tenants/{tenant}")
    assert ("4006382" in page, first in page, capture(world, first)) == (True, False, 200)
    second = secret(boss.done(f"/ops/tenants/{tenant}/key", why="It was mailed around").text)
    assert (capture(world, first), capture(world, second)) == (401, 200)
    boss.page("/ops/tenants")
    boss.done(f"/ops/tenants/{tenant}/revoke", why="They closed")
    assert capture(world, second) == 401
    assert boss.post(f"/ops/tenants/{tenant}/revoke", why="They closed").status_code == 422
    assert ("Baryta" in boss.page("/ops/tenants"), "Baryta" in boss.page("/ops/tenants?revoked=1")) == (False, True)
    back = secret(boss.done(f"/ops/tenants/{tenant}/key", why="They opened again").text)
    assert capture(world, back) == 200
    written = entries()
    kinds = ["tenant_added", "tenant_key_made", "tenant_revoked", "tenant_key_made"]
    assert [one["kind"] for one in written if one["subject"] == tenant] == kinds
    assert not [one for one in written for key in (first, second, back) if key in str(one)]


def test_O20_prefixes_and_quotas_are_changed_within_their_rules(world, boss, entries):
    """Another maker's prefix is refused, one that is none too; no bound goes below what is kept."""
    tenant = id_of(world, "Corner Photo")
    boss.page("/ops/tenants")
    boss.done(f"/ops/tenants/{tenant}/prefixes", prefix="4012345")
    boss.done(f"/ops/tenants/{tenant}/prefixes", take="9521999")
    assert "4012345" in boss.page(f"/ops/tenants/{tenant}")
    for odd in ({"prefix": "12"}, {"prefix": "4012345"}, {"prefix": "abc"}, {"prefix": ""}):
        assert boss.post(f"/ops/tenants/{tenant}/prefixes", **odd).status_code == 422, odd
    assert boss.post(f"/ops/tenants/{tenant}/prefixes", take="9521999").status_code == 404
    maker = id_of(world, "Halide")
    other = boss.post("/ops/tenants", name="Copycat", kind="maker", prefixes="95211419", gln="")
    assert other.status_code == 422
    boss.page("/ops")
    boss.done(f"/ops/tenants/{maker}/quota", gigabytes="1,5")
    assert world.sql("select quota from images.tenant_storage where tenant = $1", maker)[0]["quota"] == 1_500_000_000
    boss.done(f"/ops/tenants/{maker}/quota", gigabytes="")
    assert world.sql("select quota from images.tenant_storage where tenant = $1", maker)[0]["quota"] is None
    for odd in ("-1", "x", "99999999999", "1e9"):
        assert boss.post(f"/ops/tenants/{maker}/quota", gigabytes=odd).status_code == 400, odd
    assert len(entries("tenant_changed")) == 2
    assert len(entries("quota_changed")) == 2


def test_O20_a_store_is_added_and_changed_and_a_station_joins_by_its_code(world, boss, builders, entries):
    """The code is shown once and lets one station in; the station hears of the change with its next roster."""
    boss.page("/ops/stores")
    boss.done("/ops/stores", gln=NEW, **form_of_store(retailer=id_of(world, "Corner Photo")))
    page = boss.page(f"/ops/stores/{NEW}")
    assert all(text in page for text in ("Photo Kiosk", "Europe/Paris", "Corner Photo", "No station here"))
    code = secret(boss.done(f"/ops/stores/{NEW}/enrol", role="kiosk").text)
    station = builders.Station(url=world.url, clock=world.clock, store=NEW)
    assert station.enrol(code).status_code == 201
    station.open_epoch()
    station.send()
    assert builders.Station(url=world.url, clock=world.clock, store=NEW).enrol(code).status_code == 401
    boss.page("/ops")
    boss.done(f"/ops/stores/{NEW}", **form_of_store(name="Photo Kiosk Süd", retailer=id_of(world, "Corner Photo")))
    assert "Photo Kiosk Süd" in station.roster().text
    assert code not in str(entries())
    assert [one["kind"] for one in entries()][-3:] == ["store_added", "enrol_code_made", "store_changed"]
    assert '"name":"Photo Kiosk Süd"' in entries("store_changed")[0]["about"]


NONSENSE = (
    ({"gln": STORE}, 422),
    ({"gln": "9521141000053"}, 422),
    ({"gln": NEW, "timezone": "Mars/Olympus"}, 422),
    ({"gln": NEW, "name": ""}, 422),
    ({"gln": NEW, "name": "x" * 61}, 422),
    ({"gln": NEW, "labels": "none"}, 400),
    ({"gln": NEW, "retailer": "T-NOBODY"}, 400),
)


def test_O20_a_store_that_makes_no_sense_is_not_added(world, boss, entries):
    boss.page("/ops/stores")
    for fields, status in NONSENSE:
        reply = boss.post("/ops/stores", **{**form_of_store(), **fields})
        assert reply.status_code == status, (fields, reply.status_code)
    assert boss.post(f"/ops/stores/{STORE}/enrol", role="emperor").status_code == 422
    assert boss.post(f"/ops/stores/{NEW}/enrol", role="kiosk").status_code == 404
    assert [one["kind"] for one in entries()] == ["operator_added"]


def test_O20_a_station_is_held_released_and_ended(world, boss, station, entries):
    """What it sends while it is held is parked, none lost; what is ended opens nothing."""
    station.send()
    page = boss.page(f"/ops/stations/{station.id}")
    assert all(text in page for text in (station.id, "Corner Photo Mitte", "PackageClaimed", "EpochOpened"))
    boss.done(f"/ops/stations/{station.id}/hold", why="The counter was broken into")
    package, _ = world.pack("FLEET001")
    station.claim(package)
    assert [v.verdict.value for v in station.send().verdicts] == ["duplicate", "parked"]
    assert "broken into" in boss.page(f"/ops/stations/{station.id}")
    assert station.id in boss.page("/ops/stations?of=held")
    assert boss.post(f"/ops/stations/{station.id}/hold", why="twice").status_code == 422
    boss.page("/ops")
    boss.done(f"/ops/stations/{station.id}/release", why="It was the owner's son")
    assert boss.post(f"/ops/stations/{station.id}/release", why="twice").status_code == 422
    boss.page("/ops")
    boss.done(f"/ops/stations/{station.id}/revoke", why="It is sold")
    assert boss.post(f"/ops/stations/{station.id}/revoke", why="twice").status_code == 422
    assert station.id not in boss.page("/ops/stations?of=live")
    assert [one["kind"] for one in entries()][-3:] == ["station_held", "station_released", "station_revoked"]
    world.clock.advance(3 * 86_400)
    boss.http.cookies.clear()


def test_O20_stations_that_are_silent_are_found_and_lists_go_on_page_by_page(world, operator, station):
    """Fifty a page, none twice, none missed; who was not heard of for two days is silent."""
    world.sql(
        "insert into station (id, store, role, name, public_key, enrolled_at)"
        " select 'ST-MANY' || n, $1, 'kiosk', 'Same name', decode(lpad(n::text, 64, '0'), 'hex'), now()"
        " from generate_series(1, 120) as n",
        STORE,
    )
    viewer, seen = operator("viewer"), []
    page = viewer.page("/ops/stations?of=silent")
    while True:
        seen += re.findall(r'href="/ops/stations/(ST-MANY\d+)"', page)
        onward = re.search(r'class="button second" href="(/ops/stations\?[^"]+)"', page)
        if onward is None:
            break
        page = viewer.page(onward[1].replace("&amp;", "&"))
    assert (len(seen), len(set(seen))) == (120, 120)
    assert viewer.get("/ops/stations?of=lost").status_code == 400


def test_O20_who_may_and_whose_fleet_it_is(world, operator, station, entries):
    """A viewer changes nothing; one tenant's people see their own stores alone, and change no tenant."""
    world.running.add_tenant("Discount Film", "retailer", "9521888", gln="9521141000038")
    viewer, mine = operator("viewer"), operator("manager", tenant="Corner Photo")
    stranger = operator("manager", tenant="Discount Film")
    why, tenant = {"why": "because"}, id_of(world, "Corner Photo")
    assert viewer.get(f"/ops/stations/{station.id}").status_code == 200
    for path in (f"/ops/stations/{station.id}/revoke", "/ops/stores", f"/ops/stores/{STORE}/enrol", "/ops/tenants"):
        assert viewer.post(path, **why).status_code == 403, path
    for path in (f"/ops/stations/{station.id}", f"/ops/stores/{STORE}", f"/ops/tenants/{tenant}"):
        assert (mine.get(path).status_code, stranger.get(path).status_code) == (200, 404), path
    assert ("Halide" in mine.page("/ops/tenants"), "Corner Photo" in mine.page("/ops/tenants")) == (False, True)
    for path in ("/ops/stores", "/ops/stations"):
        assert "Corner Photo Mitte" not in stranger.page(path)
    stranger.page("/ops")
    for path in (f"/ops/stations/{station.id}/hold", f"/ops/stores/{STORE}/enrol", f"/ops/tenants/{tenant}/key"):
        assert stranger.post(path, role="kiosk", **why).status_code == 404, path
    assert mine.post(f"/ops/tenants/{tenant}/key", **why).status_code == 404
    assert mine.post("/ops/tenants", name="Mine", kind="lab", prefixes="", gln="").status_code == 404
    mine.page("/ops")
    taken = form_of_store(retailer=id_of(world, "Discount Film"))
    mine.done(f"/ops/stores/{STORE}", **taken)
    assert world.sql("select retailer from store where gln = $1", STORE)[0]["retailer"] == tenant
    assert mine.post(f"/ops/stores/{STORE}/enrol", role="kiosk", csrf="0" * 32).status_code == 403
    assert {one["tenant"] for one in entries() if one["kind"] != "operator_added"} == {tenant}
