"""What tills tell and lanes see, rule by rule (docs/till/matching.md)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from photocore.till_kinds import unit_of_sale
from pos_bridge.matching.decide import decide
from pos_bridge.matching.facts import CardSeen, Decision, Ruling, TillFacts
from pos_bridge.matching.outcome import Outcome
from pos_bridge.orders.codes import compose
from pos_bridge.orders.store import Issued
from pos_bridge.sale import WHOLE, SaleObserved, SaleRef
from pos_bridge.settings import LaneSettings, MatchSettings, SourceSettings, TillSettings
from pos_bridge.sighting import Sighting
from pos_bridge.testing_days import BREAD, FILM, OTHER_STORE, STORE, piece

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SETTINGS = TillSettings(
    lane={
        "1": LaneSettings(tills=("kasse-1",)),
        "2": LaneSettings(tills=("kasse-2",), registers="at_scan"),
        "3": LaneSettings(tills=("kasse-3",), registers="never"),
    },
    source={"office": SourceSettings(kind="files", store=STORE, zone="Europe/Berlin")},
)
ONE, TWO, THREE = piece(FILM, 1), piece(FILM, 2), piece(FILM, 3)

Fact = SaleObserved | Sighting | CardSeen | Ruling


def line(sequence: str, minute: float | None, number: int = 1, **told: Any) -> SaleObserved:
    at = None if minute is None else (NOON + timedelta(minutes=minute)).isoformat()
    values: dict[str, Any] = {"source": "pos", "event": f"e{sequence}-{number}", "gtin": FILM, "till": "kasse-1"}
    place = {"store": STORE, "business_day": "2026-11-22", "sequence": sequence, "line": number, "at": at}
    return SaleObserved(**values | place | told)


def scan(item: str | None, minute: float, lane: str | None = "1", receipt: str | None = "r") -> Sighting:
    at = NOON + timedelta(minutes=minute)
    via = "tee" if lane else "kiosk"
    return Sighting(id=f"{item} {minute}", at=at, via=via, lane=lane, item=item, gtin=FILM, receipt=receipt)  # pyright: ignore[reportArgumentType]


def card(mark: str, minute: float, lane: str = "1", receipt: str | None = "r") -> CardSeen:
    return CardSeen(id=f"{mark} {minute}", at=NOON + timedelta(minutes=minute), lane=lane, mark=mark, receipt=receipt)


def rule(case: str, decision: Decision, item: str | None = None, of: str | None = None) -> Ruling:
    name = f"{case} {decision} {item} {of}"[-40:]
    return Ruling(id=name, case=case, decision=decision, item=item, of=of, at=NOON, staff="0" * 16)  # pyright: ignore[reportArgumentType]


def outcome(*facts: Fact, hours: float = 100, settings: TillSettings = SETTINGS, **known: Any) -> Outcome:
    found: dict[type, list[Any]] = {SaleObserved: [], Sighting: [], CardSeen: [], Ruling: []}
    for fact in facts:
        found[type(fact)].append(fact)
    all_facts = TillFacts(
        store=STORE,
        lines=frozenset(found[SaleObserved]),
        sightings=frozenset(found[Sighting]),
        cards=frozenset(found[CardSeen]),
        rulings=frozenset(found[Ruling]),
        **known,
    )
    return decide(all_facts, settings, NOON + timedelta(hours=hours))


def sold(found: Outcome) -> dict[str, str]:
    """Return each piece that was sold, and by which receipt."""
    return {one.item: one.place.basket.sequence for one in found.sold}


def given_back(found: Outcome) -> dict[str, str]:
    """Return each piece that was given back, and by which receipt."""
    return {one.item: one.place.basket.sequence for one in found.given_back}


def reasons(found: Outcome) -> list[str]:
    return sorted(case.reason for case in found.cases if not case.is_closed)


def test_K5_a_scan_belongs_to_the_next_basket_of_its_lane():
    """Two customers with the same film get each their own piece, however close they follow."""
    found = outcome(line("1", 0), line("2", 1), scan(ONE, -0.5), scan(TWO, 0.5))
    assert sold(found) == {ONE: "1", TWO: "2"}
    assert found.cases == ()


def test_K5_a_line_with_its_serial_needs_no_scan():
    found = outcome(line("1", 0, serial=ONE))
    assert sold(found) == {ONE: "1"}
    assert [one.how for one in found.sold] == ["line"]


def test_K5_film_without_serials_activates_nothing():
    found = outcome(line("1", 0, gtin=BREAD))
    assert found == Outcome()


def test_K5_a_sale_without_its_scan_waits_and_becomes_a_case():
    """Patience runs out without any news: the outcome says when."""
    waiting = outcome(line("1", 0), hours=29.9, serialized=frozenset([FILM]))
    assert (reasons(waiting), [due.at for due in waiting.due]) == ([], ["2026-11-23T18:00:00+00:00"])
    found = outcome(line("1", 0), hours=30, serialized=frozenset([FILM]))
    assert reasons(found) == ["sale_without_scan"]
    assert [evidence.word for evidence in found.cases[0].evidence] == ["line_told"]


def test_K5_a_scan_without_its_sale_waits_and_becomes_a_case():
    assert reasons(outcome(scan(ONE, 0), hours=29)) == []
    found = outcome(scan(ONE, 0))
    assert (reasons(found), found.cases[0].pieces) == (["scan_without_sale"], (ONE,))


def test_K5_a_kiosk_that_saw_a_piece_nobody_bought_is_no_case():
    assert outcome(scan(ONE, 0, None)).cases == ()


def test_K5_more_pieces_than_units_are_never_guessed_at():
    found = outcome(line("1", 0), scan(ONE, -1), scan(TWO, -0.5))
    assert (sold(found), reasons(found)) == ({}, ["more_scans_than_sold"])
    assert found.cases[0].pieces == (ONE, TWO)


def test_K5_fewer_pieces_than_units_are_sold_and_the_rest_is_a_case():
    found = outcome(line("1", 0, quantity=3), scan(ONE, -1), scan(TWO, -0.5))
    assert sold(found) == {ONE: "1", TWO: "1"}
    assert [(case.reason, case.units) for case in found.cases] == [("sale_without_scan", 1)]


def test_K5_ean_and_qr_of_one_package_count_once():
    """The bare product code beside the package's own is evidence, and no piece; nor is a second look."""
    found = outcome(line("1", 0), scan(ONE, -0.5), scan(None, -0.47), scan(ONE, -0.4))
    assert (sold(found), found.cases) == ({ONE: "1"}, ())


