"""Cards of one customer, lost cards, and what was agreed to (S5), against a real PostgreSQL over real HTTP."""

import pytest
import requests

from photocore.kinds import CardsMerged
from photocore.privacy import load_privacy
from photocore.settings import locate_config
from photoservice.customers import lines_of, tell_customer
from photoservice.errors import Unknown

STORE_CARD, OTHER_CARD, THIRD_CARD = "952114100000000018", "952114100000000025", "952114100000000032"
GUEST = "TCG-XMMFSG5P4FB"
GUEST_FIRST = ("guest", "demo-gsrn")
NOTICE = load_privacy(locate_config())


def owner(world, package):
    """Whose a package is, in the registration as it stands."""
    return world.registration(package)["owner"]


def account_of(world, event):
    (row,) = world.sql("select account from claim where id = $1", event.id)
    return row["account"]


def as_guest(station, item, **more):
    return station.claim(item, card=GUEST, table="guest", **more)


def test_S5_a_guest_cards_registrations_belong_to_the_card_it_was_merged_with(world, station, builders):
    """Before the merge they are the guest's; after it the store card's account owns them, and those to come."""
    before, after = builders.package_id("GUEST001"), builders.package_id("GUEST002")
    guest, own = as_guest(station, before), station.claim(builders.package_id("GUEST003"), card=STORE_CARD)
    station.send()
    assert owner(world, before) == account_of(world, guest)
    station.merge("guest", GUEST, STORE_CARD, tables=GUEST_FIRST)
    ack = station.send()
    assert {verdict.verdict.value for verdict in ack.verdicts[-1:]} == {"applied"}
    assert owner(world, before) == account_of(world, own)
    as_guest(station, after)
    station.send()
    assert owner(world, after) == account_of(world, own)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_S5_it_does_not_matter_in_which_order_claims_and_merges_come(world, builders, order):
    """Three stations know one fact each; whoever syncs first, the owner is the same."""
    package = builders.package_id("ORDER001")
    made = [world.station() for _ in range(3)]
    as_guest(made[0], package)
    made[1].merge("guest", GUEST, OTHER_CARD, tables=GUEST_FIRST)
    made[2].merge("replaced", OTHER_CARD, STORE_CARD)
    for place in order:
        made[place].send()
    own = made[0].claim(builders.package_id("ORDER002"), card=STORE_CARD)
    made[0].send()
    assert owner(world, package) == account_of(world, own)


def test_S5_two_cards_of_one_customer_do_not_contest_each_other(world, builders):
    """Two stations registered the same package offline with two cards: contested, until staff join the cards."""
    package = builders.package_id("CONTEST1")
    here, there = world.station(), world.station()
    here.claim(package, card=STORE_CARD)
    there.claim(package, card=OTHER_CARD)
    here.send()
    there.send()
    assert world.registration(package)["word"] == "contested"
    here.merge("household", OTHER_CARD, STORE_CARD)
    here.send()
    assert world.registration(package)["word"] == "waiting"
    assert len(world.registration(package)["claims"]) == 2


def test_S5_a_strangers_claim_stays_contested_whoever_is_merged(world, builders):
    """A merge joins its two cards and settles nothing against a third."""
    package = builders.package_id("CONTEST2")
    here, there = world.station(), world.station()
    here.claim(package, card=STORE_CARD)
    there.claim(package, card=THIRD_CARD)
    here.send()
    there.send()
    here.merge("household", OTHER_CARD, STORE_CARD)
    here.send()
    assert world.registration(package)["word"] == "contested"


def test_S5_a_lost_card_may_be_told_by_a_registration_of_the_same_station(world, station, builders):
    """The card is gone; its registration's account goes to the new card."""
    package = builders.package_id("LOST0001")
    claim = station.claim(package, card=OTHER_CARD)
    station.merge("replaced", claim, STORE_CARD)
    own = station.claim(builders.package_id("LOST0002"), card=STORE_CARD)
    station.send()
    assert owner(world, package) == account_of(world, own)


