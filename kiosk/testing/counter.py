"""A whole kiosk without screen and threads, and a package, a card and a badge to try it with.

The desk answers when it is told to, on the caller's thread, so every order of events can be played.
"""

from dataclasses import dataclass, field

from kiosk.back_room import BackRoom
from kiosk.flow import effects as ask
from kiosk.flow.states import Limits
from kiosk.language import speak
from kiosk.machine import Machine
from kiosk.staff_ports import DeviceFacts
from kiosk.testing.desk import FakeDesk, FakeStore, RosterReader, SilentScanner
from kiosk.testing.staff_desk import FakeStaffBook
from kiosk.view import Screen
from kiosk.worker import DeskWorker
from photocore.film_book import FilmBook
from photocore.ids import ItemId
from photocore.package import Product
from photocore.privacy import load_privacy
from photocore.roles import Role
from photocore.scans import Level
from photocore.seams import Clock
from photocore.settings import locate_config
from photocore.testing import ManualClock

PRIVACY = load_privacy(locate_config())
PACKAGE = "(01)09506000134352(21)7KQ2481MPX"
ROLLS = ("(01)09506000134369(21)R4T9XK20A7", "(01)09506000134369(21)R4T9XK21BC", "(01)09506000134369(21)R4T9XK22DM")
UNKNOWN = "(01)09506000134352(21)ZX81QQ7730"
CARD, OTHER_CARD, BADGE = "2900000047112", "2900000047129", "TCB000042"
PRICE = "4006381333931"
EAN = "04006381333900"
"""The price code of film without serials, as a GTIN of 14 digits; the roster knows it as a three-pack."""
PIN = "271828"
GOLD = Product(
    gtin="09506000134352",
    level="package",
    name="Halide Gold 400",
    format="135",
    exposures=36,
    iso=400,
    process="C-41",
    rolls=3,
)


def frame(item: str) -> bytes:
    """Return an element string as a GS1 DataMatrix scanner sends it."""
    return b"]d2" + item.replace("(01)", "01").replace("(21)", "21").replace("(91)", "\x1d91").encode()


TRIO = Product(
    gtin=EAN,
    level="package",
    name="Kestrel Pan 100 Trio",
    format="135",
    exposures=36,
    iso=100,
    process="B&W",
    rolls=3,
)


def price_frame(gtin: str = EAN) -> bytes:
    """Return a price code as an EAN-13 scanner sends it."""
    return b"]E0" + gtin[-13:].encode()


def label_frame(item: str, copy: str) -> bytes:
    """Return the square code of a label with a house code as a scanner sends it."""
    return b"]d290" + item.encode() + b"\x1d91" + copy.encode()


def card_frame(number: str) -> bytes:
    """Return a card as an EAN-13 scanner sends it."""
    return b"]E0" + number.encode()


def badge_frame() -> bytes:
    """Return a staff badge as a Code 128 scanner sends it."""
    return b"]C0" + BADGE.encode()


@dataclass
class Counter:
    """A kiosk without a screen; its desk answers when it is told to, on this thread."""

    clock: Clock
    desk: FakeDesk
    store: FakeStore
    scanner: SilentScanner
    language: str = "en"
    limits: Limits = field(default_factory=Limits)
    owed: list[ask.Effect] = field(default_factory=list[ask.Effect])
    languages: tuple[tuple[str, str], ...] = ()
    devices: DeviceFacts | None = None
    role: Role = "manager"
    """What the member of staff with the badge is."""
    films: FilmBook = field(default_factory=FilmBook)
    """What cartridges are called."""

    def __post_init__(self) -> None:
        """Build machine, staff book and worker round the desk."""
        self.staff = FakeStaffBook(self.clock, role=self.role)
        self.machine = Machine(
            clock=self.clock,
            reader=RosterReader(self.store),
            strings=speak(self.language).strings,
            do=self.owed.append,
            answer=self.scanner.answer,
            store=self.store.name,
            limits=self.limits,
            language=self.language,
            languages=self.languages,
            privacy=PRIVACY,
            speak=lambda code: speak(code).strings,
        )
        self.worker = DeskWorker(
            desk=self.desk,
            labels=self.desk,
            store=self.store,
            clock=self.clock,
            tell=self.machine.happen,
            staff=self.staff,
            devices=self.devices,
            back_room=BackRoom(films=self.films),
        )

    def settle(self) -> None:
        """Let the desk do everything it was asked."""
        while self.owed:
            answer = self.worker.carry_out(self.owed.pop(0))
            if answer is not None:
                self.machine.happen(answer)

    def scan(self, *frames: bytes) -> None:
        """Scan codes one after another, each answered by the desk."""
        for code in frames:
            self.machine.scan(code)
            self.settle()

    def press(self, *buttons: str) -> None:
        """Touch buttons one after another; each must be on the screen."""
        for button in buttons:
            if button not in self.machine.screen.button_ids():
                raise AssertionError(f"no {button!r} on {self.machine.screen.name}")
            self.machine.press(button)
            self.settle()

    def type_in(self, text: str) -> None:
        """Type on the keypad and touch Done."""
        self.press(*(f"key:{symbol}" for symbol in text), "ok")

    def wait(self, seconds: float) -> None:
        """Let time pass on a hand-set clock, with every tick that falls due."""
        clock = self.clock
        if not isinstance(clock, ManualClock):
            raise TypeError("only a hand-set clock can be moved")
        end = clock.monotonic() + seconds
        while (due := self.machine.seconds_to_tick()) is not None and clock.monotonic() + due <= end:
            clock.advance(due)
            self.machine.tick()
        clock.advance(end - clock.monotonic())

    def register(self) -> str:
        """Register the package to the card; return the claim."""
        self.scan(frame(PACKAGE), card_frame(CARD))
        self.press("register")
        return next(iter(self.desk.held))

    def sign_in(self, pin: str = PIN) -> None:
        """Show the badge and type the PIN."""
        self.scan(badge_frame())
        self.type_in(pin)

    def make_up(self, count: int = 3, *, card: str | None = None) -> ItemId:
        """Have staff make up a package, for the shelf or for a card; return its ID."""
        before = set(self.desk.made)
        self.sign_in()
        self.scan(price_frame())
        if card:
            self.scan(card_frame(card))
        self.press(*(f"key:{digit}" for digit in str(count)), "go_on", "make_up")
        return next(iter(set(self.desk.made) - before))

    @property
    def screen(self) -> Screen:
        """The screen as values."""
        return self.machine.screen


def stocked_desk() -> FakeDesk:
    """Return a desk whose roster knows one package of three rolls."""
    desk = FakeDesk()
    desk.stock(GOLD, PACKAGE, ROLLS)
    desk.products[EAN] = TRIO
    return desk


def film_store() -> FakeStore:
    """Return a store that knows which GTIN is a package and which a roll."""
    levels: dict[str, Level] = {"09506000134352": "package", "09506000134369": "roll", EAN: "package"}
    return FakeStore(levels=levels, products={GOLD.gtin: GOLD, EAN: TRIO})
