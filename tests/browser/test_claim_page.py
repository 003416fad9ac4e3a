"""Film registered and looked up in a real browser (O6, O11, O17), with a script and without."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from photocore.codes import grouped, mint_access_code, mint_claim_code
from photocore.crockford import draw
from photocore.host import SystemEntropy

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ENTROPY = SystemEntropy()
BUTTON = "button:not([type=button], [hidden] *)"


def claim(page, roll, code):
    page.fill("#roll", roll)
    page.fill("#code", code)
    page.click(BUTTON)


def access_code_of(page):
    return page.inner_text(".big code").replace("-", "")


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without"])
def test_O6_O11_a_package_is_claimed_from_the_form(shop, visit, scripts):
    """From the label's link to the access code, which opens the registration; the code is in no address."""
    film = shop.pack()
    phone = visit(scripts=scripts)
    page = phone.go(f"/01/{film.rolls[0][4:18]}/21/{film.rolls[0][22:]}")
    if scripts:
        assert page.input_value("#roll") == film.rolls[0]
    page.fill("#roll", film.rolls[0])
    page.click(BUTTON)
    assert page.input_value("#roll") == film.rolls[0]
    page.fill("#code", grouped(film.codes[0]).lower())
    page.click(BUTTON)
    page.wait_for_selector(".big code")

    assert page.inner_text("h1") == "It is yours."
    assert "Halide Gold · 135-36 · ISO 200 · C-41" in page.inner_text("main")
    assert "3 rolls" in page.inner_text("main")
    access_code = access_code_of(page)
    page.click(f'a[href$="#{access_code}"]')
    if not scripts:
        page.fill("#code", access_code)
        page.click(BUTTON)
    page.wait_for_selector("text=Confirmed.")
    assert "At home, on this website" in page.inner_text("main")
    assert not any(secret in url for url in phone.asked for secret in (film.codes[0], access_code))


def test_O6_a_program_in_the_page_claims_by_the_api(shop, visit):
    """The policy lets a page of ours talk to us, and the answer is JSON."""
    film = shop.pack()
    page = visit().go("/claim")
    told = page.evaluate(
        """async ([roll, code, key]) => {
            const answer = await fetch("/claims", {
                method: "POST",
                headers: {"Content-Type": "application/json", "Idempotency-Key": key},
                body: JSON.stringify({roll, code}),
            });
            return [answer.status, await answer.json()];
        }""",
        [film.package, film.codes[2], draw(ENTROPY, 30)],
    )
    assert told[0] == 201
    assert told[1]["rolls"] == film.rolls


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without"])
def test_O6_a_wrong_code_is_answered_kindly_and_may_be_corrected(shop, visit, scripts):
    """The roll stays, the code does not come back; corrected, the same form registers."""
    film = shop.pack()
    phone = visit(scripts=scripts)
    phone.expected.add(403)
    page = phone.go("/claim")
    claim(page, film.rolls[0], mint_claim_code(ENTROPY))
    page.wait_for_selector(".trouble")
    assert page.inner_text(".trouble h1") == "That opens no package."
    assert page.input_value("#roll") == film.rolls[0]
    assert page.input_value("#code") == ""
    claim(page, film.rolls[0], film.codes[0])
    page.wait_for_selector(".big code")


def test_O6_a_mistyped_symbol_is_told_before_anything_is_sent(shop, visit):
    """The check symbol says so, on the page itself; symbols are grouped as they are typed."""
    film = shop.pack()
    phone = visit()
    page = phone.go("/claim")
    wrong = film.codes[0][:-1] + ("0" if film.codes[0][-1] != "0" else "1")
    page.focus("#code")
    page.keyboard.type(wrong.lower())
    assert page.input_value("#code") == grouped(wrong)
    assert page.is_visible("#code-typo span")
    page.keyboard.press("Backspace")
    page.keyboard.type(film.codes[0][-1])
    assert page.input_value("#code") == grouped(film.codes[0])
    assert not page.is_visible("#code-typo span")
    assert [url for url in phone.asked if "/static/" not in url] == [f"{phone.url}/claim"]


def test_O6_a_double_click_registers_once_and_a_reload_shows_the_same_code(shop, visit):
    """The form's own key: sent again it gets the same answer."""
    film = shop.pack()
    page = visit().go("/claim")
    page.fill("#roll", film.rolls[1])
    page.fill("#code", film.codes[1])
    page.dblclick(BUTTON)
    page.wait_for_selector(".big code")
    first = access_code_of(page)
    page.reload()
    page.wait_for_selector(".big code")
    assert access_code_of(page) == first
    assert len(shop.running.sql("select * from claim where item = $1", film.rolls[1])) == 1


