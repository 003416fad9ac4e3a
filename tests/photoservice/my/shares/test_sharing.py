"""A share shows what its owner sees, to whom they want, until they take it back (O16)."""

import io
import re
from urllib.parse import quote

from PIL import Image

from photocore.edits import Rotate, fold


def test_O16_a_guest_sees_the_pictures_after_the_button_and_not_before(owner, share, guest, browser):
    mine = owner("SHARE001")
    shared = share(mine, "roll", "pick", sender="Anna", message="From the lake")
    stranger = browser()
    before = stranger.page(shared.path)
    assert "Anna" in before
    assert "Summer" in before
    assert "/i/IM-" not in before
    first = mine.pictures[mine.rolls[0]][0]
    assert stranger.get(f"{shared.path}/i/{first.id}/256").status_code == 404
    inside = guest(shared, "Ben", one=stranger).page(shared.path)
    for one in mine.pictures[mine.rolls[0]]:
        assert f"{shared.path}/i/{one.id}/256" in inside
        small = stranger.get(f"{shared.path}/i/{one.id}/256")
        assert (small.status_code, small.content) == (200, one.tiers["256"])
    assert not any(one.id in inside for one in mine.pictures[mine.rolls[1]])


def test_O16_each_scope_shows_what_it_says_and_nothing_else(owner, share, guest, world):
    mine = owner("SHARE002")
    images = mine.images
    assert mine.browser.post("/my/shares", scope="nonsense", what="").status_code == 404
    wanted = {
        "account": set(images),
        "package": set(images),
        "roll": {one.id for one in mine.pictures[mine.rolls[0]]},
        "selection": {images[0], images[4]},
    }
    for scope, shown in wanted.items():
        what = {"package": mine.home.package, "roll": mine.rolls[0]}.get(scope, "")
        fields = {"image": [images[4], images[0]]} if scope == "selection" else {}
        shared = share(mine, scope, what=what, **fields)
        page = guest(shared).page(shared.path)
        assert {image for image in images if image in page} == shown, scope
    assert page.index(images[4]) < page.index(images[0]), "a selection keeps its order"


def test_O16_what_is_taken_back_is_gone_with_the_next_request_also_for_an_img(owner, share, guest):
    mine = owner("SHARE003")
    shared = share(mine, "roll", "pick", "download_proxy")
    one = guest(shared)
    image = mine.pictures[mine.rolls[0]][0].id
    addresses = [f"{shared.path}/i/{image}/256", f"{shared.path}/i/{image}/2048", f"{shared.path}/d/{image}/proxy"]
    kept = one.get(addresses[0])
    assert "no-cache" in kept.headers["Cache-Control"]
    assert one.get(addresses[0], **{"If-None-Match": kept.headers["ETag"]}).status_code == 304
    assert mine.browser.post(f"{shared.page}/revoke").status_code == 200
    for address in addresses:
        again = one.get(address, **{"If-None-Match": kept.headers["ETag"]})
        assert again.status_code == 410, address
    assert one.post(f"{shared.path}/pick", pick=image).status_code == 410
    over = one.get(shared.path)
    assert over.status_code == 410
    assert "Summer" not in over.text


def test_O16_a_new_address_makes_the_old_one_open_nothing_and_keeps_the_picks(owner, share, guest, world):
    mine = owner("SHARE004")
    shared = share(mine, "roll", "pick")
    one = guest(shared, "Ben")
    image = mine.pictures[mine.rolls[0]][0].id
    assert one.post(f"{shared.path}/pick", pick=image).status_code == 200
    mine.browser.post(f"{shared.page}/address")
    assert one.get(shared.path).status_code == 404
    page = mine.browser.page(shared.page)
    assert "Ben" in page
    assert shared.path not in page


