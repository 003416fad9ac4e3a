"""A shopper without a card, a lost card, and two cards that staff join (S5)."""

import pytest

from kiosk.flow.notes import Why
from kiosk.testing.counter import CARD, OTHER_CARD, PACKAGE, Counter, badge_frame, card_frame, frame
from kiosk.view.screen import Screen
from photocore.cards import GUEST_TABLE, CardNumber
from photocore.codes import parse_guest_card


def guest_frame(number: str) -> bytes:
    """A guest card as a Code 128 scanner sends it."""
    return b"]C0" + number.encode()


def held_card(counter: Counter) -> CardNumber:
    """The card of the only registration."""
    (held,) = counter.desk.held.values()
    return held.wish.card


def test_S5_a_shopper_without_a_card_registers_with_a_guest_card(counter: Counter) -> None:
    """One scan and two touches; the card is masked as any, and no consent is skipped."""
    counter.scan(frame(PACKAGE))
    counter.press("guest")
    assert counter.screen.name == "confirm"
    shown = [row for row in counter.screen.rows if row.title == "Register to guest card"]
    assert [row.value[:4] for row in shown] == ["••••"]
    assert "Agree and register" in [button.text for button in counter.screen.buttons]
    counter.press("register")
    card = held_card(counter)
    assert card.table == GUEST_TABLE
    assert parse_guest_card(card.number) == card.number


def test_S5_the_guest_card_is_told_and_nothing_is_stored_before_the_touch(counter: Counter) -> None:
    """The sentence says where it will be found; leaving makes it nobody's."""
    counter.scan(frame(PACKAGE))
    counter.press("guest")
    assert counter.screen.notice
    assert "guest card" in counter.screen.notice.text
    counter.press("cancel")
    assert counter.desk.held == {}


def test_S5_a_guest_card_scanned_again_is_a_card(counter: Counter) -> None:
    """Before or after the package, linear or square, it registers as the store's own card does."""
    counter.scan(guest_frame("TCG-XMMFSG5P4FB"), frame(PACKAGE))
    counter.press("register")
    assert held_card(counter) == CardNumber(table=GUEST_TABLE, number="TCG-XMMFSG5P4FB")
    counter.press("finish")
    counter.scan(frame(PACKAGE), b"]d290TCG-XMMFSG5P4FB")
    assert counter.screen.name == "before"


def test_S5_a_card_that_is_found_after_all_takes_the_guest_cards_place(counter: Counter) -> None:
    """Nobody has to begin again."""
    counter.scan(frame(PACKAGE))
    counter.press("guest")
    counter.scan(card_frame(CARD))
    counter.press("register")
    assert held_card(counter).number == CARD


def test_S5_a_misread_guest_card_is_no_card(counter: Counter) -> None:
    """Its check symbol finds one wrong symbol."""
    counter.scan(frame(PACKAGE), guest_frame("TCG-XMMFSG5P4FA"))
    assert counter.screen.name == "scan"
    assert counter.scanner.answers[-1] is False


def test_S5_a_lost_card_registers_nothing_and_says_what_to_do(counter: Counter) -> None:
    """As far as this station knows; the card that was scanned is not named."""
    counter.desk.lost.add(CardNumber(table="demo", number=CARD))
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.screen.name == "stopped_card_replaced"
    assert "register" not in counter.screen.button_ids()
    counter.scan(card_frame(OTHER_CARD))
    assert counter.screen.name == "confirm"


def joined(counter: Counter, why: str, *frames: bytes) -> Screen:
    """Have staff scan two cards for one reason."""
    counter.sign_in()
    counter.press("cards", why)
    counter.scan(*frames)
    return counter.screen


def test_S5_staff_join_a_guest_card_with_the_shoppers_own(counter: Counter) -> None:
    """Both scanned, asked once more, and said when it is durable; the desk has who did it."""
    joined(counter, "guest", guest_frame("TCG-XMMFSG5P4FB"), card_frame(CARD))
    counter.press("join", "yes")
    (wish,) = counter.desk.joined
    assert (wish.why, wish.staff) == ("guest", counter.staff.member.id)
    assert wish.old == CardNumber(table=GUEST_TABLE, number="TCG-XMMFSG5P4FB")
    assert wish.into == CardNumber(table="demo", number=CARD)
    assert counter.screen.name == "staff_home"
    assert counter.screen.notice
    assert counter.screen.notice.text == "Joined. Both cards lead to the same account now."


def test_S5_a_lost_card_may_be_told_by_its_receipt(counter: Counter) -> None:
    """The card is gone, its receipt is there: the number stands for it."""
    joined(counter, "replaced", b"]C0TCN-GTH3WRWH4", card_frame(CARD))
    counter.press("join", "no", "join", "yes")
    (wish,) = counter.desk.joined
    assert (wish.why, wish.old, wish.number) == ("replaced", None, "TCN-GTH3WRWH4")


@pytest.mark.parametrize(
    ("why", "frames", "note"),
    [
        ("guest", (card_frame(CARD),), Why.GUEST_CARD_FIRST),
        ("guest", (guest_frame("TCG-XMMFSG5P4FB"), guest_frame("TCG-XMMFSG5P4FB")), Why.OTHER_CARD_WANTED),
        ("household", (card_frame(CARD), card_frame(CARD)), Why.OTHER_CARD_WANTED),
    ],
)
def test_S5_what_cannot_be_one_of_the_two_is_told(
    counter: Counter, why: str, frames: tuple[bytes, ...], note: Why
) -> None:
    """Refused at the scanner, explained on the screen, and nothing joined."""
    joined(counter, why, *frames)
    assert counter.machine.state.page.note.why is note  # type: ignore[union-attr]
    assert counter.scanner.answers[-1] is False
    assert "join" not in counter.screen.button_ids()


def test_S5_nobody_joins_cards_without_signing_in_or_from_the_keypad(counter: Counter) -> None:
    """The page is the staff's, and offers no keypad: who knows a number only joins nothing."""
    joined(counter, "household", card_frame(CARD))
    assert "type" not in counter.screen.button_ids()
    assert not any(name.startswith("key:") for name in counter.screen.button_ids())
    counter.press("sign_out")
    assert counter.screen.name == "attract"
    counter.scan(badge_frame())
    assert counter.screen.name.startswith("pin")


def test_S5_only_the_last_four_of_either_card_show(counter: Counter) -> None:
    """On the staff's pages, too."""
    screen = joined(counter, "household", card_frame(CARD), card_frame(OTHER_CARD))
    assert [row.value for row in screen.rows] == [f"•••• {number[-4:]}" for number in (CARD, OTHER_CARD)]
    assert CARD not in repr(counter.machine.state)
    assert "ending in 7, 1, 1, 2" in screen.say