def test_K5_clocks_that_differ_a_little_are_forgiven_once_no_other_basket_can_come():
    """A scan just after the told end might be the next basket's; when that cannot come any more it is this one's."""
    late = [line("1", 0), scan(ONE, 1.5)]
    early = outcome(*late, hours=0.1)
    assert (sold(early), early.due[0].at) == ({}, "2026-11-22T12:16:30+00:00")
    assert sold(outcome(*late, hours=0.3)) == {ONE: "1"}
    assert sold(outcome(*late, line("2", 3))) == {ONE: "2"}
    assert sold(outcome(line("1", 0), scan(ONE, 2.5))) == {}
    hour_behind = msgspec.structs.replace(SETTINGS, match=MatchSettings(skew_s=3600))
    assert sold(outcome(line("1", -60), scan(ONE, -0.5), settings=hour_behind)) == {ONE: "1"}


def test_K5_another_lanes_scan_is_none():
    found = outcome(line("1", 0), scan(ONE, -1, "2"))
    assert (sold(found), reasons(found)) == ({}, ["sale_without_scan", "scan_without_sale"])


def test_K5_a_kiosks_scan_goes_to_the_earliest_basket_that_lacks_one():
    facts = [line("1", 1), line("2", 2), line("3", 3, till="kasse-9"), scan(ONE, 0.5), scan(TWO, 0, None)]
    found = outcome(*facts, card("club", 1.5))
    assert sold(found) == {ONE: "1", TWO: "2"}
    assert {one.item: one.how for one in found.sold} == {ONE: "scan", TWO: "kiosk"}
    assert found.registers == ()  # nobody registers by what might be another's