def test_S5_another_stations_registration_stands_for_no_card(world, builders):
    """It is parked: only who made a registration may say whose card that was."""
    here, there = world.station(), world.station()
    claim = here.claim(builders.package_id("FOREIGN1"), card=OTHER_CARD)
    here.send()
    merge = there.merge("replaced", claim, STORE_CARD)
    ack = there.send()
    assert [(v.verdict.value, v.cause) for v in ack.verdicts if v.id == merge.id] == [("parked", "other_station")]
    assert world.sql("select * from account_merge") == []


@pytest.mark.parametrize(
    ("odd", "cause"),
    [
        ({"store": "9521141999990"}, "other_store"),
        ({"old": STORE_CARD}, "malformed"),
    ],
)
def test_attack_S5_a_merge_that_makes_no_sense_is_parked(world, station, odd, cause):
    """Another store's, or a card with itself: nothing of it is written."""
    merge = station.merge("household", odd.pop("old", OTHER_CARD), STORE_CARD, **odd)
    ack = station.send()
    assert [(v.verdict.value, v.cause) for v in ack.verdicts if v.id == merge.id] == [("parked", cause)]
    assert world.sql("select * from account_merge") == []


def test_attack_S5_no_merge_is_written_without_staff(world, station):
    """By card number alone nothing is joined: the event names who of the staff had both cards before them."""
    merge = station.merge("household", OTHER_CARD, STORE_CARD, staff="")
    ack = station.send()
    assert [v.verdict.value for v in ack.verdicts if v.id == merge.id] == ["parked"]
    assert world.sql("select * from account") == []
    assert "staff" in CardsMerged.__struct_fields__


def test_S5_nothing_of_either_card_stands_in_a_merges_public_part(station):
    """Sealed for the photoservice, as a claim's card is (DESIGN 5E)."""
    merge = station.merge("household", OTHER_CARD, STORE_CARD)
    assert not {OTHER_CARD, STORE_CARD} & set(str(merge.public).split("'"))
    assert merge.sealed
    assert OTHER_CARD not in (merge.sealed.box or "")


def test_S5_an_older_issue_of_a_card_registers_and_is_marked_as_lost(world, station, builders):
    """The same number with a higher SRIN is the same customer; the older one after it is a lost card."""
    items = [builders.package_id(f"ISSUE00{n}") for n in range(4)]
    first = [station.claim(items[n], card=STORE_CARD, issue=issue) for n, issue in enumerate((1, 2, 1))]
    station.send()
    late = station.claim(items[3], card=STORE_CARD, issue=1)
    station.send()
    rows = {row["id"]: row for row in world.sql("select id, account, is_card_lost from claim")}
    assert [rows[event.id]["is_card_lost"] for event in (*first, late)] == [False, False, True, True]
    assert len({row["account"] for row in rows.values()}) == 1
    assert world.registration(items[3])["word"] == "waiting"


def test_S5_a_replaced_cards_later_registrations_are_marked_as_lost(world, station, builders):
    """And the new card's are not."""
    station.merge("replaced", OTHER_CARD, STORE_CARD)
    lost = station.claim(builders.package_id("REPL0001"), card=OTHER_CARD)
    own = station.claim(builders.package_id("REPL0002"), card=STORE_CARD)
    station.send(*station.events[:2])
    station.send(*station.events[2:])
    rows = {row["id"]: row["is_card_lost"] for row in world.sql("select id, is_card_lost from claim")}
    assert (rows[lost.id], rows[own.id]) == (True, False)


def test_S5_a_lost_card_that_turns_up_is_lost_no_more(world, station, builders):
    """Staff put it in the other's place: its later registrations are not marked, the other's are."""
    station.merge("replaced", OTHER_CARD, STORE_CARD)
    station.merge("replaced", STORE_CARD, OTHER_CARD)
    station.send()
    found = station.claim(builders.package_id("REPL0003"), card=OTHER_CARD)
    lost = station.claim(builders.package_id("REPL0004"), card=STORE_CARD)
    station.send()
    rows = {row["id"]: row["is_card_lost"] for row in world.sql("select id, is_card_lost from claim")}
    assert (rows[found.id], rows[lost.id]) == (False, True)