def test_O6_two_browsers_with_two_codes_at_once_and_one_wins(shop, visit):
    """Whoever comes second is answered as for any wrong code."""
    film = shop.pack()
    phones = [visit(), visit()]
    for place, phone in enumerate(phones):
        phone.expected.add(403)
        page = phone.go("/claim")
        page.fill("#roll", film.rolls[place])
        page.fill("#code", film.codes[place])
    for phone in phones:
        phone.page.evaluate("document.querySelector('form').requestSubmit()")
    for phone in phones:
        phone.page.wait_for_selector(".big code, .trouble")
    assert sorted(phone.page.locator(".big code").count() for phone in phones) == [0, 1]


def test_O6_everything_can_be_done_with_the_keyboard(shop, visit):
    """Tab reaches what can be used, in the order it is read, visibly; Enter sends."""
    film = shop.pack()
    page = visit().go("/claim")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className || ''"))
        if reached[-1] == "roll":
            break
    assert reached[0] == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.type(film.rolls[0])
    page.keyboard.press("Tab")
    page.keyboard.type(film.codes[0])
    page.keyboard.press("Enter")
    page.wait_for_selector(".big code")


@pytest.fixture
def access_code(shop, visit):
    """Claim a package and return the access code its answer held."""
    film = shop.pack()
    page = visit(scripts=False).go("/claim")
    claim(page, film.rolls[0], film.codes[0])
    return access_code_of(page)


@pytest.mark.parametrize("write", [str, grouped, str.lower], ids=["as printed in the QR", "grouped", "small letters"])
def test_O17_the_receipts_code_is_read_from_the_fragment_and_leaves_the_address_bar(visit, access_code, write):
    """No address holds it afterwards, not in the bar, not in the history, not on the wire; nor does the page."""
    phone = visit()
    page = phone.go(f"/r#{write(access_code)}")
    page.wait_for_selector("text=Confirmed.")
    assert page.url == f"{phone.url}/r"
    assert access_code not in re.sub(r"[-\s]", "", page.content())
    assert not any(access_code in url for url in phone.asked)
    page.go_back()
    assert "#" not in page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_O17_what_was_registered_at_home_is_told_by_the_readers_own_clock(visit, access_code, scripts):
    """Whether the page asked by itself or was sent; without a script the time names its zone."""
    watched = visit(scripts=scripts, timezone_id="Asia/Tokyo")
    page = watched.go("/r")
    page.fill("#code", access_code)
    page.click("main form[data-once] button")
    time = page.locator(".facts time")
    time.wait_for()
    at = datetime.fromisoformat(time.get_attribute("datetime"))
    there = at.astimezone(ZoneInfo("Asia/Tokyo")) if scripts else at
    assert f"{there:%H:%M}" in time.inner_text()
    assert ("(UTC)" in time.inner_text()) == (not scripts)
    if scripts:
        watched.go(f"/r#{access_code}")
        page.wait_for_function(f"document.querySelector('.facts time')?.textContent.includes('{there:%H:%M}')")


def test_O17_the_language_is_switched_with_the_registration_still_open(visit, access_code):
    """A phone in English, a reader of German, then of Arabic: the code stands in no link, no address, no request."""
    phone = visit()
    page = phone.go(f"/r#{access_code}")
    page.wait_for_selector("text=Confirmed.")
    for language, said in (("de", "Bestätigt."), ("ar", "مؤكَّد."), ("ar", "مؤكَّد."), ("en", "Confirmed.")):
        if page.get_attribute(".languages", "open") is None:  # still open where the same language was chosen again
            page.click(".languages summary")
        page.click(f'.languages a[hreflang="{language}"]')
        page.wait_for_selector(f"html[lang={language}] h1:has-text('{said}')")
        assert page.url == f"{phone.url}/r?lang={language}"
        assert access_code not in re.sub(r"[-\s]", "", page.content())
    assert not any(access_code in url for url in phone.asked)
    page.go_back()
    assert "#" not in page.url


