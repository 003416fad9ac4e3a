"""What the kiosk does at each step, told as a shopper would: scans, touches, and what the desk says."""

import pytest

from kiosk.flow.values import Light
from kiosk.testing.counter import (
    CARD,
    OTHER_CARD,
    PACKAGE,
    PRICE,
    ROLLS,
    UNKNOWN,
    Counter,
    badge_frame,
    card_frame,
    frame,
)
from photocore.ids import ItemId
from sync.label_states import LabelState


def test_K1_O19_package_then_card_leads_to_confirm_and_registers_at_one_touch(counter: Counter) -> None:
    """The main walk: package, card, one touch, and only the stored registration says *registered*."""
    counter.scan(frame(PACKAGE))
    assert counter.screen.title == "Now scan your card"
    counter.scan(card_frame(CARD))
    assert counter.screen.name == "confirm"
    counter.press("register")
    assert counter.screen.name == "labels_printing"
    assert [chip.text for chip in counter.screen.chips] == ["Registered here"]


def test_K1_card_then_package_leads_to_the_same_place(counter: Counter) -> None:
    """The order does not matter."""
    counter.scan(card_frame(CARD))
    assert counter.screen.title == "Now scan your film package"
    counter.scan(frame(PACKAGE))
    assert counter.screen.name == "confirm"


def test_K1_a_roll_brings_its_whole_package(counter: Counter) -> None:
    """Any one roll's ID registers the package, and the screen says so before the touch."""
    counter.scan(frame(ROLLS[1]), card_frame(CARD))
    assert counter.screen.rows[0].title == "Roll, with its whole package"
    assert counter.screen.rows[0].value.endswith("7KQ2481MPX")


def test_K1_the_screen_claims_nothing_while_the_journal_writes(counter: Counter) -> None:
    """Between the touch and the commit nothing is registered, and the screen says that too."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.machine.press("register")
    assert counter.screen.name == "registering"
    assert "Nothing is registered until this screen says so" in counter.screen.guidance


def test_K2_each_code_gets_one_answer_and_the_commit_one_more(counter: Counter) -> None:
    """Good for what is taken, refused for what is not, and good again when the journal has it."""
    counter.scan(frame(PACKAGE), b"]E0" + PRICE.encode(), card_frame(CARD))
    assert counter.scanner.answers == [True, False, True]
    counter.press("register")
    assert counter.scanner.answers == [True, False, True, True]


def test_K2_a_code_that_stays_under_the_beam_is_answered_again_and_does_nothing(counter: Counter) -> None:
    """A repeated frame is no second scan."""
    counter.scan(frame(PACKAGE))
    before = counter.screen
    counter.machine.scan(frame(PACKAGE), is_repeated=True)
    assert counter.screen == before
    assert counter.scanner.answers == [True, True]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (b"]E0" + PRICE.encode(), "That is the price code"),
        (b"]C0TCO-" + b"0000000000", ""),
        (b"]d2010950600013435221SHORT", ""),
        (b"\x01\x02garbage", "could not read that cleanly"),
        (b"", "could not read that cleanly"),
        (b"x" * 4096, "longer than any code we use"),
        (b"]Q0https://evil.example/?q=1", ""),
    ],
)
@pytest.mark.parametrize("place", ["attract", "package", "card", "confirm"])
def test_K1_a_wrong_code_is_explained_at_every_step_and_loses_nothing(
    counter: Counter, code: bytes, words: str, place: str
) -> None:
    """Whatever is scanned, what was brought stays, and a sentence says what it was."""
    brought = {
        "attract": [],
        "package": [frame(PACKAGE)],
        "card": [card_frame(CARD)],
        "confirm": [frame(PACKAGE), card_frame(CARD)],
    }
    counter.scan(*brought[place])
    before = counter.machine.state.page
    counter.scan(code)
    assert counter.screen.notice is not None
    assert words in counter.screen.notice.text
    assert counter.scanner.answers[-1] is False
    kept = ("item", "card", "package", "wish")
    after = counter.machine.state.page
    assert all(getattr(after, name) == getattr(before, name) for name in kept if hasattr(before, name))


def test_K1_a_badge_on_the_confirm_page_is_explained_and_loses_nothing(counter: Counter) -> None:
    """In the middle of a registration a badge opens nothing."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    before = counter.machine.state.page.wish
    counter.scan(badge_frame())
    assert counter.screen.notice
    assert counter.screen.notice.text == "That is a staff badge. Please scan the registration card instead."
    assert counter.machine.state.page.wish == before


