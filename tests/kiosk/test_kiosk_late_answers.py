"""Answers that come late, to another question, or not at all: none is taken for what is on the screen now."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.flow import effects as ask
from kiosk.flow.events import JournalMoved, Scanned
from kiosk.flow.states import Labelling, Trouble, Typing
from kiosk.testing.counter import CARD, OTHER_CARD, PACKAGE, ROLLS, UNKNOWN, Counter, card_frame, frame
from kiosk.view import Screen
from photocore.codes import mint_claim_code
from photocore.ids import ItemId
from photocore.symbology import ClaimCodeScan
from photocore.testing import SeededEntropy
from sync.label_states import LabelState

Fault = Callable[[Counter], None]


def _tear(counter: Counter) -> None:
    counter.desk.is_torn = True


def _shut(counter: Counter) -> None:
    counter.desk.is_down = True


def _break(counter: Counter) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    counter.worker._desk = Broken()  # a desk that breaks at every verb


def test_K1_an_answer_judged_for_one_card_is_never_taken_for_another(counter: Counter) -> None:
    """Package, card A, card B: A's answer names A's claim; with B on the screen it must lead nowhere."""
    claim = counter.register()
    copies = {job.copy for job in counter.desk.held[claim].jobs}
    counter.press("finish")
    counter.machine.scan(frame(PACKAGE))
    counter.machine.scan(card_frame(CARD))
    counter.machine.scan(card_frame(OTHER_CARD))
    checks = [effect for effect in counter.owed if isinstance(effect, ask.CheckClaim)]
    counter.owed.clear()
    _answer(counter, checks[0])
    assert counter.screen.name == "scan"
    assert counter.desk.held[claim].number not in repr(counter.machine.state.page)
    _answer(counter, checks[1])
    assert counter.screen.name == "stopped_registered_to_another_card"
    assert {job.copy for job in counter.desk.held[claim].jobs} == copies


def test_K1_the_desk_is_told_whose_card_asks_for_the_labels_again(counter: Counter) -> None:
    """A second lock on the same door: the desk refuses another card, and the screen says that nothing changed."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    counter.press("finish")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    held = counter.desk.held[claim]
    held.wish = replace(held.wish, card=replace(held.wish.card, number=OTHER_CARD))
    copies = [job.copy for job in held.jobs]
    counter.press("again", "yes")
    assert counter.screen.name == "trouble_refused"
    assert [job.copy for job in held.jobs] == copies


@pytest.mark.parametrize("fault", [_tear, _break])
def test_K1_a_commit_nobody_can_tell_of_is_not_called_unregistered(counter: Counter, fault: Fault) -> None:
    """The journal went down in the middle: the registration may stand, so the screen says that we do not know."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    fault(counter)
    counter.press("register")
    assert counter.screen.name == "trouble_no_answer"
    assert "not registered" not in counter.screen.say
    assert "retry" in counter.screen.button_ids()


def test_K1_a_retry_that_surely_failed_does_not_unsay_the_try_before(counter: Counter) -> None:
    """Torn, then down: the first may be stored, so it is still *we do not know*; at last it is found, once."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.desk.is_torn = True
    counter.press("register")
    counter.desk.is_torn, counter.desk.is_down = False, True
    counter.press("retry")
    assert counter.screen.name == "trouble_no_answer"
    counter.press("retry")
    assert counter.screen.name == "trouble_no_answer"
    counter.desk.is_down = False
    counter.press("retry")
    assert counter.screen.name == "labels_printing"
    assert len(counter.desk.held) == 1


def test_K1_labels_again_print_at_last_what_waited_for_the_makers_list(counter: Counter) -> None:
    """Registered while nobody knew the rolls; the list came: *print again* brings the first labels."""
    claim = _register_unknown(counter)
    rolls = tuple(roll.replace("R4T9", "S4T9") for roll in ROLLS)
    counter.desk.stock(counter.desk.products["09506000134352"], UNKNOWN, rolls)
    counter.scan(frame(UNKNOWN), card_frame(CARD))
    counter.press("again", "yes")
    assert sum(ticket.kind == "roll" for ticket in counter.screen.tickets) == 3
    assert "Not on the maker's list" not in counter.screen.rows[0].detail
    assert not counter.machine.state.page.registration.is_waiting
    assert not counter.desk.held[claim].is_waiting


def test_K1_labels_again_say_that_they_still_wait_when_they_do(counter: Counter) -> None:
    """The list has not come even now: nothing prints, and nobody is told to take labels."""
    _register_unknown(counter)
    counter.scan(frame(UNKNOWN), card_frame(CARD))
    counter.press("again", "yes")
    assert counter.screen.title == "Accepted. Keep your receipt."
    assert "Take your labels" not in counter.screen.say


