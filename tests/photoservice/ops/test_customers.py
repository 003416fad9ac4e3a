"""Customers are found and seen masked; what is personal is opened for a reason, and every look is kept (S3, S5)."""

import json

from photoservice.persons.profiles import Address, Profile
from photoservice.testing_pictures import register_at_home


def member(world, person, name="ada lovelace"):
    """Return somebody who signs in, with a name, an address and a mail address of theirs."""
    person(name)
    who = world.running.do(lambda session: world.running.service.people.entrance.logins.find(session, name)).person
    home = Address(id="home", name="Ada King", lines=("St James's Square 12",), town="London", country="GB")
    people = world.running.service.people

    async def fill(session):
        await people.profiles.change(session, who, lambda _: Profile(name="Ada King", addresses=(home,)))
        await people.entrance.logins.add(session, who, "ada@example.org")

    world.running.do(fill)
    return who


def test_S3_a_person_is_found_by_what_they_say_and_seen_without_what_is_personal(world, person, operator, entries):
    ada, desk = member(world, person), operator("support")
    for said in ("ada lovelace", "ADA@example.org", ada):
        found = desk.done("/ops/customers", q=said)
        assert found.url.endswith(f"/ops/customers/{ada}"), said
    page = desk.page(f"/ops/customers/{ada}")
    assert not [word for word in ("Ada King", "ada@example.org", "St James", "lovelace") if word in page]
    assert "1 × name, 1 × mail address" in page
    assert [one["subject"] for one in entries("customer_seen")] == [ada] * 4
    assert len(entries("customers_sought")) == 3
    assert "Nobody fits" in desk.done("/ops/customers", q="nobody@example.org").text
    kept = world.sql("select string_agg(row::text, ' ') as all from (select * from ops.audit) as row")[0]["all"]
    assert not [word for word in ("ada@", "lovelace", "nobody@") if word in kept.lower()]


def test_S3_what_is_personal_is_shown_once_to_who_says_why(world, person, operator, entries):
    ada, desk = member(world, person), operator("support")
    desk.page(f"/ops/customers/{ada}")
    for why in ("", "  ", "ok", "???"):
        refused = desk.post(f"/ops/customers/{ada}/open", why=why)
        assert (refused.status_code, "Ada King" in refused.text) == (422, False)
    assert entries("customer_opened") == []
    opened = desk.done(f"/ops/customers/{ada}/open", why="She asks where her prints went")
    assert not [word for word in ("Ada King", "ada@example.org", "St James", "lovelace") if word not in opened.text]
    (entry,) = entries("customer_opened")
    assert (entry["subject"], json.loads(entry["about"])) == (ada, {"why": "She asks where her prints went"})
    assert "Ada King" not in desk.page(f"/ops/customers/{ada}")


def test_S3_who_has_not_the_right_opens_nothing(world, person, operator, entries):
    ada, lab, viewer = member(world, person), operator("lab"), operator("viewer")
    for desk in (lab, viewer):
        desk.page("/ops")
        assert desk.get(f"/ops/customers/{ada}").status_code == 403
        assert desk.post(f"/ops/customers/{ada}/open", why="Because I can").status_code == 403
    support = operator("support")
    support.page(f"/ops/customers/{ada}")
    assert support.post(f"/ops/customers/{ada}/erase", why="They asked", really="yes").status_code == 403
    assert [one["kind"] for one in entries() if one["operator"] in (lab.id, viewer.id)] == []


def test_S5_a_card_s_account_is_told_with_its_card_masked_and_erased_for_good(
    world, station, operator, entries, builders
):
    package, _ = world.pack("CUSTOMER1")
    claim = station.claim(package, "952114100000000018")
    station.send()
    account = world.sql("select account from claim where number = $1", claim.public["number"])[0]["account"]
    desk = operator("manager")
    assert desk.done("/ops/customers", q=account).url.endswith(account)
    page = desk.page(f"/ops/customers/{account}")
    assert "952114100000000018" not in page
    assert claim.public["number"] in page
    told = desk.done(f"/ops/customers/{account}/export", why="They asked for it")
    assert told.json()["accounts"] == [account]
    assert "attachment" in told.headers["Content-Disposition"]
    desk.page(f"/ops/customers/{account}")
    assert desk.post(f"/ops/customers/{account}/erase", why="They asked").status_code == 400, "not confirmed"
    desk.done(f"/ops/customers/{account}/erase", why="They asked", really="yes")
    assert world.sql("select * from account_key where account = $1", account) == []
    assert "The key was destroyed" in desk.page(f"/ops/customers/{account}")
    kinds = [one["kind"] for one in entries() if one["subject"] == account]
    assert kinds.count("customer_exported") == kinds.count("customer_erased") == 1


def test_S5_a_person_is_exported_and_deleted_but_no_operator_is(world, person, operator, entries):
    ada, desk = member(world, person), operator("manager")
    desk.page(f"/ops/customers/{ada}")
    told = desk.done(f"/ops/customers/{ada}/export", why="They asked for it").json()
    assert (told["person"], told["profile"]["name"]) == (ada, "Ada King")
    desk.done(f"/ops/customers/{ada}/erase", why="They asked", really="yes")
    assert world.sql("select * from people.person where id = $1", ada) == []
    assert desk.get(f"/ops/customers/{ada}").status_code == 404
    (mine,) = world.sql("select person from ops.operator where id = $1", desk.id)
    assert desk.post(f"/ops/customers/{mine['person']}/erase", why="Myself", really="yes").status_code == 422
    assert len(entries("customer_erased")) == 1


def test_S3_staff_give_what_was_proved_at_the_counter_and_a_tab(world, person, operator, entries):
    ada, desk = member(world, person), operator("support")
    home = register_at_home(world.running, world.maker, "GIVEN001", rolls=1)
    desk.page(f"/ops/customers/{ada}")
    give = f"/ops/customers/{ada}/give"
    assert desk.post(give, what="TCN-NOTHERE00", why="Receipt shown").status_code == 404
    assert desk.post(give, what=home.number, why="").status_code == 422
    assert home.number in desk.done(give, what=home.number, why="Receipt shown").text
    for most, status in (("12,50", 200), ("-1", 400), ("1e9", 400), ("0.001", 400), ("", 400)):
        desk.page(f"/ops/customers/{ada}")
        assert desk.post(f"/ops/customers/{ada}/tab", most=most, currency="EUR").status_code == status, most
    assert desk.post(f"/ops/customers/{ada}/tab", most="1", currency="ZZZ").status_code == 400
    desk.done(f"/ops/customers/{ada}/tab", most="0", currency="EUR")
    assert [one["kind"] for one in entries() if one["kind"].startswith("tab_")] == ["tab_given", "tab_ended"]
    assert len(entries("registration_given")) == 1
