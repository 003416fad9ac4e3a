"""Who has a device and what it is told: UnifiedPOS' rules as laws, in a time of their own (A2, K2, K3)."""

from collections import deque

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hardware.printer.status import PrinterStatus
from pos_bridge.facade import words
from pos_bridge.facade.events import MOST_KEPT, EventLog
from pos_bridge.facade.machine import AFTER_LINK_S, FORGET_S, LEASE_S, MOST_LINKS, MOST_SESSIONS, Rung
from pos_bridge.facade.printing import LEFT_S, BarCode, PrinterMachine
from pos_bridge.facade.scanning import MOST_WAITING, ScannerMachine
from pos_bridge.facade.words import DeviceRefused, Fault, PrinterNews, Scanned, State, split_label

ON, OFF = True, False
READY = PrinterStatus(connected=True, paper="ok", cover_open=False, offline=False)


def refused(verb, *args, **named):
    with pytest.raises(DeviceRefused) as caught:
        verb(*args, **named)
    return caught.value.code


def told(machine, session, event=None):
    return [one for one in machine.sessions[session].log.after(0) or () if event in (None, one.event)]


def scanner(*sessions, now=0.0):
    machine = ScannerMachine("left")
    for session in sessions:
        machine.open(session, now)
    return machine


def enabled(machine, session, now=0.0):
    assert machine.claim(session, now)
    machine.set(session, "DeviceEnabled", ON, now)


def test_A2_each_step_needs_the_one_before():
    machine = scanner("a", "b")
    assert refused(machine.claim, "nobody", 0) is Fault.E_CLOSED
    assert refused(machine.set, "a", "DeviceEnabled", ON, 0) is Fault.E_NOTCLAIMED
    assert refused(machine.release, "a", 0) is Fault.E_NOTCLAIMED
    assert machine.claim("a", 0)
    assert not machine.claim("b", 0)
    assert refused(machine.set, "b", "DeviceEnabled", ON, 0) is Fault.E_CLAIMED
    assert refused(machine.clear_input, "b", 0) is Fault.E_CLAIMED
    assert refused(machine.enabled, "a", 0) is Fault.E_DISABLED
    assert refused(machine.set, "a", "ScanData", "x", 0) is Fault.E_ILLEGAL
    assert refused(machine.set, "a", "FreezeEvents", "yes", 0) is Fault.E_ILLEGAL
    machine.close("a", 0)
    assert machine.claim("b", 0)


def test_A2_one_scan_one_event_and_the_next_when_it_is_asked_for():
    machine = scanner("a")
    enabled(machine, "a")
    assert [machine.scan(text, 1) for text in ("]E04006381333931", "]d2X", "plain")] == [True] * 3
    assert told(machine, "a") == []
    for number, label, kind in ((1, "4006381333931", 104), (2, "X", 208), (3, "plain", 0)):
        machine.set("a", "DataEventEnabled", ON, 2)
        event = told(machine, "a")[-1]
        assert (event.number, event.scan_data_label, event.scan_data_type) == (number, label, kind)
        assert machine.properties("a", 2)["DataEventEnabled"] is False
    assert machine.properties("a", 2)["ScanData"] == "plain"
    machine.set("a", "DataEventEnabled", ON, 2)
    assert machine.scan("at once", 3)
    assert told(machine, "a")[-1].scan_data == "at once"


def test_A2_nobody_gets_a_scan_of_a_device_that_is_not_enabled():
    machine = scanner("a")
    assert not machine.scan("x", 0)
    machine.claim("a", 0)
    assert not machine.scan("x", 0)
    enabled(machine, "a")
    machine.set("a", "AutoDisable", ON, 0)
    assert [machine.scan("x", 0), machine.scan("y", 0)] == [True, False]
    assert machine.properties("a", 0)["DeviceEnabled"] is False


