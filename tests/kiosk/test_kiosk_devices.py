"""Several scanners at one kiosk: who is answered, who is there, and whether what was plugged in is the new one."""

from dataclasses import replace

import pytest

from kiosk.flow.staff_values import NewDevice, Place, ScannerSeen
from kiosk.testing import Counter, SilentScanner, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import CARD, PACKAGE
from kiosk.testing.seen_devices import SeenDevices
from photocore.testing import ManualClock

NEW = NewDevice(name="counter-left-scanner", title="Zebra DS2208", node="/dev/ttyACM1")
LOST_ONE = ScannerSeen(name=NEW.name, is_there=False, outages=2, lost=1, place=Place(new=NEW))


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_K2_staff_say_whether_a_device_is_the_new_one_and_only_a_yes_is_an_event(answer: str) -> None:
    seen = SeenDevices((LOST_ONE,), ())
    counter = _counter(seen)
    counter.sign_in()
    counter.press("devices")
    (entry, *_) = counter.screen.entries
    assert (entry.title, entry.word, entry.detail) == (NEW.name, "no answer", "Is this the new one? Zebra DS2208")
    counter.press("new:counter-left-scanner")
    assert "Zebra DS2208" in counter.screen.blocks[0].text
    assert seen.settled == []
    counter.press(answer)
    assert counter.screen.name == "devices"
    assert counter.screen.notice is not None
    assert counter.screen.notice.text == "Noted, with your name."
    assert seen.settled == [(NEW, answer == "yes")]
    acts = [(act, reason) for _, act, reason in counter.desk.overrides]
    assert acts == ([("device_replaced", "counter-left-scanner: Zebra DS2208")] if answer == "yes" else [])


def test_K2_a_device_that_was_unplugged_before_the_answer_is_said_to_be_gone() -> None:
    seen = SeenDevices((LOST_ONE,), ())
    seen.is_gone = True
    counter = _counter(seen)
    counter.sign_in()
    counter.press("devices", "new:counter-left-scanner", "yes")
    assert counter.screen.name == "staff_trouble_refused"
    assert "not plugged in any more" in counter.screen.blocks[0].text
    counter.press("back")
    assert counter.screen.name == "devices"


def test_K2_nothing_real_is_settled_in_training() -> None:
    counter = _counter(SeenDevices((LOST_ONE,), ()))
    counter.sign_in()
    counter.machine.restore(replace(counter.machine.state, is_training=True))
    counter.press("devices")
    assert "new:counter-left-scanner" not in counter.screen.button_ids()


@pytest.mark.parametrize(
    ("scanner", "word", "detail"),
    [
        (ScannerSeen(name="a", is_there=True, good_s=130.0, outages=1), "ready", "2 minutes ago · 1 outage"),
        (ScannerSeen(name="a", is_there=True, outages=3, lost=2), "ready", "the start · 3 outages · 2 broken scans"),
        (
            ScannerSeen(name="a", is_there=True, place=Place(swapped_with="b")),
            "ready",
            "Swapped with b · Last good scan",
        ),
        (ScannerSeen(name="a", is_there=False, place=Place(is_unclear=True)), "no answer", "Unplug all but one."),
        (ScannerSeen(name="a", is_there=True, is_doubted=True), "please check", "It may have lost its settings."),
    ],
)
def test_K2_the_device_list_says_what_each_scanner_has_lived_through(
    scanner: ScannerSeen, word: str, detail: str
) -> None:
    counter = _counter(SeenDevices((scanner,), ()))
    counter.sign_in()
    counter.press("devices")
    (entry, *_) = counter.screen.entries
    assert entry.word == word
    assert detail in entry.detail


def _counter(devices: SeenDevices) -> Counter:
    return Counter(
        clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner(), devices=devices
    )


# -- who is answered ------------------------------------------------------------------------------------------------


def test_K2_each_scanner_hears_of_its_own_code(counter: Counter) -> None:
    counter.machine.scan(frame(PACKAGE), scanner="left")
    counter.settle()
    counter.machine.scan(b"]C09512", scanner="right")
    counter.settle()
    assert list(zip(counter.scanner.answered, counter.scanner.answers, strict=True)) == [
        ("left", True),
        ("right", False),
    ]


def test_K2_the_journals_good_beep_goes_to_the_scanner_whose_code_led_there(counter: Counter) -> None:
    """A code that was refused at once, at another scanner, does not take it away."""
    counter.machine.scan(frame(PACKAGE), scanner="left")
    counter.settle()
    counter.machine.scan(card_frame(CARD), scanner="left")
    counter.settle()
    counter.machine.press("register")
    counter.machine.scan(b"]C09512", scanner="right")
    counter.settle()
    assert counter.scanner.answered[-2:] == ["right", "left"]
    assert counter.scanner.answers[-2:] == [False, True]


def test_K2_a_code_still_under_one_beam_is_answered_there_as_it_was(counter: Counter) -> None:
    counter.machine.scan(frame(PACKAGE), scanner="left")
    counter.settle()
    counter.machine.scan(b"]C09512", scanner="right")
    counter.machine.scan(frame(PACKAGE), scanner="left", is_repeated=True)
    counter.machine.scan(b"]C09512", scanner="right", is_repeated=True)
    assert counter.scanner.answered == ["left", "right", "left", "right"]
    assert counter.scanner.answers == [True, False, True, False]


def test_K2_a_code_still_under_the_beam_is_not_answered_before_the_desk_has(counter: Counter) -> None:
    """The answer of the code before it would be a good beep for nobody knows what: here the label is void."""
    claim = counter.register()
    job = counter.desk.held[claim].jobs[0]
    counter.press("finish")
    counter.desk.undo(claim)
    counter.machine.scan(frame(PACKAGE), scanner="left")
    counter.settle()
    counter.press("cancel")
    assert counter.scanner.answers[-1] is True
    before = len(counter.scanner.answers)
    for is_repeated in (False, True):
        counter.machine.scan(frame(f"{job.roll}(91){job.copy}"), is_repeated=is_repeated, scanner="left")
    assert counter.screen.name == "wait_copy"
    assert counter.scanner.answers[before:] == []
    counter.settle()
    counter.machine.scan(frame(f"{job.roll}(91){job.copy}"), is_repeated=True, scanner="left")
    assert counter.screen.name == "copy_void"
    assert counter.scanner.answers[before:] == [False, False]


def test_K2_two_codes_under_one_beam_are_each_answered_as_they_were(counter: Counter) -> None:
    """A price code beside the package: the package's good beep is not the price code's."""
    counter.machine.scan(b"]C09512", scanner="left")
    counter.machine.scan(frame(PACKAGE), scanner="left")
    counter.settle()
    counter.machine.scan(b"]C09512", is_repeated=True, scanner="left")
    counter.machine.scan(frame(PACKAGE), is_repeated=True, scanner="left")
    assert counter.scanner.answers == [False, True, False, True]