def test_attack_a_new_address_puts_everybody_out_who_has_a_session_too(owner, share, guest, world):
    """What others share with them does not lead whom it puts out to the new address; by that they are who they were."""
    mine, theirs = owner("SHARE014"), owner("SHARE015")
    shared = share(mine, "roll", "pick", password="film-1984")
    one = guest(shared, "Ben", one=theirs.browser, password="film-1984")
    image = mine.pictures[mine.rolls[0]][0].id
    assert one.post(f"{shared.path}/pick", pick=image).status_code == 200
    assert shared.path in one.page("/my")
    mine.browser.post(f"{shared.page}/address")
    assert "/s/" not in one.page("/my")
    path = re.search(r'readonly value="[^"]*?(/s/[^"]+)"', mine.browser.page(shared.page))[1]
    assert "IM-" not in one.page(path)
    assert one.post(f"{path}/open", password="guessed").status_code == 403
    assert "IM-" in one.post(f"{path}/open", password="film-1984").text
    rows = world.sql(
        "select guest.id, name, pick.image from people.guest left join people.pick on pick.guest = guest.id"
    )
    assert [(row["name"], row["image"]) for row in rows] == [("Ben", image)]


def test_O16_expired_and_full_shares_say_so_and_who_was_there_stays(owner, share, guest, browser, world):
    mine = owner("SHARE005")
    shared = share(mine, "roll", view_limit="1")
    one = guest(shared)
    late = browser()
    full = late.get(shared.path)
    assert (full.status_code, "This share is full" in full.text) == (403, True)
    assert late.post(f"{shared.path}/open").status_code == 403
    assert one.get(shared.path).status_code == 200
    today = f"{world.clock.now():%F}"
    mine.browser.page(shared.page)
    assert mine.browser.post(shared.page, title="Summer", expires=today).status_code == 200
    assert one.get(shared.path).status_code == 200
    world.clock.advance(25 * 3600)
    over = one.get(shared.path)
    assert (over.status_code, "Its time has come to an end" in over.text) == (410, True)


def test_O16_rights_are_asked_at_each_request(owner, share, guest):
    mine = owner("SHARE006")
    shared = share(mine, "roll")
    one = guest(shared)
    image = mine.pictures[mine.rolls[0]][0].id
    asked = {
        "pick": lambda: one.post(f"{shared.path}/pick", pick=image),
        "comment": lambda: one.post(f"{shared.path}/comments", text="Lovely", image=image),
        "download_proxy": lambda: one.get(f"{shared.path}/d/{image}/proxy"),
        "download_original": lambda: one.get(f"{shared.path}/d/{image}/original"),
    }
    one.page(shared.path)
    for right, ask in asked.items():
        assert ask().status_code == 403, right
    mine.browser.page(shared.page)
    assert mine.browser.post(shared.page, title="Summer", right=list(asked)).status_code == 200
    for right, ask in asked.items():
        assert ask().status_code == 200, right
    assert mine.browser.post(shared.page, title="Summer", right=["comment"]).status_code == 200
    assert asked["pick"]().status_code == 403
    assert asked["comment"]().status_code == 200


def test_O16_a_share_goes_dark_when_its_owner_does_not_see_the_pictures_any_more(owner, share, guest, browser, world):
    mine = owner("SHARE007")
    shared = share(mine, "account")
    one, image = guest(shared), mine.images[0]
    assert one.get(f"{shared.path}/i/{image}/256").status_code == 200
    world.sql("update registration set word = 'contested'")
    assert one.get(f"{shared.path}/i/{image}/256").status_code == 404
    page = one.page(shared.path)
    assert image not in page
    assert "nothing to see" in page
    assert browser().get(shared.path).status_code == 404
    world.sql("update registration set word = 'registered'")
    assert image in one.page(shared.path)


def test_O16_an_image_that_is_withdrawn_goes_from_every_share(owner, share, guest, world):
    mine = owner("SHARE008")
    images = [one.id for one in mine.pictures[mine.rolls[0]]]
    shared = share(mine, "selection", "pick", image=images)
    one = guest(shared)
    one.page(shared.path)
    assert one.post(f"{shared.path}/pick", pick=images[0]).status_code == 200
    world.sql("update images.image set state = 'withdrawn' where id = $1", images[0])
    assert one.post(f"{shared.path}/pick", pick=images[0]).status_code == 404
    assert one.get(f"{shared.path}/i/{images[0]}/256").status_code == 404
    assert one.get(f"{shared.path}/images/{images[0]}").status_code == 404
    assert images[0] not in one.page(shared.path)
    assert images[0] not in mine.browser.page(shared.page)


