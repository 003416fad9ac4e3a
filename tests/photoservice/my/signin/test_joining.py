"""What was opened by a receipt becomes an account's own, with all that was done by it; a card's account by proof."""

import re
import threading
from datetime import timedelta

import pytest
import requests

from photocore.cards import CardTable
from photoservice.cli import command

CARD_TABLE = CardTable(name="corner", kind="card", symbologies=("code-128",), pattern="CP[0-9]{8}")
CARD = "CP12345678"


def doings(world, person):
    """Return what a person has, table by table."""
    kept = {}
    for table in ("favourite", "note", "sub_group", "grouped", "edit", "edit_head", "share", "contribution"):
        kept[table] = [
            {k: v for k, v in row.items() if k not in ("place", "at", "changed_at", "made_at")}
            for row in world.sql(f"select * from people.{table} where person = $1", person)
        ]
    return kept


def do_everything(world, person, images, group, text="mine"):
    """Do one of each with pictures, straight in the database: the pages have tests of their own."""
    now = world.clock.now()
    first, second = images[:2]
    world.sql("insert into people.favourite values ($1, $2, $3)", person, first, now)
    world.sql("insert into people.note values ($1, $2, $3, $4)", person, first, text, now)
    world.sql("insert into people.sub_group values ($1, $2, $3, 0, $4, $4)", group, person, "Holidays", now)
    put = "insert into people.grouped (person, image, sub_group, at) values ($1, $2, $3, $4)"
    world.sql(put, person, second, group, now)
    kept = "insert into people.edit (person, image, version, after, instructions, at) values ($1, $2, $3, $4, $5, $6)"
    world.sql(kept, person, first, 1, 0, "[]", now)
    world.sql(kept, person, first, 2, 1, "[]", now)
    world.sql("insert into people.edit_head values ($1, $2, 2, $3)", person, first, now)
    world.sql(
        "insert into people.share (id, person, kind, token_mac, scope, rights, made_at)"
        " values ($1, $2, 'link', $3, 'selection', '{view}', $4)",
        *(f"SH-{group}", person, group.encode(), now),
    )


def person_of(world, name="guest"):
    flag = name != "guest"
    rows = world.sql("select id from people.person where has_credentials = $1 order by made_at desc, id", flag)
    return rows[0]["id"]


def test_O8_joining_a_code_moves_all_that_was_done_by_it(sees, owner, browser, sign_up, world):
    ours, theirs = owner("MOVE0001"), owner("MOVE0002")
    sign_up(ours.browser, "Ada")
    ada, guest = person_of(world, "ada"), person_of(world)
    do_everything(world, guest, theirs.images, "G-1")
    before = doings(world, guest)
    ours.browser.page("/my/join")
    assert ours.browser.post("/my/join/code", access_code=theirs.home.access_code).url.endswith("/my/join?done=code")
    after = doings(world, ada)
    assert [row | {"person": guest} for rows in after.values() for row in rows] == [
        row for rows in before.values() for row in rows
    ]
    assert world.sql("select 1 from people.person where id = $1", guest) == []
    assert sees(ours.browser, ours)
    assert sees(ours.browser, theirs)
    assert theirs.browser.get("/my").url.endswith("/sign-in?next=%2Fmy")
    assert browser().open(theirs.home.access_code).status_code == 403
    assert theirs.home.number in ours.browser.page("/my/join")


def test_O8_where_both_did_something_with_one_picture_nothing_is_lost(owner, sign_up, browser, world, clock):
    mine = owner("BOTH0001")
    sign_up(mine.browser, "Ada")
    ada = person_of(world, "ada")
    do_everything(world, ada, mine.images, "G-ada", "hers")
    clock.advance(timedelta(minutes=1).total_seconds())
    guest = world.running.do(world.running.service.people.persons.make)
    do_everything(world, guest, mine.images, "G-guest", "the guest's")
    joining = world.running.service.people.entrance.joining
    world.running.do(lambda session: joining.absorb(session, guest, ada))
    kept = doings(world, ada)
    assert [row["text"] for row in kept["note"]] == ["hers\nthe guest's"]
    assert sorted((row["version"], row["after"]) for row in kept["edit"]) == [(1, 0), (2, 1), (3, 0), (4, 3)]
    assert [row["version"] for row in kept["edit_head"]] == [4], "who chose later is right"
    assert {row["id"] for row in kept["sub_group"]} == {"G-ada", "G-guest"}
    assert [row["sub_group"] for row in kept["grouped"]] == ["G-ada"], "each picture in exactly one"
    assert len(kept["share"]) == 2


