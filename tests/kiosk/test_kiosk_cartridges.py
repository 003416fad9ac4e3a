"""At the count a cartridge's bar code tells which film it is; a wrong one is noticed, and nothing is counted by it."""

from dataclasses import replace

import pytest

from kiosk.flow.make_up_pages import Counting
from kiosk.flow.make_up_values import CartridgeFacts
from kiosk.testing.counter import CARD, PRICE, Counter, card_frame, price_frame
from photocore.film_book import FilmName, bind
from photocore.package import Product

GTIN = "0" + PRICE
PORTRA = Product(gtin=GTIN, level="package", name="Portra 400", format="135", exposures=36, iso=400, rolls=5)
FILMS = bind(
    [
        FilmName(extract="1533", digits="115334", name="Kodak Portra 400 new"),  # names and numbers: standards 6
        FilmName(extract="1250", digits="912503", name="Kodak Gold 200"),
    ],
    credit="a test",
)
PORTRA_36, GOLD_24 = b"]I1115334", b"]I1912503"


@pytest.fixture
def count(counter: Counter) -> Counter:
    """A member of staff has scanned the price code of five rolls of Portra 400."""
    told = Counter(clock=counter.clock, desk=counter.desk, store=counter.store, scanner=counter.scanner, films=FILMS)
    told.store.products[GTIN] = PORTRA
    told.desk.products[GTIN] = PORTRA
    told.store.levels[GTIN] = "package"
    told.sign_in()
    told.scan(price_frame(PRICE))
    told.scanner.answers.clear()
    return told


def seen(counter: Counter) -> CartridgeFacts | None:
    """Return what the count shows of the last cartridge."""
    assert isinstance(counter.machine.state.page, Counting)
    return counter.machine.state.page.cartridge


def test_K7_the_cashier_sees_which_film_a_cartridge_is(count: Counter):
    """Portra 400, 36 exposures: the film of the price code, and a good beep."""
    count.scan(PORTRA_36)
    row = next(row for row in count.screen.rows if row.title == "Cartridge")
    assert (row.value, row.detail, row.tone) == ("Kodak Portra 400 new", "36 exposures", "good")
    assert count.screen.notice is None
    told = CartridgeFacts(digits="115334", code="95-13", name="Kodak Portra 400 new", exposures=36, verdict="same")
    assert seen(count) == told
    assert count.scanner.answers == [True]


def test_K7_a_wrong_film_for_a_package_is_noticed_and_stops_nobody(count: Counter):
    """Gold 200 with 24 exposures is not Portra 400: refused by the beep, shown, and staff may go on."""
    count.scan(GOLD_24)
    assert seen(count) == CartridgeFacts(
        digits="912503", code="78-2", name="Kodak Gold 200", exposures=24, verdict="other"
    )
    assert count.scanner.answers == [False]
    assert count.screen.notice.text == "This cartridge is another film. Please look before you go on."
    count.press("go_on")
    assert count.screen.name == "make_up_confirm"


def test_K7_a_cartridge_counts_nothing(count: Counter):
    """Its code is the same on every cartridge: the count is set by hand."""
    before = count.machine.state.page.count
    count.scan(PORTRA_36, PORTRA_36)
    assert count.machine.state.page.count == before == 5


def test_K7_two_kinds_of_film_in_one_package_are_noticed_without_any_book(count: Counter):
    """Nobody knows 5391 by name, but it is not 5012; the first kind again is no news."""
    plain = replace(count, films=bind([], credit=""))
    plain.sign_in()
    plain.scan(price_frame(PRICE), b"]I1553914")
    assert seen(plain) == CartridgeFacts(digits="553914", code="5391", exposures=36, verdict="unknown")
    plain.scan(b"]I1950124")
    assert seen(plain).verdict == "other"
    plain.scan(b"]I1553914")
    assert seen(plain).verdict == "unknown"


def test_K7_the_maker_s_own_digit_makes_no_other_film(count: Counter):
    """The first digit is the maker's and says nothing of the film."""
    count.scan(PORTRA_36, b"]I1015334")
    assert seen(count).verdict == "same"


def test_K7_another_price_code_begins_anew(count: Counter):
    """What was seen of the film before is gone with it."""
    count.scan(GOLD_24, price_frame())
    assert seen(count) is None


def test_K7_a_card_that_comes_in_between_keeps_what_was_seen(count: Counter):
    """The order is free."""
    count.scan(GOLD_24, card_frame(CARD))
    assert seen(count).verdict == "other"


def test_K7_elsewhere_a_cartridge_is_no_package(counter: Counter):
    """A shopper who scans the cartridge is told what to scan, as ever."""
    counter.scan(PORTRA_36)
    assert counter.scanner.answers == [False]
