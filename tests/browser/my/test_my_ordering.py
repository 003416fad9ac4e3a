"""Ordering in a real browser: the price follows as one chooses, and a few touches make an order (O10)."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_O10_the_price_follows_as_one_chooses_and_touches_make_an_order(household, at_home, look_over):
    home = household(rolls=1, frames=2)
    watched = at_home(home, width=390)
    page = watched.page
    page.goto(f"{watched.url}/my/ordering/goods/cd?image={home.image()}")
    page.select_option("#o-case", "box")
    page.locator("#price", has_text="6.90").wait_for()
    page.fill("#quantity", "2000")
    page.locator("#price .typo").wait_for()
    page.fill("#quantity", "2")
    page.locator("#price", has_text="13.80").wait_for()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/my/ordering/confirm**")
    page.get_by_role("button", name="Order for").click()
    page.wait_for_url("**/my/orders/O-**")
    assert look_over(page) == []
    page.get_by_role("button", name="Cancel the order").click()
    page.wait_for_url("**did=cancelled")
    assert page.get_by_text("Cancelled. Nothing of it is made.").is_visible()
