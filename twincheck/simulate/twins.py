"""A station that is there twice: its folder was copied to another machine, and both go on as if they were the one.

A copy begins epochs of its own, so nothing is lost by it; it is noticed when epochs grow that nobody here began. A copy
that shares even its randomness, as a virtual machine's snapshot may, writes other events at the same places: a fork.
An operator ends it: one of the two goes, and the station is let go on.
"""

import copy

from sync.restoring import TWIN
from twincheck.simulate.errors import ClaimBroken
from twincheck.simulate.loop import DAY, HOUR
from twincheck.simulate.world import Counter, Shop, World

FOUND = "forks and twins are found and held, their events kept"
ONLY_TWINS = "no history forks but a twin's"
GONE = "the twin was taken away"


class Twins:
    """Clones of stations, and their end."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = world.ground.draws.stream("twins")

    def clone(self) -> None:
        """Let a copy of a station's folder come to life beside it."""
        if found := self._pick():
            shop, original = found
            self._world.ground.tally.note("twins")
            self._begin(shop, original, same_dice=False)

    def clone_with_dice(self) -> None:
        """Let a copy come to life that even draws the same numbers."""
        if found := self._pick():
            shop, original = found
            self._world.ground.tally.note("twins with the same dice")
            original.machine.stop()
            self._begin(shop, original, same_dice=True)
            self._world.open(original)

    def end(self) -> None:
        """Let an operator end every twin."""
        for twin in [counter for counter in self._world.counters if counter.twin_of is not None]:
            self._end(twin)

    def replace_refused(self) -> None:
        """Let an operator enrol those afresh whose history the photoservice refuses: a twin was there before them."""
        for shop in self._world.shops:
            for counter in [one for one in shop.counters if not one.is_gone and self._is_refused(one)]:
                if not counter.has_had_twin:
                    raise ClaimBroken(ONLY_TWINS, f"the history of {counter.machine.name} is refused, which had none")
                self._world.ground.tally.note("stations enrolled afresh")
                self._world.ground.story.tell(counter.machine.name, "is enrolled afresh: its history is refused")
                counter.is_gone = True
                self._world.promises.forget_machine(counter.machine, "its history was refused, and it enrolled afresh")
                counter.machine.retire()
                self._world.enrol(shop)

    def restart_restored(self) -> None:
        """Let staff switch off and on what was put back, or says that it has a twin: the next life asks for all.

        What a station wrote in a life it forgot may reach the photoservice after the first handshake of the new one,
        late on the road or by way of the hub; the running station takes that for a twin's.
        """
        for counter in self._world.counters:
            machine = counter.machine
            if machine.station is None:
                continue
            is_told = machine.station.courier.rounds.delivery.restoring.trouble == TWIN
            if is_told and not counter.has_had_twin:
                self._world.ground.tally.note("twins told where there is none")
            if is_told or counter.restored:
                machine.stop()
                self._world.open(counter)

    def _begin(self, shop: Shop, original: Counter, *, same_dice: bool) -> None:
        world = self._world
        folder = world.copy_folder(original.machine)
        twin = world.add_counter(shop, folder, original.machine.drive.copy())
        twin.twin_of, twin.has_same_dice = original, same_dice
        twin.restored = original.restored = True
        twin.has_had_twin = original.has_had_twin = True
        twin.printer.may_double = original.printer.may_double = lambda: True
        if same_dice:
            twin.machine.entropy = copy.deepcopy(original.machine.entropy)
            twin.machine.clock.off_ms = original.machine.clock.off_ms + 1000 + self._dice.below(DAY)
        world.ground.story.tell(original.machine.name, f"has a twin now, {twin.machine.name}")
        world.open(twin)
        world.ground.loop.after(self._dice.between(6 * HOUR, 5 * DAY), lambda: self._end(twin))

    def _end(self, twin: Counter) -> None:
        """Take the one away whose history is refused; else the copy. Their events stay."""
        original = twin.twin_of
        if original is None or twin.is_gone or original.is_gone:
            return
        world = self._world
        self._check_found(twin, original)
        goes, stays = (original, twin) if self._is_refused(original) else (twin, original)
        goes.is_gone, stays.twin_of = True, None
        world.promises.forget_machine(goes.machine, GONE)
        goes.machine.retire()
        if goes is original:
            stays.machine.clock.off_ms = original.machine.clock.off_ms
        world.ground.story.tell(stays.machine.name, f"is alone again, {goes.machine.name} was taken away")
        if world.service.is_held(stays.machine.station_id):
            world.ground.tally.note("stations held")
            world.ground.loop.after(HOUR, lambda: world.service.release(stays.machine.station_id))

    def _check_found(self, twin: Counter, original: Counter) -> None:
        """Check that two histories at the same places do not both count in silence."""
        book = self._world.service.book
        disks = self._world.promises.on_disk
        if not twin.has_same_dice:
            return
        ours, theirs = disks.get(original.machine.name, set()), disks.get(twin.machine.name, set())
        both = [{d for d in disk if book.holds(d)} for disk in (ours - theirs, theirs - ours)]
        if not all(both):
            return
        is_told = self._is_refused(original) or self._is_refused(twin)
        if not (is_told or self._world.service.is_held(original.machine.station_id)):
            raise ClaimBroken(FOUND, f"{original.machine.name} and its twin both write, and nobody was told")
        self._world.ground.tally.note("forks found")

    def _is_refused(self, counter: Counter) -> bool:
        return counter.machine.is_refused

    def _pick(self) -> tuple[Shop, Counter] | None:
        """Return a counter that is up and has no twin yet."""
        pairs = [
            (shop, counter)
            for shop in self._world.shops
            for counter in shop.counters
            if counter.machine.is_up and not counter.is_gone and counter.twin_of is None
        ]
        taken = {id(counter.twin_of) for counter in self._world.counters if counter.twin_of is not None}
        free = [(shop, counter) for shop, counter in pairs if id(counter) not in taken]
        return self._dice.pick(free) if free else None
