"""A registration's block lies ready for the receipt its card was scanned for, and for no other (K5)."""

import pytest

from hardware.tee.copies import ReceiptEnded
from photocore.cards import CardNumber
from photocore.label import Receipt
from pos_bridge.errors import BridgeRefusal
from pos_bridge.lanes.blocks import PAYING_S, Basket, BlockShelf
from pos_bridge.receipts import MOST_CARDS, ReceiptAdder
from sync.registrations import mark_card

KEY = b"k" * 32
ADA = CardNumber(table="demo", number="952114100000001039")
BO = CardNumber(table="demo", number="952114100000001046")


def mark(card):
    return mark_card(card, KEY).hex()


class Bench:
    def __init__(self):
        self.shelf = BlockShelf()
        self.receipts = {}
        self.adder = ReceiptAdder(
            self.shelf,
            card_key=KEY,
            receipt_of=self.receipts.get,
            draw=lambda lane, receipt: f"{lane}:{receipt.number}".encode(),
        )

    def registers(self, claim, card):
        self.receipts[claim] = Receipt.__new__(Receipt)
        object.__setattr__(self.receipts[claim], "number", claim)
        self.adder.registered(claim, mark(card))

    def ends(self, number, lane="1", at=20.0):
        return self.shelf.block_for(ReceiptEnded(lane=lane, epoch=7, offset=number, at=at))


@pytest.fixture
def bench():
    return Bench()


def basket(number, lane="1"):
    return Basket(lane=lane, epoch=7, number=number)


def test_K5_what_was_registered_stands_on_the_receipt_its_card_was_scanned_for(bench):
    bench.adder.card_seen(ADA, basket(4), 10.0)
    bench.registers("A", ADA)
    assert bench.ends(4) == b"1:A"
    assert bench.ends(5) == b""


def test_attack_a_registration_that_comes_late_is_on_nobody_elses_receipt(bench):
    bench.adder.card_seen(ADA, basket(4), 10.0)
    assert bench.ends(4) == b""
    bench.adder.card_seen(BO, basket(5), 10.0)
    bench.registers("A", ADA)
    bench.registers("B", BO)
    assert bench.ends(5) == b"1:B"
    assert bench.ends(6) == b""


def test_attack_a_card_scanned_while_the_receipt_before_is_printed_is_not_on_that_one(bench):
    bench.adder.card_seen(BO, basket(4), 10.0)
    bench.registers("B", BO)
    assert bench.ends(4, at=10.0 + PAYING_S - 0.1) == b""
    assert bench.ends(5, at=60.0) == b""


def test_K5_two_boxes_of_one_card_are_both_on_its_receipt_and_other_lanes_get_nothing(bench):
    bench.adder.card_seen(ADA, basket(4), 10.0)
    bench.registers("A", ADA)
    bench.registers("B", ADA)
    assert bench.ends(4, lane="2") == b""
    assert bench.ends(4) == b"1:A1:B"


def test_K5_a_card_nobody_scanned_a_code_let_go_and_a_block_too_long_add_nothing(bench):
    bench.registers("A", ADA)
    bench.adder.card_seen(ADA, basket(4), 10.0)
    bench.adder.registered("gone", mark(ADA))
    bench.shelf.put(basket(4), b"x", 0.0)
    full = ReceiptAdder(_Full(), card_key=KEY, receipt_of=bench.receipts.get, draw=lambda lane, receipt: b"")
    full.card_seen(ADA, basket(4), 10.0)
    full.registered("A", mark(ADA))
    assert bench.ends(4) == b"x"


def test_K5_cards_are_remembered_for_a_while_only(bench):
    bench.adder.card_seen(ADA, basket(1), 10.0)
    for number in range(MOST_CARDS):
        bench.adder.card_seen(CardNumber(table="demo", number=f"{number}"), basket(2), 10.0)
    bench.registers("A", ADA)
    assert bench.ends(1) == b""


class _Full:
    def put(self, basket, block, seen_at):
        raise BridgeRefusal("too_long")