def test_S5_merges_in_a_ring_are_one_customer_and_end(world, station, builders):
    """Each card into the next and the last into the first: one owner, told once, erased at once."""
    cards = (STORE_CARD, OTHER_CARD, THIRD_CARD)
    claims = [station.claim(builders.package_id(f"RING000{n}"), card=card) for n, card in enumerate(cards)]
    for old, into in zip(cards, (*cards[1:], cards[0]), strict=True):
        station.merge("household", old, into)
    station.send()
    told = customer(world, account_of(world, claims[1]))
    assert (len(told.accounts), len(told.cards), len(told.merges)) == (3, 3, 3)
    assert len({owner(world, builders.package_id(f"RING000{n}")) for n in range(3)}) == 1
    world.running.do(lambda session: world.running.service.accounts.erase(session, told.accounts[0]))
    assert world.sql("select * from account_key") == []


def test_S5_the_access_code_of_one_card_says_confirmed_where_the_customer_is(world, station):
    """The package was confirmed by the other card of the household; a stranger's code says what it said."""
    package, _ = world.pack("PKG00S51")
    station.claim(package, card=STORE_CARD)
    station.send()
    world.clock.advance(49 * 3600)
    world.running.settle()
    late = station.claim(package, card=OTHER_CARD)
    station.send()
    assert _word(world, station.secrets[late.id].access_code) == "case"
    station.merge("household", OTHER_CARD, STORE_CARD)
    station.send()
    assert _word(world, station.secrets[late.id].access_code) == "confirmed"


def _word(world, code):
    """What the bearer of an access code is told."""
    return requests.post(f"{world.url}/registrations/lookup", json={"access_code": code}, timeout=30).json()["word"]


def test_S5_the_notice_that_was_agreed_to_is_kept_with_the_registration(world, station, builders):
    """As it was said; who asked nobody says nothing, and a version nobody here knows counts as no consent."""
    said = (NOTICE.version, None, "2031-01-01")
    claims = [station.claim(builders.package_id(f"NOTICE{n:02}"), notice=version) for n, version in enumerate(said)]
    ack = station.send()
    assert {verdict.verdict.value for verdict in ack.verdicts} == {"applied"}
    kept = {row["id"]: row["notice"] for row in world.sql("select id, notice from claim")}
    assert [kept[claim.id] for claim in claims] == list(said)
    told = customer(world, account_of(world, claims[0]))
    assert [(one.version, one.counts) for one in told.consents] == [
        (NOTICE.version, True), ("", False), ("2031-01-01", False)
    ]  # fmt: skip


def customer(world, account):
    """What is told of a customer."""
    told = []

    async def work(session):
        told.append(await tell_customer(session, world.running.service.accounts, account, known=NOTICE.known))

    world.running.do(work)
    return told[0]


def test_S5_what_is_kept_of_a_customer_is_told_with_every_card_masked(world, station, builders):
    """All accounts that are theirs, the cards of each, and the registrations; never a whole number."""
    as_guest(station, builders.package_id("TOLD0001"), notice=NOTICE.version)
    own = station.claim(builders.package_id("TOLD0002"), card=STORE_CARD, issue=3, notice=NOTICE.version)
    station.merge("guest", GUEST, STORE_CARD, tables=GUEST_FIRST)
    station.send()
    told = customer(world, account_of(world, own))
    assert sorted((card.table, card.masked, card.issue) for card in told.cards) == [
        ("demo-gsrn", "•••• 0018", 3), ("guest", "•••• P4FB", None)
    ]  # fmt: skip
    assert [merge.why for merge in told.merges] == ["guest"]
    assert len(told.registrations) == 2
    assert STORE_CARD not in repr(told)
    lines = "\n".join(lines_of(told))
    assert "card  guest  •••• P4FB" in lines
    assert f"notice  {NOTICE.version}  agreed  2 registrations since" in lines
    assert STORE_CARD not in lines
    with pytest.raises(Unknown):
        customer(world, "A-NOBODY")