def test_A2_a_queue_that_is_full_refuses_the_next_scan_and_says_so():
    machine = scanner("a")
    enabled(machine, "a")
    taken = [machine.scan(f"{number}", 0) for number in range(MOST_WAITING + 2)]
    assert taken == [True] * MOST_WAITING + [False] * 2
    assert {one.error_code for one in told(machine, "a", "ErrorEvent")} == {Fault.E_FAILURE}
    machine.clear_input("a", 0)
    assert machine.properties("a", 0)["DataCount"] == 0


def test_A2_frozen_events_wait():
    machine = scanner("a")
    enabled(machine, "a")
    machine.set("a", "DataEventEnabled", ON, 0)
    machine.set("a", "FreezeEvents", ON, 0)
    machine.scan("x", 0)
    assert told(machine, "a") == []
    machine.set("a", "FreezeEvents", OFF, 0)
    assert told(machine, "a")[-1].scan_data == "x"


def test_A2_a_client_that_dies_loses_its_claim_after_a_lease_and_one_that_listens_never():
    machine = scanner("a", "b")
    enabled(machine, "a")
    machine.scan("x", LEASE_S - 1)
    assert not machine.claim("b", LEASE_S - 0.5)
    assert machine.claim("b", LEASE_S)
    assert told(machine, "a")[-1].error_code is Fault.E_NOTCLAIMED
    assert refused(machine.clear_input, "a", LEASE_S) is Fault.E_CLAIMED
    machine.linked("b", LEASE_S)
    assert not machine.claim("a", 10 * LEASE_S)
    machine.unlinked("b", 10 * LEASE_S)
    assert not machine.claim("a", 10 * LEASE_S + AFTER_LINK_S - 0.1)
    assert machine.claim("a", 10 * LEASE_S + AFTER_LINK_S)


def test_A2_a_client_whose_socket_fell_and_that_asks_for_something_lives_on():
    machine = scanner("a", "b")
    enabled(machine, "a")
    machine.linked("a", 0)
    machine.linked("a", 1)
    machine.unlinked("a", 10)
    assert not machine.claim("b", 100), "its other socket stands"
    machine.unlinked("a", 100)
    machine.at("a", 104)
    assert not machine.claim("b", 104 + LEASE_S - 0.1)
    assert machine.claim("b", 104 + LEASE_S)


def test_A2_a_till_that_began_anew_takes_its_own_claim_and_no_others():
    machine = ScannerMachine("left")
    for session, till in (("old", "T1"), ("other", "T2"), ("nameless", ""), ("nameless too", ""), ("new", "T1")):
        machine.open(session, 0, till)
    enabled(machine, "old")
    machine.linked("old", 0)
    machine.scan("of the old one's basket", 0)
    assert not machine.claim("other", 1)
    assert machine.claim("new", 1)
    assert [one.error_code for one in told(machine, "old")] == [Fault.E_CLAIMED]
    assert refused(machine.set, "old", "DeviceEnabled", ON, 1) is Fault.E_CLAIMED
    machine.set("new", "DeviceEnabled", ON, 1)
    machine.set("new", "DataEventEnabled", ON, 1)
    assert told(machine, "new") == []
    machine.release("new", 2)
    assert machine.claim("nameless", 2)
    assert not machine.claim("nameless too", 2)


def test_A2_sessions_without_a_sign_of_life_are_forgotten_and_there_are_not_too_many():
    machine = scanner(*(f"{number}" for number in range(MOST_SESSIONS)))
    assert refused(machine.open, "one more", 1) is Fault.E_BUSY
    machine.at("3", FORGET_S - 1)
    machine.open("one more", FORGET_S)
    assert set(machine.sessions) == {"3", "one more"}
    assert refused(machine.at, "1", FORGET_S) is Fault.E_CLOSED


def test_A2_a_session_has_a_few_sockets_and_no_more():
    machine = scanner("a")
    for _ in range(MOST_LINKS):
        machine.linked("a", 0)
    assert refused(machine.linked, "a", 0) is Fault.E_BUSY


