"""What was promised to people, and where it is: the claim that nothing acknowledged is ever lost.

A promise begins when a journal's commit has returned: the screen may say *registered here* now. From then on the event
is on its station's disk, at its hub or at the photoservice. Only a person who puts an old copy back can take the last
one away; what is lost so is accounted for by name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from twincheck.simulate.books import Book
from twincheck.simulate.errors import ClaimBroken
from twincheck.simulate.ground import Ground
from twincheck.simulate.machines import Machine, Written

NOTHING_LOST = "nothing acknowledged is lost"


@dataclass(frozen=True, kw_only=True)
class Promise:
    """An event that somebody was told to be stored."""

    event: str
    kind: str
    machine: str
    station: str


@dataclass
class Promises:
    """All promises of a world. ``on_disk`` is what each machine's disk must hold; ``taken`` what restores took away."""

    ground: Ground
    books: list[Book]
    made: dict[str, Promise] = field(default_factory=dict[str, Promise])
    on_disk: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    taken: dict[str, str] = field(default_factory=dict[str, str])
    claims_of: dict[str, list[tuple[str, str]]] = field(default_factory=dict[str, list[tuple[str, str]]])
    told: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def note_told(self, machine: Machine, event: str) -> None:
        """Take note that a person was told of an event; its hash is read when the disk can be."""
        self.told.setdefault(machine.name, set()).add(event)

    def note_written(self, machine: Machine, events: Iterable[Written]) -> None:
        """Take note of events whose commit has returned."""
        disk = self.on_disk.setdefault(machine.name, set())
        told = self.told.setdefault(machine.name, set())
        for event in events:
            disk.add(event.hash)
            told.discard(event.id)
            self.taken.pop(event.hash, None)
            if event.hash in self.made:
                continue
            promise = Promise(event=event.id, kind=event.kind, machine=machine.name, station=machine.station_id)
            self.made[event.hash] = promise
            self.ground.tally.note("events written")
            if event.kind == "PackageClaimed":
                self.ground.tally.note("registrations")
                self.claims_of.setdefault(machine.name, []).append((event.id, event.hash))
            self.ground.story.tell(machine.name, f"wrote {event.kind} {event.id} {event.hash[:16]}")

    def check_disk(self, machine: Machine, *, taken_by: str = "") -> None:
        """Check that a machine that was just opened has all it promised; ``taken_by`` names who put a copy back.

        Raises:
            ClaimBroken: something is gone, and nobody took it away.
        """
        before = self.on_disk.get(machine.name, set())
        if taken_by:
            self.told.pop(machine.name, None)
        self.on_disk[machine.name] = set()
        machine.look_afresh()
        for digest in sorted(before - self.on_disk[machine.name]):
            promise = self.made[digest]
            if taken_by and self._is_elsewhere(digest):
                continue
            if not taken_by:
                seen = f"{promise.kind} {promise.event} is no more on the disk of {machine.name}"
                raise ClaimBroken(NOTHING_LOST, seen)
            self._take_away(digest, taken_by)
        for event in sorted(self.told.get(machine.name, ())):
            raise ClaimBroken(NOTHING_LOST, f"{event} was told to be registered, and is not on {machine.name}")

    def forget_machine(self, machine: Machine, taken_by: str) -> None:
        """Account for what goes with a machine that is taken away for good."""
        for digest in sorted(self.on_disk.pop(machine.name, set())):
            if not self._is_elsewhere(digest):
                self._take_away(digest, taken_by)

    def check_lost(self, lost: Iterable[str], taken_by: str) -> None:
        """Account for what a place lost with its disk, or that was put back from a backup: others may have it."""
        for digest in sorted(lost):
            if digest in self.made and not self._is_elsewhere(digest):
                self._take_away(digest, taken_by)

    def check_all_up(self, service: Book, machines: Iterable[Machine]) -> None:
        """Check at a quiet time that the photoservice holds all that these machines' disks hold.

        Raises:
            ClaimBroken: it lacks something.
        """
        for machine in machines:
            for digest in sorted(self.on_disk[machine.name]):
                if not service.holds(digest):
                    promise = self.made[digest]
                    seen = f"{promise.kind} {promise.event} of {promise.machine} never came to the photoservice"
                    raise ClaimBroken(NOTHING_LOST, seen)

    def check_accounted(self) -> None:
        """Check that every promise is kept somewhere, or its end accounted for.

        Raises:
            ClaimBroken: one is nowhere.
        """
        for digest in sorted(self.made.keys() - self.taken.keys()):
            if not self._is_elsewhere(digest):
                promise = self.made[digest]
                raise ClaimBroken(NOTHING_LOST, f"{promise.kind} {promise.event} of {promise.machine} is nowhere")

    def _is_elsewhere(self, digest: str) -> bool:
        return any(book.holds(digest) for book in self.books) or any(digest in disk for disk in self.on_disk.values())

    def _take_away(self, digest: str, taken_by: str) -> None:
        promise = self.made[digest]
        self.taken[digest] = taken_by
        self.ground.tally.note("events taken away by a restore")
        self.ground.story.tell(promise.machine, f"{promise.kind} {promise.event} is gone: {taken_by}")
