"""Staff at the kiosk: badge and PIN, what stands on their pages, and what they put right; each with who and why."""

from dataclasses import replace

import pytest

from kiosk.flow import effects as ask
from kiosk.flow.events import JournalMoved, Scanned, ScannerSaid
from kiosk.flow.staff_values import PrinterSeen, ScannerSeen
from kiosk.flow.values import Printer
from kiosk.testing import Counter, SilentScanner, badge_frame, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import CARD, OTHER_CARD, PACKAGE, PIN, label_frame, price_frame
from kiosk.testing.seen_devices import SeenDevices
from kiosk.testing.staff_desk import parked_claim, parked_labels
from photocore.ids import ItemId
from photocore.symbology import ReceiptScan
from photocore.testing import ManualClock
from sync.label_states import LabelState


def test_O17_badge_and_pin_open_the_staff_pages_and_say_who_is_in(counter: Counter) -> None:
    """The name stands on the page as long as it is so."""
    counter.sign_in()
    assert counter.screen.name == "staff_home"
    assert counter.screen.staff
    assert counter.screen.staff.text == "Mara is signed in"


def test_O17_a_badge_alone_opens_nothing_and_the_pin_is_dots(counter: Counter) -> None:
    """The digits are nowhere in the screen, the state's text or what a voice would say."""
    counter.scan(badge_frame())
    assert counter.screen.name == "pin"
    counter.press(*(f"key:{digit}" for digit in PIN))
    assert counter.screen.keypad
    assert counter.screen.keypad.text == "••••••"
    told = f"{counter.screen} {counter.machine.state} {counter.screen.say}"
    assert PIN not in told
    assert "TCB000042" not in told
    assert counter.machine.state.staff is None


def test_O17_a_wrong_pin_says_what_happened_what_is_safe_and_what_to_do(counter: Counter) -> None:
    """Three lines, and nothing that tells whether badge or PIN was wrong."""
    counter.sign_in("111111")
    assert counter.screen.name == "pin_wrong"
    assert counter.screen.notice
    assert counter.screen.notice.text.splitlines() == [
        "Badge and PIN do not fit.",
        "Nothing was opened or changed.",
        "Try again; after five wrong PINs the badge is locked for a while.",
    ]
    counter.type_in(PIN)
    assert counter.screen.name == "staff_home"


def test_O17_an_unknown_badge_gets_the_same_answer(counter: Counter) -> None:
    """Nobody learns whose badge it is."""
    counter.scan(b"]C0TCB000999")
    counter.type_in(PIN)
    assert counter.screen.name == "pin_wrong"


def test_O17_five_wrong_pins_lock_the_badge_and_say_for_how_long(counter: Counter) -> None:
    """The wait in words, rounded up; the right PIN does not open it; shoppers are not bothered."""
    counter.scan(badge_frame())
    for _ in range(5):
        counter.type_in("111111")
    assert counter.screen.name == "pin_locked"
    assert "15 minutes" in counter.screen.blocks[0].text
    assert "Shoppers can use this kiosk as before" in counter.screen.blocks[1].text
    counter.press("back")
    assert counter.screen.name == "attract"
    counter.wait(60.0)
    counter.sign_in()
    assert counter.screen.name == "pin_locked"
    assert "14 minutes" in counter.screen.blocks[0].text
    counter.press("back")
    counter.scan(frame(PACKAGE))
    assert counter.screen.title == "Now scan your card"
    counter.press("cancel")
    counter.wait(900.0)
    counter.sign_in()
    assert counter.screen.name == "staff_home"


def test_O17_a_staff_book_that_breaks_opens_nothing_and_says_so(counter: Counter) -> None:
    """A fault of ours is no open door."""
    counter.staff.is_down = True
    counter.sign_in()
    assert counter.screen.name == "pin_fault"
    assert counter.machine.state.staff is None


