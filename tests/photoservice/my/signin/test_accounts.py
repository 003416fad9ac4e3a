"""Guests make accounts, sign in, come back, and see where they are signed in (DESIGN 5D; S5)."""

import re
from datetime import timedelta

from photoservice.persons.arriving import Arrival

PASSWORD = "four plain words here"


def test_O8_a_guest_who_signs_up_keeps_their_pictures_and_the_code_is_spent(
    sees, owner, browser, sign_up, sign_in, world
):
    mine = owner("KEEP0001")
    kitchen = browser()
    assert kitchen.open(mine.home.access_code).status_code == 200
    sign_up(mine.browser, "Ada Lovelace")
    assert sees(mine.browser, mine)
    assert kitchen.get("/my").url.endswith("/sign-in?next=%2Fmy"), "who knew the code alone is signed out"
    assert browser().open(mine.home.access_code).status_code == 403
    (held,) = world.sql("select how, code from people.holding")
    assert (held["how"], held["code"]) == ("joined", None)
    elsewhere = browser()
    assert sign_in(elsewhere, "ada  LOVELACE").url.endswith("/my")
    assert sees(elsewhere, mine)


def test_O8_after_signing_up_a_code_that_dies_takes_nothing_away(sees, owner, sign_up, clock):
    mine = owner("KEEP0002")
    sign_up(mine.browser, "Grace")
    clock.advance(timedelta(days=55).total_seconds())
    assert sees(mine.browser, mine)
    clock.advance(timedelta(days=55).total_seconds())
    mine.browser.page("/my")
    clock.advance(timedelta(days=59).total_seconds())
    mine.browser.page("/my")
    clock.advance(timedelta(days=59).total_seconds())
    assert sees(mine.browser, mine)


def test_O8_somebody_without_a_receipt_makes_an_account_and_sees_nothing(browser, sign_up):
    one = sign_up(browser(), "Nobody Yet")
    assert one.get("/my").status_code == 200
    assert one.get("/sign-up").url.endswith("/my/security")


def test_S5_names_and_passwords_that_cannot_be_taken_are_told_kindly(browser, sign_up):
    sign_up(browser(), "Ada")
    one = browser()
    for name, password, said in (
        ("ada", PASSWORD, "Somebody has this name"),
        ("ab", PASSWORD, "This name is too short"),
        ("a" * 61, PASSWORD, "This name is too long"),
        ("Ada\u202eecila", PASSWORD, "signs that cannot be typed"),
        ("ada@example.org", PASSWORD, "signs that cannot be typed"),
        ("Fresh", "short", "This password is too short"),
        ("Fresh", "x" * 201, "This password is too long"),
        ("Fresh", "Password123", "Many people have this password"),
        ("Fresh", "aaaaaaaaaaaa", "This password is easily guessed"),
        ("Alexandria", "Alexandria1", "This password is mostly your name"),
    ):
        reply = one.post("/sign-up", name=name, password=password)
        assert (reply.status_code, said in reply.text) == (422, True), (name, password, reply.text)
        assert f'value="{password}"' not in reply.text
    assert one.post("/sign-up", name="Fresh", password="ｆｏｕｒ ｗｏｒｄｓ of mine").status_code == 200


def test_S5_the_same_letters_of_another_keyboard_are_the_same_password(browser, sign_up, sign_in):
    sign_up(browser(), "Łukasz 🎞".removesuffix(" 🎞"), "zażółć gęślą jaźń")
    decomposed = "zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301"
    assert sign_in(browser(), "łUKASZ", decomposed).url.endswith("/my")
    assert sign_in(browser(), "łukasz", "zażółć gęślą jaźń ").status_code == 403


