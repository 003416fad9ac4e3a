"""What somebody sees while we cannot: a page in their language that says so, never an error for programs (O8, O11)."""

import shutil

import pytest
import requests

from photoservice.web.languages import LANGUAGES, read_words


def said(language):
    return read_words()[language].text("my.refused.busy")


def test_O8_bytes_that_are_away_are_told_kindly_to_people_and_exactly_to_programs(owner, settings):
    """The reader's language, when to come back, and where to; the address is the same for a program."""
    adam = owner("KINDLY01", rolls=1)
    path = f"/my/images/{adam.images[0]}/download/original"
    shutil.rmtree(settings.folder)

    for language in ("en", "de", "ar", "ja"):
        page = adam.browser.get(path, **{"Accept-Language": language})
        assert (page.status_code, page.headers["Content-Language"]) == (503, language)
        assert int(page.headers["Retry-After"]) > 0
        assert said(language) in page.text
        assert f'href="{path}"' in page.text
        assert 'href="/my"' in page.text
    reply = adam.browser.get(path, Accept="image/*")
    assert (reply.status_code, reply.json()["type"]) == (503, "urn:twincheck:problem:not-ready")
    assert "Retry-After" in reply.headers


def test_O8_while_the_database_is_away_every_page_says_so_kindly(owner, world):
    """Links and forms, one's own pages, a share's and those that receipts and labels lead to."""
    adam = owner("KINDLY02", rolls=1)
    world.running.run(world.running.service.database.close())
    asked = [
        ("GET", "/my", "/my"),
        ("GET", "/my/rolls/TCR-1?lang=de", "/my/rolls/TCR-1"),
        ("POST", "/my/selection", "/my"),
        ("GET", "/s/abcdefgh/images/1", "/s/abcdefgh/images/1"),
        ("POST", "/s/abcdefgh/pick", "/s/abcdefgh"),
        ("POST", "/r", "/r"),
        ("POST", "/claim", "/claim"),
    ]
    fields = {"access_code": "7Q2M9XKD4F8T0ABCD", "roll": "TCR-1", "code": "1", "key": "k" * 26}
    notice = requests.get(world.url + "/claim", timeout=30).text.partition('name="notice" value="')[2].partition('"')[0]
    for method, path, again in asked:
        send = adam.browser.get if method == "GET" else adam.browser.post
        reply = send(path) if method == "GET" else send(path, **fields, notice=notice)
        language = "de" if "lang=de" in path else "en"
        assert (reply.status_code, said(language) in reply.text) == (503, True), (path, reply.text[:300])
        assert reply.headers["Retry-After"] == "10"
        assert f'href="{again}' in reply.text, path
        assert ('href="/my' in reply.text) == path.startswith("/my"), path
    reply = requests.post(world.url + "/registrations/lookup", json={"access_code": "7Q2M"}, timeout=30)
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/my/nothing/here", "/sign-in/nothing/at/all", "/s/a/b/c/d"])
def test_O8_an_address_that_nobody_made_is_a_page_too(world, path):
    """And for programs it stays a problem."""
    words = read_words()["fr"].text("my.refused.not-found")
    page = requests.get(world.url + path, headers={"Accept": "text/html", "Accept-Language": "fr"}, timeout=30)
    assert (page.status_code, words in page.text) == (404, True)
    reply = requests.get(world.url + path, timeout=30)
    assert (reply.status_code, reply.json()["type"]) == (404, "urn:twincheck:problem:not-found")


def test_O8_what_is_said_while_we_cannot_differs_in_every_language():
    assert len({said(language) for language in LANGUAGES}) == len(LANGUAGES)