def test_O17_a_staff_book_that_is_silent_is_given_up(counter: Counter) -> None:
    """A wait never hangs."""
    counter.scan(badge_frame())
    counter.press(*(f"key:{digit}" for digit in PIN))
    counter.machine.press("ok")
    assert counter.screen.name == "pin_checking"
    counter.wait(13.0)
    assert counter.screen.name == "pin_fault"


def test_O17_back_from_the_pin_leads_to_what_the_shopper_had(counter: Counter) -> None:
    """A badge in the middle of somebody's session costs them nothing."""
    counter.scan(frame(PACKAGE), badge_frame())
    assert counter.screen.name == "pin"
    counter.press("back")
    assert counter.screen.title == "Now scan your card"
    counter.sign_in()
    assert counter.screen.title == "Now scan your card"
    assert counter.screen.staff
    assert "staff_home" not in counter.screen.button_ids()


def test_O17_idle_staff_are_signed_out_and_the_public_page_shows_nobody(counter: Counter) -> None:
    """Sixty seconds, warned before."""
    counter.sign_in()
    counter.press("devices")
    counter.wait(41.0)
    assert counter.screen.overlay
    counter.wait(20.0)
    assert counter.screen.name == "attract"
    assert counter.screen.staff is None
    assert counter.machine.state.staff is None


def test_O17_a_shoppers_session_that_ends_signs_staff_out(counter: Counter) -> None:
    """Finish is finish for everybody."""
    counter.sign_in()
    counter.scan(card_frame(CARD), frame(PACKAGE))
    counter.press("register")
    assert counter.screen.staff
    counter.press("finish")
    assert counter.machine.state.staff is None


def test_O17_labels_that_print_for_long_do_not_keep_staff_signed_in(counter: Counter) -> None:
    """The page stays with its labels; the person is signed out by the time since they touched it."""
    package = counter.make_up(20)
    job = counter.desk.made[package].jobs[0]
    counter.desk.set_job(job.id, LabelState.SENDING)
    _move(counter)
    counter.wait(61.0)
    assert counter.screen.name == "presale_printing"
    assert counter.machine.state.staff is None
    assert "undo" not in counter.screen.button_ids()
    counter.sign_in()
    assert counter.screen.name == "presale_printing"
    assert "undo" in counter.screen.button_ids()


def test_O17_devices_are_told_in_words_with_their_last_good_sign() -> None:
    """Scanner, printer, photoservice, disk: how they are, and since when."""
    counter = _with_devices(
        scanners=(ScannerSeen(name="Counter scanner", is_there=True, good_s=130.0),),
        printers=(PrinterSeen(name="", printer=Printer.PAPER_OUT),),
    )
    now = counter.clock.now()
    counter.desk.status_now = replace(
        counter.desk.status_now, online=False, unsent=7, oldest_age_s=7200.0, last_ack_at=now, disk_low=True
    )
    counter.sign_in()
    counter.press("devices")
    told = [(entry.title, entry.word, entry.detail) for entry in counter.screen.entries]
    assert told == [
        ("Counter scanner", "ready", "Last good scan: 2 minutes ago"),
        ("Printer", "no paper", "Last proven label: none since the start"),
        ("Touch screen", "no answer", "Scanner and keypad still work. Check its cable."),
        ("Keypad and voice", "no answer", "Shoppers who cannot see need it. Check its cables."),
        ("Photoservice", "offline", "Last answer: just now · 7 events wait to be sent · the oldest for 2 hours"),
        ("Journal and disk", "nearly full", "Nearly no room left. Free some, or the kiosk closes when it is full."),
    ]