def test_K1_a_store_of_receipts_offers_no_labels_again(counter: Counter) -> None:
    """Where no roll labels are printed, none are promised."""
    counter.register()
    counter.press("finish")
    counter.store.prints_labels = False
    counter.owed.append(ask.ReadStation())
    counter.settle()
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.screen.name == "before"
    assert "again" not in counter.screen.button_ids()


def test_K1_undo_counts_the_paper_at_its_commit_not_on_the_screen_before(counter: Counter) -> None:
    """Labels that moved after the last picture are counted, and one on its way is said to come."""
    claim = counter.register()
    first, second = (job.id for job in counter.desk.held[claim].jobs[:2])
    counter.desk.settle(claim, LabelState.PRINTED, only=first)
    counter.desk.settle(claim, LabelState.SENDING, only=second)
    counter.press("undo", "yes")
    assert "1 paper came out and is void" in counter.screen.say
    assert "1 more may be out or still come" in counter.screen.say


def test_K1_undo_before_anything_printed_says_that_nothing_came_out(counter: Counter) -> None:
    """No paper, no talk of throwing it away."""
    counter.register()
    counter.press("undo", "yes")
    assert "Nothing was printed" in counter.screen.say


def test_K1_an_undo_answered_late_is_still_shown(counter: Counter) -> None:
    """Twelve seconds, *back*, and then the answer: the screen says undone."""
    late = _ask_undo(counter)
    counter.wait(counter.limits.desk_s + 1)
    assert counter.screen.name == "trouble_no_answer"
    counter.press("back")
    assert isinstance(counter.machine.state.page, Labelling)
    _answer(counter, late)
    assert counter.screen.name == "undone"


def test_K1_one_screen_never_says_registered_and_undone(counter: Counter) -> None:
    """The undo was stored and its answer lost: *back* reads what stands, and title, chip and buttons agree."""
    claim = counter.register()
    counter.desk.is_torn = True
    counter.press("undo", "yes")
    assert counter.screen.name == "trouble_no_answer"
    assert "stored, unchanged" not in counter.screen.say
    assert "may still stand" in counter.screen.say
    counter.press("back")
    assert counter.desk.held[claim].withdrawn
    assert counter.screen.title == "This registration was undone"
    assert not counter.screen.chips
    assert counter.screen.button_ids() & {"undo", "again"} == set()


def test_K1_new_labels_nobody_can_tell_of_are_not_called_unmade(counter: Counter) -> None:
    """Print again, answer lost: the words say that new labels may come; *back* shows the new copies."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    counter.desk.is_torn = True
    counter.press("again", "yes")
    assert "New labels may come out, or may not" in counter.screen.say
    counter.press("back")
    shown = {label.copy for label in counter.machine.state.page.labels}
    assert shown == {job.copy for job in counter.desk.held[claim].jobs}


def test_K1_a_change_that_was_surely_not_stored_says_so(counter: Counter) -> None:
    """Down from the start: the registration stands as it was, without a *perhaps*."""
    counter.register()
    _shut(counter)
    counter.press("undo", "yes")
    assert counter.screen.name == "trouble_not_stored"
    assert "so it was not made" in counter.screen.say


def test_K1_a_failed_reading_of_the_labels_is_no_failed_undo(counter: Counter) -> None:
    """The screen waits for the undo; a question that was asked before it and failed says nothing of it."""
    counter.register()
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    reading = next(effect for effect in counter.owed if isinstance(effect, ask.ReadClaim))
    counter.owed.clear()
    late = _ask_undo(counter, registered=True)
    desk = counter.worker._desk
    _break(counter)
    _answer(counter, reading)
    assert counter.screen.name == "wait_undo"
    counter.worker._desk = desk
    _answer(counter, late)
    assert counter.screen.name == "undone"


def test_K1_the_verdict_on_one_label_is_not_shown_for_another(counter: Counter) -> None:
    """Label A, no answer in time, back, label B: A's late verdict leaves B's wait alone."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    counter.machine.scan(frame(f"{ROLLS[0]}(91)7KQ2ZZ"))
    late = counter.owed.pop()
    counter.wait(counter.limits.desk_s + 1)
    counter.press("back")
    counter.machine.scan(frame(f"{ROLLS[1]}(91)7KQ2YY"))
    _answer(counter, late)
    assert counter.screen.name == "wait_copy"
    counter.settle()
    assert counter.machine.state.page.copy == "7KQ2YY"


@pytest.mark.parametrize("brought", [[], [card_frame(CARD)]])
def test_K1_a_claim_code_goes_with_its_package(counter: Counter, brought: list[bytes]) -> None:
    """Another package is scanned instead: the first one's claim code is not sent along."""
    counter.scan(frame(UNKNOWN), *brought)
    code = mint_claim_code(SeededEntropy(7))
    counter.machine.happen(Scanned(at=counter.clock.monotonic(), scan=ClaimCodeScan(code=code)))
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.machine.state.page.wish.claim_code is None


