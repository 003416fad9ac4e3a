"""``./demo``: the kiosk is open for you, and the terminal is your hand with packages and cards in it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from kiosk.machine import Machine
from kiosk.ui.display import has_display
from photocore.host import SystemEntropy
from photocore.ids import Sgtin, label_elements, parse_item
from photocore.scans import CopyScan, ReceiptScan, Scan
from photocore.seams import Entropy
from photocore.testing import SeededEntropy
from twincheck.demo.counter import Counter, enrol_station, open_counter
from twincheck.demo.once import Script
from twincheck.demo.paper import scan_picture
from twincheck.demo.service import DemoService
from twincheck.demo.stock import Shelf, stock_shelf

LOOK: Final = "look"
TOUCH: Final = "t"
ECHO_AFTER_S: Final = 0.7
UP_WITHIN_S: Final = 15.0


def play(script: Script) -> None:
    """Open everything and serve until Ctrl-C or ``quit``; then put all of it away."""
    entropy: Entropy = SystemEntropy() if script.seed is None else SeededEntropy(script.seed)
    shelf = stock_shelf(entropy)
    service = DemoService(folder=script.data / "photoservice", port=script.port)
    script.say("Setting up the photoservice: a maker, a retailer, a store.")
    service.set_up()
    service.start()
    is_visible = has_display(os.environ)
    try:
        for box in shelf.packages:
            service.forward(box)
        enrol_station(service, script.data / "station")
        printed = None if script.seed is None else entropy
        with open_counter(script.data / "station", shelf, printed=printed, size=script.size) as counter:
            hand = Hand(counter, service, script.out)
            _greet(script, service, shelf, is_visible=is_visible)
            threading.Thread(target=hand.obey, args=(sys.stdin,), name="demo hand", daemon=True).start()
            with _ctrl_c_asks(counter):
                counter.kiosk.app.run()
            script.say("Ending.")
    finally:
        service.stop()
        script.say("All of it has ended.")


class Hand:
    """Does at the counter what is typed in the terminal."""

    def __init__(self, counter: Counter, service: DemoService, out: Path) -> None:
        self._counter = counter
        self._service = service
        self._out = out
        self._pieces = 0
        shelf, printer = counter.shelf, counter.printer
        self._deeds: dict[str, tuple[str, Callable[[], object]]] = {
            "1": ("scan the box with 4 colour rolls", lambda: counter.scan_item(shelf.packages[0].item)),
            "2": ("scan the box with 3 black-and-white rolls", lambda: counter.scan_item(shelf.packages[1].item)),
            "3": ("scan the box with 5 colour rolls", lambda: counter.scan_item(shelf.packages[2].item)),
            "r": ("scan one roll of the first box", lambda: counter.scan_item(shelf.packages[0].rolls[1])),
            "u": ("scan a box whose list the maker has not sent", lambda: counter.scan_item(shelf.unknown.item)),
            "m": ("the maker sends that list now (then: n)", lambda: service.forward(shelf.unknown)),
            "c": ("scan your card", lambda: counter.scan_card(shelf.card)),
            "o": ("scan another person's card", lambda: counter.scan_card(shelf.other_card)),
            "p": ("scan the price code of a box", counter.scan_price_code),
            "x": ("scan something torn", lambda: counter.scanner.scan("9512", aim="]C0")),
            "n": ("scan the number on your last receipt", self._scan_receipt),
            "l": ("scan the label that came out last", self._scan_label),
            "out": ("the printer runs out of paper", printer.paper_out),
            "in": ("put paper in", printer.refill),
            "off": ("the photoservice goes down", service.stop),
            "on": ("the photoservice comes back", service.start),
            TOUCH: ("touch the big button of the screen", self._touch_primary),
            LOOK: ("save the screen and the paper as PNG", self._look),
        }

    def lines(self) -> Iterator[str]:
        """Yield what can be typed."""
        width = max(map(len, self._deeds))
        yield from (f"    {word:<{width}}  {what}" for word, (what, _) in self._deeds.items())
        yield f"    {'quit':<{width}}  end the demo (so does Ctrl-C)"

    def obey(self, typed: Iterator[str]) -> None:
        """Do what is typed, line by line, until the end or ``quit``."""
        self._await_scanner()
        print("\n".join(self.lines()), flush=True)
        for line in typed:
            word = line.strip().lower()
            if word == "quit":
                break
            if word in self._deeds:
                self._deeds[word][1]()
                self._echo()
            elif word in ("help", "?"):
                print("\n".join(self.lines()), flush=True)
            elif word:
                print(f"    {word}? Type one of: {', '.join(self._deeds)}, quit", flush=True)
        else:
            return  # nobody types here; the window stays
        self._counter.kiosk.app.inbox.put(lambda _: self._counter.kiosk.app.stop())

    def _await_scanner(self) -> None:
        """Wait until a scan would be read; the window takes a moment to open."""
        ends_at = time.monotonic() + UP_WITHIN_S
        while self._counter.kiosk.app.flips == 0 or not (
            self._counter.kiosk.scanner and self._counter.kiosk.scanner.state
        ):
            if time.monotonic() > ends_at:
                return
            time.sleep(0.05)

    def _echo(self) -> None:
        """Say in the terminal what the screen says, once it has had time to change."""
        time.sleep(ECHO_AFTER_S)
        self._counter.kiosk.app.inbox.put(lambda machine: print(f"    kiosk: {machine.screen.say}", flush=True))

    def _touch_primary(self) -> None:
        self._counter.kiosk.app.inbox.put(_press_primary)

    def _scan_receipt(self) -> None:
        """Hold the newest receipt under the scanner."""
        for scan in self._on_paper():
            if isinstance(scan, ReceiptScan):
                self._counter.scanner.scan(scan.number, aim="]C0")
                return
        print("    no receipt has come out yet", flush=True)

    def _scan_label(self) -> None:
        """Hold the newest label under the scanner."""
        for scan in self._on_paper():
            if isinstance(scan, CopyScan):
                elements = label_elements(parse_item(scan.item), scan.copy)
                self._counter.scanner.scan(elements.transmitted, aim="]d2")
                return
        print("    no label has come out yet", flush=True)

    def _on_paper(self) -> Iterator[Scan]:
        """Yield what stands on the paper that came out, the newest piece first."""
        for piece in reversed(self._counter.pieces):
            yield from scan_picture(piece.cropped(), self._counter.kiosk.station.roster)

    def _look(self) -> None:
        self._out.mkdir(parents=True, exist_ok=True)
        for number, piece in enumerate(self._counter.pieces[self._pieces :], self._pieces + 1):
            piece.cropped().save(self._out / f"paper_{number:02d}.png")
        self._pieces = len(self._counter.pieces)
        self._counter.kiosk.app.inbox.put(lambda _: self._shoot())

    def _shoot(self) -> None:
        from kiosk.ui.toolkit import Window  # noqa: PLC0415  Kivy reads its settings at the first import

        path = self._out / "screen.png"
        Path(Window.screenshot(name=str(path.with_suffix(".raw.png")))).replace(path)
        print(f"    saved {path}; paper that came out so far, {self._pieces}, stands beside it", flush=True)


@contextmanager
def _ctrl_c_asks(counter: Counter) -> Generator[None]:
    """Let Ctrl-C ask the window to close.

    An exception thrown into the middle of Kivy's drawing may be swallowed there, and then nothing would end.
    """
    asked = threading.Event()

    def close() -> None:
        asked.wait()
        counter.kiosk.app.inbox.put(lambda _: counter.kiosk.app.stop())

    threading.Thread(target=close, name="demo end", daemon=True).start()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _press_primary(machine: Machine) -> None:
    """Touch what the screen offers first: its primary button, if there is one."""
    primary = [button.id for button in machine.screen.touchable() if button.kind == "primary"]
    if primary:
        machine.press(primary[-1])
    else:
        print("    there is no big button on this screen", flush=True)


def _greet(script: Script, service: DemoService, shelf: Shelf, *, is_visible: bool) -> None:
    first = parse_item(shelf.packages[0].item)
    assert isinstance(first, Sgtin)  # noqa: S101
    script.say(f"The photoservice answers at {service.url}")
    script.say(f"  a package's page, as a phone sees it: {service.url}/01/{first.gtin}/21/{first.serial}")
    if not is_visible:
        script.say(f"  there is no display here: the kiosk draws off-screen; {LOOK} saves what it shows")
    script.say(f"  Try: 1, then c, then {TOUCH} (touch the big button), then {LOOK}. All you can do:")
