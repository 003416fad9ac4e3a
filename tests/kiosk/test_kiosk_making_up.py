"""Film without serials at the kiosk, told as shopper and staff would: whose help, how many, is this right, labels."""

from itertools import permutations

import pytest

from kiosk.flow import effects as ask
from kiosk.flow.events import JournalMoved, PrinterSaid, Scanned
from kiosk.flow.values import Printer
from kiosk.testing.counter import (
    CARD,
    EAN,
    OTHER_CARD,
    PACKAGE,
    PIN,
    PRICE,
    Counter,
    badge_frame,
    card_frame,
    frame,
    label_frame,
    price_frame,
)
from photocore.scans import ProductScan
from sync.label_states import LabelState


def test_K1_O18_film_without_a_serial_says_what_it_is_and_whom_to_ask(counter: Counter) -> None:
    """The shopper is not left with a code that does nothing: what it is, another look, and who helps."""
    counter.scan(price_frame())
    assert counter.screen.title == "This film has no number of its own yet"
    assert counter.screen.rows[0].value == "Kestrel Pan 100 Trio"
    words = " ".join(block.text for block in counter.screen.blocks)
    assert "the same on every box" in words
    assert "please ask" in words
    assert "go_on" not in counter.screen.button_ids()
    assert counter.scanner.answers == [True]


def test_K1_a_shopper_with_a_card_keeps_it_while_the_film_waits_for_staff(counter: Counter) -> None:
    """Card first, film then: the card is still there, masked."""
    counter.scan(card_frame(CARD), price_frame())
    assert counter.screen.name == "unnumbered"
    assert counter.screen.rows[1].value == "•••• 7112"
    counter.press("other")
    assert counter.machine.state.page.card.card.number == CARD


def test_K1_the_square_code_of_the_same_box_leads_straight_on(counter: Counter) -> None:
    """Whoever finds the square code after all goes on as ever."""
    counter.scan(card_frame(CARD), price_frame(), frame(PACKAGE))
    assert counter.screen.name == "confirm"


def test_K1_an_unknown_price_code_shows_the_right_code_first_and_then_helps(counter: Counter) -> None:
    """A product nobody knows may be film: the box is looked at once more, and then staff can help."""
    counter.scan(price_frame(PRICE))
    assert counter.screen.slots[0].hint == "square_code"
    counter.press("no_square")
    assert counter.screen.name == "unnumbered"
    assert counter.screen.rows[0].value == "4006381333931"


@pytest.mark.parametrize("printed", ["4006381333931", "012345678905", "96385074", "14006381333938"])
def test_O18_a_price_code_without_a_name_is_shown_as_it_stands_on_the_box(counter: Counter, printed: str) -> None:
    """EAN-13, UPC, EAN-8: without the zeros that make 14 digits of them; one with an indicator is whole."""
    counter.sign_in()
    counter.machine.happen(Scanned(at=counter.clock.monotonic(), scan=ProductScan(gtin=printed.zfill(14))))
    counter.settle()
    assert counter.screen.rows[0].value == printed
    counter.press("go_on")
    assert counter.screen.name == "make_up_confirm"
    assert counter.screen.rows[0].value == printed


def test_O18_registering_from_the_shelf_foretells_the_receipt_alone_and_prints_it(counter: Counter) -> None:
    """The cartridges bear valid labels: the preview plans none, and none comes."""
    package = counter.make_up()
    _set_labels(counter, LabelState.PRINTED)
    counter.press("finish")
    counter.scan(b"]d290" + package.encode(), card_frame(CARD))
    assert counter.screen.name == "confirm"
    assert [ticket.kind for ticket in counter.screen.tickets] == ["receipt"]
    assert counter.screen.notice
    assert "stay valid" in counter.screen.notice.text
    counter.press("register")
    assert counter.screen.title == "Printing your receipt"
    assert [ticket.kind for ticket in counter.screen.tickets] == ["receipt"]


