"""A world: a photoservice, stores with their stations, shoppers, printers and paper, all on one virtual clock."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from photocore.gs1_rules import check_digit
from photocore.ids import ItemId
from photocore.keys import b64
from photocore.roster import StoreSettings
from sync.enrolment import enrol
from sync.journal import DATABASE
from sync.keys import PinnedHub, load_keys, load_station, save_station
from twincheck.simulate.clocks import MachineClock
from twincheck.simulate.drives import Image
from twincheck.simulate.ground import Ground
from twincheck.simulate.hubs import Hub
from twincheck.simulate.loop import DAY, HOUR, MINUTE
from twincheck.simulate.machines import Machine
from twincheck.simulate.network import Road
from twincheck.simulate.printing import Drawer, Printer
from twincheck.simulate.promises import Promises
from twincheck.simulate.service import URL, Backup, Service
from twincheck.simulate.shoppers import Shoppers
from twincheck.simulate.stock import Box, Maker

OPENS, CLOSES = 9, 20
"""Opening hours of every store."""

Shape = Literal["town", "city", "outpost"]


@dataclass(eq=False)
class Counter:
    """A machine with its printer."""

    machine: Machine
    printer: Printer
    last_night: Image = field(default_factory=Image)
    restored: bool = False
    taken_by: str = ""
    twin_of: "Counter | None" = None
    has_same_dice: bool = False
    has_had_twin: bool = False
    is_gone: bool = False


@dataclass(eq=False)
class Shop:
    """One store: its counters, its people, its paper. ``visits`` are those of an open hour, in thousandths."""

    name: str
    gln: str
    visits: int
    shoppers: Shoppers
    drawer: Drawer
    counters: list[Counter] = field(default_factory=list[Counter])
    hub: Hub | None = None

    def hub_is_up(self) -> bool:
        """Say whether the store's hub answers, and has a road to the photoservice."""
        return self.hub is not None and self.hub.is_up and not self.hub.road.weather.is_down


