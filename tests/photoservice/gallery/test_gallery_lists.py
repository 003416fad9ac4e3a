"""Lists of rolls and frames, and the search in them: by day, by stock, by words, from page to page (O1)."""

import base64
from datetime import date, timedelta
from io import BytesIO

import msgspec
import pytest
import requests
from lxml import etree
from PIL import Image

from photoservice.gallery.cursors import FramePlace, RollPlace, write_cursor
from photoservice.gallery.rolls import Search, list_rolls
from photoservice.gallery.sight import Sight

STOCKS = ("Kodak Gold 200", "Kodak Portra 400", "Ilford HP5 Plus", "kodak gold 400", "")


@pytest.fixture
def shelf(archive, lab):
    """Forty rolls with one picture each, of five stocks, scanned on twenty days; and one of somebody else."""
    tenant = archive.tenant("Silver Lab")
    known = []
    for n in range(40):
        said = {"stock": STOCKS[n % 5], "scanned_on": date(2026, 10, 1) + timedelta(days=n // 2), "note": f"box{n % 7}"}
        roll = f"(01)09521141012352(21)SHELF{n:03}"
        archive.file(roll, "1", tenant, made=False, **said)
        known.append((said["scanned_on"], roll, said))
    archive.describe("TCR-EMPTY", tenant, note="box1 promised and never sent", stock="Kodak Gold 200")
    retailer = archive.tenant("Corner Photo")
    archive.file(
        "TCR-THEIRS", "1", retailer, made=False, stock="Kodak Gold 200", note="box1", scanned_on=date(2026, 10, 5)
    )
    return sorted(known, reverse=True)


def pages(asker, path, **query):
    """Return the rolls of a list, page after page."""
    found, cursor = [], ""
    while cursor is not None:
        asked = "&".join(f"{name}={value}" for name, value in {**query, "cursor": cursor}.items() if value != "")
        told = asker.told(f"{path}?{asked}")
        page = told["rolls"] if "rolls" in told else told["frames"]
        assert len(page) <= query.get("limit", 100)
        found, cursor = found + page, told["next"]
    return found


def test_O1_rolls_are_found_by_day_stock_and_words_page_by_page(lab, shelf):
    """Each list is complete, without doubles, from the last day backwards."""

    def names(**query):
        return [roll["roll"] for roll in pages(lab, "/rolls", **query)]

    def wanted(fits):
        return [roll for day, roll, said in shelf if fits(day, said)]

    everything = wanted(lambda _day, _said: True)
    assert names() == names(limit=7) == names(limit=1) == names(limit=40) == everything
    assert names(**{"from": "2026-10-05", "to": "2026-10-09"}, limit=3) == wanted(lambda day, _: 5 <= day.day <= 9)
    assert names(**{"from": "2026-10-19"}) == wanted(lambda day, _: day >= date(2026, 10, 19))
    assert names(to="2026-10-02") == wanted(lambda day, _: day <= date(2026, 10, 2))
    assert names(**{"from": "2026-10-09", "to": "2026-10-05"}) == []
    assert names(stock="kodak gold 200", limit=3) == wanted(lambda _, said: said["stock"] == "Kodak Gold 200")
    assert names(stock="Kodak Gold*", limit=3) == wanted(lambda _, said: said["stock"].lower().startswith("kodak gold"))
    assert names(stock="KODAK*", limit=5, to="2026-10-10") == wanted(
        lambda day, said: said["stock"].lower().startswith("kodak") and day <= date(2026, 10, 10)
    )
    assert names(stock="*", limit=9) == everything
    assert names(stock="Agfa") == names(stock="Agfa*") == names(stock="Kodak") == []
    assert names(q="box3", limit=2) == wanted(lambda _, said: said["note"] == "box3")
    assert names(q="GOLD box3") == wanted(lambda _, said: said["note"] == "box3" and "gold" in said["stock"].lower())
    assert names(q="gold", stock="Kodak Gold 200", limit=2) == names(stock="Kodak Gold 200")
    assert names(q="SHELF017") == ["(01)09521141012352(21)SHELF017"]
    assert names(q="box1 -kodak") == wanted(
        lambda _, said: said["note"] == "box1" and "kodak" not in said["stock"].lower()
    )
    for nothing in ("nowhere", "!!!", "%22", "%27", "promised", "=", "box1%20%3D", "-"):
        assert set(names(q=nothing)) <= set(everything), nothing
    assert names(q="promised") == names(q="!!!") == []


def test_O1_words_are_found_the_same_in_the_window_and_in_the_index(world, archive, shelf):
    """A small window sends the search to the index of words; both ways and every mixture tell the same."""
    sight = Sight(tenant=archive.tenant("Silver Lab"))

    def found(**query):
        listed = world.running.do(lambda session: list_rolls(session, sight, Search(limit=200, **query)))
        return [roll.roll for roll in listed.rolls]

    for words in ("box3", "gold", "gold box1", "box1 -kodak", "SHELF017", "kodak or box2", "promised"):
        for more in ({}, {"stock": "kodak*"}, {"until": date(2026, 10, 12)}):
            told = [found(words=words, window=window, **more) for window in (1, 5, 39, 40, 2000)]
            assert all(one == told[0] for one in told), (words, more)
            assert told[0] or words == "promised" or more


def test_O1_a_roll_is_told_with_what_was_said_of_it(lab, shelf, paths):
    """Dates, stock and counts as filed; a roll without a picture is none."""
    day, roll, said = shelf[0]
    told = lab.told(paths(roll))
    assert (told["day"], told["scanned_on"], told["stock"], told["note"]) == (
        str(day), str(day), said["stock"], said["note"],
    )  # fmt: skip
    assert (told["images"], told["rivals"], told["developed_on"]) == (1, 0, None)
    assert lab.get(paths("TCR-EMPTY")).status_code == 404
    assert lab.get(paths("TCR-THEIRS")).status_code == 404


def test_O1_frames_come_in_the_films_order_page_by_page(archive, lab, paths):
    """00 before 0 before 0A before 1; 2 before 10; a rival beside what stands; nothing withdrawn."""
    tenant, roll = archive.tenant("Silver Lab"), "TCR-66SCA0RZM8Y"
    for frame in ("10", "0A", "2", "00", "36A", "0", "1", "12A", "12"):
        archive.file(roll, frame, tenant, made=False)
    archive.file(roll, "3", tenant, state="withdrawn", made=False)
    archive.file(roll, "12", tenant, state="rival", made=False)
    order = ["00", "0", "0A", "1", "2", "10", "12", "12", "12A", "36A"]
    for limit in (1, 3, 100):
        listed = pages(lab, paths(roll, "frames"), limit=limit)
        assert [one["frame"] for one in listed] == order
        assert len({one["image"] for one in listed}) == len(order)
    both = lab.told(paths(roll, "frames", "012"))
    assert (both["frame"], [one["state"] for one in both["images"]]) == ("12", ["standing", "rival"])
    for frame in ("3", "4", "12B", "x", "000", "%2F", "-1"):
        assert lab.get(paths(roll, "frames", frame)).status_code == 404, frame


def test_O1_an_image_is_told_with_all_that_a_page_needs(lab, scanned, paths):
    """A placeholder that is a picture, both tiers with size and addresses, and whether they are ready."""
    image = scanned.filed[1]
    told = lab.told(paths(image.roll, "frames", "12A"))["images"][0]
    assert (told["image"], told["state"], told["ready"], told["trouble"]) == (image.id, "standing", True, "")
    assert (told["file_name"], told["media"], told["size"]) == ("/mnt/scans/12A.tif", "image/jpeg", len(image.original))
    kind, _, content = told["placeholder"].partition(";base64,")
    assert kind == "data:image/jpeg"
    assert Image.open(BytesIO(base64.b64decode(content))).size == (12, 8)
    for tier, size in (("256", (96, 64)), ("2048", (600, 400))):
        one = told["tiers"][tier]
        assert (one["width"], one["height"]) == size
        for address in (one["address"], one["link"]):
            assert lab.get(address).content == image.tiers[tier]
    assert lab.get(told["original"]).content == image.original


def test_O1_what_waits_or_failed_is_told_in_the_list(archive, lab, paths):
    tenant = archive.tenant("Silver Lab")
    archive.file("TCR-66SCA0RZM8Y", "1", tenant, made=False)
    archive.file("TCR-66SCA0RZM8Y", "2", tenant, made=False, trouble="undecodable")
    told = lab.told(paths("TCR-66SCA0RZM8Y", "frames"))["frames"]
    assert [(one["ready"], one["trouble"], one["tiers"], one["placeholder"]) for one in told] == [
        (False, "", {}, None),
        (False, "undecodable", {}, None),
    ]


def test_O1_the_sidecar_says_what_is_known_of_the_film(archive, world, lab, owned, scanned, paths):
    """What the lab said, else what the maker's list says; well-formed whatever stands in it."""
    headers = {"Authorization": f"Bearer {world.maker}"}
    product = {"level": "package", "name": "Halide Gold", "process": "C-41", "iso": 400, "rolls": 3}
    assert requests.put(f"{world.url}/products/09521141012345", json=product, headers=headers, timeout=30).ok
    reply = lab.get(paths(scanned.rolls[0], "frames", "12A", "sidecar.xmp"))
    assert reply.headers["Content-Type"].startswith("application/rdf+xml")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="sidecar.xmp"'
    for said in ("Kodak Gold 200", "Silver Lab Mitte", "12A", "2026-11-20", "200"):
        assert said in reply.text
    assert "bent leader" not in reply.text
    tenant = archive.tenant("Silver Lab")
    archive.file(scanned.rolls[1], "1", tenant, lab='<evil a="&">]]>')
    hostile = lab.get(paths(scanned.rolls[1], "frames", "1", "sidecar.xmp"))
    etree.fromstring(hostile.content)
    assert "Halide Gold" in hostile.text
    assert "400" in hostile.text
    assert scanned.view().get(paths(scanned.rolls[1], "frames", "1", "sidecar.xmp")).content == hostile.content


BROKEN = [
    "cursor=x",
    "cursor=" + "A" * 399,
    "cursor=" + "A" * 5000,
    "cursor=%00",
    "cursor=%F0%9F%93%B7",
    "cursor=" + base64.urlsafe_b64encode(b'["2026-13-01","x"]').decode(),
    "cursor=" + base64.urlsafe_b64encode(b'["2026-10-01",1]').decode(),
    "cursor=" + base64.urlsafe_b64encode(b"[" * 300).decode(),
    "cursor=" + base64.urlsafe_b64encode(b'["2026-10-01","\xed\xa0\x80"]').decode(),
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=-1",
    "from=yesterday",
    "to=2026-02-30",
    "stock=" + "x" * 121,
    "q=" + "x" * 201,
]


def test_O1_a_list_asked_for_out_of_form_is_refused_plainly(lab, shelf, paths):
    """Forged cursors, wild limits, days that are none: 400, and no word of what was sent."""
    for query in BROKEN:
        reply = lab.get(f"/rolls?{query}")
        assert (reply.status_code, reply.headers["Content-Type"]) == (400, "application/problem+json"), query
    frames = paths(shelf[0][1], "frames")
    for query in ("cursor=x", "limit=501", "cursor=" + write_cursor(RollPlace(day=date.max, roll="x"))):
        assert lab.get(f"{frames}?{query}").status_code == 400, query
    for query in ("q=%00", "stock=%00", "cursor=" + write_cursor(RollPlace(day=date(2026, 1, 1), roll="\0"))):
        assert lab.get(f"/rolls?{query}").status_code in (200, 400), query


def test_O1_a_cursor_shows_nothing_that_its_bearer_may_not_see(lab, other_lab, scanned, shelf, paths):
    """It names a place, and grants nothing: another's cursor goes on in one's own list."""
    theirs = lab.told("/rolls?limit=1")["next"]
    assert other_lab.told(f"/rolls?cursor={theirs}") == {"rolls": [], "next": None}
    place = write_cursor(FramePlace(order=-1, image=""))
    reply = other_lab.get(f"{paths(scanned.rolls[0], 'frames')}?cursor={place}")
    assert reply.status_code in (200, 404)
    assert scanned.filed[0].id not in reply.text
    assert scanned.view().told("/rolls?q=gold")["rolls"][0]["roll"] == scanned.rolls[0]
    assert scanned.view().told("/rolls?stock=Kodak*&from=2026-11-20&to=2026-11-20")["rolls"] != []
    assert scanned.view().told("/rolls?to=2026-11-19")["rolls"] == []


def test_O1_a_serial_may_hold_a_slash_or_a_percent_sign(archive, lab, paths):
    """GS1's character set 82 allows both; the address names the roll all the same."""
    for roll in ("(01)09521141012352(21)AB/CD%EF+1", "(01)09521141012352(21)AB%2FCDEF"):
        archive.file(roll, "1", archive.tenant("Silver Lab"), made=False)
        assert lab.told(paths(roll))["roll"] == roll
        assert len(lab.told(paths(roll, "frames"))["frames"]) == 1


def test_O1_what_is_no_rolls_id_is_not_there(lab):
    """Out of form, a package's, bytes that are no text: 404 on every route."""
    for roll in ("%FF", "%00", "x", "TCP-66SCA0RZM8Y", "(01)1(21)1", "." * 200, "%F0%9F%93%B7"):
        for path in (f"/rolls/{roll}", f"/rolls/{roll}/frames", f"/rolls/{roll}/frames/1"):
            assert lab.get(path).status_code == 404, path


def test_O1_cursors_are_read_back():
    """They say where to go on, and nothing else."""
    text = write_cursor(RollPlace(day=date(2026, 11, 20), roll="TCR-1"))
    assert msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))) == ["2026-11-20", "TCR-1"]
