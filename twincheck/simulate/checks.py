"""What must hold when the world is at rest: looked at wholly, machine by machine and at the photoservice.

What must hold at every step is looked at where it happens: books (verdicts and marks), promises (disks), printing
(paper), words (screens).
"""

from collections.abc import Mapping

import msgspec

from photocore.ids import ItemId
from sync.audit import check_chain
from sync.errors import JournalDown, SyncError
from sync.keys import load_keys
from sync.outbox import count_owed
from twincheck.simulate.books import Book
from twincheck.simulate.draws import Stream
from twincheck.simulate.errors import ClaimBroken
from twincheck.simulate.journals import ask
from twincheck.simulate.loop import MINUTE
from twincheck.simulate.machines import Machine
from twincheck.simulate.promises import Promises
from twincheck.simulate.service import Service
from twincheck.simulate.twins import ONLY_TWINS
from twincheck.simulate.world import Counter, World

WHOLE = "the rolls of a package are registered all or none"
FUNCTION = "the owner is a function of the set of facts"
EMPTIES = "after the network heals every outbox empties"
NO_MORE_SAID = "no screen says more than is durable"
ERASED = "erased stays erased"
ALL_BACK = "a restored station gets all back that was sent"
CHAINED = "a journal's chain is whole"
NEWS = "who was told something else since hears of it"
SIGNED = "what is signed for is stored"
PAPERS = "a registration's papers are queued with it"

BOUND_MS = 15 * MINUTE
"""How long an outbox may take to empty: a round that breaks at an exchange which began in the storm (30 s), the longest
back-off (5 min), once more of both, and the rest for two thousand events in ten batches."""

_REGISTERED = "select claim, package, rolls from registration"
_WITHOUT_PAPER = """
select claim from registration
where claim not in (select claim from label_job where kind = 'receipt')
  and claim not in (select event from brought_back)
"""


class Words:
    """Looks at what screens would say of a claim, and whether it is durable where the word says."""

    def __init__(self, promises: Promises, service: Book, dice: Stream) -> None:
        self._promises = promises
        self._service = service
        self._dice = dice

    def look(self, machine: Machine) -> None:
        """Look at some of a machine's claims.

        Raises:
            ClaimBroken: a word says too much.
        """
        claims = self._promises.claims_of.get(machine.name)
        if not claims or machine.station is None:
            return
        for _ in range(2):
            event, digest = claims[-1 - self._dice.below(min(len(claims), 30))]
            if digest in self._promises.on_disk[machine.name]:
                self.look_at(machine, event, digest)

    def look_at(self, machine: Machine, event: str, digest: str) -> None:
        """Look at one claim. Raises ClaimBroken as above."""
        assert machine.station is not None  # noqa: S101  # its caller asked
        try:
            level = machine.station.desk.level(event)
        except JournalDown:
            return
        if level.word in ("registered here", "withdrawn") or digest in self._service.ever:
            return
        if level.word == "at the store hub" and any(digest in book.ever for book in self._promises.books[1:]):
            return
        raise ClaimBroken(NO_MORE_SAID, f"{machine.name} says {level.word!r} of {event}, which went nowhere yet")


def check_at_rest(world: World, counters: list[Counter], *, wholly: bool) -> None:
    """Check all that must hold once nothing goes wrong any more; ``wholly`` at the end of a run.

    Raises:
        ClaimBroken: something does not.
    """
    for counter in counters:
        _check_station(world, counter, wholly=wholly)
    world.promises.check_all_up(world.service.book, [counter.machine for counter in counters])
    world.promises.check_accounted()
    _check_forks(world)
    _check_signed(world.service)
    _check_owners(world.service)
    _check_manifests(world)


def check_erased(service: Service, erased: list[str]) -> None:
    """Check that nothing personal of an erased account can be read, whatever was sent again.

    Raises:
        ClaimBroken: it can.
    """
    store = service.model.store
    tied = {row["account"] for row in store.account_card}
    for account in erased:
        if store.account_key.get(account) is not None or account in tied:
            raise ClaimBroken(ERASED, f"{account} has its key or its card again")


