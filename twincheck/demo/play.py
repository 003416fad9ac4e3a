"""``./demo``: the kiosk is open for you, and the terminal is your hand with packages and cards in it."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from kiosk.closing import closing_on_signals
from kiosk.machine import Machine
from kiosk.ui.display import has_display
from photocore.host import SystemEntropy
from photocore.ids import Sgtin, label_elements, parse_item
from photocore.scans import ClaimCodeScan, CopyScan, ReceiptScan, Scan
from photocore.seams import Entropy
from photocore.testing import SeededEntropy
from twincheck.demo.counter import Counter, enrol_station, hire, open_counter
from twincheck.demo.errors import DemoFailed
from twincheck.demo.lab import Lab, access_code_of, ingest, scan_rolls
from twincheck.demo.once import Script
from twincheck.demo.paper import scan_picture
from twincheck.demo.service import DemoService
from twincheck.demo.stock import ORDINARY, STAFF_NAME, STAFF_PIN, Shelf, stock_shelf

LOOK: Final = "look"
TOUCH: Final = "t"
SEE: Final = "s"
KEYS: Final = "k"
QUIT: Final = "quit"
LANGUAGES: Final = {"en": "English", "de": "German", "ar": "Arabic"}
ECHO_AFTER_S: Final = 0.7
UP_WITHIN_S: Final = 15.0

Deed = tuple[str, Callable[[], object]]
"""What a typed word does: in words, and in truth."""


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
        service.name_products(ORDINARY)
        enrol_station(service, script.data / "station")
        printed = None if script.seed is None else entropy
        with open_counter(script.data / "station", shelf, printed=printed, size=script.size) as counter:
            hire(counter)
            hand = Hand(counter, service, script.out)
            _greet(script, service, shelf, is_visible=is_visible)
            threading.Thread(target=hand.obey, args=(sys.stdin,), name="demo hand", daemon=True).start()
            with closing_on_signals(lambda: _close(counter)):
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
        self._scanned: set[str] = set()
        self._chapters: dict[str, dict[str, Deed]] = {
            "Hold something under the scanner": self._scans(),
            "Touch the screen": self._touches(),
            "Paper": self._papers(),
            "Elsewhere": {
                "lab": ("the lab gets and scans what was registered; then see it on your phone or here", self._develop),
                "m": ("the maker sends the list of box u (then: n)", lambda: service.forward(counter.shelf.unknown)),
                "off": ("the photoservice goes down", service.stop),
                "on": ("the photoservice comes back", service.start),
            },
        }
        self._deeds = {word: act for chapter in self._chapters.values() for word, (_, act) in chapter.items()}

    def lines(self) -> Iterator[str]:
        """Yield what can be typed."""
        width = max(map(len, self._deeds)) + 3
        for title, deeds in self._chapters.items():
            yield f"  {title}"
            yield from (f"    {word:<{width}}  {what}" for word, (what, _) in deeds.items())
            if deeds.keys() >= {TOUCH}:
                yield f"    {f'{TOUCH} WORD':<{width}}  touch the button that says so: {TOUCH} go on"
                yield f"    {f'{KEYS} 123':<{width}}  touch these keys of a keypad"
        yield f"  help shows this again, {QUIT} ends the demo (so does Ctrl-C)."

    def obey(self, typed: Iterator[str]) -> None:
        """Do what is typed, line by line, until the end or ``quit``."""
        self._await_scanner()
        print("\n".join(self.lines()), flush=True)
        for line in typed:
            word, _, rest = line.strip().partition(" ")
            if word.lower() == QUIT:
                break
            self._obey_word(word.lower(), rest.strip())
        else:
            return  # nobody types here; the window stays
        self._counter.kiosk.app.inbox.put(lambda _: self._counter.kiosk.app.stop())

    def _obey_word(self, word: str, rest: str) -> None:
        if rest and word == TOUCH:
            self._put(lambda machine: _press_named(machine, rest))
        elif rest and word == KEYS:
            self._touch_keys(rest)
        elif word in self._deeds and not rest:
            self._deeds[word]()
        elif word in ("help", "?"):
            print("\n".join(self.lines()), flush=True)
            return
        else:
            if word:
                said = f"{word} {rest}".strip()
                print(f"    {said}? Type one of: {', '.join(self._deeds)}, {KEYS} 123, help, {QUIT}", flush=True)
            return
        if word not in (SEE, LOOK):
            self._echo()

    def _scans(self) -> dict[str, Deed]:
        counter, shelf = self._counter, self._counter.shelf
        return {
            "1": ("the box with 4 colour rolls", lambda: counter.scan_item(shelf.packages[0].item)),
            "2": ("the box with 3 black-and-white rolls", lambda: counter.scan_item(shelf.packages[1].item)),
            "3": ("the box with 5 colour rolls", lambda: counter.scan_item(shelf.packages[2].item)),
            "r": ("one roll of the first box", lambda: counter.scan_item(shelf.packages[0].rolls[1])),
            "u": ("a box whose list the maker has not sent", lambda: counter.scan_item(shelf.unknown.item)),
            "p": ("a three-pack that has a price code and no other", counter.scan_price_code),
            "c": ("your card", lambda: counter.scan_card(shelf.card)),
            "o": ("another person's card", lambda: counter.scan_card(shelf.other_card)),
            "b": (f"the badge of {STAFF_NAME}, who is staff (then: pin)", counter.scan_badge),
            "x": ("something torn", lambda: counter.scanner.scan("9512", aim="]C0")),
            "n": ("the number on your last receipt", self._scan_receipt),
            "l": ("the label that came out last", self._scan_label),
        }

    def _touches(self) -> dict[str, Deed]:
        deeds: dict[str, Deed] = {
            TOUCH: ("the big button", self._touch_primary),
            SEE: ("what the screen says, and what can be touched", lambda: self._put(_tell_screen)),
            "pin": (f"type {STAFF_NAME}'s PIN, {STAFF_PIN}, and OK", self._touch_pin),
        }
        for code, name in LANGUAGES.items():
            deeds[code] = (f"choose {name}", lambda code=code: self._put(lambda machine: _choose(machine, code)))
        return deeds

    def _papers(self) -> dict[str, Deed]:
        return {
            LOOK: ("save the screen and the paper as PNG", self._look),
            "peel": ("peel the strip off the last label for the shelf: what is under it", self._peel),
            "out": ("the printer runs out of paper", self._counter.printer.paper_out),
            "in": ("put paper in", self._counter.printer.refill),
        }

    def _put(self, letter: Callable[[Machine], None]) -> None:
        """Do it where the screen lives, in the kiosk's own loop."""
        self._counter.kiosk.app.inbox.put(letter)

    def _await_scanner(self) -> None:
        """Wait until a scan would be read; the window takes a moment to open."""
        ends_at = time.monotonic() + UP_WITHIN_S
        kiosk = self._counter.kiosk
        while kiosk.app.flips == 0 or not any(scanner.state for scanner in kiosk.scanners):
            if time.monotonic() > ends_at:
                return
            time.sleep(0.05)

    def _echo(self) -> None:
        """Say in the terminal what the screen says, once it has had time to change."""
        time.sleep(ECHO_AFTER_S)
        self._put(lambda machine: print(f"    kiosk: {_said(machine)}", flush=True))

    def _touch_primary(self) -> None:
        self._put(_press_primary)

    def _touch_keys(self, keys: str) -> None:
        def touch(machine: Machine) -> None:
            for key in keys.upper():
                machine.press(f"key:{key}")

        self._put(touch)

    def _touch_pin(self) -> None:
        self._touch_keys(STAFF_PIN)
        self._put(lambda machine: machine.press("ok"))

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

    def _peel(self) -> None:
        """Tell what stands under the newest strip, as whoever bought the package reads it at home."""
        for piece in reversed(self._counter.pieces):
            scans = scan_picture(piece.cropped(), self._counter.kiosk.station.roster)
            codes = [scan.code for scan in scans if isinstance(scan, ClaimCodeScan)]
            rolls = [scan.item for scan in scans if isinstance(scan, CopyScan)]
            if codes and rolls:
                print(f"    roll {rolls[0]}, claim code {codes[0]}", flush=True)
                print(f"    at home: {self._service.url}/claim?roll={rolls[0]}", flush=True)
                return
        print("    no label for the shelf has come out yet: b, pin, p, then t and t", flush=True)

    def _develop(self) -> None:
        """Let the lab bring in the scans of every roll with a label, and say where their owner sees them."""
        labelled = [scan.item for scan in self._on_paper() if isinstance(scan, CopyScan)]
        rolls = [roll for roll in dict.fromkeys(reversed(labelled)) if roll not in self._scanned]
        receipt = self._receipt_link()
        if not receipt:
            print("    no receipt has come out yet: 1, then c, then t", flush=True)
            return
        lab = Lab(url=self._service.url, key=self._service.lab_key)
        try:
            for roll, folder in scan_rolls(self._out / "scanned" / f"{len(self._scanned)}", rolls).items():
                print(f"    the lab scans {roll}", flush=True)
                lab.receive(roll)
                ingest(self._service.url, self._service.lab_key, roll, folder, stock="Silverline")
                self._scanned.add(roll)
        except DemoFailed as failed:
            print(f"    {failed}", flush=True)
        print(f"    what the QR on the receipt opens: {receipt}", flush=True)
        print(
            "    seconds later, under Plans and Orders there: what the box's plans made by themselves, and why",
            flush=True,
        )

    def _receipt_link(self) -> str:
        """Return where the QR on the newest receipt leads, at this demo's own address; nothing without a receipt."""
        for piece in reversed(self._counter.pieces):
            try:
                return f"{self._service.url}/r#{access_code_of(piece.cropped())}"
            except DemoFailed:
                continue
        return ""

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