def test_S5_recovery_codes_are_shown_once_open_once_and_sign_out_everybody_else(browser, sign_up, world):
    one = sign_up(browser(), "Ada")
    shown = one.post("/my/security/codes").text
    codes = re.findall(r"<li><code>([^<]+)</code>", shown)
    assert (len(codes), len(set(codes))) == (8, 8)
    assert codes[0] not in one.page("/my/security")
    kept = str(world.sql("select * from people.challenge"))
    assert not any(code.replace("-", "") in kept for code in codes)
    back = browser()
    assert back.post("/sign-in/recover", recovery_code=codes[3].lower()).url.endswith("/my/security?after=recovery")
    assert one.get("/my").url.endswith("/sign-in?next=%2Fmy")
    assert browser().post("/sign-in/recover", recovery_code=codes[3]).status_code == 403
    assert "7 recovery codes" in back.page("/my/security")
    assert back.post("/my/security/password", password="another fine password").url.endswith("?after=password")
    assert browser().post("/sign-in/password", name="ada", password=PASSWORD).status_code == 403
    assert browser().post("/sign-in/password", name="ada", password="another fine password").status_code == 200
    back.post("/my/security/codes")
    assert browser().post("/sign-in/recover", recovery_code=codes[4]).status_code == 403


def test_S5_devices_are_listed_and_ended_one_by_one_or_all(browser, sign_up, sign_in, world):
    phone, tablet, desk = browser(), browser(), browser()
    phone.http.headers["User-Agent"] = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    tablet.http.headers["User-Agent"] = "Mozilla/5.0 (iPad; CPU OS 19_0) Version/19.0 Safari/605.1.15"
    desk.http.headers["User-Agent"] = "<script>alert(1)</script>\u202e"[:24]
    sign_up(phone, "Ada")
    for one in (tablet, desk):
        sign_in(one, "Ada")
    page = phone.page("/my/security")
    assert all(name in page for name in ("Firefox · Android", "Safari · iPad", "A device"))
    assert "<script>alert" not in page
    ids = re.findall(r'name="device" value="([0-9a-f]+)"', page)
    assert len(ids) == 2
    ours = {bytes(row["mac"]).hex(): row["agent"] for row in world.sql("select mac, agent from people.session")}
    tablets = next(one for one in ids if "iPad" in ours[one])
    assert phone.post("/my/security/devices/end", device=tablets).url.endswith("?after=devices")
    assert tablet.get("/my").url.endswith("/sign-in?next=%2Fmy")
    assert desk.get("/my").status_code == 200
    desk.page("/my/security")
    assert desk.post("/my/security/devices/end-others").status_code == 200
    assert phone.get("/my").url.endswith("/sign-in?next=%2Fmy")


def test_S3_signing_in_with_another_browser_is_told(browser, sign_up, sign_in, world):
    one, other = browser(), browser()
    sign_up(one, "Ada")
    sign_in(one, "Ada")
    assert world.sql("select 1 from people.notice where kind = 'new_sign_in'") == []
    other.http.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/140.0"
    sign_in(other, "Ada")
    (told,) = world.sql("select about from people.notice where kind = 'new_sign_in'")
    assert "Edge · Windows" in told["about"]


def test_S5_changes_ask_for_a_fresh_proof(browser, sign_up, sign_in, clock):
    one = sign_up(browser(), "Ada")
    clock.advance(timedelta(minutes=16).total_seconds())
    page = one.page("/my/security")
    assert "Show once more that it is you." in page
    assert 'action="/my/security/password"' not in page
    for path, fields in (
        ("/my/security/password", {"password": "another fine password"}),
        ("/my/security/name", {"name": "Eve"}),
        ("/my/security/codes", {}),
        ("/my/security/mail", {"mail": "eve@example.org"}),
        ("/my/security/passkeys/options", {}),
        ("/my/security/passkeys/remove", {"passkey": "00"}),
        ("/my/security/mail/remove", {"mail": "a@example.org"}),
    ):
        assert one.post(path, **fields).status_code == 403, path
    assert sign_in(one, "Ada", next="/my/security").url.endswith("/my/security")
    one.page("/my/security")
    assert one.post("/my/security/name", name="Ada the Second").url.endswith("?after=name")
    assert sign_in(browser(), "ada the second").url.endswith("/my")


