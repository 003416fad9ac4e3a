"""Selecting pictures in Chromium: ranges, other pages, dragging onto a group, the order of groups (O14)."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PHONE, DESK = {"width": 390}, {"width": 1280, "height": 900}


def make_group(page, url, name):
    page.goto(f"{url}/my/groups")
    page.fill("#name", name)
    page.click("form.make button")
    page.wait_for_selector("main[data-page=my-group]")
    return urlsplit(page.url).path.rpartition("/")[2]


def ticks(page):
    return page.locator(".tick input")


def pictures(page):
    return page.locator(".strip li[data-image]").count()


def drag(page, start, end):
    """Drag by the mouse as a hand does, from the middle of one thing into another that may appear on the way."""
    from_box = start.bounding_box()
    x, y = from_box["x"] + from_box["width"] / 2, from_box["y"] + from_box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 30, steps=4)
    end.wait_for()
    to = end.bounding_box()
    page.mouse.move(to["x"] + to["width"] / 2, to["y"] + to["height"] / 2, steps=4)
    page.mouse.up()


def test_O14_a_range_is_selected_with_shift_and_moved_on_a_phone(household, at_home):
    home = household(frames=6)
    watched = at_home(home, **PHONE)
    page = watched.page
    group = make_group(page, watched.url, "Summer")
    page.goto(watched.url + home.roll())
    assert not page.locator(".doings").is_visible()
    ticks(page).nth(1).check()
    ticks(page).nth(4).click(modifiers=["Shift"])
    assert page.locator("[data-part=chosen]").inner_text() == "Selected: 4"
    page.click(".moving summary")
    page.click(f".targets button[value='{group}']")
    page.wait_for_selector("[data-part=did]")
    assert "4 pictures put into “Summer”" in page.locator("[data-part=did]").inner_text()
    assert "did=" not in page.url
    assert ticks(page).nth(1).is_checked() is False
    page.goto(f"{watched.url}/my/groups/{group}")
    assert pictures(page) == 4


def test_O14_what_is_ticked_stays_so_on_the_other_pages_of_the_same(household, at_home):
    home = household(frames=6)
    watched = at_home(home, **DESK)
    page = watched.page
    page.goto(watched.url + home.roll())
    ticks(page).nth(0).check()
    page.goto(watched.url + home.roll(1))
    assert page.locator(".tick input:checked").count() == 0
    page.goto(watched.url + home.roll())
    assert ticks(page).nth(0).is_checked()
    page.click("button[value=download]")
    page.wait_for_selector(".ways")
    assert parse_qs(urlsplit(page.url).query) == {"image": [home.image()]}


def test_O14_pictures_are_dragged_onto_a_group(household, at_home):
    home = household(frames=4)
    watched = at_home(home, **DESK)
    page = watched.page
    group = make_group(page, watched.url, "Dragged")
    page.goto(watched.url + home.roll())
    drag(page, page.locator(".strip li .cell").nth(2), page.locator(f".targets button[value='{group}']"))
    page.wait_for_selector("[data-part=did]")
    page.goto(f"{watched.url}/my/groups/{group}")
    assert pictures(page) == 1


def test_O14_the_order_of_groups_is_dragged(household, at_home):
    watched = at_home(household(rolls=1, frames=1), **DESK)
    page = watched.page
    made = [make_group(page, watched.url, name) for name in ("A", "B", "C")]
    page.goto(f"{watched.url}/my/groups")

    def order():
        return page.locator("[data-group]").evaluate_all("(all) => all.map((one) => one.dataset.group)")

    drag(page, page.locator(f"#{made[2]} .into"), page.locator(f"#{made[0]} .into"))
    page.wait_for_selector(".said")
    assert order() == [made[2], made[0], made[1]]
    page.reload()
    assert order() == [made[2], made[0], made[1]]


def test_O14_everything_is_done_from_the_keyboard(household, at_home):
    home = household(frames=3)
    watched = at_home(home, **DESK)
    page = watched.page
    group = make_group(page, watched.url, "Keys")
    page.goto(watched.url + home.roll())
    ticks(page).nth(0).focus()
    page.keyboard.press("Space")
    page.locator(".moving summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator(".moving summary").evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Enter")
    page.locator(f".targets button[value='{group}']").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-part=did]")
    page.goto(f"{watched.url}/my/groups/{group}")
    assert pictures(page) == 1


def test_O14_a_zip_is_saved_by_the_browser(household, at_home):
    home = household(frames=3)
    watched = at_home(home, **PHONE)
    page = watched.page
    page.goto(f"{watched.url}/my/download?of=all&all=yes")
    with page.expect_download() as waiting:
        page.locator("form[data-part=take] button").first.click()
    assert re.fullmatch(r"Pictures.*\.zip", waiting.value.suggested_filename)
    assert waiting.value.path().read_bytes()[:4] == b"PK\3\4"


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_O14_the_pages_of_groups_and_downloads_have_no_fault_that_axe_finds(
    household, at_home, look_over, width, scheme
):
    home = household(frames=3)
    watched = at_home(home, width=width, color_scheme=scheme)
    page = watched.page
    group = make_group(page, watched.url, "A group with quite a long name, in which words follow words")
    for path in (f"/my/groups/{group}", "/my/groups", "/my/groups/rest", "/my/download?of=all&all=yes"):
        page.goto(watched.url + path)
        assert look_over(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{watched.url}/my/groups/rest")
    ticks(page).nth(0).check()
    page.click(".moving summary")
    assert look_over(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_O14_on_a_phone_a_button_begins_selecting_and_a_touch_ticks_instead_of_opening(household, at_home):
    home = household(frames=3)
    watched = at_home(home, **PHONE, has_touch=True, is_mobile=True)
    page = watched.page
    page.goto(watched.url + home.roll())
    assert page.locator(".tick").first.evaluate("(one) => getComputedStyle(one).opacity") == "0"
    page.tap("[data-part=choose]")
    for nr in (0, 2):
        page.locator(".strip .cell").nth(nr).tap()
    assert page.locator("[data-part=chosen]").inner_text() == "Selected: 2"
    page.locator(".strip .cell").nth(0).tap()
    assert [ticks(page).nth(nr).is_checked() for nr in range(3)] == [False, False, True]
    page.tap("[data-part=clear]")
    assert page.locator("[data-part=choose]").evaluate("(one) => one === document.activeElement")
    page.locator(".strip .cell").nth(1).tap()
    page.wait_for_selector(".pswp--open")


IN_SIGHT = """(id) => {
    const { top, bottom } = document.getElementById(id).getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
}"""


@pytest.mark.nightly
def test_O14_after_moving_pictures_the_page_is_where_one_was_also_on_its_second_part(household, at_home):
    """The further pictures are asked for again, and what was done is said where one is."""
    home = household(rolls=1, frames=122)
    watched = at_home(home, width=390, height=600)
    page = watched.page
    group = make_group(page, watched.url, "Far down")
    page.goto(watched.url + home.roll())
    page.click(".more a")
    page.wait_for_selector(f"#p-{home.image(frame=121)}")
    page.click(f"#p-{home.image(frame=121)} .tick")
    page.click(".moving summary")
    page.click(f".targets button[value='{group}']")
    page.wait_for_selector("text=1 picture put into “Far down”")
    page.wait_for_selector(f"#p-{home.image(frame=121)}")
    page.wait_for_function(IN_SIGHT, arg=f"p-{home.image(frame=121)}")
    page.wait_for_selector(".says .said")


@pytest.mark.parametrize("scripts", [True, False])
def test_O14_after_a_change_the_page_is_where_one_was_and_says_there_what_was_done(household, at_home, scripts):
    home = household(rolls=1, frames=24)
    watched = at_home(home, width=390, height=600, scripts=scripts)
    page = watched.page
    page.goto(watched.url + home.roll())
    cell = f"p-{home.image(frame=22)}"
    page.click(f"#{cell} .tick")
    page.click("button[value=favourite]")
    page.wait_for_selector("[data-part=did]")
    page.wait_for_function(IN_SIGHT, arg=cell)
    said = page.locator(".says .said" if scripts else "[data-part=did]")
    said.wait_for()
    assert "1 picture" in said.inner_text()
    assert 0 <= said.bounding_box()["y"] < 600
