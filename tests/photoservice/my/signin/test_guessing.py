"""Guessing, enumeration, session fixation, login CSRF: what attacks on getting in meet (DESIGN 5D)."""

import math
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from photocore.codes import mint_access_code
from photocore.host import SystemEntropy
from photoservice.errors import SignInNeeded
from photoservice.keyring import open_keyring
from photoservice.persons.arriving import Arrival
from photoservice.persons.passwords import PasswordCost, Passwords
from photoservice.persons.signing_up import Wish
from photoservice.settings import Settings
from photoservice.throttle import Source

PASSWORD = "four plain words here"
ENTROPY = SystemEntropy()


def test_attack_unknown_name_and_wrong_password_get_the_same_answer(browser, sign_up, sign_in):
    sign_up(browser(), "Ada")
    pages = set()
    for name in ("Ada", "Nobody", "", "ada@example.org", "<script>", "\u202e", "x" * 900):
        reply = sign_in(browser(), name, "wrong password")
        pages.add((reply.status_code, reply.text))
    assert len(pages) == 1


def test_attack_guessing_from_one_place_locks_that_place_and_not_the_owner(browser, sign_up, sign_in, clock):
    home, thief = browser(), browser()
    sign_up(home, "Ada")
    for _ in range(5):
        assert sign_in(thief, "Ada", "a wrong guess").status_code == 403
    resting = sign_in(thief, "ADA", PASSWORD)
    assert resting.status_code == 429, "even the right one"
    assert int(resting.headers["Retry-After"]) > 0
    assert sign_in(browser(), "Ada").url.endswith("/my"), "the owner, from elsewhere"
    clock.advance(timedelta(hours=1, minutes=1).total_seconds())
    assert sign_in(thief, "Ada").url.endswith("/my")


def test_attack_the_right_password_forgives_the_wrong_ones_before(browser, sign_up, sign_in):
    one = browser()
    sign_up(one, "Ada")
    for _ in range(2):
        for _ in range(3):
            assert sign_in(one, "Ada", "mistyped again").status_code == 403
        assert sign_in(one, "Ada").url.endswith("/my")


def test_attack_one_place_tries_ten_names_an_hour(browser, sign_in):
    thief = browser()
    statuses = [sign_in(thief, f"Name {n}", "wrong password").status_code for n in range(12)]
    assert statuses == [403] * 10 + [429] * 2


def test_attack_many_guesses_sent_at_once_are_no_more_than_one_after_the_other(browser, sign_up, sign_in, world):
    sign_up(browser(), "Ada")
    thief, replies = browser(), []
    run = [
        threading.Thread(target=lambda: replies.append(sign_in(browser_of(thief), "Ada", "a guess").status_code))
        for _ in range(12)
    ]
    for thread in run:
        thread.start()
    for thread in run:
        thread.join()
    assert sorted(replies) == [403] * 5 + [429] * 7


def browser_of(one):
    """Return another browser at the same address: one session of requests is not for threads."""
    return type(one)(url=one.url, address=one.address)


