"""Round by round: what is read, matched and told is right whatever dies, refuses or cannot be read in between."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from photocore.testing import SeededEntropy
from pos_bridge.errors import MessageUnreadable
from pos_bridge.matching.facts import Ruling
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings
from pos_bridge.settling import SettlerThread
from pos_bridge.sighting import CardSighting, Sighting
from pos_bridge.testing_bridge import TestedBridge
from pos_bridge.testing_days import BEGIN, CARDS, FILM, STORE, piece
from sync.errors import DeskReason, JournalDown

MakeTill = Callable[..., TestedBridge]
ONE, TWO = piece(FILM, 1), piece(FILM, 2)


def sale(sequence: str = "1", minute: float = 0, **told: Any) -> SaleObserved:
    at = (BEGIN + timedelta(minutes=minute)).isoformat()
    values: dict[str, Any] = {"source": "pos", "event": f"e{sequence}", "store": STORE, "till": "kasse-1"}
    values |= {"business_day": "2026-11-21", "sequence": sequence, "line": 1, "gtin": FILM, "at": at}
    return SaleObserved(**values | told)


def scan(item: str, minute: float) -> Sighting:
    at = BEGIN + timedelta(minutes=minute)
    return Sighting(id=f"{item}{minute}", at=at, via="tee", lane="1", item=item, gtin=FILM)  # pyright: ignore[reportArgumentType]


def shown(minute: float, card: int = 0) -> CardSighting:
    return CardSighting(id=f"{card} {minute}", at=BEGIN + timedelta(minutes=minute), lane="1", card=CARDS[card])


def message(key: str, body: object = (), source: str = "pos") -> RawMessage:
    text = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return RawMessage(source=source, key=key, received_at=BEGIN, body=text, headers={"x": "y"})


class PlainAdapter:
    """Reads lists of lines; says what it cannot, and stumbles over what nobody foresaw."""

    kind = "standard"

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        del body, headers, source, now
        return "key"

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        del source
        if message.body == b"stumble":
            raise KeyError("price")
        try:
            sales = msgspec.json.decode(message.body, type=tuple[SaleObserved, ...])
        except (msgspec.DecodeError, msgspec.ValidationError) as cause:
            raise MessageUnreadable(str(cause)) from cause
        return Reading(sales=sales, passed_over=("a pound of cheese",), wants=("order-9",))


def test_K5_a_message_is_kept_read_and_told(make_till: MakeTill):
    till = make_till(adapters={"standard": PlainAdapter()})
    assert till.ledger.keep_message(message("a", [sale(serial=ONE)]))
    assert not till.ledger.keep_message(message("a", [sale(serial=TWO)]))  # the first one counts
    till.settle()
    assert {row[1] for row in till.desk.standing()} == {ONE}
    kept = till.ledger.messages("pos")
    assert [(one.state, one.why) for one in kept] == [("read", "a pound of cheese")]
    assert till.ledger.wanted("pos") == ("order-9",)
    till.ledger.got("pos", ["order-9"])
    assert till.ledger.wanted("pos") == ()


def test_K5_a_poisoned_message_stops_no_other_and_is_kept(make_till: MakeTill):
    till = make_till(adapters={"standard": PlainAdapter()})
    bad = [message("a", b"{"), message("b", b"stumble"), message("c", b"[]", source="gone")]
    till.ledger.keep_messages([*bad, message("d", [sale(serial=ONE)])])
    till.settle()
    assert {row[1] for row in till.desk.standing()} == {ONE}
    refused = till.ledger.messages(state="refused")
    assert [(one.message.key, bool(one.why)) for one in refused] == [("a", True), ("b", True), ("c", True)]
    assert till.ledger.read_again(state="refused") == 3
    assert (till.ledger.figures().unread, till.ledger.figures().read) == (3, 1)


class EndingAdapter(PlainAdapter):
    """Somebody wants the bridge to end while it reads the fifth message."""

    def __init__(self) -> None:
        self.reads = 0
        self.end: Callable[[], None] = lambda: None

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        self.reads += 1
        if self.reads == 5:
            self.end()
        return super().read(message, source)


def test_K5_a_bridge_told_to_end_leaves_its_backlog_to_the_next_start(make_till: MakeTill):
    """What a service manager waits for is not the end of a day's messages; none of them is lost or read twice."""
    adapter = EndingAdapter()
    till = make_till(adapters={"standard": adapter})
    till.ledger.keep_messages([message(str(n), [sale(str(n), serial=piece(FILM, n))]) for n in range(1, 151)])
    settler = till.settler
    adapter.end = settler.end
    assert settler.run_once() < 150
    assert adapter.reads == 20
    assert settler.rest_s() == 0
    till.open_again()
    till.settle()
    assert adapter.reads == 150
    assert {row[1] for row in till.desk.standing()} == {piece(FILM, n) for n in range(1, 151)}


