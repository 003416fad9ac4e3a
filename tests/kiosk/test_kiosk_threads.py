"""The inbox and the worker: what threads may do, and what becomes of their faults."""

import threading

from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.inbox import Inbox
from kiosk.testing import FakeStore, SilentScanner, stocked_desk
from kiosk.testing.counter import PACKAGE
from kiosk.worker import DeskWorker, ScannerVoice
from photocore.testing import ManualClock


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


def test_K2_the_scanner_is_answered_in_order_by_its_own_thread() -> None:
    """A deaf scanner may hold up its own thread, and nothing else."""
    scanner = SilentScanner()
    voice = ScannerVoice(scanner)
    voice.start()
    for is_good in (True, False, True):
        voice.say(is_good=is_good)
    voice.stop()
    assert scanner.answers == [True, False, True]
