"""``./demo --till``: the till the shop has already, and what Twincheck learns from it (K5, O19, S1 at the till).

A virtual till sells a package that its cashier's scanner reads through the tee; the card in the same basket registers
it, and labels print at the till. The bridge is killed meanwhile, and the till sells on. A sale is given back; an order
is charged by a code that any till can scan; film is dropped off; one sale arrives by each adapter. One mismatch is
planted, and the manager sees it.
"""

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from photocore.cards import CardNumber
from photocore.host import SystemEntropy
from photocore.ids import Sgtin, parse_item
from photocore.seams import Entropy
from photocore.testing import SeededEntropy
from photoservice.testing_browser import PlainBrowser
from pos_bridge.beside import read_baskets, read_cases, read_figures, read_line_counts
from pos_bridge.settings import LaneSettings, SourceSettings, load_till
from twincheck.demo.errors import DemoFailed
from twincheck.demo.once import CARD_TABLE, Script
from twincheck.demo.paper import save
from twincheck.demo.service import DemoService
from twincheck.demo.stock import STAFF_PIN, BoxedPackage, Shelf, stock_shelf
from twincheck.demo.till_lane import LANE, TILL, Lane, await_, enrol_till, open_lane
from twincheck.demo.till_sources import DROPPED, TillSystems, send_forged

ASK_EVERY_S: Final = 0.7
"""Asking the photoservice's own database begins a service each time."""
OWN_SOURCE: Final = "standard"
"""By this the demo's own till tells its sales."""
ADAPTERS: Final = ("files", "odoo", "poslog", "shopify", "square", "standard")


