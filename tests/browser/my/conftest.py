"""Shoppers with pictures before Debian's Chromium: rolls filed for them, and axe-core to look their pages over."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from imaging.pixels.testing_scenes import draw_scene
from photoservice.testing_pictures import Archive, AtHome, Filed, register_at_home

AXE = Path(__file__).parents[2] / "oracle" / "node_modules" / "axe-core" / "axe.min.js"

LOOK_OVER = """async () => {
  const told = await axe.run(document, { preload: false, resultTypes: ["violations"] });
  return told.violations.flatMap((found) => found.nodes.map(
    (node) => `${found.id} (${found.impact}): ${node.html.slice(0, 160)} | `
      + node.failureSummary.replaceAll("\\n", " ")));
}"""


@dataclass(frozen=True, kw_only=True)
class Household:
    """A registration made at home and the pictures of its rolls."""

    home: AtHome
    pictures: dict[str, list[Filed]]

    @property
    def code(self) -> str:
        return self.home.access_code

    def roll(self, nr: int = 0) -> str:
        """Return the path of a roll's page."""
        return f"/my/rolls/{quote(self.home.rolls[nr], safe='')}"

    def image(self, roll: int = 0, frame: int = 0) -> str:
        """Return a picture's ID."""
        return self.pictures[self.home.rolls[roll]][frame].id


@pytest.fixture(scope="module")
def archive(shop: Any) -> Archive:
    shop.running.add_tenant("Silver Lab", "lab")
    return Archive(shop.running, draw=draw_scene)


@pytest.fixture(scope="module")
def household(shop: Any, archive: Archive, chromium: Any) -> Callable[..., Household]:
    """Make a registration with pictures: ``household(rolls=2, frames=6)``."""

    def make(*, rolls: int = 2, frames: int = 6, **said: Any) -> Household:
        shop.packed += 1
        home = register_at_home(shop.running, shop.key, f"HOME{shop.packed:04}", rolls=rolls)
        tenant = archive.tenant("Silver Lab")
        told = {"stock": "Kodak Gold 200", "iso": 200, "process": "C-41", "lab": "Silver Lab", **said}
        pictures = {
            roll: [archive.file(roll, str(n), tenant, **told) for n in range(1, frames + 1)] for roll in home.rolls
        }
        return Household(home=home, pictures=pictures)

    return make


@pytest.fixture
def look_over() -> Callable[[Page], list[str]]:
    """Return what axe-core (WCAG 2.2 A and AA, and good practice) has to say against a page as it stands."""
    if not AXE.exists():
        pytest.skip("no tests/oracle/node_modules: run `npm ci --ignore-scripts` in tests/oracle")
    source = AXE.read_text()

    def look(page: Page) -> list[str]:
        page.evaluate(source)
        return page.evaluate(LOOK_OVER)

    return look


def open_pictures(page: Page, url: str, code: str) -> Page:
    """Type a receipt's access code on the sign-in page and wait for the pictures."""
    page.goto(f"{url}/sign-in")
    page.fill("#code", code)
    page.click("form[action='/sign-in/code'] button")
    page.wait_for_url("**/my**")
    return page


@pytest.fixture
def at_home(visit: Any) -> Callable[..., Any]:
    """Open a household's pictures in a browser of its own; returns what watches its page."""

    def opened(household: Household, **more: Any) -> Any:
        watched = visit(**more)
        open_pictures(watched.page, watched.url, household.code)
        return watched

    return opened
