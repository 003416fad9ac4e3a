"""The pages of sub-groups and the bar under a sheet, as a browser without scripts uses them (O14)."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "'; drop table people.person; --",
    "🎞️ عائلتي",
)


@pytest.fixture
def mine(owner):
    return owner("PAGES001")


def make(browser, name):
    """Make a group and return its ID."""
    reply = browser.post("/my/groups", name=name)
    found = re.fullmatch(r"/my/groups/(G-[0-9A-Z]+)", urlsplit(reply.url).path)
    assert found, (reply.url, reply.text[:500])
    return found[1]


def move(owner, images, group, **more):
    more = {"of": f"roll:{owner.rolls[0]}", "back": owner.path(owner.rolls[0]), **more}
    return owner.browser.post("/my/selection", image=images, group=group, **more)


def shown(browser, group):
    return re.findall(r'<li id="p-(IM-[0-9A-Z]+)"', browser.page(f"/my/groups/{group}"))


def test_O14_a_group_is_made_filled_renamed_and_removed_and_removing_is_undone(mine):
    browser = mine.browser
    browser.page("/my/groups")
    group = make(browser, "Summer")
    assert "Nothing in here yet" in browser.page(f"/my/groups/{group}")
    said = move(mine, mine.images[:2], group)
    assert urlsplit(said.url).path == mine.path(mine.rolls[0])
    assert shown(browser, group) == mine.images[:2]
    assert shown(browser, "rest") == mine.images[2:]
    assert "The name is saved." in browser.post(f"/my/groups/{group}/name", name="Summer in Rome").text
    gone = browser.post(f"/my/groups/{group}/remove")
    assert "“Summer in Rome” was removed." in gone.text
    assert shown(browser, "rest") == mine.images
    assert "Undo" not in browser.page("/my/groups?removed=G-OTHER")
    back = browser.post(f"/my/groups/{group}/back")
    assert "The group is back, with its pictures." in back.text
    assert shown(browser, group) == mine.images[:2]


def test_O14_all_of_a_roll_is_moved_by_one_box_without_a_script(mine):
    mine.browser.page("/my/groups")
    group = make(mine.browser, "All")
    assert move(mine, [], group, all="yes").status_code == 200
    assert shown(mine.browser, group) == [one.id for one in mine.pictures[mine.rolls[0]]]
    said = move(mine, [], "none", all="yes", of=f"group:{group}", back=f"/my/groups/{group}")
    assert "The pictures are in no group now." in said.text
    assert shown(mine.browser, "rest") == mine.images


def test_O14_a_new_group_is_made_where_pictures_are_moved(mine):
    mine.browser.page("/my")
    said = move(mine, mine.images[:1], "new", new_name="Best of")
    [group] = parse_qs(urlsplit(said.url).query)["to"]
    assert shown(mine.browser, group) == mine.images[:1]
    nameless = move(mine, mine.images[:1], "new", new_name=" ", back=f"/my/groups/{group}")
    assert "A new group needs a name. Nothing was moved." in nameless.text


def test_O14_the_order_is_changed_by_buttons(mine):
    browser = mine.browser
    browser.page("/my/groups")
    made = [make(browser, name) for name in ("A", "B", "C")]

    def order():
        return re.findall(r'data-group="(G-[0-9A-Z]+)"', browser.page("/my/groups"))

    browser.post(f"/my/groups/{made[2]}/place", step="earlier")
    assert order() == [made[0], made[2], made[1]]
    browser.post(f"/my/groups/{made[2]}/place", step="later")
    browser.post(f"/my/groups/{made[2]}/place", step="later")
    assert order() == made
    browser.post(f"/my/groups/{made[2]}/place", before=made[0])
    browser.post(f"/my/groups/{made[0]}/place", before="")
    assert order() == [made[2], made[1], made[0]]


def test_O14_a_name_that_is_not_taken_says_why_and_is_still_there_to_be_changed(mine):
    browser = mine.browser
    browser.page("/my/groups")
    make(browser, "Summer")
    for typed, why in (("", "needs a name"), ("x" * 90, "too long"), ("\u200b", "needs a name")):
        said = unescape(browser.post("/my/groups", name=typed).text)
        assert why in said
        assert f'value="{typed}"' in said
    other = make(browser, "Winter")
    assert "Another group has this name already." in browser.post(f"/my/groups/{other}/name", name="summer").text


def test_O14_favourites_are_marked_and_unmarked_many_at_once(mine, world):
    mine.browser.page("/my")
    fields = {"image": mine.images[:3], "of": "rest", "back": "/my/groups/rest"}
    assert "Marked as favourites: 3 pictures." in mine.browser.post("/my/selection", do="favourite", **fields).text
    assert len(world.sql("select image from people.favourite")) == 3
    assert "No favourites any more: 3 pictures." in mine.browser.post("/my/selection", do="plain", **fields).text
    assert world.sql("select image from people.favourite") == []


def test_O14_a_selection_goes_on_to_sharing_editing_and_downloading(mine):
    browser = mine.browser
    browser.page("/my")

    def led(do, **fields):
        sent = {"csrf": browser.csrf, "back": "/my/groups/rest", "do": do, **fields}
        reply = browser.http.post(browser.url + "/my/selection", data=sent, allow_redirects=False, timeout=30)
        assert reply.status_code == 303, reply.text
        return urlsplit(reply.headers["Location"]).path, parse_qs(urlsplit(reply.headers["Location"]).query)

    some, whole = {"image": mine.images[:2]}, {"all": "yes", "of": f"roll:{mine.rolls[0]}"}
    assert led("share", **some) == ("/my/shares/new", {"scope": ["selection"], "image": mine.images[:2]})
    assert led("share", **whole) == ("/my/shares/new", {"scope": ["roll"], "what": [mine.rolls[0]]})
    assert led("download", **some) == ("/my/download", {"image": mine.images[:2]})
    assert led("download", **whole) == ("/my/download", {"of": [f"roll:{mine.rolls[0]}"], "all": ["yes"]})
    assert led("edit", **some) == ("/my/groups/rest", {"did": ["unedited"]})
    browser.page("/my/groups/rest?did=many")
    assert led("share", image=[]) == ("/my/groups/rest", {"did": ["nothing"]})


def test_O14_a_page_of_pictures_is_followed_by_the_next(owner, archive):
    many, tenant = owner("PAGES002", frames=(), rolls=1), archive.tenant("Silver Lab")
    images = [archive.file(many.rolls[0], str(n), tenant, made=False, original=b"Frame %d" % n).id for n in range(125)]
    first = many.browser.page("/my/groups/rest")
    [more] = set(re.findall(r'href="(/my/groups/rest\?behind=[0-9a-f]+)"', first))
    second = many.browser.page(more)
    found = [re.findall(r'<li id="p-(IM-[0-9A-Z]+)"', page) for page in (first, second)]
    assert [*found[0], *found[1]] == images
    part = many.browser.get(more, **{"HX-Request": "true"}).text
    assert "<html" not in part
    assert re.findall(r'<li id="p-(IM-[0-9A-Z]+)"', part) == found[1]


def test_attack_another_persons_groups_and_pictures_are_not_there(mine, owner):
    theirs = owner("PAGES003")
    for one in (mine, theirs):
        one.browser.page("/my/groups")
    group = make(theirs.browser, "Theirs")
    move(theirs, theirs.images, group)
    me = mine.browser
    assert me.get(f"/my/groups/{group}").status_code == 404
    for path in ("name", "remove", "back", "place"):
        assert me.post(f"/my/groups/{group}/{path}", name="x", before="").status_code == 404
    assert move(mine, mine.images, group).status_code == 404
    for images, of, everything in ((theirs.images, "rest", {}), ([], f"group:{group}", {"all": "yes"})):
        said = move(mine, images, "new", new_name="Stolen", of=of, back="/my/groups/rest", **everything)
        assert "Nothing was selected" in said.text
    assert shown(theirs.browser, group) == theirs.images
    assert "Stolen" not in me.page("/my/groups")


def test_attack_names_and_ids_from_outside_do_nothing(mine):
    browser = mine.browser
    browser.page("/my/groups")
    made = [make(browser, name) for name in NASTY]
    pages = [browser.page("/my/groups"), *(browser.page(f"/my/groups/{group}") for group in made)]
    pages.append(browser.page("/my/groups/rest"))
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    for name in NASTY:
        assert name in unescape(pages[0])
    for group in ("nothing", "G-" + "0" * 12, "%00", "..%2f..", "x" * 5000, "%F0%9F%8E%9E"):
        assert browser.get(f"/my/groups/{group}").status_code in (400, 404)
        assert browser.post(f"/my/groups/{group}/remove").status_code in (400, 404)
    for behind in ("zz", "7b7d", b"[99999999999999999999]".hex(), "00"):
        assert browser.get(f"/my/groups/rest?behind={behind}").status_code == 400
    for of in ("", "roll:", "nothing", "roll", "group:", "rest:x", "all:\0"):
        assert move(mine, [], made[0], all="yes", of=of).status_code in (400, 404)
    assert move(mine, ["IM-" + "x" * 9000, "\0", "IM-'"], made[0], back="/my/groups/rest").status_code in (200, 400)
    for back in ("https://evil.example/", "//evil.example", "/my/\\evil", "javascript:alert(1)"):
        assert move(mine, mine.images[:1], made[0], back=back).url.startswith(browser.url + "/my?did=moved")


def test_attack_csrf_and_nobody_without_a_session(mine, browser, world):
    mine.browser.page("/my/groups")
    group = make(mine.browser, "Mine")
    forms = (
        "/my/groups",
        f"/my/groups/{group}/name",
        f"/my/groups/{group}/remove",
        f"/my/groups/{group}/place",
        "/my/selection",
    )
    for path in forms:
        assert mine.browser.post(path, csrf="0" * 32, name="x", group=group, image=mine.images).status_code == 403
        assert browser().post(path, name="x").status_code == 401
    assert world.sql("select name from people.sub_group") == [{"name": "Mine"}]
    assert world.sql("select image from people.grouped") == []


def test_attack_a_form_with_too_many_pictures_is_refused(mine):
    mine.browser.page("/my/groups")
    group = make(mine.browser, "Many")
    assert move(mine, [f"IM-{n}" for n in range(4000)], group).status_code == 400
    assert move(mine, ["IM-" + "x" * 400] * 600, group).status_code == 413


def test_attack_of_sub_groups_that_are_removed_again_and_again_the_last_ones_are_kept(owner, world):
    mine = owner("REMOVED1")
    mine.browser.page("/my/groups")
    world.sql(
        "insert into people.removed_group (id, person, name, place, made_at, images, removed_at)"
        " select 'G-' || n, id, 'old', 1, $1, '{}', $1 from people.person, generate_series(1, 60) as n",
        world.clock.now(),
    )
    world.clock.advance(1)
    mine.browser.post("/my/groups", name="Last")
    (made,) = world.sql("select id from people.sub_group")
    mine.browser.post(f"/my/groups/{made['id']}/remove")
    assert world.sql("select count(*) as n from people.removed_group")[0]["n"] == 50
    assert "Last" in mine.browser.page(f"/my/groups?removed={made['id']}")


def test_O14_after_moving_the_page_is_where_one_was_also_without_a_script(mine):
    """At the first of them where they stay, at the next one where they go, at the last before when none is behind."""
    images, browser = mine.images, mine.browser
    browser.page("/my/groups")
    group, other = make(browser, "Summer"), make(browser, "Winter")
    at = {"of": f"group:{group}", "back": f"/my/groups/{group}?behind="}

    def place(reply):
        fragment = urlsplit(reply.url).fragment
        assert not fragment or f'id="{fragment}"' in reply.text
        return fragment.removeprefix("p-")

    assert place(move(mine, images[1:5], group)) == images[1]
    assert place(move(mine, images[1:2], other, **at)) == images[2]
    assert place(move(mine, images[4:5], "none", **at)) == images[3]
    assert place(move(mine, [images[3]], "new", new_name=" ", **at)) == images[2]
    assert place(browser.post("/my/selection", image=[images[2]], do="favourite", **at)) == images[2]
    assert place(move(mine, images[2:4], "none", **at)) == ""
    assert urlsplit(move(mine, images[:1], group, back="/my?x=1#p-<script>").url).fragment == f"p-{images[0]}"
    assert browser.post("/my/selection", image=images[:1], do="favourite", of="no:such").status_code == 404