def test_O18_where_one_label_is_missing_that_one_is_foretold_by_its_own_place(counter: Counter) -> None:
    """Two of three cartridges bear theirs: roll 2 of 3 prints, and the receipt."""
    package = counter.make_up()
    made = counter.desk.made[package]
    made.jobs = [job for job in made.jobs if job.roll != made.manifest.rolls[1]]
    counter.press("finish")
    counter.scan(b"]d290" + package.encode(), card_frame(CARD))
    planned = [ticket.title for ticket in counter.screen.tickets]
    assert planned == ["Roll 2 of 3", "Receipt"]
    counter.press("register")
    assert [ticket.title for ticket in counter.screen.tickets] == planned
    assert counter.screen.title == "Printing your labels"


@pytest.mark.parametrize("order", list(permutations(["badge", "film", "card"])))
def test_O18_badge_film_and_card_in_any_order_make_one_package_and_register_it(
    counter: Counter, order: tuple[str, ...]
) -> None:
    """However they come: one package, one registration, one commit."""
    for what in order:
        if what == "badge":
            counter.sign_in()
        else:
            counter.scan(price_frame() if what == "film" else card_frame(CARD))
    assert counter.screen.name == "count"
    counter.press("go_on", "make_up")
    assert counter.screen.name == "labels_printing"
    (made,) = counter.desk.made.values()
    assert len(made.manifest.rolls) == 3
    assert not made.coded
    assert list(counter.desk.held) == [made.claim]
    assert [ticket.kind for ticket in counter.screen.tickets] == ["roll", "roll", "roll", "receipt"]


def test_O18_nothing_is_said_to_be_made_up_before_the_journal_has_it(counter: Counter) -> None:
    """Between touch and commit the screen promises nothing, and the scanner is silent."""
    counter.sign_in()
    counter.scan(price_frame())
    counter.press("go_on")
    before = list(counter.scanner.answers)
    counter.machine.press("make_up")
    assert counter.screen.name == "making_up"
    assert "There is no package until this screen says so" in counter.screen.guidance
    assert counter.scanner.answers == before
    counter.settle()
    assert counter.screen.name == "presale_printing"
    assert counter.scanner.answers == [*before, True]


@pytest.mark.parametrize("count", [1, 3, 20, 50])
def test_O18_as_many_cartridges_as_were_counted_get_a_label_and_the_package_one(counter: Counter, count: int) -> None:
    """One label a cartridge, one for the package, none more."""
    package = counter.make_up(count)
    kinds = [ticket.kind for ticket in counter.screen.tickets]
    assert kinds == ["roll"] * count + ["package"]
    assert len(counter.desk.made[package].manifest.rolls) == count


def test_O18_the_makers_word_is_the_first_count_and_a_person_may_change_it(counter: Counter) -> None:
    """Three to begin with; plus, minus and digits change it, and never beyond a package."""
    counter.sign_in()
    counter.scan(price_frame())
    assert counter.screen.stepper
    assert (counter.screen.stepper.value, counter.screen.stepper.unit) == (3, "cartridges")
    counter.press("minus", "minus")
    assert counter.screen.stepper.value == 1
    assert counter.screen.stepper.unit == "cartridge"
    assert counter.screen.stepper.minus is None
    counter.press("delete", "key:5", "key:0")
    assert counter.screen.stepper.value == 50
    assert counter.screen.stepper.plus is None
    counter.press("key:1")
    assert counter.screen.stepper.value == 50
    assert counter.screen.notice
    assert counter.screen.notice.text == "A package holds 1 to 50 cartridges."


def test_O18_a_film_nobody_knows_by_name_begins_at_one(counter: Counter) -> None:
    """No master data: one cartridge, and the price code as its name."""
    counter.sign_in()
    counter.scan(price_frame(PRICE))
    assert counter.screen.stepper
    assert counter.screen.stepper.value == 1


