"""A printer on TCP port 9100 through everything a network does to it: one valid label a roll, and no false word."""

import ctypes
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from hardware.errors import PortDown, PortFault
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.render.symbols import read_back
from hardware.spooler import Spooler
from hardware.testing_printing import FakePrintQueue
from hardware.transport import Listener, Port, PortSettings, listen, open_port
from hardware.virtual.paper import Piece
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import Printable, RollLabel
from photocore.settings import locate_config

CONFIG = locate_config()
GTIN = "09501101530003"
PATIENT_S = 30.0


def profile(**changes: Any) -> PrinterProfile:
    return msgspec.structs.replace(load_profile(CONFIG, "virtual-80mm"), **{"label_proof_s": 3.0, **changes})


def roll_set(count: int) -> list[Printable]:
    return [
        RollLabel(
            roll=ItemId(f"(01){GTIN}(21)7H3K9QX2M{number}"),
            number=number,
            of=count,
            copy=f"AAAAA{number}",
            product="Portra 400",
        )
        for number in range(1, count + 1)
    ]


def copies_on(piece: Piece) -> set[str]:
    found = read_back(piece.cropped())
    whole = any(aim == "]C1" for aim, _ in found)
    return {text.split("\x1d91")[1] for _, text in found if "\x1d91" in text} if whole else set()


class Counter:
    """A spooler that prints a queue over one address."""

    def __init__(self, url: str, shop: PrinterProfile, settings: PortSettings | None = None) -> None:
        self.queue = FakePrintQueue()
        self.words: list[str] = []
        self.session = PrinterSession(url, shop, SystemClock(), settings=settings, answer_wait_s=1.0)
        self.spooler = Spooler(
            queue=self.queue,
            session=self.session,
            composer=PrintComposer(CONFIG, shop),
            on_status=self.words.append,
        )

    def print(self, printables: list[Printable]) -> None:
        self.queue.add("c1", printables)
        self.spooler.wake()


@contextmanager
def counter(url: str, shop: PrinterProfile | None = None, settings: PortSettings | None = None) -> Iterator[Counter]:
    at = Counter(url, shop or profile(), settings)
    at.spooler.start()
    try:
        yield at
    finally:
        at.spooler.stop()


class Switch:
    """A network between a host and a printer: it passes bytes on, and can be cut after so many to the printer."""

    def __init__(self, to: str) -> None:
        self._to = to
        self._listener: Listener = listen()
        self.url = self._listener.url
        self.cut_after: int | None = None
        self.passed = 0
        self.cuts = 0
        self._ports: list[Port] = []
        self._is_over = False
        self._threads = [threading.Thread(target=self._accept, name="switch", daemon=True)]

    def __enter__(self) -> "Switch":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._listener.cancel()
        self._hang_up()
        for thread in self._threads:
            thread.join(30)
        self._listener.close()

    def _accept(self) -> None:
        while not self._is_over:
            try:
                host = self._listener.accept(0.2)
            except PortDown:
                return
            if host is not None:
                self._join(host)

    def _join(self, host: Port) -> None:
        printer = open_port(self._to)
        self._ports += [host, printer]
        self.passed = 0
        for source, sink, counts in ((host, printer, True), (printer, host, False)):
            thread = threading.Thread(target=self._pass_on, args=(source, sink), kwargs={"counts": counts}, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _pass_on(self, source: Port, sink: Port, *, counts: bool) -> None:
        try:
            while not self._is_over:
                passing = source.read(0.2)
                if counts and self.cut_after is not None and self.passed + len(passing) > self.cut_after:
                    sink.write(passing[: self.cut_after - self.passed])
                    self.cut_after, self.cuts = None, self.cuts + 1
                    break
                self.passed += len(passing) if counts else 0
                if passing:
                    sink.write(passing)
        except PortDown:
            pass
        self._hang_up()

    def _hang_up(self) -> None:
        ports, self._ports = self._ports, []
        for port in ports:
            port.close()


@contextmanager
def printer(**traits: Any) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(TcpLine(), CONFIG / "fonts", margin_dots=profile().margin_dots, **traits) as made:
        yield made


def test_K3_a_printer_that_is_away_at_the_start_prints_when_it_comes(eventually: Callable[..., None]) -> None:
    """Refused at first: the labels wait, whole; the moment it listens they come out, each once, each proven."""
    with printer() as made:
        made.power_off()
        with counter(made.url) as at:
            at.print(roll_set(3))
            eventually(lambda: at.session.status.word == "offline")
            with pytest.raises(PortDown) as refused:
                open_port(made.url)
            assert refused.value.fault is PortFault.REFUSED
            assert set(at.queue.states.values()) == {"queued"}
            made.power_on()
            assert at.queue.wait_until_settled(PATIENT_S)
            assert set(at.queue.states.values()) == {"printed"}
            assert [copies_on(piece) for piece in made.pieces] == [{"AAAAA1"}, {"AAAAA2"}, {"AAAAA3"}]
            assert at.words[-1] == "ready"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_K3_a_line_dropped_in_mid_label_leaves_at_most_one_valid_label_a_roll(share: float) -> None:
    """Wherever it is cut: the copy under way is void and replaced, or maybe, or printed; never two that count."""
    size = sum(map(len, PrintComposer(CONFIG, profile()).compose(roll_set(2)[0])))
    with printer() as made, Switch(made.url) as switch, counter(switch.url) as at:
        at.print(roll_set(1))
        assert at.queue.wait_for_state(1, "printed", PATIENT_S)
        switch.cut_after = switch.passed + 60 + round(size * share)
        at.print(roll_set(3)[1:])
        assert at.queue.wait_until_settled(PATIENT_S)
        assert switch.cuts == 1
        on_paper = [copy for piece in made.pieces for copy in copies_on(piece)]
        assert all(on_paper.count(copy) <= 1 for copy in on_paper)
        for job, state in at.queue.states.items():
            if state == "printed":
                assert at.queue.jobs[job].copy in on_paper
        standing = [job.label for job in at.queue.jobs.values() if at.queue.states[job.id] in ("printed", "maybe")]
        assert sorted(label.number for label in standing if isinstance(label, RollLabel)) == [1, 2, 3]
        assert at.session.openings >= 2


def deaf(listener: Listener) -> Port:
    """Take the next client and never read from it."""
    port = listener.accept(5.0)
    assert port is not None
    return port


def vanish(port: Any) -> None:
    """Let a peer be gone without a word: its kernel drops what comes in, and acknowledges nothing.

    A filter on the socket that passes no byte does that (SO_ATTACH_FILTER, ``ret #0``): no RST, no FIN, no ACK.
    """

    class Instruction(ctypes.Structure):
        _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))

    drop = (Instruction * 1)(Instruction(0x06, 0, 0, 0))
    program = ctypes.addressof(drop).to_bytes(8, "little")
    line = socket.socket(fileno=port._fd)
    try:
        line.setsockopt(socket.SOL_SOCKET, 26, (1).to_bytes(8, "little") + program)
    finally:
        line.detach()


