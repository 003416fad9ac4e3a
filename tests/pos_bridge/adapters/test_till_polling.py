"""Till systems asked over real HTTP: pages, waits, changes meanwhile, crashes between; nothing is missed."""

import json
import threading
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from photocore.errors import ChannelDown
from photocore.seams import HttpResponse
from photocore.testing import ManualClock, SeededEntropy
from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS, POLLERS
from pos_bridge.adapters.asking import OVERLAP, PAGE, PollCursor, ask, read_cursor, turn
from pos_bridge.errors import SourceDown
from pos_bridge.messages import RawMessage
from pos_bridge.polling import PollRounds, PollThread
from pos_bridge.sale import SaleObserved
from pos_bridge.virtual.shop_door import serving
from pos_bridge.virtual.shops import VirtualOdoo, VirtualShopify, VirtualSquare
from sync.channel import RequestsChannel
from sync.errors import JournalDown

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
KINDS = ("shopify", "square", "odoo")


class Kept:
    """A ledger in the hand: messages by key, cursors, wants. ``dies`` says before which verb it dies once."""

    def __init__(self) -> None:
        self.messages: dict[str, RawMessage] = {}
        self.cursors: dict[str, str] = {}
        self.wants: dict[str, list[str]] = {}
        self.dies = ""
        self.came = 0

    def _die(self, verb: str) -> None:
        if self.dies == verb:
            self.dies = ""
            raise JournalDown(f"power cut before {verb}")

    def keep_messages(self, messages):
        self._die("keep_messages")
        self.came += len(messages)
        for one in messages:
            self.messages.setdefault(f"{one.source}/{one.key}", one)

    def cursor(self, source):
        return self.cursors.get(source, "")

    def set_cursor(self, source, cursor):
        self._die("set_cursor")
        self.cursors[source] = cursor

    def wanted(self, source, limit=100):
        return tuple(self.wants.get(source, ())[:limit])

    def got(self, source, names):
        self._die("got")
        self.wants[source] = [one for one in self.wants.get(source, ()) if one not in names]

    def sold(self, source) -> set[SaleObserved]:
        """Return all lines that the kept messages say, in every word of them."""
        return {line for one in self.messages.values() for line in ADAPTERS[source.kind].read(one, source).sales}


class Direct:
    """A channel straight into a virtual system, counting."""

    def __init__(self, shop) -> None:
        self.shop = shop
        self.is_down = False

    def exchange(self, request):
        if self.is_down:
            raise ChannelDown("no network")
        return self.shop.answer(request)


def shop_of(kind: str):
    if kind == "shopify":
        names = [name for name in fixtures.names("shopify") if name.startswith(("order-", "exchange-order"))]
        orders = [json.loads(fixtures.load("shopify", name)) for name in names if name != "order-with-serial.json"]
        return VirtualShopify(orders, token="shpat_demo", secret="shopify-demo-secret")
    if kind == "square":
        held = [fixtures.backend("square", name) for name in ("orders", "payments", "catalog")]
        return VirtualSquare(*held, token="EAAA-demo", key="square-demo-key")
    return VirtualOdoo(fixtures.backend("odoo", "tables"), key="odoo-demo-key")


def source_of(kind: str, url: str = "http://shop.example", **changes):
    source = msgspec.structs.replace(fixtures.sources()[kind], every_s=60.0, **changes)
    if kind == "square":
        return msgspec.structs.replace(source, options={**source.options, "host": url})
    return msgspec.structs.replace(source, url=url)


def rounds_of(source, shop_or_channel, kept, clock, **more):
    channel = shop_or_channel if hasattr(shop_or_channel, "exchange") else Direct(shop_or_channel)
    entropy = SeededEntropy("polling")
    return PollRounds([source], POLLERS, ledger=kept, channel=channel, clock=clock, entropy=entropy, **more)


def day_of(kind: str, source) -> set[SaleObserved]:
    """Return the day's lines as the fixtures' own messages say them."""
    kept = Kept()
    messages = [
        RawMessage(source=kind, key=name, received_at=NOW, body=fixtures.load(kind, name), headers={})
        for name in fixtures.names(kind)
        if name != "exchange-refund.json"
    ]
    kept.keep_messages(messages)
    return kept.sold(source)


