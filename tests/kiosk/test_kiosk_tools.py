"""Roles, printer, label roll, paper lists, recalls, cleaning and training at the counter, on the fake desk."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.back_room import BackRoom
from kiosk.flow.effects import Register
from kiosk.flow.events import JournalMoved
from kiosk.flow.staff_effects import SignIn
from kiosk.flow.staff_events import SignedIn
from kiosk.flow.staff_pages import JobShown, Listing, PinPad
from kiosk.flow.staff_values import QueuedJob, Shift
from kiosk.flow.values import Item, Package, PaperRow, Printer
from kiosk.flow.values import LabelState as Shown
from kiosk.recalls import judge_film
from kiosk.testing import Counter, FakeDesk, SilentScanner, film_store, stocked_desk
from kiosk.testing.counter import (
    CARD,
    EAN,
    OTHER_CARD,
    PACKAGE,
    PRIVACY,
    ROLLS,
    badge_frame,
    card_frame,
    frame,
    price_frame,
)
from kiosk.worker import DeskWorker
from photocore.errors import SettingsError
from photocore.recalls import Recall, expired_on, find_recall
from photocore.roles import DUTIES, MAY, ROLES, Role
from photocore.testing import ManualClock
from sync.errors import DeskRefusal, JournalDown
from sync.label_states import LabelState

DATED = b"]d2" + PACKAGE.replace("(01)", "01").replace("(21)", "21").encode() + b"\x1d" + b"17200630" + b"10L2291"


class FakePrinter:
    """The label printer as staff handle it: remembers what was wanted."""

    name = "tcp://printer"

    def __init__(self) -> None:
        self.is_paused = False
        self.trials: list[tuple[Shift, bool, bool]] = []
        self.shift = Shift()

    def pause(self, *, is_paused: bool) -> None:
        """Remember."""
        self.is_paused = is_paused

    def print_trial(self, shift: Shift, *, ruler: bool, is_tried: bool) -> None:
        """Remember."""
        self.trials.append((shift, ruler, is_tried))

    def move(self, shift: Shift) -> None:
        """Remember."""
        self.shift = shift


class FakeTraining:
    """A training desk that can be broken."""

    def __init__(self) -> None:
        self.desk: FakeDesk | None = None
        self.is_broken = False

    def begin(self) -> tuple[FakeDesk, FakeDesk]:
        """Return a fresh desk."""
        if self.is_broken:
            raise JournalDown("the fake's training desk is broken")
        self.desk = stocked_desk()
        return self.desk, self.desk

    def end(self) -> None:
        """Forget it."""
        self.desk = None


class Bench:
    """A counter with a printer staff can handle, a room to train in, and recalls."""

    def __init__(self, role: Role = "manager", recalls: tuple[Recall, ...] = ()) -> None:
        self.counter = Counter(
            clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner(), role=role
        )
        self.printer, self.training = FakePrinter(), FakeTraining()
        counter = self.counter
        counter.worker = DeskWorker(
            desk=counter.desk,
            labels=counter.desk,
            store=counter.store,
            clock=counter.clock,
            tell=counter.machine.happen,
            staff=counter.staff,
            back_room=BackRoom(printer=self.printer, training=self.training, recalls=recalls, station="st-1"),
        )

    def signed_in(self) -> Counter:
        """Return the counter with its member of staff signed in."""
        self.counter.sign_in()
        return self.counter


def _lines(counter: Counter) -> dict[str, tuple[bool, str]]:
    return {entry.title: (entry.button is not None, entry.detail) for entry in counter.screen.entries}


def test_S6_every_duty_is_somebodys_and_a_manager_may_all() -> None:
    """The table is whole: no duty that nobody may do, none that is not in it."""
    assert set(MAY) == set(DUTIES)
    assert all(roles and roles <= set(ROLES) for roles in MAY.values())
    assert all("manager" in roles for roles in MAY.values())


def test_S6_what_a_cashier_may_not_do_is_shown_with_who_can_and_leads_nowhere() -> None:
    """The line stands there, without a button; a press that comes all the same changes nothing."""
    counter = Bench("cashier").signed_in()
    assert _lines(counter)["Parked"] == (False, "A manager can do this.")
    assert _lines(counter)["Registrations"][0]
    counter.machine.press("parked")
    assert (counter.screen.name, counter.screen.notice.text) == (
        "staff_home",
        "Your role does not allow that. Nothing was changed.",
    )


def test_S6_a_cashier_prints_again_and_cannot_void() -> None:
    """Neither by the page nor by an event that comes past it."""
    counter = Bench("cashier").counter
    claim = counter.register()
    number = counter.desk.held[claim].number
    counter.wait(70)
    counter.sign_in()
    counter.press("recent", "open:0")
    assert number in counter.screen.title
    assert _lines(counter)["Void this registration"] == (False, "A manager can do this.")
    assert _lines(counter)["Print the receipt again"][0]
    counter.machine.press("void")
    assert counter.screen.name == "registration"
    assert not counter.desk.held[claim].withdrawn


def test_S6_an_installer_sees_devices_and_no_registration() -> None:
    """A receipt or a package under the scanner is refused in words, and nothing is opened."""
    counter = Bench("installer").signed_in()
    assert _lines(counter)["Registrations"] == (False, "A cashier or a manager can do this.")
    counter.scan(frame(PACKAGE))
    assert counter.screen.name == "staff_home"
    assert "role" in counter.screen.notice.text
    assert counter.scanner.answers[-1] is False


def test_S6_a_registration_staff_make_for_a_shopper_names_who_helped() -> None:
    """And one that nobody helped with names nobody."""
    counter = Bench().signed_in()
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.machine.state.page.wish.staff == counter.staff.member.id
    counter.wait(70)
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.machine.state.page.wish.staff is None


def test_S6_a_new_label_roll_is_guided_and_printing_waits_until_its_test_label_was_good() -> None:
    """Paused, old out, new in, a test label looked at twice, going on: four deeds with their names."""
    bench = Bench("cashier")
    counter = bench.signed_in()
    counter.press("tools", "printer", "roll_change")
    assert (counter.screen.name, bench.printer.is_paused) == ("roll_open", True)
    counter.press("go_on", "go_on")
    assert (counter.screen.name, len(bench.printer.trials)) == ("roll_check", 1)
    counter.press("again")
    assert len(bench.printer.trials) == 2
    counter.press("good")
    assert (counter.screen.name, bench.printer.is_paused) == ("printer", False)
    assert [act for _, act, _ in counter.desk.overrides] == [
        "printing_paused",
        "test_printed",
        "test_printed",
        "label_roll_changed",
    ]


def test_S6_a_roll_change_that_is_given_up_lets_labels_go_again() -> None:
    """Stop changing resumes; five quiet minutes end the session, and printing stays paused until somebody comes."""
    bench = Bench()
    counter = bench.signed_in()
    counter.press("tools", "printer", "roll_change", "cancel")
    assert not bench.printer.is_paused
    counter.press("roll_change")
    counter.wait(120)
    assert counter.screen.name == "roll_open"  # both hands are in the printer
    counter.wait(400)
    assert (counter.screen.name, bench.printer.is_paused) == ("attract", True)


def test_S6_while_staff_have_the_printer_shoppers_hear_that_labels_come_later() -> None:
    """Registration never waits for paper."""
    from kiosk.flow.events import PrinterSaid

    counter = Bench().counter
    counter.machine.happen(PrinterSaid(at=counter.clock.monotonic(), printer=Printer.PAUSED))
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert "Staff are looking after the printer." in counter.screen.notice.text
    counter.press("register")
    assert counter.screen.name == "labels_held_up"


def test_S6_the_print_is_moved_looked_at_and_kept_for_this_printer() -> None:
    """Half a millimetre at a touch, five at most, and the calibration label shows it before it is kept."""
    bench = Bench("installer")
    counter = bench.signed_in()
    counter.press("tools", "printer", "calibrate", "right", "right", "up")
    assert counter.screen.rows[0].value == "1.0 mm to the right · 0.5 mm up"
    counter.press("print")
    assert bench.printer.trials == [(Shift(right=10, down=-5), True, True)]
    assert counter.desk.printer_notes == {}
    counter.press("keep")
    assert (counter.desk.printer_notes, bench.printer.shift) == ({"tcp://printer": "10 -5"}, Shift(right=10, down=-5))
    counter.press("calibrate", *["right"] * 20)
    assert counter.screen.rows[0].value.startswith("5.0 mm to the right")


def test_S6_a_cashier_cannot_move_the_print() -> None:
    """It is an installer's, or a manager's."""
    counter = Bench("cashier").signed_in()
    counter.press("tools", "printer")
    assert _lines(counter)["Where the print lies"] == (False, "A manager or an installer can do this.")
    counter.machine.press("calibrate")
    assert counter.screen.name == "printer"


def test_S6_a_kiosk_without_a_printer_says_so() -> None:
    """A test label cannot be asked for."""
    bench = Bench()
    bench.counter.worker = DeskWorker(
        desk=bench.counter.desk,
        labels=bench.counter.desk,
        store=bench.counter.store,
        clock=bench.counter.clock,
        tell=bench.counter.machine.happen,
        staff=bench.counter.staff,
    )
    counter = bench.signed_in()
    counter.press("tools", "printer", "test_print")
    assert counter.screen.name == "staff_trouble_refused"
    assert "no printer" in counter.screen.blocks[0].text


def test_S6_the_whole_queue_is_let_go_with_a_reason() -> None:
    """What waits at once; what is in doubt only after it was asked whether that is meant."""
    counter = Bench().counter
    claim = counter.register()
    jobs = counter.desk.held[claim].jobs
    counter.desk.settle(claim, LabelState.DEFERRED, only=jobs[0].id)
    counter.desk.settle(claim, LabelState.MAYBE, only=jobs[1].id)
    counter.wait(70)
    counter.sign_in()
    counter.press("queue", "restart_waiting", "reason:paper")
    assert counter.screen.notice.text == "1 label goes to the printer."
    counter.press("restart_all", "reason:printer")
    assert counter.screen.overlay.title == "Print all of them again?"
    counter.press("yes")
    assert "restart_all" not in counter.screen.button_ids()
    assert LabelState.MAYBE not in {job.state for job in counter.desk.held[claim].jobs}


def test_S6_a_cashier_settles_one_label_and_not_the_whole_queue() -> None:
    """No button for it, and a press that comes all the same does nothing."""
    counter = Bench("cashier").counter
    claim = counter.register()
    counter.desk.settle(claim, LabelState.MAYBE)
    counter.wait(70)
    counter.sign_in()
    counter.press("queue")
    assert "restart_all" not in counter.screen.button_ids()
    counter.machine.press("restart_all")
    assert counter.screen.name == "queue_list"


def test_S6_cleaning_takes_no_touch_counts_down_and_ends_by_itself() -> None:
    """No button stands there, and no press, wherever it comes from, does anything."""
    counter = Bench("cashier").signed_in()
    counter.press("tools", "cleaning")
    assert (counter.screen.name, counter.screen.button_ids()) == ("cleaning", frozenset())
    for button in ("staff_home", "sign_out", "language", "back", "access", "start"):
        counter.machine.press(button)
    counter.scan(frame(PACKAGE))
    assert counter.screen.name == "cleaning"
    counter.wait(20)
    assert "25 seconds" in counter.screen.guidance
    counter.wait(26)
    assert counter.screen.name == "tools"
    assert counter.machine.state.staff


def test_S6_a_badge_ends_cleaning() -> None:
    """The one who began it goes on; a gloved hand needs no screen for that."""
    counter = Bench().signed_in()
    counter.press("tools", "cleaning")
    counter.scan(badge_frame())
    assert counter.screen.name == "tools"


def test_S6_training_looks_the_same_says_so_everywhere_and_nothing_reaches_the_real_desk() -> None:
    """A whole walk, and the next, until staff sign out: the real desk has one override, and no registration."""
    bench = Bench("cashier")
    counter = bench.signed_in()
    counter.press("tools", "training", "begin")
    assert "training" in counter.screen.notice.text
    bench.training.desk.access_url = "https://photos.example/r"
    names: list[str] = []
    for _ in range(2):
        counter.scan(frame(PACKAGE))
        names.append(counter.screen.staff.text)
        counter.scan(card_frame(CARD))
        names.append(counter.screen.staff.text)
        if "register" in counter.screen.button_ids():
            counter.press("register")
            assert counter.screen.name == "labels_printing"
            bench.training.desk.settle(next(iter(bench.training.desk.held)), LabelState.PRINTED)
            counter.machine.happen(JournalMoved(at=counter.clock.monotonic()))
            counter.settle()
            assert counter.screen.name == "labels_done"
            assert "phone" not in counter.screen.button_ids()  # nothing here opens anything
        names.append(counter.screen.staff.text)
        counter.press("finish")
        assert counter.screen.name == "staff_home"  # and no page that invites a shopper
        assert "training" in counter.screen.notice.text
        names.append(counter.screen.staff.text)
    assert all(name.startswith("TRAINING") for name in names)
    assert len(bench.training.desk.held) == 1
    counter.press("sign_out")
    assert (counter.screen.name, bench.training.desk) == ("attract", None)
    assert counter.desk.held == {}
    assert [act for _, act, _ in counter.desk.overrides] == ["training_begun"]
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert counter.screen.staff is None
    counter.press("register")
    assert len(counter.desk.held) == 1


def test_S6_training_is_over_when_nobody_touches_the_screen() -> None:
    """No shopper ever meets a kiosk that forgets what they do."""
    bench = Bench()
    counter = bench.signed_in()
    counter.press("tools", "training", "begin")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.press("register")
    counter.wait(300)
    counter.settle()
    assert (counter.screen.name, counter.machine.state.is_training, bench.training.desk) == ("attract", False, None)


def test_S6_training_that_cannot_begin_is_none() -> None:
    """The page says so, and what is done next is real."""
    bench = Bench()
    bench.training.is_broken = True
    counter = bench.signed_in()
    counter.press("tools", "training", "begin")
    assert counter.screen.name.startswith("staff_trouble")
    assert not counter.machine.state.is_training
    counter.press("back", "sign_out")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.press("register")
    assert len(counter.desk.held) == 1


def test_S6_what_is_asked_of_a_training_desk_that_is_gone_is_asked_of_no_other() -> None:
    """A trainee's registration that comes too late is nobody's."""
    from kiosk.flow.effects import EndTraining

    bench = Bench()
    counter = bench.signed_in()
    counter.press("tools", "training", "begin")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.worker.carry_out(EndTraining())
    counter.press("register")
    assert counter.screen.name.startswith("trouble")
    assert counter.desk.held == {}


def test_S6_a_row_of_a_paper_list_becomes_a_registration_that_names_it() -> None:
    """Row, day and time, package, card: then as ever. The same row again is refused."""
    from photocore.codes import mint_paper_rows
    from photocore.testing import SeededEntropy

    first, second = mint_paper_rows(SeededEntropy(7), 2)
    counter = Bench("cashier").signed_in()
    counter.press("tools", "from_paper")
    counter.scan(frame(PACKAGE))
    assert counter.screen.notice.text == "That is not a row of a paper list."
    counter.scan(b"]d1" + first.encode())
    assert "row 01" in counter.screen.guidance
    counter.type_in("321405")
    assert "no such day" in counter.screen.notice.text
    counter.type_in("211405")
    assert "From row 01" in counter.screen.notice.text
    counter.scan(frame(PACKAGE), card_frame(CARD))
    wish = counter.machine.state.page.wish
    assert (wish.paper.row, wish.paper.written, wish.staff) == (first, "211405", counter.staff.member.id)
    counter.press("register")
    assert counter.desk.papers_entered == {first: next(iter(counter.desk.held))}
    counter.scan(b"]d1" + second.encode())
    assert counter.screen.notice.tone == "warn"


def test_S6_a_package_on_paper_that_is_registered_to_another_card_is_refused_as_ever() -> None:
    """Paper is no proof."""
    from photocore.codes import mint_paper_rows
    from photocore.testing import SeededEntropy

    (row,) = mint_paper_rows(SeededEntropy(7), 1)
    counter = Bench().counter
    counter.register()
    counter.wait(70)
    counter.sign_in()
    counter.press("tools", "from_paper")
    counter.scan(b"]d1" + row.encode())
    counter.type_in("211405")
    counter.scan(frame(PACKAGE), card_frame(OTHER_CARD))
    assert counter.screen.name == "stopped_registered_to_another_card"
    counter.press("other")
    assert counter.machine.state.page.paper.row == row
    counter.scan(frame(PACKAGE))
    assert counter.screen.name == "stopped_registered_to_another_card"
    counter.press("sign_out")
    assert counter.screen.name == "attract"  # a row is nothing a shopper can go on with


RECALL = Recall(gtin="09506000134352", reason="lot L2291: light leak", lots=("L2291",))


def test_S6_a_recalled_lot_warns_the_shopper_kindly_and_staff_exactly() -> None:
    """The lot stands in the code the maker printed; with warn it can be registered."""
    bench = Bench(recalls=(RECALL,))
    counter = bench.counter
    counter.scan(DATED)
    assert counter.screen.notice.text.startswith("The maker asks to see this film again.")
    counter.scan(card_frame(CARD))
    assert "lot L2291" not in counter.screen.notice.text
    assert "register" in counter.screen.button_ids()
    counter.press("cancel")
    counter.sign_in()
    counter.scan(DATED)
    assert "Recalled: lot L2291: light leak" in counter.screen.notice.text
    assert "2020-06-30" in counter.screen.notice.text


def test_S6_a_store_may_block_what_was_recalled() -> None:
    """And says what to do, before and with a card."""
    block = Recall(gtin="09506000134352", reason="lot L2291", lots=("L2291",), policy="block")
    counter = Bench(recalls=(RECALL, block)).counter
    counter.scan(DATED)
    assert counter.screen.name == "stopped_recalled"
    counter.press("finish")
    counter.scan(card_frame(CARD), DATED)
    assert counter.screen.name == "stopped_recalled"
    assert counter.desk.held == {}


def test_S6_film_past_its_best_date_is_told_and_registered() -> None:
    """It is still film."""
    counter = Bench().counter
    counter.scan(DATED, card_frame(CARD))
    assert counter.screen.notice.text == "This film is past its best date. You can still register it."
    counter.press("register")
    assert len(counter.desk.held) == 1


@pytest.mark.parametrize(
    ("item", "lot", "is_found"),
    [
        (PACKAGE, "L1", True),
        (PACKAGE, "L2", False),
        (PACKAGE, "", False),
        ("(01)09506000134352(21)SER00005", "", True),
        ("(01)09506000134352(21)SER00009", "", False),
        ("(01)09506000134352(21)SER000005", "", False),
        ("(01)09506000134369(21)SER00005", "L1", False),
        ("TCR-0000000000", "L1", False),
    ],
)
def test_S6_a_recall_names_lots_or_a_range_of_serials(item: str, lot: str, is_found: bool) -> None:
    """Serials are compared as makers count them: text of one length; both ends are recalled."""
    recalls = (
        Recall(gtin="09506000134352", reason="lot", lots=("L1",)),
        Recall(gtin="09506000134352", reason="serials", serial_from="SER00001", serial_to="SER00005"),
    )
    assert (find_recall(recalls, item, lot) is not None) is is_found


def test_S6_a_recall_of_a_roll_is_one_of_its_package() -> None:
    """Whichever of them is scanned."""
    recall = Recall(gtin=ROLLS[0][4:18], reason="spool", serial_from=ROLLS[1][22:], serial_to=ROLLS[1][22:])
    package = Package(item=PACKAGE, package=PACKAGE, rolls=ROLLS)
    judged = judge_film(package, Item(item=PACKAGE, level="package"), (recall,), date(2026, 11, 21))
    assert (judged.recall, judged.recall_reason) == ("warn", "spool")


@pytest.mark.parametrize(
    ("expires", "over"),
    [("", None), ("261121", None), ("261120", date(2026, 11, 20)), ("261000", date(2026, 10, 31)), ("269999", None)],
)
def test_S6_the_last_good_day_is_good(expires: str, over: date | None) -> None:
    """Day 00 is the last of its month (GS1 General Specifications 3.4.7); what is no day says nothing."""
    assert expired_on(expires, date(2026, 11, 21)) == over


def test_S6_a_file_of_recalls_that_is_not_understood_stops_the_start(tmp_path) -> None:
    """Passing a recall over in silence is the one thing it must not do."""
    from kiosk.recalls import load_recalls

    assert load_recalls(tmp_path) == ()
    folder = tmp_path / "recalls"
    folder.mkdir()
    good = '[[recall]]\ngtin = "09506000134352"\nreason = "light leak"\nlots = ["L2291"]\npolicy = "block"\n'
    (folder / "a.toml").write_text(good)
    (recall,) = load_recalls(tmp_path)
    assert (recall.policy, recall.lots) == ("block", ("L2291",))
    (folder / "b.toml").write_text(good.replace("lots", "batches"))
    with pytest.raises(SettingsError, match=r"b\.toml"):
        load_recalls(tmp_path)


def test_S6_who_is_taken_out_of_the_book_or_given_less_does_nothing_more() -> None:
    """Also while signed in: the book as it is now decides, below the screen too."""
    bench = Bench()
    counter = bench.counter
    claim = counter.register()
    counter.wait(70)
    counter.sign_in()
    counter.press("recent", "open:0", "void", "reason:mistake")
    counter.staff.member = replace(counter.staff.member, role="cashier")
    counter.press("yes")
    assert counter.screen.name == "staff_trouble_refused"
    assert not counter.desk.held[claim].withdrawn
    counter.press("back")
    counter.staff.member = replace(counter.staff.member, id="0" * 16)
    counter.press("receipt_again", "reason:lost", "yes")
    assert counter.screen.name == "staff_trouble_refused"
    assert counter.desk.overrides == []


def test_S6_every_deed_of_staff_has_a_duty() -> None:
    """A new one cannot be forgotten."""
    from kiosk.duties import DUTY_OF_EFFECT
    from kiosk.flow.staff_effects import Override

    assert set(Override.__subclasses__()) <= set(DUTY_OF_EFFECT)


def test_S6_an_installer_makes_up_no_package_from_a_shoppers_page_either() -> None:
    """The price code asks for somebody of the store, whoever of another trade is signed in; the PIN leads nowhere."""
    counter = Bench("installer").counter
    counter.scan(card_frame(CARD), price_frame())
    assert counter.screen.name.startswith("unnumbered")
    before = counter.screen.name
    counter.sign_in()
    assert counter.screen.name == before
    assert "go_on" not in counter.screen.button_ids()
    assert counter.desk.made == {}


def test_S6_training_ends_by_end_now_too() -> None:
    """Whoever finds "Still there?" on the screen may be the next shopper: nobody stays signed in for them."""
    bench = Bench()
    counter = bench.signed_in()
    counter.press("tools", "training", "begin")
    counter.scan(frame(PACKAGE))
    counter.wait(45)
    assert counter.screen.overlay is not None
    counter.press("end")
    state = counter.machine.state
    assert (counter.screen.name, state.is_training, state.staff, bench.training.desk) == ("attract", False, None, None)


def test_S6_what_a_trainee_does_to_the_printer_is_written_in_training_only() -> None:
    """The printer is the real one; the journal holds one line, and no position of a trainee's."""
    bench = Bench()
    counter = bench.signed_in()
    counter.desk.printer_notes["tcp://printer"] = "5 0"
    counter.press("tools", "training", "begin", "tools", "printer", "pause")
    assert bench.printer.is_paused
    counter.press("test_print", "calibrate")
    assert counter.screen.rows[0].value.startswith("0.5 mm to the right")
    counter.press("right", "keep")
    assert bench.training.desk.printer_notes == {"tcp://printer": "10 0"}
    assert counter.desk.printer_notes == {"tcp://printer": "5 0"}
    assert [act for _, act, _ in counter.desk.overrides] == ["training_begun"]


