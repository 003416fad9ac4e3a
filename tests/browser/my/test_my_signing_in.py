"""Getting in, in a real browser: passkeys by a virtual authenticator, accounts with and without a script, every page
looked over (DESIGN 5D; O8, S5)."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PASSWORD = "four plain words here"


def by_name(phone):
    """Call the service as it calls itself: passkeys belong to a name, and never to a number."""
    phone.url = phone.url.replace("127.0.0.1", "localhost")
    return phone


def with_authenticator(page: Page):
    """Give the browser a device with a finger on it; returns the session to ask what it holds."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def credentials(session, authenticator):
    return session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]


def sign_out(page):
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")


def test_O8_from_the_receipts_link_to_an_account_with_a_passkey_and_back_in_by_it(household, visit, shop):
    home = household(rolls=1, frames=2)
    phone = by_name(visit())
    page = phone.go(f"/r#{home.code}")
    page.get_by_role("button", name="Open my pictures").click()
    page.wait_for_url("**/my")
    assert home.code not in page.content()
    session, device = with_authenticator(page)
    page.goto(phone.url + "/sign-up")
    page.fill("#name", "Ada Lovelace")
    page.get_by_role("button", name="Make an account with a passkey").click()
    page.wait_for_url("**/my/security/codes?after=signing-up")
    assert len(credentials(session, device)) == 1
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator(".codes code")).to_have_count(8)
    page.get_by_role("link", name="I have them").click()
    page.wait_for_url("**/my")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/my")
    page.goto(phone.url + home.roll())
    assert page.locator("main").count() == 1
    (kept,) = shop.running.sql(
        "select sign_count, used_at from people.passkey where person in (select person from people.holding)"
        " order by made_at desc limit 1"
    )
    assert kept["used_at"] is not None


def test_S5_one_more_passkey_is_added_and_the_last_way_in_stays(visit):
    phone = by_name(visit())
    page = phone.go("/sign-up")
    session, device = with_authenticator(page)
    page.fill("#name", "Grace Hopper")
    page.get_by_role("button", name="Make an account with a passkey").click()
    page.wait_for_url("**/codes?after=signing-up")
    page.goto(phone.url + "/my/security")
    page.locator("form[action='/my/security/passkeys/remove'] button").click()
    page.wait_for_url("**/my/security?after=last")
    assert "This is the only way you sign in" in page.inner_text("main")
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Save this password").click()
    page.wait_for_url("**/my/security?after=password")
    page.locator("form[action='/my/security/passkeys/remove'] button").click()
    page.wait_for_url("**/my/security?after=removed")
    held = credentials(session, device)[0]["credentialId"]
    session.send("WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": held})
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/my/security?after=passkey")
    assert "Chrome · Linux" in page.inner_text("section[aria-labelledby=h-passkeys]")


def test_attack_a_cloned_passkey_and_a_replayed_answer_are_refused(visit):
    """What was signed once is good once; a counter that does not go on is a copy's."""
    phone = by_name(visit())
    phone.expected.update({403})
    page = phone.go("/sign-up")
    session, device = with_authenticator(page)
    page.fill("#name", "Rosalind Franklin")
    page.get_by_role("button", name="Make an account with a passkey").click()
    page.wait_for_url("**/codes?after=signing-up")
    copy = credentials(session, device)[0]
    sign_out(page)
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.url.endswith("/passkey") else None)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/my")
    again = page.evaluate(
        """async (body) => (await fetch("/sign-in/passkey", {
            method: "POST", headers: {"Content-Type": "application/json"}, body})).status""",
        sent[0],
    )
    assert again == 403
    sign_out(page)
    session.send("WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": copy["credentialId"]})
    session.send("WebAuthn.addCredential", {"authenticatorId": device, "credential": copy | {"signCount": 0}})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_selector(".said.bad")
    assert "The passkey did not work" in page.inner_text(".said")
    assert page.url.endswith("/sign-in")


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without"])
def test_O8_an_account_is_made_and_used_by_name_and_password(household, visit, scripts):
    home = household(rolls=1, frames=1)
    phone = visit(scripts=scripts)
    page = phone.go("/sign-in")
    page.fill("#code", home.code)
    page.get_by_role("button", name="Open my pictures").click()
    page.wait_for_url("**/my")
    page.goto(phone.url + "/sign-up")
    name = f"Nora {home.home.number}"
    page.fill("#name", name)
    page.fill("#password", "short")
    page.evaluate("document.querySelector('#password').minLength = 0") if scripts else None
    if scripts:
        phone.expected.add(422)
        page.get_by_role("button", name="Make an account", exact=True).click()
        page.wait_for_selector(".trouble")
        assert page.input_value("#name") == name
        assert page.input_value("#password") == ""
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Make an account", exact=True).click()
    page.wait_for_url("**/codes?after=signing-up")
    page.get_by_role("link", name="Later").click()
    page.wait_for_url("**/my")
    sign_out(page)
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/my")


def test_S5_everything_of_getting_in_is_done_by_keyboard(visit):
    phone = visit()
    page = phone.go("/sign-up")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "name":
            break
    page.keyboard.type("Keyboard User")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/codes?after=signing-up")


PAGES = ("/sign-in", "/sign-in/recover", "/sign-in/link/abc", "/sign-up")
MEMBERS = ("/my/security", "/my/security/codes", "/my/join", "/my/join/card/abc", "/my/security/mail/abc", "/sign-in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_S5_axe_finds_nothing_on_any_page_of_getting_in(visit, look_over, shots, scheme):
    found = {}
    for width in (320, 390, 1280):
        phone = visit(width=width, color_scheme=scheme)
        phone.expected.update({403, 422})
        page = phone.page
        for path in PAGES:
            phone.go(path)
            found[width, path] = look_over(page)
            page.screenshot(path=shots / f"{scheme}-{width}{path.replace('/', '_')}.png", full_page=True)
        page.goto(phone.url + "/sign-in")
        page.fill("#name", "Nobody")
        page.fill("#password", "wrong")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_selector(".trouble")
        found[width, "trouble"] = look_over(page)
        page.screenshot(path=shots / f"{scheme}-{width}_trouble.png", full_page=True)
        page.goto(phone.url + "/sign-up")
        page.fill("#name", f"Person {scheme} {width}")
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Make an account", exact=True).click()
        page.wait_for_url("**/codes?after=signing-up")
        page.get_by_role("button", name="Make recovery codes").click()
        page.wait_for_selector(".codes")
        found[width, "codes"] = look_over(page)
        page.screenshot(path=shots / f"{scheme}-{width}_codes.png", full_page=True)
        for path in MEMBERS:
            page.goto(phone.url + path)
            found[width, path] = look_over(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, path)
            page.screenshot(path=shots / f"{scheme}-{width}{path.replace('/', '_')}-in.png", full_page=True)
    assert {where: told for where, told in found.items() if told} == {}