def _close(counter: Counter) -> None:
    counter.kiosk.app.inbox.put(lambda _: counter.kiosk.app.stop())


def _press_primary(machine: Machine) -> None:
    """Touch what the screen offers first: its primary button, if there is one."""
    primary = [button.id for button in machine.screen.touchable() if button.kind == "primary"]
    if primary:
        machine.press(primary[-1])
    else:
        print("    there is no big button on this screen", flush=True)


def _press_named(machine: Machine, words: str) -> None:
    """Touch the button that is called so, or say what there is; half a word will do when only one begins so."""
    wanted = words.casefold()
    there = machine.screen.touchable()
    found = [button for button in there if wanted in (button.id.casefold(), button.text.casefold())]
    found = found or [button for button in there if button.text.casefold().startswith(wanted)]
    if len({button.id for button in found}) == 1:
        machine.press(found[0].id)
    else:
        _tell_touchable(machine)


def _choose(machine: Machine, code: str) -> None:
    """Choose a language as a shopper does: on the first page at once, elsewhere in the list behind its button."""
    chosen = f"language:{code}"
    if chosen not in machine.screen.button_ids():
        machine.press("language")
    machine.press(chosen)


def _tell_screen(machine: Machine) -> None:
    print(f"    kiosk: {_said(machine)}", flush=True)
    _tell_touchable(machine)


def _tell_touchable(machine: Machine) -> None:
    words = [button.text or button.id for button in machine.screen.touchable()]
    if machine.screen.keypad or machine.screen.stepper:
        words.append(f"keys ({KEYS} 123)")
    print(f"    to touch: {' | '.join(words)}", flush=True)


def _said(machine: Machine) -> str:
    return " ".join(machine.screen.say.split())


def _greet(script: Script, service: DemoService, shelf: Shelf, *, is_visible: bool) -> None:
    first = parse_item(shelf.packages[0].item)
    assert isinstance(first, Sgtin)  # noqa: S101
    script.say(f"The photoservice answers at {service.url}")
    script.say(f"  a package's page, as a phone sees it: {service.url}/01/{first.gtin}/21/{first.serial}")
    if not is_visible:
        script.say(f"  there is no display here: the kiosk draws off-screen; {LOOK} saves what it shows")
    script.say(f"  Try: 1, then c, then {TOUCH} (touch the big button), then {LOOK}.")
    script.say("  Once the receipt is out: lab. It says where your pictures are; open that in a browser.")
    script.say(f"  Or film without serials: b, pin, p, {TOUCH}, {TOUCH}, then peel. All you can do:")
