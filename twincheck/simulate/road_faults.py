"""What goes wrong on the roads: storms, partitions, one-way streets, log-in pages, three months without a network."""

from dataclasses import replace

from twincheck.simulate.loop import DAY, HOUR, MINUTE
from twincheck.simulate.machines import Machine
from twincheck.simulate.network import CALM, STORM, Weather
from twincheck.simulate.world import World

LONG_MS = 90 * DAY


class RoadFaults:
    """Faults of the roads between stations and whoever answers them."""

    def __init__(self, world: World) -> None:
        self.long: set[str] = set()
        self._world = world
        self._tally = world.ground.tally
        self._dice = world.ground.draws.stream("road faults")

    def storm(self) -> None:
        """Let a road lose, double, cut and delay much of what is on it."""
        self._meet("storms", replace(STORM), self._dice.between(10 * MINUTE, 150 * MINUTE))

    def partition(self) -> None:
        """Close a road for minutes or days."""
        span = DAY if self._dice.chance(0.7) else 9 * DAY
        self._meet("partitions", Weather(is_down=True), self._dice.between(MINUTE, span))

    def mute(self) -> None:
        """Let requests through and no answer back."""
        self._meet("one-way partitions", Weather(is_mute=True), self._dice.between(10 * MINUTE, 12 * HOUR))

    def portal(self) -> None:
        """Let a log-in page answer instead of the photoservice."""
        self._meet("captive portals", Weather(is_portal=True), self._dice.between(10 * MINUTE, DAY))

    def leave_alone(self) -> None:
        """Close a road for ninety days, or for as long as the world lasts."""
        machine = self._pick()
        if machine is None or len(self.long) > 0:
            return
        self._tally.note("long outages")
        self._tell(machine, "has no network for ninety days")
        self.long.add(machine.name)
        machine.road.weather = Weather(is_down=True)

        def end() -> None:
            self.long.discard(machine.name)
            self._reopen(machine)

        self._world.ground.loop.after(LONG_MS, end)

    def heal(self, *, wholly: bool = False) -> None:
        """Let every road be good now; ``wholly`` ends the ninety days too."""
        if wholly:
            self.long.clear()
        for counter in self._world.counters:
            if counter.machine.name not in self.long:
                counter.machine.road.weather = replace(CALM)
                counter.machine.sync_now()

    def _meet(self, name: str, weather: Weather, span_ms: int) -> None:
        machine = self._pick()
        if machine is None:
            return
        self._tally.note(name)
        self._tell(machine, f"meets {name} for {span_ms // MINUTE} minutes")
        machine.road.weather = weather

        def end() -> None:
            if machine.road.weather is weather:
                self._reopen(machine)

        self._world.ground.loop.after(span_ms, end)

    def _reopen(self, machine: Machine) -> None:
        machine.road.weather = Weather()
        self._tell(machine, "has a good road again")
        machine.hurry()

    def _pick(self) -> Machine | None:
        there = [c.machine for c in self._world.counters if c.machine.name not in self.long]
        return self._dice.pick(there) if there else None

    def _tell(self, machine: Machine, what: str) -> None:
        self._world.ground.story.tell(machine.name, what)
