"""Taking pictures along by HTTP: pages that tell sizes, files and zips as browsers save them (O14)."""

import io
import re
import zipfile
from urllib.parse import quote

import pytest

from photoservice.objects.store import original_key


@pytest.fixture
def mine(owner):
    return owner("SAVING01")


def take(owner, which="original", **fields):
    return owner.browser.post("/my/download", which=which, **fields)


def opened(reply):
    assert reply.status_code == 200, reply.text[:500]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as read:
        assert read.testzip() is None
        return {entry.filename: read.read(entry) for entry in read.infolist()}


def test_O14_a_selection_is_saved_as_a_zip_of_the_length_that_was_told(mine):
    some = [mine.pictures[roll][0] for roll in mine.rolls]
    mine.browser.page("/my/download?" + "&".join(f"image={one.id}" for one in some))
    reply = take(mine, image=[one.id for one in some])
    assert opened(reply) == {f"Kodak Gold 200 {one.roll}/1.jpg": one.original for one in some}
    headers = reply.headers
    assert int(headers["Content-Length"]) == len(reply.content)
    assert headers["Content-Type"] == "application/zip"
    assert headers["Content-Disposition"] == 'attachment; filename="Pictures.zip"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("of", ["roll", "group", "rest", "favourites", "all"])
def test_O14_a_whole_of_something_is_saved_by_its_name(mine, of):
    browser = mine.browser
    browser.page("/my")
    roll = mine.pictures[mine.rolls[0]]
    chosen = {
        "roll": roll,
        "group": roll[:1],
        "rest": [*roll[1:], *mine.pictures[mine.rolls[1]]],
        "favourites": roll[1:2],
    }
    fields = {"of": "all", "back": "/my/groups/rest"}
    made = browser.post("/my/selection", image=[roll[0].id], group="new", new_name="Été <2026>", **fields).url
    browser.post("/my/selection", image=[roll[1].id], do="favourite", **fields)
    group = re.search("to=(G-[0-9A-Z]+)", made)[1]
    what = {"roll": f"roll:{mine.rolls[0]}", "group": f"group:{group}"}.get(of, of)
    page = browser.page(f"/my/download?of={quote(what)}&all=yes")
    expected = chosen.get(of, [one for roll in mine.rolls for one in mine.pictures[roll]])
    assert f"Download {len(expected)} picture" in page
    backs = {"roll": mine.path(mine.rolls[0]), "group": f"/my/groups/{group}", "rest": "/my/groups/rest"}
    assert f'class="up" href="{backs.get(of, "/my/favourites" if of == "favourites" else "/my")}"' in page
    reply = take(mine, of=what, all="yes", which="proxy")
    assert sorted(opened(reply).values()) == sorted(one.tiers["2048"] for one in expected)
    if of == "group":
        assert "filename*=UTF-8''%C3%89t%C3%A9%20%3C2026%3E.zip" in reply.headers["Content-Disposition"]


def test_O14_one_picture_is_saved_as_a_file_with_the_name_of_its_film(mine):
    one, browser = mine.pictures[mine.rolls[0]][0], mine.browser
    page = browser.page(f"/my/images/{one.id}/download")
    assert f"/my/images/{one.id}/download/original" in page
    assert f"/my/images/{one.id}/download/edited" not in page
    for way, content in (("original", one.original), ("proxy", one.tiers["2048"])):
        reply = browser.get(f"/my/images/{one.id}/download/{way}")
        assert (reply.content, reply.headers["Content-Type"]) == (content, "image/jpeg")
        assert reply.headers["Content-Disposition"].startswith('attachment; filename="Kodak Gold 200 ')
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in reply.headers["Content-Security-Policy"]
        part = browser.get(f"/my/images/{one.id}/download/{way}", Range="bytes=10-19")
        assert (part.status_code, part.content) == (206, content[10:20])


def test_O14_what_is_missing_is_named_in_a_note_in_the_readers_language(mine, archive, world):
    roll = mine.rolls[0]
    making = archive.file(roll, "31", archive.tenant("Silver Lab"), made=False)
    gone = archive.file(roll, "32", archive.tenant("Silver Lab"))
    sha = bytes(world.sql("select sha256 from images.image where id = $1", gone.id)[0]["sha256"])
    world.running.run(world.running.service.pictures.objects.delete(original_key(sha)))
    page = mine.browser.page(f"/my/download?image={making.id}&image={gone.id}")
    assert "Not in it: 1 picture." in page
    small, original = (opened(take(mine, way, image=[making.id, gone.id])) for way in ("proxy", "original"))
    assert "31.jpg: it is still being prepared" in small["Not in here.txt"].decode()
    assert "32.jpg: the file is not where it was kept" in original["Not in here.txt"].decode()
    assert len(small) == len(original) == 2


def test_attack_nothing_of_others_is_saved(mine, owner, browser):
    theirs = owner("SAVING02")
    image, mine_too = theirs.images[0], mine.images[0]
    for one in (mine, theirs):
        one.browser.page("/my")
    assert mine.browser.get(f"/my/download?image={image}").status_code == 404
    assert mine.browser.get(f"/my/images/{image}/download").status_code == 404
    for way in ("original", "proxy", "edited"):
        assert mine.browser.get(f"/my/images/{image}/download/{way}").status_code == 404
        assert take(mine, way, image=[image]).status_code == 404
        assert len(opened(take(mine, way, image=[image, mine_too]))) == 1
    for of in (f"roll:{theirs.rolls[0]}", "group:G-000000000000", "roll:", "nothing"):
        assert take(mine, of=of, all="yes").status_code == 404
    assert mine.browser.get(f"/my/images/{mine_too}/download/everything").status_code == 404
    assert take(mine, "everything", image=[mine_too]).status_code == 404
    assert take(mine, image=[mine_too], csrf="0" * 32).status_code == 403
    assert browser().post("/my/download", which="original", image=[mine_too]).status_code == 401
    assert browser().get(f"/my/images/{mine_too}/download/original").url.count("/sign-in") == 1


def test_attack_a_withdrawn_registration_takes_its_downloads_along(mine, world):
    mine.browser.page("/my")
    world.sql("update access_code set voided_at = now()")
    image = mine.images[0]
    assert mine.browser.get(f"/my/images/{image}/download/original").status_code == 404
    assert take(mine, image=[image]).status_code == 404
    assert take(mine, of="all", all="yes").status_code == 404


def test_attack_a_zip_that_cannot_go_on_is_cut_where_a_browser_sees_it(mine, archive, world):
    """The store loses a large file between the look and the reading: the answer ends short of what was told."""
    import requests

    large = archive.file(mine.rolls[0], "33", archive.tenant("Silver Lab"), original=b"\xff\xd8" + bytes(9_000_000))
    mine.browser.page("/my")
    kept = world.running.service.pictures.objects
    [row] = world.sql("select sha256 from images.image where id = $1", large.id)
    path = kept.local(original_key(bytes(row["sha256"])))
    browser = mine.browser
    sent = {"csrf": browser.csrf, "which": "original", "image": [large.id] * 1 + mine.images}
    with browser.http.post(browser.url + "/my/download", data=sent, stream=True, timeout=30) as reply:
        assert reply.status_code == 200
        with path.open("r+b") as file:
            file.truncate(1_000_000)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            _ = reply.content
