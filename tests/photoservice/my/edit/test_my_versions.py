"""Versions of an edit (O9): kept, undone, redone, copied; two devices, another's pictures, a frame scanned anew."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from photocore.edit_codes import code_of
from photocore.edits import read_edit
from photoservice.editing.versions import MOST_VERSIONS

WHOLE = {"left": "0", "top": "0", "width": "100", "height": "100"}


def edit(browser, image, do="save", *, seen=0, path="", **fields):
    """Press a button of the editor."""
    sent = {"do": do, "seen": str(seen), **WHOLE, **fields}
    return browser.post(path or f"/my/images/{image}/edit", **sent)


def held(world, image):
    """Return the edit of an image that holds, as a code, and its version."""
    row = world.sql(
        "select head.version, instructions from people.edit_head head"
        " left join people.edit using (person, image, version) where image = $1",
        image,
    )[0]
    return (code_of(read_edit(row["instructions"].encode())) if row["instructions"] else "", row["version"])


def picture(reply):
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "image/jpeg"), reply.text[:500]
    return Image.open(io.BytesIO(reply.content))


def test_O9_what_is_saved_is_shown_and_undone_and_redone(owner, world):
    mine = owner("EDIT0001")
    image, one = mine.images[0], mine.browser
    assert "Edit picture 1" in one.page(f"/my/images/{image}/edit")

    assert "Saved." in edit(one, image, turns="1", light="0.5").text
    assert held(world, image) == ("r1~e0.5", 1)
    assert "Saved." in edit(one, image, seen=1, turns="1", film="red").text
    assert "Undone." in edit(one, image, "undo", seen=2).text
    assert held(world, image) == ("r1~e0.5", 1)
    edit(one, image, "undo", seen=1)
    assert held(world, image) == ("", 0)
    edit(one, image, "redo", seen=0)
    assert "Done again." in edit(one, image, "redo", seen=1).text
    assert held(world, image) == ("r1~bred", 2)
    edit(one, image, "reset", seen=2)
    assert held(world, image) == ("", 3)
    edit(one, image, "undo", seen=3)
    assert held(world, image) == ("r1~bred", 2)


def test_O9_a_second_branch_leaves_the_first_in_the_list_of_versions(owner, world):
    mine = owner("EDIT0002")
    image, one = mine.images[0], mine.browser
    one.page(f"/my/images/{image}/edit")
    edit(one, image, light="1")
    edit(one, image, "undo", seen=1)
    edit(one, image, seen=0, light="-1")
    assert held(world, image) == ("e-1", 2)

    page = one.page(f"/my/images/{image}/edit")
    assert "d=e1&#34;" in page or 'd=e1"' in page
    assert "This version holds now." in edit(one, image, "go", seen=2, version="1").text
    assert held(world, image) == ("e1", 1)
    assert edit(one, image, "go", seen=1, version="9").status_code == 404


def test_O9_saving_the_same_again_keeps_no_version(owner, world):
    mine = owner("EDIT0003")
    image, one = mine.images[0], mine.browser
    one.page(f"/my/images/{image}/edit")
    edit(one, image, turns="2")
    edit(one, image, seen=1, turns="2")
    assert held(world, image) == ("r2", 1)


def test_O9_buttons_work_without_a_script_and_keep_nothing_until_it_is_saved(owner, world):
    mine = owner("EDIT0004")
    image, one = mine.images[0], mine.browser
    one.page(f"/my/images/{image}/edit")

    shown = edit(one, image, "right", turns="0", light="0.5", left="10", width="80")
    assert shown.status_code == 200
    assert 'name="turns" value="1"' in shown.text
    assert "d=r1~c0,0.1,1,0.8~e0.5" in shown.text
    assert 'name="flip" value="yes"' in edit(one, image, "flip").text
    assert world.sql("select * from people.edit") == []


def test_O9_two_devices_both_keep_what_they_did(owner, browser, world):
    mine, phone = owner("EDIT0005"), browser()
    image, laptop = mine.images[0], mine.browser
    phone.open(mine.home.access_code)
    for one in (phone, laptop):
        one.page(f"/my/images/{image}/edit")
    edit(phone, image, seen=0, light="1")

    told = edit(laptop, image, seen=0, turns="1", contrast="20")

    assert told.status_code == 409
    assert "Edited on another device meanwhile" in told.text
    assert held(world, image) == ("e1", 1)
    assert 'name="seen" value="1"' in told.text
    assert 'name="turns" value="1"' in told.text
    assert "Saved." in edit(laptop, image, seen=1, turns="1", contrast="20").text
    assert held(world, image) == ("r1~k20", 2)
    for what in ("undo", "redo", "reset"):
        assert edit(phone, image, what, seen=1).status_code == 409
    assert held(world, image) == ("r1~k20", 2)


def test_attack_race_of_twenty_savings_at_once_one_wins_and_the_others_are_told(owner, browser, world):
    mine = owner("EDIT0006")
    image = mine.images[0]
    ones = [browser() for _ in range(8)]
    for one in ones:
        one.open(mine.home.access_code)
        one.page(f"/my/images/{image}/edit")

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda n: edit(ones[n], image, contrast=str(n + 1)).status_code, range(8)))

    assert sorted(codes) == [200] + [409] * 7
    assert len(world.sql("select version from people.edit")) == 1


def test_O9_the_oldest_versions_go_and_the_one_that_holds_stays(owner, world):
    mine = owner("EDIT0007")
    image, service = mine.images[0], world.running.service
    person = world.sql("select id from people.person")[0]["id"]
    versions = service.people.editing.versions

    async def keep(n, seen):
        async with service.database.begin() as session:
            return await versions.keep(session, person, image, read_edit(b'[{"do":"contrast","by":%d}]' % n), seen=seen)

    seen = 0
    for n in range(1, MOST_VERSIONS + 6):
        seen = world.running.run(keep(n % 100 or -1, seen))
    found = [row["version"] for row in world.sql("select version from people.edit order by version")]
    assert found == list(range(6, MOST_VERSIONS + 6))


def test_O9_an_edit_is_copied_to_the_roll_and_all_of_it_undone_at_once(owner, world):
    mine = owner("EDIT0008", frames=("1", "2", "3", "4"))
    first, second, third, fourth = mine.images[:4]
    one = mine.browser
    one.page(f"/my/images/{first}/edit")
    edit(one, first, film="red", turns="1")
    edit(one, third, light="1", turns="2")
    assert "Pictures of the same roll" in one.page(f"/my/edits/copy?from={first}")

    done = one.post("/my/edits/copy", **{"from": first, "image": [second, third], "colours": "yes"})

    assert "Copied to 2 pictures." in done.text
    assert [held(world, image)[0] for image in (second, third)] == ["bred", "r2~bred"]
    assert world.sql("select * from people.edit where image = $1", fourth) == []
    world.clock.advance(1)
    edit(one, second, seen=1, light="2")
    at = parse_qs(urlsplit(done.url).query)["at"][0]
    assert "Copying was undone." in one.post("/my/edits/copy/undo", **{"from": first, "at": at}).text
    assert [held(world, image)[0] for image in (second, third)] == ["e2", "r2~e1"]


def test_O9_a_crop_is_fitted_to_a_picture_of_another_shape(owner, world, archive):
    mine = owner("EDIT0009")
    archive.large = (400, 600)
    upright = archive.file(mine.rolls[0], "9", archive.tenant("Silver Lab")).id
    one = mine.browser
    one.page(f"/my/images/{mine.images[0]}/edit")
    edit(one, mine.images[0], left="25", top="25", width="50", height="50")
    one.post("/my/edits/copy", **{"from": mine.images[0], "image": upright, "shape": "yes"})

    shown = picture(one.get(f"/my/images/{upright}/preview?side=2048&d={held(world, upright)[0]}"))
    assert shown.width / shown.height == pytest.approx(1.5, rel=0.02)


def test_O9_who_chooses_nothing_to_copy_is_told(owner, world):
    mine = owner("EDIT0010")
    one = mine.browser
    one.page(f"/my/images/{mine.images[0]}/edit")
    for fields in ({"colours": "yes"}, {"image": mine.images[1]}):
        told = one.post("/my/edits/copy", **{"from": mine.images[0], **fields})
        assert told.status_code == 422
        assert "Choose at least one picture" in told.text
    assert world.sql("select * from people.edit") == []


def test_O9_a_frame_scanned_anew_is_offered_the_edit_of_the_earlier_scan(owner, world, archive):
    mine = owner("EDIT0011")
    old, one = mine.images[0], mine.browser
    one.page(f"/my/images/{old}/edit")
    edit(one, old, film="green", left="10", width="80")
    world.sql("update images.image set state = 'withdrawn' where id = $1", old)
    new = archive.file(mine.rolls[0], "1", archive.tenant("Silver Lab")).id

    assert one.get(f"/my/images/{old}/edit").status_code == 404
    assert "You edited an earlier scan of this frame" in one.page(f"/my/images/{new}/edit")
    shown = edit(one, new, "earlier")
    assert "d=c0.1,0,0.8,1~bgreen" in shown.text
    assert world.sql("select * from people.edit where image = $1", new) == []


def test_O9_a_guests_edits_move_to_an_account_behind_those_it_has(owner, world):
    mine = owner("EDIT0012")
    image, other = mine.images[:2]
    service = world.running.service
    guest = world.sql("select id from people.person")[0]["id"]
    mine.browser.page(f"/my/images/{image}/edit")

    async def make():
        async with service.database.begin() as session:
            person = await service.people.persons.make(session)
            await service.people.editing.versions.keep(session, person, image, read_edit(b'[{"do":"flip"}]'), seen=0)
            return person

    person = world.running.run(make())
    world.clock.advance(60)
    edit(mine.browser, image, turns="1")
    edit(mine.browser, other, turns="3")

    async def move():
        async with service.database.begin() as session:
            await service.people.editing.versions.move(session, guest, person)
            return await service.people.editing.heads(session, person, [image, other])

    heads = world.running.run(move())
    assert {name: (head.version, code_of(head.edit)) for name, head in heads.items()} == {
        image: (2, "r1"),
        other: (1, "r3"),
    }
    assert world.sql("select * from people.edit where person = $1", guest) == []


def test_attack_nobody_edits_looks_at_or_copies_another_persons_pictures(owner, world):
    mine, theirs = owner("EDIT0013"), owner("EDIT0014")
    one, image = mine.browser, theirs.images[0]
    one.page(f"/my/images/{mine.images[0]}/edit")
    edit(one, mine.images[0], turns="1")
    unknown = "IM-0000000000000000"
    for name in (image, unknown, "x" * 40):
        told = one.get(f"/my/images/{name}/edit")
        assert told.status_code == 404
        assert edit(one, name, turns="1").status_code == 404
        assert one.get(f"/my/images/{name}/preview?d=r1").status_code == 404
        assert one.get(f"/my/edits/copy?from={name}").status_code == 404
    one.post("/my/edits/copy", **{"from": mine.images[0], "image": [image, unknown], "colours": "yes", "shape": "yes"})
    assert one.post("/my/edits/copy", **{"from": image, "image": mine.images[1], "colours": "yes"}).status_code == 404
    assert [row["image"] for row in world.sql("select image from people.edit")] == [mine.images[0]]


def test_attack_two_people_who_hold_one_registration_each_have_their_own_edits(owner, world):
    mine = owner("EDIT0015")
    image, service = mine.images[0], world.running.service
    mine.browser.page(f"/my/images/{image}/edit")
    edit(mine.browser, image, turns="1")

    async def other():
        async with service.database.begin() as session:
            person = await service.people.persons.make(session)
            return await service.people.editing.heads(session, person, [image])

    assert world.running.run(other()) == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"turns": "4"},
        {"turns": "1; drop table people.edit"},
        {"light": "NaN"},
        {"light": "1e3"},
        {"contrast": "٣"},
        {"film": "<script>alert(1)</script>"},
        {"degrees": "x" * 10_000},
        {"width": "-5"},
        {"left": "\u202e10"},
        {"seen": "-1"},
        {"seen": "9" * 40},
        {"do": "go", "version": "latest"},
    ],
)
def test_attack_fields_that_cannot_be_are_refused_and_change_nothing(owner, world, fields):
    mine = owner("EDIT0016")
    mine.browser.page(f"/my/images/{mine.images[0]}/edit")

    told = edit(mine.browser, mine.images[0], **{"turns": "1", **fields})

    assert told.status_code == 400
    assert "script>alert" not in told.text
    assert world.sql("select * from people.edit") == []


def test_O9_four_numbers_that_reach_beyond_the_picture_are_brought_back_into_it(owner, world):
    mine = owner("EDIT0017")
    mine.browser.page(f"/my/images/{mine.images[0]}/edit")
    assert edit(mine.browser, mine.images[0], left="50", width="90", top="12,5", height="0").status_code == 200
    assert held(world, mine.images[0])[0] == "c0.5,0.125,0.5,0.02"


def test_attack_csrf_no_edit_without_the_sessions_token(owner, world):
    mine = owner("EDIT0018")
    for path in (f"/my/images/{mine.images[0]}/edit", "/my/edits/copy", "/my/edits/copy/undo"):
        assert mine.browser.post(path, csrf="0" * 32, do="save", seen="0", turns="1").status_code == 403
    assert world.sql("select * from people.edit") == []


def test_attack_what_is_seen_no_more_is_not_edited_and_its_addresses_go_dark(owner, world):
    mine = owner("EDIT0019")
    image, one = mine.images[0], mine.browser
    one.page(f"/my/images/{image}/edit")
    edit(one, image, turns="1")
    service = world.running.service
    link = service.people.editing.link(image, "256", read_edit(b'[{"do":"rotate","turns":1}]'))
    assert picture(one.get(link)).size[0] < picture(one.get(link)).size[1]

    world.sql("update images.image set state = 'withdrawn' where id = $1", image)

    assert one.get(link).status_code == 404
    assert one.get(f"/my/images/{image}/edit").status_code == 404
    assert one.get(f"/my/images/{image}/preview?d=r2").status_code == 404


def test_O9_the_page_names_one_style_and_nothing_inline(owner):
    mine = owner("EDIT0020")
    page = mine.browser.page(f"/my/images/{mine.images[0]}/edit")
    assert not re.search(r"<style|style=|<script>|onclick=", page)
