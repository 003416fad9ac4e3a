"""My rolls, a roll, one picture (O8): what is there, what is on its way, and what is nobody else's business."""

import re
from base64 import urlsafe_b64encode
from html import unescape
from urllib.parse import quote

from photoservice.gallery.cursors import FramePlace, write_cursor


def test_O8_the_first_page_shows_rolls_with_a_strip_of_their_pictures(owner):
    """Film, number of pictures, day; the strip's pictures load from short addresses that are good."""
    mine = owner("ROLLS0001", frames=("0", "1", "1A"))
    page = mine.browser.page("/my")
    assert page.count('<article class="roll">') == len(mine.rolls)
    assert "Kodak Gold 200" in page
    assert "3 pictures" in page
    small = [unescape(src) for src in re.findall(r'<img src="(/i/[^"]+)"', page)]
    assert len(small) == 3 * len(mine.rolls)
    assert mine.browser.get(small[0]).headers["Content-Type"] == "image/jpeg"


def test_O8_a_roll_without_pictures_is_shown_with_where_it_is(owner):
    mine = owner("ROLLS0002", frames=())
    page = mine.browser.page("/my")
    assert "No pictures yet" in page
    assert "It was registered today." in page
    waiting = mine.browser.page(mine.path(mine.rolls[0]))
    assert "The pictures are not here yet" in waiting
    assert "Every step of its way" in waiting


def test_O8_a_roll_is_a_contact_sheet_in_the_order_of_its_frames(owner):
    mine = owner("ROLLS0003", frames=("12A", "00", "2", "0", "10"))
    page = mine.browser.page(mine.path(mine.rolls[0]))
    assert re.findall(r'data-frame="([0-9A-Z]+)"', page) == ["00", "0", "2", "10", "12A"]
    assert 'alt="Picture 12A"' in page


def test_O8_a_picture_that_is_not_made_yet_and_one_that_cannot_be_say_so(owner, archive):
    mine = owner("ROLLS0004", frames=("1",))
    tenant = archive.tenant("Silver Lab")
    making = archive.file(mine.rolls[0], "2", tenant, made=False)
    failed = archive.file(mine.rolls[0], "3", tenant, made=False, trouble="unreadable")
    page = mine.browser.page(mine.path(mine.rolls[0]))
    assert "being prepared" in page
    assert "could not be read" in page
    assert "load the page again" in mine.browser.page(f"/my/images/{making.id}")
    assert "could not be read" in mine.browser.page(f"/my/images/{failed.id}")


def test_O8_a_picture_has_a_page_with_its_neighbours(owner):
    mine = owner("ROLLS0005", frames=("1", "2", "3"))
    first, second, third = [one.id for one in mine.pictures[mine.rolls[0]]]
    page = mine.browser.page(f"/my/images/{second}")
    assert f'rel="prev" data-key="ArrowLeft" href="/my/images/{first}"' in page
    assert f'rel="next" data-key="ArrowRight" href="/my/images/{third}"' in page
    assert 'rel="prev"' not in mine.browser.page(f"/my/images/{first}")
    assert 'rel="next"' not in mine.browser.page(f"/my/images/{third}")


def test_O8_what_is_not_ones_own_is_answered_like_what_is_not_there(owner, browser):
    """Another's roll and picture, unknown ones, and no ID at all: the same page, the same status."""
    mine, theirs = owner("ROLLS0006"), owner("ROLLS0007")
    image = theirs.images[0]
    asked = [
        theirs.path(theirs.rolls[0]),
        mine.path("(01)09521141012352(21)NOBODYS01"),
        "/my/rolls/nothing",
        "/my/rolls/%00",
        f"/my/images/{image}",
        "/my/images/IM-0000000000000000",
        "/my/images/%F0%9F%8E%9E",
    ]
    replies = [mine.browser.get(path) for path in asked]
    assert [reply.status_code for reply in replies] == [404] * len(asked)
    bodies = {re.sub(r"lang=|%[0-9A-F]{2}|[?&][^\"]*", "", reply.text) for reply in replies}
    assert len(bodies) == 1
    for path in (f"/my/images/{image}/favourite", f"/my/images/{image}/note"):
        assert mine.browser.post(path, on="yes", note="mine").status_code == 404
    stranger = browser()
    led = stranger.http.get(stranger.url + asked[4], headers={"Accept": "text/html"}, allow_redirects=False, timeout=30)
    assert led.headers["Location"].startswith("/sign-in?next=")


def test_O8_what_was_withdrawn_or_is_a_rival_is_not_shown(owner, archive, world):
    mine = owner("ROLLS0008", frames=("1", "2"))
    rival = archive.file(mine.rolls[0], "1", archive.tenant("Silver Lab"), state="rival")
    gone = mine.pictures[mine.rolls[0]][1].id
    world.sql("update images.image set state = 'withdrawn' where id = $1", gone)
    page = mine.browser.page(mine.path(mine.rolls[0]))
    assert rival.id not in page
    assert gone not in page
    assert mine.browser.get(f"/my/images/{gone}").status_code == 404


