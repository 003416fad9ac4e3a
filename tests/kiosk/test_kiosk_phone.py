"""The receipt's link for the shopper's own phone: on demand, for the session that registered, and in no words (S5)."""

import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import CellType, FrameType

import pytest
from PIL import Image

from kiosk.answers import new_registration
from kiosk.flow.effects import Register
from kiosk.flow.events import JournalMoved, Registered, Scanned
from kiosk.flow.states import Labelling, State
from kiosk.flow.values import Card, Item, Package, PaperRow, Printer, Wish
from kiosk.testing import Pilot, tour
from kiosk.testing.counter import CARD, PACKAGE, UNKNOWN, Counter, badge_frame, card_frame, frame
from kiosk.testing.desk import ACCESS_CODE
from kiosk.testing.gallery_values import LINK
from kiosk.testing.tour import needing
from kiosk.view.reading import reading
from kiosk.worker import DeskWorker
from photocore.cards import CardNumber
from photocore.symbology import ReceiptScan
from sync.label_states import LabelState
from sync.views import Registered as Stored

ADDRESS = "https://photos.example/r"
SECRET = f"{ADDRESS}#{ACCESS_CODE}"
Open = Callable[..., tuple[Pilot, Counter]]


def labels_moved(counter: Counter) -> None:
    """Let the kiosk look at its labels."""
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    counter.settle()


def done(counter: Counter) -> str:
    """Register, and let all labels be printed; return the claim."""
    counter.desk.access_url = ADDRESS
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    labels_moved(counter)
    assert counter.screen.name == "labels_done"
    return claim


def test_S5_the_link_is_shown_when_the_shopper_asks_and_not_before(counter: Counter) -> None:
    """One touch there, one back; the page under it is as it was."""
    done(counter)
    assert counter.screen.qr == ""
    counter.press("phone")
    assert (counter.screen.name, counter.screen.qr) == ("phone", SECRET)
    counter.press("back")
    assert (counter.screen.name, counter.screen.qr) == ("labels_done", "")


def test_S5_while_labels_print_there_is_no_such_button(counter: Counter) -> None:
    """The shopper's eyes are on the printer then."""
    counter.desk.access_url = ADDRESS
    counter.register()
    assert counter.screen.name == "labels_printing"
    assert "phone" not in counter.screen.button_ids()


def test_S5_labels_that_come_later_and_a_receipt_alone_have_it_too(counter: Counter) -> None:
    """Then most of all: nothing is in the shopper's hand yet, or nothing but the receipt."""
    counter.desk.access_url = ADDRESS
    counter.register()
    counter.machine.state = _with_printer(counter, Printer.PAPER_OUT)
    labels_moved(counter)
    assert counter.screen.name == "labels_held_up"
    counter.press("phone", "back", "finish")
    counter.machine.state = _with_printer(counter, Printer.READY)
    counter.scan(frame(UNKNOWN), card_frame(CARD))
    counter.press("register")
    counter.desk.settle(list(counter.desk.held)[-1], LabelState.PRINTED)
    labels_moved(counter)
    counter.press("phone")
    assert counter.screen.qr == SECRET


def test_S5_a_store_without_an_address_has_no_button(counter: Counter) -> None:
    """There is nothing a phone could open."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    labels_moved(counter)
    assert "phone" not in counter.screen.button_ids()


def test_S5_the_link_is_in_no_words(counter: Counter) -> None:
    """Not spoken, not among the parts, in no ``repr``: of the screen, of the state, of what was answered."""
    done(counter)
    counter.press("phone")
    screen = counter.screen
    assert ACCESS_CODE not in repr(screen) + repr(counter.machine.state) + screen.say
    assert ACCESS_CODE not in "".join(repr(part) for part in reading(screen))
    counter.press("back")
    assert ACCESS_CODE not in repr(counter.screen) + counter.screen.say


def test_S5_a_receipt_scanned_later_opens_no_link(counter: Counter) -> None:
    """It may be in anybody's hand."""
    done(counter)
    (held,) = counter.desk.held.values()
    counter.press("finish")
    counter.machine.happen(Scanned(at=counter.clock.monotonic(), scan=ReceiptScan(number=held.number)))
    counter.settle()
    page = counter.machine.state.page
    assert isinstance(page, Labelling)
    assert (page.origin, page.registration.link) == ("receipt", "")
    assert "phone" not in counter.screen.button_ids()


def test_S5_after_an_undo_there_is_no_link(counter: Counter) -> None:
    """Its code is void."""
    done(counter)
    counter.press("undo", "yes")
    assert counter.screen.name == "undone"
    assert "phone" not in counter.screen.button_ids()


def test_S5_undone_elsewhere_the_code_leaves_the_screen(counter: Counter) -> None:
    """Staff undo it while it is shown."""
    claim = done(counter)
    counter.press("phone")
    counter.desk.undo(claim, by="staff", reason="test", staff="a3f1c2d4e5b60718")
    labels_moved(counter)
    assert counter.screen.name == "receipt_undone"
    assert counter.screen.qr == ""