def test_K5_what_was_undone_at_a_kiosk_was_never_seen_there():
    """Neither counts, whichever came first; what a lane saw nobody can undo."""
    seen = scan(ONE, 0, None)
    undone = msgspec.structs.replace(seen, id="undone", undoes=seen.id)
    assert sold(outcome(line("1", 1), seen)) == {ONE: "1"}
    assert sold(outcome(line("1", 1), seen, undone)) == {}
    assert sold(outcome(line("1", 1), seen, undone, scan(TWO, 0, None))) == {TWO: "1"}
    at_lane = scan(ONE, 0)
    undone = msgspec.structs.replace(seen, id="undone", undoes=at_lane.id)
    assert sold(outcome(line("1", 1), at_lane, undone)) == {ONE: "1"}


def test_K5_what_is_voided_in_its_basket_was_never_sold():
    found = outcome(line("1", 0, quantity=2), line("1", 0, 2, kind="voided"), scan(ONE, -1))
    assert (sold(found), found.given_back, found.cases) == ({ONE: "1"}, (), ())
    assert outcome(line("1", 0), line("1", 0, 2, kind="voided"), scan(ONE, -1)).cases == ()


def whole(sequence: str) -> SaleObserved:
    own = SaleRef(till="kasse-1", business_day="2026-11-22", sequence=sequence)
    return line(sequence, None, WHOLE, kind="voided", gtin=None, given_back=own)


def test_K5_a_receipt_that_is_void_as_a_whole_sells_and_takes_back_nothing():
    """Its scan is no other basket's, its lines may be told differently now, and its void may be told in two ways."""
    sale = [line("1", 0), line("1", 0, 2, amount=-5), scan(ONE, -1), line("3", 3), scan(TWO, 2)]
    ref = SaleRef(sequence="1", till="kasse-1")
    for more in (
        [],
        [line("1", 0, quantity=2, source="office", event="again")],
        [line("2", 60, kind="voided", given_back=ref)],
        [line("2", 60, kind="voided", given_back=ref, serial=ONE), line("1", 0, 3, serial=ONE, kind="returned")],
    ):
        found = outcome(*sale, whole("1"), *more)
        assert (sold(found), given_back(found), reasons(found)) == ({TWO: "3"}, {}, [])
    back = line("2", 60, kind="returned", given_back=ref, serial=ONE)
    assert reasons(outcome(*sale, whole("1"), back)) == ["refund_without_sale"]
    assert "negative_price" in reasons(outcome(*sale, whole("9")))


def test_K5_a_refund_by_its_receipt_gives_the_piece_back():
    found = outcome(
        line("1", 0), scan(ONE, -1), line("2", 60, kind="returned", given_back=SaleRef(sequence="1", till="kasse-1"))
    )
    assert (sold(found), given_back(found), found.cases) == ({ONE: "1"}, {ONE: "2"}, ())
    assert found.given_back[0].sale == found.sold[0].sale


def test_K5_a_refund_of_goods_alone_is_never_guessed_at():
    sale = [line("1", 0, quantity=2), scan(ONE, -1), scan(TWO, -0.9)]
    found = outcome(*sale, line("2", 60, kind="returned", given_back=SaleRef(sequence="1")))
    assert (given_back(found), reasons(found)) == ({}, ["refund_unclear"])
    both = outcome(*sale, line("2", 60, kind="returned", quantity=2, given_back=SaleRef(sequence="1")))
    assert (given_back(both), both.cases) == ({ONE: "2", TWO: "2"}, ())


