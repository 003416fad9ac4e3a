"""Privacy on a public screen (S5, F6): a card reveals nothing, a session leaves nothing behind."""

import gc
import queue
from collections.abc import Callable, Iterator

import pytest

from hardware.scanner import Frame
from hardware.scanner.debounce import Debounce
from kiosk.flow.effects import CheckClaim, ReadStation
from kiosk.flow.events import ClaimChecked, JournalMoved
from kiosk.flow.states import Attract, State
from kiosk.flow.values import Card, Item
from kiosk.testing import SilentScanner, film_store, stocked_desk
from kiosk.testing.counter import CARD, OTHER_CARD, PACKAGE, ROLLS, UNKNOWN, Counter, card_frame, frame
from kiosk.testing.desk import ACCESS_CODE
from kiosk.view.screen import Screen
from kiosk.worker import DeskWorker
from photocore.cards import CardNumber
from photocore.testing import ManualClock
from sync.label_states import LabelState

CLAIM_CODE = "GTH3WRWHMCW8M"
CLUB = CardNumber(table="club", number=CARD)
Walk = Callable[[Counter, str], None]


def fresh() -> Counter:
    """Another kiosk in the same state."""
    return Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())


def known_to_it(counter: Counter, card: str) -> None:
    """Let the kiosk have registered something with this card, and forget the session."""
    counter.scan(frame(UNKNOWN), card_frame(card))
    counter.press("register", "finish")


def card_alone(counter: Counter, card: str) -> None:
    """A card is scanned, and nothing else."""
    counter.scan(card_frame(card))


def card_first(counter: Counter, card: str) -> None:
    """Card, then package."""
    counter.scan(card_frame(card), frame(PACKAGE))


def package_first(counter: Counter, card: str) -> None:
    """Package, then card."""
    counter.scan(frame(PACKAGE), card_frame(card))


def one_roll(counter: Counter, card: str) -> None:
    """A roll stands for its package."""
    counter.scan(card_frame(card), frame(ROLLS[1]))


def card_twice(counter: Counter, card: str) -> None:
    """The same card again."""
    counter.scan(card_frame(card), card_frame(card))


def registered(counter: Counter, card: str) -> None:
    """The whole walk."""
    counter.scan(frame(PACKAGE), card_frame(card))
    counter.press("register")


def typed(counter: Counter, card: str) -> None:
    """The card's number is typed."""
    counter.scan(frame(PACKAGE))
    counter.press("type")
    counter.type_in(card)


def screens_of(counter: Counter, walk: Walk, card: str) -> list[Screen]:
    """Every screen of a walk, in order; time is hand-set, so none is missed and none comes sooner."""
    seen: list[Screen] = []
    counter.machine.on_screen = seen.append
    walk(counter, card)
    return seen


@pytest.mark.parametrize("walk", [card_alone, card_first, package_first, one_roll, card_twice, registered, typed])
def test_S5_a_known_card_and_an_unknown_one_lead_to_the_same_screens(walk: Walk) -> None:
    """Equal in every word, button, sound and effect: whoever finds a card learns nothing by scanning it."""
    knows, strange = fresh(), fresh()
    known_to_it(knows, CARD)
    known_to_it(strange, OTHER_CARD)
    assert screens_of(knows, walk, CARD) == screens_of(strange, walk, CARD)
    assert knows.scanner.answers == strange.scanner.answers


@pytest.mark.parametrize("walk", [card_alone, card_first, package_first, registered, typed])
def test_S5_no_screen_of_the_walk_shows_more_of_a_card_than_its_last_four(walk: Walk) -> None:
    """Nor speaks it; the keypad alone shows what is being typed on it."""
    for screen in screens_of(fresh(), walk, CARD):
        assert CARD not in repr(screen) or screen.name == "type_card"


def leave(counter: Counter) -> None:
    """Walk away: the warning comes and goes."""
    counter.wait(1000)


def cancel_or_finish(counter: Counter) -> None:
    """Touch what ends the session."""
    counter.press(next(iter({"cancel", "finish", "back"} & counter.screen.button_ids())))
    if not isinstance(counter.machine.state.page, Attract):
        counter.press("cancel")


def with_a_claim_code(counter: Counter, card: str) -> None:
    """Package, card, and the code under the strip, typed."""
    counter.scan(frame(PACKAGE), card_frame(card))
    counter.press("claim_code")
    counter.type_in(CLAIM_CODE)


def half_typed(counter: Counter, card: str) -> None:
    """The card number stands on the keypad, and nobody touches Done."""
    counter.scan(frame(PACKAGE))
    counter.press("type", *(f"key:{symbol}" for symbol in card))


def on_the_notice(counter: Counter, card: str) -> None:
    """The notice is open over the page."""
    with_a_claim_code(counter, card)
    counter.press("privacy")


@pytest.mark.parametrize("end", [leave, cancel_or_finish])
@pytest.mark.parametrize("walk", [card_alone, package_first, with_a_claim_code, half_typed, on_the_notice])
def test_S5_after_the_session_the_machine_holds_nothing_of_the_shopper(
    walk: Walk, end: Callable[[Counter], None]
) -> None:
    """Every value that state, screen and effects still reach is looked at, not only what a repr would show."""
    counter = fresh()
    walk(counter, CARD)
    assert _traces(counter)
    end(counter)
    assert isinstance(counter.machine.state.page, Attract)
    assert _traces(counter) == []