def test_S5_a_receipt_that_is_made_anew_takes_the_link_away(counter: Counter) -> None:
    """It has a new access code, and the old one opens nothing; new labels alone leave it."""
    claim = done(counter)
    counter.press("again", "yes")
    counter.desk.settle(claim, LabelState.PRINTED)
    labels_moved(counter)
    counter.press("phone")
    counter.desk.reprint(claim, (), "spoiled", receipt=True)
    counter.desk.settle(claim, LabelState.PRINTED)
    labels_moved(counter)
    assert counter.screen.name == "labels_done"
    assert "phone" not in counter.screen.button_ids()


def test_S5_a_badge_on_the_code_leads_back_to_the_page_under_it(counter: Counter) -> None:
    """Staff who are called over sign in; without a PIN the shopper's page is there again."""
    done(counter)
    counter.press("phone")
    counter.scan(badge_frame())
    assert counter.screen.name == "pin"
    counter.press("back")
    assert counter.screen.name == "labels_done"


def test_S5_no_link_for_what_staff_enter_from_paper_or_correct() -> None:
    """Its shopper is not here."""
    stored = Stored(
        claim="0" * 32, number="TCN", package=None, rolls=(), jobs=(), waiting_for_manifest=False, link=LINK
    )
    card = Card(card=CardNumber(table="demo", number=CARD))
    item = Item(item=PACKAGE, level="package")
    row = PaperRow(row="TCL-1", written="211200")
    wishes = {
        Wish(event_id="0" * 32, item=item, card=card): LINK,
        Wish(event_id="0" * 32, item=item, card=card, paper=row): "",
        Wish(event_id="0" * 32, item=item, card=card, corrects="1" * 32): "",
    }
    for wish, link in wishes.items():
        assert new_registration(stored, wish, Package(item=PACKAGE)).link == link


@pytest.mark.parametrize("size", [(1080, 1920), (1280, 800)])
def test_S5_the_code_on_the_screen_is_read_by_another_implementation(
    open_pilot: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    """In large text as well; as large as a phone needs: 30 mm, on the smallest panel of any counter (10.1 inches)."""
    import zxingcpp

    pilot, _ = open_pilot(size=size)
    pictures = tour(pilot.app, tmp_path, only="_phone", modes=("normal", "large"))
    assert len(pictures) == 4  # with the high contrast
    for path in pictures:
        (code,) = zxingcpp.read_barcodes(Image.open(path).convert("L"))
        assert code.text == LINK
        pixels = code.position.top_right.x - code.position.top_left.x
        inch = 10.1 / (size[0] ** 2 + size[1] ** 2) ** 0.5
        assert pixels * inch * 25.4 >= 30


def test_S5_the_drawing_forgets_the_link_with_the_page(open_pilot: Open) -> None:
    """No widget that is kept, no picture of a code: whatever the process still holds is looked at."""
    pilot, counter = open_pilot()
    counter.desk.access_url = "https://drawn.example/r"
    link = f"https://drawn.example/r#{ACCESS_CODE}"
    counter.desk.settle(counter.register(), LabelState.PRINTED)
    labels_moved(counter)
    for mode in ("normal", "large"):
        pilot.app.machine.restore(needing(counter.machine.state, mode))
        pilot.until_screen("labels_done")
        pilot.tap("phone")
        pilot.until_screen("phone")
        pilot.frames(3)
        assert _holders(link)
        counter.press("back")
        pilot.until_screen("labels_done")
        pilot.frames(3)
    counter.press("finish")
    pilot.until_screen("attract")
    pilot.frames(3)
    assert _holders(link) == []


def _holders(link: str) -> list[str]:
    """Return the types of all objects of the process that hold ``link``, but for what this function itself does."""
    gc.collect()
    return [
        type(thing).__name__
        for thing in gc.get_objects()
        if type(thing) not in (FrameType, CellType)
        and any(type(held) is str and held == link for held in gc.get_referents(thing))
    ]


def test_S5_the_desks_thread_hands_the_link_on_and_logs_none(counter: Counter) -> None:
    """Its answer carries it where no ``repr`` shows it."""
    counter.desk.access_url = ADDRESS
    told: list[object] = []
    worker = DeskWorker(
        desk=counter.desk, labels=counter.desk, store=counter.store, clock=counter.clock, tell=told.append
    )
    wish = Wish(
        event_id="0" * 32,
        item=Item(item=PACKAGE, level="package"),
        card=Card(card=CardNumber(table="demo", number=CARD)),
    )
    worker.start()
    worker.do(Register(session=1, wish=wish, package=Package(item=PACKAGE)))
    worker.stop(20)
    (answer,) = told
    assert isinstance(answer, Registered)
    assert answer.registration.link.endswith(f"#{ACCESS_CODE}")
    assert ACCESS_CODE not in repr(answer)


def _with_printer(counter: Counter, printer: Printer) -> State:
    state = counter.machine.state
    return replace(state, station=replace(state.station, printer=printer))