class World:
    """Everything there is, made from a seed."""

    def __init__(self, ground: Ground, folder: Path, store_hours: int) -> None:
        self.ground = ground
        self.folder = folder
        self.dice = ground.draws.stream("world")
        self.service = Service(ground)
        self.promises = Promises(ground, [self.service.book])
        self.maker = Maker(ground.draws.stream("maker"), ground.tally)
        self.shops: list[Shop] = []
        self.backup: Backup | None = None
        self.truth: dict[ItemId, tuple[ItemId, ...]] = {}
        self.look_at: Callable[[Machine], None] = lambda _machine: None
        self.elsewhere: list[Box] = []
        self._made = 0
        self._told: list[tuple[int, Shop, list[Box]]] = []
        shape: Shape = self.dice.weighed({"town": 6, "city": 2, "outpost": 2})
        self.stores = {"town": self.dice.between(2, 4), "city": self.dice.between(5, 8), "outpost": 1}[shape]
        self.end_ms = store_hours * HOUR // self.stores
        self.ground.story.tell("the world", f"a {shape} of {self.stores} stores for {self.end_ms // HOUR} hours")
        self._build()

    @property
    def counters(self) -> list[Counter]:
        """Every counter of every store that was not taken away."""
        return [counter for shop in self.shops for counter in shop.counters if not counter.is_gone]

    def look_at_rounds(self, look: Callable[[Machine], None]) -> None:
        """Let ``look`` see each machine, these and later ones, when one of its rounds has ended."""
        self.look_at = look
        for counter in self.counters:
            counter.machine.on_round = look

    def add_counter(self, shop: Shop, folder: Path, image: Image, *, dice: str = "") -> Counter:
        """Put a machine on a store's counter. ``dice`` names whose randomness it shares, if it is a clone's."""
        ground, name = self.ground, f"{shop.name}-{len(shop.counters) + 1}"
        road = Road(ground, name, shop.hub.handle if shop.hub else self.service.handle)
        machine = Machine(
            ground,
            name,
            folder=folder,
            image=image,
            road=road,
            entropy=ground.draws.entropy(f"station {dice or name}"),
            clock=MachineClock(ground.loop, self._skew()),
        )
        machine.can_answer = lambda: self.service_is_up() and (shop.hub is None or shop.hub_is_up())
        machine.on_round = self.look_at
        machine.on_written = self.promises.note_written
        counter = Counter(machine, Printer(ground, machine, shop.drawer))
        counter.printer.may_double = lambda: counter.restored
        shop.counters.append(counter)
        return counter

    def open(self, counter: Counter, *, taken_by: str = "") -> bool:
        """Switch a machine on and check that its disk keeps what was promised; else it is tried again in a while."""
        machine = counter.machine
        if counter.is_gone or machine.is_up:
            return machine.is_up
        if not machine.start():
            self.ground.loop.after(10 * MINUTE, lambda: self._mend_and_open(counter, taken_by))
            return False
        self.ground.tally.note("starts")
        self.promises.check_disk(machine, taken_by=taken_by)
        counter.taken_by = ""
        counter.printer.settle_after_start()
        return True

    def tell_again(self, since_ms: int) -> None:
        """Let the maker tell once more what it told since: the photoservice was put back from a backup."""
        again = [(shop, boxes) for at, shop, boxes in self._told if at >= since_ms]
        self._told = [told for told in self._told if told[0] < since_ms]
        for shop, boxes in again:
            self._tell(shop, boxes)

    def hurry(self) -> None:
        """Tell every machine that its road may be open again."""
        for counter in self.counters:
            counter.machine.hurry()

    def service_is_up(self) -> bool:
        """Say whether the photoservice answers."""
        return not self.service.is_down

    @property
    def hubs(self) -> list[Hub]:
        """Every store hub."""
        return [shop.hub for shop in self.shops if shop.hub is not None]

    def copy_folder(self, machine: Machine) -> Path:
        """Return a copy of a machine's folder, but for its journal: that lies on its simulated disk."""
        self._made += 1
        return Path(shutil.copytree(machine.folder, self.folder / f"copy-{self._made}"))

    def close(self) -> None:
        """Take everything down."""
        for counter in self.counters:
            counter.machine.retire()
        for hub in self.hubs:
            hub.close()

    def _mend_and_open(self, counter: Counter, taken_by: str) -> None:
        counter.machine.drive.mend()
        self.open(counter, taken_by=taken_by)

    def _skew(self) -> int:
        """Return how far a new machine's clock is off: most by seconds, some by hours, a few by a year."""
        kind = self.dice.weighed({"seconds": 90, "hours": 7, "a year": 3})
        span = {"seconds": 5_000, "hours": 9 * HOUR, "a year": 400 * DAY}[kind]
        return self.dice.between(-span, span)

    def _build(self) -> None:
        settings = [self._settings() for _ in range(self.stores)]
        glns = [_gln(number) for number in range(1, self.stores + 1)]
        self.service.set_up(list(zip(glns, settings, strict=True)))
        for number, gln in enumerate(glns, 1):
            drawer = Drawer()
            shop = Shop(
                name=f"{number}",
                gln=gln,
                visits=self.dice.weighed({250: 4, 600: 4, 1100: 2, 1800: 1}),
                shoppers=Shoppers(self.ground, f"{number}", drawer, self.elsewhere),
                drawer=drawer,
            )
            shop.shoppers.on_told = self.promises.note_told
            if self.dice.chance(0.4):
                self._add_hub(shop)
            self.shops.append(shop)
            self._deliver(shop)
            for _ in range(self.dice.weighed({1: 5, 2: 3, 3: 1})):
                self.enrol(shop)
            self._live(shop, number)
        self.ground.loop.every(DAY, 3 * HOUR, self._nightly_backup)
        self.ground.loop.every(6 * HOUR, 5 * HOUR, self._settle)

    def _settings(self) -> StoreSettings:
        return StoreSettings(labels="print" if self.dice.chance(0.6) else "receipt_only", make_up="staff")

    def enrol(self, shop: Shop) -> None:
        """Put a new station on a store's counter."""
        self._made += 1
        folder = self.folder / f"station-{self._made}"
        entropy = self.ground.draws.entropy(f"keys {self._made}")
        enrol(
            url=URL,
            code=self.service.issue_code(shop.gln),
            name="Counter",
            folder=folder,
            channel=self.service,
            entropy=entropy,
        )
        if shop.hub is not None:
            file = load_station(folder)
            save_station(folder, msgspec.structs.replace(file, hub=PinnedHub(key=b64(shop.hub.key.public))))
            shop.hub.stations[file.station] = load_keys(folder).signing.public
        journal = folder / DATABASE
        counter = self.add_counter(shop, folder, {DATABASE: journal.read_bytes()})
        journal.unlink()
        self.open(counter)

    def _add_hub(self, shop: Shop) -> None:
        self._made += 1
        shop.hub = Hub(self.ground, shop.name, self.folder / f"hub-{self._made}", self.service)
        shop.hub.start()
        self.promises.books.append(shop.hub.book)

    def _live(self, shop: Shop, number: int) -> None:
        loop = self.ground.loop
        loop.every(DAY, OPENS * HOUR, lambda: self._day(shop))
        loop.every(7 * DAY, 7 * DAY + 6 * HOUR + number * MINUTE, lambda: self._deliver(shop))

    def _day(self, shop: Shop) -> None:
        """Plan a day's visits, staff looking after papers, and the night's copy of each disk."""
        dice, loop = self.dice, self.ground.loop
        expected = shop.visits * (CLOSES - OPENS)
        for _ in range(dice.between(0, 2 * expected) // 1000):
            loop.after(dice.below((CLOSES - OPENS) * HOUR), lambda: self._visit(shop))
        loop.after(dice.between(HOUR, 10 * HOUR), lambda: self._tend(shop))
        loop.after((CLOSES - OPENS) * HOUR + dice.below(HOUR), lambda: self._evening(shop))

    def _visit(self, shop: Shop) -> None:
        there = [counter for counter in shop.counters if not counter.is_gone]
        shop.shoppers.visit(self.dice.pick(there).machine)

    def _tend(self, shop: Shop) -> None:
        for counter in shop.counters:
            if not counter.is_gone and counter.machine.is_up:
                counter.printer.tend()

    def _evening(self, shop: Shop) -> None:
        """Copy the disks; some stations are switched off for the night, in order or by pulling the plug."""
        if shop.hub is not None:
            shop.hub.copy()
        for counter in shop.counters:
            if counter.is_gone:
                continue
            counter.last_night = counter.machine.drive.copy()
            if self.dice.chance(0.15) and counter.machine.is_up and not self.ground.peace.reigns:
                counter.machine.stop()
                self.ground.loop.after(self.dice.between(10, 12) * HOUR, lambda c=counter: self.open(c))

    def _deliver(self, shop: Shop) -> None:
        """Bring a week's packages; the maker's lists of most of them are there already."""
        now = self.ground.loop.now_ms
        count = shop.visits * (CLOSES - OPENS) * 7 // 1000 + 2
        boxes = [self.maker.pack(now) for _ in range(count)]
        shop.shoppers.memory.shelf.extend(boxes)
        self.truth.update((box.package, box.rolls) for box in boxes)
        known = [box for box in boxes if box.known_ms == now]
        self._tell(shop, known)
        late: dict[int, list[Box]] = {}
        for box in boxes:
            if box.known_ms is not None and box.known_ms > now:
                late.setdefault(box.known_ms // DAY, []).append(box)
        for day in sorted(late):
            self.ground.loop.at(max(now, day * DAY + 2 * HOUR), lambda b=late[day]: self._tell(shop, b))

    def _tell(self, shop: Shop, boxes: list[Box]) -> None:
        if self.service.is_down:
            self.ground.loop.after(HOUR, lambda: self._tell(shop, boxes))
            return
        self.service.tell(boxes, shop.gln)
        self.ground.tally.note("manifests", len(boxes))
        self.ground.story.tell("the maker", f"told of {len(boxes)} packages for store {shop.name}")
        self._told.append((self.ground.loop.now_ms, shop, boxes))

    def _nightly_backup(self) -> None:
        if not self.service.is_down:
            self.backup = self.service.back_up()

    def _settle(self) -> None:
        if not self.service.is_down and (confirmed := self.service.settle()):
            self.ground.tally.note("confirmed unopposed", confirmed)
            self.ground.story.tell("photoservice", f"confirmed {confirmed} that stood unopposed")


def _gln(number: int) -> str:
    stem = f"9521141{number:05d}"
    return stem + str(check_digit(stem))
