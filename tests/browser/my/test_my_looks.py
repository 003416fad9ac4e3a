"""Every page of My pictures as the tour meets it (O8, O17): axe-core finds nothing, and nothing sticks out.

By default every second stop is seen on a phone by day in English, and those between on a desk by night in Arabic; by
night (nightly) all of them in every combination.
"""

import re
from itertools import product

import pytest

from photoservice.app import build_routes
from photoservice.testing_tour import Exhibition, come_to, let_in, stops

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIGHTS = ((390, "light", "en"), (1280, "dark", "ar"))
EVERY = tuple(product((320, 390, 820, 1280), ("light", "dark"), ("en", "ar")))
NO_PAGES = {
    "/my/worker.js": "a script",
    "/my/images/{image}/preview": "a picture",
    "/my/images/{image}/download/{which}": "a file",
    "/my/shares/{share}/qr.svg": "a picture",
    "/my/shares/{share}/picks.csv": "a file",
    "/my/orders/{order}/code/{drawing}": "a picture",
    "/my/account/export/{part}": "a file",
    "/s/{token}/i/{image}/{tier}": "a picture",
    "/s/{token}/d/{image}/proxy": "a file",
    "/s/{token}/d/{image}/original": "a file",
    "/s/{token}/zip": "a file",
    "/my/unsubscribe/{token}": "looked over by the tests of notices: it needs a letter",
    "/my/security/mail/{token}": "looked over by the tests of signing in: it needs a letter",
    "/sign-in/link/{token}": "as above",
    "/my/join/card/{question}": "as above",
    "/s/{token}/put": "looked over by the tests of shares: it needs two accounts",
}


@pytest.fixture(scope="module")
def exhibition(shop, chromium):
    made = Exhibition(running=shop.running, maker_key=shop.key, frames=8)
    made.open()
    return made


@pytest.fixture
def tourist(chromium, exhibition, shop):
    """Look at some stops (all of them, unless it is said which), and return what is wrong with them."""

    def look(width, scheme, language, over, *, which=slice(None)):
        wrong, contexts = [], {}
        exhibition.speak(language)
        for stop in stops()[which]:
            if stop.who not in contexts:
                contexts[stop.who] = chromium.new_context(
                    viewport={"width": width, "height": 844},
                    color_scheme=scheme,
                    locale=language,
                    reduced_motion="reduce",
                )
                let_in(contexts[stop.who], exhibition, stop.who)
            page = contexts[stop.who].new_page()
            said = []
            page.on("console", lambda one, said=said: said.append(one.text) if one.type == "error" else None)
            page.on("pageerror", lambda one, said=said: said.append(str(one)))
            come_to(page, exhibition, stop)
            wrong += [f"{stop.name}: {one}" for one in said if "status of 4" not in one]
            wrong += [f"{stop.name}: {one}" for one in over(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            wrong += [f"{stop.name}: {wide} px wide on a screen of {width}"] if wide > width else []
            page.close()
        for context in contexts.values():
            context.close()
        return wrong

    return look


def test_every_page_there_is_stands_on_the_tour(shop, exhibition):
    """Or is named as one that needs more than the tour's people have."""
    paths = {stop.path.partition("?")[0] for stop in stops()}
    shown = {exhibition.path(stop).partition("?")[0] for stop in stops()}
    missing = []
    for route in build_routes().routes:
        pattern = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        if not route.path.startswith(("/my", "/s/", "/sign-")) or "GET" not in route.methods or pattern in NO_PAGES:
            continue
        as_path = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(pattern)) + "$")
        if not any(as_path.match(path) for path in paths | shown):
            missing.append(pattern)
    assert missing == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("turn", [0, 1])
def test_O8_O17_every_page_passes_axe_and_fits(tourist, look_over, turn):
    found = tourist(*SIGHTS[turn], look_over, which=slice(turn, None, 2))
    assert not found, "\n".join(found)


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("width", "scheme", "language"), EVERY)
def test_O8_O17_every_page_passes_axe_and_fits_in_every_combination(tourist, look_over, width, scheme, language):
    found = tourist(width, scheme, language, look_over)
    assert not found, "\n".join(found)


def test_axe_finds_what_is_wrong(visit, look_over):
    """A picture without words and a field without a label are found: the judge is awake."""
    page = visit().go("/sign-in")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert {one.split(" ")[0] for one in look_over(page)} >= {"image-alt", "label"}