def test_K5_the_piece_that_is_scanned_with_a_refund_is_the_one():
    found = outcome(
        line("1", 0, quantity=2), scan(ONE, -1), scan(TWO, -0.9), line("2", 60, kind="returned"), scan(TWO, 59)
    )
    assert (given_back(found), found.cases) == ({TWO: "2"}, ())


def test_K5_a_refund_before_its_sale_waits_for_it():
    back = line("2", 60, kind="returned", serial=ONE)
    assert outcome(back, hours=2) == outcome(back, hours=2, serialized=frozenset([FILM]))
    assert reasons(outcome(back, hours=2)) == []
    assert reasons(outcome(back)) == ["refund_without_sale"]
    found = outcome(back, line("1", 0), scan(ONE, -1))
    assert (given_back(found), found.cases) == ({ONE: "2"}, ())


def test_K5_an_earlier_refund_does_not_take_a_later_sale_back():
    """The first sale was told by nobody; the piece was given back, and sold again."""
    found = outcome(line("1", 0, kind="returned", serial=ONE), line("2", 60, serial=ONE))
    assert (sold(found), given_back(found), reasons(found)) == ({ONE: "2"}, {}, ["refund_without_sale"])


def test_K5_a_piece_may_be_sold_given_back_and_sold_again():
    found = outcome(line("1", 0, serial=ONE), line("2", 60, kind="returned", serial=ONE), line("3", 120, serial=ONE))
    assert [one.place.basket.sequence for one in sorted(found.sold, key=lambda one: one.place)] == ["1", "3"]
    assert (given_back(found), found.cases) == ({ONE: "2"}, ())


def test_K5_what_was_given_back_cannot_be_again():
    first = line("2", 60, kind="returned", serial=ONE)
    found = outcome(line("1", 0, serial=ONE), first, line("3", 90, kind="returned", serial=ONE))
    assert (given_back(found), reasons(found)) == ({ONE: "2"}, ["refunded_twice"])


def test_K5_one_piece_in_two_sales_is_told_twice_and_a_case():
    found = outcome(line("1", 0, serial=ONE), line("2", 60, serial=ONE))
    assert (len(found.sold), reasons(found)) == (2, ["sold_twice"])


def test_K5_a_void_of_an_earlier_receipt_is_a_refund():
    found = outcome(line("1", 0), scan(ONE, -1), line("2", 5, kind="voided", given_back=SaleRef(sequence="1")))
    assert [(one.item, one.how) for one in found.given_back] == [(ONE, "voided")]


def test_K5_a_piece_of_another_store_is_given_back_by_its_unit():
    named = SaleRef(store=OTHER_STORE, till="t", business_day="2026-11-01", sequence="9", line=4)
    found = outcome(line("1", 0, kind="returned", serial=ONE, given_back=named))
    unit = unit_of_sale(store=OTHER_STORE, till="t", business_day="2026-11-01", sequence="9", line=4, unit=1)
    assert ([one.sale for one in found.given_back], found.cases) == ([unit], ())


def test_K5_an_exchange_gives_the_old_piece_back_and_sells_the_new():
    old = [line("1", 0), scan(ONE, -1)]
    new = [line("2", 60, kind="returned"), line("2", 60, 2), scan(ONE, 59), scan(TWO, 59.1)]
    found = outcome(*old, *new)
    assert (sold(found), given_back(found), found.cases) == ({ONE: "1", TWO: "2"}, {ONE: "2"}, ())


def test_K5_a_sale_for_less_than_nothing_waits_for_a_manager():
    facts = [line("1", 0, serial=ONE, amount=-500, currency="EUR")]
    found = outcome(*facts)
    assert (sold(found), reasons(found)) == ({}, ["negative_price"])
    counted = outcome(*facts, rule(found.cases[0].key, "count"))
    assert (sold(counted), counted.cases) == ({ONE: "1"}, ())


