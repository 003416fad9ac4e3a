"""The inbox and the worker: what threads may do, and what becomes of their faults."""

import io
import json
import threading

from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.flow.staff_effects import SignIn
from kiosk.flow.values import Card, Item, Package, Wish
from kiosk.inbox import Inbox
from kiosk.testing import Counter, FakeDesk, FakeStore, SilentScanner, stocked_desk
from kiosk.testing.counter import BADGE, CARD, PACKAGE, PIN, UNKNOWN
from kiosk.testing.staff_desk import FakeStaffBook
from kiosk.voices import ScannerVoice
from kiosk.worker import DeskWorker
from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.logs import configure_logs
from photocore.testing import ManualClock
from sync.views import PackageView, Registered, RegisterWish


def test_K1_the_inbox_keeps_order_and_rings_once_until_drained() -> None:
    """Many letters, one ring: the screen's thread is woken, not flooded."""
    rings: list[int] = []
    inbox: Inbox[int] = Inbox()
    inbox.on_mail(lambda: rings.append(1))
    for n in range(5):
        inbox.put(n)
    assert len(rings) == 1
    assert list(inbox.drain()) == [0, 1, 2, 3, 4]
    inbox.put(5)
    assert len(rings) == 2


def test_K1_mail_that_came_before_the_door_opened_is_not_lost() -> None:
    """A scanner that is up before the window is rings as soon as somebody listens."""
    rings: list[int] = []
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.on_mail(lambda: rings.append(1))
    assert rings == [1]
    assert list(inbox.drain()) == [1]


def test_K1_what_is_put_while_the_door_is_open_waits_for_the_next_ring() -> None:
    """Else who writes faster than the screen reads would keep it from ever drawing again."""
    rings: list[int] = []
    inbox: Inbox[int] = Inbox()
    inbox.on_mail(lambda: rings.append(1))
    inbox.put(0)
    for letter in inbox.drain():
        inbox.put(letter + 1)
    assert len(rings) == 2
    assert list(inbox.drain()) == [1]


def test_K1_letters_of_many_threads_all_arrive() -> None:
    """No letter is lost or doubled between eight threads and one reader."""
    inbox: Inbox[tuple[int, int]] = Inbox()
    threads = [threading.Thread(target=lambda k=k: [inbox.put((k, n)) for n in range(200)] and None) for k in range(8)]
    for thread in threads:
        thread.start()
    read: list[tuple[int, int]] = []
    while any(thread.is_alive() for thread in threads):
        read += inbox.drain()
    read += inbox.drain()
    assert len(read) == len(set(read)) == 1600
    assert all([n for k, n in read if k == thread] == list(range(200)) for thread in range(8))


def test_K1_the_worker_answers_every_question_and_ends_when_told() -> None:
    """Real threads: what was asked is answered once, in order, before the worker ends."""
    heard: list[told.Happened] = []
    desk = stocked_desk()
    worker = DeskWorker(desk=desk, labels=desk, store=FakeStore(), clock=ManualClock(), tell=heard.append)
    worker.start()
    worker.do(ask.LookUp(session=1, item=PACKAGE))
    worker.do(ask.ReadStation())
    worker.do(ask.Undo(session=1, claim="none"))
    worker.stop()
    assert [type(event) for event in heard] == [told.PackageFound, told.StationRead, told.DeskRefused]


def test_K1_a_registration_does_not_wait_behind_look_ups_nobody_waits_for() -> None:
    """Eight scans of shoppers who left, upstream slow: of all of them only the newest is looked up."""
    heard: list[told.Happened] = []
    desk = CountingDesk()
    worker = DeskWorker(desk=desk, labels=desk, store=FakeStore(), clock=ManualClock(), tell=heard.append)
    for session in range(1, 5):
        worker.do(ask.LookUp(session=session, item=PACKAGE))
        worker.do(ask.LookUp(session=session, item=UNKNOWN))
    worker.do(ask.CheckCopy(session=3, item=PACKAGE, copy="7KQ2ZZ"))
    worker.do(ask.Undo(session=3, claim="none"))
    worker.do(ask.PrintAgain(session=4, claim="none", number="TCN-000000000"))
    worker.start()
    worker.stop()
    assert desk.looked_up == [UNKNOWN]
    assert [type(event.about) for event in heard if isinstance(event, told.Answer)] == [
        ask.LookUp,
        ask.Undo,
        ask.PrintAgain,
    ]