def test_O8_who_signs_in_with_pictures_open_takes_them_along_or_not(sees, owner, browser, sign_up, sign_in, world):
    sign_up(browser(), "Ada")
    left, taken = owner("LEFT0001"), owner("TAKE0001")
    sign_in(left.browser, "Ada")
    assert not sees(left.browser, left)
    assert browser().open(left.home.access_code).status_code == 200, "the code still opens"
    sign_in(taken.browser, "Ada", join="yes")
    assert sees(taken.browser, taken)
    assert not sees(taken.browser, left)
    assert browser().open(taken.home.access_code).status_code == 403


def test_O8_a_dead_code_joins_nothing(sees, owner, browser, sign_up, world, clock):
    mine = owner("DEAD0001")
    clock.advance(timedelta(hours=23).total_seconds())
    world.sql("update access_code set voided_at = $1", clock.now())
    sign_up(mine.browser, "Ada")
    assert world.sql("select * from people.holding") == []
    assert not sees(mine.browser, mine)


def test_O8_one_code_joined_by_two_accounts_at_once_is_one_accounts(owner, browser, sign_up, world):
    mine = owner("RACE0001")
    two = [sign_up(browser(), f"Person {n}") for n in range(2)]
    for one in two:
        one.page("/my/join")
    replies = []
    run = [
        threading.Thread(
            target=lambda one=one: replies.append(one.post("/my/join/code", access_code=mine.home.access_code))
        )
        for one in two
    ]
    for thread in run:
        thread.start()
    for thread in run:
        thread.join()
    assert sorted(reply.status_code for reply in replies) == [200, 403]
    assert len(world.sql("select * from people.holding")) == 1


def test_O8_a_guest_must_sign_up_before_joining(owner):
    mine = owner("GUEST001")
    assert "First make an account" in mine.browser.page("/my/join")
    for path in ("/my/join/code", "/my/join/card"):
        assert mine.browser.post(path, access_code="x", card_number=CARD).status_code == 401


@pytest.fixture
def cards(world):
    """A retailer with a table of its own, a station of its store, and a card that registered a package there."""
    world.running.add_store("9521141000038", "Card Store", retailer="Corner Photo", tables=(CARD_TABLE,))
    now = world.clock.now()
    mac = world.running.service.keyring.mac("card", "corner", CARD)
    world.sql("insert into account values ('A-CARD00001', $1)", now)
    wrapped = b"x"
    world.sql("insert into account_key values ('A-CARD00001', $1)", wrapped)
    world.sql("insert into account_card (lookup, account, box) values ($1, 'A-CARD00001', $2)", mac, b"box")
    return mac


def tell(world, key=None, **contact):
    contact = {"card_table": "corner", "card_number": CARD, **contact}
    headers = {"Authorization": f"Bearer {key or world.retailer}"}
    return requests.put(f"{world.url}/cards/contacts", json={"contacts": [contact]}, headers=headers, timeout=30)


def registered_by_card(world, owner, serial):
    """Have a registration belong to the card's account, as if a station had written it."""
    theirs = owner(serial, opened=False)
    world.sql("update claim set account = 'A-CARD00001' where number = $1", theirs.home.number)
    return theirs


def test_S5_a_cards_account_is_joined_by_a_code_sent_to_what_is_on_file(
    sees, world, owner, cards, browser, sign_up, mails
):
    older = registered_by_card(world, owner, "CARD0001")
    assert tell(world, mail="holder@example.org").status_code == 204
    one = sign_up(browser(), "Ada")
    assert not sees(one, older)
    asked = one.post("/my/join/card", card_number="cp 1234-5678")
    path = asked.url.removeprefix(world.url)
    (text,) = [mail for mail in mails() if "holder@example.org" in mail]
    code = re.search(r"\b([0-9]{8})\b", text)[1]
    wrong = f"{(int(code) + 1) % 10**8:08}"
    assert one.post(path, code=wrong).status_code == 403
    assert one.post(path, code=f"{code[:4]} {code[4:]}").url.endswith("?done=card")
    assert sees(one, older)
    later = registered_by_card(world, owner, "CARD0002")
    assert sees(one, later), "later ones too"
    assert one.post(path, code=code).status_code == 403, "a code is good once"


def test_attack_a_card_number_alone_opens_nothing(sees, world, owner, cards, browser, sign_up, mails):
    """A first sign-in never inherits older registrations by card number (DESIGN 5D)."""
    older = registered_by_card(world, owner, "ALONE001")
    newest = registered_by_card(world, owner, "ALONE002")
    one = browser()
    one.open(newest.home.access_code)
    sign_up(one, "Ada")
    assert sees(one, newest)
    assert not sees(one, older), "the same card, another receipt: not by the code of one"
    one.page("/my/join")
    path = one.post("/my/join/card", card_number=CARD).url.removeprefix(world.url)
    for code in ("", "00000000", "12345678"):
        assert one.post(path, code=code).status_code == 403
    assert not sees(one, older)
    assert world.sql("select * from people.account_holding") == []
    assert mails() == []


