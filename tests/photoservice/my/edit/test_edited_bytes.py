"""Edited pictures as they go out (O9): previews, addresses, the copy kept for a while, the picture at full size."""

import io
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from imaging.pixels.jpeg_header import split_jpeg
from photocore.edit_codes import read_code
from photocore.edits import NO_EDIT
from photoservice.editing.addresses import tier_shape
from photoservice.editing.cache import Cache


def picture(reply):
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "image/jpeg"), reply.text[:500]
    return Image.open(io.BytesIO(reply.content))


@pytest.fixture
def editing(world):
    return world.running.service.people.editing


def test_O9_a_preview_is_the_picture_as_it_would_be(owner, archive):
    archive.large = (1200, 800)
    mine = owner("BYTES001")
    reply = mine.browser.get(f"/my/images/{mine.images[0]}/preview?side=600&d=r1~bnone")
    shown = picture(reply)
    assert shown.size == (427, 640)
    assert reply.headers["Cache-Control"].startswith("private")
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    red, green, blue = (np.asarray(shown.convert("RGB"), dtype=int)[..., band] for band in range(3))
    assert max(abs(red - green).max(), abs(green - blue).max()) <= 3
    assert b"Exif" not in reply.content


@pytest.mark.parametrize("query", ["d=nonsense", "d=e9", "d=" + "r1~" * 100, "d=r1&side=9999", "d=r1&side=x", "side=0"])
def test_attack_a_preview_that_cannot_be_is_refused(owner, query):
    mine = owner("BYTES002")
    assert mine.browser.get(f"/my/images/{mine.images[0]}/preview?{query}").status_code == 400


def test_attack_a_preview_is_for_who_has_a_session(owner, browser):
    mine = owner("BYTES003")
    reply = browser().get(f"/my/images/{mine.images[0]}/preview?d=r1", Accept="image/*")
    assert reply.status_code == 401


def test_O9_an_address_shows_the_edited_tiers_to_whoever_has_it(owner, browser, editing):
    mine, friend = owner("BYTES004"), browser()
    edit = read_code("r1~c0,0,0.5,1~t60")
    for tier in ("256", "2048"):
        reply = friend.get(editing.link(mine.images[0], tier, edit))
        assert picture(reply).size == tier_shape(edit, 600, 400, tier)
        assert "immutable" in reply.headers["Cache-Control"]
    assert editing.link(mine.images[0], "256", NO_EDIT).startswith("/i/")


def test_attack_an_address_is_good_for_its_picture_its_edit_its_tier_and_its_time(owner, browser, editing, world):
    mine, friend = owner("BYTES005"), browser()
    first, second = mine.images[:2]
    link = editing.link(first, "256", read_code("r1"))
    assert picture(friend.get(link)).height == 256
    for wrong in (
        link.replace("d=r1", "d=r2"),
        link.replace("d=r1", "d="),
        link.replace("/256?", "/2048?"),
        link.replace(first, second),
        link.replace("/e/", "/i/"),
        link.split("&s=")[0],
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        link.replace("d=r1", "d=" + quote("é\0<script>")),
    ):
        assert friend.get(wrong).status_code in (400, 404), wrong
    plain = editing.link(first, "256", NO_EDIT)
    assert friend.get(plain.replace("/i/", "/e/").replace("?", "?d=r1&")).status_code == 404
    world.clock.advance(2 * 3600)
    assert friend.get(link).status_code == 404


def test_O9_a_picture_of_a_contested_roll_is_not_shown_by_its_address(owner, browser, editing, world):
    mine = owner("BYTES006")
    link = editing.link(mine.images[0], "256", read_code("r1"))
    assert browser().get(link).status_code == 200
    world.sql("update registration set word = 'contested'")
    assert browser().get(link).status_code == 404


def test_O9_what_was_made_is_kept_without_its_header_and_made_anew_when_it_is_damaged(owner, browser, editing, world):
    mine, friend = owner("BYTES007"), browser()
    link = editing.link(mine.images[0], "256", read_code("r2~e1"))
    body = friend.get(link).content
    [kept] = [path for path in editing.renderer.cache.folder.rglob("*") if path.is_file()]
    assert split_jpeg(body).header not in kept.read_bytes()
    assert not kept.read_bytes().startswith(b"\xff\xd8")

    before = kept.stat().st_mtime_ns
    assert friend.get(link).content == body
    kept.write_bytes(kept.read_bytes()[:-7] + b"damaged")
    assert friend.get(link).content == body
    kept.unlink()
    assert friend.get(link).content == body
    assert kept.stat().st_mtime_ns >= before
    sha256 = world.sql("select sha256 from images.image where id = $1", mine.images[0])[0]["sha256"]
    world.running.run(editing.drop(bytes(sha256)))
    assert not kept.exists()


def test_O9_the_whole_picture_is_made_of_the_original(owner, editing, world):
    mine = owner("BYTES008")
    service = world.running.service

    async def whole():
        async with service.database.begin() as session:
            person = await session.value("persons.of_code", service.access_codes.mac_of(mine.home.access_code))
            sight = await service.people.persons.sight(session, person)
            piece = await service.gallery.bytes.original(session, sight, mine.images[0])
        return await editing.full(piece, read_code("r1"))

    assert Image.open(io.BytesIO(world.running.run(whole()))).size == (120, 180)


def test_O9_the_cache_stays_within_its_bounds_and_forgets(tmp_path, world):
    clock = world.clock
    cache = Cache(folder=tmp_path / "edited", capacity=10_000, clock=clock)
    for n in range(40):
        cache.put(f"{n:064x}", "one", b"head", bytes(1_000))
        clock.advance(1)
        assert sum(path.stat().st_size for path in cache.folder.rglob("*") if path.is_file()) <= 12_000
    assert cache.find(f"{39:064x}", "one") == b"head" + bytes(1_000)
    assert cache.find(f"{0:064x}", "one") is None
    clock.advance(100)
    assert cache.forget(older_than_s=50) > 0
    assert cache.find(f"{39:064x}", "one") is None


def test_O9_a_cache_that_cannot_be_written_is_done_without(tmp_path, world):
    (tmp_path / "edited").write_text("a file where a folder should be")
    cache = Cache(folder=tmp_path / "edited", capacity=10_000, clock=world.clock)
    cache.put("ab" * 32, "one", b"head", b"body")
    assert cache.find("ab" * 32, "one") is None