class CountingDesk(FakeDesk):
    """A desk that notes what it was asked to look up."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up: list[str] = []

    def look_up(self, item: ItemId) -> PackageView:
        """Note it, and answer."""
        self.looked_up.append(item)
        return super().look_up(item)


def test_K1_a_fault_is_logged_without_what_the_shopper_brought() -> None:
    """The desk breaks with card and claim code in its hands: the log names the fault, and neither of them."""
    log = io.StringIO()
    configure_logs(stream=log)
    worker = DeskWorker(
        desk=BreakingDesk(), labels=FakeDesk(), store=FakeStore(), clock=ManualClock(), tell=lambda _: None
    )
    card = Card(card=CardNumber(table="demo", number=CARD))
    item = Item(item=PACKAGE, level="package")
    wish = Wish(event_id="0" * 32, item=item, card=card, claim_code="7Q2M9XKD4F8TP")
    answer = worker.carry_out(ask.Register(session=1, wish=wish, package=Package(item=PACKAGE)))
    assert isinstance(answer, told.Failed)
    line = json.loads(log.getvalue())
    assert line["event"] == "kiosk.effect_failed"
    assert "no such desk" in line["exception"]
    assert CARD not in log.getvalue()
    assert "7Q2M9XKD4F8TP" not in log.getvalue()


def test_O17_a_staff_book_that_breaks_is_logged_without_badge_and_pin() -> None:
    """The PIN is in the book's hands when it breaks: the log names the fault, and no digit of it."""
    log = io.StringIO()
    configure_logs(stream=log)
    book = FakeStaffBook(ManualClock())
    book.is_down = True
    worker = DeskWorker(
        desk=FakeDesk(),
        labels=FakeDesk(),
        store=FakeStore(),
        clock=ManualClock(),
        tell=lambda _: None,
        staff=book,
    )
    asked = SignIn(session=1, badge=CardNumber(table="staff", number=BADGE), pin=PIN)
    answer = worker.carry_out(asked)
    assert isinstance(answer, told.Failed)
    assert "staff book is broken" in json.loads(log.getvalue())["exception"]
    for told_somewhere in (log.getvalue(), repr(asked), repr(answer)):
        assert PIN not in told_somewhere
        assert BADGE not in told_somewhere


def test_K1_languages_are_no_questions_for_the_desk() -> None:
    """A shopper who reads through the languages asks nothing of disk or network."""
    counter = Counter(
        clock=ManualClock(),
        desk=FakeDesk(),
        store=FakeStore(),
        scanner=SilentScanner(),
        languages=(("en", "English"), ("en_XA", "Ænglish")),
    )
    for button in ("language:en_XA", "start", "language", "language:en", "language", "close"):
        counter.machine.press(button)
    assert counter.owed == []


class BreakingDesk(FakeDesk):
    """A desk that breaks with everything in its hands."""

    def register(self, wish: RegisterWish) -> Registered:
        """Break."""
        number, code = wish.card.number, wish.claim_code
        raise RuntimeError("no such desk" if number and code else "")


def test_K2_the_scanner_is_answered_in_order_by_its_own_thread() -> None:
    """A deaf scanner may hold up its own thread, and nothing else."""
    scanner = SilentScanner()
    voice = ScannerVoice(scanner)
    voice.start()
    for is_good in (True, False, True):
        voice.say(is_good=is_good)
    voice.stop()
    assert scanner.answers == [True, False, True]