def test_K5_two_sources_tell_one_line_each_what_it_knows():
    known = line("1", 0, source="office", event="x", serial=ONE, customer="mark", amount=1299, currency="EUR")
    found = outcome(line("1", None), known)
    assert (sold(found), found.sold[0].amount, found.sold[0].card) == ({ONE: "1"}, 1299, "mark")


def test_K5_of_what_two_sources_tell_differently_nothing_counts():
    found = outcome(line("1", 0), line("1", 0, source="office", event="x", quantity=2), scan(ONE, -1))
    assert (sold(found), "told_twice_differently" in reasons(found)) == ({}, True)


def believe(case: str, source: str, event: str | None = None) -> Ruling:
    return Ruling(id=f"{source}-{event}", case=case, decision="believe", source=source, event=event, at=NOON)


def test_K5_a_manager_says_which_source_told_it_right_and_takes_it_back():
    """The line counts by that source's word alone; the case stays, settled, and is open again without the ruling."""
    told = [line("1", 0, amount=999), line("1", 0, source="office", event="x", quantity=2, amount=1998, currency="EUR")]
    facts = [*told, scan(ONE, -1), scan(TWO, -0.9)]
    (case,) = [one for one in outcome(*facts).cases if one.reason == "told_twice_differently"]
    assert not case.is_closed
    for source, pieces, closed in (("office", {ONE, TWO}, True), ("pos", set[str](), True), ("web", set[str](), False)):
        found = outcome(*facts, believe(case.key, source))
        assert (set(sold(found)), [one.is_closed for one in found.cases if one.key == case.key]) == (pieces, [closed])
    right = believe(case.key, "office")
    assert [one.amount for one in outcome(*facts, right).sold] == [999, 999]
    last = msgspec.structs.replace(believe(case.key, "pos"), at=NOON + timedelta(hours=1))
    assert "more_scans_than_sold" in reasons(outcome(*facts, right, last))
    undone = Ruling(id="undo", case=case.key, decision="undo", of=right.id, at=NOON)
    assert outcome(*facts, right, undone).digest() == outcome(*facts).digest()


def test_K5_a_source_that_contradicts_itself_is_believed_by_one_of_its_words_or_not_at_all():
    """What agrees needs no ruling; a word that was right is none any more once its source says something else."""
    one, two = line("1", 0, serial=ONE), line("1", 0, event="later", serial=TWO)
    (case,) = outcome(one, two).cases
    assert [dict(said.values)["event"] for said in case.evidence] == ["e1-1", "later"]
    assert sold(outcome(one, two, believe(case.key, "pos", "later"))) == {TWO: "1"}
    assert sold(outcome(one, two, believe(case.key, "pos"))) == {}
    assert outcome(one, believe(case.key, "pos", "later")).digest() == outcome(one).digest()
    assert outcome(one, believe(case.key, "office")).digest() == outcome(one).digest()


@pytest.mark.parametrize(("decision", "source"), [("believe", None), ("close", "pos")])
def test_K5_a_ruling_names_a_source_if_it_believes_one(decision: Decision, source: str | None):
    with pytest.raises(ValueError, match="source"):
        Ruling(id="r1-r1", case="c", decision=decision, source=source, at=NOON)


def test_K5_a_till_that_tells_tomorrow_is_matched_by_the_day():
    """As many pieces as units on the business day, in its own time zone: each unit gets one, by its receipt."""
    told = [line("9", None, source="office", event="a"), line("10", None, source="office", event="b")]
    found = outcome(*told, scan(ONE, -30), scan(TWO, 60))
    assert (sold(found), found.cases) == ({ONE: "9", TWO: "10"}, ())
    uneven = outcome(*told, scan(ONE, -30))
    assert (sold(uneven), reasons(uneven)) == ({}, ["sale_without_scan", "sale_without_scan"])
    tomorrow = outcome(*told, scan(ONE, -30), scan(TWO, 11.5 * 60))
    assert sold(tomorrow) == {}


