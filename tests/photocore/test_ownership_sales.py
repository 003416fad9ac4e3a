"""What tills tell in the owner rule: sales open what is held, refunds end it (K5; DESIGN 5C)."""

import random

from hypothesis import given
from hypothesis import strategies as st

from photocore.facts import (
    Claim,
    Decided,
    ManifestKnown,
    Merged,
    Received,
    Refunded,
    Sale,
    Transferred,
    Unpacked,
    Withdrawn,
)
from photocore.ownership import decide_owner, ended_claims, is_returned_exposed

MANIFEST = ManifestKnown(id="m", rolls=frozenset({"r1", "r2"}))
ANNA = Claim(id="c1", item="p", customer="anna", activation="till")
BEN = Claim(id="c2", item="p", customer="ben", activation="till")
SOLD = Sale(id="s1", unit="u1", customer="anna", item="p")
BACK = Refunded(id="f1", sale="u1")
CAME_IN = Received(id="e1", roll="r1")


def test_K5_a_held_claim_is_registered_when_the_till_has_sold():
    """Whoever paid: a sale without a card opens it as well."""
    assert decide_owner({MANIFEST, ANNA}).word == "held"
    assert decide_owner({MANIFEST, ANNA, Sale(id="s1", unit="u1")}).owner == "anna"
    assert decide_owner({MANIFEST, ANNA, BEN, SOLD}).owner == "anna"


def test_K5_two_tellings_of_one_unit_are_one_sale():
    """Two bridges heard of it: one refund takes both back, and the one who saw no card takes nothing from who did."""
    twice = {MANIFEST, ANNA, SOLD, Sale(id="s2", unit="u1")}
    assert decide_owner(twice).owner == "anna"
    assert decide_owner(twice | {BACK}).word == "unclaimed"
    assert ended_claims(twice | {BACK}) == {"c1"}


def test_K5_a_refund_ends_the_claims_of_its_sale_and_no_others():
    """A claim that no sale is tied to is held again; who bought it twice keeps it."""
    assert decide_owner({MANIFEST, ANNA, BEN, SOLD, BACK}).word == "held"
    assert ended_claims({MANIFEST, ANNA, BEN, SOLD, BACK}) == {"c1"}
    again = Sale(id="s2", unit="u2", customer="anna")
    assert decide_owner({MANIFEST, ANNA, SOLD, BACK, again}).owner == "anna"
    resold = Sale(id="s2", unit="u2", customer="ben")
    assert decide_owner({MANIFEST, ANNA, BEN, SOLD, BACK, resold}).owner == "ben"


def test_K5_film_that_came_in_though_it_was_given_back_is_a_persons_to_judge():
    """Nobody is shown it until a ruling that had seen the refund; a ruling from before says nothing."""
    facts = {MANIFEST, ANNA, SOLD, BACK, CAME_IN}
    assert (decide_owner(facts).word, is_returned_exposed(facts), ended_claims(facts)) == ("contested", True, set())
    blind = Decided(id="d1", customer="anna", saw=frozenset({"c1", "s1"}))
    assert decide_owner({*facts, blind}).word == "contested"
    knowing = Decided(id="d2", customer="anna", saw=frozenset({"c1", "s1", "f1"}))
    ruled = decide_owner({*facts, knowing})
    assert (ruled.word, ruled.owner, ruled.claims) == ("registered", "anna", {"c1"})
    assert decide_owner({*facts, Withdrawn(id="w", claim="c1")}).word == "unclaimed"


def test_K5_film_that_was_sold_again_is_no_case():
    """The roll that came in is the second buyer's."""
    resold = Sale(id="s2", unit="u2", customer="ben")
    owned = decide_owner({MANIFEST, ANNA, BEN, SOLD, BACK, resold, CAME_IN})
    assert (owned.word, owned.owner) == ("registered", "ben")