@pytest.mark.parametrize(("off_s", "told"), [(7300.0, "2 hours ahead"), (-3 * 86400.0, "3 days behind")])
def test_O17_a_clock_that_is_wrong_is_told_on_the_device_page_and_asked_for_at_home(off_s: float, told: str) -> None:
    """How far and which way, and what is wrong until it is set; a clock that is right takes no line."""
    counter = _with_devices(scanners=(), printers=())
    counter.sign_in()
    entries = {entry.title: entry for entry in counter.screen.entries}
    assert (entries["Devices and connection"].word, entries["Devices and connection"].tone) == ("", "plain")
    counter.press("devices")
    assert [entry.title for entry in counter.screen.entries] == ["Photoservice", "Journal and disk"]
    counter.press("back")
    counter.desk.status_now = replace(counter.desk.status_now, clock_off_s=off_s)
    _read_station(counter)
    line = {entry.title: entry for entry in counter.screen.entries}["Devices and connection"]
    assert (line.word, line.tone, line.detail) == ("please check", "warn", "The clock is wrong")
    counter.press("devices")
    (clock,) = [entry for entry in counter.screen.entries if entry.title == "Clock"]
    assert (clock.word, clock.tone) == ("wrong", "warn")
    assert clock.detail == f"The clock of this kiosk is {told}. Receipts show a wrong time until it is set."


def test_O17_the_device_page_is_live() -> None:
    """What changes shows without a touch."""
    counter = _with_devices(scanners=(ScannerSeen(name="", is_there=True),), printers=())
    counter.sign_in()
    counter.press("devices")
    assert isinstance(counter.devices, SeenDevices)
    counter.devices.seen = (ScannerSeen(name="", is_there=False),)
    counter.machine.happen(ScannerSaid(at=counter.clock.monotonic(), is_there=False))
    counter.settle()
    assert counter.screen.entries[0].word == "no answer"


def test_O17_the_queue_tells_each_paper_and_a_person_settles_what_is_in_doubt(counter: Counter) -> None:
    """It is on paper; it is not: print again; release what was put off. Each with who."""
    claim = counter.register()
    first, second, third, _ = counter.desk.held[claim].jobs
    counter.desk.set_job(first.id, LabelState.MAYBE)
    counter.desk.set_job(second.id, LabelState.MAYBE)
    counter.desk.set_job(third.id, LabelState.DEFERRED)
    counter.press("finish")
    counter.sign_in()
    counter.press("queue")
    assert [entry.word for entry in counter.screen.entries] == ["in doubt", "in doubt", "put off", "waiting"]
    counter.press("open:0", "printed")
    assert counter.screen.notice
    assert counter.screen.notice.text == "Noted: it is on paper."
    counter.press("open:0", "not_printed")
    assert counter.desk.void_copies[str(second.roll), second.copy] == "void"
    counter.press("open:0", "release")
    assert counter.screen.notice.text == "Sent to the printer."
    who = counter.staff.member.id
    assert [(name, deed) for name, deed, _ in counter.desk.overrides] == [
        (who, "settle"),
        (who, "settle"),
        (who, "resume"),
    ]


def test_O17_an_empty_queue_says_that_every_label_is_on_paper(counter: Counter) -> None:
    """Nothing to do is said, not shown as a hole."""
    counter.sign_in()
    counter.press("queue")
    assert counter.screen.empty == "Nothing waits: every label is on paper."


def test_O17_a_long_list_is_paged_and_never_beyond_its_ends(counter: Counter) -> None:
    """Twenty rolls: five to a page, the ends have no button."""
    counter.make_up(20)
    counter.press("finish")
    counter.sign_in()
    counter.press("queue")
    assert counter.screen.pager
    assert (counter.screen.pager.text, counter.screen.pager.before) == ("1 of 5", None)
    counter.press("after", "after", "after", "after")
    assert counter.screen.pager.text == "5 of 5"
    assert counter.screen.pager.after is None
    assert len(counter.screen.entries) == 1