def test_O18_a_card_scanned_on_the_last_page_still_makes_it_a_registration(counter: Counter) -> None:
    """Nothing was tried yet, so the same IDs serve; and another card replaces it aloud."""
    counter.sign_in()
    counter.scan(price_frame())
    counter.press("go_on")
    counter.scan(card_frame(OTHER_CARD), card_frame(CARD))
    assert counter.screen.notice
    assert "Changed to the card" in counter.screen.notice.text
    counter.press("make_up")
    (held,) = counter.desk.held.values()
    assert held.wish.card.number == CARD


def test_O18_film_for_the_shelf_can_be_taken_back_and_says_how_much_paper_is_void(counter: Counter) -> None:
    """Undo by staff: the package is none, and the papers that came out are counted."""
    package = counter.make_up()
    _set_labels(counter, LabelState.PRINTED)
    assert counter.screen.name == "presale_done"
    assert counter.screen.notice
    assert "Put the strip on before anybody reads the claim code" in counter.screen.notice.text
    assert "the security strip over the framed part" in counter.screen.guidance
    counter.press("undo", "yes")
    assert counter.screen.name == "taken_back"
    assert "4 papers came out and are void" in counter.screen.blocks[1].text
    assert counter.desk.made[package].withdrawn
    assert counter.desk.overrides[-1] == (counter.staff.member.id, "unmake", "mistake")


def test_O18_labels_for_the_shelf_printed_again_are_new_ones(counter: Counter) -> None:
    """Print again: other copies, asked first, said after."""
    package = counter.make_up()
    _set_labels(counter, LabelState.PRINTED)
    old = {job.copy for job in counter.desk.made[package].jobs}
    counter.press("again")
    assert counter.screen.overlay
    assert "new claim codes" in counter.screen.overlay.text
    counter.press("yes")
    assert old.isdisjoint({job.copy for job in counter.desk.made[package].jobs})
    assert counter.screen.notice
    assert "New labels are on their way" in counter.screen.notice.text


def test_O18_the_next_package_needs_no_second_sign_in_and_finish_signs_out(counter: Counter) -> None:
    """Ten boxes in a row; then nobody is signed in on the public page."""
    counter.make_up()
    _set_labels(counter, LabelState.PRINTED)
    counter.press("next")
    assert counter.screen.name == "make_up_scan"
    counter.scan(price_frame())
    counter.press("go_on", "make_up")
    assert len(counter.desk.made) == 2
    _set_labels(counter, LabelState.PRINTED)
    counter.scan(price_frame(PRICE))
    assert counter.screen.name == "count"
    counter.press("cancel")
    assert counter.screen.name == "staff_home"
    counter.press("sign_out")
    assert counter.screen.name == "attract"
    assert counter.screen.staff is None


def test_O18_a_fresh_label_under_the_scanner_proves_that_it_is_on_paper(counter: Counter) -> None:
    """The printer did not say; the label does."""
    package = counter.make_up()
    _set_labels(counter, LabelState.PRINTED)
    job = counter.desk.made[package].jobs[1]
    counter.desk.set_job(job.id, LabelState.MAYBE)
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    counter.settle()
    assert counter.screen.title == "Did this label come out?"
    counter.scan(label_frame(str(job.roll), job.copy))
    assert counter.screen.name == "presale_done"
    assert counter.screen.notice
    assert "printed and valid" in counter.screen.notice.text


def test_O18_a_second_touch_and_a_retry_make_no_second_package(counter: Counter) -> None:
    """The answer is lost, the touch comes again: one package under one event ID."""
    counter.sign_in()
    counter.scan(price_frame())
    counter.press("go_on")
    counter.desk.is_torn = True
    counter.machine.press("make_up")
    counter.machine.press("make_up")
    counter.settle()
    assert counter.screen.name == "trouble_no_answer"
    assert "one package, never two" in counter.screen.blocks[1].text
    counter.desk.is_torn = False
    counter.press("retry")
    assert counter.screen.name == "presale_printing"
    assert len(counter.desk.made) == 1
    assert len(set(counter.desk.make_up_calls)) == 1