@pytest.mark.parametrize("has_sent", [True, False])
def test_K3_a_peer_that_vanished_is_noticed_with_bytes_under_way_and_without(*, has_sent: bool) -> None:
    """Half-open: nobody answers, nobody hangs up. The read ends as an unplug does, not after a quarter of an hour."""
    with listen() as listener:
        port = open_port(listener.url, settings=PortSettings(vanished_after_s=2.0))
        peer = deaf(listener)
        vanish(peer)
        if has_sent:
            port.write(b"\x10\x04\x01")
        with pytest.raises(PortDown) as gone:
            port.read(PATIENT_S)
        assert gone.value.fault is PortFault.GONE
        port.close()
        peer.close()


def test_K3_a_printer_that_vanished_is_told_as_offline_and_never_as_printed(eventually: Callable[..., None]) -> None:
    """Half-open: what was sent into the void is maybe, and the state says that nobody is there."""
    with listen() as listener, counter(listener.url, settings=PortSettings(vanished_after_s=2.0)) as at:
        peer = deaf(listener)
        peer.read(2.0)
        peer.write(bytes.fromhex("10 00 00 00"))
        eventually(lambda: at.spooler.status() == "ready")
        vanish(peer)
        at.print(roll_set(1))
        eventually(lambda: at.spooler.status() == "offline", within=PATIENT_S)
        assert at.queue.wait_for_state(1, "maybe", PATIENT_S)
        assert "printed" not in [state for _, state, _ in at.queue.history]
        peer.close()


def test_K3_a_slow_reader_holds_us_back_and_loses_nothing() -> None:
    """A small buffer and a slow head: we wait for room, however long the set takes, and each label is proven."""
    shop = profile(label_proof_s=PATIENT_S)
    with printer(rows_per_s=2500.0, buffer_bytes=512) as made, counter(made.url, shop) as at:
        at.print(roll_set(3))
        assert at.queue.wait_until_settled(60)
        assert set(at.queue.states.values()) == {"printed"}
        assert [copies_on(piece) for piece in made.pieces] == [{"AAAAA1"}, {"AAAAA2"}, {"AAAAA3"}]