def test_K5_a_manager_says_which_piece_it_was_and_takes_it_back():
    facts = [line("1", 0), scan(ONE, -1), scan(TWO, -0.5)]
    (case,) = outcome(*facts).cases
    ruling = rule(case.key, "assign", ONE)
    found = outcome(*facts, ruling)
    assert ([(one.item, one.how, one.staff) for one in found.sold], found.cases) == ([(ONE, "manager", "0" * 16)], ())
    again = outcome(*facts, ruling, rule(case.key, "undo", of=ruling.id))
    assert (sold(again), reasons(again)) == ({}, ["more_scans_than_sold"])


@pytest.mark.parametrize("decision", ["none", "close"])
def test_K5_a_case_that_is_closed_stays_to_be_seen(decision: Decision):
    facts = [line("1", 0), scan(ONE, -1), scan(TWO, -0.5)]
    (case,) = outcome(*facts).cases
    found = outcome(*facts, rule(case.key, decision))
    assert ([one.is_closed for one in found.cases], sold(found)) == ([True], {})


def test_K5_a_manager_says_what_was_given_back():
    facts = [line("1", 0, quantity=2), scan(ONE, -1), scan(TWO, -0.9), line("2", 60, kind="returned")]
    (case,) = outcome(*facts).cases
    found = outcome(*facts, rule(case.key, "assign", TWO))
    assert ([(one.item, one.how) for one in found.given_back], found.cases) == ([(TWO, "manager")], ())


def test_O19_the_card_of_the_basket_registers_what_was_sold_in_it():
    facts = [line("1", 0), scan(ONE, -1), card("ann", -0.5), line("2", 2), scan(TWO, 1), card("bob", 1.5)]
    found = outcome(*facts)
    assert {one.item: one.card for one in found.registers} == {ONE: "ann", TWO: "bob"}
    assert {one.item: one.card for one in found.sold} == {ONE: "ann", TWO: "bob"}


def test_O19_a_basket_without_film_parts_one_customers_card_from_the_next():
    """The card of whoever bought bread is nobody's film."""
    found = outcome(line("1", 0, gtin=BREAD), card("ann", -0.5), line("2", 2), scan(ONE, 1))
    assert (found.registers, found.sold[0].card) == ((), None)


def test_O19_two_cards_in_a_basket_register_nothing():
    found = outcome(line("1", 0), scan(ONE, -1), card("ann", -0.5), card("bob", -0.4))
    assert (found.registers, found.sold[0].card, reasons(found)) == ((), None, ["two_cards"])
    told = outcome(line("1", 0, customer="ann"), scan(ONE, -1), card("bob", -0.4))
    assert [one.card for one in told.registers] == ["ann"]  # what the till itself says is enough


def test_O19_where_tills_tell_tomorrow_the_card_registers_at_the_scan():
    found = outcome(scan(ONE, 0, "2"), scan(ONE, 0.1, "2"), card("ann", 0.5, "2"), hours=0.1)
    assert [(one.item, one.card, one.lane) for one in found.registers] == [(ONE, "ann", "2")]
    two = outcome(scan(ONE, 0, "2"), card("ann", 0.5, "2"), card("bob", 1, "2"), hours=0.1)
    assert (two.registers, reasons(two)) == ((), ["two_cards"])


def test_attack_the_next_customers_box_registers_to_nobody_elses_card_at_the_scan():
    """Only the tap's receipts part baskets whose sales are told tomorrow; where nobody is sure, the sale decides."""
    seen = [card("ann", 0, "2", "r1"), scan(ONE, 0.1, "2", "r2")]
    assert outcome(*seen).registers == ()
    unsure = [card("ann", 0, "2", None), scan(ONE, 0.1, "2", None)]
    assert outcome(*unsure).registers == ()
    found = outcome(*unsure, line("1", 1, till="kasse-2"))
    assert [(one.item, one.card) for one in found.registers] == [(ONE, "ann")]
    both = outcome(card("ann", 0, "2"), scan(ONE, 0.1, "2"), line("1", 1, till="kasse-2"))
    assert len(both.registers) == 1
    past = [line("1", 0.05, till="kasse-2", gtin=None), *unsure, line("2", 1, till="kasse-2")]
    assert outcome(*past).registers == ()


