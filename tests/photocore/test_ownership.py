"""Ownership follows from the set of facts, never from their order (DESIGN 5C)."""

import inspect
import random
import sys

from hypothesis import given
from hypothesis import strategies as st

from photocore.facts import (
    Claim,
    CodeMinted,
    CodeVoided,
    Confirmed,
    Decided,
    Fact,
    ManifestKnown,
    Merged,
    Refunded,
    Sale,
    Transferred,
    Unpacked,
    Withdrawn,
)
from photocore.ownership import Ownership, decide_owner

MANIFEST = ManifestKnown(id="m", rolls=frozenset({"r1", "r2"}))
ANNA = Claim(id="c1", item="p", customer="anna")
BEN = Claim(id="c2", item="r2", customer="ben")


class CountedSaw(frozenset[str]):
    """What a ruling had seen; counts how often it is asked."""

    asked = 0

    def __contains__(self, id_: object) -> bool:
        type(self).asked += 1
        return super().__contains__(id_)


def chain_of_transfers(links: int) -> set[Fact]:
    """Return a package handed from person to person, each transfer having seen all before it."""
    facts: set[Fact] = {MANIFEST, Claim(id="c", item="p", customer="u0")}
    for n in range(links):
        saw = CountedSaw(fact.id for fact in facts)
        facts.add(Transferred(id=f"t{n}", giver=f"u{n}", customer=f"u{n + 1}", saw=saw))
    return facts


def test_O11_the_work_of_fifty_chained_transfers_is_bounded():
    """Each link is judged once, not once for every path to it: 2 to the power of 50 would never end."""
    CountedSaw.asked = 0

    owned = decide_owner(chain_of_transfers(50))

    assert (owned.word, owned.owner, owned.proof) == ("registered", "u50", "ruling")
    assert CountedSaw.asked < 50 * 50 * 53  # links x evaluations x facts


def test_O11_a_very_long_chain_of_transfers_needs_no_deep_recursion():
    """A package sold on a hundred times is still somebody's, within a shallow stack."""
    facts = chain_of_transfers(100)
    limit = sys.getrecursionlimit()
    depth = len(inspect.stack(0))
    try:
        sys.setrecursionlimit(depth + 60)
        owned = decide_owner(facts)
    finally:
        sys.setrecursionlimit(limit)
    assert owned.owner == "u100"


def test_O11_a_chain_with_a_thief_in_it_ends_before_them():
    """Judged once a link, and still judged: who never owned the package gave nothing on."""
    facts = chain_of_transfers(6)
    facts -= {fact for fact in facts if fact.id == "t3"}
    assert decide_owner(facts).owner == "u3"


def test_O11_one_customer_owns_the_package_whichever_item_was_scanned():
    """A claim by the package ID or by any one roll ID registers the whole package."""
    for item in ("p", "r1", "r2"):
        owned = decide_owner({MANIFEST, Claim(id="c", item=item, customer="anna")})
        assert (owned.word, owned.owner) == ("registered", "anna")


def test_O6_a_claim_without_its_manifest_waits():
    """Without the maker's list a claim is waiting, though its owner is known."""
    assert decide_owner({ANNA}) == Ownership(word="waiting", owner="anna", claims=frozenset({"c1"}), proof="unopposed")


def test_two_customers_without_proof_are_contested():
    """Nobody owns what two people claim with equal right."""
    assert decide_owner({MANIFEST, ANNA, BEN}) == Ownership(word="contested")


def test_the_only_claim_with_a_live_code_wins():
    """A claim code made before the sale proves possession; a voided one proves nothing."""
    coded = Claim(id="c2", item="p", customer="ben", code="h1")
    minted = CodeMinted(id="k", code="h1")
    assert decide_owner({MANIFEST, ANNA, coded, minted}).owner == "ben"
    assert decide_owner({MANIFEST, ANNA, coded}).word == "contested"
    assert decide_owner({MANIFEST, ANNA, coded, minted, CodeVoided(id="v", code="h1")}).word == "contested"


def test_sale_proof_decides_when_no_code_does():
    """The card in the same basket, or the sale's order code, proves the purchase."""
    by_card = Sale(id="s", customer="ben")
    by_order = Sale(id="s", order="TCO-1")
    assert decide_owner({MANIFEST, ANNA, BEN, by_card}).owner == "ben"
    ordered = Claim(id="c2", item="p", customer="ben", order="TCO-1")
    assert decide_owner({MANIFEST, ANNA, ordered, by_order}).owner == "ben"


def test_a_refund_ends_the_claims_of_its_sale():
    """A live claim is not tied to a refunded sale; a resale is a new sale."""
    sale, refund = Sale(id="s", customer="anna"), Refunded(id="f", sale="s")
    assert decide_owner({MANIFEST, ANNA, sale, refund}).word == "unclaimed"
    resale = Sale(id="s2", customer="ben")
    assert decide_owner({MANIFEST, ANNA, BEN, sale, refund, resale}).owner == "ben"


def test_an_unsold_claim_is_held_and_blocks_nobody():
    """A claim that waits for the till falls when another is activated."""
    held = Claim(id="c1", item="p", customer="anna", activation="till")
    assert decide_owner({MANIFEST, held}).word == "held"
    assert decide_owner({MANIFEST, held, BEN}).owner == "ben"
    assert decide_owner({MANIFEST, held, Sale(id="s")}).owner == "anna"


def test_after_confirmation_an_unproven_claim_opens_a_case_and_changes_nothing():
    """What was settled does not flip by itself."""
    settled = {MANIFEST, ANNA, Confirmed(id="x", claim="c1")}
    owned = decide_owner({*settled, BEN})
    assert (owned.owner, owned.case) == ("anna", True)
    assert not decide_owner(settled).case


