"""One's account: what one tells of oneself is boxed, kept as it was written, and nobody else's (S5)."""

import html
import re

EVIL = "<script>alert(1)</script>\"'&{0}%s" + "\u202eمرحبا 🌻"


def address(**more):
    return {"name": "Ada", "lines": "Long Street 1\r\nBack door", "postcode": "10115", "town": "Berlin"} | more


def person_of(world, owner):
    (row,) = world.sql(
        "select person from people.holding join claim on claim.id = holding.claim where number = $1", owner.home.number
    )
    return row["person"]


def profile(world, owner):
    people, person = world.running.service.people, person_of(world, owner)
    return world.running.do(lambda session: people.profiles.of(session, person))


def test_S5_a_name_is_kept_as_it_was_written_and_boxed(owner, world):
    mine = owner("ACCT0001")
    assert mine.browser.post("/my/account/name", name="  Zoë 李  ").status_code == 200
    assert profile(world, mine).name == "Zoë 李"
    assert 'value="Zoë 李"' in mine.browser.page("/my/account")
    (row,) = world.sql("select box from people.profile")
    assert "Zoë".encode() not in row["box"]


def test_attack_what_is_written_stays_text(owner, world):
    mine = owner("ACCT0002")
    mine.browser.post("/my/account/name", name=EVIL)
    mine.browser.post(
        "/my/account/addresses/new", **address(name=EVIL, town=EVIL, country=EVIL, lines=f"{EVIL}\n{EVIL}")
    )
    page = mine.browser.page("/my/account")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "مرحبا 🌻" in page


def test_S5_addresses_are_added_changed_put_first_and_removed(owner, world):
    mine = owner("ACCT0003")
    mine.browser.post("/my/account/addresses/new", **address())
    mine.browser.post("/my/account/addresses/new", **address(town="Köln"))
    first, second = profile(world, mine).addresses
    assert first.lines == ("Long Street 1", "Back door")
    mine.browser.post(f"/my/account/addresses/{second.id}", do="first")
    assert [one.town for one in profile(world, mine).addresses] == ["Köln", "Berlin"]
    page = mine.browser.page(f"/my/account/addresses/{first.id}")
    assert "Long Street 1\nBack door</textarea>" in html.unescape(page)
    mine.browser.post(f"/my/account/addresses/{first.id}", **address(town="Bonn"))
    assert [one.town for one in profile(world, mine).addresses] == ["Köln", "Bonn"]
    mine.browser.post(f"/my/account/addresses/{second.id}", do="remove")
    assert [one.town for one in profile(world, mine).addresses] == ["Bonn"]


def test_S5_an_address_that_is_none_or_one_too_many_is_refused_and_loses_nothing(owner, world):
    mine = owner("ACCT0004")
    for wrong in (address(lines="", town=""), address(lines="x" * 801), address(name="x" * 201), address(town="a\0b")):
        assert mine.browser.post("/my/account/addresses/new", **wrong).status_code == 400
    assert mine.browser.post("/my/account/addresses/NOSUCH", **address()).status_code == 404
    assert mine.browser.get("/my/account/addresses/NOSUCH").status_code == 404
    for n in range(10):
        assert mine.browser.post("/my/account/addresses/new", **address(town=f"T{n}")).status_code == 200
    assert mine.browser.post("/my/account/addresses/new", **address()).status_code == 400
    assert len(profile(world, mine).addresses) == 10
    assert "ten addresses" in mine.browser.page("/my/account")


def test_attack_anothers_address_is_not_there(owner, world):
    mine, theirs = owner("ACCT0005"), owner("ACCT0006")
    mine.browser.post("/my/account/addresses/new", **address())
    (one,) = profile(world, mine).addresses
    path = f"/my/account/addresses/{one.id}"
    assert theirs.browser.get(path).status_code == 404
    assert theirs.browser.post(path, do="remove").status_code == 404
    assert profile(world, mine).addresses == (one,)


def test_attack_csrf_nothing_of_an_account_changes_without_the_sessions_token(owner, world):
    mine = owner("ACCT0007")
    forms = {
        "/my/account/name": {"name": "Eve"},
        "/my/account/told": {"mail": "pictures_ready"},
        "/my/account/addresses/new": address(),
        "/my/account/delete": {"really": "yes"},
        "/my/notices/seen": {},
    }
    for path, fields in forms.items():
        assert mine.browser.post(path, csrf="0" * 32, **fields).status_code == 403
        assert mine.browser.post(path, headers={"Sec-Fetch-Site": "cross-site"}, **fields).status_code == 403
    assert world.sql("select person from people.profile") == []
    assert world.sql("select person from people.preference") == []
    assert len(world.sql("select id from people.person")) == 1


def test_S5_what_one_holds_and_agreed_to_is_shown(owner, world):
    mine = owner("ACCT0008")
    page = mine.browser.page("/my/account")
    assert f"Registration {mine.home.number}" in page
    assert "by a receipt’s code" in page.replace("&#39;", "’").replace("'", "’")


def test_S3_without_a_mail_server_the_account_says_so(owner):
    mine = owner("ACCT0009")
    assert "This service sends no mail" in mine.browser.page("/my/account")


def test_S5_a_guest_is_asked_kindly_to_make_an_account(owner):
    page = owner("ACCT0010").browser.page("/my/account")
    assert re.search(r'href="/sign-up"[^>]*>Make an account', page)