def test_K1_the_price_code_shows_which_code_is_meant(counter: Counter) -> None:
    """The picture crosses out the price code and rings the square one."""
    counter.scan(b"]E0" + PRICE.encode())
    assert counter.screen.slots[0].hint == "square_code"


def test_K1_the_same_card_twice_is_no_harm_and_another_replaces_it_aloud(counter: Counter) -> None:
    """Card twice: said; another card: the last one counts, and is checked anew under a new event ID."""
    counter.scan(card_frame(CARD), card_frame(CARD))
    assert counter.screen.notice
    assert "same card" in counter.screen.notice.text
    counter.scan(frame(PACKAGE))
    first = counter.machine.state.page.wish.event_id
    counter.scan(card_frame(OTHER_CARD))
    assert counter.screen.name == "confirm"
    assert counter.screen.notice
    assert "Changed to the card" in counter.screen.notice.text
    assert counter.machine.state.page.wish.event_id != first


def test_K1_another_package_replaces_the_first_aloud(counter: Counter) -> None:
    """The package scanned last is the one that is registered."""
    counter.scan(frame(UNKNOWN), card_frame(CARD), frame(PACKAGE))
    assert counter.screen.name == "confirm"
    assert counter.machine.state.page.wish.item.item == PACKAGE
    assert counter.screen.notice
    assert "Changed to the package" in counter.screen.notice.text


def test_K1_labels_fill_in_one_by_one_as_they_are_proven(counter: Counter) -> None:
    """A label is shown as printed when the journal says so, not before."""
    claim = counter.register()
    first = counter.desk.held[claim].jobs[0].id
    counter.desk.settle(claim, LabelState.PRINTED, only=first)
    _moved(counter)
    assert [ticket.look for ticket in counter.screen.tickets] == ["proven", "waiting", "waiting", "waiting"]
    assert counter.screen.progress == 0.25
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    assert counter.screen.name == "labels_done"
    assert counter.screen.title == "Done. Take your labels."


def test_K1_a_label_that_may_have_come_out_is_settled_by_its_scan(counter: Counter) -> None:
    """Silence asks for the fresh label; its scan is the proof, another label's is not."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    unsure = counter.desk.held[claim].jobs[1]
    counter.desk.settle(claim, LabelState.MAYBE, only=unsure.id)
    _moved(counter)
    assert counter.screen.name == "labels_maybe"
    assert "scanner" in counter.screen.guidance
    counter.scan(frame(f"{unsure.roll}(91){unsure.copy}"))
    assert counter.screen.name == "labels_done"
    assert counter.screen.notice
    assert counter.screen.notice.tone == "good"


def test_K1_the_linear_code_of_a_fresh_label_is_not_enough(counter: Counter) -> None:
    """It names the roll, not the copy: the shopper is told to use the square code."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.MAYBE)
    _moved(counter)
    counter.scan(frame(ROLLS[0]))
    assert counter.screen.notice
    assert "square code" in counter.screen.notice.text
    assert counter.desk.held[claim].jobs[0].state is LabelState.MAYBE


def test_K1_undo_asks_first_and_then_says_which_paper_is_void(counter: Counter) -> None:
    """Undo is a question, then an event; the labels that came out are void."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    counter.press("undo")
    assert counter.screen.overlay
    assert counter.screen.overlay.title == "Undo this registration?"
    counter.press("no")
    assert not counter.desk.held[claim].withdrawn
    counter.press("undo", "yes")
    assert counter.desk.held[claim].withdrawn
    assert "4 papers came out and are void" in counter.screen.say


def test_K1_undo_ends_with_the_session(counter: Counter) -> None:
    """Who finds the registration later by its receipt cannot undo it."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    number = counter.desk.held[claim].number
    counter.press("finish")
    counter.machine.happen(_found(counter, number))
    assert "undo" not in counter.screen.button_ids()


