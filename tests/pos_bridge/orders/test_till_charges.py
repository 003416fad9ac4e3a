"""What tills took in for codes: told the photoservice once, whatever breaks on the way; the rest is a person's (S4)."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from photocore.codes import mint_order_code
from photocore.testing import SeededEntropy
from pos_bridge.errors import BridgeRefusal
from pos_bridge.orders.charges import Charge, wait_s
from pos_bridge.sale import BasketKey, LineKey

DAY = "2026-11-21"


def line(number=1, sequence="41"):
    basket = BasketKey(store="9521141000007", till="1", business_day=DAY, sequence=sequence)
    return LineKey(basket=basket, line=number)


def order_of(till, service, minor=1250, seed=1):
    code = mint_order_code(SeededEntropy(seed))
    service.codes[code] = (minor, "EUR")
    return code, till.issued.issue(code)


def charge_of(issued, place, minor=None):
    return Charge(number=issued.number, line=place, minor=issued.minor if minor is None else minor, currency="EUR")


def test_S4_a_sale_with_the_code_pays_the_order_once(till, service):
    code, issued = order_of(till, service)
    assert till.charges.paid(charge_of(issued, line())) is True
    assert (till.charges.figures().owed, till.charges.run_once()) == (1, 1)
    assert till.charges.paid(charge_of(issued, line())) is False, "the same line, told again"
    assert till.charges.run_once() == 0
    assert service.paid == {code: f"till-{line().unit(1)}"}
    assert (till.charges.state_of(line()), till.charges.troubles()) == ("redeemed", ())


def test_S4_without_a_connection_it_waits_and_a_restart_keeps_it(till, service, clock):
    code, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line()))
    service.breaks = "before"
    assert till.charges.run_once() == 0
    till.restart()
    assert till.charges.run_once() == 0, "not before its time"
    service.breaks = ""
    clock.advance(wait_s(0))
    assert till.charges.run_once() == 1
    assert code in service.paid


def test_S4_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(till, service, clock):
    _, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line()))
    service.breaks = "after"
    till.charges.run_once()
    service.breaks = ""
    clock.advance(wait_s(0))
    assert till.charges.run_once() == 1
    assert (len(service.answered), till.charges.state_of(line())) == (1, "redeemed")


def test_S4_waits_grow_to_an_hour():
    assert [wait_s(tries) for tries in (0, 1, 2, 7, 8, 500)] == [15, 30, 60, 1920, 3600, 3600]


def test_S4_money_for_an_order_that_takes_none_is_the_managers(till, service):
    """The shopper paid by card at home a minute before: amount, code and line are told."""
    code, issued = order_of(till, service)
    service.paid[code] = "paid at home"
    till.charges.paid(charge_of(issued, line()))
    assert till.charges.run_once() == 1
    (trouble,) = till.charges.troubles()
    assert (trouble.kind, trouble.minor, trouble.currency, trouble.code) == (
        "order_code_refused",
        1250,
        "EUR",
        issued.code,
    )
    assert trouble.place == "9521141000007/1/2026-11-21/41/1"
    assert till.charges.close(trouble.line)
    assert (till.charges.troubles(), till.charges.close("nothing")) == ((), False)


def test_S4_money_given_back_ends_the_trouble_of_a_refused_charge(till, service):
    code, issued = order_of(till, service)
    service.paid[code] = "paid at home"
    till.charges.paid(charge_of(issued, line()))
    till.charges.run_once()
    assert till.charges.taken_back(line())
    assert till.charges.troubles() == ()


def test_S4_another_amount_is_refused_by_the_photoservice_too(till, service):
    code, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line(), 1249))
    till.charges.run_once()
    assert ([one.kind for one in till.charges.troubles()], code in service.paid) == (["order_code_refused"], False)


def test_S4_a_line_voided_before_it_was_told_is_never_told(till, service):
    _, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line()))
    assert till.charges.taken_back(line()) is True
    assert (till.charges.run_once(), service.paid, till.charges.state_of(line())) == (0, {}, "withdrawn")
    assert till.charges.taken_back(line()) is False
    assert till.charges.taken_back(line(9)) is False, "a line that carried no code"


def test_S4_rung_up_voided_and_rung_up_again_pays_once(till, service):
    code, issued = order_of(till, service)
    for place in (line(1), line(3)):
        till.charges.paid(charge_of(issued, place))
        if place == line(1):
            till.charges.taken_back(place)
    till.charges.run_once()
    assert service.paid == {code: f"till-{line(3).unit(1)}"}
    assert till.charges.troubles() == ()


def test_S4_a_refund_after_the_order_was_paid_is_settled_by_hand(till, service):
    code, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line()))
    till.charges.run_once()
    assert till.charges.taken_back(line())
    (trouble,) = till.charges.troubles()
    assert (trouble.kind, trouble.order) == ("order_code_taken_back", f"O-{code}")


def test_S4_paid_again_after_such_a_refund_the_order_stays_paid_and_nobody_is_asked(till, service):
    """The cashier refunds and rings it up anew: the first redemption stands for the second line."""
    _, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line(1)))
    till.charges.run_once()
    till.charges.taken_back(line(1))
    till.charges.paid(charge_of(issued, line(1, "42")))
    assert till.charges.troubles() == ()
    till.charges.run_once()
    assert (till.charges.troubles(), till.charges.state_of(line(1, "42"))) == ((), "refused")
    till.charges.taken_back(line(1, "42"))
    assert [one.kind for one in till.charges.troubles()] == ["order_code_taken_back"]


def test_S4_the_same_code_in_two_sales_is_paid_once_and_the_second_is_the_managers(till, service):
    """Attack: a photo of the code is scanned at the next till too."""
    _, issued = order_of(till, service)
    for sequence in ("41", "42"):
        till.charges.paid(charge_of(issued, line(1, sequence)))
    till.charges.run_once()
    (trouble,) = till.charges.troubles()
    assert (trouble.kind, len(service.paid)) == ("order_code_refused", 1)


@pytest.mark.parametrize("arrived", ["before", "after"])
def test_S4_voided_while_nobody_knows_whether_it_was_told_is_found_out(till, service, clock, arrived):
    """The redemption had no answer, then the line was voided: paid for certain, or never; not guessed."""
    code, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line()))
    service.breaks = arrived
    till.charges.run_once()
    till.charges.taken_back(line())
    till.charges.run_once()
    service.breaks = ""
    clock.advance(3600)
    assert till.charges.run_once() == 1
    kinds = [one.kind for one in till.charges.troubles()]
    if arrived == "after":
        assert (kinds, code in service.paid) == (["order_code_taken_back"], True)
    else:
        assert (kinds, code in service.paid, till.charges.state_of(line())) == ([], False, "withdrawn")


def test_S4_an_order_whose_money_is_in_the_till_is_not_charged_again(till, service):
    """Offline for the redemption only: the photoservice still asks for the money, and the cashier must not."""
    code, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line()))
    with pytest.raises(BridgeRefusal) as caught:
        till.issued.issue(code)
    assert caught.value.reason == "order_code_charged"
    till.charges.taken_back(line())
    assert till.issued.issue(code) == issued


def test_S4_a_wrong_key_waits_and_is_no_refusal(till, service, clock):
    """The retailer changed the tenant key: nothing is lost, and nobody is told to give money back."""
    _, issued = order_of(till, service)
    till.charges.paid(charge_of(issued, line()))
    service.key = "changed"
    assert till.charges.run_once() == 0
    assert (till.charges.figures().owed, till.charges.troubles()) == (1, ())
    service.key = "tenant-key"
    clock.advance(3600)
    assert till.charges.run_once() == 1


def test_S1_a_charge_of_the_stores_own_is_told_nobody(till, service):
    issued = till.issued.issue_plain(900, "EUR", "Developing")
    till.charges.paid(charge_of(issued, line()))
    assert (till.charges.run_once(), service.asked, till.charges.state_of(line())) == (0, [], "plain")
    till.charges.taken_back(line())
    assert (till.charges.state_of(line()), till.charges.troubles()) == ("withdrawn", ())


def test_S4_a_number_that_was_never_given_out_is_refused(till):
    with pytest.raises(BridgeRefusal) as caught:
        till.charges.paid(Charge(number=99, line=line(), minor=1, currency="EUR"))
    assert caught.value.reason == "order_code_unknown"


DEEDS = ["pay 1", "pay 2", "void 1", "void 2", "tell", "cut", "lose", "mend", "restart"]


def test_S4_in_any_order_of_deeds_and_faults_money_and_orders_agree_or_a_person_is_asked(till, service, clock):
    """At the end, with the connection mended: the order is paid as often as money was kept, or a trouble says so."""
    numbers = itertools.count(1)

    @settings(max_examples=80)
    @example(deeds=["pay 1", "lose", "tell", "void 1"])
    @example(deeds=["pay 1", "cut", "tell", "void 1"])
    @example(deeds=["pay 1", "tell", "void 1", "pay 2", "void 2", "pay 1"])
    @given(deeds=st.lists(st.sampled_from(DEEDS), min_size=2, max_size=10))
    def law(deeds):
        number = next(numbers)
        code, issued = order_of(till, service, seed=number)
        lines = {which: line(int(which), f"{number}") for which in "12"}
        kept = dict.fromkeys("12", False)
        for deed in deeds:
            verb, _, which = deed.partition(" ")
            if verb in ("pay", "void"):
                kept[which] = verb == "pay"
                if kept[which]:
                    till.charges.paid(charge_of(issued, lines[which]))
                else:
                    till.charges.taken_back(lines[which])
            elif verb == "tell":
                clock.advance(3600)
                till.charges.run_once()
            elif verb == "restart":
                till.restart()
            else:
                service.breaks = {"cut": "before", "lose": "after", "mend": ""}[verb]
        service.breaks = ""
        for _ in range(3):
            clock.advance(3600)
            till.charges.run_once()
        ours = [one.kind for one in till.charges.troubles() if one.place.split("/")[3] == f"{number}"]
        asked = ours.count("order_code_refused") - ours.count("order_code_taken_back")
        assert till.charges.figures().owed == 0
        assert sum(kept.values()) - (code in service.paid) == asked

    law()
