"""The privacy notice and the consent that registering is (S5): two scans and one touch, and nothing agreed unseen."""

from dataclasses import replace

import pytest

from kiosk.flow.states import Confirming, PrivacyShown
from kiosk.testing.counter import CARD, EAN, PACKAGE, PRIVACY, Counter, card_frame, frame, price_frame
from kiosk.view.reading import reading
from photocore.privacy import NO_NOTICE


def agree(counter: Counter) -> str:
    """The words of the button that registers."""
    return next(button.text for button in counter.screen.buttons if button.id == "register")


def test_S5_two_scans_and_one_touch_register_and_that_touch_is_the_consent(counter: Counter) -> None:
    """The page says so in a sentence, the button in its words; the version goes with the registration."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert agree(counter) == "Agree and register"
    (row,) = (row for row in counter.screen.rows if row.button and row.button.id == "privacy")
    assert row.value == "By registering you agree to our privacy notice."
    counter.press("register")
    (held,) = counter.desk.held.values()
    assert held.wish.notice == PRIVACY.version


def test_S5_the_whole_notice_is_read_in_parts_and_leads_back(counter: Counter) -> None:
    """Every sentence of it is on some part, in the shopper's language; what was scanned is still there."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    before = counter.machine.state.page
    counter.press("privacy")
    read: list[str] = []
    while True:
        assert counter.screen.name == "privacy"
        read += [block.text for block in counter.screen.blocks]
        if "after" not in counter.screen.button_ids():
            break
        counter.press("after")
    assert read == [section.text for section in PRIVACY.notices["en"].section]
    counter.press("before", "back")
    assert counter.machine.state.page == before
    assert counter.desk.held == {}


def test_S5_the_notice_is_spoken_and_walked_as_any_page(counter: Counter) -> None:
    """The reading model holds each paragraph and each button: what is not there is neither said nor reached."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert "privacy" in {part.id for part in reading(counter.screen) if part.can_press}
    counter.press("privacy")
    parts = reading(counter.screen)
    said = " ".join(f"{part.name} {part.value} {part.detail}" for part in parts)
    for section in PRIVACY.notices["en"].section[:2]:
        assert section.title in said
        assert section.text in said
    assert {"back", "after"} <= {part.id for part in parts if part.can_press}


@pytest.mark.parametrize("language", sorted(PRIVACY.notices))
def test_S5_the_notice_is_in_every_language_and_says_who_to_ask_and_what_of_children(language: str) -> None:
    """As many sections as the English, no placeholder left, and the age in the last."""
    notice = PRIVACY.notices[language]
    assert len(notice.section) == len(PRIVACY.notices["en"].section)
    assert not [part for part in notice.section if "{" in part.text]
    assert notice.is_checked == (language == "en")
    last = notice.section[-1]
    assert "16" in last.title + last.text or language == "ar"


def test_S5_a_scan_on_the_notice_is_taken_by_the_page_under_it(counter: Counter) -> None:
    """Nobody has to find the way back first."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.press("privacy")
    counter.scan(card_frame("2900000047129"))
    page = counter.machine.state.page
    assert isinstance(page, Confirming)
    assert page.wish.card.card.number == "2900000047129"


def test_S5_the_notice_is_wiped_with_the_session(counter: Counter) -> None:
    """It holds the page under it, card included."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.press("privacy")
    assert isinstance(counter.machine.state.page, PrivacyShown)
    counter.wait(200)
    assert counter.screen.name == "attract"


def test_S5_film_made_up_for_a_shopper_asks_for_the_same_consent(counter: Counter) -> None:
    """It makes a registration as well; made up for the shelf it makes none, and asks for nothing."""
    counter.sign_in()
    counter.scan(price_frame(EAN), card_frame(CARD))
    counter.press("key:1", "go_on")
    assert "privacy" in counter.screen.button_ids()
    counter.press("privacy", "back", "make_up")
    (held,) = counter.desk.held.values()
    assert held.wish.notice == PRIVACY.version


def test_S5_film_for_the_shelf_asks_for_no_consent(counter: Counter) -> None:
    """Nobody's data is in it."""
    counter.sign_in()
    counter.scan(price_frame(EAN))
    counter.press("key:1", "go_on")
    assert "privacy" not in counter.screen.button_ids()


def test_S5_where_no_notice_is_on_offer_none_is_agreed_to(counter: Counter) -> None:
    """A kiosk that has none claims no consent: the registration says so by saying nothing."""
    counter.machine.state = replace(counter.machine.state, privacy=NO_NOTICE)
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert "privacy" not in counter.screen.button_ids()
    counter.press("register")
    (held,) = counter.desk.held.values()
    assert held.wish.notice is None