def test_K3_a_full_line_takes_no_more_than_fits_and_goes_on_when_it_drains() -> None:
    """Back pressure on the socket itself: the write ends short at its deadline; the rest goes out later, in order."""
    sent = bytes(range(256)) * 60_000
    with listen() as listener:
        port = open_port(listener.url)
        reader = deaf(listener)
        with pytest.raises(PortDown) as stalled:
            port.write(sent, timeout=0.2)
        assert stalled.value.fault is PortFault.STALLED
        went = stalled.value.written
        assert 0 < went < len(sent)
        received = bytearray()
        while len(received) < went:
            received += reader.read(5.0)
        port.write(b"the rest", timeout=30.0)
        while len(received) < went + 8:
            received += reader.read(5.0)
        assert bytes(received) == sent[:went] + b"the rest"
        port.close()
        reader.close()


def test_K3_status_is_asked_and_answered_on_the_socket_that_prints() -> None:
    """A model without automatic reports: DLE EOT stands between the bands of a label, its answers are understood."""
    heard = bytearray()
    shop = profile(supports=msgspec.structs.replace(profile().supports, asb=False))
    with printer(reports=False, on_bytes=heard.extend) as made, counter(made.url, shop) as at:
        at.print(roll_set(1))
        assert at.queue.wait_for_state(1, "printed", PATIENT_S)
        first_band, cut = heard.index(b"\x1dv0"), heard.index(b"\x1dV")
        assert heard.count(b"\x10\x04", first_band, cut) >= 4
        assert at.session.status.paper == "ok"
        assert copies_on(made.pieces[0]) == {"AAAAA1"}


def test_K3_paper_that_ends_in_mid_label_is_seen_by_asking_alone(eventually: Callable[..., None]) -> None:
    """Without automatic reports the questions between the bands find it: spoiled, and a new copy from the new roll."""
    shop = profile(supports=msgspec.structs.replace(profile().supports, asb=False), band_rows=24)
    with printer(reports=False, rows_per_s=2500.0) as made, counter(made.url, shop) as at:
        made.paper_out_at_label(1)
        at.print(roll_set(1))
        eventually(lambda: at.spooler.status() == "paper_out", within=PATIENT_S)
        made.refill()
        assert at.queue.wait_until_settled(PATIENT_S)
        valid = [copy for copies in at.queue.valid_copies().values() for copy in copies]
        on_paper = [copy for piece in made.pieces for copy in copies_on(piece)]
        assert [on_paper.count(copy) for copy in valid] == [1]


def test_K3_a_second_station_waits_unanswered_and_the_first_prints_on() -> None:
    """Port 9100 takes one client: the other knows nothing of the printer, and says so."""
    with printer() as made, counter(made.url) as first:
        first.print(roll_set(1))
        assert first.queue.wait_for_state(1, "printed", PATIENT_S)
        with PrinterSession(made.url, profile(), SystemClock(), answer_wait_s=0.3) as second:
            first.print(roll_set(2)[1:])
            assert first.queue.wait_for_state(2, "printed", PATIENT_S)
            assert second.status.word in ("unknown", "offline")
            assert second.confirms == "unknown"


@pytest.mark.parametrize("traits", [{"process_ids": False}, {"answers": False, "reports": False, "process_ids": False}])
def test_K3_a_printer_that_cannot_confirm_cuts_no_blank_piece_between_labels(traits: dict[str, bool]) -> None:
    """Each label ends in its own cut: "maybe" is no reason to feed and cut white paper before the next one."""
    shop = profile(label_proof_s=0.3)
    with printer(**traits) as made, counter(made.url, shop) as at:
        at.print(roll_set(3))
        assert at.queue.wait_until_settled(PATIENT_S)
        assert set(at.queue.states.values()) == {"maybe"}
        assert [piece.is_blank for piece in made.pieces] == [False] * 3
        assert [copies_on(piece) for piece in made.pieces] == [{"AAAAA1"}, {"AAAAA2"}, {"AAAAA3"}]


def test_K3_what_was_broken_off_is_still_cut_away_before_the_next_label(eventually: Callable[..., None]) -> None:
    """A label that was interrupted hangs out: the next one stands on paper of its own."""
    with printer(process_ids=False, rows_per_s=600.0) as made, counter(made.url, profile(label_proof_s=1.0)) as at:
        at.print(roll_set(2))
        eventually(lambda: len(made.paper.hanging.rows) > 40, within=PATIENT_S)
        made.power_off()
        eventually(lambda: at.queue.states[1] == "maybe", within=PATIENT_S)
        made.pace(None)
        made.power_on()
        assert at.queue.wait_until_settled(PATIENT_S)
        eventually(lambda: any(copies_on(piece) == {"AAAAA2"} for piece in made.pieces), within=PATIENT_S)