def test_K1_a_claim_code_scanned_before_its_package_is_kept(counter: Counter) -> None:
    """Code first, then the package it came from."""
    code = mint_claim_code(SeededEntropy(7))
    counter.press("start")
    counter.machine.happen(Scanned(at=counter.clock.monotonic(), scan=ClaimCodeScan(code=code)))
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.machine.state.page.wish.claim_code == code


def test_K1_an_answer_reaches_the_page_under_the_keypad(counter: Counter) -> None:
    """The look-up ends while the card number is being typed: the keypad stays, the package is there behind it."""
    counter.machine.scan(frame(PACKAGE))
    counter.machine.press("type")
    counter.machine.press("key:2")
    counter.settle()
    page = counter.machine.state.page
    assert isinstance(page, Typing)
    assert page.text == "2"
    assert counter.screen.notice is None
    counter.press("back")
    assert "Halide Gold 400" in counter.screen.slots[0].detail


def test_K1_a_recall_closes_the_keypad(counter: Counter) -> None:
    """What is learned while somebody types is not kept from them."""
    counter.desk.revoked.add(ItemId(PACKAGE))
    counter.machine.scan(frame(PACKAGE))
    counter.machine.press("type")
    counter.settle()
    assert counter.screen.name == "stopped_revoked"


def test_K1_a_failed_look_up_takes_away_only_its_own_package(counter: Counter) -> None:
    """Package A's failure arrives when B is here: B stays, and B's own failure is said."""
    counter.machine.scan(frame(UNKNOWN))
    counter.machine.scan(frame(PACKAGE))
    older, newer = (effect for effect in counter.owed if isinstance(effect, ask.LookUp))
    counter.owed.clear()
    _break(counter)
    _answer(counter, older)
    assert counter.machine.state.page.item.item == PACKAGE
    _answer(counter, newer)
    assert counter.machine.state.page.item is None
    assert counter.screen.notice
    assert "could not be looked up" in counter.screen.notice.text


def test_K1_a_failed_look_up_leaves_a_check_alone(counter: Counter) -> None:
    """Package and card are being looked at together; the look-up before it does not matter any more."""
    counter.machine.scan(frame(PACKAGE))
    counter.machine.scan(card_frame(CARD))
    look_up, check = counter.owed
    counter.owed.clear()
    desk = counter.worker._desk
    _break(counter)
    _answer(counter, look_up)
    assert not isinstance(counter.machine.state.page, Trouble)
    counter.worker._desk = desk
    _answer(counter, check)
    assert counter.screen.name == "confirm"


@pytest.mark.parametrize("state", [LabelState.SENDING, LabelState.AWAITING_PROOF])
def test_K1_a_label_that_is_stuck_does_not_hold_the_card_on_the_screen(counter: Counter, state: LabelState) -> None:
    """It may print for minutes; once it has not moved for long it is no sign of life, and the session is cleared."""
    claim = counter.register()
    counter.desk.settle(claim, state)
    _moved(counter)
    counter.wait(counter.limits.print_s - 1)
    assert counter.screen.overlay is None
    seen: list[Screen] = []
    counter.machine.on_screen = seen.append
    counter.wait(counter.limits.idle_s + counter.limits.warn_s + 2)
    assert any(screen.overlay and screen.overlay.title == "Still there?" for screen in seen)
    assert counter.screen.name == "attract"
    assert "7112" not in repr(counter.machine.state)


def test_K1_each_label_that_moves_gives_the_set_its_time_again(counter: Counter) -> None:
    """A brick of many labels is not cut off: every step counts."""
    claim = counter.register()
    for job in counter.desk.held[claim].jobs:
        counter.desk.settle(claim, LabelState.SENDING, only=job.id)
        _moved(counter)
        counter.wait(counter.limits.print_s - 1)
        assert counter.screen.overlay is None
        counter.desk.settle(claim, LabelState.PRINTED, only=job.id)
    assert isinstance(counter.machine.state.page, Labelling)


def _answer(counter: Counter, effect: ask.Effect) -> None:
    answer = counter.worker.carry_out(effect)
    assert answer is not None
    counter.machine.happen(answer)


def _ask_undo(counter: Counter, *, registered: bool = False) -> ask.Effect:
    """Touch undo and yes; return the question the desk has not answered yet."""
    if not registered:
        counter.register()
    counter.machine.press("undo")
    counter.machine.press("yes")
    return counter.owed.pop()


def _register_unknown(counter: Counter) -> str:
    counter.scan(frame(UNKNOWN), card_frame(CARD))
    counter.press("register")
    claim = next(iter(counter.desk.held))
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    counter.press("finish")
    return claim


def _moved(counter: Counter) -> None:
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    counter.settle()
