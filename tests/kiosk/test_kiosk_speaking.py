"""The language of a session: chosen by a touch anywhere, on screen and on paper, and gone with the shopper."""

from dataclasses import fields, replace

import pytest

from kiosk.flow import effects as ask
from kiosk.flow.events import JournalMoved, PrinterSaid, ScannerSaid
from kiosk.flow.make_up_pages import MakeUpConfirming
from kiosk.flow.staff_effects import Override
from kiosk.flow.states import Attract, Scanning
from kiosk.flow.values import Item, Printer
from kiosk.testing import Counter, SilentScanner, badge_frame, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import CARD, PACKAGE, UNKNOWN, price_frame
from photocore.cards import CardTable, find_cards
from photocore.testing import ManualClock
from sync.label_states import LabelState

LANGUAGES = (("en", "English"), ("en_XA", "Ænglish"), ("en_XB", "hsilgnE"))


@pytest.fixture
def many() -> Counter:
    """A kiosk that speaks three languages, one of them from right to left."""
    return Counter(
        clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner(), languages=LANGUAGES
    )


def test_O19_each_language_stands_on_the_attract_page_by_its_own_name(many: Counter) -> None:
    """One touch, before anything else is asked; the one that is spoken is marked."""
    assert [(button.text, button.is_chosen) for button in many.screen.languages] == [
        ("English", True),
        ("Ænglish", False),
        ("hsilgnE", False),
    ]
    many.press("language:en_XA")
    assert many.screen.language == "en_XA"
    assert many.screen.title.startswith("[")


@pytest.mark.parametrize("place", ["scan", "keypad", "confirm", "labels", "unnumbered", "pin"])
def test_O19_the_language_changes_at_once_on_every_page_and_nothing_is_lost(many: Counter, place: str) -> None:
    """What was scanned stays, the page stays, the words change."""
    if place == "keypad":
        many.press("start", "type")
    elif place == "pin":
        many.scan(badge_frame())
    elif place == "unnumbered":
        many.scan(card_frame(CARD), price_frame())
    else:
        many.scan(frame(PACKAGE))
        if place != "scan":
            many.scan(card_frame(CARD))
        if place == "labels":
            many.press("register")
    before, title = many.machine.state.page, many.screen.title
    many.press("language")
    assert many.screen.overlay
    assert [button.text for button in many.screen.overlay.buttons[:3]] == ["English", "Ænglish", "hsilgnE"]
    many.press("language:en_XA")
    assert many.screen.overlay is None
    assert many.machine.state.page == before
    assert many.screen.title != title
    assert many.screen.language == "en_XA"


def test_O19_the_choice_can_be_closed_and_a_code_goes_through_it(many: Counter) -> None:
    """Close changes nothing; a scan is taken, and the choice makes room."""
    many.press("start", "language", "close")
    assert many.screen.overlay is None
    many.press("language")
    many.scan(frame(PACKAGE))
    assert many.screen.overlay is None
    assert many.screen.title == "Now scan your card"


def test_O19_touches_beside_the_choice_do_nothing(many: Counter) -> None:
    """The overlay covers the page."""
    many.scan(frame(PACKAGE), card_frame(CARD))
    many.press("language")
    many.machine.press("register")
    many.settle()
    assert not many.desk.held
    assert many.screen.overlay


def test_O19_a_language_that_is_not_offered_is_not_spoken(many: Counter) -> None:
    """A stray id changes nothing, nor does a language asked for where no choice is open."""
    many.press("start", "language")
    many.machine.press("language:xx")
    assert many.screen.language == "en"
    many.press("close")
    many.machine.press("language:en_XA")
    assert many.screen.language == "en"