def test_O17_a_refused_code_does_not_ask_again_when_the_language_is_switched(visit):
    """Reading the refusal in another language is not one more wrong try."""
    phone = visit()
    phone.expected.add(403)
    page = phone.go(f"/r#{mint_access_code(ENTROPY)}")
    page.wait_for_selector('[data-trouble="refused"]:not([hidden])')
    page.click(".languages summary")
    page.click('.languages a[hreflang="de"]')
    page.wait_for_selector("html[lang=de] h1:has-text('Was wurde aus Ihrem Film?')")
    page.wait_for_load_state("networkidle")
    assert len([url for url in phone.asked if "/registrations/lookup" in url]) == 1


def test_O17_the_language_of_a_refusal_is_switched_as_well(visit):
    """A typed code that opened nothing is not kept: the other language asks for it anew, with a script and without."""
    for scripts in (True, False):
        phone = visit(scripts=scripts)
        phone.expected.add(403)
        page = phone.go("/r")
        page.fill("#code", mint_access_code(ENTROPY))
        page.click(BUTTON)
        page.wait_for_selector('[data-trouble="refused"]:not([hidden])')
        page.click(".languages summary")
        page.click('.languages a[hreflang="de"]')
        page.wait_for_selector("html[lang=de] h1:has-text('Was wurde aus Ihrem Film?')")


def test_O17_a_second_receipt_scanned_into_the_same_page_is_read_as_well(visit, access_code):
    """The phone may reuse the tab: only the fragment changes."""
    phone = visit()
    phone.expected.add(403)
    page = phone.go(f"/r#{mint_access_code(ENTROPY)}")
    page.wait_for_selector('[data-trouble="refused"]:not([hidden])')
    page.evaluate(f"location.hash = '{access_code}'")
    page.wait_for_selector("text=Confirmed.")
    assert page.url == f"{phone.url}/r"


def test_O17_without_a_network_the_page_says_so_and_the_code_can_be_sent_again(visit, access_code):
    """Nothing is lost: the code stands in the field."""
    phone = visit()
    page = phone.go("/r")
    page.context.set_offline(True)
    page.evaluate(f"location.hash = '{access_code}'")
    page.wait_for_selector('[data-trouble="offline"]:not([hidden])')
    phone.troubles[:] = [said for said in phone.troubles if "ERR_INTERNET_DISCONNECTED" not in said]
    page.context.set_offline(False)
    assert page.input_value("#code") == grouped(access_code)
    page.click(BUTTON)
    page.wait_for_selector("text=Confirmed.")


@pytest.mark.parametrize(("language", "said"), [("en", "60 minutes"), ("de", "60 Minuten"), ("ar", "60 دقيقة")])
def test_O17_after_too_many_wrong_codes_it_says_how_long_to_wait(visit, language, said):
    """With the script as without, in the reader's language, in the same digits."""
    phone = visit(language=language)
    phone.expected |= {403, 429}
    page = phone.go("/r")
    for _ in range(11):
        page.evaluate(f"location.hash = '{mint_access_code(ENTROPY)}'")
        page.wait_for_selector('[data-part="reading"][hidden]', state="attached")
        page.wait_for_selector('[data-trouble="refused"]:not([hidden]), [data-trouble="throttled"]:not([hidden])')
    assert said in page.inner_text('[data-trouble="throttled"]')
    page.fill("#code", mint_access_code(ENTROPY))
    page.click(BUTTON)
    page.wait_for_load_state()
    assert said in page.inner_text('[data-trouble="throttled"]')


def test_O17_hostile_fragments_harm_nothing(visit):
    """Markup, broken escapes, a megabyte: refused like any wrong code, and never run."""
    phone = visit()
    phone.expected |= {403, 413}
    for fragment in ("<img src=x onerror=alert(1)>", "%", "%00%FF", "javascript:alert(1)", "A" * 100_000):
        page = phone.go("/r")
        page.evaluate("code => { location.hash = code }", fragment)
        page.wait_for_selector("[data-trouble]:not([hidden])")
        assert "#" not in page.url
        assert page.locator("img").count() == 0


def test_O17_the_access_code_prints_and_the_rest_stays_out(visit, shop):
    """On paper: the code, the film, the number; no form, no switch, no button."""
    film = shop.pack()
    page = visit().go("/claim")
    claim(page, film.rolls[0], film.codes[0])
    page.wait_for_selector(".big code")
    assert page.is_visible("[data-print]")
    page.emulate_media(media="print")
    assert page.is_visible(".big code")
    assert page.is_visible(".facts")
    assert not page.is_visible("[data-print]")
    assert not page.is_visible("footer")