def test_S5_a_link_by_mail_signs_in_once_and_only_by_its_button(browser, sign_up, mails, links, clock):
    one = sign_up(browser(), "Ada")
    one.page("/my/security")
    assert one.post("/my/security/mail", mail="Ada@Example.ORG").url.endswith("?after=mail-sent")
    (proof,) = links(mails()[-1])
    assert sign_up(browser(), "Mallory").get(proof).status_code == 200, "a page with a button; nothing happens"
    one.page(proof)
    assert one.post(proof).url.endswith("/my/security?after=mail")
    assert "ada@example.org" in one.page("/my/security")
    phone = browser()
    asked = phone.post("/sign-in/mail", name="ADA@example.org")
    assert "a link is on its way" in asked.text
    (link,) = links(mails()[-1])
    for _ in range(3):
        assert phone.get(link).status_code == 200
    assert phone.post(link).url.endswith("/my")
    assert browser().post(link).status_code == 403
    phone.post("/sign-in/mail", name="ada")
    fresh = [path for text in mails() for path in links(text) if path.startswith("/sign-in/link/") and path != link]
    clock.advance(timedelta(minutes=16).total_seconds())
    assert browser().post(fresh[-1]).status_code == 403


def test_attack_a_mail_address_is_proved_by_who_asked_for_it_alone(browser, sign_up, mails, links, world):
    one, mallory = sign_up(browser(), "Ada"), sign_up(browser(), "Mallory")
    mallory.page("/my/security")
    mallory.post("/my/security/mail", mail="ada@example.org")
    (link,) = links(mails()[-1])
    one.page(link)
    assert one.post(link).status_code == 403, "who owns the mailbox opens it in their own browser: not their question"
    assert world.sql("select 1 from people.login where kind = 'mail'") == []
    assert mallory.post("/my/security/mail", mail="ada@example.org\r\nBcc: x@example.org").status_code == 422


def test_S5_what_is_personal_stands_nowhere_in_clear(browser, sign_up, world):
    one = sign_up(browser(), "Gwendolyn Fairfax")
    one.page("/my/security")
    one.post("/my/security/mail", mail="gwendolyn@example.org")
    for table in ("person", "login", "password", "challenge", "record", "message", "session"):
        kept = str(world.sql(f"select * from people.{table}")).lower()
        assert not any(word in kept for word in ("gwendolyn", "fairfax", "four plain")), table
    assert world.sql("select hash from people.password")[0]["hash"].startswith("$argon2id$")


def test_S5_a_password_hashed_at_an_older_cost_is_hashed_anew(browser, sign_up, sign_in, world):
    sign_up(browser(), "Ada")
    before = world.sql("select hash from people.password")[0]["hash"]
    passwords = world.running.service.people.passwords
    object.__setattr__(passwords.cost, "passes", 2)
    assert sign_in(browser(), "Ada").url.endswith("/my")
    after = world.sql("select hash from people.password")[0]["hash"]
    assert ("t=1," in before, "t=2," in after) == (True, True)
    assert sign_in(browser(), "Ada").url.endswith("/my")


def test_S5_an_arrival_tells_no_secrets():
    assert "secret" not in repr(Arrival(source=None, before=b"secret"))  # type: ignore[arg-type]


def test_S5_ten_devices_are_shown_this_one_first_and_the_others_on_request(browser, sign_up, world):
    """However often somebody signed in elsewhere since."""
    desk = browser()
    sign_up(desk, "Ada")
    world.sql(
        "insert into people.session (mac, person, how, agent, made_at, proved_at, seen_at, expires_at)"
        " select sha256(n::text::bytea), person, how, agent, made_at, proved_at, seen_at + interval '1 h', expires_at"
        " from people.session, generate_series(1, 12) as n"
    )
    page = desk.page("/my/security")
    shown, _, folded = page.partition("Show all (13)")
    assert [part.count('name="device"') for part in (shown, folded)] == [9, 3]
    first = re.search(r'<ul class="devices"(?:(?!<ul).)*?<li>(?:(?!</li>).)*This one', shown, re.DOTALL)
    assert first
    assert "This one" not in folded