def test_K5_a_ruling_ends_with_the_film_that_was_given_back():
    """It judged between claims; the one it was for has ended since."""
    ruled = Decided(id="d1", customer="anna", saw=frozenset({"c1", "c2", "s1"}))
    assert decide_owner({MANIFEST, ANNA, BEN, SOLD, ruled}).owner == "anna"
    assert decide_owner({MANIFEST, ANNA, SOLD, BACK, ruled}).word == "unclaimed"
    resold = Sale(id="s2", unit="u2", customer="ben")
    assert decide_owner({MANIFEST, ANNA, BEN, SOLD, BACK, ruled, resold}).owner == "ben"


def test_K5_rolls_sold_singly_are_sold_one_by_one():
    """The sale of one roll opens no claim on another, and its refund ends none."""
    one = Claim(id="c1", item="r1", customer="anna", activation="till")
    other = Claim(id="c2", item="r2", customer="ben", activation="till")
    facts = {MANIFEST, Unpacked(id="u", saw=frozenset()), one, other, Sale(id="s1", unit="u1", item="r1")}
    assert decide_owner(facts, roll="r1").owner == "anna"
    assert decide_owner(facts, roll="r2").word == "held"
    sold = {*facts, Sale(id="s2", unit="u2", item="r2", customer="ben"), Refunded(id="f2", sale="u2")}
    assert decide_owner(sold, roll="r1").owner == "anna"
    assert (decide_owner(sold, roll="r2").word, ended_claims(sold, roll="r2")) == ("unclaimed", {"c2"})


names = st.sampled_from(["anna", "ben"])
ids = st.sampled_from(["c1", "c2", "s1", "s2", "f1", "m"])
units = st.sampled_from(["u1", "u2"])
fact = st.one_of(
    st.builds(
        Claim,
        id=st.sampled_from(["c1", "c2"]),
        item=st.sampled_from(["p", "r1"]),
        customer=names,
        activation=st.sampled_from(["registration", "till"]),
    ),
    st.builds(
        Sale,
        id=st.sampled_from(["s1", "s2"]),
        unit=units,
        customer=st.one_of(st.none(), names),
        item=st.sampled_from(["p", "r1", "r2"]),
    ),
    st.builds(Refunded, id=st.sampled_from(["f1", "f2"]), sale=units),
    st.builds(Received, id=st.sampled_from(["e1", "e2"]), roll=st.sampled_from(["r1", "r2"])),
    st.builds(Withdrawn, id=st.just("w"), claim=st.sampled_from(["c1", "c2"])),
    st.builds(Decided, id=st.sampled_from(["d1", "d2"]), customer=names, saw=st.frozensets(ids)),
    st.builds(Transferred, id=st.just("t1"), giver=names, customer=names, saw=st.frozensets(ids)),
    st.builds(Merged, id=st.just("g"), old=names, into=names),
    st.builds(Unpacked, id=st.just("u"), saw=st.frozensets(ids, max_size=2)),
    st.just(MANIFEST),
)


@given(st.lists(fact, max_size=12), st.sampled_from([None, "r1", "r2"]), st.randoms(use_true_random=False))
def test_K5_sales_and_refunds_may_come_in_any_order(facts, roll, order: random.Random):
    """Shuffled and told twice they say the same; an ended claim owns nothing."""
    told = [*facts, *facts[:4]]
    order.shuffle(told)
    owned = decide_owner(told, roll=roll)
    assert owned == decide_owner(facts, roll=roll)
    ended = ended_claims(told, roll=roll)
    assert ended == ended_claims(facts, roll=roll)
    assert not ended & owned.claims


@given(st.lists(fact, max_size=10))
def test_K5_what_was_given_back_and_came_in_is_nobodys_until_a_person_has_seen_both(facts):
    """Without a ruling that saw the refunds, no word is `registered`."""
    known = [f for f in facts if not isinstance(f, Decided | Transferred | Unpacked)]
    known = [*known, MANIFEST, SOLD, CAME_IN, Refunded(id="f1", sale="u1"), Refunded(id="f2", sale="u2")]
    assert decide_owner(known).word in {"contested", "unclaimed"}