def test_O16_picks_and_comments_are_each_guests_own_and_the_owner_sees_all(owner, share, guest):
    mine = owner("SHARE009")
    shared = share(mine, "roll", "pick", "comment")
    ben, eve = guest(shared, "Ben"), guest(shared, "Ines")
    images = [one.id for one in mine.pictures[mine.rolls[0]]]
    for one, image in ((ben, images[0]), (eve, images[0]), (eve, images[2])):
        one.page(shared.path)
        assert one.post(f"{shared.path}/pick", pick=image).status_code == 200
    assert ben.post(f"{shared.path}/pick", {"HX-Request": "true"}, unpick=images[0]).status_code == 204
    assert 'name="unpick"' not in ben.page(shared.path)
    assert ben.post(f"{shared.path}/pick", {"HX-Request": "true"}, pick=images[0]).content == b""
    ben.post(f"{shared.path}/comments", text="The first one!", image=images[0])
    assert f'name="unpick" value="{images[2]}"' not in ben.page(shared.path)
    assert "Ines" not in ben.page(shared.path)
    seen = eve.page(f"{shared.path}/images/{images[0]}")
    assert "The first one!" in seen
    page = mine.browser.page(shared.page)
    assert all(word in page for word in ("Ben", "Ines", "The first one!"))
    assert mine.browser.get(f"{shared.page}/picks.csv").text.count("Ines") == 2
    said = page.partition("/comments/")[2].partition("/remove")[0]
    assert eve.post(f"{shared.path}/comments/{said}/remove").status_code == 404
    assert mine.browser.post(f"{shared.page}/comments/{said}/remove").status_code == 200
    assert "The first one!" not in eve.page(f"{shared.path}/images/{images[0]}")


def test_O16_others_shares_are_nobodys_business(owner, share):
    mine, other = owner("SHARE010"), owner("SHARE011")
    shared = share(mine, "roll")
    other.browser.page("/my/shares")
    assert other.browser.get(shared.page).status_code == 404
    assert other.browser.get(f"{shared.page}/qr.svg").status_code == 404
    for what in ("revoke", "address", "delete"):
        assert other.browser.post(f"{shared.page}/{what}").status_code == 404
    assert other.browser.post(shared.page, title="Mine now").status_code == 404
    stolen = other.browser.post("/my/shares", scope="roll", what=mine.rolls[0], kind="link")
    assert stolen.status_code == 404
    picked = other.browser.post("/my/shares", scope="selection", image=[other.images[0], mine.images[0]], kind="link")
    assert picked.status_code == 404
    assert mine.browser.get(f"/my/shares/new?scope=roll&what={quote(mine.rolls[0])}").status_code == 200
    assert other.browser.get(f"/my/shares/new?scope=roll&what={quote(mine.rolls[0])}").status_code == 404


def test_O16_guests_see_pictures_as_they_are_edited_and_never_bare(owner, share, guest, world):
    mine = owner("SHARE012")
    shared = share(mine, "roll", "download_proxy")
    one, filed = guest(shared), mine.pictures[mine.rolls[0]][0]
    service = world.running.service
    (row,) = world.sql("select person from people.share")

    async def turn():
        async with service.database.begin() as session:
            edit = fold([Rotate(turns=1)])
            await service.people.editing.versions.keep(session, row["person"], filed.id, edit, seen=0)

    plain = one.get(f"{shared.path}/i/{filed.id}/2048")
    world.running.run(turn())
    assert f"/i/{filed.id}/256?v=" in one.page(shared.path)
    for path in (f"i/{filed.id}/2048", f"d/{filed.id}/proxy"):
        turned = one.get(f"{shared.path}/{path}", **{"If-None-Match": plain.headers["ETag"]})
        assert Image.open(io.BytesIO(turned.content)).size == (400, 600), path
        again = one.get(f"{shared.path}/{path}", **{"If-None-Match": turned.headers["ETag"]})
        assert again.status_code == 304