def test_S6_who_signs_in_where_another_left_a_page_comes_to_no_page_of_theirs() -> None:
    """A cashier's badge on a manager's open page: not what is parked, and not what is contested."""
    counter = Bench("manager").signed_in()
    for what in ("parked", "contested"):
        page = Listing(what=what, lines=())
        counter.machine.restore(replace(counter.machine.state, page=page))
        other = replace(counter.machine.state.staff, id="f" * 16, role="cashier")
        asked = SignIn(session=counter.machine.state.session, badge=other.badge, pin="123456")
        pad = PinPad(badge=other.badge, under=page, asked=asked, since=counter.machine.state.now)
        counter.machine.restore(replace(counter.machine.state, page=pad))
        now = counter.clock.monotonic()
        counter.machine.happen(SignedIn(at=now, about=asked, staff=other.id, name="Kim", role="cashier"))
        assert counter.screen.name == "staff_home"
        assert counter.screen.notice is not None


def test_S6_below_the_screen_a_cashier_registers_in_no_parked_ones_place() -> None:
    """Nor does an installer enter a paper list, or make up a package."""
    from kiosk.duties import demand_duty

    counter = Bench("cashier").signed_in()
    counter.scan(frame(PACKAGE), card_frame(CARD))
    wish, package = counter.machine.state.page.wish, counter.machine.state.page.package
    row = PaperRow(row="TCF-000000000", written="211405")
    own, corrects, paper = (
        Register(session=1, wish=replace(wish, **changes), package=package)
        for changes in ({}, {"corrects": "a" * 32}, {"paper": row})
    )
    demand_duty(own, counter.staff)
    demand_duty(paper, counter.staff)
    with pytest.raises(DeskRefusal):
        demand_duty(corrects, counter.staff)
    counter.staff.member = replace(counter.staff.member, role="installer")
    with pytest.raises(DeskRefusal):
        demand_duty(paper, counter.staff)
    demand_duty(own, counter.staff)


