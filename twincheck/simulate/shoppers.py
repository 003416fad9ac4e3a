"""Shoppers at a counter: they register, scan twice, come back with a receipt, change their mind, and try again.

A shopper is told *registered* only when the desk has returned; what the screen says then is a promise.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from photocore.cards import CardNumber
from photocore.ids import ItemId
from sync.errors import DeskRefusal, JournalDown
from sync.registrations import ItemLevel
from sync.views import MakeUpWish, Registered, RegisterWish
from twincheck.simulate.draws import Stream
from twincheck.simulate.ground import Ground
from twincheck.simulate.loop import MINUTE, SECOND
from twincheck.simulate.machines import Machine
from twincheck.simulate.printing import STAFF, Drawer
from twincheck.simulate.stock import LOOSE_GTIN, Box, card

VISITS = {
    "register": 58,
    "register by roll": 8,
    "register at two stores": 5,
    "scan again": 5,
    "another card": 3,
    "undo at once": 4,
    "undo later": 2,
    "reprint": 4,
    "scan the receipt": 5,
    "make up with a card": 4,
    "make up for the shelf": 5,
    "register from the shelf": 5,
}
"""What brings a shopper, and how often."""

NOTICE = "2026-11-21"
"""The version of the privacy notice that every shopper of the simulation agrees to."""
TRIES = 3


@dataclass
class Memory:
    """What shoppers of one store remember: their registrations, and what stands on its shelves."""

    shelf: list[Box] = field(default_factory=list[Box])
    registered: list[tuple[Machine, Registered, CardNumber]] = field(
        default_factory=list[tuple[Machine, Registered, CardNumber]]
    )
    made_up: list[tuple[ItemId, tuple[ItemId, ...]]] = field(default_factory=list[tuple[ItemId, tuple[ItemId, ...]]])
    copied: list[Box] = field(default_factory=list[Box])


class Shoppers:
    """The shoppers of one store. ``elsewhere`` are packages that somebody registers at another store too."""

    def __init__(self, ground: Ground, name: str, drawer: Drawer, elsewhere: list[Box]) -> None:
        self.memory = Memory()
        self.on_told: Callable[[Machine, str], None] = lambda _machine, _event: None
        self._ground = ground
        self._name = name
        self._drawer = drawer
        self._elsewhere = elsewhere
        self._dice: Stream = ground.draws.stream(f"shoppers {name}")
        self._people = 0

    def visit(self, machine: Machine) -> None:
        """Let one shopper come to a machine; one that is dark sends them away."""
        self._ground.tally.note("visits")
        if machine.station is None:
            self._ground.tally.note("shoppers sent away")
            return
        what = self._dice.weighed(VISITS)
        try:
            getattr(self, "_" + what.replace(" ", "_"))(machine)
        except DeskRefusal as refusal:
            self._ground.tally.note(f"refused: {refusal.reason.value}")
        except JournalDown:
            self._ground.tally.note("shoppers told that nothing can be stored")
        machine.catch_up()

    def _new_card(self) -> CardNumber:
        """Return a shopper's card: half of them have been here before."""
        if self._people and self._dice.chance(0.5):
            return self._card(self._dice.below(self._people))
        self._people += 1
        return self._card(self._people - 1)

    def _card(self, number: int) -> CardNumber:
        return card(int(self._name) * 1_000_000 + number)

    def _box(self) -> Box | None:
        shelf = self.memory.shelf
        return shelf.pop(self._dice.below(len(shelf))) if shelf else None

    def _register(self, machine: Machine) -> None:
        if box := self._box():
            self._try(machine, self._wish(machine, box.package, "package", self._new_card()), TRIES)

    def _register_by_roll(self, machine: Machine) -> None:
        if box := self._box():
            self._try(machine, self._wish(machine, self._dice.pick(box.rolls), "roll", self._new_card()), TRIES)

    def _register_at_two_stores(self, machine: Machine) -> None:
        """Register what somebody registered elsewhere, or leave a package for somebody elsewhere."""
        if self._elsewhere and self._elsewhere[0] not in self.memory.copied:
            box = self._elsewhere.pop(0)
            self._ground.tally.note("packages at two stores")
            item: ItemId = box.package if self._dice.chance(0.7) else self._dice.pick(box.rolls)
            level: ItemLevel = "package" if item == box.package else "roll"
            self._try(machine, self._wish(machine, item, level, self._new_card()), TRIES)
        elif box := self._box():
            self.memory.copied.append(box)
            self._elsewhere.append(box)
            self._try(machine, self._wish(machine, box.package, "package", self._new_card()), TRIES)

    def _scan_again(self, machine: Machine) -> None:
        """Scan a package once more that was registered here: the desk says so."""
        if known := self._known(machine):
            _, done, owner = known
            self._try(machine, self._wish(machine, done.package or done.rolls[0], "package", owner), 1)

    def _another_card(self, machine: Machine) -> None:
        if known := self._known(machine):
            self._try(
                machine, self._wish(machine, known[1].package or known[1].rolls[0], "package", self._new_card()), 1
            )

    def _undo_at_once(self, machine: Machine) -> None:
        if box := self._box():
            done = self._try(machine, self._wish(machine, box.package, "package", self._new_card()), 1)
            if done is not None and machine.station is not None:
                machine.station.desk.undo(done.claim)
                self._ground.tally.note("undone")

    def _undo_later(self, machine: Machine) -> None:
        if known := self._mine(machine):
            assert machine.station is not None  # noqa: S101  # visit() asked
            machine.station.desk.undo(known[1].claim, by="staff", reason="wrong card", staff=STAFF)
            self._ground.tally.note("undone")

    def _reprint(self, machine: Machine) -> None:
        if known := self._mine(machine):
            assert machine.station is not None  # noqa: S101  # visit() asked
            rolls = None if self._dice.chance(0.5) else known[1].rolls[:1]
            machine.station.desk.reprint(known[1].claim, rolls or None, "torn", receipt=self._dice.chance(0.3))
            self._ground.tally.note("reprints")

    def _scan_the_receipt(self, machine: Machine) -> None:
        """Come back with a receipt: labels of a package whose list has come are printed now."""
        waiting = [one for one in self.memory.registered if one[0] is machine and one[1].waiting_for_manifest]
        known = self._dice.pick(waiting) if waiting else self._mine(machine)
        if known:
            assert machine.station is not None  # noqa: S101  # visit() asked
            view = machine.station.desk.find_registration(known[1].number)
            if view is not None and not view.withdrawn:
                machine.station.desk.issue_labels(view.claim)
                self._ground.tally.note("receipts scanned again")

    def _make_up_with_a_card(self, machine: Machine) -> None:
        self._make_up(machine, self._new_card())

    def _make_up_for_the_shelf(self, machine: Machine) -> None:
        self._make_up(machine, None)

    def _make_up(self, machine: Machine, owner: CardNumber | None) -> None:
        assert machine.station is not None  # noqa: S101  # visit() asked
        desk = machine.station.desk
        wish = MakeUpWish(
            event_id=desk.mint_event_id(),
            product=LOOSE_GTIN,
            count=self._dice.between(1, 4),
            staff=STAFF,
            card=owner,
            claim_id=desk.mint_event_id() if owner else None,
        )
        made = desk.make_up(wish)
        self._ground.tally.note("packages made up")
        self.on_told(machine, made.event_id)
        if owner is None:
            self.memory.made_up.append((made.package, made.rolls))
        elif made.registration is not None:
            self.on_told(machine, made.registration.claim)
            self.memory.registered.append((machine, made.registration, owner))

    def _register_from_the_shelf(self, machine: Machine) -> None:
        """Register a package that the store made up, often with the code under the strip."""
        if not self.memory.made_up:
            return
        package, rolls = self.memory.made_up.pop(self._dice.below(len(self.memory.made_up)))
        roll = self._dice.pick(rolls)
        code = self._drawer.codes.get(roll) if self._dice.chance(0.7) else None
        if code is not None:
            self._ground.tally.note("claim codes given")
        item: ItemId = roll if self._dice.chance(0.5) else package
        level: ItemLevel = "roll" if item == roll else "package"
        self._try(machine, self._wish(machine, item, level, self._new_card(), code=code), TRIES)

    def _known(self, machine: Machine) -> tuple[Machine, Registered, CardNumber] | None:
        known = self._mine(machine)
        return known if known is not None and (known[1].package or known[1].rolls) else None

    def _mine(self, machine: Machine) -> tuple[Machine, Registered, CardNumber] | None:
        mine = [one for one in self.memory.registered[-30:] if one[0] is machine]
        return self._dice.pick(mine) if mine else None

    def _wish(
        self, machine: Machine, item: ItemId, level: ItemLevel, owner: CardNumber, *, code: str | None = None
    ) -> RegisterWish:
        assert machine.station is not None  # noqa: S101  # visit() asked
        desk = machine.station.desk
        event_id = desk.mint_event_id()
        desk.check_claim(item, owner)
        is_typed = self._dice.chance(0.1)
        return RegisterWish(
            event_id=event_id,
            item=item,
            level=level,
            item_typed=is_typed,
            card=owner,
            card_typed=is_typed,
            claim_code=code,
            notice=NOTICE,
        )

    def _try(self, machine: Machine, wish: RegisterWish, tries: int) -> Registered | None:
        """Register; when nobody can tell whether it was stored, ask again with the same ID, as a kiosk does."""
        if machine.station is None:
            return None
        try:
            done = machine.station.desk.register(wish)
        except JournalDown as down:
            self._ground.tally.note(f"told: {type(down).__name__}")
            if tries > 1:
                wait = self._dice.between(5 * SECOND, 2 * MINUTE)
                self._ground.loop.after(wait, lambda: self._try_again(machine, wish, tries - 1))
            return None
        self._ground.tally.note("shoppers told that it is registered")
        self.on_told(machine, done.claim)
        self.memory.registered.append((machine, done, wish.card))
        return done

    def _try_again(self, machine: Machine, wish: RegisterWish, tries: int) -> None:
        try:
            self._try(machine, wish, tries)
        except DeskRefusal as refusal:
            self._ground.tally.note(f"refused: {refusal.reason.value}")
        machine.catch_up()