def test_attack_names_are_not_listed_by_signing_up(browser, sign_up):
    sign_up(browser(), "Ada")
    thief = browser()
    statuses = [thief.post("/sign-up", name="Ada", password=PASSWORD).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    accounts = browser()
    made = []
    for n in range(11):
        accounts.http.cookies.clear()
        made.append(accounts.post("/sign-up", name=f"Sock {n}", password=PASSWORD).status_code)
    assert made == [200] * 10 + [429]


def test_attack_asking_for_a_link_tells_nothing(browser, sign_up, mails):
    sign_up(browser(), "Ada")
    pages = {browser().post("/sign-in/mail", name=name).text for name in ("Ada", "Nobody", "a@example.org", "\u202e")}
    assert len(pages) == 1
    assert mails() == [], "Ada has no address"
    one = browser()
    assert [one.post("/sign-in/mail", name="x").status_code for _ in range(7)] == [200] * 5 + [429] * 2


def test_attack_asking_to_prove_somebodys_address_tells_nothing_and_fills_no_mailbox(
    browser, sign_up, mails, links, world, clock
):
    one, mallory = sign_up(browser(), "Ada"), sign_up(browser(), "Mallory")
    one.page("/my/security")
    one.post("/my/security/mail", mail="ada@example.org")
    one.page(links(mails()[-1])[0])
    assert one.post(links(mails()[-1])[0]).status_code == 200
    mallory.page("/my/security")
    for mail in ("ada@example.org", "nobody@example.org"):
        mallory.post("/my/security/mail", mail=mail)
        assert links(mails()[-1]), "each is written to, so what is kept of the mails tells nothing"
    kept = world.sql("select channel, kind, why, failed_at from people.message where kind = 'mail_proof'")
    assert len(kept) == 3
    assert len({tuple(row.values()) for row in kept}) == 1
    (taken,) = links(mails()[-2])
    assert mallory.post(taken).status_code == 422
    before = len(mails())
    for _ in range(3):
        clock.advance(16 * 60)
        sign_in_again = mallory.post("/sign-in/password", name="Mallory", password=PASSWORD)
        assert sign_in_again.status_code == 200
        mallory.page("/my/security")
        for _ in range(2):
            mallory.post("/my/security/mail", mail="ada@example.org")
        mails()
    assert len(mails()) - before == 3, "five to one address, and then it is left in peace"


def test_attack_nobody_signs_up_as_somebody_there_is(browser, sign_up, world):
    """A passkey's challenge names the guest it was made for; that guest may be somebody by now, who has signed up."""
    sign_up(browser(), "Ada")
    (ada,) = world.sql("select id from people.person")

    async def keep(session, person):
        raise AssertionError(f"{person} was given what another signs in with")

    wish = Wish(person=ada["id"], name="Mallory", how="passkey", keep=keep)
    signing_up = world.running.service.people.entrance.signing_up
    with pytest.raises(SignInNeeded):
        world.running.run(signing_up.by(wish, Arrival(source=Source(near="10.9.9.0/24"))))


def test_attack_recovery_codes_are_not_guessed(browser, sign_up):
    thief = browser()
    guesses = [mint_access_code(ENTROPY) for _ in range(10)]
    assert {thief.post("/sign-in/recover", recovery_code=code).status_code for code in guesses} == {403}
    assert thief.post("/sign-in/recover", recovery_code=mint_access_code(ENTROPY)).status_code == 429


@pytest.mark.parametrize("way", ["password", "code", "sign-up", "recovery"])
def test_attack_a_planted_session_is_worth_nothing_after_signing_in(way, owner, browser, sign_up, sign_in, world):
    """Session fixation: whatever token the browser came with, a fresh one stands for who proved themselves."""
    mine = owner("PLANT001")
    planted = mine.browser.http.cookies["twincheck"]
    if way == "password":
        sign_up(browser(), "Ada")
        sign_in(mine.browser, "Ada")
    elif way == "code":
        mine.browser.open(owner("PLANT002", opened=False).home.access_code)
    elif way == "sign-up":
        sign_up(mine.browser, "Ada")
    else:
        other = sign_up(browser(), "Ada")
        code = other.post("/my/security/codes").text.split("<li><code>")[1].split("<")[0]
        mine.browser.post("/sign-in/recover", recovery_code=code)
    fresh = mine.browser.http.cookies["twincheck"]
    assert fresh != planted
    thief = browser()
    thief.http.cookies.set("twincheck", planted)
    if way == "code":
        return  # a guest's session stays what it was: it opens the first receipt alone
    assert thief.get("/my").url.endswith("/sign-in?next=%2Fmy")


def test_attack_a_token_nobody_gave_out_is_not_taken_on(owner, browser, world):
    mine, forged = owner("FORGE001", opened=False), "tcs_" + "ab" * 32
    victim = browser()
    victim.http.cookies.set("twincheck", forged)
    victim.open(mine.home.access_code)
    assert len(world.sql("select mac from people.session")) == 1
    thief = browser()
    thief.http.cookies.set("twincheck", forged)
    assert thief.get("/my").url.endswith("/sign-in?next=%2Fmy")


def test_attack_another_website_signs_nobody_in(browser, sign_up, owner, world):
    """Login CSRF: a form on another website would have its visitors work in the attacker's account."""
    sign_up(browser(), "Mallory")
    fields = {"name": "Mallory", "password": PASSWORD}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ):
        for path in ("/sign-in/password", "/sign-in/code", "/sign-up", "/sign-in/recover", "/sign-in/link/x"):
            one = browser()
            reply = one.post(path, headers=headers, **fields)
            assert (reply.status_code, "twincheck" in one.http.cookies) == (403, False), (headers, path)
    one = browser()
    assert one.post("/sign-in/password", headers={"Origin": world.url}, **fields).status_code == 200


def test_attack_csrf_on_every_change_of_an_account(browser, sign_up):
    one = sign_up(browser(), "Ada")
    for path in (
        "/my/join/code", "/my/join/card", "/my/join/card/x", "/my/security/password", "/my/security/name",
        "/my/security/codes", "/my/security/mail", "/my/security/mail/x", "/my/security/mail/remove",
        "/my/security/passkeys/options", "/my/security/passkeys", "/my/security/passkeys/remove",
        "/my/security/devices/end", "/my/security/devices/end-others",
    ):  # fmt: skip
        for csrf in ("", "0" * 32):
            assert one.post(path, csrf=csrf).status_code == 403, path
    assert one.get("/my").status_code == 200