def test_A2_power_is_told_to_who_asked_for_it():
    machine = scanner("a")
    machine.note_power(is_there=True)
    machine.set("a", "PowerNotify", 1, 0)
    enabled(machine, "a")
    assert refused(machine.set, "a", "PowerNotify", 0, 0) is Fault.E_ILLEGAL
    machine.note_power(is_there=False)
    machine.note_power(is_there=False)
    assert [one.status for one in told(machine, "a")] == [2001, 2004]
    assert machine.properties("a", 0)["State"] == State.S_ERROR


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("]E04006381333931", 104), ("]E400638133", 103), ("]C0A", 110), ("]C101", 120), ("]d1A", 203), ("]d201", 208),
        ("]Q1A", 204), ("]Q301", 209), ("]A0A", 108), ("]G0A", 109), ("]I01", 106), ("]F0A", 107), ("]e001", 131),
        ("]L0A", 201), ("]z0A", 206), ("]U0A", 202), ("]X0A", 501), ("4006381333931", 0),
    ],
)  # fmt: skip
def test_A2_scan_data_types_are_unifiedpos_numbers(raw, kind):
    assert split_label(raw) == (raw[3:] if raw[0] == "]" else raw, Scanned(kind))


def test_A2_events_are_numbered_and_those_that_are_gone_are_not_made_up():
    log = EventLog()
    for _ in range(MOST_KEPT + 10):
        log.add("DataEvent")
    assert [one.number for one in log.after(MOST_KEPT + 8)] == [MOST_KEPT + 9, MOST_KEPT + 10]
    assert (log.after(9), log.after(MOST_KEPT + 11)) == (None, None)
    assert len(log.after(10)) == MOST_KEPT


# -- printers ------------------------------------------------------------------------------------------------------


def printer(session="a", status=READY):
    pieces = []
    machine = PrinterMachine("receipts", on_piece=pieces.append)
    machine.note_status(status)
    machine.open(session, 0)
    enabled(machine, session)
    return machine, pieces


def text_of(piece):
    return [part.text for part in piece.parts]


def test_A2_from_the_first_line_to_the_cut_is_one_piece_of_paper():
    machine, pieces = printer()
    machine.print_normal("a", 2, "one\ntw", 0)
    machine.print_normal("a", 2, "o\n", 0)
    assert pieces == []
    piece = machine.cut_paper("a", 90, 0)
    assert (pieces, text_of(piece)) == ([piece], ["one", "two"])
    machine.print_normal("a", 2, "left", 0)
    machine.left(LEFT_S - 0.1)
    assert len(pieces) == 1
    machine.left(LEFT_S)
    assert text_of(pieces[1]) == ["left"]


def test_A2_a_transaction_is_whole_whatever_is_cut_in_it():
    machine, pieces = printer()
    machine.transaction_print("a", 2, words.PTR_TP_TRANSACTION, 0)
    assert refused(machine.transaction_print, "a", 2, words.PTR_TP_TRANSACTION, 0) is Fault.E_ILLEGAL
    machine.print_normal("a", 2, "one\n\x1b|fP", 0)
    assert machine.cut_paper("a", 90, 0) is None
    machine.left(1000)
    assert pieces == [], "it waits for its end, or is none"
    machine, pieces = printer()
    machine.transaction_print("a", 2, words.PTR_TP_TRANSACTION, 0)
    machine.print_normal("a", 2, "one\n", 0)
    assert text_of(machine.transaction_print("a", 2, words.PTR_TP_NORMAL, 0)) == ["one"]


def test_A2_async_calls_are_told_one_by_one_when_the_piece_is_on_paper():
    machine, pieces = printer()
    machine.set("a", "AsyncMode", ON, 0)
    ids = [machine.print_normal("a", 2, "x\n", 0) for _ in range(2)]
    machine.cut_paper("a", 90, 0)
    assert (machine.properties("a", 0)["State"], ids) == (State.S_BUSY, [1, 2])
    machine.printed(pieces[0].number, is_proven=True)
    done = [one.output_id for one in told(machine, "a", "OutputCompleteEvent")]
    assert (done, told(machine, "a")[-1].status) == ([1, 2, 3], PrinterNews.IDLE)
    assert machine.properties("a", 0)["State"] == State.S_IDLE


