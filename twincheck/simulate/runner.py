"""One run of one seed: build the world, let it live, let it rest now and then and look at everything."""

import logging
import tempfile
import traceback
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from photocore.seams import Clock
from twincheck.simulate.checks import BOUND_MS, Words, check_at_rest, check_erased
from twincheck.simulate.draws import Draws
from twincheck.simulate.errors import ClaimBroken
from twincheck.simulate.faults import Faults
from twincheck.simulate.ground import Ground
from twincheck.simulate.loop import DAY, HOUR, MINUTE, Loop
from twincheck.simulate.replay import check_any_order
from twincheck.simulate.signatures import short_signatures
from twincheck.simulate.story import Story
from twincheck.simulate.tally import Tally
from twincheck.simulate.world import World
from twincheck.wiring import host_clock

PROGRAM = "the program does not break"
REST_EVERY = 9 * DAY
REST_AT = 4 * HOUR
LOOKS_AT = (3, 5, 8, 11)
"""Minutes into a time of rest at which an operator looks which stations are refused since they had a twin."""
RESTARTS_AT = 6

MEMORY = Path("/dev/shm")  # noqa: S108  # folders of a simulated station hold keys alone; they need no disk

Plant = AbstractContextManager[object]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run ended: ``claim`` names what did not hold, and is empty when all did."""

    seed: int
    store_hours: int
    claim: str = ""
    seen: str = ""
    hash: str = ""
    story: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether all claims held."""
        return not self.claim

    @property
    def command(self) -> str:
        """What replays exactly this run."""
        return f"twincheck simulate --seed {self.seed} --store-hours {self.store_hours} --story"


def run(
    seed: int,
    store_hours: int,
    *,
    plant: Plant | None = None,
    listen: Callable[[str], None] | None = None,
    clock: Clock | None = None,
) -> Outcome:
    """Let one world live for ``store_hours`` and return how that went.

    ``plant`` is entered for as long as the world lives: a fault planted into production's code, to see that it is
    found. ``listen`` hears the story as it is told.
    """
    clock = clock or host_clock()
    began = clock.monotonic()
    loop = Loop()
    ground = Ground(loop=loop, draws=Draws(seed), story=Story(loop, listen))
    claim = seen = ""
    with _silence(), short_signatures(), _folder() as folder, plant or nullcontext():
        try:
            _live(ground, folder, store_hours)
        except ClaimBroken as broken:
            claim, seen = broken.claim, broken.seen
        except Exception as error:  # noqa: BLE001  # a bug of the program under test is what we are looking for
            claim, seen = PROGRAM, "".join(traceback.format_exception(error, chain=False))
    return Outcome(
        seed=seed,
        store_hours=store_hours,
        claim=claim,
        seen=seen,
        hash=ground.story.hash,
        story=tuple(ground.story.last),
        tally=ground.tally,
        seconds=clock.monotonic() - began,
    )


def _live(ground: Ground, folder: Path, store_hours: int) -> None:
    world = World(ground, folder, store_hours)
    try:
        faults = Faults(world)
        words = Words(world.promises, world.service.book, ground.draws.stream("words"))

        world.look_at_rounds(words.look)
        ground.loop.after_each = faults.after_step
        rest = _Rest(world, faults)
        ground.loop.every(REST_EVERY, REST_EVERY + REST_AT, rest.begin)
        ground.loop.run_until(world.end_ms)
        rest.last()
    finally:
        world.close()


class _Rest:
    """Times at which nothing goes wrong, so that everything can be looked at."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self._tally = world.ground.tally

    def begin(self) -> None:
        """Heal what can be healed, and look when the bound has passed."""
        self._heal()
        self._world.ground.loop.after(BOUND_MS, self._look)

    def last(self) -> None:
        """Heal everything, the ninety days too, wait, and look at all there is."""
        self._heal()
        self._faults.roads.heal(wholly=True)
        loop = self._world.ground.loop
        loop.run_until(loop.now_ms + BOUND_MS)
        self._look_at_all(wholly=True)
        check_any_order(self._world)

    def _heal(self) -> None:
        self._tally.note("times of rest")
        self._world.ground.peace.reigns = True
        self._world.ground.story.tell("the world", "is at rest")
        self._faults.rest()
        loop, twins = self._world.ground.loop, self._faults.twins
        for minutes in LOOKS_AT:
            loop.after(minutes * MINUTE, twins.replace_refused)
        loop.after(RESTARTS_AT * MINUTE, twins.restart_restored)

    def _look(self) -> None:
        self._look_at_all(wholly=False)
        self._world.ground.peace.reigns = False
        self._faults.go_on()

    def _look_at_all(self, *, wholly: bool) -> None:
        long = self._faults.roads.long
        counters = [counter for counter in self._world.counters if counter.machine.name not in long]
        check_at_rest(self._world, counters, wholly=wholly)
        check_erased(self._world.service, self._faults.service.erased)


@contextmanager
def _silence() -> Generator[None]:
    """Let production log nothing but what is critical: a simulated disaster is none."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


@contextmanager
def _folder() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="twincheck-simulate-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)
