"""All twelve languages on the smallest phone: nothing is cut, nothing is a box without a letter (O17)."""

import pytest

from photoservice.web.languages import LANGUAGES

WIDE = "() => document.documentElement.scrollWidth"

BOXES = """() => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  context.canvas.width = context.canvas.height = 48;
  context.font = "32px " + getComputedStyle(document.body).fontFamily;
  const drawn = (sign) => {
    context.clearRect(0, 0, 48, 48);
    context.fillText(sign, 8, 36);
    return context.getImageData(0, 0, 48, 48).data.join();
  };
  const box = drawn("\\u{10fff0}");
  return [...new Set(document.body.innerText)].filter((sign) => /\\p{L}/u.test(sign) && drawn(sign) === box);
}"""
"""Letters that are drawn as a sign nobody has a letter for."""


@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.nightly)])
def test_O17_every_language_fits_and_has_its_letters(visit, shots, width):
    """The label's page, the form and the receipt's page; with the languages opened."""
    phone = visit(width=width)
    for language in LANGUAGES:
        for name, path in (("package", "/01/09521141012345/21/SHELF0001"), ("claim", "/claim"), ("receipt", "/r")):
            page = phone.go(f"{path}?lang={language}")
            page.click(".languages summary")
            assert page.evaluate(WIDE) <= width, (language, name)
            assert page.evaluate(BOXES) == [], (language, name)
            if width > 320 or name == "package":
                page.screenshot(path=shots / f"{name} {language} {width}.png")
