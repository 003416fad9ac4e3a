"""What a product's packages bring along, as operators write it: kept, refused beside its row, noticed by two."""

import json
import re

import pytest

GTIN = "04006381333931"
PATH = f"/ops/terms/{GTIN}"


def kept(world) -> dict:
    rows = world.sql("select body from goods.terms where gtin = $1", GTIN)
    return json.loads(bytes(rows[0]["body"])) if rows else {}


def values(page: str) -> dict[str, str]:
    """Return what stands in the page's text fields and selects."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.partition("<main")[2]):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if said.get("type") != "checkbox" and "name" in said and said["name"] != "csrf":
            found[said["name"]] = said.get("value", "")
    return found | dict(re.findall(r'<select id="([^"]+)".*?<option value="([^"]*)" selected>', page))


@pytest.fixture
def desk(operator):
    found = operator("manager")
    found.page("/ops/terms")
    return found


def test_O15_terms_are_written_as_rows_and_kept_with_their_entry(world, desk, entries):
    assert desk.get("/ops/terms?gtin=4006381333931").url.endswith(PATH)
    desk.done(
        PATH,
        **{
            "edition": "0",
            "credits.0.item": "prints",
            "credits.0.pieces": "2",
            "credits.0.most_units": "36",
            "plans.0.item": "cd",
            "plans.0.rolls": "3",
            "plans.0.days": "90",
            "plans.0.join": "all",
            "plans.0.name": "The CD",
            "plans.1.item": "next-roll",
            "plans.1.repeats": "on",
            "plans.1.cooling": "0",
        },
    )
    terms = kept(world)
    assert terms["credits"] == [{"item": "prints", "options": {}, "pieces": 2, "most_units": 36}]
    assert terms["plans"][0]["when"]["kind"] == "all"
    assert {part["kind"] for part in terms["plans"][0]["when"]["of"]} == {"rolls", "elapsed"}
    assert (terms["plans"][1]["kind"], terms["plans"][1]["when"], terms["plans"][1]["cooling_hours"]) == (
        "next_roll",
        None,
        0,
    )
    page = desk.page(PATH)
    assert 'name="credits.0.options.size"' in page
    desk.done(PATH, **values(page) | {"credits.0.options.size": "13x18", "plans.1.repeats": "on"})
    assert kept(world)["credits"][0]["options"] == {"size": "13x18"}
    assert kept(world)["plans"][0] == terms["plans"][0]
    assert GTIN in desk.page("/ops/terms")
    assert [one["subject"] for one in entries("terms_changed")] == [GTIN, GTIN]


SENSELESS = [
    ({"credits.0.item": "cd", "credits.0.pieces": "0"}, "from 1 to 999"),
    ({"credits.0.item": "cd", "credits.0.pieces": "-1"}, "from 1 to 999"),
    ({"credits.0.item": "cd", "credits.0.pieces": "9" * 30}, "from 1 to 999"),
    ({"credits.0.item": "prints"}, "most_units says how many"),
    ({"credits.0.item": "cd", "credits.0.most_units": "10001"}, "up to 10000"),
    ({"credits.0.item": "yacht"}, "yacht is not in the catalogue"),
    ({"credits.0.item": "prints", "credits.0.options.size": "1x1"}, "there is no such choice"),
    ({"plans.0.item": "cd"}, "Say when"),
    ({"plans.0.item": "cd", "plans.0.days": "3", "plans.0.months": "3"}, "Say when"),
    ({"plans.0.item": "cd", "plans.0.images": "999999"}, "Say when"),
    ({"plans.0.item": "cd", "plans.0.images": "٣"}, "A number here is none"),
    ({"plans.0.item": "cd", "plans.0.images": "3", "plans.0.cooling": "721"}, "A number here is none"),
    ({"plans.0.item": "cd", "plans.0.images": "3", "plans.0.quantity": "1000"}, "A number here is none"),
    ({"plans.0.item": "next-roll", "plans.1.item": "next-roll"}, "one plan for the next roll"),
]


def test_O15_what_makes_no_sense_is_told_and_nothing_typed_is_lost(world, desk):
    desk.page(PATH)
    for row, sentence in SENSELESS:
        reply = desk.post(PATH, **{"edition": "0", "plans.0.name": "My plan", **row})
        assert (reply.status_code, sentence in reply.text) == (422, True), row
        assert 'value="My plan"' in reply.text, row
        assert kept(world) == {}, row


NOT_OURS = [
    ("/ops/terms/4006381333930", {}, 400),
    ("/ops/terms/abc", {}, 400),
    (PATH, {"plans.0.name": "x" * 201}, 400),
    (PATH, {"plans.0.name": "a\0b"}, 400),
    (PATH, {"credits.x.item": "cd"}, 409),
    (PATH, {"edition": "7"}, 409),
    (PATH, {"credits.0.item": "x" * 190_000 + "y" * 30_000}, 413),
]


def test_O15_a_form_that_is_not_ours_is_refused(world, desk):
    desk.page("/ops/terms")
    for path, fields, status in NOT_OURS:
        assert desk.post(path, **fields).status_code in (status, 400), (path, str(fields)[:80])
        assert world.sql("select * from goods.terms") == [], (path, str(fields)[:80])


def test_O15_two_who_write_at_once_notice_each_other(world, desk, operator):
    other = operator("owner")
    other.page(PATH)
    other.done(PATH, **{"edition": "0", "credits.0.item": "cd"})
    late = desk.post(PATH, **{"edition": "0", "credits.0.item": "archive-download", "plans.0.name": "kept"})
    assert (late.status_code, 'value="kept"' in late.text) == (409, True)
    assert kept(world)["credits"][0]["item"] == "cd"


def test_O15_who_may_only_look_changes_nothing(world, operator):
    desk = operator("viewer")
    assert '<fieldset class="bare" disabled>' in desk.page(PATH)
    assert desk.post(PATH, **{"edition": "0", "credits.0.item": "cd"}).status_code == 403
    assert kept(world) == {}
    assert "Nothing is prepaid" in desk.page("/ops/terms")
    assert "Nichts ist vorausbezahlt" in desk.page("/ops/terms?lang=de")
