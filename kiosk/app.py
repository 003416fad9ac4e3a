"""The Kivy app: it draws what the machine says, and tells it of touches, scans and time.

Import it only after :func:`kiosk.ui.display.prepare`. There is no frame unless something changed: the stage redraws
only sections that differ, pictures move only on the pages that show them moving.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kiosk.appliance.heart import Turn
from kiosk.appliance.lock import WindowLock
from kiosk.appliance.upkeep import Upkeep
from kiosk.brand import PLAIN, Brand
from kiosk.inbox import Inbox
from kiosk.keyboard import Keyboard
from kiosk.machine import Machine
from kiosk.ui.dress import Panel, dress_of, look_of
from kiosk.ui.look import Pace, load_fonts
from kiosk.ui.pulse import beat, sleep_through_motions
from kiosk.ui.stage import AnyStage, stage_for
from kiosk.ui.toolkit import App, Clock, FloatLayout, Widget, Window, glFinish
from kiosk.view import Screen
from photocore.seams import Clock as Clock_

STATION_EVERY_S: Final = 5.0
"""How often the light asks the journal how it is, besides being told."""

REST_S: Final = 60.0
"""Pictures move so long after the last touch or the last other page; then the screen stands still."""

SETTLED_S: Final = 0.3
"""What can wait is done so long after the first frame."""

Letter = Callable[[Machine], None]
"""What a thread leaves in the inbox: something to do with the machine on the screen's thread."""


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """How the window looks and behaves; everything else, the language too, is the machine's."""

    fonts: Path
    moves: bool = True
    brand: Brand = PLAIN
    diagonal_in: float | None = None
    """The panel's diagonal in inches; None is the one stated for this shape (kiosk.ui.look)."""
    is_offscreen: bool = False
    is_locked: bool = True
    """No key, no wish to close and nothing dropped on the window does what the toolkit would do with it."""
    once_shown: Callable[[], None] = lambda: None
    """Called after the first frame, while nobody waits."""