def test_attack_others_sessions_and_passkeys_cannot_be_ended(browser, sign_up, world):
    ada, mallory = sign_up(browser(), "Ada"), sign_up(browser(), "Mallory")
    mallory.page("/my/security")
    for row in world.sql("select mac from people.session"):
        mallory.post("/my/security/devices/end", device=bytes(row["mac"]).hex())
    mallory.post("/my/security/devices/end", device="nonsense")
    assert ada.get("/my").url.endswith("/my")
    assert mallory.get("/my").url.endswith("/sign-in?next=%2Fmy"), "only their own"


def test_attack_everything_hostile_in_every_field_is_told_and_nothing_breaks(browser, sign_up):
    one = sign_up(browser(), "Ada")
    one.page("/my/security")
    hostile = ("x" * 9000, "\0", "\u202e<script>alert(1)</script>", "'; drop table people.person; --", "🎞" * 200, "")
    for path in (
        "/sign-in/code", "/sign-in/password", "/sign-up", "/sign-in/recover", "/sign-in/mail", "/my/join/code",
        "/my/join/card", "/my/security/name", "/my/security/mail", "/my/security/password",
    ):  # fmt: skip
        for text in hostile:
            fields = dict.fromkeys(("name", "password", "access_code", "recovery_code", "card_number", "mail"), text)
            who = one if path.startswith("/my") else browser()
            reply = who.post(path, **fields)
            assert reply.status_code in (200, 400, 403, 413, 422, 429), (path, text[:20], reply.status_code)
            assert "<script>alert" not in reply.text


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"answer": 1}', b'{"answer": {}}', b'{"answer": {"id": "x"}}'])
def test_attack_a_passkey_that_is_none_is_refused(body, browser):
    one = browser()
    for path in ("/sign-in/passkey", "/sign-up/passkey"):
        headers = {"Content-Type": "application/json", "X-Forwarded-For": one.address}
        reply = one.http.post(one.url + path, data=body, headers=headers, timeout=30)
        assert reply.status_code in (400, 403, 422), (path, reply.status_code, reply.text)


async def test_a_kept_password_costs_who_guesses_it_what_rfc_9106_says(tmp_path):
    """Its second choice, section 4: 64 MiB, three passes, four lanes. The people of other tests sign in for less."""
    settings = Settings(folder=tmp_path)
    keyring = open_keyring(tmp_path / "keys", ENTROPY)
    passwords = Passwords(keyring=keyring, entropy=ENTROPY, cost=settings.password_cost)
    kept = await passwords.hash("P-1", PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.fits("P-1", kept, PASSWORD)
    assert not await passwords.fits("P-2", kept, PASSWORD)


class TestTiming:
    """A wrong password and an unknown name cost the same (attacks A11, A12).

    Least times are compared, of as many tries as it takes: a busy machine only ever adds to one.
    """

    FLOOR = timedelta(milliseconds=150)
    LEAST_TRIES, MOST_TRIES = 6, 60

    @pytest.fixture
    def settings(self, settings):
        cost = PasswordCost(passes=1, memory_kib=8192, lanes=1)
        return replace(settings, password_cost=cost, answer_floor=self.FLOOR)

    def test_attack_A12_known_and_unknown_names_take_the_same_time(self, browser, sign_up, sign_in):
        sign_up(browser(), "Ada")
        least = dict.fromkeys(("Ada", "Nobody", "nobody@example.org"), math.inf)
        for n in range(self.MOST_TRIES):
            for name in least:
                one = browser(address=f"{n + 20}.0.0.1")
                began = time.perf_counter()
                assert sign_in(one, name, "wrong password").status_code == 403
                least[name] = min(least[name], time.perf_counter() - began)
            if n >= self.LEAST_TRIES and max(least.values()) - min(least.values()) < self.FLOOR.total_seconds() / 5:
                break
        assert min(least.values()) >= self.FLOOR.total_seconds()
        assert max(least.values()) - min(least.values()) < self.FLOOR.total_seconds() / 5, least

    async def test_attack_A12_the_work_itself_is_the_same_without_a_name(self, world):
        passwords = world.running.service.people.passwords
        people = {"P-1": await passwords.hash("P-1", PASSWORD), "nobody": None}
        least = dict.fromkeys(people, math.inf)
        for n in range(self.MOST_TRIES):
            for about, hashed in people.items():
                began = time.perf_counter()
                assert not await passwords.fits(about, hashed, "wrong password")
                least[about] = min(least[about], time.perf_counter() - began)
            if n >= self.LEAST_TRIES and 0.4 < least["P-1"] / least["nobody"] < 2.5:
                break
        assert 0.4 < least["P-1"] / least["nobody"] < 2.5
