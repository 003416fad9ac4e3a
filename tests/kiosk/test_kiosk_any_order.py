"""Any events in any order: what must hold on every screen, whoever scans, touches or fails."""

import random
from dataclasses import asdict, replace
from typing import cast, get_args

from hypothesis import event, given, settings
from hypothesis import strategies as st

from kiosk.flow import effects as ask
from kiosk.flow.access import Key
from kiosk.flow.events import JackSaid, JournalMoved, Keyed, Pressed, PrinterSaid, Scanned, VoiceReady
from kiosk.flow.states import Attract, Labelling, Typing
from kiosk.flow.step import next_deadline, step
from kiosk.flow.values import Printer, Voice
from kiosk.testing import Counter, SilentScanner, badge_frame, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import CARD, OTHER_CARD, PACKAGE, PRICE, ROLLS, UNKNOWN
from kiosk.view.reading import focused
from photocore.codes import mint_claim_code
from photocore.symbology import ClaimCodeScan, ReceiptScan
from photocore.testing import ManualClock, SeededEntropy
from sync.label_states import LabelState

CLAIM_CODE = mint_claim_code(SeededEntropy(3))
CODES = {
    "package": frame(PACKAGE),
    "roll": frame(ROLLS[2]),
    "unknown": frame(UNKNOWN),
    "card": card_frame(CARD),
    "other card": card_frame(OTHER_CARD),
    "price": b"]E0" + PRICE.encode(),
    "badge": badge_frame(),
    "label": frame(f"{ROLLS[0]}(91)7KQ2ZZ"),
    "noise": b"\x07",
}
BUTTONS = [
    "start",
    "check",
    "cancel",
    "type",
    "register",
    "claim_code",
    "undo",
    "again",
    "yes",
    "no",
    "finish",
    "other",
    "back",
    "retry",
    "more",
    "end",
    "access",
    "contrast",
    "large",
    "low",
    "voice",
    "volume",
    "close",
    "ok",
    "delete",
]
STATES = [state for state in LabelState if state is not LabelState.VOID]

moves = st.one_of(
    st.tuples(st.just("walk"), st.sampled_from(["settle", "settle", "both", "confirm", "register", "undo question"])),
    st.tuples(st.just("scan"), st.sampled_from(sorted(CODES))),
    st.tuples(st.just("press"), st.sampled_from(BUTTONS)),
    st.tuples(st.just("touch one shown"), st.integers(0, 9)),
    st.tuples(st.just("answer"), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 13.0, 41.0, 70.0])),
    st.tuples(st.just("labels"), st.sampled_from(STATES)),
    st.tuples(st.just("one label"), st.sampled_from(STATES)),
    st.tuples(st.just("printer"), st.sampled_from(list(Printer))),
    st.tuples(st.just("journal"), st.booleans()),
    st.tuples(st.just("secret"), st.sampled_from(["claim code", "receipt"])),
    st.tuples(st.just("key"), st.sampled_from(get_args(Key))),
    st.tuples(st.just("jack"), st.booleans()),
    st.tuples(st.just("voice"), st.sampled_from(get_args(Voice))),
    st.tuples(st.just("touch"), st.none()),
)


@settings(max_examples=200, deadline=None)
@given(played=st.lists(moves, min_size=6, max_size=40))
def test_K1_O19_whatever_happens_the_screen_says_no_more_than_is_stored(played: list[tuple[str, object]]) -> None:
    """Any order of scans, touches, late answers, faults and time keeps every promise of the screen."""
    counter = Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
    for verb, what in played:
        _play(counter, verb, what)
        event(type(counter.machine.state.page).__name__)
        _check_promises(counter)


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
            _set_labels(counter, state, only_one=False)
        case "one label", LabelState() as state:
            _set_labels(counter, state, only_one=True)
        case "printer", Printer() as printer:
            counter.machine.happen(PrinterSaid(at=now, printer=printer))
        case "journal", bool(is_down):
            counter.desk.is_down = is_down
        case "key", str(key):
            counter.wait(0.5)
            counter.machine.happen(Keyed(at=counter.clock.monotonic(), key=cast("Key", key)))
        case "jack", bool(is_in):
            counter.machine.happen(JackSaid(at=now, is_in=is_in))
        case "voice", str(voice):
            counter.machine.happen(VoiceReady(at=now, voice=cast("Voice", voice)))
        case "touch", None:
            counter.machine.touch()
        case "secret", "claim code":
            counter.machine.happen(Scanned(at=now, scan=ClaimCodeScan(code=CLAIM_CODE)))
        case "secret", _:
            held = next(iter(counter.desk.held.values()), None)
            number = held.number if held else "TCN-000000000"
            counter.machine.happen(Scanned(at=now, scan=ReceiptScan(number=number)))
        case _:
            pass


