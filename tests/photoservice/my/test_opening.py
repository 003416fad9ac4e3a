"""A receipt's access code opens a session that shows its registration's rolls, and nothing else (O8; DESIGN 5A, 5D)."""


def test_O8_an_access_code_opens_the_rolls_of_its_registration_and_no_other(owner):
    mine, theirs = owner("MINE0001"), owner("THEIRS01")
    page = mine.browser.page("/my")
    assert all(f'href="{mine.path(roll)}"' in page for roll in mine.rolls)
    assert not any(part in page for roll in theirs.rolls for part in (theirs.path(roll), roll.rpartition(")")[2]))


def test_O8_without_a_session_one_is_led_to_sign_in_and_back(owner, browser):
    mine, stranger = owner("MINE0002"), browser()
    led = stranger.http.get(
        stranger.url + "/my?lang=de", headers={"Accept": "text/html"}, allow_redirects=False, timeout=30
    )
    assert (led.status_code, led.headers["Location"]) == (303, "/sign-in?next=%2Fmy%3Flang%3Dde")
    back = stranger.post("/sign-in/code", access_code=mine.home.access_code, next="/my?lang=de")
    assert back.url.endswith("/my?lang=de")


def test_O8_the_same_code_opens_the_same_guest_everywhere(owner, browser, world):
    mine, other = owner("MINE0003"), browser()
    assert other.open(mine.home.access_code).status_code == 200
    assert len(world.sql("select distinct person from people.session")) == 1
    assert len(world.sql("select mac from people.session")) == 2


def test_attack_csrf_a_form_without_the_sessions_token_does_nothing(owner, world):
    mine = owner("MINE0004")
    for csrf in ("", "0" * 32):
        assert mine.browser.post("/sign-out", csrf=csrf).status_code == 403
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert mine.browser.post("/sign-out", headers=headers).status_code == 403
    assert len(world.sql("select mac from people.session")) == 1
    assert mine.browser.post("/sign-out").status_code == 200
    assert world.sql("select mac from people.session") == []


def test_attack_a_next_that_leads_elsewhere_is_not_followed(owner, browser):
    mine = owner("MINE0005", opened=False)
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "/my//evil", "javascript:alert(1)"):
        one = browser()
        sent = {"access_code": mine.home.access_code, "next": elsewhere}
        led = one.http.post(one.url + "/sign-in/code", data=sent, allow_redirects=False, timeout=30)
        assert (led.status_code, led.headers["Location"]) == (303, "/my")
