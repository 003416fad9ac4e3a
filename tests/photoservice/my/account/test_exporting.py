"""Everything taken along: all that is kept of a person and nothing of anybody else, readable by foreign tools (S5)."""

import io
import json
import zipfile

SECRET = {"person_key", "profile", "login", "password", "challenge", "card_contact"}
"""Tables of people that are told otherwise (profile, login), hold only what lets somebody in, or are a retailer's."""


def taken(browser, part=1):
    reply = browser.get(f"/my/account/export/{part}")
    assert reply.status_code == 200, reply.text[:500]
    assert int(reply.headers["Content-Length"]) == len(reply.content)
    assert reply.headers["Content-Disposition"].startswith("attachment")
    archive = zipfile.ZipFile(io.BytesIO(reply.content))
    assert archive.testzip() is None
    return archive, json.loads(archive.read("twincheck.json"))


def test_S5_everything_is_in_one_zip_pictures_and_what_is_kept(owner, world, person_of):
    mine, theirs = owner("TAKE0001"), owner("TAKE0002")
    person = person_of(mine)
    mine.browser.post("/my/account/name", name="Zoë 李")
    image = mine.images[0]
    now = world.clock.now()
    world.sql("insert into people.note (person, image, text, at) values ($1, $2, 'by the sea', $3)", person, image, now)
    world.sql("insert into people.note (person, image, text, at) values ($1, $2, 'foreign', $3)",
              person_of(theirs), theirs.images[0], now)  # fmt: skip
    assert "Originals: 6 pictures" in mine.browser.page("/my/account/export")
    archive, told = taken(mine.browser)
    originals = {one.id: one.original for roll in mine.rolls for one in mine.pictures[roll]}
    assert {image: archive.read(name) for image, name in told["files"].items()} == originals
    assert told["profile"]["name"] == "Zoë 李"
    assert [note["text"] for note in told["kept"]["notes"]] == ["by the sea"]
    assert told["kept"]["registrations"][0]["how"] == "code"
    whole = archive.read("twincheck.json").decode()
    assert "foreign" not in whole
    assert all(roll not in whole for roll in theirs.rolls)


def test_attack_what_lets_somebody_in_is_not_in_it(owner, world, person_of):
    mine = owner("TAKE0003")
    macs = [row["m"] for row in world.sql("select encode(mac, 'hex') as m from people.session")]
    macs += [row["m"] for row in world.sql("select encode(code, 'hex') as m from people.holding")]
    _, told = taken(mine.browser)
    assert macs
    assert all(mac not in json.dumps(told) for mac in macs)
    assert told["kept"]["sessions"][0]["how"] == "code"


def test_S5_every_table_of_people_is_told_or_named_as_what_lets_somebody_in(world):
    queries = world.running.service.database.queries["exporting.rows"]
    tables = {row["name"] for row in world.sql("select tablename as name from pg_tables where schemaname = 'people'")}
    assert {name for name in tables if f"people.{name} as t" not in queries} == SECRET - {"password"}


def test_attack_who_signs_in_proves_it_before_taking_everything(owner, world, joined):
    mine = owner("TAKE0004")
    joined(mine)
    world.clock.advance(3600)
    for path in ("/my/account/export", "/my/account/export/1", "/my/account/delete"):
        led = mine.browser.http.get(
            mine.browser.url + path, headers={"Accept": "text/html"}, allow_redirects=False, timeout=30
        )
        assert (led.status_code, led.headers["Location"].partition("?")[0]) == (303, "/sign-in")
    assert mine.browser.post("/my/account/delete", really="yes").status_code == 403
    assert len(world.sql("select id from people.person")) == 1


def test_S5_a_part_that_is_not_there_is_not_found(owner):
    mine = owner("TAKE0005")
    for part, status in ((2, 404), (0, 400), (10**9, 400), ("x", 404)):
        assert mine.browser.get(f"/my/account/export/{part}").status_code == status
