"""What goes wrong, when, and for how long: every kind of fault has dice of its own and comes by itself.

Each is counted where it really happens, not where it was planned. ``rest`` lets nothing new go wrong for a while.
"""

from collections.abc import Callable

from twincheck.simulate.hub_faults import HubFaults
from twincheck.simulate.loop import HOUR
from twincheck.simulate.machine_faults import MachineFaults
from twincheck.simulate.road_faults import RoadFaults
from twincheck.simulate.service_faults import ServiceFaults
from twincheck.simulate.twins import Twins
from twincheck.simulate.world import World


class Faults:
    """All faults of a world."""

    def __init__(self, world: World) -> None:
        self.roads = RoadFaults(world)
        self.service = ServiceFaults(world)
        self.machines = MachineFaults(world)
        self.twins = Twins(world)
        self.hubs = HubFaults(world)
        self._world = world
        self._is_resting = False
        roads, service, machines = self.roads, self.service, self.machines
        self._plan("storm", 150, roads.storm)
        self._plan("partition", 120, roads.partition)
        self._plan("one-way", 200, roads.mute)
        self._plan("portal", 250, roads.portal)
        self._plan("long outage", 1500, roads.leave_alone)
        self._plan("service down", 250, service.stop)
        self._plan("service crash", 120, service.crash)
        self._plan("service restore", 600, service.put_back)
        self._plan("older peer", 900, service.grow_old)
        self._plan("erasure", 250, service.erase)
        self._plan("power cut", 60, machines.cut_power)
        self._plan("power cut at work", 60, machines.cut_power_at_work)
        self._plan("kill", 60, machines.kill)
        self._plan("kill at work", 90, machines.kill_at_work)
        self._plan("fsync", 150, machines.fail_fsync)
        self._plan("full", 250, machines.fill)
        self._plan("read-only", 300, machines.make_read_only)
        self._plan("clock", 200, machines.set_clock)
        self._plan("station restore", 400, machines.put_back)
        self._plan("hub down", 200, self.hubs.stop)
        self._plan("hub disk", 500, self.hubs.lose_disk)
        self._plan("hub restore", 500, self.hubs.put_back)
        self._plan("hub cut off", 300, self.hubs.cut_off)
        self._plan("twin", 900, self.twins.clone)
        self._plan("twin with the same dice", 1600, self.twins.clone_with_dice)

    def rest(self) -> None:
        """Let nothing new go wrong, and heal what can be healed at once."""
        self._is_resting = True
        self.twins.end()
        self.service.heal()
        self.hubs.heal()
        self.machines.heal()
        self.roads.heal()

    def go_on(self) -> None:
        """Let things go wrong again."""
        self._is_resting = False

    def after_step(self) -> None:
        """Let what was armed have its consequences."""
        self.machines.after_step()

    def _plan(self, name: str, mean_store_hours: int, strike: Callable[[], None]) -> None:
        """Let a kind of fault come about once in so many store-hours."""
        dice = self._world.ground.draws.stream(f"fault {name}")
        mean_ms = mean_store_hours * HOUR // self._world.stores

        def again() -> None:
            self._world.ground.loop.after(dice.between(1, 2 * mean_ms), again)
            if not self._is_resting:
                strike()

        self._world.ground.loop.after(dice.between(1, 2 * mean_ms), again)