@pytest.mark.parametrize("kind", KINDS)
def test_K5_a_day_that_is_asked_for_is_the_day_that_was_told(kind):
    """Over real HTTP, page by page, the list brings every line that the webhooks' messages say, under the same keys."""
    shop = shop_of(kind)
    shop.most = 4
    with serving(shop.answer) as url:
        source, kept = source_of(kind, url), Kept()
        rounds = rounds_of(source, RequestsChannel(), kept, ManualClock(NOW))

        rest = rounds.run_due()

    assert kept.sold(source) == day_of(kind, source)
    assert rest == (5.0 if kind == "square" else 60.0)
    assert [(one.why, one.fetched) for one in rounds.figures()] == [("", len(kept.messages))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["keep_messages", "set_cursor"])
def test_K5_a_crash_between_keeping_and_the_cursor_repeats_and_loses_nothing(kind, verb):
    """Messages are kept before the cursor moves: dying before either, the next round has all, once."""
    source, kept, clock = source_of(kind), Kept(), ManualClock(NOW)
    kept.dies = verb
    shop = shop_of(kind)

    assert rounds_of(source, shop, kept, clock).run_due() is not None
    assert kept.cursors == {}
    rounds_of(source, shop, kept, clock).run_due()

    assert kept.sold(source) == day_of(kind, source)
    assert kept.came == (2 if verb == "set_cursor" else 1) * len(kept.messages)


@pytest.mark.parametrize("kind", KINDS)
def test_K5_when_told_to_wait_we_wait_and_an_outage_is_shown_until_it_ends(kind):
    """429 with Retry-After is kept to; a dead network backs off; the figures say which, and since when."""
    source, kept, clock, shop = source_of(kind), Kept(), ManualClock(NOW), shop_of(kind)
    channel = Direct(shop)
    shop.busy = 1
    rounds = rounds_of(source, channel, kept, clock)

    rest = rounds.run_due()
    assert rest is not None
    assert rest >= 1.0
    assert "wait (429)" in rounds.figures()[0].why

    channel.is_down = True
    clock.advance(rest)
    rounds.run_due()
    down = rounds.figures()[0]
    assert (down.failures, down.failing_since, "no answer" in down.why) == (2, NOW, True)
    asked, kept.wants[kind] = len(shop.asked), ["order:ORD0000000000001"]
    rounds.run_due()
    assert len(shop.asked) == asked, "one that fails keeps its rest, whatever is wanted"

    channel.is_down = False
    clock.advance(300)
    rounds.run_due()
    assert (rounds.figures()[0].why, rounds.figures()[0].failures) == ("", 0)
    assert kept.sold(source) == day_of(kind, source)


@pytest.mark.parametrize("kind", KINDS)
def test_K5_a_wrong_token_is_said_without_saying_it(kind):
    """What is wrong is named, the token is not."""
    source = source_of(kind, token="sesame-open")
    rounds = rounds_of(source, shop_of(kind), Kept(), ManualClock(NOW))

    rounds.run_due()

    assert "does not let us in (401)" in rounds.figures()[0].why
    assert "sesame" not in repr(rounds.figures()) + repr(source)


@pytest.mark.parametrize("kind", ["shopify", "square"])
def test_K5_pages_are_turned_and_pages_that_ran_out_begin_again(kind):
    """Three an answer: every page is asked for; a cursor whose page is gone starts the list again."""
    source, kept, shop = source_of(kind), Kept(), shop_of(kind)
    shop.most = 3
    rounds_of(source, shop, kept, ManualClock(NOW)).run_due()
    assert kept.sold(source) == day_of(kind, source)
    assert kept.came == len(kept.messages)

    since = NOW - timedelta(days=2)
    stale = msgspec.json.encode(PollCursor(since=since, page="page99" if kind == "shopify" else "c0")).decode()
    again = POLLERS[kind].fetch(source, stale, Direct(shop), NOW)
    assert len(again.messages) == 3
    assert again.is_last is False


def odoo_of(count: int, stamp: str) -> VirtualOdoo:
    """Return a database with so many one-line orders, all written at ``stamp``: a session was closed."""
    tables = fixtures.backend("odoo", "tables")
    order, line = tables["pos.order"][1], tables["pos.order.line"][1]
    tables["pos.order"] = [{**order, "id": 1000 + n, "write_date": stamp} for n in range(count)]
    tables["pos.order.line"] = [
        {**line, "id": 50_000 + n, "order_id": [1000 + n, "x"], "pack_lot_ids": []} for n in range(count)
    ]
    return VirtualOdoo(tables, key="odoo-demo-key")