def test_S5_A24_a_merged_customer_is_erased_as_one_and_stays_erased(world, station, builders):
    """All keys go; a merge sent late that ties an erased card to a living one binds nothing."""
    guest = as_guest(station, builders.package_id("ERASE001"))
    own = station.claim(builders.package_id("ERASE002"), card=STORE_CARD)
    station.merge("guest", GUEST, STORE_CARD, tables=GUEST_FIRST)
    station.send()
    late = world.station()
    late.merge("household", STORE_CARD, THIRD_CARD)
    world.clock.advance(60)
    account = account_of(world, guest)
    world.running.do(lambda session: world.running.service.accounts.erase(session, account))
    assert world.sql("select * from account_key") == []
    late.send()
    assert len(world.sql("select * from account_merge")) == 1
    assert {account_of(world, guest), account_of(world, own)}.isdisjoint(
        {row["account"] for row in world.sql("select account from account_key")}
    )


def test_S5_A24_two_erased_customers_joined_by_a_late_merge_own_as_one(world, station, builders):
    """No card leads to them any more, but what stands follows the facts: two claims of one customer's, nobody's."""
    package = builders.package_id("ERASE003")
    one, other = (station.claim(package, card=card) for card in (STORE_CARD, OTHER_CARD))
    station.send()
    assert world.registration(package)["word"] == "contested"
    late = world.station()
    late.merge("household", STORE_CARD, OTHER_CARD)
    world.clock.advance(60)
    for claim in (one, other):
        account = account_of(world, claim)
        world.running.do(lambda session, account=account: world.running.service.accounts.erase(session, account))
    late.send()
    assert len(world.sql("select * from account_merge")) == 1
    stands = world.registration(package)
    assert (stands["word"], stands["owner"], len(stands["claims"])) == ("waiting", account_of(world, other), 2)
    assert world.sql("select * from account_key") == []


def test_S5_the_claim_page_asks_for_the_same_consent(world):
    """The sentence, the link to the whole notice, and a button that says so; another version is asked anew."""
    page = requests.get(f"{world.url}/claim", timeout=30).text
    assert "Agree and register" in page
    assert f'name="notice" value="{NOTICE.version}"' in page
    assert 'href="/privacy"' in page
    form = {"roll": "TCR-66SC-A0RZ-M8Y", "code": "7Q2M-9XKD-4F8T-P", "key": "k" * 26}
    for notice in ({}, {"notice": "2020-01-01"}):
        answer = requests.post(f"{world.url}/claim", data=form | notice, timeout=30)
        assert answer.status_code == 422
        assert "The privacy notice has changed." in answer.text
    assert world.sql("select * from wrong_tries") == []


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_S5_the_whole_notice_stands_on_a_page_of_its_own(world, language):
    """Every sentence, in the reader's language, with its version."""
    page = requests.get(f"{world.url}/privacy?lang={language}", timeout=30)
    assert page.status_code == 200
    for section in NOTICE.notices[language].section:
        assert section.text in page.text
    assert NOTICE.version in page.text


def test_S5_a_program_that_registers_says_which_notice_was_agreed_to(world):
    """A version that does not hold is refused before anything is looked up; none at all claims no consent."""
    wish = {"roll": "TCR-66SC-A0RZ-M8Y", "code": "7Q2M-9XKD-4F8T-P"}
    headers = {"Idempotency-Key": "k" * 26}
    old = requests.post(f"{world.url}/claims", json=wish | {"notice": "2020-01-01"}, headers=headers, timeout=30)
    assert (old.status_code, old.json()["type"]) == (422, "urn:twincheck:problem:notice-outdated")
    assert requests.post(f"{world.url}/claims", json=wish, headers=headers, timeout=30).status_code == 403


def test_S5_a_claim_at_home_keeps_the_notice_it_agreed_to(world, coded_package):
    """In the same row as the registration."""
    rolls, codes = coded_package
    wish = {"roll": rolls[0], "code": codes[0], "notice": NOTICE.version}
    answer = requests.post(f"{world.url}/claims", json=wish, headers={"Idempotency-Key": "k" * 26}, timeout=30)
    assert answer.status_code == 201
    assert [row["notice"] for row in world.sql("select notice from claim")] == [NOTICE.version]


@pytest.fixture
def coded_package(world):
    """A maker's package whose rolls have claim codes."""
    _, rolls, codes = world.pack_coded("CODED0S5")
    return rolls, codes
