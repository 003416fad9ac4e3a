"""The pages of plans before a browser: axe-core finds nothing, nothing sticks out, the price is told as one types."""

import os
from pathlib import Path

import pytest

from photocore.criteria import Any, Elapsed, Images, Rolls
from photocore.pricing import Choice
from photoservice.planning.shown import PlanWish

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIGHTS = ((390, "light"), (1280, "dark"))
SHOTS = os.environ.get("TWINCHECK_SHOTS", "")


@pytest.mark.parametrize(("width", "scheme"), SIGHTS)
def test_O15_each_page_of_plans_passes_axe_and_fits(shop, household, at_home, look_over, width, scheme):
    home, wrong = household(rolls=2, frames=3), []
    watched = at_home(home, width=width, color_scheme=scheme)
    page, goods = watched.page, shop.running.service.goods

    def look(name, path=""):
        if path:
            page.goto(watched.url + path)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        told = [*look_over(page), *([f"{wide} pixels too wide"] if wide > 0 else [])]
        wrong.extend((name, one) for one in told)

    person = shop.running.sql(
        "select person from people.holding join claim on claim.station = holding.station and claim.id = holding.claim"
        " where claim.root = $1",
        home.home.package,
    )[0]["person"]
    cd, any_of = Choice(item="cd"), Any(of=(Rolls(count=3), Images(count=100), Elapsed(months=2)))
    wishes = (
        PlanWish(make=cd, when=Images(count=6), repeats=False, counts_all=True, name="Sixes"),
        PlanWish(make=Choice(item="album-pages"), when=any_of, scope="package", what=home.home.package),
    )

    async def make(session):
        shown = await shop.running.service.people.persons.shown(session, person)
        return [await goods.plans.make(session, person, shown, wish, f"K{nr}") for nr, wish in enumerate(wishes)]

    first, second = shop.running.do(make)
    shop.running.run(goods.counting.run_once())
    shop.running.run(goods.evaluating.run_once())
    page.goto(f"{watched.url}/my/plans")
    page.click("form[action='/my/plans/next-roll'] button")
    look("list")
    look("fired", f"/my/plans/{first}")
    look("waiting", f"/my/plans/{second}")
    page.goto(f"{watched.url}/my/plans/new?item=album-pages")
    before = page.inner_text("#price")
    page.fill("#rolls", "9")
    page.wait_for_function("(old) => document.querySelector('#price').innerText !== old", arg=before, timeout=30_000)
    page.fill("#rolls", "many")
    watched.expected.add(422)
    page.click("form.planning button.wide")
    page.wait_for_selector("#rolls-trouble")
    look("wrong")
    assert wrong == []