def test_K5_a_line_that_is_none_is_refused_with_its_reason(make_till: MakeTill):
    till = make_till()
    with pytest.raises(MessageUnreadable, match="quantity"):
        till.ledger.keep_sales([sale(), sale("2", quantity=1000)])
    assert till.ledger.figures().lines == 0


def test_K5_a_desk_that_dies_at_any_call_is_told_everything_once(make_till: MakeTill):
    """Before each deed and after each, one after the other: who comes after the crash makes it good."""
    first = [sale("1"), scan(ONE, -0.5), shown(-0.4), sale("2", 5, serial=TWO)]
    second = [sale("1", source="office", event="o", serial=piece(FILM, 3)), sale("3", 9, serial=TWO, kind="returned")]

    def live(dies_at: int, when: str) -> tuple[set[tuple[str, ...]], int]:
        till, calls = make_till(), [0]

        def die(_: str) -> None:
            calls[0] += 1
            if calls[0] == dies_at:
                raise JournalDown("nobody can tell")

        setattr(till.desk, when, die)
        for facts in (first, second):
            till.keep(*facts)
            for _ in range(2):
                try:
                    till.settle(BEGIN + timedelta(minutes=30))
                except JournalDown:
                    till.open_again()
        assert till.ledger.figures().untold == 0
        return till.desk.standing(), calls[0]

    whole, calls = live(0, "after")
    assert {row[:2] for row in whole} >= {("sold", piece(FILM, 3)), ("sold", TWO), ("given_back", TWO)}
    for when in ("before", "after"):
        for dies_at in range(1, calls + 1):
            assert live(dies_at, when)[0] == whole, (when, dies_at)


def test_K5_what_turned_out_wrong_is_taken_back_and_told_again_in_another_round(till: TestedBridge):
    till.keep(sale("2", 1), scan(ONE, -0.5))
    till.settle()
    assert {row[1] for row in till.desk.standing()} == {ONE}
    till.keep(sale("1", 0))  # it was that one's
    till.settle()
    (row,) = till.desk.standing()
    assert (row[1], len(till.desk.corrections)) == (ONE, 1)
    till.keep(scan(TWO, 0.5))
    till.settle()
    assert {row[1] for row in till.desk.standing()} == {ONE, TWO}
    assert till.settle() == 0


def test_O19_a_card_registers_and_is_wiped(till: TestedBridge):
    """The registration stands; the number is not in the database's file any more, nor in any beside it."""
    till.keep(sale(), scan(ONE, -0.5), shown(-0.4), shown(90, 1))
    till.settle(BEGIN + timedelta(minutes=1))
    assert ("registered", ONE, CARDS[0].number) in till.desk.standing()
    till.settle(BEGIN + timedelta(hours=3))
    assert not _is_on_disk(till, CARDS[0].number)
    assert _is_on_disk(till, CARDS[1].number)
    till.settle(BEGIN + timedelta(days=2))
    assert not _is_on_disk(till, CARDS[1].number)
    assert till.ledger.cases() == ()
    till.keep(sale("1", source="office", event="o"))
    till.settle()
    assert ("registered", ONE, CARDS[0].number) in till.desk.standing()


def _is_on_disk(till: TestedBridge, number: str) -> bool:
    till.open_again()
    return any(number.encode() in path.read_bytes() for path in till.folder.iterdir())


def test_K5_texts_of_old_messages_go_and_their_names_stay(till: TestedBridge):
    till.ledger.keep_messages([message("a", b"secret text"), message("b", b"unread text")])
    till.ledger.note_refused(1, "why")
    till.ledger.prune(BEGIN + timedelta(days=31))
    assert not _is_on_disk(till, "secret text")
    assert _is_on_disk(till, "unread text")  # nobody has read it yet
    assert not till.ledger.keep_message(message("a"))


