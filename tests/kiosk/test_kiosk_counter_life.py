"""Any events in any order on the pages of staff, of film without serials and of languages: what must always hold."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import cast, get_args

from hypothesis import event, given, settings
from hypothesis import strategies as st

from kiosk.flow import effects as ask
from kiosk.flow.access import Key
from kiosk.flow.events import JackSaid, JournalMoved, Pressed, PrinterSaid, Scanned, StationRead, VoiceReady
from kiosk.flow.focus import fresh_access
from kiosk.flow.make_up_pages import Counting, MakeUpConfirming, Presale
from kiosk.flow.signing_in import needs_staff
from kiosk.flow.staff_pages import PinPad, StaffPage
from kiosk.flow.states import Attract
from kiosk.flow.step import next_deadline, step
from kiosk.flow.values import Printer
from kiosk.testing import Counter, SilentScanner, badge_frame, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import CARD, EAN, OTHER_CARD, PACKAGE, PIN, PRICE, price_frame
from kiosk.testing.staff_desk import parked_claim, parked_labels
from kiosk.view.reading import focused
from photocore.ids import ItemId
from photocore.symbology import PackageScan, ReceiptScan
from photocore.testing import ManualClock
from sync.label_states import LabelState

CODES = {
    "package": frame(PACKAGE),
    "card": card_frame(CARD),
    "other card": card_frame(OTHER_CARD),
    "film": price_frame(),
    "price": price_frame(PRICE),
    "badge": badge_frame(),
    "other badge": b"]C0TCB000007",
    "noise": b"\x07",
}
LANGUAGES = (("en", "English"), ("en_XA", "Ænglish"))
STATES = [state for state in LabelState if state is not LabelState.VOID]
KEYS: tuple[Key, ...] = get_args(Key)
COMMON = [
    "start",
    "staff_home",
    "go_on",
    "make_up",
    "parked",
    "queue",
    "recent",
    "open:0",
    "reason:other",
    "yes",
    "back",
]

moves = st.one_of(
    st.tuples(st.just("walk"), st.sampled_from(["settle", "sign in", "count", "presale", "registered", "parked"])),
    st.tuples(st.just("scan"), st.sampled_from(sorted(CODES))),
    st.tuples(st.just("touch one shown"), st.integers(0, 30)),
    st.tuples(st.just("touch one shown"), st.integers(0, 30)),
    st.tuples(st.just("press"), st.sampled_from(COMMON)),
    st.tuples(st.just("answer"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 13.0, 41.0, 61.0, 70.0])),
    st.tuples(st.just("labels"), st.sampled_from(STATES)),
    st.tuples(st.just("printer"), st.sampled_from(list(Printer))),
    st.tuples(st.just("journal"), st.sampled_from(["up", "down", "torn"])),
    st.tuples(st.just("setting"), st.sampled_from(["staff", "shopper"])),
    st.tuples(st.just("secret"), st.sampled_from(["receipt", "made up"])),
    st.tuples(st.just("key"), st.sampled_from(KEYS)),
    st.tuples(st.just("headset"), st.booleans()),
)


@settings(max_examples=200, deadline=None)
@given(played=st.lists(moves, min_size=6, max_size=40))
def test_K1_O18_whatever_happens_staff_and_shoppers_are_kept_apart(played: list[tuple[str, object]]) -> None:
    """Any order of badges, films, cards, touches, faults and time keeps every promise of these pages."""
    counter = _counter()
    for verb, what in played:
        _play(counter, verb, what)
        event(type(counter.machine.state.page).__name__)
        _check_promises(counter)
    _check_it_ends(counter)


def _counter() -> Counter:
    counter = Counter(
        clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner(), languages=LANGUAGES
    )
    counter.desk.park(parked_labels("a" * 32))
    counter.desk.park(parked_claim("b" * 32, item=ItemId(PACKAGE), number="TCN-000000000"))
    return counter


def _play(counter: Counter, verb: str, what: object) -> None:
    now = counter.clock.monotonic()
    match verb, what:
        case "walk", str(goal):
            _walk(counter, goal)
        case "scan", str(name):
            counter.machine.scan(CODES[name])
        case "press", str(button):
            counter.machine.press(button)
        case "touch one shown", int(n):
            shown = sorted(counter.screen.button_ids())
            counter.machine.press(shown[n % len(shown)]) if shown else None
        case "answer", int(n) if counter.owed:
            answer = counter.worker.carry_out(counter.owed.pop(n % len(counter.owed)))
            counter.machine.happen(answer) if answer else None
        case "wait", float(seconds):
            counter.wait(seconds)
        case "labels", LabelState() as state:
            for papers in counter.desk.all_papers():
                papers[:] = [replace(job, state=state) for job in papers]
            counter.machine.happen(JournalMoved(at=now))
        case "printer", Printer() as printer:
            counter.machine.happen(PrinterSaid(at=now, printer=printer))
        case "key", str(key):
            counter.wait(0.5)
            counter.machine.key(cast("Key", key))
        case "headset", bool(is_in):
            counter.machine.happen(VoiceReady(at=now, voice="jack"))
            counter.machine.happen(JackSaid(at=now, is_in=is_in))
        case "journal", str(how):
            counter.desk.is_down, counter.desk.is_torn = how == "down", how == "torn"
        case "setting", "staff" | "shopper" as setting:
            counter.store.make_up, counter.desk.shoppers_may = setting, setting == "shopper"
            counter.owed.append(ask.ReadStation())
        case "secret", "receipt":
            held = next(iter(counter.desk.held.values()), None)
            number = held.number if held else "TCN-000000000"
            counter.machine.happen(Scanned(at=now, scan=ReceiptScan(number=number)))
        case "secret", _:
            for package in list(counter.desk.made)[-1:]:
                counter.machine.happen(Scanned(at=now, scan=PackageScan(item=package)))
        case _:
            pass


def _walk(counter: Counter, goal: str) -> None:
    """Go a well-trodden way, from wherever we are, so that deep pages are met often."""
    counter.settle()
    if goal == "settle":
        return
    counter.machine.scan(CODES["badge"])
    _press_all(counter, (*(f"key:{digit}" for digit in PIN), "ok"))
    ways: dict[str, tuple[bytes, ...]] = {
        "count": (CODES["film"],),
        "presale": (CODES["film"],),
        "registered": (CODES["film"], CODES["card"]),
    }
    for code in ways.get(goal, ()):
        counter.machine.scan(code)
    if goal in ("presale", "registered"):
        _press_all(counter, ("go_on", "make_up"))
    if goal == "parked":
        _press_all(counter, ("staff_home", "parked", "open:1"))


def _press_all(counter: Counter, buttons: Iterable[str]) -> None:
    for button in buttons:
        counter.machine.press(button)
        counter.settle()


def _check_promises(counter: Counter) -> None:
    state, screen = counter.machine.state, counter.screen
    page = state.page
    if isinstance(page, Attract):
        assert state.staff is None, "a badge is signed in on the public page"
        assert screen.staff is None
        held = str(asdict(state))
        assert not any(secret in held for secret in (CARD, OTHER_CARD, PACKAGE, EAN, PIN)), "not wiped"
    if (isinstance(page, StaffPage) or needs_staff(page)) and not isinstance(page, Counting | MakeUpConfirming):
        under_pin = isinstance(page, PinPad)
        assert state.staff is not None or under_pin, f"nobody is signed in on {screen.name}"
    assert all(made.staff or made.claim for made in counter.desk.made.values()), "claim codes, and nobody of the staff"
    if isinstance(page, Presale):
        assert ItemId(page.made_up.package) in counter.desk.made, "shown as made up, but never stored"
    assert state.staff is None or isinstance(page, PinPad) or screen.staff is not None, "somebody is in, unseen"
    assert screen.say, "nothing to say"
    assert not screen.access.focus or focused(screen), f"the focus stands on nothing: {screen.access.focus}"
    ways_out = screen.button_ids() - {"access", "language"}
    assert ways_out or (screen.leaves_by_itself and next_deadline(state) is not None), f"no way out of {screen.name}"
    shown = str(asdict(replace(screen, keypad=None)))
    assert not any(secret in shown for secret in (CARD, OTHER_CARD, PIN, "TCB000042")), f"told on {screen.name}"
    assert PIN not in repr(state), "the PIN is in the state's repr"
    if screen.keypad and screen.keypad.is_secret:
        assert set(screen.keypad.text) <= {"•"}
    _check_buttons_do_something(counter)


def _check_buttons_do_something(counter: Counter) -> None:
    """No dead buttons: each one shown changes the state or asks something of the world."""
    state = counter.machine.state
    for button in counter.screen.button_ids():
        is_full_pad = isinstance(state.page, PinPad) and len(state.page.text) >= 12
        if button.startswith("key:") and (is_full_pad or counter.screen.notice):
            continue
        chosen = next((b for b in counter.screen.languages if b.id == button and b.is_chosen), None)
        if chosen or (counter.screen.overlay and any(b.is_chosen for b in counter.screen.overlay.buttons)):
            continue
        after, effects = step(state, Pressed(at=state.now + 0.5, button=button))
        before_and_after = [replace(s, now=0, active_at=0, touched_at=0) for s in (state, after)]
        woke = state.warned_for_s is not None and after.warned_for_s is None
        assert before_and_after[0] != before_and_after[1] or woke or effects, (
            f"{button!r} does nothing on {counter.screen.name}"
        )


def _check_it_ends(counter: Counter) -> None:
    """Left alone, every page leads home: waits end, labels that never move do not hold it, and nobody stays in."""
    counter.desk.is_down = counter.desk.is_torn = False
    counter.settle()
    counter.wait(900.0)
    assert isinstance(counter.machine.state.page, Attract), f"stuck on {counter.screen.name}"
    assert counter.machine.state.staff is None
    assert counter.machine.state.language == "en"
    assert counter.machine.state.access == fresh_access(counter.machine.state.station)


def test_K1_every_scan_on_staff_pages_is_answered_exactly_once() -> None:
    """One scan, one answer, whatever page of staff it meets."""
    counter = _counter()
    counter.sign_in()
    for name in ("make_up", "devices", "queue", "recent", "parked", "made_up"):
        counter.press(name)
        for code in CODES:
            before = len(counter.scanner.answers)
            counter.machine.scan(CODES[code])
            counter.settle()
            assert len(counter.scanner.answers) == before + 1, (name, code)
            counter.machine.happen(StationRead(at=counter.clock.monotonic(), light=counter.machine.state.station.light))
            if not isinstance(counter.machine.state.page, StaffPage):
                counter.machine.press("end")
                counter.wait(70.0)
                counter.sign_in()
                counter.press(name)
        counter.press("staff_home")
