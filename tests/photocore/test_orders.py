"""How an order stands, whatever was told of it in whichever order."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.money import Money
from photocore.orders import STAGES, Line, Order, Stage, Step, Wait, may_follow, may_release, spent, stand

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
STEPS: tuple[Step, ...] = get_args(Step)


def euro(minor: int) -> Money:
    """Return so many cents."""
    return Money(minor=minor, currency="EUR")


def an_order(*lines: set[Step], **told: object) -> Order:
    """Return an order of 10 euro on account, with these lines (one without a step where none is given)."""
    made = tuple(Line(number=n, steps=frozenset(steps)) for n, steps in enumerate(lines or (set(),), 1))
    return Order(**{"lines": made, "price": euro(1000), "paid": euro(0), "pays": "account", **told})


def test_O15_while_it_cools_off_it_is_changed_or_cancelled_and_asks_for_nothing():
    order = an_order(cooling_until=NOW + timedelta(days=2), pays="till", needs_confirmation=True)
    now = stand(order, NOW)
    assert (now.stage, now.waits, now.until) == ("cooling", (), NOW + timedelta(days=2))
    assert {"change", "cancel", "confirm", "pay"} <= now.actions
    assert not may_release(order, NOW)


def test_S4_with_nothing_missing_it_is_due_when_it_has_cooled_off_and_released_now_on_asking():
    order = an_order(cooling_until=NOW + timedelta(days=2))
    assert "release_now" in stand(order, NOW).actions
    assert may_release(order, NOW + timedelta(days=2))


def test_S4_it_waits_for_what_is_missing_in_the_order_in_which_people_are_asked():
    order = an_order(pays="checkout", needs_confirmation=True, lacks=frozenset[Wait]({"owner", "address"}))
    assert stand(order, NOW).waits == ("confirmation", "payment", "address", "owner")
    paid = an_order(pays="checkout", paid=euro(1000), needs_confirmation=True, is_confirmed=True)
    assert may_release(paid, NOW)


@pytest.mark.parametrize("pays", ["nothing", "prepaid", "account"])
def test_S4_who_has_not_to_pay_first_does_not_wait_for_money(pays):
    assert may_release(an_order(pays=pays), NOW)


def test_O20_a_line_is_where_its_furthest_step_is_and_an_order_where_its_last_line_is():
    order = an_order({"made", "released", "making"}, {"making", "released"}, {"cancelled"})
    now = stand(order, NOW)
    assert now.lines == {1: "made", 2: "making", 3: "cancelled"}
    assert now.stage == "making"
    assert "cancel" not in now.actions


def test_S4_what_was_paid_for_and_cancelled_is_refunded():
    order = an_order({"cancelled"}, {"cancelled"}, pays="checkout", paid=euro(1000))
    now = stand(order, NOW)
    assert (now.stage, now.actions) == ("cancelled", {"refund"})
    assert stand(an_order({"cancelled"}), NOW).actions == set()


def test_O20_what_the_lab_refuses_is_made_anew_or_cancelled():
    now = stand(an_order({"released", "refused"}), NOW)
    assert (now.stage, now.actions) == ("refused", {"cancel", "remake"})
    assert stand(an_order({"released", "refused", "making", "made"}), NOW).stage == "made"


def test_O15_what_is_being_made_is_not_cancelled_and_nothing_follows_a_cancellation():
    assert may_follow(Line(number=1), "cancelled")
    assert not may_follow(Line(number=1), "made")
    making = Line(number=1, steps=frozenset[Step]({"released", "making"}))
    assert not may_follow(making, "cancelled")
    assert may_follow(making, "released")
    gone = Line(number=1, steps=frozenset[Step]({"cancelled"}))
    assert [step for step in STEPS if may_follow(gone, step)] == ["cancelled"]


def test_O16_a_limit_counts_what_was_not_cancelled():
    assert spent([an_order(), an_order({"cancelled"}), an_order({"cancelled"}, {"made"})]) == 2000


@given(
    st.lists(st.sets(st.sampled_from(STEPS)), min_size=1, max_size=4),
    st.booleans(),
    st.sets(st.sampled_from(["address", "original", "owner"])),
    st.sampled_from(["nothing", "prepaid", "account", "till", "checkout"]),
    st.integers(0, 2000),
)
def test_O20_an_order_is_never_released_twice_nor_past_its_cancellation(steps, cools, lacks, pays, paid):
    """Due only while some line was never released, nothing is missing, and it has cooled off."""
    until = NOW + timedelta(hours=1) if cools else None
    order = an_order(*steps, cooling_until=until, lacks=frozenset(lacks), pays=pays, paid=euro(paid))
    now = stand(order, NOW)
    assert now.stage in STAGES
    if now.stage == "due":
        assert not cools
        assert not lacks
        assert any(not line.steps for line in order.lines)
        assert pays not in ("till", "checkout") or paid >= 1000
    untouched: set[Stage] = {"cooling", "waiting", "due"}
    assert ("change" in now.actions) == any(stage in untouched for stage in now.lines.values())
    if all("cancelled" in line.steps for line in order.lines):
        assert now.stage == "cancelled"
