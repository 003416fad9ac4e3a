"""Everything at once and in any order, against the real app: fingers, keys, codes, faults, time (K1).

It blows in turns: for a while everything comes in through the toolkit's window and is drawn, then for longer the events
that need no window go straight to the machine, whose screen the window shows when the squall is over.

Whatever comes, the process must go on in its one window, never show a page without a way out, and be a fresh kiosk for
the next shopper. A storm is all of its seed: the clock is hand-set, nothing is asked of real time, so what breaks can
be seen again. What is not asked of the real app is the desk's disk: a fake desk answers, at once, late or never.
"""

import os
from collections import Counter as Tally
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.flow.access import NOTHING
from kiosk.flow.events import Failed
from kiosk.flow.states import Attract
from kiosk.flow.step import next_deadline
from kiosk.flow.values import Printer
from kiosk.machine import Machine
from kiosk.testing.codes import BAD, GOOD, HOSTILE
from kiosk.testing.counter import CARD, PACKAGE, PIN, Counter, badge_frame, card_frame, frame, price_frame, stocked_desk
from kiosk.testing.outside import Outside, listen, outside
from kiosk.testing.pilot import Pilot
from photocore.testing import ManualClock
from sync.label_states import LabelState

if TYPE_CHECKING:
    from kiosk.app import KioskApp
    from kiosk.testing.finger import Finger

KEYPAD: Final = ("previous", "next", "press", "repeat", "back", "volume")
TOGGLES: Final = ("access", "contrast", "large", "low", "voice", "language")
"""What changes how the screen looks or speaks, and leads nowhere."""
KEYS: Final = (27, 9, 8, 13, 127, *range(32, 127), *range(256, 297), 306, 308, 309, 1073741894, 1073741930, 4294967)
"""Escape, tab, letters, arrows, F1 to F15 in the toolkit's numbers; Ctrl, Alt, Super, Print, Menu; and none at all."""
HELD: Final = (0, 0, 0, 0x40, 0x100, 0x140, 0x400, 0x501, 0x40 | 0x100 | 0x400)
"""SDL's bits of Ctrl, Alt, both, Super, and all of it."""
WINDOW_WORDS: Final = (
    "quit",
    "windowminimized",
    "windowrestored",
    "windowhidden",
    "windowshown",
    "windowfocuslost",
    "windowfocusgained",
    "windowleave",
    "windowexposed",
)
DROPPED: Final = (b"/etc/passwd", b"kiosk.kv", b"=cmd|' /C calc'!A0", b"\xff\xfe")
ERRANDS: Final[tuple[tuple[bytes | str, ...], ...]] = (
    (frame(PACKAGE), card_frame(CARD), "register"),
    (frame(PACKAGE), card_frame(CARD), "register", "undo", "yes"),
    (badge_frame(), *(f"key:{digit}" for digit in PIN), "ok"),
    (badge_frame(), *(f"key:{digit}" for digit in PIN), "ok", "sign_out"),
    (badge_frame(), *(f"key:{digit}" for digit in PIN), "ok", price_frame(), "key:3", "go_on", "make_up"),
    ("start", "type", *(f"key:{symbol}" for symbol in "0X1095"), "ok"),
)
"""Ways a person goes on purpose: by chance alone nobody types a PIN."""
DRAWN: Final = 50
"""So many events in a row come with the window drawn ..."""
SQUALL: Final = 950
"""... and then so many that it sees only the end of."""
FRAME_EVERY: Final = 8
"""While it is drawn, the toolkit's loop turns once in so many events; a frame with its layout costs as much as all."""
MENDED_AFTER_S: Final = 3600.0
"""After this much silence, with everything mended, a kiosk is a fresh one."""


Kind = Callable[[Outside], None]
"""One kind of thing that may happen; it is given the window's door to the outside."""


T = TypeVar("T")