def _walk(counter: Counter, goal: str) -> None:
    """Go a well-trodden way, from wherever we are, so that deep pages are met often."""
    counter.settle()
    if goal == "settle":
        return
    counter.machine.scan(CODES["package"])
    counter.machine.scan(CODES["card"])
    for button in {"both": (), "confirm": (), "register": ("register",)}.get(goal, ("register", "undo")):
        counter.settle()
        counter.machine.press(button)
    if goal != "both":
        counter.settle()


def _set_labels(counter: Counter, state: LabelState, *, only_one: bool) -> None:
    for claim, held in counter.desk.held.items():
        if held.jobs and not held.withdrawn:
            counter.desk.settle(claim, state, only=held.jobs[0].id if only_one else None)
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))


def _check_promises(counter: Counter) -> None:
    state, screen = counter.machine.state, counter.screen
    if isinstance(state.page, Labelling):
        assert state.page.registration.claim in counter.desk.held, "shown as registered, but never stored"
    says_registered = any(chip.text == "Registered here" for chip in screen.chips)
    assert not says_registered or isinstance(state.page, Labelling)
    assert screen.say, "nothing to say"
    assert not screen.access.focus or focused(screen), f"the focus stands on nothing: {screen.access.focus}"
    ways_out = screen.button_ids() - {"access"}
    assert ways_out or (screen.leaves_by_itself and next_deadline(state) is not None), f"no way out of {screen.name}"
    if isinstance(state.page, Attract):
        held = str(asdict(state))
        assert not any(secret in held for secret in (CARD, OTHER_CARD, PACKAGE, CLAIM_CODE)), "not wiped"
    shown = str(asdict(replace(screen, keypad=None)))
    assert CARD not in shown
    assert OTHER_CARD not in shown
    assert CLAIM_CODE not in shown
    _check_buttons_do_something(counter)


def _check_buttons_do_something(counter: Counter) -> None:
    """No dead buttons: each one shown changes the state or asks something of the world."""
    state = counter.machine.state
    for button in counter.screen.button_ids():
        if button.startswith("key:") and isinstance(state.page, Typing) and len(state.page.text) >= 40:
            continue
        after, effects = step(state, Pressed(at=state.now + 0.5, button=button))
        moved = replace(after, now=0, active_at=0, touched_at=0) != replace(state, now=0, active_at=0, touched_at=0)
        woke = state.warned_for_s is not None and after.warned_for_s is None
        assert moved or woke or effects, f"{button!r} does nothing on {counter.screen.name}"


def test_K1_every_scan_is_answered_exactly_once_in_the_end() -> None:
    """However slow the desk is: one scan, one answer."""
    chance = random.Random(20261121)
    for _ in range(60):
        counter = Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
        scans = 0
        for _ in range(12):
            counter.machine.scan(CODES[chance.choice(sorted(CODES))])
            scans += 1
            if chance.random() < 0.6:
                counter.settle()
        counter.settle()
        counter.wait(counter.limits.desk_s + 1)
        assert len(counter.scanner.answers) == scans


def test_K1_a_second_touch_on_register_registers_nothing_twice() -> None:
    """The button is gone with the first touch, and the event ID is one."""
    counter = Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.machine.press("register")
    counter.machine.press("register")
    assert sum(isinstance(effect, ask.Register) for effect in counter.owed) == 1