def test_S6_an_installer_sees_a_label_and_not_whose_it_is() -> None:
    """The queue is theirs, registrations are not."""
    counter = Bench("installer").signed_in()
    job = QueuedJob(job=1, kind="roll", state=Shown.MAYBE, place=1, of=2, registration="TCN-GTH3WRWH4")
    counter.machine.restore(replace(counter.machine.state, page=JobShown(job=job)))
    assert "What does it belong to?" not in _lines(counter)
    counter.machine.press("open")
    assert counter.screen.name.startswith("job_")


def test_S6_nobody_agrees_for_who_stands_on_a_paper_list() -> None:
    """The shopper has left: the registration names no notice, and the button says no agreeing."""
    from photocore.codes import mint_paper_rows
    from photocore.testing import SeededEntropy

    (row,) = mint_paper_rows(SeededEntropy(7), 1)
    counter = Bench("cashier").signed_in()
    counter.machine.state = replace(counter.machine.state, privacy=PRIVACY)
    counter.press("tools", "from_paper")
    counter.scan(b"]d1" + row.encode())
    counter.type_in("211405")
    counter.scan(price_frame())
    assert counter.machine.state.page.paper.row == row
    counter.scan(frame(PACKAGE), card_frame(CARD))
    assert "privacy" not in counter.screen.button_ids()
    assert "Register this film" in {button.text for button in counter.screen.buttons}
    counter.machine.press("privacy")
    assert counter.screen.name == "confirm"
    notices = []
    plain = counter.desk.register
    counter.desk.register = lambda wish: (notices.append(wish.notice), plain(wish))[1]
    counter.press("register")
    assert counter.desk.papers_entered == {row: next(iter(counter.desk.held))}
    assert notices == [None]


def test_S6_a_price_code_typed_for_a_row_of_a_paper_list_loses_no_row() -> None:
    """Film without a number is made up apart; the row stays until a package comes."""
    from photocore.codes import mint_paper_rows
    from photocore.testing import SeededEntropy

    (row,) = mint_paper_rows(SeededEntropy(7), 1)
    counter = Bench("cashier").signed_in()
    counter.press("tools", "from_paper")
    counter.scan(b"]d1" + row.encode())
    counter.type_in("211405")
    counter.press("type")
    counter.type_in(EAN[1:])
    assert counter.screen.notice.tone == "warn"
    counter.press("back")
    assert counter.machine.state.page.paper.row == row