def test_K1_an_undo_that_could_not_be_stored_says_that_the_registration_stands(counter: Counter) -> None:
    """The screen never says undone when it is not."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    counter.desk.is_down = True
    counter.press("undo", "yes")
    assert counter.screen.name == "trouble_not_stored"
    assert "stored, unchanged" in counter.screen.say
    counter.press("back")
    assert counter.screen.name == "labels_done"


def test_K1_an_unknown_package_is_accepted_and_waits_for_the_makers_list(counter: Counter) -> None:
    """Well-formed but unknown: receipt only, in DESIGN 5H's words; the labels come on scanning the receipt."""
    counter.scan(frame(UNKNOWN), card_frame(CARD))
    assert counter.screen.notice
    assert "maker's list" in counter.screen.notice.text
    counter.press("register")
    claim = next(iter(counter.desk.held))
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    assert [chip.text for chip in counter.screen.chips] == ["Registered here", "Waiting for the maker's list"]
    assert [ticket.kind for ticket in counter.screen.tickets] == ["receipt"]


def test_K1_the_receipt_prints_the_labels_that_waited(counter: Counter) -> None:
    """Once the list is known, the receipt's registration number brings the labels out."""
    counter.scan(frame(UNKNOWN), card_frame(CARD))
    counter.press("register", "finish")
    claim = next(iter(counter.desk.held))
    rolls = tuple(roll.replace("R4T9", "S4T9") for roll in ROLLS)
    counter.desk.stock(counter.desk.products["09506000134352"], UNKNOWN, rolls)
    counter.machine.happen(_found(counter, counter.desk.held[claim].number))
    assert counter.screen.name == "receipt_printing"
    assert sum(ticket.kind == "roll" for ticket in counter.screen.tickets) == 3


def test_K1_the_receipt_in_the_hand_prints_what_waited_also_before_the_session_ends(counter: Counter) -> None:
    """The list comes while the shopper still stands there: scanning the fresh receipt is no mere greeting."""
    counter.scan(frame(UNKNOWN), card_frame(CARD))
    counter.press("register")
    claim = next(iter(counter.desk.held))
    counter.desk.settle(claim, LabelState.PRINTED)
    _moved(counter)
    rolls = tuple(roll.replace("R4T9", "S4T9") for roll in ROLLS)
    counter.desk.stock(counter.desk.products["09506000134352"], UNKNOWN, rolls)
    counter.machine.happen(_found(counter, counter.desk.held[claim].number))
    assert counter.screen.name == "receipt_printing"
    assert sum(ticket.kind == "roll" for ticket in counter.screen.tickets) == 3


def test_K1_a_receipt_wakes_labels_that_were_deferred(counter: Counter) -> None:
    """A label no printer could print before is queued again."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.DEFERRED)
    counter.press("finish")
    counter.machine.happen(_found(counter, counter.desk.held[claim].number))
    assert len(counter.desk.resumed) == 4


def test_K1_a_package_registered_before_with_this_card_can_have_its_labels_again(counter: Counter) -> None:
    """Same card: no second registration; a new set after a question, since the old one becomes void."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    old = [job.copy for job in counter.desk.held[claim].jobs if job.kind == "roll"]
    counter.press("finish")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.screen.name == "before"
    counter.press("again")
    assert counter.screen.overlay
    assert "void" in counter.screen.overlay.text
    counter.press("yes")
    assert counter.screen.name == "labels_printing"
    assert not set(old) & {job.copy for job in counter.desk.held[claim].jobs}
    assert len(counter.desk.held) == 1


def test_K1_a_package_registered_to_another_card_is_refused_with_what_to_do(counter: Counter) -> None:
    """Other card: refused; nothing of the other person is shown; another card or package can be tried."""
    counter.register()
    counter.press("finish")
    counter.scan(frame(PACKAGE), card_frame(OTHER_CARD))
    assert counter.screen.name == "stopped_registered_to_another_card"
    assert "counter" in counter.screen.say
    assert "4711" not in counter.screen.say
    counter.scan(card_frame(CARD))
    assert counter.screen.name == "before"


def test_K1_a_recalled_package_is_stopped(counter: Counter) -> None:
    """A revocation in the roster stops it at the first scan."""
    counter.desk.revoked.add(ItemId(PACKAGE))
    counter.scan(frame(PACKAGE))
    assert counter.screen.name == "stopped_revoked"


