"""A shopper's walk on a phone, from the QR on the receipt to a friend's pick (O8, O9, O14, O16)."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(240)]


def walk(shop, visit, household, *, scripts):
    home = household(rolls=1, frames=4)
    phone = visit(scripts=scripts)
    page = phone.go(f"/r#{home.code}")
    if scripts:
        page.wait_for_selector('[data-part="open"]:not([hidden])')
    else:
        page.fill("#code", home.code)
        page.click("form[action^='/r'] button")
    page.click("form[action^='/sign-in/code'] button")
    page.wait_for_url("**/my**")
    page.click("a[href*='/my/rolls/']")
    expect(page.locator(".strip .cell")).to_have_count(4)
    page.goto(phone.url + f"/my/images/{home.image(0, 1)}/edit")
    with page.expect_navigation():
        if scripts:
            page.locator("button[value=right], [data-turn=right]").first.click()
        else:
            page.click("button[name=do][value=right]")
            page.wait_for_load_state()
        page.locator("button[name=do][value=save]").first.click()
    page.goto(phone.url + home.roll())
    expect(page.locator(f"#p-{home.image(0, 1)} .edited")).to_have_count(1)
    for nr in (0, 1):
        page.check(f"#p-{home.image(0, nr)} input[name=image]", force=True)
    if not page.is_visible("#new-group"):
        page.click("[data-part=moving] summary")
    page.fill("#new-group", "For grandma")
    page.click("button[name=group][value=new]")
    page.wait_for_load_state()
    page.goto(phone.url + "/my/groups")
    page.click("main a[href*='/my/groups/G']")
    expect(page.locator(".strip .cell")).to_have_count(2)
    page.locator("a[href*='/my/shares/new']").first.click()
    page.fill("input[name=title]", "Two for you")
    page.locator("form[action='/my/shares'] button:not([type=button])").last.click()
    page.wait_for_url("**/my/shares/SH-**")
    link = re.search(r"/s/[A-Za-z0-9_-]{16,}", page.content())[0]
    share = page.url
    friend = visit(scripts=scripts)
    other = friend.go(link)
    other.fill("input[name=name]", "Bo")
    other.click("form[action$='/open'] button")
    expect(other.locator(".strip .cell, .strip li")).not_to_have_count(0)
    other.locator("button[name=pick]").first.click()
    expect(other.locator("button[name=unpick]")).to_have_count(1)
    page.goto(share)
    expect(page.locator("main")).to_contain_text("Bo")
    return phone


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_O8_O9_O14_O16_from_the_receipts_code_to_a_friends_pick(shop, visit, household, scripts):
    walk(shop, visit, household, scripts=scripts)
