"""Looking at pictures (O8) in a real browser: over their sheet, by keys, without a script, without a network."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OPEN = ".pswp[aria-modal]"
"""Open, and listening to keys."""


@pytest.fixture
def shopper(at_home, household):
    """Somebody who opened a receipt's code, on the page of their first roll."""

    def come(*, frames=5, **more):
        home = household(rolls=2, frames=frames)
        phone = at_home(home, **more)
        phone.go(home.roll())
        return phone, home

    return come


def test_O8_a_picture_opens_over_its_sheet_and_keys_lead_on(shopper):
    """Enter opens it, arrows turn, f marks it, Escape shuts it and the focus is where it was; so does going back."""
    phone, _ = shopper()
    page = phone.page
    page.focus("[data-part=sheet] li:nth-child(2) a.cell")
    page.keyboard.press("Enter")
    page.wait_for_selector(OPEN)
    expect(page.locator(".told b")).to_have_text("2")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".told b")).to_have_text("3")
    with page.expect_response(re.compile("/favourite$")) as marked:
        page.keyboard.press("f")
    assert marked.value.status == 200
    page.wait_for_selector("[data-part=sheet] li:nth-child(3) .icon.full")
    assert page.get_attribute(".pswp__button--favour", "aria-pressed") == "true"
    page.keyboard.press("Escape")
    page.wait_for_selector(".pswp", state="detached")
    page.click("[data-part=sheet] li:nth-child(1) a.cell")
    page.wait_for_selector(OPEN)
    page.go_back()
    page.wait_for_selector(".pswp", state="detached")
    assert "/my/rolls/" in page.url


def test_O8_a_slideshow_turns_by_itself_and_stops_when_touched(shopper):
    phone, _ = shopper(frames=3)
    page = phone.page
    page.click("[data-part=play]")
    expect(page.locator(".told b")).to_have_text("2")
    page.keyboard.press(" ")
    page.wait_for_selector('.pswp__button--play[aria-pressed="false"]')


def test_O8_every_button_of_the_lightbox_has_a_name_and_axe_finds_nothing(shopper, look_over):
    phone, _ = shopper(frames=3)
    page = phone.page
    page.click("[data-part=sheet] li:nth-child(1) a.cell")
    page.wait_for_selector(OPEN)
    expect(page.locator(".told b")).to_have_text("1")
    assert (
        page.evaluate("[...document.querySelectorAll('.pswp button')].filter((b) => !b.title && !b.ariaLabel).length")
        == 0
    )
    assert look_over(page) == []


def test_O8_a_note_and_a_favourite_on_the_pictures_own_page(shopper):
    """The button changes in place; arrows lead to the neighbours, but not while a note is written."""
    phone, home = shopper()
    page = phone.go(f"/my/images/{home.image(frame=1)}")
    page.click("[data-key=f]")
    page.wait_for_selector('[data-key=f][aria-pressed="true"]')
    page.fill("#note", "The day of the regatta")
    page.press("#note", "ArrowRight")
    page.click("text=Save the note")
    page.wait_for_load_state()
    assert page.input_value("#note") == "The day of the regatta"
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/my/images/{home.image(frame=2)}")
    page.keyboard.press("Escape")
    page.wait_for_url("**/my/rolls/**")


def test_O8_without_a_script_every_link_leads_to_a_page(shopper):
    phone, home = shopper(scripts=False)
    page = phone.page
    page.click("[data-part=sheet] li:nth-child(2) a.cell")
    page.wait_for_url(f"**/my/images/{home.image(frame=1)}")
    page.click("[data-key=f]")
    assert page.get_attribute("[data-key=f]", "aria-pressed") == "true"
    page.click("a[rel=next]")
    page.wait_for_url(f"**/my/images/{home.image(frame=2)}")
    page.click("a.up")
    page.wait_for_url("**/my/rolls/**")
    assert page.locator("[data-part=sheet] .icon.full").count() == 1


def test_O8_without_a_network_a_page_says_so_and_nothing_is_lost(shopper):
    """The page one is on says it, a change says that it failed, the next page is the one the browser kept."""
    phone, home = shopper()
    page = phone.go(f"/my/images/{home.image()}")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.page.context.set_offline(True)
    page.wait_for_selector("[data-part=offline]:not([hidden])")
    page.click("[data-key=f]")
    page.wait_for_selector(".said.bad")
    assert page.get_attribute("[data-key=f]", "aria-pressed") == "false"
    page.click("a.up")
    page.wait_for_selector("text=You are offline")
    assert page.locator('main[data-page="my-offline"]').count() == 1
    phone.page.context.set_offline(False)
    page.click("text=Try again")
    page.wait_for_selector('main[data-page="my-home"]')
    phone.troubles[:] = [one for one in phone.troubles if "htmx:" not in one and "INTERNET_DISCONNECTED" not in one]