def test_K1_a_journal_that_fails_says_not_registered_and_retries_under_the_same_id(counter: Counter) -> None:
    """JournalDown at the commit: treated as not registered; the retry carries the same event ID."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.desk.is_down = True
    counter.press("register")
    assert counter.screen.title == "Not stored"
    assert counter.scanner.answers[-1] is True
    counter.desk.is_down = False
    counter.press("retry")
    assert counter.screen.name == "labels_printing"
    assert len(set(counter.desk.held)) == 1


def test_K1_a_commit_without_an_answer_is_never_guessed(counter: Counter) -> None:
    """No answer in time: we do not know, and a retry is safe; a late answer is still taken."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.machine.press("register")
    late = counter.owed.pop()
    counter.wait(counter.limits.desk_s + 1)
    assert counter.screen.title == "We do not know yet"
    answer = counter.worker.carry_out(late)
    assert answer is not None
    counter.machine.happen(answer)
    assert counter.screen.name == "labels_printing"


def test_K1_the_start_is_blocked_when_nothing_can_be_stored(counter: Counter) -> None:
    """Journal down: the kiosk is closed and says so; scans are refused; it opens again by itself."""
    counter.desk.is_down = True
    _moved(counter)
    assert counter.screen.name == "closed"
    counter.scan(frame(PACKAGE))
    assert counter.screen.name == "closed"
    assert counter.scanner.answers == [False]
    counter.desk.is_down = False
    counter.press("check")
    assert counter.screen.name == "attract"


@pytest.mark.parametrize("fault", ["paper_out", "cover_open", "offline", "error"])
def test_K1_registration_never_waits_for_paper_and_says_so_before(counter: Counter, fault: str) -> None:
    """A printer that cannot print blocks nothing: the shopper knows before touching, and gets the number to keep."""
    from kiosk.flow.events import PrinterSaid
    from kiosk.flow.values import Printer

    counter.machine.happen(PrinterSaid(at=counter.clock.monotonic(), printer=Printer(fault)))
    assert counter.screen.notice
    assert "later" in counter.screen.notice.text
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.screen.tickets[-1].word == "prints later"
    counter.press("register")
    assert counter.screen.name == "labels_held_up"
    assert counter.screen.number == next(iter(counter.desk.held.values())).number


def test_K1_a_typed_package_and_card_go_the_same_way_and_are_marked(counter: Counter) -> None:
    """The keypad: typed is typed; the card is marked unproven, on the screen and in the wish."""
    counter.press("start", "type")
    counter.type_in("010950600013435221" + "7KQ2481MPX")
    counter.press("type")
    counter.type_in(CARD)
    assert counter.screen.name == "confirm"
    assert counter.screen.rows[1].tag == "typed, unproven"
    counter.press("register")
    wish = next(iter(counter.desk.held.values())).wish
    assert (wish.item_typed, wish.card_typed) == (True, True)
    assert counter.scanner.answers == [True]  # the commit's; nothing was scanned


@pytest.mark.parametrize("text", ["A", "29000000", "TCP-", "0109506000134352", "0" * 40, CARD[:-1] + "9"])
def test_K1_a_typing_error_is_said_and_can_be_mended(counter: Counter, text: str) -> None:
    """What is no package ID stays on the keypad, to be corrected."""
    counter.press("start", "type")
    counter.type_in(text)
    assert counter.screen.name == "type_package"
    assert counter.screen.keypad
    assert counter.screen.keypad.text == text
    assert counter.screen.notice is not None


def test_K1_a_claim_code_is_taken_and_only_said_to_be_checked(counter: Counter) -> None:
    """Optional; nobody at the counter can tell whether it is right."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.press("claim_code")
    from photocore.codes import mint_claim_code
    from photocore.testing import SeededEntropy

    code = mint_claim_code(SeededEntropy(7))
    counter.type_in(code)
    assert counter.screen.rows[2].value == "noted, will be checked"
    counter.press("register")
    assert next(iter(counter.desk.held.values())).wish.claim_code == code


def test_K1_a_scan_ends_the_typing(counter: Counter) -> None:
    """Who finds the code after all may just scan it."""
    counter.press("start", "type", "key:T")
    counter.scan(frame(PACKAGE))
    assert counter.screen.title == "Now scan your card"


@pytest.mark.parametrize(
    ("verdict", "title"),
    [("valid", "This label is valid"), ("replaced", "This label was replaced"), ("void", "This label is void")],
)
def test_K1_a_label_under_the_scanner_says_what_it_is_worth(counter: Counter, verdict: str, title: str) -> None:
    """Valid, replaced or void: for the shopper who has two."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    job = counter.desk.held[claim].jobs[0]
    counter.press("finish")
    if verdict == "replaced":
        counter.desk.reprint(claim, None, "test")
    if verdict == "void":
        counter.desk.undo(claim)
    counter.scan(frame(f"{job.roll}(91){job.copy}"))
    assert counter.screen.title == title
    assert counter.scanner.answers[-1] is (verdict == "valid")