def test_K5_a_closed_session_that_stamps_hundreds_of_orders_alike_is_walked_through():
    """350 orders of one second: more than three pages, each order once, and no page for ever."""
    source, kept = source_of("odoo"), Kept()
    shop = odoo_of(3 * PAGE + 50, "2026-11-20 16:00:00")

    rounds_of(source, shop, kept, ManualClock(NOW)).run_due()

    assert len(kept.messages) == 3 * PAGE + 50 == kept.came
    assert json.loads(kept.cursors["odoo"]) == {"since": "2026-11-20T15:45:00Z", "page": "", "seen": None}


def test_K5_an_order_written_while_the_list_is_walked_is_not_missed():
    """One that changes behind the walker's back comes with the next round: the overlap reaches back to it."""
    source, kept, clock = source_of("odoo"), Kept(), ManualClock(NOW)
    shop = odoo_of(PAGE + 10, "2026-11-20 17:50:00")
    plain = shop.answer

    def answer(request):
        response = plain(request)
        if request.url.endswith("/pos.order/search_read") and len(shop.asked) == 1:
            shop.tables["pos.order"][0]["write_date"] = "2026-11-20 17:51:00"
            shop.tables["pos.order"].append({**shop.tables["pos.order"][0], "id": 7})
            line = shop.tables["pos.order.line"][0]
            shop.tables["pos.order.line"].append({**line, "id": 7, "order_id": [7, "x"]})
        return response

    shop.answer = answer
    rounds = rounds_of(source, shop, kept, clock)
    rounds.run_due()
    clock.advance(60)
    rounds.run_due()

    keys = set(kept.messages)
    assert {"odoo/order:1000@2026-11-20 17:51:00", "odoo/order:7@2026-11-20 17:51:00"} <= keys
    assert len(keys) == PAGE + 12


def test_K5_what_an_event_names_is_fetched_and_is_the_order_of_the_list():
    """A wanted order comes in the next round, hurried, under the key that the list gives it too."""
    source, kept, clock, shop = source_of("square"), Kept(), ManualClock(NOW), shop_of("square")
    kept.wants["square"] = ["order:ORD0000000000001", "order:GONE"]
    alone = msgspec.structs.replace(source, every_s=None)
    news: list[int] = []
    rounds = rounds_of(alone, shop, kept, clock, on_kept=lambda: news.append(len(kept.messages)))

    assert rounds.run_due() == 5.0
    assert [one.rpartition("/")[2] for one in kept.messages] == ["order:ORD0000000000001@4:2026-11-20T10:05:30Z"]
    assert (kept.wants["square"], news) == ([], [1])

    kept.wants["square"] = ["order:ORD0000000000003"]
    rounds.run_due()
    assert len(kept.messages) == 2
    assert [request.url.rpartition("/v2")[2] for request in shop.asked if "orders" in request.url] == [
        "/orders/batch-retrieve"
    ] * 2

    rounds_of(source, shop, kept, clock).run_due()
    assert kept.sold(source) == day_of("square", source)
    assert kept.came == len(kept.messages) + 2


def test_K5_a_source_that_only_calls_is_never_asked_and_in_no_figures():
    """Without ``every_s`` and without anything wanted, no request goes out, and nothing says that it answered."""
    shop, clock = shop_of("shopify"), ManualClock(NOW)
    rounds = rounds_of(msgspec.structs.replace(source_of("shopify"), every_s=None), shop, Kept(), clock)

    assert rounds.run_due() is None
    assert (shop.asked, rounds.figures()) == ([], ())


def test_K5_a_crash_after_fetching_what_was_wanted_fetches_it_again():
    """It is wanted until it is kept."""
    source, kept, clock = (
        source_of(
            "square",
        ),
        Kept(),
        ManualClock(NOW),
    )
    source = msgspec.structs.replace(source, every_s=None)
    kept.wants["square"] = ["order:ORD0000000000001"]
    kept.dies = "keep_messages"
    shop = shop_of("square")

    rounds = rounds_of(source, shop, kept, clock)
    rounds.run_due()
    assert (kept.wants["square"], len(kept.messages)) == (["order:ORD0000000000001"], 0)
    clock.advance(10)
    rounds.run_due()

    assert (kept.wants["square"], len(kept.messages)) == ([], 1)