def test_O18_a_journal_that_is_down_makes_up_nothing_and_says_so(counter: Counter) -> None:
    """Surely not stored is said as such; the retry after it works."""
    counter.sign_in()
    counter.scan(price_frame())
    counter.press("go_on")
    counter.desk.is_down = True
    counter.press("make_up")
    assert counter.screen.name == "trouble_not_stored"
    assert "treat it as not made up" in counter.screen.blocks[0].text
    counter.desk.is_down = False
    counter.press("retry")
    assert counter.screen.name == "presale_printing"


def test_O18_after_a_lost_answer_a_failure_is_never_called_surely_not_stored(counter: Counter) -> None:
    """What may be stored stays in doubt until the journal says."""
    counter.sign_in()
    counter.scan(price_frame())
    counter.press("go_on")
    counter.desk.is_torn = True
    counter.press("make_up")
    counter.desk.is_down = True
    counter.press("retry")
    assert counter.screen.name == "trouble_no_answer"


def test_O18_an_answer_that_comes_after_we_gave_up_is_still_believed(counter: Counter) -> None:
    """Twelve seconds of silence, then the commit: the package is shown."""
    counter.sign_in()
    counter.scan(price_frame())
    counter.press("go_on")
    counter.machine.press("make_up")
    counter.wait(13.0)
    assert counter.screen.name == "trouble_no_answer"
    counter.settle()
    assert counter.screen.name == "presale_printing"


def test_O18_the_printer_away_stops_no_make_up_and_says_that_labels_come_later(counter: Counter) -> None:
    """Registration and make-up never wait for paper."""
    counter.machine.happen(PrinterSaid(at=counter.clock.monotonic(), printer=Printer.OFFLINE))
    counter.sign_in()
    counter.scan(price_frame())
    counter.press("go_on")
    assert counter.screen.notice
    assert "does not answer" in counter.screen.notice.text
    counter.press("make_up")
    assert counter.screen.name == "presale_held_up"
    assert "again" not in counter.screen.button_ids()


def test_O18_where_the_store_lets_them_shoppers_make_up_for_their_own_card_only(counter: Counter) -> None:
    """The store's setting opens it, and a card is asked for: nobody makes claim codes alone."""
    counter.store.make_up, counter.desk.shoppers_may = "shopper", True
    counter.owed.append(ask.ReadStation())
    counter.settle()
    counter.scan(price_frame())
    counter.press("go_on")
    assert "go_on" not in counter.screen.button_ids()
    assert counter.screen.notice
    assert "Now scan your card" in counter.screen.notice.text
    counter.scan(card_frame(CARD))
    counter.press("go_on", "make_up")
    assert counter.screen.name == "labels_printing"
    assert counter.desk.held


def test_O18_a_shoppers_undo_takes_the_package_of_the_same_commit_back(counter: Counter) -> None:
    """Registered and made up together, undone together."""
    counter.make_up(3, card=CARD)
    _set_labels(counter, LabelState.PRINTED)
    counter.press("undo", "yes")
    assert counter.screen.name == "undone"
    (made,) = counter.desk.made.values()
    assert made.withdrawn


def test_O18_staff_who_leave_leave_no_count_behind(counter: Counter) -> None:
    """Signed out on the count: the shopper's card stays, the count does not."""
    counter.sign_in()
    counter.scan(price_frame(), card_frame(CARD))
    counter.press("sign_out")
    assert counter.screen.name == "unnumbered"
    assert counter.screen.rows[1].value == "•••• 7112"
    assert counter.screen.staff is None


def test_O18_the_desk_hears_who_made_up_which_film_and_no_screen_tells_badge_or_pin(counter: Counter) -> None:
    """The override names staff by their word; badge and PIN stand nowhere."""
    package = counter.make_up()
    assert counter.desk.made[package].gtin == EAN
    assert counter.desk.made[package].staff == counter.staff.member.id
    assert PIN not in repr(counter.machine.state)
    assert badge_frame()[3:].decode() not in f"{counter.screen}{counter.machine.state}"


def _set_labels(counter: Counter, state: LabelState) -> None:
    for papers in counter.desk.all_papers():
        for job in list(papers):
            counter.desk.set_job(job.id, state)
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    counter.settle()
