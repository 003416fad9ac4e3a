"""A kiosk to try: with a fake desk and no screen (`counter`), or with the real Kivy window off-screen (`pilot`)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.appliance.upkeep import Upkeep
from kiosk.flow import effects as ask
from kiosk.flow.states import Limits
from kiosk.inbox import Inbox
from kiosk.testing import Counter, Pilot, SilentScanner, film_store, opened_app, stocked_desk
from kiosk.ui.display import prepare
from photocore.host import SystemClock
from photocore.settings import locate_config
from photocore.testing import ManualClock

SIZE = (1080, 1920)


@pytest.fixture
def counter() -> Counter:
    """A kiosk on a hand-set clock, nobody there."""
    made = Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
    made.owed.append(ask.ReadStation())
    made.settle()
    return made


@pytest.fixture(scope="session")
def kivy_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Kivy, set up once a process and off-screen, before anything imports it."""
    home = tmp_path_factory.mktemp("kivy")
    prepare(size=SIZE, home=home, is_offscreen=True)
    return home


@pytest.fixture
def open_pilot(kivy_home: Path) -> Iterator[Callable[..., tuple[Pilot, Counter]]]:
    """Open the real app with a fake desk; language, limits, size and languages may be chosen."""
    from contextlib import ExitStack

    from kiosk.app import Appearance, KioskApp
    from kiosk.ui.toolkit import Window

    with ExitStack() as stack:

        def opened(
            language: str = "en",
            limits: Limits | None = None,
            size: tuple[int, int] = SIZE,
            languages: tuple[tuple[str, str], ...] = (),
            upkeep: Upkeep | None = None,
        ) -> tuple[Pilot, Counter]:
            Window.size = size
            clock = SystemClock()
            counter = Counter(
                clock=clock,
                desk=stocked_desk(),
                store=film_store(),
                scanner=SilentScanner(),
                language=language,
                limits=limits or Limits(),
                languages=languages,
            )
            app = KioskApp(
                machine=counter.machine,
                inbox=Inbox(),
                appearance=Appearance(fonts=locate_config() / "fonts", moves=False, is_offscreen=True),
                clock=clock,
                read_station=lambda: counter.owed.append(ask.ReadStation()),
                upkeep=upkeep,
            )
            stack.enter_context(opened_app(app))
            counter.settle()
            pilot = Pilot(app, clock=clock.monotonic)
            pilot.frames(3)
            return pilot, counter

        yield opened
    Window.size = SIZE
