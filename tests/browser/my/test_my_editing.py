"""The editor in a real browser (O9): by touch, by keyboard, without a script; what is seen is what is saved."""

import pytest
from playwright.sync_api import Page, expect

from photocore.edit_codes import code_of
from photocore.edits import read_edit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NO_ROOM = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll(
    "main a, main button, main input:not([type=hidden]), main select, summary")]
  .filter((n) => n.checkVisibility() && !n.classList.contains("aside") && !n.closest("label.choice, .notice"))
  .filter((n) => n.getBoundingClientRect().height < 43.5)
  .map((n) => `${n.tagName} ${n.className} ${n.name} ${n.getBoundingClientRect().height}`)"""
IS_SHOWN = "(image) => image.complete && image.naturalWidth > 0"


@pytest.fixture(scope="module")
def home(household):
    return household(rolls=2, frames=6)


@pytest.fixture
def editor(home, at_home):
    """Open the editor of a picture: ``editor(frame, **how the browser is)``."""

    def open_one(frame=0, **more):
        watched = at_home(home, **more)
        page = watched.go(f"/my/images/{home.image(0, frame)}/edit")
        if more.get("scripts", True):
            expect(page.locator("#tab-crop")).to_be_visible()
        return watched, page

    return open_one


def saved(shop, image: str) -> str:
    rows = shop.running.sql(
        "select instructions from people.edit_head join people.edit using (person, image, version) where image = $1",
        image,
    )
    return code_of(read_edit(rows[0]["instructions"].encode())) if rows else ""


def save(page: Page) -> None:
    page.click("[data-part=save]")
    expect(page.locator(".notice.ok")).to_be_visible()


def drag(page: Page, handle: str, dx: float, dy: float) -> None:
    box = page.locator(handle).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def shown_after(page: Page, act) -> None:
    """Do something and wait for the preview of it."""
    with page.expect_response(lambda reply: "/preview?" in reply.url and reply.ok):
        act()


def test_O9_a_corner_is_dragged_and_what_stays_is_saved_and_shown_on_the_roll(editor, home, shop):
    watched, page = editor(0)
    frame = page.locator("[data-part=frame]").bounding_box()
    drag(page, ".corner.nw", frame["width"] / 4, frame["height"] / 4)
    expect(page.locator("[data-part=said-area]")).to_have_text("75 by 75 per cent of the picture")
    drag(page, "[data-part=cut]", -400, 0)  # no further than the edge
    shown_after(page, lambda: page.click("#tab-film"))
    shown_after(page, lambda: page.check("input[value=red]"))
    save(page)

    left, top, width, height = (float(part) for part in saved(shop, home.image()).split("~")[0][1:].split(","))
    assert (left, round(top, 2), round(width, 2), round(height, 2)) == (0, 0.25, 0.75, 0.75)
    assert saved(shop, home.image()).endswith("bred")
    watched.go(home.roll())
    small = page.locator(f"#p-{home.image()} .cell img[src^='/e/']")
    expect(small).to_have_count(1)
    page.wait_for_function(IS_SHOWN, arg=small.element_handle())


def test_O9_by_keyboard_alone_a_picture_is_turned_cropped_made_brighter_and_saved(editor, home, shop):
    _, page = editor(1)
    page.focus("#tab-crop")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-light")).to_be_focused()
    page.focus("#c-light")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("output[data-of=light]")).to_have_text("+0.2")
    page.focus("#tab-light")
    page.keyboard.press("ArrowLeft")
    page.focus("button[value=right]")
    page.keyboard.press("Enter")
    page.focus(".edge.w")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.focus("[data-part=cut]")
    page.keyboard.press("ArrowLeft")
    page.focus("[data-part=save]")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.ok")).to_be_visible()

    assert saved(shop, home.image(0, 1)) == "r1~c0.14,0,0.85,1~e0.2"


def test_O9_undo_and_redo_go_through_what_is_not_saved_and_then_through_what_is(editor, home, shop):
    _, page = editor(2)
    page.click("#tab-light")
    shown_after(page, lambda: page.locator("#c-contrast").fill("40"))
    shown_after(page, lambda: page.locator("#c-contrast").fill("-30"))
    page.click("[data-part=undo]")
    expect(page.locator("#c-contrast")).to_have_value("40")
    page.click("[data-part=undo]")
    expect(page.locator("#c-contrast")).to_have_value("0")
    expect(page.locator("[data-part=undo]")).to_be_disabled()
    page.click("[data-part=redo]")
    expect(page.locator("#c-contrast")).to_have_value("40")
    save(page)
    assert saved(shop, home.image(0, 2)) == "k40"
    page.click("[data-part=undo]")
    expect(page.locator(".notice.ok")).to_have_text("Undone.")
    assert saved(shop, home.image(0, 2)) == ""
    page.click("[data-part=redo]")
    expect(page.locator(".notice.ok")).to_have_text("Done again.")
    assert saved(shop, home.image(0, 2)) == "k40"


def test_O9_the_newest_preview_wins_however_late_an_older_one_comes(editor):
    _, page = editor(3)
    page.click("#tab-film")
    page.wait_for_load_state("networkidle")
    held = []

    def hold(route):
        held.append(route)

    page.route("**/preview?*d=bred*", hold)
    with page.expect_request("**/preview?*d=bred*"):
        page.check("input[value=red]")
    shown_after(page, lambda: page.check("input[value=blue]"))
    newest = page.locator("[data-part=shown]")
    page.wait_for_function("(image) => image.src.startsWith('blob:')", arg=newest.element_handle())
    source = newest.get_attribute("src")
    for route in held:
        route.fulfill(status=200, content_type="image/jpeg", body=b"late")
    page.wait_for_load_state("networkidle")
    assert newest.get_attribute("src") == source


def test_O9_comparing_shows_the_original_and_goes_back(editor):
    _, page = editor(3)
    shown = page.locator("[data-part=shown]")
    page.click("#tab-film")
    shown_after(page, lambda: page.check("input[value=none]"))
    compare = page.locator("[data-part=compare]")
    compare.focus()
    page.keyboard.press("Enter")
    expect(compare).to_have_attribute("aria-pressed", "true")
    expect(shown).to_have_attribute("alt", "Picture 4, as it was scanned")
    page.keyboard.press("Enter")
    expect(shown).to_have_attribute("alt", "Picture 4, as you set it")
    box = compare.bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    expect(shown).to_have_attribute("alt", "Picture 4, as it was scanned")
    page.wait_for_timeout(400)
    page.mouse.up()
    expect(shown).to_have_attribute("alt", "Picture 4, as you set it")


def test_O9_a_preview_that_does_not_come_is_told_and_what_was_set_stays(editor):
    watched, page = editor(3)
    watched.expected.add(500)
    page.click("#tab-light")
    page.wait_for_load_state("networkidle")
    page.route("**/preview?*", lambda route: route.fulfill(status=500, body=""))
    page.locator("#c-light").fill("1")
    expect(page.locator(".said.bad")).to_contain_text("What you set is kept on this page")
    expect(page.locator("#c-light")).to_have_value("1")
    page.unroute("**/preview?*")


def test_O9_without_a_script_the_form_turns_shows_and_saves(editor, home, shop):
    _, page = editor(4, scripts=False)
    page.click("button[value=left]")
    page.fill("#c-left", "20")
    page.fill("#c-width", "60")
    page.check("input[value=green]")
    page.click("[data-part=show]")
    assert page.locator("[data-part=shown]").get_attribute("src").endswith("d=r3~c0.2,0,0.6,1~bgreen")
    assert page.evaluate(NO_ROOM) is False
    page.click("[data-part=save]")
    assert "Saved." in page.locator(".notice").inner_text()
    assert saved(shop, home.image(0, 4)) == "r3~c0.2,0,0.6,1~bgreen"
    page.click("main .actions a")
    page.locator(".strip:not(.one) .tick input").first.check()
    page.click(".foot-bar button")
    assert "Copied to 1 picture." in page.locator(".notice").inner_text()
    page.click(".notice button")
    assert "Copying was undone." in page.locator(".notice").inner_text()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (820, "light"), (1280, "dark")])
def test_O9_the_editor_fits_and_passes_axe(editor, home, look_over, width, scheme):
    watched, page = editor(5, width=width, color_scheme=scheme)
    page.click("button[value=right]")
    save(page)
    for tool in ("crop", "light", "colour", "film"):
        page.click(f"#tab-{tool}")
        assert page.evaluate(NO_ROOM) is False, tool
        assert page.evaluate(SMALL) == [], tool
        assert look_over(page) == [], tool
    page.locator("summary", has_text="Versions").click()
    assert look_over(page) == []
    watched.go(f"/my/edits/copy?from={home.image(0, 5)}")
    assert look_over(page) == []
    assert page.evaluate(NO_ROOM) is False