def test_O17_a_receipts_number_leads_to_labels_again_with_a_reason(counter: Counter) -> None:
    """Scan the receipt, say why, say yes: new copies, the old ones void, and who did it."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    old = {job.copy for job in counter.desk.held[claim].jobs if job.roll}
    counter.press("finish")
    counter.sign_in()
    _scan_receipt(counter, counter.desk.held[claim].number)
    assert counter.screen.name == "registration"
    counter.press("labels_again", "reason:damaged")
    assert counter.screen.overlay
    counter.press("yes")
    assert old.isdisjoint({job.copy for job in counter.desk.held[claim].jobs})
    assert counter.desk.overrides == [(counter.staff.member.id, "labels", "damaged")]
    assert counter.screen.name == "registration"
    assert counter.screen.notice
    assert "New labels are on their way" in counter.screen.notice.text


def test_O17_a_new_receipt_leaves_the_labels_alone(counter: Counter) -> None:
    """Only the receipt is new."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    before = {job.kind: job.copy for job in counter.desk.held[claim].jobs}
    counter.press("finish")
    counter.sign_in()
    counter.press("recent", "open:0", "receipt_again", "reason:lost", "yes")
    after = {job.kind: job.copy for job in counter.desk.held[claim].jobs}
    assert after["roll"] == before["roll"]
    assert after["receipt"] != before["receipt"]


def test_O17_void_asks_why_and_really_and_counts_the_void_papers(counter: Counter) -> None:
    """No at the last question changes nothing; yes frees the package."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    counter.press("finish")
    counter.sign_in()
    counter.press("recent", "open:0", "void", "reason:mistake", "no", "back")
    assert not counter.desk.held[claim].withdrawn
    counter.press("void", "reason:mistake", "yes")
    assert counter.desk.held[claim].withdrawn
    assert counter.screen.name == "registration_withdrawn"
    assert counter.screen.notice
    assert counter.screen.notice.text == "Voided. 4 papers are void: please throw them away."
    assert "void" not in counter.screen.button_ids()


def test_O17_staff_pages_show_no_card_of_anybody(counter: Counter) -> None:
    """A number, a film, an age: nothing that names the shopper."""
    counter.register()
    counter.press("finish")
    counter.sign_in()
    counter.press("recent")
    seen = str(counter.screen)
    counter.press("open:0")
    seen += str(counter.screen)
    assert CARD not in seen
    assert CARD[-4:] not in seen


def test_O17_a_number_may_be_typed_and_an_unknown_one_is_said(counter: Counter) -> None:
    """The receipt is gone, the number was noted."""
    claim = counter.register()
    number = counter.desk.held[claim].number
    counter.press("finish")
    counter.sign_in()
    counter.press("recent", "type")
    counter.type_in("29")
    assert counter.screen.notice
    assert "not a registration number" in counter.screen.notice.text
    counter.press("back")
    _scan_receipt(counter, "TCN-000000000")
    assert counter.screen.notice
    assert counter.screen.notice.text == "This kiosk has no registration with that number."
    _scan_receipt(counter, number)
    assert counter.screen.title == f"Registration {number}"


def test_O17_a_badge_on_a_shoppers_labels_opens_their_registration(counter: Counter) -> None:
    """The shopper stands there and needs help: no number need be looked up."""
    claim = counter.register()
    counter.desk.settle(claim, LabelState.PRINTED)
    _move(counter)
    counter.sign_in()
    assert counter.screen.title == f"Registration {counter.desk.held[claim].number}"


def test_O18_a_made_up_package_is_found_by_its_label_reprinted_and_taken_back(counter: Counter) -> None:
    """New claim codes for a reason; taken back for a reason; the desk hears both."""
    package = counter.make_up()
    job = counter.desk.made[package].jobs[0]
    counter.press("finish")
    counter.sign_in()
    counter.press("made_up")
    counter.scan(label_frame(str(job.roll), job.copy))
    assert counter.screen.rows[0].value == package
    counter.desk.made[package].jobs = [
        replace(paper, state=LabelState.PRINTED) for paper in counter.desk.made[package].jobs
    ]
    counter.press("again", "reason:lost", "yes")
    assert counter.desk.overrides[-1] == (counter.staff.member.id, "presale labels", "lost")
    counter.press("undo", "reason:mistake", "yes")
    assert counter.screen.name == "taken_back"
    assert counter.desk.made[package].withdrawn


def test_O18_a_sold_and_registered_package_gives_no_new_claim_codes(counter: Counter) -> None:
    """Somebody's film: nothing may be minted for it any more."""
    package = counter.make_up()
    roll = counter.desk.made[package].manifest.rolls[0]
    counter.press("finish")
    counter.scan(card_frame(CARD), b"]C0" + roll.encode())
    counter.press("register", "finish")
    counter.sign_in()
    counter.press("made_up")
    counter.scan(b"]C0" + roll.encode())
    assert counter.screen.title == "This package is registered"
    assert {"again", "undo"}.isdisjoint(counter.screen.button_ids())


