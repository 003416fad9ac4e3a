"""What goes wrong in a store: plugs are pulled, processes killed, disks fail, clocks are set, copies put back."""

from twincheck.simulate.loop import DAY, HOUR, MINUTE, SECOND
from twincheck.simulate.world import Counter, World

MIDNIGHT_COPY = "last night's copy was put back"


class MachineFaults:
    """Faults of the machines on the counters."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loop = world.ground.loop
        self._tally = world.ground.tally
        self._dice = world.ground.draws.stream("machine faults")
        self._armed: dict[str, Counter] = {}
        self._by_power: set[str] = set()

    def cut_power(self) -> None:
        """Pull a plug."""
        if counter := self._pick():
            self._lose_power(counter)

    def cut_power_at_work(self) -> None:
        """Pull a plug at one of the next operations of a disk: in the middle of a commit, of a checkpoint."""
        if counter := self._arm(self._dice.between(1, 120)):
            self._by_power.add(counter.machine.name)

    def kill(self) -> None:
        """Kill a process."""
        if counter := self._pick():
            self._kill(counter)

    def kill_at_work(self) -> None:
        """Kill a process at one of the next operations of its disk."""
        if counter := self._arm(self._dice.between(1, 120)):
            self._by_power.discard(counter.machine.name)

    def fail_fsync(self) -> None:
        """Let one of the next fsyncs fail; what it should have written is on no disk, and looks clean."""
        if counter := self._pick():
            disk = counter.machine.drive.disk
            at = disk.syncs + self._dice.between(1, 8)
            disk.sync_fails_at = at

            def end() -> None:
                if disk.syncs >= at:
                    self._tally.note("fsyncs failed")

            self._loop.after(6 * HOUR, end)

    def fill(self) -> None:
        """Let a disk be full, some hours long."""
        if counter := self._pick():
            machine = counter.machine
            disk = machine.drive.disk
            limit = disk.written + self._dice.between(0, 60_000)
            disk.full_after_bytes = limit
            machine.room.free = 0 if self._dice.chance(0.5) else machine.room.free
            self._tell(counter, "runs out of room")

            def end() -> None:
                if disk.written > limit or machine.room.free == 0:
                    self._tally.note("disks full")
                disk.full_after_bytes = None
                machine.hurry()
                machine.room.free = 10**12

            self._loop.after(self._dice.between(HOUR, 20 * HOUR), end)

    def make_read_only(self) -> None:
        """Let a disk be mounted read-only, until somebody switches the machine off and on."""
        if counter := self._pick():
            self._tally.note("disks read-only")
            self._tell(counter, "has a disk that can only be read")
            counter.machine.drive.disk.is_read_only = True

            def end() -> None:
                if counter.machine.drive.disk.is_read_only and not counter.is_gone:
                    self._kill(counter)

            self._loop.after(self._dice.between(HOUR, 12 * HOUR), end)

    def set_clock(self) -> None:
        """Set a clock: back by minutes, by a zone, or by a dead battery's year."""
        if counter := self._pick():
            kind = self._dice.weighed({"minutes": 4, "hours": 3, "a year": 3})
            span = {"minutes": 30 * MINUTE, "hours": 12 * HOUR, "a year": 400 * DAY}[kind]
            counter.machine.clock.off_ms = self._dice.between(-span, span)
            self._tally.note("clocks set wrong")
            self._tell(counter, f"has its clock off by {counter.machine.clock.off_ms // MINUTE} minutes")

    def put_back(self) -> None:
        """Put last night's copy of a disk back."""
        counter = self._pick()
        if counter is None or not counter.last_night:
            return
        self._tally.note("stations restored")
        self._tell(counter, MIDNIGHT_COPY)
        counter.restored = True
        counter.machine.put_back(counter.last_night)
        self._open_soon(counter, taken_by=MIDNIGHT_COPY)

    def heal(self) -> None:
        """Let every disk be sound and every machine up."""
        self._armed.clear()
        for counter in self._world.counters:
            machine = counter.machine
            machine.room.free = 10**12
            machine.drive.disk.cut_at = None
            if machine.drive.disk.is_read_only:
                self._kill(counter)
            machine.drive.mend()
            self._world.open(counter, taken_by=counter.taken_by)

    def after_step(self) -> None:
        """Let a disk that died in the middle of its work take its machine with it."""
        for name in [name for name, counter in self._armed.items() if counter.machine.drive.disk.is_dead]:
            counter = self._armed.pop(name)
            if name in self._by_power:
                self._lose_power(counter)
            else:
                self._kill(counter)

    def _lose_power(self, counter: Counter) -> None:
        self._tally.note("power cuts")
        unsynced = counter.machine.lose_power()
        if unsynced:
            self._tally.note("torn or dropped writes", unsynced)
        self._tell(counter, f"lost its power, {unsynced} writes not yet synced")
        self._open_soon(counter)

    def _kill(self, counter: Counter) -> None:
        self._tally.note("kills")
        self._tell(counter, "was killed")
        counter.machine.kill()
        self._open_soon(counter)

    def _open_soon(self, counter: Counter, *, taken_by: str = "") -> None:
        counter.taken_by = taken_by or counter.taken_by
        wait = self._dice.between(10 * SECOND, 20 * MINUTE)
        self._loop.after(wait, lambda: self._world.open(counter, taken_by=counter.taken_by))

    def _arm(self, operations: int) -> Counter | None:
        counter = self._pick()
        if counter is not None:
            disk = counter.machine.drive.disk
            disk.cut_at = disk.operations + operations
            self._armed[counter.machine.name] = counter
        return counter

    def _pick(self) -> Counter | None:
        up = [counter for counter in self._world.counters if counter.machine.is_up]
        return self._dice.pick(up) if up else None

    def _tell(self, counter: Counter, what: str) -> None:
        self._world.ground.story.tell(counter.machine.name, what)
