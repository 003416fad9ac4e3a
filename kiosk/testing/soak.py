"""A storm over a kiosk of its own, and what the process weighed meanwhile."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kiosk.inbox import Inbox
from kiosk.language import OFFERED, offered
from kiosk.testing.counter import Counter, film_store, stocked_desk
from kiosk.testing.desk import SilentScanner
from kiosk.testing.pilot import opened_app
from kiosk.testing.storm import Chance, Figures, Storm, unhurried
from kiosk.ui.display import prepare
from photocore.host import SystemClock
from photocore.settings import locate_config
from photocore.testing import ManualClock

WARM: Final = 0.2
"""The first share of a run, in which fonts, textures and pages are met for the first time: not in the slope."""


@dataclass(kw_only=True)
class Soaked:
    """What a run saw, how long it took, and the megabytes it weighed after so many events."""

    figures: Figures
    seconds: float = 0.0
    weights: list[tuple[int, float]] = field(default_factory=list[tuple[int, float]])

    @property
    def slope_mb(self) -> float:
        """Megabytes of resident memory gained in 100,000 events: the straight line through all but the first part."""
        late = [point for point in self.weights if point[0] >= self.figures.events * WARM]
        if len(late) < 3:
            return 0.0
        middle = sum(x for x, _ in late) / len(late)
        mean = sum(y for _, y in late) / len(late)
        spread = sum((x - middle) ** 2 for x, _ in late)
        return 100_000 * sum((x - middle) * (y - mean) for x, y in late) / spread


def resident_mb() -> float:
    """Return what this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def soak(
    *,
    events: int,
    chance: Chance,
    seed: int,
    home: Path,
    size: tuple[int, int] = (540, 960),
    say: Callable[[Soaked], None] = lambda soaked: None,
) -> Soaked:
    """Throw ``events`` at a kiosk off-screen; ``say`` is told now and then how it goes. ``chance`` has the ``seed``.

    Raises:
        Stormed: something that must hold did not.
    """
    prepare(size=size, home=home, is_offscreen=True)
    with stormed(chance, seed) as storm:
        soaked = Soaked(figures=storm.figures)
        clock = SystemClock()
        began = clock.monotonic()
        every = max(1000, events // 100 // 1000 * 1000)

        def weigh(figures: Figures) -> None:
            if figures.events % every == 0:
                soaked.weights.append((figures.events, resident_mb()))
                soaked.seconds = clock.monotonic() - began
                say(soaked)

        storm.rage(events, weigh)
        soaked.seconds = clock.monotonic() - began
    return soaked


@contextmanager
def stormed(chance: Chance, seed: int = 0, *, fresh_every: int = 5000) -> Generator[Storm]:
    """Open a kiosk with a fake desk, every language and a hand-set clock, and a storm over it."""
    from kiosk.app import Appearance, KioskApp  # noqa: PLC0415  only after the display is prepared

    clock = ManualClock()
    counter = Counter(
        clock=clock,
        desk=stocked_desk(),
        store=film_store(),
        scanner=SilentScanner(),
        languages=tuple(offered(OFFERED)),
    )
    app = KioskApp(
        machine=counter.machine,
        inbox=Inbox(),
        appearance=Appearance(fonts=locate_config() / "fonts", moves=False, is_offscreen=True),
        clock=clock,
        read_station=lambda: None,
    )
    with opened_app(app), unhurried():
        yield Storm(app, counter, chance=chance, seed=seed, fresh_every=fresh_every)
