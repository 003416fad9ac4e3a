"""What goes wrong at store hubs: down for a while, without power, its disk lost, or put back from last night's copy."""

from twincheck.simulate.hubs import Hub
from twincheck.simulate.loop import DAY, HOUR, MINUTE
from twincheck.simulate.world import World


class HubFaults:
    """Faults of store hubs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tally = world.ground.tally
        self._dice = world.ground.draws.stream("hub faults")

    def stop(self) -> None:
        """Let a hub be down for a while: killed, or without power."""
        if hub := self._pick():
            self._tally.note("hubs down")
            if self._dice.chance(0.5):
                hub.lose_power()
            else:
                hub.stop()
            self._tell(hub, "is down")
            self._world.ground.loop.after(self._dice.between(MINUTE, 12 * HOUR), lambda: self._start(hub))

    def lose_disk(self) -> None:
        """Give a hub an empty disk."""
        if hub := self._pick():
            self._tally.note("hub disks lost")
            self._tell(hub, "has lost its disk")
            hub.put_back({})
            self._forget(hub, set(hub.book.pages.held), "the hub's disk was lost")

    def put_back(self) -> None:
        """Put last night's copy of a hub's disk back."""
        hub = self._pick()
        if hub is not None and hub.last_night:
            self._tally.note("hubs restored")
            self._tell(hub, "is put back from last night's copy")
            lost = set(hub.book.pages.held) - hub.held_last_night
            hub.put_back(hub.last_night)
            self._forget(hub, lost, "the hub was put back from last night's copy")

    def cut_off(self) -> None:
        """Close a hub's road to the photoservice."""
        if hub := self._pick():
            self._tally.note("hubs cut off")
            hub.road.weather.is_down = True
            self._tell(hub, "has no road to the photoservice")

            def end() -> None:
                hub.road.weather.is_down = False
                self._world.hurry()

            self._world.ground.loop.after(self._dice.between(HOUR, 3 * DAY), end)

    def heal(self) -> None:
        """Let every hub be up and reach the photoservice, and carry what is owed."""
        for hub in self._world.hubs:
            hub.road.weather.is_down = False
            hub.start()
            for minute in (1, 4, 7, 10, 13):
                self._world.ground.loop.after(minute * MINUTE, hub.forward)

    def _start(self, hub: Hub) -> None:
        hub.start()
        self._world.hurry()

    def _forget(self, hub: Hub, lost: set[str], why: str) -> None:
        hub.book.forget(lost)
        hub.start()
        self._world.promises.check_lost(lost, why)

    def _pick(self) -> Hub | None:
        up = [hub for hub in self._world.hubs if hub.is_up]
        return self._dice.pick(up) if up else None

    def _tell(self, hub: Hub, what: str) -> None:
        self._world.ground.story.tell(hub.name, what)