def test_K1_a_label_from_elsewhere_can_still_register_its_film(counter: Counter) -> None:
    """A pre-sale label's square code names its roll: the registration can begin with it."""
    counter.scan(frame(f"{ROLLS[0]}(91)7KQ2ZZ"))
    assert counter.screen.name == "copy_unknown"
    counter.press("register")
    assert counter.screen.title == "Now scan your card"


def test_K1_a_warned_shopper_can_have_more_time_and_an_absent_one_is_forgotten(counter: Counter) -> None:
    """The warning is visible and counts down; a touch keeps the session; silence wipes it."""
    counter.scan(frame(PACKAGE))
    counter.wait(counter.limits.idle_s + 1)
    assert counter.screen.overlay
    assert counter.screen.overlay.title == "Still there?"
    counter.press("more")
    assert counter.screen.overlay is None
    counter.wait(counter.limits.idle_s + counter.limits.warn_s + 1)
    assert counter.screen.name == "attract"
    assert PACKAGE not in repr(counter.machine.state)


def test_K1_a_scan_is_activity_too(counter: Counter) -> None:
    """Somebody who scans is there."""
    counter.scan(frame(PACKAGE))
    counter.wait(counter.limits.idle_s - 1)
    counter.scan(b"]E0" + PRICE.encode())
    counter.wait(counter.limits.idle_s - 1)
    assert counter.screen.overlay is None


def test_K1_a_label_on_its_way_is_activity_but_a_stuck_queue_is_not(counter: Counter) -> None:
    """Nobody is sent away from a printing label; a printer that does nothing holds no screen for ever."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.SENDING)
    _moved(counter)
    counter.wait(3 * counter.limits.idle_s)
    assert counter.screen.name == "labels_printing"
    assert counter.screen.overlay is None
    counter.desk.settle(claim, LabelState.QUEUED)
    _moved(counter)
    counter.wait(counter.limits.idle_s + counter.limits.warn_s + 1)
    assert counter.screen.name == "attract"


def test_K1_an_answer_to_the_shopper_before_is_dropped(counter: Counter) -> None:
    """A look-up that ends after the reset must not show one shopper's package to the next."""
    counter.machine.scan(frame(PACKAGE))
    late = counter.owed.pop()
    counter.machine.press("cancel")
    answer = counter.worker.carry_out(late)
    assert answer is not None
    counter.machine.happen(answer)
    assert counter.screen.name == "attract"
    assert PACKAGE not in repr(counter.machine.state)


def test_K1_a_worker_fault_becomes_a_page_that_says_so(counter: Counter) -> None:
    """A fault nobody foresaw at the commit never reads as success."""
    counter.scan(frame(PACKAGE), card_frame(CARD))

    class Broken:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(name)

    counter.worker._desk = Broken()  # a desk that breaks at every verb
    counter.press("register")
    assert counter.screen.title == "We do not know yet"


def test_K1_the_light_tells_online_and_offline_with_how_many_and_how_old(counter: Counter) -> None:
    """One always-visible light (DESIGN 5H)."""
    from kiosk.language import speak
    from kiosk.view.words import light_of

    t = speak("en").strings
    assert counter.screen.light.text == "Online"
    assert light_of(Light(), t).text == "Working offline"
    assert light_of(Light(unsent=2, oldest_s=59.0), t).text == "Working offline, 2 waiting"
    assert light_of(Light(unsent=9, oldest_s=3 * 3600.0), t).text == "Working offline, 9 waiting, oldest 3 hours"


def _moved(counter: Counter) -> None:
    from kiosk.flow.events import JournalMoved

    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    counter.settle()


def _found(counter: Counter, number: str) -> object:
    """Scan a receipt as far as the desk's answer (the fake's numbers carry no check symbol)."""
    from kiosk.flow.events import Scanned
    from photocore.symbology import ReceiptScan

    counter.machine.happen(Scanned(at=counter.clock.monotonic(), scan=ReceiptScan(number=number)))
    answer = counter.worker.carry_out(counter.owed.pop())
    assert answer is not None
    return answer