def test_attack_every_kind_of_card_is_answered_the_same(world, cards, browser, sign_up, mails):
    """On file, known without anything on file, unknown, no card at all, replaced by another: one page, one refusal."""
    tell(world, mail="holder@example.org")
    one, seen = sign_up(browser(), "Ada"), set()
    one.page("/my/join")

    def normal(page):
        return re.sub(r"[0-9a-f]{32,}", "…", page)

    for number in (CARD, "CP00000000", "CP99999999", "nonsense <script>", "🎞" * 40):
        asked = one.post("/my/join/card", card_number=number)
        refused = one.post(asked.url.removeprefix(world.url), code="00000000")
        seen.add((asked.status_code, normal(asked.text), refused.status_code, normal(refused.text)))
    assert len(seen) == 1
    assert len(mails()) == 1
    assert one.post("/my/join/card", card_number=CARD).status_code == 200


def test_attack_a_card_that_was_replaced_opens_nothing(world, cards, browser, sign_up, mails):
    tell(world, mail="holder@example.org")
    world.sql("update account_card set replaced_at = $1", world.clock.now())
    one = sign_up(browser(), "Ada")
    one.page("/my/join")
    one.post("/my/join/card", card_number=CARD)
    assert mails() == []


def test_attack_a_code_is_guessed_five_times_at_most_and_by_who_asked_alone(world, cards, browser, sign_up, mails):
    tell(world, mail="holder@example.org")
    one, other = sign_up(browser(), "Ada"), sign_up(browser(), "Mallory")
    for who in (one, other):
        who.page("/my/join")
    path = one.post("/my/join/card", card_number=CARD).url.removeprefix(world.url)
    code = re.search(r"\b([0-9]{8})\b", mails()[-1])[1]
    assert other.post(path, code=code).status_code == 403
    for guess in range(5):
        assert one.post(path, code=f"{guess:08}").status_code == 403
    assert one.post(path, code=code).status_code == 403
    assert world.sql("select * from people.account_holding") == []


def test_attack_nobody_fills_the_mailbox_of_a_cards_holder(world, cards, browser, sign_up, mails):
    tell(world, mail="holder@example.org")
    for n in range(7):
        one = sign_up(browser(), f"Person {n}")
        one.page("/my/join")
        assert one.post("/my/join/card", card_number=CARD).status_code == 200
    assert len(mails()) == 5


def test_attack_contacts_are_told_by_the_cards_own_retailer_alone(world, cards):
    stranger = world.running.add_tenant("Other Photo", "retailer", "9521998", gln="9521141000045")
    assert tell(world, key=stranger, mail="mallory@example.org").status_code == 422
    assert tell(world, key=world.maker, mail="mallory@example.org").status_code == 422
    lab = world.running.add_tenant("A Lab", "lab")
    assert tell(world, key=lab, mail="mallory@example.org").status_code == 403
    assert tell(world, key="tck_none", mail="mallory@example.org").status_code == 401
    world.sql("insert into card_table values ('everybody', null, $1)", '{"name":"everybody"}')
    for contact in (
        {"card_table": "everybody", "mail": "a@example.org"},
        {"card_number": "12"},
        {"mail": "none"},
        {"mail": "a@example.org\nBcc: b@example.org"},
    ):
        assert tell(world, **contact).status_code == 422, contact
    assert tell(world, phone="030 1234").status_code == 400
    assert world.sql("select * from people.card_contact") == []
    assert tell(world, mail="a@example.org", phone="+49301234567").status_code == 204
    assert "example" not in str(world.sql("select * from people.card_contact"))
    assert tell(world).status_code == 204
    assert world.sql("select * from people.card_contact") == []


def test_S5_staff_join_a_receipt_or_a_card_at_the_counter(
    sees, world, owner, cards, browser, sign_up, database, capsys
):
    receipt, card = owner("STAFF001", opened=False), registered_by_card(world, owner, "STAFF002")
    one = sign_up(browser(), "Ada")
    person = re.search(r"P-[0-9A-Z]{16}", one.page("/my/join"))[0]
    where = ["--dir", str(world.running.service.settings.folder), "--database", database]
    join = ["customer", "join", "--person", person]
    assert command([*join, "--registration", receipt.home.number, *where]) == 0
    assert command([*join, "--account", "A-CARD00001", *where]) == 0
    assert command([*join, "--account", "A-NONE00000", *where]) == 1
    assert command(["customer", "join", "--person", "P-NOBODY", "--account", "A-CARD00001", *where]) == 1
    assert "There is no person P-NOBODY" in capsys.readouterr().err
    assert sees(one, receipt)
    assert sees(one, card)