class Chance(Protocol):
    """The dice, as ``random.Random`` throws them; whoever starts a storm brings them, with their seed."""

    def random(self) -> float: ...  # noqa: D102

    def uniform(self, a: float, b: float, /) -> float: ...  # noqa: D102

    def randint(self, a: int, b: int, /) -> int: ...  # noqa: D102

    def choice(self, seq: Sequence[T], /) -> T: ...  # noqa: D102

    def choices(self, population: Sequence[T], /, weights: Sequence[int]) -> list[T]: ...  # noqa: D102

    def shuffle(self, x: list[T], /) -> None: ...  # noqa: D102


class Stormed(AssertionError):
    """A storm found something; it says seed and event, so that it can be seen again."""


@dataclass(kw_only=True)
class Figures:
    """What a storm saw. ``by_window`` came in through the toolkit's window; ``drawn`` were shown by it as they came."""

    seed: int
    events: int = 0
    by_window: int = 0
    drawn: int = 0
    frames: int = 0
    fresh: int = 0
    screens: Tally[str] = field(default_factory=Tally[str])
    kinds: Tally[str] = field(default_factory=Tally[str])
    digest: str = ""


class Storm:
    """Throws things at one opened app whose desk is ``counter``'s. ``fresh_every`` events it must be usable again."""

    def __init__(
        self, app: "KioskApp", counter: Counter, *, chance: Chance, seed: int = 0, fresh_every: int = 5000
    ) -> None:
        from kiosk.ui.toolkit import EventLoop, Window  # noqa: PLC0415

        self.app, self.counter = app, counter
        self.figures = Figures(seed=seed)
        self._loop, self._window = EventLoop, Window
        self._pilot = Pilot(app, clock=counter.clock.monotonic)
        self._chance = chance
        self._fresh_every = fresh_every
        self._plan: deque[bytes | str] = deque()
        self._down: list[Finger] = []
        self._trace = sha256()
        self._last: deque[str] = deque(maxlen=30)
        self._process, self._size = os.getpid(), tuple(Window.size)
        self._children = list(Window.children)
        self._on_screen = app.machine.on_screen
        self._windows: dict[Kind, int] = {
            self._touch_anywhere: 14,
            self._touch_many: 4,
            self._touch_shown: 16,
            self._press_key: 12,
            self._use_mouse: 2,
            self._say_window: 1,
        }
        self._inner: dict[Kind, int] = {
            self._press_shown: 16,
            self._scan: 12,
            self._use_keypad: 16,
            self._put_jack: 1,
            self._break_device: 3,
            self._break_desk: 2,
            self._move_labels: 3,
            self._answer: 10,
            self._toggle: 1,
            self._let_time_pass: 2,
            self._run_errand: 14,
        }
        every = self._windows | {kind: weight // 3 or 1 for kind, weight in self._inner.items()}
        self._all = list(every), list(every.values())
        self._squall = list(self._inner), list(self._inner.values())

    def rage(self, events: int, on_progress: Callable[[Figures], None] = lambda figures: None) -> Figures:
        """Throw so many events; return what was seen.

        Raises:
            Stormed: something that must hold did not, or an exception came out of the app.
        """
        with outside() as gate:
            while self.figures.events < events:
                try:
                    self._throw(gate)
                except Exception as fault:
                    seen = f"seed {self.figures.seed}, event {self.figures.events}, on {self._screen_name}"
                    raise Stormed(f"{seen}: {fault!r}; before it: {', '.join(self._last)}") from fault
                if self.figures.events % 1000 == 0:
                    on_progress(self.figures)
        self.figures.digest = self._trace.hexdigest()
        return self.figures

    @property
    def _screen_name(self) -> str:
        return self.counter.machine.screen.name

    def _throw(self, gate: Outside) -> None:
        """Throw one thing, and see what became of it."""
        figures = self.figures
        place = figures.events % (DRAWN + SQUALL)
        if place == DRAWN:
            self._hide()
        elif place == 0:
            self._show()
        kinds = self._all if place < DRAWN else self._squall
        kind = self._chance.choices(*kinds)[0]
        name = kind.__name__.strip("_")
        self._last.append(f"{name} on {self._screen_name}")
        kind(gate)
        figures.events += 1
        figures.by_window += kind in self._windows
        figures.drawn += place < DRAWN
        figures.kinds[name] += 1
        if place < DRAWN and figures.events % FRAME_EVERY == 0:
            self._turn()
        if figures.events % self._fresh_every == 0:
            self._show()
            self._be_fresh()
        self._check()
        figures.screens[self._screen_name] += 1
        self._trace.update(f"{name}:{self._screen_name}\n".encode())

    def _hide(self) -> None:
        """Let the window see nothing for a while."""
        self.app.machine.on_screen = lambda screen: None

    def _show(self) -> None:
        """Let the window see the machine's screen again, as it is now."""
        self.app.machine.on_screen = self._on_screen
        self._on_screen(self.app.machine.screen)

    def _turn(self) -> None:
        """Let the toolkit's loop turn once: what changed is laid out and drawn."""
        before = self.app.flips
        self._loop.idle()
        listen()
        self.figures.frames += self.app.flips - before

    # -- what is thrown ---------------------------------------------------------------------------

    def _touch_anywhere(self, gate: Outside) -> None:
        del gate
        finger = self._finger()
        finger.press()
        finger.lift()

    def _touch_many(self, gate: Outside) -> None:
        """Put fingers down, move them, and lift them in another order; some stay for a while."""
        del gate
        fingers = [self._finger() for _ in range(self._chance.randint(2, 10))]
        for finger in fingers:
            finger.press()
        self._down += fingers
        for finger in self._down:
            finger.slide(*self._place())
        self._chance.shuffle(self._down)
        stay = self._chance.randint(0, 2)
        for finger in self._down[stay:]:
            finger.lift()
        del self._down[stay:]

    def _touch_shown(self, gate: Outside) -> None:
        """Touch a button that is shown, where it is drawn."""
        del gate
        shown = sorted(self.counter.machine.screen.button_ids())
        if shown:
            self._touch_button(self._chance.choice(shown))

    def _touch_button(self, name: str) -> None:
        from kiosk.testing.finger import Finger  # noqa: PLC0415

        with suppress(AssertionError):  # it is not drawn yet, or no more
            finger = Finger(*self._pilot.centre(self._pilot.button(name)))
            finger.press()
            finger.lift()

    def _press_key(self, gate: Outside) -> None:
        """Press a key, with whatever is held; or type a line as a scanner that plays keyboard would."""
        if self._chance.random() < 0.05:
            for letter in self._chance.choice(HOSTILE)[:80].decode("latin-1"):
                gate.key(ord(letter), text=letter)
        else:
            code = self._chance.choice(KEYS)
            gate.key(code, held=self._chance.choice(HELD), text=chr(code) if 32 <= code < 127 else "")
        listen()

    def _use_mouse(self, gate: Outside) -> None:
        x, y = self._place()
        gate.tell("mousemotion", x, y)
        gate.click(x, y, self._chance.randint(1, 5))
        if self._chance.random() < 0.3:
            gate.tell(self._chance.choice(("mousewheelup", "mousewheeldown", "mousewheelleft")), 1, 1, "x")
        listen()

    def _say_window(self, gate: Outside) -> None:
        """Ask the window to close, hide, take a file or a text."""
        gate.tell(self._chance.choice(WINDOW_WORDS))
        dropped = self._chance.choice(DROPPED)
        for said in (("dropbegin",), ("dropfile", dropped), ("droptext", dropped), ("dropend",)):
            gate.tell(*said)
        listen()

    def _press_shown(self, gate: Outside) -> None:
        """Press a button that is shown, as the window would tell the machine."""
        del gate
        shown = sorted(self.counter.machine.screen.button_ids())
        if shown:
            self.counter.machine.press(self._chance.choice(shown))

    def _scan(self, gate: Outside) -> None:
        del gate
        codes = self._chance.choices((GOOD, BAD, HOSTILE), weights=(6, 2, 3))[0]
        code, again = self._chance.choice(codes), self._chance.random() < 0.1
        self._leave(lambda machine: machine.scan(code, is_repeated=again))

    def _use_keypad(self, gate: Outside) -> None:
        del gate
        self._tell(told.Keyed(at=self._now, key=self._chance.choice(KEYPAD)))

    def _put_jack(self, gate: Outside) -> None:
        del gate
        self._tell(told.JackSaid(at=self._now, is_in=self._chance.random() < 0.6))

    def _break_device(self, gate: Outside) -> None:
        del gate
        if self._chance.random() < 0.7:
            self._tell(told.PrinterSaid(at=self._now, printer=self._chance.choice(list(Printer))))
        else:
            self._tell(told.ScannerSaid(at=self._now, is_there=self._chance.random() < 0.7))

    def _break_desk(self, gate: Outside) -> None:
        """Let the journal go down, or come back."""
        del gate
        self.counter.desk.is_down = self._chance.random() < 0.15
        self.counter.owed.append(ask.ReadStation())

    def _move_labels(self, gate: Outside) -> None:
        del gate
        states = [state for state in LabelState if state is not LabelState.VOID]
        for claim, held in self.counter.desk.held.items():
            if held.jobs and not held.withdrawn:
                self.counter.desk.settle(claim, self._chance.choice(states))
        self._tell(told.JournalMoved(at=self._now))

    def _answer(self, gate: Outside) -> None:
        """Let the desk answer one question, or all, or forget an old one that nobody may wait for for ever."""
        del gate
        owed = self.counter.owed
        if self._chance.random() < 0.5 or len(owed) > 40:
            self._settle()
        elif owed:
            self._carry(owed.pop(self._chance.randint(0, len(owed) - 1)))

    def _toggle(self, gate: Outside) -> None:
        """Press what changes how the screen looks, speaks or is laid out, shown or not."""
        del gate
        self.counter.machine.press(self._chance.choice((*TOGGLES, "close")))

    def _let_time_pass(self, gate: Outside) -> None:
        del gate
        self._wait(self._chance.choice((0.05, 1.0, 1.0, 5.0, 13.0, 41.0, 90.0, 100_000.0)))

    def _run_errand(self, gate: Outside) -> None:
        """Go one step of what somebody came for, or begin something."""
        del gate
        if not self._plan:
            self._plan.extend(self._chance.choice(ERRANDS))
        step = self._plan.popleft()
        if isinstance(step, bytes):
            self.counter.machine.scan(step)
        elif step in self.counter.machine.screen.button_ids():
            self.counter.machine.press(step)
        self._settle()

    # -- how it is thrown -------------------------------------------------------------------------

    @property
    def _now(self) -> float:
        return self.counter.clock.monotonic()

    def _tell(self, event: told.Happened) -> None:
        self._leave(lambda machine: machine.happen(event))

    def _leave(self, letter: Callable[[Machine], None]) -> None:
        """Leave a letter in the inbox, as a thread does, to be read when the loop turns; in a squall it never turns."""
        if self.figures.events % (DRAWN + SQUALL) < DRAWN:
            self.app.inbox.put(letter)
        else:
            letter(self.app.machine)

    def _place(self) -> tuple[float, float]:
        width, height = self._size
        return self._chance.uniform(0, width), self._chance.uniform(0, height)

    def _finger(self) -> "Finger":
        from kiosk.testing.finger import Finger  # noqa: PLC0415

        return Finger(*self._place())

    def _wait(self, seconds: float) -> None:
        """Let time pass, with the ticks that fall due; a warning that counts down is looked at a few times only."""
        clock = self.counter.clock
        if not isinstance(clock, ManualClock):
            raise TypeError("a storm's clock is set by hand")
        for _ in range(5):
            due = self.counter.machine.seconds_to_tick()
            if due is None or due > seconds:
                break
            clock.advance(due)
            seconds -= due
            self.counter.machine.tick()
        clock.advance(seconds)
        self.counter.machine.tick()

    def _settle(self) -> None:
        while self.counter.owed:
            self._carry(self.counter.owed.pop(0))

    def _carry(self, effect: ask.Effect) -> None:
        answer = self.counter.worker.carry_out(effect)
        if isinstance(answer, Failed):
            raise Stormed(f"the worker met a fault nobody foresaw, at {type(effect).__name__}")
        if answer is not None:
            self.counter.machine.happen(answer)

    # -- what must hold ---------------------------------------------------------------------------

    def _check(self) -> None:
        """See that it is the same process and window, and that the page has a way out."""
        machine, loop = self.counter.machine, self._loop
        if loop.quit or loop.status != "started" or os.getpid() != self._process:
            raise Stormed("the app is no longer running")
        if tuple(self._window.size) != self._size or self._window.children != self._children:
            raise Stormed(f"the window is another: {self._window.size}, {self._window.children}")
        screen = machine.screen
        ways_out = screen.button_ids() - set(TOGGLES)
        if not ways_out and not (screen.leaves_by_itself and next_deadline(machine.state) is not None):
            raise Stormed("no way out")

    def _be_fresh(self) -> None:
        """Mend everything, let everybody go, and serve one shopper: by touch, drawn."""
        for finger in self._down:
            finger.lift()
        self._down.clear()
        self._plan.clear()
        self.counter.desk.is_down = False
        self._tell(told.PrinterSaid(at=self._now, printer=Printer.READY))
        self._tell(told.ScannerSaid(at=self._now, is_there=True))
        self._tell(told.JackSaid(at=self._now, is_in=False))
        self.counter.owed.append(ask.ReadStation())
        for _ in range(4):
            self._turn()
            self._settle()
            self._wait(MENDED_AFTER_S)
        self._forget()
        state = self.counter.machine.state
        if not isinstance(state.page, Attract) or state.access != NOTHING or state.language != state.home_language:
            raise Stormed(f"not fresh after an hour of silence: {state.page!r}, {state.access}, {state.language}")
        if state.staff or CARD in repr(state) or PACKAGE in repr(state):
            raise Stormed("somebody is still in it")
        self._serve()
        self.figures.fresh += 1

    def _serve(self) -> None:
        """Be a shopper: start by touch, two scans, register by touch, labels, and silence."""
        for _ in range(3):
            self._turn()
        self._touch_button("start")
        self._expect("scan")
        self.counter.scan(frame(PACKAGE), card_frame(CARD))
        self._expect("confirm")
        self._touch_button("register")
        self._settle()
        self._expect("labels_printing")
        for _ in range(3):
            self._wait(MENDED_AFTER_S)
        self._forget()
        self._expect("attract")

    def _expect(self, name: str) -> None:
        for _ in range(3):
            self._turn()
        if self._screen_name != name:
            raise Stormed(f"a fresh shopper is on {self._screen_name}, not on {name}")

    def _forget(self) -> None:
        """Give the fake desk a new day: what it keeps of the old one would be counted as the kiosk's memory."""
        self.counter.owed.clear()
        vars(self.counter.desk).update(vars(stocked_desk()))
        self.counter.scanner.answers.clear()


@contextmanager
def unhurried() -> Generator[None]:
    """Let the toolkit's loop turn as fast as it can: a storm waits for no sixtieth of a second."""
    from kiosk.ui.toolkit import Clock  # noqa: PLC0415

    clock: Any = Clock
    before = clock._max_fps  # noqa: SLF001  there is no public way to say it
    clock._max_fps = 0.0  # noqa: SLF001
    try:
        yield
    finally:
        clock._max_fps = before  # noqa: SLF001