def test_O17_parked_events_are_told_in_plain_words_and_sent_again(counter: Counter) -> None:
    """Why it stands aside, what helps, and that it was done."""
    counter.desk.park(parked_labels("a" * 32))
    counter.sign_in()
    counter.press("parked")
    (entry,) = counter.screen.entries
    assert (entry.title, entry.detail) == (
        "New labels",
        "Something this kiosk wrote before it has not arrived.",
    )
    counter.press("open:0", "send_again")
    assert "a" * 32 in counter.desk.corrected
    assert counter.screen.empty == "Nothing is parked."
    assert counter.screen.notice
    assert "Written again" in counter.screen.notice.text


def test_O17_a_cause_without_words_of_ours_is_told_in_the_photoservices(counter: Counter) -> None:
    """An unknown word is no blank."""
    counter.desk.park(replace(parked_labels("a" * 32), cause="moon", reason="the moon was full"))
    counter.sign_in()
    counter.press("parked")
    assert counter.screen.entries[0].detail == "the moon was full"


def test_O17_a_parked_registration_is_registered_again_with_package_and_card(counter: Counter) -> None:
    """The new registration stands for the parked one, and names who saw to it."""
    claim = counter.register()
    held = counter.desk.held[claim]
    counter.press("finish")
    counter.desk.park(parked_claim(claim, item=ItemId(PACKAGE), number=held.number))
    counter.sign_in()
    counter.press("parked", "open:0", "register_again")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.screen.name == "confirm"
    counter.press("register")
    assert counter.screen.name == "labels_printing"
    fresh = counter.desk.corrected[claim]
    assert counter.desk.held[fresh].wish.corrects == claim
    assert counter.desk.held[fresh].wish.staff == counter.staff.member.id
    assert held.withdrawn


def test_O17_registering_again_with_another_card_replaces_the_card_too(counter: Counter) -> None:
    """The package may be another's after all: the desk decides, not the first look."""
    claim = counter.register()
    counter.press("finish")
    counter.desk.park(parked_claim(claim, item=ItemId(PACKAGE)))
    counter.sign_in()
    counter.press("parked", "open:0", "register_again")
    counter.scan(card_frame(OTHER_CARD), frame(PACKAGE))
    counter.press("register")
    fresh = counter.desk.corrected[claim]
    assert counter.desk.held[fresh].wish.card.number == OTHER_CARD


def test_O17_a_parked_event_is_closed_with_a_reason(counter: Counter) -> None:
    """It leaves the list; the reason goes on record."""
    counter.desk.park(parked_claim("b" * 32))
    counter.sign_in()
    counter.press("parked", "open:0", "close_parked", "reason:dealt_with")
    assert counter.desk.closed == ["b" * 32]
    assert counter.desk.overrides == [(counter.staff.member.id, "close", "dealt_with")]


def test_O17_a_restored_station_is_told_at_home_until_somebody_takes_note(counter: Counter) -> None:
    """How many events came back, and that it was noted."""
    counter.desk.status_now = replace(counter.desk.status_now, restored=31)
    counter.sign_in()
    _read_station(counter)
    assert "31 events came back" in counter.screen.entries[0].detail
    counter.press("note_restored")
    assert counter.desk.noted == 1
    counter.desk.status_now = replace(counter.desk.status_now, restored=0)
    _read_station(counter)
    assert "note_restored" not in counter.screen.button_ids()


def test_O17_a_registration_that_came_back_without_its_card_is_called_nobody_elses(counter: Counter) -> None:
    """A restored station knows that it is registered, not to whom: the shopper is sent to a person, not accused."""
    claim = counter.register()
    counter.press("finish")
    counter.desk.cardless.add(claim)
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.screen.title == "This cannot be registered here"
    assert "A member of staff can look it up" in counter.screen.blocks[0].text
    counter.sign_in()
    assert counter.screen.staff