@pytest.mark.parametrize("ending", ["cancel", "idle", "finish", "end"])
def test_O19_the_next_shopper_begins_in_the_kiosks_own_language_and_contrast(many: Counter, ending: str) -> None:
    """However a session ends, what one shopper chose does not meet the next."""
    many.press("language:en_XA", "start", "access", "contrast", "close")
    if ending == "finish":
        many.scan(frame(PACKAGE), card_frame(CARD))
        many.press("register", "finish")
    elif ending == "cancel":
        many.press("cancel")
    else:
        many.wait(41.0)
        many.press("end") if ending == "end" else many.wait(20.0)
    assert isinstance(many.machine.state.page, Attract)
    assert (many.screen.language, many.screen.access.has_contrast) == ("en", False)
    assert many.screen.title.startswith("Bring your film.")


def test_O19_a_language_chosen_by_somebody_who_walks_on_is_forgotten(many: Counter) -> None:
    """On the attract page too, without a word."""
    many.press("language:en_XB")
    many.wait(41.0)
    assert many.screen.language == "en"


def test_O19_the_second_package_of_the_same_shopper_stays_in_their_language(many: Counter) -> None:
    """Scanned right on the last page: most likely the same person, and nothing but the language is kept."""
    many.press("language:en_XA")
    claim = many.register()
    many.desk.settle(claim, LabelState.PRINTED)
    many.machine.happen(JournalMoved(at=many.clock.monotonic()))
    many.settle()
    many.scan(frame(UNKNOWN))
    assert many.machine.state.page == Scanning(
        item=Item(item=UNKNOWN, level="package"), package=many.machine.state.page.package
    )
    assert many.screen.language == "en_XA"


def test_K1_the_wish_carries_the_language_of_the_last_touch(many: Counter) -> None:
    """Receipt and labels speak what the shopper chose, even on the confirm page."""
    many.scan(frame(PACKAGE), card_frame(CARD))
    many.press("language", "language:en_XA", "register")
    (held,) = many.desk.held.values()
    assert held.wish.language == "en_XA"


def test_K1_a_retry_keeps_the_wish_it_was_tried_with(many: Counter) -> None:
    """The same event ID never stands for two wishes, whatever is chosen in between."""
    many.scan(frame(PACKAGE), card_frame(CARD))
    many.desk.is_down = True
    many.press("register", "language", "language:en_XA")
    many.desk.is_down = False
    many.press("retry")
    (held,) = many.desk.held.values()
    assert held.wish.language == "en"


def test_O18_a_package_made_up_for_a_shopper_speaks_their_language(many: Counter) -> None:
    """The labels are the shopper's."""
    many.press("language:en_XA")
    many.scan(card_frame(CARD), price_frame())
    many.sign_in()
    many.press("go_on", "make_up")
    (held,) = many.desk.held.values()
    assert held.wish.language == "en_XA"


def test_O19_with_one_language_there_is_no_choice(counter: Counter) -> None:
    """No button that leads nowhere."""
    assert counter.screen.languages == ()
    counter.press("start")
    assert "language" not in counter.screen.button_ids()


def test_K1_the_attract_page_tells_of_the_scanner_before_the_printer(many: Counter) -> None:
    """Both gone: what the shopper needs first is told first, and nobody is asked to hold anything under a dead beam."""
    clock = many.clock
    many.machine.happen(ScannerSaid(at=clock.monotonic(), is_there=False))
    many.machine.happen(PrinterSaid(at=clock.monotonic(), printer=Printer.PAPER_OUT))
    notice = many.screen.notice
    assert notice is not None
    first, second = notice.text.split("\n")
    assert first.startswith("The scanner does not answer.")
    assert "out of paper" in second
    assert many.screen.foot == ""


FRENCH_CARD = "CP123456782"
FRENCH = (CardTable(name="carte", kind="card", symbologies=("code-128",), pattern=r"CP\d{9}", language="fr"),)
TONGUES = (("en", "English"), ("de", "Deutsch"), ("fr", "Français"))


@pytest.fixture
def of_both() -> Counter:
    """A kiosk that begins in English; its roster has a card table of French shops too."""
    store = film_store()
    store.card_tables = (*store.card_tables, *FRENCH)
    return Counter(clock=ManualClock(), desk=stocked_desk(), store=store, scanner=SilentScanner(), languages=TONGUES)


