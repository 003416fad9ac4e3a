"""The catalogue's and the terms' pages before a browser: axe-core finds nothing, nothing sticks out (O10, O15).

With script the price of a choice follows what is typed; nothing of it is saved.
"""

import os
from pathlib import Path

import pytest

from photoservice.operating.duty import CONSOLE
from photoservice.operating.operators import Appointment

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DRAFT = "/ops/catalogue/draft"
PAGES = (
    "/ops/catalogue",
    "/ops/catalogue/versions/2026-11",
    DRAFT,
    f"{DRAFT}/items/2",
    f"{DRAFT}/items/4?of=ar",
    "/ops/terms",
    "/ops/terms/04006381333931",
)
SIGHTS = ((390, "light", "en"), (1280, "dark", "de"), (1280, "light", "ar"))


@pytest.fixture
def desk(visit, shop):
    """Open the operators' pages as an owner, in a browser of their own."""

    def opened(name: str, **more):
        watched = visit(**more)
        page = watched.page
        page.goto(f"{watched.url}/sign-up")
        page.fill("#name", name)
        page.fill("#password", "a long walk by the river")
        page.click("form[action='/sign-up'] button[type=submit], form[action='/sign-up'] button:not([type])")
        page.wait_for_url("**/my**")
        wish = Appointment(login=name, role="owner", tenant="", name=name)
        operators = shop.running.service.goods.operators
        shop.running.do(lambda session: operators.add(session, CONSOLE, wish))
        return watched

    return opened


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("width", "scheme", "language"), SIGHTS)
def test_O10_every_page_of_the_catalogue_passes_axe_and_fits(desk, look_over, width, scheme, language):
    watched = desk(f"looks-{width}-{language}", width=width, color_scheme=scheme)
    page, wrong = watched.page, []
    page.goto(f"{watched.url}/ops/catalogue")
    page.click(f"form[action='{DRAFT}/begin'] button, a[href='{DRAFT}'].button")
    page.wait_for_url(f"**{DRAFT}")
    for number, path in enumerate(PAGES):
        page.goto(f"{watched.url}{path}{'&' if '?' in path else '?'}lang={language}")
        wrong += [(path, one) for one in look_over(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong += [(path, f"{wide} pixels too wide")] if wide > 0 else []
        if folder := os.environ.get("TWINCHECK_LOOKS"):
            page.screenshot(path=Path(folder) / f"catalogue-{number}-{width}-{language}.png", full_page=True)
    assert wrong == []


def test_O10_the_price_follows_what_is_typed_and_nothing_is_saved(desk, shop):
    watched = desk("follows")
    page = watched.page
    page.goto(f"{watched.url}/ops/catalogue")
    page.click(f"form[action='{DRAFT}/begin'] button, a[href='{DRAFT}'].button")
    page.goto(f"{watched.url}{DRAFT}/items/0?lang=en")
    before = shop.running.sql("select body, edition from goods.catalogue_draft")
    page.fill("[name='price.base.EUR']", "12.34")
    page.locator(".priced", has_text="€12.34").wait_for()
    assert page.locator("[name='price.base.EUR']").evaluate("node => node === document.activeElement")
    assert shop.running.sql("select body, edition from goods.catalogue_draft") == before