def play_till(script: Script, *, port: int) -> dict[str, Any]:
    """Play it, and return the summary, which also stands in ``out/summary.json``. ``port`` is the bridge's.

    Raises:
        DemoFailed: a step did not come to its end, or the outcome is not what it must be.
    """
    entropy: Entropy = SystemEntropy() if script.seed is None else SeededEntropy(script.seed)
    shelf = stock_shelf(entropy)
    service = DemoService(folder=script.data / "photoservice", port=script.port)
    script.say("Setting up the photoservice: a maker, a retailer, a store.")
    service.set_up()
    service.start()
    with ExitStack() as stack:
        stack.callback(service.stop)
        for box in shelf.packages:
            service.forward(box)
        folder = script.data / "till"
        enrol_till(service, folder, shelf)
        bridge = f"http://127.0.0.1:{port}"
        systems = TillSystems.open(stack, bridge, folder / DROPPED)

        def settings(labels: str, receipts: str) -> str:
            return _till_toml(port, labels, receipts, service.retailer_key, systems.sources)

        lane = stack.enter_context(open_lane(folder, script.data, port=port, settings=settings))
        script.say(f"The bridge answers at {bridge}; tee and tap stand between the till and its devices.")
        summary = _Walk(script=script, service=service, shelf=shelf, lane=lane, systems=systems).all()
    (script.out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    return summary


@dataclass(frozen=True, kw_only=True)
class _Walk:
    """One day at the till, in the order in which it is told."""

    script: Script
    service: DemoService
    shelf: Shelf
    lane: Lane
    systems: TillSystems

    def all(self) -> dict[str, Any]:
        """Walk it, and return what came of it."""
        self._sell_ordinary()
        sold = self._sell_with_card()
        survived = self._sell_while_the_bridge_is_dead()
        returned = self._give_back(sold)
        charged = self._charge()
        dropped = self._drop_off()
        arrived = self._hear_all()
        mismatch = self._plant_mismatch()
        self._await_sent()
        for number, piece in enumerate(self.lane.receipts.pieces, start=1):
            save(piece.cropped(), self.script.out / "labels" / f"receipt_{number}.png")
        return {
            "sold": sold,
            "sold_while_the_bridge_was_dead": survived,
            "given_back": returned,
            "order_paid": charged,
            "drop_off": dropped,
            "arrived": arrived,
            "mismatch": mismatch,
            "forged_is_answered": send_forged(self.systems),
        }

    # -- what happens at the till -------------------------------------------------------------------------------------

    def _sell_ordinary(self) -> None:
        self.script.say("A three-pack without serials is sold as always; there is nothing of ours to do.")
        self.lane.scan(self.shelf.ean, "]E0")
        if not self.lane.till.await_lines(1):
            raise DemoFailed("the till did not get the price code")
        self._pay()

    def _sell_with_card(self) -> dict[str, Any]:
        box, card = self.shelf.packages[0], self.shelf.card
        self.script.say("A cashier scans a box and the customer's card, as always; the till gets every byte.")
        self._scan_box(box)
        self.lane.scan(f"8018{card}", "]C1")
        if not (self.lane.till.await_lines(1) and self.lane.till.await_customer()):
            raise DemoFailed("the till did not get what was scanned")
        self._await(lambda: len(self.lane.label_pieces) > len(box.rolls), "labels and receipt are printed")
        was_held = not self._registered(box, card)
        if not was_held:
            raise DemoFailed("the package is its customer's before it was sold")
        sale = self._pay()
        self._await(lambda: self._registered(box, card), "the package is its customer's", look_every_s=ASK_EVERY_S)
        for number, piece in enumerate(self.lane.label_pieces, start=1):
            save(piece.cropped(), self.script.out / "labels" / f"till_{number}.png")
        self.script.say(f"Held until it was sold, then registered: {len(box.rolls)} labels came out at the till.")
        return {
            "package": box.item,
            "sequence": sale["sequence"],
            "papers": len(self.lane.label_pieces),
            "was_held": was_held,
        }

    def _sell_while_the_bridge_is_dead(self) -> dict[str, Any]:
        box = self.shelf.packages[1]
        self.script.say("The bridge is killed. The cashier scans on, and the sale is told later.")
        self.lane.bridge.kill()
        self._scan_box(box)
        if not self.lane.till.await_lines(1):
            raise DemoFailed("the scan did not reach the till while the bridge was dead")
        sale = self.lane.till.pay()
        self.lane.start_bridge()
        self._tell(sale)
        self._await(lambda: box.item in self._pieces_sold(sale), "the sale is matched with the scan of before")
        return {"package": box.item, "sequence": sale["sequence"], "pieces": self._pieces_sold(sale)}

    def _give_back(self, sold: dict[str, Any]) -> dict[str, Any]:
        box = self.shelf.packages[0]
        sale = next(one for one in self.lane.till.sales if one["sequence"] == sold["sequence"])
        self.script.say("The customer brings the first box back.")
        self.lane.till.give_back(sale)
        self._scan_box(box)
        if not self.lane.till.await_lines(1):
            raise DemoFailed("the till did not get the box that comes back")
        back = self._pay()
        self._await(
            lambda: not self._registered(box, self.shelf.card), "its registration has ended", look_every_s=ASK_EVERY_S
        )
        return {"package": box.item, "sequence": back["sequence"], "is_registered": False}

    def _charge(self) -> dict[str, Any]:
        order, code = self.service.order_something(self.shelf.packages[2].item)
        self.script.say(f"An order of the photoservice is paid here: its code {code} becomes one any till can scan.")
        page = PlainBrowser(self.lane.url)
        page.go(f"/lane/{LANE}/charge")
        shown = page.submit(f"/lane/{LANE}/charge", code=code)
        found = re.search(r'aria-label="([0-9]{13})"', shown)
        if found is None:
            raise DemoFailed("the cashier's page shows no code that charges the order")
        self.lane.scan(found[1], "]E0")
        if not self.lane.till.await_lines(1):
            raise DemoFailed("the till does not know the order's code")
        sale = self._pay()
        self._await(lambda: self.service.is_paid(order), "the order is paid", look_every_s=ASK_EVERY_S)
        return {"order": order, "ean": found[1], "minor": sale["total"]}

    def _drop_off(self) -> dict[str, Any]:
        before = len(self.lane.label_pieces)
        page = PlainBrowser(self.lane.url)
        page.go(f"/lane/{LANE}/drop-off?rolls=2")
        action = f"/lane/{LANE}/drop-off"
        page.submit(action, {"process": ["C-41", "E-6"], "stops": ["1", "0"], "scan": "large"})
        found = re.search(r"TCB-[0-9]{2}-[0-9]{4,6}-[0-9]", page.page)
        if found is None:
            raise DemoFailed("the drop-off tells no bag")
        self._await(lambda: len(self.lane.label_pieces) >= before + 4, "bag label, two twin checks and a stub")
        for number, piece in enumerate(self.lane.label_pieces[before:], start=1):
            save(piece.cropped(), self.script.out / "labels" / f"drop_off_{number}.png")
        self.script.say(f"Two rolls were dropped off in bag {found[0]}: label, twin checks and claim stub came out.")
        page.go(f"/lane/{LANE}/bag/{found[0]}")
        page.submit(f"/lane/{LANE}/bag/{found[0]}")
        return {"bag": found[0], "papers": len(self.lane.label_pieces) - before}

    # -- what other tills tell ----------------------------------------------------------------------------------------

    def _hear_all(self) -> dict[str, int]:
        self.script.say("One sale by each adapter: Shopify, Square, Standard Webhooks, POSLog, a file, Odoo.")
        self._await(lambda: read_figures(self.lane.folder).unread == 0, "all that was told is read")
        own = {OWN_SOURCE: self._lines_by_source()[OWN_SOURCE]}
        self.systems.tell_all()

        def come() -> dict[str, int]:
            now = self._lines_by_source()
            return {name: now.get(name, 0) - own.get(name, 0) for name in ADAPTERS}

        self._await(lambda: all(come().values()), "a sale by each adapter")
        return come()

    def _plant_mismatch(self) -> dict[str, Any]:
        self.script.say("The planted mismatch: two boxes are scanned, one is sold.")
        self._scan_box(self.shelf.packages[0])
        self._scan_box(self.shelf.unknown)
        if not self.lane.till.await_lines(2):
            raise DemoFailed("the till did not get both boxes")
        self.lane.till.void(2)
        sale = self._pay()
        wanted = sale["sequence"]

        def case() -> list[Any]:
            cases = read_cases(self.lane.folder)
            return [one for one in cases if one.basket and one.basket.sequence == wanted]

        self._await(lambda: bool(case()), "a case for the manager")
        found = case()[0]
        manager = PlainBrowser(self.lane.url)
        manager.go("/manager")
        manager.submit("/sign-in", badge=self.shelf.badge, pin=STAFF_PIN)
        overview = manager.go("/manager")
        page = manager.go(f"/manager/cases/{found.key}")
        (self.script.out / "manager.html").write_text(overview)
        (self.script.out / "case.html").write_text(page)
        if not all(piece[-6:] in page for piece in found.pieces):
            raise DemoFailed("the manager's page does not show the pieces")
        self.script.say(f"The manager sees it, with the evidence: {found.reason}.")
        return {"reason": found.reason, "pieces": list(found.pieces), "key": found.key}

    # -- small things -------------------------------------------------------------------------------------------------

    def _scan_box(self, box: BoxedPackage) -> None:
        piece = parse_item(box.item)
        assert isinstance(piece, Sgtin)  # noqa: S101
        self.lane.scan(piece.elements.transmitted, "]d2")

    def _pay(self) -> dict[str, Any]:
        before = len(self.lane.receipts.pieces)
        sale = self.lane.till.pay()
        self._await(lambda: len(self.lane.receipts.pieces) > before, "the receipt is out")
        self._tell(sale)
        return sale

    def _tell(self, sale: dict[str, Any]) -> None:
        status = self.systems.tell_sale(sale)
        if not 200 <= status < 300:
            raise DemoFailed(f"the bridge answered {status} to a sale")

    def _registered(self, box: BoxedPackage, card: str) -> bool:
        found = self.service.testify(box.item, CardNumber(table=CARD_TABLE, number=card))
        return found.is_registered and found.is_owners

    def _pieces_sold(self, sale: dict[str, Any]) -> list[str]:
        """Return the pieces that the bridge found in a basket of the demo's own till."""
        baskets = read_baskets(self.lane.folder, load_till(self.lane.folder).settings)
        place = (sale["till"], sale["business_day"], sale["sequence"])
        return [
            piece.item
            for found in baskets
            if (found.basket.till, found.basket.business_day, found.basket.sequence) == place
            for piece in found.pieces
        ]

    def _lines_by_source(self) -> dict[str, int]:
        return dict(read_line_counts(self.lane.folder))

    def _await(self, is_so: Callable[[], bool], what: str, look_every_s: float = 0.1) -> None:
        await_(is_so, what, look_every_s=look_every_s, check=self.lane.bridge.assert_running)

    def _await_sent(self) -> None:
        self._await(lambda: self.lane.light()["waiting"] == 0, "everything is sent")


def _till_toml(port: int, labels: str, receipts: str, key: str, sources: dict[str, SourceSettings]) -> str:
    lane = LaneSettings(
        title="Till 1",
        tills=(TILL, "kasse-1"),
        scanner="cashiers-scanner",
        scanner_profile="virtual",
        till_port="till-scanner",
        printer=receipts,
        printer_port="till-printer",
        printer_profile="virtual-80mm",
        adds_to_receipt=True,
        registers="at_scan",
    )
    service, door = {"key": key}, {"port": port}
    named = {name: _unnamed(source) for name, source in sources.items()}
    lines = [
        f"printer = {_toml(labels)}",
        'printer_profile = "virtual-80mm"',
        f"door = {_toml(door)}",
        f"service = {_toml(service)}",
        f"[lane]\n{LANE} = {_toml(_unnamed(lane))}",
        "[source]",
        *(f"{name} = {_toml(source)}" for name, source in named.items()),
    ]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:  # noqa: ANN401  whatever a setting may be
    """Return a value as TOML: JSON is, but for its tables."""
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(one)}" for name, one in table.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _unnamed(source: SourceSettings | LaneSettings) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(source)
    return {name: value for name, value in fields.items() if value is not None and name != "name"}