def _check_station(world: World, counter: Counter, *, wholly: bool) -> None:
    machine = counter.machine
    if machine.station is None:
        raise ClaimBroken(EMPTIES, f"{machine.name} does not come up")
    machine.catch_up()
    unsent = machine.look(count_owed).unsent
    if unsent:
        raise ClaimBroken(EMPTIES, f"{machine.name} still owes {unsent} events: {machine.why_not}")
    _check_all_back(world, counter)
    _check_rolls(world, machine)
    _check_papers(machine)
    counter.printer.check_copies()
    if wholly and not counter.has_had_twin:  # what a twin wrote beside may follow what is not here
        public = load_keys(machine.folder).signing.public
        try:
            machine.look(lambda connection: check_chain(connection, public))
        except SyncError as why:
            raise ClaimBroken(CHAINED, f"{machine.name}: {why}") from why


def _check_all_back(world: World, counter: Counter) -> None:
    """Check that a station has all the photoservice held of it when this life of its first greeted.

    What came there later from a life it forgot it takes for a twin's, until its next; and twins have never all of each
    other's.
    """
    machine = counter.machine
    if counter.has_had_twin:
        return
    disk, came = world.promises.on_disk[machine.name], world.service.book.came_ms
    for (station, epoch), seqs in sorted(world.service.book.pages.places.items()):
        if station == machine.station_id:
            missing = sorted(
                seq for seq, digest in seqs.items() if digest not in disk and came[digest] < machine.greeted_ms
            )
            if missing:
                trouble = machine.station.courier.trouble if machine.station else "it is down"
                raise ClaimBroken(ALL_BACK, f"{machine.name} lacks seq {missing[0]} of its epoch {epoch}: {trouble}")


def _check_rolls(world: World, machine: Machine) -> None:
    for claim, package, rolls in machine.look(lambda connection: ask(connection, _REGISTERED)):
        named = msgspec.json.decode(rolls, type=list[str])
        truth = world.truth.get(ItemId(str(package))) if package else None
        if (truth is not None and tuple(named) != truth) or (package is None and named):
            raise ClaimBroken(WHOLE, f"{machine.name} has {len(named)} rolls of {package} in {claim}")


def _check_papers(machine: Machine) -> None:
    for (claim,) in machine.look(lambda connection: ask(connection, _WITHOUT_PAPER)):
        raise ClaimBroken(PAPERS, f"{machine.name} has no receipt for {claim}")


def _check_forks(world: World) -> None:
    """Check that the photoservice found forks of those alone whose folder was copied, randomness and all."""
    store = world.service.model.store
    twins = {c.machine.station_id for shop in world.shops for c in shop.counters if c.has_had_twin}
    forked = {row["station"] for row in store.event if row["verdict"] == "fork"}
    for station in sorted(forked | {row["station"] for row in store.event_fork}):
        if station not in twins:
            raise ClaimBroken(ONLY_TWINS, f"{station} forked, and never had a twin")


def _check_signed(service: Service) -> None:
    """Check that what the photoservice signed for stands in its store, event for event."""
    store = service.model.store
    stored = {row["hash"] for row in store.event} | {row["hash"] for row in store.event_fork}
    missing = sorted(service.book.pages.held.keys() - stored)
    if missing:
        raise ClaimBroken(SIGNED, f"{service.book.pages.held[missing[0]]} was said of {missing[0]}, which is not there")


def _check_owners(service: Service) -> None:
    """Ask the owner rule anew of all facts, and lay what it says beside what stands."""
    store = service.model.store
    stands: Mapping[str, object] = {row["subject"]: (row["word"], row["owner"]) for row in store.registration}
    must: Mapping[str, object] = {s: (r.word, r.owner) for s, r in service.model.recomputed().items()}
    if stands != must:
        wrong = sorted(s for s in stands.keys() | must.keys() if stands.get(s) != must.get(s))
        raise ClaimBroken(FUNCTION, f"{wrong[0]} stands as {stands.get(wrong[0])}, and must be {must.get(wrong[0])}")


def _check_manifests(world: World) -> None:
    store = world.service.model.store
    found: dict[str, list[tuple[int, str]]] = {}
    for row in store.manifest_roll:
        found.setdefault(row["package"], []).append((row["place"], row["roll"]))
    for package, rolls in found.items():
        truth = world.truth.get(ItemId(package))
        if truth is not None and tuple(roll for _, roll in sorted(rolls)) != truth:
            raise ClaimBroken(WHOLE, f"the photoservice has {len(rolls)} of the {len(truth)} rolls of {package}")