def test_O19_a_piece_of_another_customer_is_a_case_with_the_reason(till: TestedBridge):
    till.keep(sale(), scan(ONE, -0.5), shown(-0.4))
    till.settle(BEGIN)
    till.keep(sale("2", 10, serial=ONE), shown(9.6, 1))
    till.settle(BEGIN + timedelta(minutes=11))
    (case,) = [case for case in till.ledger.cases() if case.reason == "not_registered"]
    assert (case.why, case.pieces) == ("registered_to_another_card", (ONE,))
    till.ledger.rule(Ruling(id="r1-close", case=case.key, decision="close", at=BEGIN))
    assert case.key not in {one.key for one in till.ledger.cases()}
    assert till.ledger.case(case.key) is not None


def test_K5_a_refusal_stands_until_a_manager_asks_again(till: TestedBridge):
    till.desk.refuses[ONE] = DeskReason.UNIT_SOLD
    till.keep(sale(serial=ONE), sale("2", serial=TWO))
    till.settle()
    (case,) = till.ledger.cases()
    assert ((case.reason, case.why), {row[1] for row in till.desk.standing()}) == (("not_told", "unit_sold"), {TWO})
    assert till.settle() == 0
    till.desk.refuses.clear()
    till.ledger.rule(Ruling(id="r1-again", case=case.key, decision="count", at=BEGIN))
    till.settle()
    assert ({row[1] for row in till.desk.standing()}, till.ledger.cases()) == ({ONE, TWO}, ())


def test_K5_a_journal_that_is_down_loses_nothing(till: TestedBridge):
    till.keep(sale(serial=ONE))
    till.desk.is_down = True
    with pytest.raises(JournalDown):
        till.settle()
    assert till.ledger.figures().untold == 1
    till.desk.is_down = False
    till.settle()
    assert {row[1] for row in till.desk.standing()} == {ONE}


def test_K5_patience_runs_out_by_itself(till: TestedBridge):
    till.known.serialized.add(FILM)
    till.keep(sale())
    till.settle()
    due = till.settler.due()
    assert due == BEGIN + timedelta(hours=6)
    till.settle(due - timedelta(seconds=1))
    assert till.ledger.cases() == ()
    till.settle(due)
    assert [case.reason for case in till.ledger.cases()] == ["sale_without_scan"]


def test_K5_goods_that_a_new_roster_knows_by_serials_are_looked_at_again(till: TestedBridge):
    till.keep(sale())
    till.settle(BEGIN + timedelta(hours=9))
    assert till.ledger.cases() == ()
    till.known.serialized.add(FILM)
    till.known.version = "2"
    till.settle()
    assert [case.reason for case in till.ledger.cases()] == ["sale_without_scan"]


def test_K5_the_newest_baskets_are_shown_by_lane(till: TestedBridge):
    till.keep(sale("1", 0, serial=ONE), sale("2", 5, serial=TWO, till="kasse-3"), sale("3", 9, gtin="04012345678925"))
    till.settle()
    assert [one.basket.sequence for one in till.ledger.baskets()] == ["2", "1"]
    (shown_,) = till.ledger.baskets("1")
    assert (shown_.lane, [one.item for one in shown_.pieces]) == ("1", [ONE])


@pytest.fixture
def running(make_till: MakeTill) -> Iterator[tuple[TestedBridge, SettlerThread]]:
    till = make_till(threads=True)
    thread = SettlerThread(till.settler, entropy=SeededEntropy(1))
    thread.start()
    yield till, thread
    thread.stop()


def test_K5_a_thread_settles_when_it_is_woken_and_after_a_failure(
    running: tuple[TestedBridge, SettlerThread], eventually: Callable[..., None]
):
    till, thread = running
    till.desk.is_down = True
    till.keep(sale(serial=ONE))
    thread.wake()
    eventually(lambda: thread.fault != "")
    till.desk.is_down = False
    thread.wake()
    eventually(lambda: till.desk.standing() != set())
    eventually(lambda: thread.fault == "")