def test_A2_a_piece_that_failed_is_told_with_its_cause_and_not_printed_again():
    machine, pieces = printer()
    machine.set("a", "AsyncMode", ON, 0)
    machine.print_normal("a", 2, "x\n", 0)
    machine.cut_paper("a", 90, 0)
    machine.failed(pieces[0].number, "the printer ran out of paper")  # before, or after, its status says so
    error = told(machine, "a", "ErrorEvent")[-1]
    assert (error.error_code, error.error_code_extended, error.output_ids) == (Fault.E_EXTENDED, 203, (1, 2))
    assert len(pieces) == 1


def test_A2_a_printer_that_cannot_print_says_so_at_once():
    machine, _ = printer()
    told_of = [
        (PrinterStatus(), Fault.E_OFFLINE, 0),
        (PrinterStatus(connected=True, cover_open=True), Fault.E_EXTENDED, 201),
        (PrinterStatus(connected=True, paper="out"), Fault.E_EXTENDED, 203),
        (PrinterStatus(connected=True, offline=True), Fault.E_OFFLINE, 0),
    ]
    for status, code, extended in told_of:
        machine.note_status(status)
        with pytest.raises(DeviceRefused) as caught:
            machine.print_normal("a", 2, "x", 0)
        assert (caught.value.code, caught.value.extended) == (code, extended)


def test_A2_cover_and_paper_are_told_as_they_change():
    machine, _ = printer()
    for status in (
        PrinterStatus(connected=True, paper="near_end", cover_open=False),
        PrinterStatus(connected=True, paper="out", cover_open=True),
        READY,
    ):
        machine.note_status(status)
    news = [PrinterNews(one.status).name for one in told(machine, "a", "StatusUpdateEvent")]
    assert news == ["REC_NEAREMPTY", "COVER_OPEN", "REC_EMPTY", "COVER_OK", "REC_PAPEROK"]


@pytest.mark.parametrize(
    "text", ["\x1b@", "a\x00", "\x1dV0", "\x10\x14\x01\x00\x05", "\x07", "\x1b|", "\x7f", "x" * 20_000]
)
def test_A2_no_control_byte_of_a_tills_text_gets_near_the_printer(text):
    """Attack: kick the drawer, cut the paper, set the printer's memory; nothing of such a text is taken."""
    machine, pieces = printer()
    assert refused(machine.print_normal, "a", 2, f"good\n{text}", 0) is Fault.E_ILLEGAL
    assert (machine.cut_paper("a", 90, 0), pieces) == (None, [])


def test_A2_styles_hold_to_the_end_of_their_call_and_unknown_ones_are_left_out():
    machine, _ = printer()
    machine.print_normal("a", 2, "\x1b|cA\x1b|bC\x1b|2CTOTAL\n\x1b|Nplain\x1b|42uF\n\x1b|2lF", 0)
    machine.print_normal("a", 2, "after\n", 0)
    total, plain, *feeds, after = machine.cut_paper("a", 90, 0).parts
    assert (total.text, total.align, total.bold, total.size) == ("TOTAL", "center", True, 2)
    assert (plain.text, plain.align, plain.bold, plain.size) == ("plain", "left", False, 1)
    assert ([line.text for line in feeds], after.bold) == (["", ""], False)


def test_A2_codes_that_are_not_drawn_here_are_refused():
    machine, _ = printer()
    for wrong in (
        BarCode(symbology=101, text="1", height_dots=80, align=-2, has_text=False),
        BarCode(symbology=110, text="", height_dots=80, align=-2, has_text=False),
        BarCode(symbology=204, text="\x1b@", height_dots=80, align=-2, has_text=False),
        BarCode(symbology=204, text="x" * 513, height_dots=80, align=-2, has_text=False),
    ):
        assert refused(machine.print_bar_code, "a", 2, wrong, 0) is Fault.E_ILLEGAL
    assert refused(machine.print_normal, "a", 4, "slip", 0) is Fault.E_ILLEGAL
    assert refused(machine.cut_paper, "a", 101, 0) is Fault.E_ILLEGAL