def test_O19_a_lane_that_registers_never_does_not():
    found = outcome(line("1", 0, till="kasse-3"), scan(ONE, -1, "3"), card("ann", -0.5, "3"))
    assert (found.registers, found.sold[0].card) == ((), "ann")


def test_O19_what_was_given_back_registers_no_more():
    facts = [line("1", 0), scan(ONE, -1), card("ann", -0.5), line("2", 60, kind="returned", serial=ONE)]
    assert [one.is_ended for one in outcome(*facts).registers] == [True]


def issued(number: int = 1, **changes: Any) -> Issued:
    values: dict[str, Any] = {"form": "ean13", "reference": "4711", "minor": 1599, "currency": "EUR", "store": STORE}
    values |= {"code": compose("4711", 1599, SETTINGS.codes), "about": "", "is_order": True, "order_code": None}
    values |= {"issued_at": NOON - timedelta(minutes=5), "expires_at": NOON + timedelta(hours=4)}
    return Issued(number=number, **values | changes)


def code_line(sequence: str, minute: float, **told: Any) -> SaleObserved:
    values: dict[str, Any] = {"gtin": None, "code": issued().code, "amount": 1599, "currency": "EUR"}
    return line(sequence, minute, **values | told)


def test_S4_a_line_with_an_order_code_of_ours_is_its_payment():
    found = outcome(code_line("1", 0), codes=frozenset([issued()]))
    assert [(one.number, one.minor, one.currency) for one in found.charged] == [(1, 1599, "EUR")]
    assert outcome(code_line("1", 0)).charged == ()  # a scale's label, say
    as_gtin = code_line("1", 0, gtin="0" + issued().code, code="")
    assert len(outcome(as_gtin, codes=frozenset([issued()])).charged) == 1


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"amount": 1600}, "order_code_amount"),
        ({"currency": "CHF"}, "order_code_currency"),
        ({"quantity": 2, "amount": 1599}, "order_code_twice"),
        ({"at": (NOON + timedelta(hours=4)).isoformat()}, "order_code_expired"),
        ({"at": (NOON - timedelta(hours=4)).isoformat()}, "order_code_early"),
    ],
)
def test_S4_a_code_that_is_not_paid_rightly_is_a_case(told: dict[str, Any], why: str):
    found = outcome(code_line("1", 0, **told), codes=frozenset([issued()]))
    assert (found.charged, reasons(found)) == ((), [why])


def test_S4_a_code_pays_once_whichever_line_came_first():
    found = outcome(code_line("2", 5), code_line("1", 0), codes=frozenset([issued()]))
    assert ([one.place.basket.sequence for one in found.charged], reasons(found)) == (["1"], ["order_code_twice"])
    voided = outcome(
        code_line("1", 0), code_line("1", 0, number=2, kind="voided"), code_line("2", 5), codes=frozenset([issued()])
    )
    assert ([one.place.basket.sequence for one in voided.charged], voided.cases) == (["2"], ())


def test_S4_a_code_of_our_own_form_that_was_not_given_out_here_is_a_case():
    short = msgspec.structs.replace(SETTINGS.codes, form="code128")
    settings = msgspec.structs.replace(SETTINGS, codes=short)
    text = compose("ABC123", 1599, short)
    found = outcome(code_line("1", 0, code=text), settings=settings)
    assert (found.charged, reasons(found)) == ((), ["order_code_foreign"])


def test_K5_another_stores_lines_are_another_bridges():
    assert outcome(line("1", 0, serial=ONE, store=OTHER_STORE)) == Outcome()