def test_S5_a_registration_leaves_no_card_in_the_machine_either(counter: Counter) -> None:
    """Its journal knows it by an HMAC; the machine by nothing."""
    registered(counter, CARD)
    counter.press("finish")
    assert _traces(counter) == []


def walk_away(counter: Counter) -> None:
    """The warning comes and goes."""
    counter.wait(59)
    assert counter.screen.overlay is not None
    counter.wait(2)


def put_away_and_finish(counter: Counter) -> None:
    """Touch what ends the session."""
    counter.press("back", "finish")


def next_one_scans(counter: Counter) -> None:
    """The next package begins the next session."""
    counter.scan(frame(UNKNOWN))


def undo(counter: Counter) -> None:
    """The session goes on; the code is void."""
    counter.press("back", "undo", "yes")


@pytest.mark.parametrize("end", [walk_away, put_away_and_finish, next_one_scans, undo])
def test_S5_the_receipts_link_is_gone_from_memory_with_its_session(
    counter: Counter, end: Callable[[Counter], None]
) -> None:
    """It was shown on the screen (adr/0025); its drawing is looked at beside the other tests of it."""
    counter.desk.access_url = "https://photos.example/r"
    counter.desk.settle(counter.register(), LabelState.PRINTED)
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    counter.settle()
    counter.press("phone")
    assert _codes(counter.machine.state)
    assert _codes(counter.machine.screen)
    end(counter)
    assert not _codes((counter.machine.state, counter.machine.screen, counter.owed))


def _codes(root: object) -> list[str]:
    return [text for text in _texts_within(root) if ACCESS_CODE in text]


def _traces(counter: Counter) -> list[str]:
    """What of the card or the claim code the machine reaches, by any road through its objects."""
    machine = counter.machine
    roots = (machine.state, machine.screen, counter.owed)
    texts = (text for root in roots for text in _texts_within(root))
    return [text for text in texts if CARD in text or CLAIM_CODE in text or text == CARD[:12]]


def _texts_within(root: object) -> Iterator[str]:
    """Every text that can be reached from ``root`` by the garbage collector's own references."""
    seen, waiting = set[int](), [root]
    while waiting:
        held = waiting.pop()
        if id(held) in seen or isinstance(held, type) or callable(held):
            continue
        seen.add(id(held))
        if isinstance(held, str):
            yield held
        else:
            waiting += gc.get_referents(held)


def test_S5_the_walk_through_memory_finds_what_a_repr_hides(counter: Counter) -> None:
    """The card's number hides from every repr; the test above would be worth nothing if it looked there."""
    counter.scan(card_frame(CARD))
    assert CARD not in repr(counter.machine.state)
    assert CARD in set(_texts_within(counter.machine.state))
    assert isinstance(counter.machine.state, State)


def test_S5_neither_the_desks_thread_nor_the_scanners_keeps_a_card_while_it_waits() -> None:
    """Both sleep for hours between two shoppers, and the scanner knows a code again without keeping it."""
    told: queue.SimpleQueue[object] = queue.SimpleQueue()
    desk = stocked_desk()
    worker = DeskWorker(desk=desk, labels=desk, store=film_store(), clock=ManualClock(), tell=told.put)
    worker.start()
    worker.do(CheckClaim(session=1, item=Item(item=PACKAGE, level="package"), card=Card(card=CLUB)))
    assert isinstance(told.get(timeout=30), ClaimChecked)
    worker.do(ReadStation())
    told.get(timeout=30)
    assert CARD not in set(_texts_within(worker.__dict__))
    worker.stop()
    debounce = Debounce()
    code = Frame(data=CARD.encode(), at=1.0)
    assert not debounce.judge(code).repeated
    assert debounce.judge(code).repeated
    assert CARD.encode() not in set(_held_by(debounce))


def _held_by(root: object) -> Iterator[object]:
    seen, waiting = set[int](), [root]
    while waiting:
        held = waiting.pop()
        if id(held) not in seen and not isinstance(held, type):
            seen.add(id(held))
            waiting += gc.get_referents(held)
            if isinstance(held, bytes):
                yield held


def test_S5_an_abandoned_session_has_queued_nothing(counter: Counter) -> None:
    """Labels are queued by the commit that registers, and by nothing before it: there is nothing to void."""
    with_a_claim_code(counter, CARD)
    leave(counter)
    assert counter.desk.held == {}
    assert [job for papers in counter.desk.all_papers() for job in papers] == []


def test_S5_what_was_undone_is_void_though_it_was_queued(counter: Counter) -> None:
    """The shopper takes it back before leaving: no label of it counts, printed or not."""
    registered(counter, CARD)
    counter.press("undo", "yes")
    (held,) = counter.desk.held.values()
    assert held.withdrawn
    assert {counter.desk.void_copies[str(job.roll), job.copy] for job in held.jobs} == {"void"}
