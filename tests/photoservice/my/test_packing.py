"""Pages travel packed to their own reader, and nothing in them can be learnt from how long they are (ADR 0042)."""

import re

import pytest

from photocore.testing import SeededEntropy
from photoservice.web.my.masking import is_masked, mask

OWN = {"Sec-Fetch-Site": "same-origin"}
TOKEN = re.compile(r'name="csrf" (?:content|value)="(\w+)"')


def coding(reply):
    assert reply.status_code == 200
    return reply.headers.get("Content-Encoding", "")


def plain(masked):
    """Return the token that stands behind a mask."""
    noise, mixed = (int(half, 16) for half in (masked[:32], masked[32:]))
    return f"{noise ^ mixed:032x}"


def test_attack_breach_the_forms_token_looks_different_in_each_answer(owner):
    """In every form of a page the same, in the next page another, in a page's part too; each of them is good."""
    browser = owner("PACKED001").browser
    seen = [set(TOKEN.findall(browser.page("/my"))) for _ in range(20)]

    assert {len(tokens) for tokens in seen} == {1}
    masked = [tokens.pop() for tokens in seen]
    assert len({one[:32] for one in masked}) == len({one[32:] for one in masked}) == 20
    (token,) = {plain(one) for one in masked}
    assert token not in browser.page("/my")
    for one in masked[:2]:
        assert browser.post("/my/language", csrf=one, language="de").status_code == 200
    browser.csrf = ""
    header = {"X-CSRF-Token": masked[2], **OWN}
    assert browser.post("/my/language", headers=header, language="en").status_code == 200


def test_attack_breach_a_shares_token_is_masked_too(owner, share, guest):
    shared = share(owner("PACKED002"), "roll", "pick")
    one = guest(shared)
    first, second = (set(TOKEN.findall(one.page(shared.path))) for _ in range(2))
    assert len(first) == len(second) == 1
    assert first.isdisjoint(second)
    assert {plain(token) for token in first} == {plain(token) for token in second}


def test_attack_csrf_only_a_mask_of_this_sessions_token_passes(owner):
    """Not the token itself, not halves that are alike, not another session's mask, nothing that is no mask."""
    mine, other = owner("PACKED003").browser, owner("PACKED004").browser
    mine.page("/my"), other.page("/my")
    token, good = plain(mine.csrf), mine.csrf
    wrong = [
        token,
        "0" * 64,
        token + token,
        other.csrf,
        good[:32],
        good[:-2],
        good + "00",
        good[:-1],
        " ".join(good),
        "g" * 64,
        "\u0660" * 64,
        "\ud7ff" * 64,
        "0" * 9_999,
    ]
    for said in wrong:
        assert mine.post("/my/language", csrf=said, language="de").status_code == 403, said
    assert mine.post("/my/language", csrf=good, language="de").status_code == 200


@pytest.mark.parametrize("said", ["", "0", "00", "\0", "é", "0x" + "0" * 62, "٠" * 64])
def test_attack_csrf_what_is_no_mask_is_refused_without_an_error(said):
    entropy = SeededEntropy(1)
    token = entropy.token(16).hex()
    assert not is_masked(said, token)
    assert is_masked(mask(token, entropy), token)
    assert mask("", entropy) == ""


def test_attack_breach_a_page_is_packed_for_its_own_reader_only(owner):
    """Whoever has somebody's browser ask for it, or a browser that does not say who had it ask, gets it as it is."""
    one = owner("PACKED005")
    for path in ("/my", one.path(one.rolls[0]), "/my/account", "/my/favourites?did=guess"):
        for site in ("same-origin", "none"):
            reply = one.browser.get(path, **{"Sec-Fetch-Site": site})
            assert coding(reply) == "gzip"
            assert "Accept-Encoding" in reply.headers["Vary"]
            assert reply.headers["Cache-Control"] == "no-store"
        for site in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "x"}):
            assert coding(one.browser.get(path, **site)) == ""
        for taken in ("identity", "", "br", "gzip;q=0", "gzip; q=0.000, br", "xgzip"):
            assert coding(one.browser.get(path, **{"Accept-Encoding": taken, **OWN})) == ""
        for taken in ("gzip", "br;q=1, GZIP;q=0.5", "gzip; q=1.0"):
            assert coding(one.browser.get(path, **{"Accept-Encoding": taken, **OWN})) == "gzip"


def test_attack_breach_pages_that_tell_a_secret_are_never_packed(owner, share):
    """A share's address opens it to whoever holds it; what a form leads to may show codes, or what was typed."""
    one = owner("PACKED006")
    shared = share(one)
    page = one.browser.get(shared.page, **OWN)
    assert shared.path in page.text
    assert coding(page) == ""
    note = one.browser.post(f"/my/images/{one.images[0]}/favourite", headers={"HX-Request": "true", **OWN}, on="yes")
    assert coding(note) == ""


def test_O8_a_roll_of_36_pictures_is_a_small_page_with_one_style_and_one_script(owner, world):
    """What a phone fetches before a page can be used; what stands in the page is in bytes on the wire."""
    one = owner("PACKED007", frames=tuple(str(n) for n in range(1, 37)), rolls=1)
    page = one.browser.http.get(world.url + one.path(one.rolls[0]), headers={"Accept": "text/html", **OWN}, stream=True)
    assert len(page.raw.read()) < 14_000, "ten packets, which is what a server sends at once (RFC 6928)"
    text = one.browser.page(one.path(one.rolls[0]))
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)">', text)
    scripts = re.findall(r'<script src="([^"]+)" defer[^>]*></script>', text)
    assert len(styles) == len(scripts) == text.count("<script") == 1
    assert "htmx" not in text, "a roll of one page asks for no further one"
    sizes = [int(one.browser.get(address).headers["Content-Length"]) for address in (*styles, *scripts)]
    assert sum(sizes) < 20_000