class KioskApp(App):
    """The window. ``inbox`` is where threads leave what they have to say."""

    use_kivy_settings = False
    title = "Twincheck"

    def __init__(
        self,
        *,
        machine: Machine,
        inbox: Inbox[Letter],
        appearance: Appearance,
        clock: Clock_,
        read_station: Callable[[], None],
        upkeep: Upkeep | None = None,
    ) -> None:
        super().__init__()
        self.machine = machine
        self.inbox = inbox
        self.appearance = appearance
        self.stage: AnyStage | None = None
        self.flips = 0
        self.flipped_at = 0.0
        """Monotonic second of the last frame that was really on the screen."""
        self._pace = Pace()
        self._clock = clock
        self._read_station = read_station
        self._upkeep = upkeep
        self._ground = FloatLayout()
        self._bell = Clock.create_trigger(self._drain)
        self._touched = Clock.create_trigger(self._take_touch)
        self._alarm = Clock.create_trigger(self._tick, 1.0)
        self._polling: Any = None
        self._keeping: Any = None
        self._lock: WindowLock | None = None
        self._keyboard = Keyboard(clock)
        self._settle = Clock.create_trigger(lambda _: appearance.once_shown(), SETTLED_S)
        self._rest = Clock.create_trigger(self._go_still, REST_S)

    def build(self) -> Widget:
        """Build the stage for the machine's screen."""
        load_fonts(self.appearance.fonts)
        sleep_through_motions()
        self._raise_stage(self.machine.screen)
        self.machine.on_screen = self._show
        Window.bind(on_touch_up=self._note_touch, on_draw=self._note_draw, on_flip=self._note_flip)
        Window.bind(size=self._note_size, on_key_down=self._take_key, on_key_up=self._note_key_up)
        self._lock = WindowLock(Window) if self.appearance.is_locked else None
        return self._ground

    def on_start(self) -> None:
        """Open the door for threads, and begin to watch the station."""
        self.inbox.on_mail(self._bell)
        self._polling = Clock.schedule_interval(lambda _: self._read_station(), STATION_EVERY_S)
        self._read_station()
        if self._upkeep:
            self._keeping = Clock.schedule_interval(self._keep_up, self._upkeep.every_s)
        self._rest()
        Window.bind(on_flip=self._note_first_flip)

    def on_stop(self) -> None:
        """Close the door; the window is going."""
        self.inbox.on_mail(None)
        if self._polling:
            self._polling.cancel()
        if self._upkeep and self._keeping:
            self._keeping.cancel()
            self._upkeep.end()
        self._alarm.cancel()
        self._touched.cancel()
        self._settle.cancel()
        self._rest.cancel()
        beat(is_resting=False)
        Window.unbind(on_touch_up=self._note_touch, on_draw=self._note_draw, on_flip=self._note_flip)
        Window.unbind(size=self._note_size, on_flip=self._note_first_flip)
        Window.unbind(on_key_down=self._take_key, on_key_up=self._note_key_up)
        if self._lock:
            self._lock.release()
        if self.stage:
            self.stage.halt()

    def open_settings(self, *_: object) -> bool:
        """Never open the toolkit's own settings: F1 is not for shoppers."""
        return False

    def _show(self, screen: Screen) -> None:
        before = self.stage.screen if self.stage else None
        if self.stage is None or before is None or dress_of(before) != dress_of(screen):
            self._raise_stage(screen)
        else:
            self.stage.show(screen)
        if before is None or _told(before) != _told(screen):
            self._stir()
        self._set_alarm()

    def _stir(self) -> None:
        """Let pictures move: somebody is here. After a while without a touch or another page they rest."""
        self._rest.cancel()
        self._rest()
        if self._pace.rests:
            self._pace.rests = False
            beat(is_resting=False)
            if self.stage:
                self.stage.resume()

    def _go_still(self, _: float) -> None:
        """Stop all motion, and turn slowly: nobody is here, and a screen that rests costs next to nothing."""
        self._pace.rests = True
        beat(is_resting=True)
        if self.stage:
            self.stage.halt()

    def _raise_stage(self, screen: Screen) -> None:
        """Build the whole stage anew, in the theme and the direction the screen asks for."""
        if self.stage:
            self.stage.halt()
        panel = Panel(brand=self.appearance.brand, diagonal_in=self.appearance.diagonal_in, moves=self.appearance.moves)
        look = look_of(screen, (int(Window.width), int(Window.height)), panel=panel, pace=self._pace)
        Window.clearcolor = look["bg"]
        self._ground.clear_widgets()
        self.stage = stage_for(look, self.machine.press)
        self._ground.add_widget(self.stage)
        self.stage.show(screen)

    def _drain(self, _: float) -> None:
        for letter in self.inbox.drain():
            letter(self.machine)
        self._set_alarm()

    def _note_touch(self, *_: object) -> None:
        """Note the touch once the button under it has had its say: a warning must not vanish under the finger."""
        self._touched()

    def _take_touch(self, _: float) -> None:
        self._stir()
        self.machine.touch()
        self._set_alarm()

    def _take_key(self, _: object, code: int, scancode: int, text: str | None, held: Sequence[str]) -> bool:
        """Take a key; the toolkit does nothing of its own with any of them."""
        del scancode, text
        key = self._keyboard.press(code, is_shifted="shift" in held)
        if key:
            self.machine.key(key)
            self._set_alarm()
        return True

    def _note_key_up(self, _: object, code: int, *__: object) -> bool:
        self._keyboard.release(code)
        return True

    def _note_size(self, *_: object) -> None:
        """Build the stage for the new size: a screen was turned, or another one was put on."""
        self._raise_stage(self.machine.screen)

    def _note_draw(self, *_: object) -> None:
        self._pace.begin_frame()

    def _note_flip(self, *_: object) -> None:
        self.flips += 1
        if self.appearance.is_offscreen:
            glFinish()  # nothing else waits for the rasteriser off-screen, and memory would grow (research: kivy 1.5)
        self.flipped_at = self._clock.monotonic()
        self._pace.end_frame()

    def _note_first_flip(self, *_: object) -> None:
        Window.unbind(on_flip=self._note_first_flip)
        if self._upkeep:
            self._upkeep.begin()
        self._settle()

    def _keep_up(self, _: float) -> None:
        """Let the upkeep know how the window is; only this loop speaks for it."""
        if self._upkeep:
            turn = Turn(flips=self.flips, is_frame_due=Window.canvas.needs_redraw)
            self._upkeep.turn(turn, self.machine.state)

    def _set_alarm(self) -> None:
        """Wake up when time next has an effect, and not before."""
        self._alarm.cancel()
        seconds = self.machine.seconds_to_tick()
        if seconds is not None:
            self._alarm = Clock.create_trigger(self._tick, seconds + 0.01)
            self._alarm()

    def _tick(self, _: float) -> None:
        self.machine.tick()
        self._set_alarm()


def _told(screen: Screen) -> tuple[object, ...]:
    """Return what changes only because of a person: not the light, and not how much time is left."""
    return screen.name, screen.title, screen.slots, screen.notice