def test_an_undone_claim_frees_the_package():
    """Undo is an event, before or after sync."""
    assert decide_owner({MANIFEST, ANNA, Withdrawn(id="w", claim="c1")}).word == "unclaimed"
    assert decide_owner({MANIFEST, ANNA, BEN, Withdrawn(id="w", claim="c1")}).owner == "ben"


def test_a_decision_outranks_and_two_blind_ones_are_contested():
    """A person's ruling stands until another person who saw it rules again."""
    first = Decided(id="d1", customer="ben", saw=frozenset({"c1", "c2"}))
    blind = Decided(id="d2", customer="anna", saw=frozenset({"c1", "c2"}))
    knowing = Decided(id="d2", customer="anna", saw=frozenset({"c1", "c2", "d1"}))
    assert decide_owner({MANIFEST, ANNA, BEN, first}).owner == "ben"
    assert decide_owner({MANIFEST, ANNA, BEN, first, blind}).word == "contested"
    assert decide_owner({MANIFEST, ANNA, BEN, first, knowing}).owner == "anna"


def test_only_the_owner_can_give():
    """A transfer by somebody who did not own the package counts for nothing."""
    gift = Transferred(id="t", giver="anna", customer="cleo", saw=frozenset({"m", "c1"}))
    assert decide_owner({MANIFEST, ANNA, gift}).owner == "cleo"
    theft = Transferred(id="t", giver="ben", customer="cleo", saw=frozenset({"m", "c1"}))
    assert decide_owner({MANIFEST, ANNA, theft}).owner == "anna"


def test_merged_accounts_are_one_customer():
    """Claims of one person under two names are not a contest; a ring of merges ends somewhere."""
    merge = Merged(id="g", old="anna", into="ben")
    assert decide_owner({MANIFEST, ANNA, BEN, merge}).owner == "ben"
    ring = {merge, Merged(id="h", old="ben", into="anna")}
    assert decide_owner({MANIFEST, ANNA, BEN, *ring}).owner == "anna"


def test_unpacked_rolls_register_singly():
    """One roll registers all only while the package is whole."""
    unpacked = Unpacked(id="u", saw=frozenset())
    facts = {MANIFEST, unpacked, Claim(id="c1", item="r1", customer="anna"), BEN}
    assert decide_owner(facts, roll="r1").owner == "anna"
    assert decide_owner(facts, roll="r2").owner == "ben"
    earlier = {MANIFEST, ANNA, Unpacked(id="u", saw=frozenset({"c1"}))}
    assert decide_owner(earlier, roll="r2").owner == "anna"


names = st.sampled_from(["anna", "ben", "cleo"])
claim_ids = st.sampled_from([f"c{n}" for n in range(5)])
saws = st.frozensets(st.sampled_from([f"{k}{n}" for k in "cdtm" for n in range(3)]), max_size=4)
codes = st.sampled_from(["h1", "h2", None])
fact = st.one_of(
    st.builds(
        Claim,
        id=claim_ids,
        item=st.sampled_from(["p", "r1", "r2"]),
        customer=names,
        code=codes,
        activation=st.sampled_from(["registration", "till"]),
    ),
    st.builds(Withdrawn, id=st.sampled_from(["w0", "w1"]), claim=claim_ids),
    st.builds(CodeMinted, id=st.just("k0"), code=st.sampled_from(["h1", "h2"])),
    st.builds(CodeVoided, id=st.just("v0"), code=st.sampled_from(["h1", "h2"])),
    st.builds(Sale, id=st.sampled_from(["s0", "s1"]), customer=st.one_of(st.none(), names)),
    st.builds(Refunded, id=st.just("f0"), sale=st.sampled_from(["s0", "s1"])),
    st.builds(Confirmed, id=st.just("x0"), claim=claim_ids),
    st.builds(Decided, id=st.sampled_from(["d0", "d1"]), customer=names, saw=saws),
    st.builds(Transferred, id=st.sampled_from(["t0", "t1"]), giver=names, customer=names, saw=saws),
    st.builds(Merged, id=st.just("g0"), old=names, into=names),
    st.builds(Unpacked, id=st.just("u0"), saw=saws),
    st.just(MANIFEST),
)


@given(st.lists(fact, max_size=12), st.randoms(use_true_random=False))
def test_arrival_order_never_matters(facts, order: random.Random):
    """Any arrival order of the same facts, with repeats, gives the same owner: one who claimed or was ruled."""
    told = [*facts, *facts[:3]]
    order.shuffle(told)
    owned = decide_owner(told)
    assert owned == decide_owner(facts)
    if owned.word in {"contested", "unclaimed", "held"}:
        assert owned.owner is None
    else:
        assert owned.owner in {"anna", "ben", "cleo"}
        assert owned.claims or owned.proof == "ruling"


@given(st.lists(fact, max_size=10), st.integers(min_value=0, max_value=10))
def test_a_settled_registration_never_flips_to_an_unproven_claim(facts, at: int):
    """While the confirmed claim lives, one more unproven claim opens a case and leaves the owner as it was."""
    settled = [f for f in facts if not isinstance(f, Withdrawn | Unpacked | Merged)] + [
        MANIFEST,
        ANNA,
        Confirmed(id="x", claim="c1"),
    ]
    before = decide_owner(settled)
    late = Claim(id=f"late{at}", item="p", customer="zoe")
    after = decide_owner([*settled, late])
    settled_for_anna = before.proof == "confirmed" and "c1" in before.claims
    assert not settled_for_anna or (after.owner, after.case) == (before.owner, True)
