"""Every page there is meets every code there is, and bytes that are none: no fault, no loss unsaid, no secret shown."""

import random
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from kiosk.flow.events import Scanned
from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, Unnumbered
from kiosk.flow.states import Attract, Confirming, Scanning, State, Typing
from kiosk.testing import Counter, SilentScanner, badge_frame, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import CARD, OTHER_CARD, PACKAGE, PRICE, ROLLS, UNKNOWN, label_frame, price_frame
from kiosk.testing.gallery import gallery
from photocore.codes import mint_claim_code
from photocore.symbology import ClaimCodeScan, OrderCodeScan, ReceiptScan, Scan
from photocore.testing import ManualClock, SeededEntropy

STATES = dict(gallery())
CLAIM_CODE = mint_claim_code(SeededEntropy(3))
HOUSE = "TCP-7Q2M9XKD4FP"
MEGABYTE = b"]d2" + b"7" * 1_048_576

FRAMES: dict[str, bytes] = {
    "package": frame(PACKAGE),
    "unknown package": frame(UNKNOWN),
    "roll": frame(ROLLS[1]),
    "label": frame(f"{ROLLS[0]}(91)7KQ2ZZ"),
    "house label": label_frame("TCR-7Q2M9XKD4F2", "7KQ2ZZ"),
    "house package": b"]C0" + HOUSE.encode(),
    "card": card_frame(OTHER_CARD),
    "badge": badge_frame(),
    "strange badge": b"]C0TCB000999",
    "film": price_frame(),
    "price": price_frame(PRICE),
    "nothing": b"",
    "control bytes": bytes(range(32)),
    "broken utf-8": b"\xff\xfe\xc3\x28",
    "link": b"]Q3https://evil.example/#" + CLAIM_CODE.encode(),
    "markup": b"]C0[b]" + b"<script>alert(1)</script>",
    "half a package": frame(PACKAGE)[:20],
    "a megabyte": MEGABYTE,
}
SCANS: dict[str, Scan] = {
    "receipt": ReceiptScan(number="TCN-7Q2M9XKD4"),
    "claim code": ClaimCodeScan(code=CLAIM_CODE),
    "order code": OrderCodeScan(code="TCO-7Q2M9XKD4"),
}


@pytest.mark.parametrize("name", STATES)
def test_K1_no_code_and_no_bytes_break_a_page_or_take_what_was_brought(name: str) -> None:
    """Each code on each page: one answer to the scanner, a page with words, and what was brought is kept or named."""
    for what in (*FRAMES, *SCANS):
        counter = _at(STATES[name])
        before = counter.machine.state
        if what in FRAMES:
            counter.machine.scan(FRAMES[what])
        else:
            counter.machine.happen(Scanned(at=counter.clock.monotonic(), scan=SCANS[what]))
        _check(counter, f"{what} on {name}")
        _check_nothing_lost(before, counter.machine.state, f"{what} on {name}")
        counter.settle()
        _check(counter, f"{what} on {name}, answered")
        counter.wait(counter.limits.desk_s + 1)
        assert len(counter.scanner.answers) == 1, f"{what} on {name}: {counter.scanner.answers}"


@pytest.mark.parametrize("name", ["attract", "scan_package_here", "count", "staff_home", "pin", "presale_done"])
def test_K2_random_bytes_are_refused_and_answered(name: str) -> None:
    """Two hundred frames of noise, each refused once."""
    state = next(state for key, state in STATES.items() if key.endswith(f"_{name}") and key[4:] == name)
    counter = _at(state)
    for data in _noise(200):
        before = len(counter.scanner.answers)
        counter.machine.scan(data)
        counter.settle()
        assert counter.scanner.answers[before:] == [False]
        _check(counter, name)


@pytest.mark.parametrize("name", STATES)
def test_K1_every_page_left_alone_leads_home(name: str) -> None:
    """No page holds a shopper's things, or a person's sign-in, for ever."""
    counter = _at(STATES[name])
    counter.wait(700.0)
    assert counter.screen.name in ("attract", "closed")
    assert counter.machine.state.staff is None


def _noise(count: int) -> Iterator[bytes]:
    chance = random.Random(20261121)
    for _ in range(count):
        yield b"\x01" + chance.randbytes(chance.randrange(1, 400))


def _at(state: State) -> Counter:
    counter = Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
    counter.machine.restore(replace(state, home_language="en"))
    return counter


def _check(counter: Counter, where: str) -> None:
    screen, state = counter.screen, counter.machine.state
    assert screen.title, where
    assert screen.say, where
    shown = str(asdict(replace(screen, keypad=None)))
    for secret in (CARD, OTHER_CARD, "2900000004711", "TCB000042", "TCB000999", CLAIM_CODE, "271828", "evil", "script"):
        assert secret not in shown, f"{secret} shown: {where}"
    assert "271828" not in repr(state), where


def _check_nothing_lost(before: State, after: State, where: str) -> None:
    """What was in the session is in it still, or another page says what became of it."""
    brought, kept = _held(before), _held(after)
    if not brought:
        return
    is_elsewhere = type(after.page) is not type(before.page) and not isinstance(after.page, Attract)
    said = getattr(after.page, "note", None) is not None or is_elsewhere
    for what in brought:
        assert what in kept or said, f"{what} is gone unsaid: {where}"


def _held(state: State) -> dict[str, object]:
    page = state.page.under if isinstance(state.page, Typing) else state.page
    match page:
        case Scanning(item=item, card=card):
            return {key: value for key, value in (("item", item), ("card", card)) if value}
        case Confirming(wish=wish):
            return {"item": wish.item, "card": wish.card}
        case Unnumbered(film=film, card=card) | Counting(film=film, card=card):
            return {key: value for key, value in (("film", film), ("card", card)) if value}
        case MakeUpConfirming(wish=wish):
            return {key: value for key, value in (("film", wish.film), ("card", wish.card)) if value}
        case _:
            return {}


def test_K1_a_megabyte_under_the_beam_is_refused_as_too_long_and_costs_nothing(counter: Counter) -> None:
    """Said as what it is, at once, with what was brought untouched."""
    counter.scan(frame(PACKAGE), MEGABYTE)
    assert counter.screen.notice
    assert "longer than any code we use" in counter.screen.notice.text
    assert counter.machine.state.page.item.item == PACKAGE
    counter.scan(card_frame(CARD))
    assert counter.screen.name == "confirm"
