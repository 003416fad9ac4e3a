"""The form of a share: what is seldom changed is folded, and says what holds (O16)."""

import re
from html import unescape
from urllib.parse import quote, urlsplit

from photoservice.web.languages import read_words


def fold(page):
    """Return whether the fold of the bounds is open, and what it says of them."""
    found = re.search(r'<details class="later bounds"[^>]*?( open)?><summary>(.*?)</summary>', page, re.DOTALL)
    assert found
    said = re.search(r'<span class="holds">(.*?)</span>', found[2], re.DOTALL)
    return bool(found[1]), unescape(said[1]) if said else ""


def test_O16_what_is_seldom_changed_is_folded_and_says_what_holds(owner, clock):
    """A new share, one that was filled in wrongly, and one that there is: with a password, a limit, no end."""
    adam = owner("FORMS001", rolls=1)
    browser, words = adam.browser, read_words()
    new = f"/my/shares/new?scope=roll&what={quote(adam.rolls[0])}"
    page = browser.page(new)
    day = re.search(r'name="expires" type="date" value="(\d{4})-(\d\d)-(\d\d)"', page)
    written = f"{int(day[3])} {words['en'].item('date.months', int(day[2]) - 1)} {day[1]}"
    assert fold(page) == (False, f"Until {written} · no password")
    assert fold(browser.page(new + "&lang=de"))[1].endswith(f" {day[1]} · ohne Passwort")

    typed = {"scope": "roll", "what": adam.rolls[0], "kind": "link", "expires": "soon", "view_limit": "none"}
    assert fold(browser.post("/my/shares", **typed).text) == (
        True,
        "No end · no password · How many people may open it: none",
    )
    made = browser.post("/my/shares", **{**typed, "expires": "", "view_limit": "5", "password": "sprockets"})
    assert made.status_code == 200
    assert fold(browser.page(urlsplit(made.url).path)) == (False, "No end · password · How many people may open it: 5")