def test_O8_a_long_roll_goes_on_behind_a_link_that_works_without_a_script(owner, archive):
    """More frames than a page takes: each stands on exactly one page, and htmx gets the further ones alone."""
    mine, tenant = owner("ROLLS0009", frames=(), rolls=1), archive.tenant("Silver Lab")
    for n in range(1, 126):
        archive.file(mine.rolls[0], str(n), tenant, made=False, original=b"Frame %d" % n)
    path, seen = mine.path(mine.rolls[0]), []
    while path:
        page = mine.browser.page(path)
        seen += re.findall(r'<li id="p-[^"]+" data-image="[^"]+" data-frame="([^"]+)"', page)
        more = re.search(r'<p class="more"><a class="button second" href="([^"]+)"', page)
        path = unescape(more[1]) if more else ""
    assert seen == [str(n) for n in range(1, 126)]
    cursor = write_cursor(FramePlace(order=12_100, image="IM-zzzz"))
    part = mine.browser.get(f"{mine.path(mine.rolls[0])}?behind={cursor}", **{"HX-Request": "true"}).text
    assert "<html" not in part
    assert part.count("<li id=") == 5


def test_attack_a_cursor_that_is_none_of_ours_is_a_clear_refusal(owner):
    mine = owner("ROLLS0010")
    for cursor in ("x", "W10", "%00", "a" * 400, "a" * 5000, "WyIyMDI2LTExLTIwIiwiIl0"):
        for path in ("/my/favourites", mine.path(mine.rolls[0])):
            reply = mine.browser.get(f"{path}?behind={cursor}")
            assert reply.status_code == 400, cursor
    beyond = urlsafe_b64encode(b'["9999-12-31T23:59:59-23:59","IM-1"]').decode()
    assert mine.browser.get(f"/my/favourites?behind={beyond}").status_code == 400


def test_O8_many_rolls_come_a_page_at_a_time_and_are_searched(owner, archive):
    mine = owner("ROLLS0011", frames=(), rolls=14)
    tenant = archive.tenant("Silver Lab")
    for n, roll in enumerate(mine.rolls):
        archive.file(roll, "1", tenant, stock="Ilford HP5" if n == 3 else "Portra 400")
    page = mine.browser.page("/my")
    assert page.count('<article class="roll">') == 12
    more = unescape(re.search(r'hx-get="([^"]+)"', page)[1])
    rest = mine.browser.get(more, **{"HX-Request": "true"}).text
    assert (rest.count('<article class="roll">'), "<html" in rest) == (2, False)
    found = mine.browser.page("/my?q=ilford")
    assert found.count('<article class="roll">') == 1
    assert "No roll fits" in mine.browser.page("/my?q=" + quote('ektar" onfocus="alert(1)'))


def test_O8_pages_say_nothing_to_caches_and_run_nothing_inline(owner):
    mine = owner("ROLLS0012")
    for path in ("/my", mine.path(mine.rolls[0]), f"/my/images/{mine.images[0]}", "/my/favourites", "/my/orders"):
        reply = mine.browser.get(path)
        assert reply.headers["Cache-Control"] == "no-store"
        assert "unsafe" not in reply.headers["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*src=)|<style| style=| on\w+=", reply.text)


def test_attack_what_a_lab_wrote_is_text_and_nothing_else(owner, archive):
    """Markup, 10,000 letters, faces: shown as they are, and shortened by the page's style; no direction is turned."""
    mine = owner("ROLLS0013", frames=(), rolls=3)
    tenant = archive.tenant("Silver Lab")
    names = ["<script>alert(1)</script>", "\u202egnp.exe \U0001f39e " + "x" * 9_900, "فيلم ملوّن"]
    for roll, name in zip(mine.rolls, names, strict=True):
        archive.file(roll, "1", tenant, stock=name, lab=name[:100])
    page = mine.browser.page("/my")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    for roll, name in zip(mine.rolls, names, strict=True):
        shown = unescape(mine.browser.page(mine.path(roll)))
        assert "<bdi>" + name.replace("\u202e", "") + "</bdi></h1>" in shown
        assert "\u202e" not in shown


def test_O8_the_language_is_chosen_once_and_kept(owner, browser):
    mine = owner("ROLLS0014")
    mine.browser.page("/my")
    led = mine.browser.post("/my/language", language="de", next="/my/favourites")
    assert led.url.endswith("/my/favourites")
    assert '<html lang="de"' in mine.browser.page("/my")
    again = browser()
    again.open(mine.home.access_code)
    assert '<html lang="de"' in again.page("/my")
    for wrong, elsewhere in (("tlh", "https://evil.example"), ("", "//evil"), ("de'", "/my/../x")):
        led = mine.browser.post("/my/language", language=wrong, next=elsewhere)
        assert led.url == mine.browser.url + "/my"
    assert '<html lang="de"' in mine.browser.page("/my")