def test_A2_what_a_client_gives_back_comes_out_and_what_a_dead_one_began_does_not():
    machine, pieces = printer()
    machine.print_normal("a", 2, "half a receipt\n", 0)
    machine.left(LEASE_S)
    assert pieces == []
    machine, pieces = printer()
    machine.print_normal("a", 2, "whole\n", 0)
    machine.release("a", 1)
    assert text_of(pieces[0]) == ["whole"]
    machine, pieces = printer()
    machine.sessions["a"].till = "T1"
    machine.print_normal("a", 2, "half a receipt\n", 0)
    machine.open("anew", 1, "T1")
    assert machine.claim("anew", 1)
    machine.release("anew", 2)
    machine.left(LEASE_S)
    assert pieces == []


# -- every order of deeds ------------------------------------------------------------------------------------------


class TillsAndAScanner(RuleBasedStateMachine):
    """Three tills and one scanner: at most one has it, scans come once and in order, and none is told to two."""

    @initialize()
    def begin(self):
        self.machine = ScannerMachine("left", self._heard)
        self.now = 0.0
        self.count = 0
        self.rungs = {}
        self.waiting = deque()
        self.heard = {name: [] for name in "abc"}

    def _heard(self, session, event):
        if event.event == "DataEvent":
            self.heard[session].append(event.scan_data)
            assert self.waiting.popleft() == event.scan_data

    def _may(self, verb, *args):
        try:
            return verb(*args, self.now)
        except DeviceRefused as why:
            return why.code

    @rule(name=st.sampled_from("abc"))
    def open(self, name):
        if name not in self.machine.sessions:
            self.machine.open(name, self.now)

    @rule(name=st.sampled_from("abc"))
    def close(self, name):
        held = self._holds(name)
        done = self._may(self.machine.close, name)
        if done is None and held:
            self.waiting.clear()

    @rule(name=st.sampled_from("abc"))
    def claim(self, name):
        holder = self.machine.holder()
        done = self._may(self.machine.claim, name)
        assert done in (True, False, Fault.E_CLOSED)
        if holder is None and name in self.machine.sessions:
            assert done is True

    @rule(name=st.sampled_from("abc"))
    def release(self, name):
        held = self._holds(name)
        if self._may(self.machine.release, name) is None:
            assert held
            self.waiting.clear()

    @rule(name=st.sampled_from("abc"), is_enabled=st.booleans())
    def enable(self, name, is_enabled):
        held = self._holds(name)
        done = self._may(self.machine.set, name, "DeviceEnabled", is_enabled)
        assert (done is None) == held

    @rule(name=st.sampled_from("abc"))
    def ask(self, name):
        self._may(self.machine.set, name, "DataEventEnabled", ON)

    @rule()
    def scan(self):
        self.count += 1
        text = f"scan {self.count}"
        holder = self.machine.holder()
        takes = holder is not None and holder.rung == Rung.ENABLED and len(self.waiting) < MOST_WAITING
        if takes:
            self.waiting.append(text)
        assert self.machine.scan(text, self.now) == takes

    @rule(seconds=st.sampled_from([1.0, AFTER_LINK_S, LEASE_S - 0.5, LEASE_S, FORGET_S]))
    def wait(self, seconds):
        self.now += seconds
        holder = self.machine.holder()
        dies = holder is not None and not holder.is_alive(self.now)
        self.machine.expire(self.now)
        if dies:
            self.waiting.clear()
            assert self.machine.holder() is None

    def _holds(self, name):
        session = self.machine.sessions.get(name)
        return session is not None and session.rung >= Rung.CLAIMED

    @invariant()
    def one_has_it_at_most(self):
        if hasattr(self, "machine"):
            holders = [one for one in self.machine.sessions.values() if one.rung >= Rung.CLAIMED]
            assert len(holders) <= 1
            every = [scan for heard in self.heard.values() for scan in heard]
            assert len(every) == len(set(every))


TestTillsAndAScanner = TillsAndAScanner.TestCase
TestTillsAndAScanner.settings = settings(max_examples=60, stateful_step_count=40)
