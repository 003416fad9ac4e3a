"""The kiosk without a screen: state, steps, and the effects handed on. Kivy, the demo and tests all drive this.

Everything here runs on one thread, the screen's; threads reach it through :class:`~kiosk.inbox.Inbox` only.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.flow.access import Key
from kiosk.flow.make_up_pages import Counting, MakingUp
from kiosk.flow.staff_pages import PinPad, StaffWaiting
from kiosk.flow.states import Limits, Page, Registering, Scanning, State, Waiting
from kiosk.flow.step import expected_kinds, next_deadline, step
from kiosk.flow.tool_pages import Cleaning
from kiosk.flow.training import addressed
from kiosk.flow.values import Station, Tongue
from kiosk.ports import CodeReader
from kiosk.view import Screen, Strings, view
from kiosk.view.keying import is_another_page, meant, settled
from photocore.privacy import NO_NOTICE, Privacy
from photocore.seams import Clock

REMEMBERED_ANSWERS: Final = 32
Heard = tuple[str, int]
"""A scanner's name, and Python's hash of its code: no code is kept, since it may be a shopper's card."""


class Machine:
    """Takes events, keeps the state, hands effects on, and tells what the screen is now.

    ``do`` takes effects for the desk; ``answer`` tells a scanner, by its name, good or refused. ``languages`` are
    offered to shoppers, each a code and its own name; ``speak`` gives the words of one of them, ``strings`` those of
    ``language``.

    An answer goes to the scanner that scanned. What the desk says later, such as that the journal has it, goes to the
    one whose code led there: a code that was refused at once, at another scanner, is not that.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        reader: CodeReader,
        strings: Strings,
        do: Callable[[ask.Effect], None],
        answer: Callable[[bool, str], object],
        store: str = "",
        limits: Limits | None = None,
        language: str = "en",
        languages: Sequence[tuple[str, str]] = (),
        speak: Callable[[str], Strings] | None = None,
        privacy: Privacy = NO_NOTICE,
    ) -> None:
        self._clock = clock
        self._reader = reader
        self._strings = strings
        self._do = do
        self._answer = answer
        self._heard: Heard = ("", 0)
        self._is_refused = False
        self._answers: OrderedDict[Heard, bool] = OrderedDict()
        self.on_screen: Callable[[Screen], None] = lambda screen: None
        self.narrate: Callable[[State, Screen], None] = lambda state, screen: None
        now = clock.monotonic()
        self._speak = speak
        self._spoken: str = language
        self.state = State(
            station=Station(store=store),
            limits=limits or Limits(),
            now=now,
            active_at=now,
            touched_at=now,
            languages=tuple(Tongue(code=code, name=name) for code, name in languages),
            home_language=language,
            language=language,
            privacy=privacy,
        )
        self.screen = view(self.state, strings)
        self._last_key: told.Keyed | None = None
        self._came_at = now

    def happen(self, event: told.Happened) -> None:
        """Take one event: a step, its effects, and the screen if it changed. A key is what it means on this screen."""
        if isinstance(event, told.Keyed):
            if self._is_slip(event):
                return
            event = meant(self.screen, event)
        self.state, effects = step(self.state, event)
        self._show(by_person=isinstance(event, told.Pressed | told.Scanned))
        for effect in effects:
            self._carry(effect)

    def scan(self, frame: bytes, *, is_repeated: bool = False, scanner: str = "") -> None:
        """Take one frame from a scanner. One that is still under the beam is answered as it was, and no more.

        While the desk is at work on it, it was not answered yet: the answer is still to come.
        """
        heard = (scanner, hash(frame))
        if is_repeated:
            if (is_good := self._answers.get(heard)) is not None:
                self._answer(is_good, scanner)
            return
        self._answers.pop(heard, None)
        before, self._heard, self._is_refused = self._heard, heard, False
        scan = self._reader.read_frame(frame, expected_kinds(self.state), scanner)
        self.happen(told.Scanned(at=self._clock.monotonic(), scan=scan))
        if self._is_refused:
            self._heard = before

    def press(self, button: str) -> None:
        """Take a touched button."""
        self.happen(told.Pressed(at=self._clock.monotonic(), button=button))

    def key(self, key: Key) -> None:
        """Take a key of the tactile keypad."""
        self.happen(told.Keyed(at=self._clock.monotonic(), key=key))

    def touch(self) -> None:
        """Note that somebody touched the screen."""
        self.happen(told.Touched(at=self._clock.monotonic()))

    def tick(self) -> None:
        """Let time have its effect."""
        self.happen(told.Ticked(at=self._clock.monotonic()))

    def seconds_to_tick(self) -> float | None:
        """Return how long until :meth:`tick` is due, or None while nothing can become due."""
        due = next_deadline(self.state)
        return None if due is None else max(0.0, due - self._clock.monotonic())

    def speak(self, language: str) -> None:
        """Change the language, as a shopper's touch does."""
        self.state = replace(self.state, language=language)
        self._show()

    def restore(self, state: State) -> None:
        """Show a state as it is, for tours and tests: nothing is asked of the desk."""
        now = self._clock.monotonic()
        shift = now - state.now
        self.state = replace(
            state,
            page=_shifted(state.page, shift),
            now=now,
            active_at=state.active_at + shift,
            moved_at=state.moved_at + shift,
            touched_at=state.touched_at + shift,
            home_language=self.state.home_language,
            language=self.state.language,
            languages=self.state.languages or state.languages,
            privacy=self.state.privacy if self.state.privacy.notices else state.privacy,
        )
        self._show(is_restored=True)

    def _carry(self, effect: ask.Effect) -> None:
        match effect:
            case ask.AnswerScanner(is_good=is_good):
                self._answers[self._heard] = is_good
                if len(self._answers) > REMEMBERED_ANSWERS:
                    self._answers.popitem(last=False)
                self._is_refused = not is_good
                self._answer(is_good, self._heard[0])
            case ask.ReadTyped(text=text):
                scan = self._reader.read_typed(text, expected_kinds(self.state))
                now = self._clock.monotonic()
                self.happen(told.TypedRead(at=now, about=effect, scan=scan))
            case _:
                self._do(addressed(self.state, effect))

    def _is_slip(self, event: told.Keyed) -> bool:
        """Say whether the finger trembled, or pressed what was on the page before."""
        last, self._last_key = self._last_key, event
        limits = self.state.limits
        is_double = last is not None and last.key == event.key and event.at - last.at < limits.strike_s
        return is_double or (event.key == "press" and event.at - self._came_at < limits.settle_s)

    def _show(self, *, by_person: bool = False, is_restored: bool = False) -> None:
        if self._speak and self.state.language != self._spoken:
            self._spoken = self.state.language
            self._strings = self._speak(self._spoken)
        screen = view(self.state, self._strings)
        access = settled(screen if is_restored else self.screen, screen, by_person=by_person)
        if access != screen.access:
            self.state = replace(self.state, access=access)
            screen = view(self.state, self._strings)
        if screen != self.screen:
            if is_another_page(self.screen, screen):
                self._came_at = self.state.now
            self.screen = screen
            self.on_screen(screen)
            self.narrate(self.state, screen)


def _shifted(page: Page, seconds: float) -> Page:
    """Return ``page`` with the moment its wait began moved, if the desk is at work on it."""
    match page:
        case Registering() | Waiting() | MakingUp() | StaffWaiting():
            return replace(page, since=page.since + seconds)
        case PinPad(since=float() as since) | Counting(since=float() as since):
            return replace(page, since=since + seconds)
        case Scanning(checking_since=float() as since):
            return replace(page, checking_since=since + seconds)
        case Cleaning(until=until):
            return replace(page, until=until + seconds)
        case _:
            return page