def test_O17_contested_registrations_come_with_what_to_tell_the_shopper(counter: Counter) -> None:
    """Not only a count."""
    counter.desk.status_now = replace(counter.desk.status_now, contested=2)
    counter.sign_in()
    _read_station(counter)
    assert counter.screen.notice
    assert counter.screen.notice.text.startswith("2 registrations of this kiosk are contested")
    assert "Tell the shopper that nothing is lost" in counter.screen.notice.text


@pytest.mark.parametrize(
    ("fault", "name", "words"),
    [
        ("down", "staff_trouble_not_stored", "so it was not done"),
        ("torn", "staff_trouble_no_answer", "It may have been done, or not"),
    ],
)
def test_O17_a_deed_that_fails_says_what_is_known(counter: Counter, fault: str, name: str, words: str) -> None:
    """Surely not, or nobody can tell: then the way back reads how it stands."""
    claim = counter.register()
    counter.press("finish")
    counter.sign_in()
    counter.press("recent", "open:0", "void", "reason:other")
    counter.desk.is_down, counter.desk.is_torn = fault == "down", fault == "torn"
    counter.press("yes")
    assert counter.screen.name == name
    assert words in counter.screen.blocks[0].text
    counter.desk.is_down = counter.desk.is_torn = False
    assert ("retry" in counter.screen.button_ids()) == (fault == "down")
    counter.press("back")
    is_void = counter.desk.held[claim].withdrawn
    assert counter.screen.name == ("registration_withdrawn" if is_void else "registration")


def test_O17_a_deed_that_came_too_late_is_refused_in_words(counter: Counter) -> None:
    """The label came out while the page was open."""
    claim = counter.register()
    job = counter.desk.held[claim].jobs[0]
    counter.desk.set_job(job.id, LabelState.MAYBE)
    counter.press("finish")
    counter.sign_in()
    counter.press("queue", "open:0")
    counter.desk.set_job(job.id, LabelState.PRINTED)
    counter.press("printed")
    assert counter.screen.name == "staff_trouble_refused"
    assert counter.screen.blocks[0].text == "That label is not in doubt any more."


def test_O17_with_the_journal_down_staff_pages_still_open_for_whoever_is_in(counter: Counter) -> None:
    """The one who must look has a page that says what is wrong."""
    counter.sign_in()
    counter.desk.is_down = True
    _read_station(counter)
    counter.press("devices")
    assert counter.screen.entries[-1].word == "cannot store"
    assert counter.screen.light.text == "Cannot store"


def test_O17_a_badge_at_the_closed_kiosk_asks_for_the_pin(counter: Counter) -> None:
    """Closed to shoppers is not closed to staff."""
    counter.desk.status_now = replace(counter.desk.status_now, journal_ok=False)
    _read_station(counter)
    assert counter.screen.name == "closed"
    counter.sign_in()
    assert counter.screen.name == "staff_home"


def test_O17_a_price_code_scanned_at_home_leads_to_the_count(counter: Counter) -> None:
    """Any code leads where staff would go with it."""
    counter.sign_in()
    counter.scan(price_frame())
    assert counter.screen.name == "count"


def _with_devices(*, scanners: tuple[ScannerSeen, ...], printers: tuple[PrinterSeen, ...]) -> Counter:
    return Counter(
        clock=ManualClock(),
        desk=stocked_desk(),
        store=film_store(),
        scanner=SilentScanner(),
        devices=SeenDevices(scanners, printers),
    )


def _scan_receipt(counter: Counter, number: str) -> None:
    counter.machine.happen(Scanned(at=counter.clock.monotonic(), scan=ReceiptScan(number=number)))
    counter.settle()


def _move(counter: Counter) -> None:
    counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
    counter.settle()


def _read_station(counter: Counter) -> None:
    counter.owed.append(ask.ReadStation())
    counter.settle()