def french_card() -> bytes:
    """A card of the French shops, as a Code 128 scanner sends it."""
    return b"]C0" + FRENCH_CARD.encode()


@pytest.mark.parametrize("place", ["scan", "confirm"])
def test_K1_a_card_of_another_language_brings_an_offer_of_it_and_no_more(of_both: Counter, place: str) -> None:
    """In that language, by one touch; the screen goes on as it was until it is touched."""
    of_both.scan(*((french_card(),) if place == "scan" else (frame(PACKAGE), french_card())))
    assert of_both.screen.name == place
    (offer,) = [button for button in of_both.screen.tools if button.id == "language:fr"]
    assert (offer.text, offer.language) == ("Français\u00a0?", "fr")
    assert of_both.screen.language == "en"
    of_both.press("language:fr")
    assert (of_both.screen.language, of_both.screen.name) == ("fr", place)
    assert "language:fr" not in of_both.screen.button_ids()


def test_K1_who_has_chosen_a_language_is_offered_no_other(of_both: Counter) -> None:
    """A card knows less of its holder than they do."""
    of_both.press("language:de")
    of_both.scan(french_card())
    assert "language:fr" not in of_both.screen.button_ids()
    of_both.machine.press("language:fr")
    assert of_both.screen.language == "de"


def test_K1_a_card_without_a_language_or_with_one_not_offered_here_brings_no_offer(of_both: Counter) -> None:
    """Nor does any card, where there is no choice of languages."""
    of_both.scan(card_frame(CARD))
    assert [button.id for button in of_both.screen.tools if button.id.startswith("language")] == ["language"]
    of_both.press("cancel")
    of_both.machine.state = replace(of_both.machine.state, languages=of_both.machine.state.languages[:2])
    of_both.scan(french_card())
    assert [button.id for button in of_both.screen.tools if button.id.startswith("language")] == ["language"]


def test_K1_the_offer_ends_with_the_session_and_no_card_is_remembered(of_both: Counter) -> None:
    """The same card again is offered the same, whatever was chosen with it before: nothing is kept."""
    of_both.scan(french_card())
    of_both.press("language:fr", "cancel")
    assert of_both.screen.language == "en"
    assert "Français\u00a0?" not in str(of_both.screen)
    of_both.scan(french_card())
    assert of_both.screen.language == "en"
    assert "language:fr" in of_both.screen.button_ids()


def test_K1_the_language_is_its_tables_and_says_nothing_of_a_card(of_both: Counter) -> None:
    """Two cards are the same with it or without, and it is in no text of them."""
    (_, with_it), (_, without) = (
        find_cards(tables, FRENCH_CARD, None)[0]
        for tables in (FRENCH, (CardTable(name="carte", kind="card", symbologies=("qr",), pattern=r"CP\d{9}"),))
    )
    assert (with_it.language, without.language) == ("fr", "")
    assert with_it == without
    assert "fr" not in repr(with_it)


def test_K1_labels_for_the_shelf_are_in_the_stores_own_language(many: Counter) -> None:
    """Nobody knows yet who will buy it; what a shopper chose before is none of theirs."""
    many.sign_in()
    many.press("language", "language:en_XA")
    many.scan(price_frame())
    many.press("go_on")
    page = many.machine.state.page
    assert isinstance(page, MakeUpConfirming)
    assert (page.wish.card, page.wish.language, many.screen.language) == (None, "en", "en_XA")


def test_K1_what_staff_print_again_stays_in_the_shoppers_language(many: Counter) -> None:
    """The wish for new labels has no language of its own: the registration's is theirs, whoever stands there."""
    many.press("language:en_XA")
    claim = many.register()
    assert many.desk.held[claim].wish.language == "en_XA"
    for again in (ask.PrintAgain, Override):
        assert "language" not in {one.name for one in fields(again)}
