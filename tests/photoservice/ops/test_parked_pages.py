"""Parked events on the operators' pages: seen by their public part, tried again, corrected, closed (DESIGN 5E)."""

import pytest

CARD = "952114100000000018"
OTHER = "9521141000014"


@pytest.fixture
def desk(operator):
    return operator("support")


@pytest.fixture
def parked(world, station):
    """A station is held by mistake, and what a shopper did meanwhile is parked."""
    package, _ = world.pack("PARK0001")
    station.send()
    world.sql("update station set held_at = now(), held_why = 'by mistake' where id = $1", station.id)
    claim = station.claim(package, CARD)
    station.send(claim)
    assert world.registration(package) is None
    return package, claim


def at(station, event):
    return f"/ops/parked/{station.id}/{event.id}"


def test_O6_a_parked_event_is_shown_without_its_sealed_parts_and_tried_again(world, desk, station, parked, entries):
    """Held: nothing is tried. Released: it is applied, and no card and no code ever stood on a page."""
    package, claim = parked
    listed = desk.page("/ops/parked")
    assert all(text in listed for text in (claim.id, "the station is held", "Corner Photo Mitte"))
    page = desk.page(at(station, claim))
    assert all(text in page for text in (package, claim.public["number"], "Nobody is shown those"))
    secret = station.secrets[claim.id].access_code
    assert not [text for text in (CARD, secret, claim.sealed.box) if text in page]
    assert desk.post(f"/ops/parked/{station.id}/retry").status_code == 422
    world.sql("update station set held_at = null, held_why = ''")
    desk.page(at(station, claim))
    assert "1 applied now, 0 still parked" in desk.done(f"/ops/parked/{station.id}/retry").text
    assert world.registration(package)["word"] == "registered"
    assert desk.get(at(station, claim)).status_code == 404
    assert "Nothing is parked" in desk.page("/ops/parked")
    kinds = [one["kind"] for one in entries() if one["kind"].startswith("parked")]
    assert kinds[:1] + kinds[-1:] == ["parked_seen", "parked_retried"]


def test_O6_a_closed_event_is_kept_and_not_tried_again(world, desk, station, parked, entries):
    """With a reason, once; it is found again where settled ones are asked for."""
    package, claim = parked
    desk.page(at(station, claim))
    assert desk.post(at(station, claim) + "/close", why="").status_code == 422
    desk.page(at(station, claim))
    done = desk.done(at(station, claim) + "/close", why="The shopper took it back")
    assert "Closed by" in done.text
    assert desk.post(at(station, claim) + "/close", why="twice").status_code == 422
    assert claim.id not in desk.page("/ops/parked")
    assert claim.id in desk.page(f"/ops/parked?settled=1&station={station.id}&cause=held")
    world.sql("update station set held_at = null, held_why = ''")
    desk.page("/ops/parked")
    assert "0 applied now, 0 still parked" in desk.done(f"/ops/parked/{station.id}/retry").text
    assert world.registration(package) is None
    (entry,) = entries("parked_closed")
    assert (entry["subject"], "took it back" in entry["about"]) == (claim.id, True)


def test_O6_a_stations_own_correction_is_shown_on_both(world, desk, station, builders):
    """The counter wrote another event that names the parked one."""
    package, _ = world.pack("PARK0002")
    wrong = station.claim(package, CARD, store=OTHER)
    station.send()
    right = station.claim(package, CARD, corrects=wrong.id)
    station.send()
    page = desk.page(at(station, wrong))
    assert all(text in page for text in ("stands for this one", right.id, "another store"))
    assert wrong.id not in desk.page("/ops/parked")
    assert wrong.id in desk.page("/ops/parked?settled=1")


def test_O1_what_a_maker_forwarded_wrongly_is_shown_and_closed(world, desk, operator, builders, entries):
    """A roll of another package: parked; the maker's own people see it, another's do not."""
    _, rolls = world.pack("PARK0003")
    again = builders.packing(builders.package_id("PARK0004"), rolls[:1])
    assert world.captured(builders.document(again))["photo:parked"] == 1
    (row,) = world.sql("select content_hash, event_id from epcis_event where verdict = 'parked'")
    path = f"/ops/parked/lists/{row['content_hash']}"
    assert "Halide" in desk.page("/ops/parked/lists")
    page = desk.page(path)
    assert all(text in page for text in ("is in the package", "AggregationEvent", row["event_id"]))
    mine, other = operator("support", tenant="Halide"), operator("support", tenant="Corner Photo", name="bob")
    assert (mine.get(path).status_code, other.get(path).status_code) == (200, 404)
    assert "Nothing is parked" in other.page("/ops/parked/lists")
    assert other.post(path + "/close", why="because").status_code == 404
    desk.page(path)
    desk.done(path + "/close", why="They know")
    assert desk.post(path + "/close", why="twice").status_code == 422
    assert "Nothing is parked" in desk.page("/ops/parked/lists")
    assert row["content_hash"] in desk.page("/ops/parked/lists?closed=1")
    assert entries("parked_closed")[0]["subject"] == row["content_hash"]


def test_O6_who_may_and_what_makes_no_sense(world, operator, station, parked):
    """A viewer looks, and settles nothing; another tenant's people find nothing."""
    _, claim = parked
    world.running.add_tenant("Discount Film", "retailer", "9521888", gln="9521141000038")
    viewer, stranger = operator("viewer"), operator("support", tenant="Discount Film")
    assert viewer.get(at(station, claim)).status_code == 200
    for path in (f"/ops/parked/{station.id}/retry", at(station, claim) + "/close"):
        assert viewer.post(path, why="because").status_code == 403
        assert stranger.post(path, why="because").status_code == 404
    assert stranger.get(at(station, claim)).status_code == 404
    assert "Nothing is parked" in stranger.page("/ops/parked")
    for odd in ("?cause=bad%20luck", "?behind=AAAA", "?behind=%00"):
        assert viewer.get("/ops/parked" + odd).status_code == 400
    assert viewer.get("/ops/parked/lists/none").status_code == 404
