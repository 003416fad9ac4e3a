"""How the pages look (O11, O17): nothing sticks out from 320 px on, Arabic runs from the right, all is legible."""

import pytest

from photocore.codes import mint_access_code, mint_claim_code
from photocore.host import SystemEntropy

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ENTROPY = SystemEntropy()
LANGUAGES = ("en", "de", "ar")
OTHERS = ("fr", "es", "it", "pl", "tr", "he", "hi", "zh", "ja")
BUTTON = "button:not([type=button], [hidden] *)"

CONTRASTS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (c) => c.slice(0, 3).map((v) => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const colour = parts(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const says = [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || node.value;
    if (!says || !node.checkVisibility() || node.closest("svg")) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return poor;
}"""

SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), summary")]
  .filter((n) => n.checkVisibility() && !n.closest("p, .steps") && n.getBoundingClientRect().height < 44
                 && !n.classList.contains("skip"))
  .map((n) => `${n.tagName} ${n.textContent} ${n.getBoundingClientRect().height}`)"""

CUT = """() => [...document.querySelectorAll("p, dd, li, h1, h2, button, label, .big, input.code")]
  .filter((n) => n.checkVisibility() && n.scrollWidth > n.clientWidth + 1 && getComputedStyle(n).display !== "inline")
  .map((n) => `${n.tagName}.${n.className} ${n.scrollWidth} > ${n.clientWidth}`)"""

BROKEN = """() => {
  document.body.style.hyphens = "manual";  // what a browser's own dictionary allows is no mishap
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.checkVisibility() || text.parentElement.closest("code, svg, .skip")) continue;
    for (const word of text.data.matchAll(/[\\p{L}\\p{M}]{2,}/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter((r) => r.width > 1).map((r) => Math.round(r.top)));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""

NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden])")].filter((n) => !n.labels.length).length"""


def pages(shop, phone, language):
    """Yield every page there is by a name, each as a shopper would come to it."""
    phone.expected |= {403, 404, 400}
    lang = f"?lang={language}"
    for name, path in (("start", "/"), ("package", "/01/09521141012345/21/SHELF0001"), ("unread", "/01/1/21/1")):
        yield name, phone.go(path + lang)
    film = shop.pack()
    page = phone.go("/claim" + lang)
    yield "claim", page
    page.fill("#roll", film.rolls[0])
    page.fill("#code", mint_claim_code(ENTROPY))
    page.click(BUTTON)
    page.wait_for_selector(".trouble")
    yield "claim refused", page
    page.fill("#code", film.codes[0])
    page.click(BUTTON)
    page.wait_for_selector(".big code")
    page.click("summary")
    yield "claimed", page
    code = page.inner_text(".big code").replace("-", "")
    yield "receipt", phone.go("/r" + lang)
    phone.go("/")
    page = phone.go(f"/r{lang}#{code}")
    page.wait_for_selector('[data-part="seen"]:not([hidden])')
    yield "receipt confirmed", page
    phone.go("/")
    page = phone.go(f"/r{lang}#{mint_access_code(ENTROPY)}")
    page.wait_for_selector('[data-trouble="refused"]:not([hidden])')
    yield "receipt refused", page


def at_width(page, width):
    """Make the window so wide, as a phone is turned or a window drawn; return the page, laid out anew."""
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("window.innerWidth") == width
    return page


@pytest.mark.parametrize("language", [*LANGUAGES, *(pytest.param(one, marks=pytest.mark.nightly) for one in OTHERS)])
def test_O17_no_page_is_wider_than_the_screen(shop, visit, shots, language):
    """From the smallest phone to a desk, in every language; a picture of each is left behind."""
    for name, page in pages(shop, visit(language=language), language):
        for width in (320, 390, 1280):
            at_width(page, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            assert page.evaluate(CUT) == [], (name, width)
            page.screenshot(path=shots / f"{name} {language} {width}.png", full_page=True)
            assert page.evaluate(NAMELESS) == 0, (name, width)


def test_O17_no_german_word_is_broken_where_it_has_no_joint(shop, visit):
    """The longest words of the three languages on the smallest phones; "Registrierungs-nummer" may part there only."""
    for name, page in pages(shop, visit(language="de"), "de"):
        for width in (320, 360):
            at_width(page, width)
            assert page.evaluate(BROKEN) == [], (name, width)


@pytest.mark.parametrize("language", LANGUAGES)
def test_O17_every_word_is_legible_by_day_and_by_night(shop, visit, shots, language):
    """4.5:1 for all text (WCAG 2.2, 1.4.3); what is touched is 44 px high at least."""
    grounds = set()
    for name, page in pages(shop, visit(language=language), language):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            grounds.add((scheme, page.evaluate("getComputedStyle(document.body).backgroundColor")))
            assert page.evaluate(CONTRASTS) == [], (name, scheme)
            assert page.evaluate(SMALL) == [], (name, scheme)
        page.screenshot(path=shots / f"{name} {language} dark.png", full_page=True)
    assert len({ground for _, ground in grounds}) == len(grounds) == 2


def test_O17_arabic_runs_from_the_right_and_codes_from_the_left(shop, visit):
    """The brand stands right, lines begin right, and a code is read as it is printed."""
    phone = visit(language="ar")
    page = phone.go("/claim")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    brand, switch = (page.locator(place).bounding_box() for place in (".brand", ".languages"))
    assert brand["x"] > 390 / 2 or brand["y"] < switch["y"]
    heading = page.evaluate("getComputedStyle(document.querySelector('h1')).textAlign")
    assert heading in ("start", "right")
    assert page.evaluate("getComputedStyle(document.querySelector('#code')).direction") == "ltr"
    film = shop.pack()
    page.fill("#roll", film.rolls[0])
    page.fill("#code", film.codes[0])
    page.click(BUTTON)
    page.wait_for_selector(".big code")
    assert page.inner_text("h1") == "إنها لك."
    assert page.evaluate("getComputedStyle(document.querySelector('.big')).direction") == "ltr"


def test_O11_the_switch_changes_the_language_and_keeps_what_the_address_named(visit):
    """From English to German to Arabic and back, with the roll still in its field."""
    page = visit().go("/claim?roll=TCR-1234")
    for language, heading in (("de", "Film registrieren."), ("ar", "سجّل فيلمك."), ("en", "Register your film.")):
        page.click(".languages summary")
        page.click(f'.languages a[hreflang="{language}"]')
        assert page.inner_text("h1") == heading
        assert page.input_value("#roll") == "TCR-1234"
        assert page.get_attribute("html", "lang") == language


def test_O17_text_twice_as_large_still_fits(visit):
    """WCAG 1.4.4: a reader's own larger letters push nothing off the screen."""
    page = visit(width=640).go("/claim?lang=de")
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
