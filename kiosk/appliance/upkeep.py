"""What a kiosk does for itself every few seconds: its heart beats, it looks for its panel, and at night it starts anew.

The app calls it from the toolkit's own clock, so all of it happens on the screen's thread or not at all.
"""

from collections.abc import Callable
from typing import Any, Final

import structlog

from kiosk.appliance.heart import Heart, Turn
from kiosk.appliance.night import QUIET_S, NightRest
from kiosk.appliance.panel import PanelWatch
from kiosk.flow.access import NOTHING
from kiosk.flow.states import Attract, State
from photocore.seams import Clock

EVERY_S: Final = 5.0


class Upkeep:
    """``can_rest`` says whether nothing is half done, such as a label on its way; ``stop`` closes the window."""

    def __init__(
        self,
        *,
        clock: Clock,
        heart: Heart | None = None,
        panel: PanelWatch | None = None,
        night: NightRest | None = None,
        can_rest: Callable[[], bool] = lambda: True,
        every_s: float = EVERY_S,
    ) -> None:
        self.every_s = every_s
        self.stop: Callable[[], object] = lambda: None
        self.is_resting = False
        """It ended by itself, to be started anew."""
        self._clock = clock
        self._heart, self._panel, self._night = heart, panel, night
        self._can_rest = can_rest
        self._log: Any = structlog.get_logger().bind(room="kiosk")

    def begin(self) -> None:
        """Take note that the first frame is there."""
        if self._heart:
            self._heart.begin()

    def turn(self, turn: Turn, state: State) -> None:
        """Do what is due now."""
        if self._heart:
            self._heart.beat(turn, status_of(state))
        if self._panel:
            self._panel.look()
        if self._night and not self.is_resting:
            self._rest_if_due(self._night, state)

    def end(self) -> None:
        """Take note that the window closes."""
        if self._heart:
            self._heart.end()

    def _rest_if_due(self, night: NightRest, state: State) -> None:
        local = self._clock.now().astimezone()
        now = self._clock.monotonic()
        if night.is_due(local, now) and is_quiet(state, now) and self._can_rest():
            self.is_resting = True
            self._log.info("kiosk.rests", at=f"{local:%H:%M}", awake_s=round(now - night.began))
            self.stop()


def is_quiet(state: State, now: float) -> bool:
    """Say whether nobody is there, nobody was a while ago, and nothing is left of anybody."""
    is_bare = isinstance(state.page, Attract) and state.staff is None and state.access == NOTHING
    is_own = state.language == state.home_language and not state.is_choosing_language
    return is_bare and is_own and now - state.touched_at >= QUIET_S


def status_of(state: State) -> str:
    """Return one line for the service manager: which kind of page, and how the station is. Nothing of a person."""
    light = state.station.light
    line = "journal down" if not light.has_journal else "online" if light.is_online else f"offline, {light.unsent} wait"
    return f"{type(state.page).__name__.lower()}; {line}"