def test_K5_square_keeps_no_card_numbers_and_no_names():
    """Of payments and customers only what is read stays in the message."""
    shop = shop_of("square")
    for payment in shop.payments.values():
        payment["card_details"] = {"card": {"last_4": "4242", "fingerprint": "sq-1-secret"}}
        payment["buyer_email_address"] = "shopper@example.com"

    page = POLLERS["square"].fetch(source_of("square"), "", Direct(shop), NOW)

    text = b"".join(message.body for message in page.messages)
    assert b"sq-1-secret" not in text
    assert b"shopper@" not in text


def test_K5_a_payment_that_is_gone_leaves_the_order_at_its_place():
    """404 for a payment: the order is read without a device, at the till its location stands for."""
    shop = shop_of("square")
    shop.payments.clear()
    source = source_of("square")

    page = POLLERS["square"].fetch(source, "", Direct(shop), NOW)

    lines = [line for one in page.messages for line in ADAPTERS["square"].read(one, source).sales]
    assert {line.till for line in lines} == {"2"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"orders":[{}]}', b"[{}]", b"\xff", b"[" * 100_000])
def test_K5_an_answer_that_is_something_else_is_said(kind, body):
    """A captive portal's page, another shape, a nest: the source is down, with a word why, and the cursor stays."""
    shop = shop_of(kind)
    shop.answer = lambda request: HttpResponse(status=200, body=body)
    kept = Kept()
    rounds = rounds_of(source_of(kind), shop, kept, ManualClock(NOW))

    rounds.run_due()

    assert rounds.figures()[0].failures == 1
    assert kept.cursors == {}


def test_K5_a_broken_note_of_where_we_were_asks_again_from_days_back():
    """Never from now: what was sold while the note was broken would be lost."""
    source = source_of("odoo", options={"first_days": 7})
    for text in ("", "null", "x", "{}", '{"since":"2026-11-20T10:00:00"}', '{"since":"2026-11-20T10:00:00Z","x":1}'):
        assert read_cursor(text, source, NOW) == PollCursor(since=NOW - timedelta(days=7))


def test_K5_a_system_whose_clock_is_ahead_does_not_push_us_over_sales():
    """Stamps in the future move the start to now less the overlap, no further; and never back."""
    cursor = PollCursor(since=NOW - timedelta(days=1))

    ahead = json.loads(turn(cursor, "", [NOW + timedelta(days=400)], NOW).text)
    behind = json.loads(turn(cursor, "", [NOW - timedelta(days=3)], NOW).text)

    assert datetime.fromisoformat(ahead["since"]) == NOW - OVERLAP
    assert datetime.fromisoformat(behind["since"]) == cursor.since
    with pytest.raises(SourceDown, match="circle"):
        turn(PollCursor(since=NOW, page="p"), "p", [], NOW)


@pytest.mark.parametrize(
    ("header", "wait"), [("2.5", 2.5), ("86400", 3600.0), ("-1", None), ("soon", None), ("", None)]
)
def test_K5_retry_after_is_kept_to_within_an_hour(header, wait):
    """Seconds with decimals as Shopify writes them; what is no number is our own back-off's."""

    class Busy:
        def exchange(self, request):
            return HttpResponse(status=503, headers={"retry-after": header})

    with pytest.raises(SourceDown) as caught:
        ask(Busy(), None)
    assert caught.value.retry_after_s == wait


def test_K5_a_thread_goes_the_rounds_and_can_be_hurried_and_stopped():
    """Started, it asks; woken or hurried, it fetches what is wanted; stopped, it ends."""
    shop, kept, clock = shop_of("square"), Kept(), ManualClock(NOW)
    source = msgspec.structs.replace(source_of("square"), every_s=None)
    came = threading.Event()
    thread = PollThread(rounds_of(source, shop, kept, clock, on_kept=came.set))
    thread.start()

    kept.wants["square"] = ["order:ORD0000000000001"]
    thread.hurry("square")

    assert came.wait(30)
    thread.stop()
    assert len(kept.messages) == 1
