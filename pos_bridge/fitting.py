"""The devices of a running bridge: ears for its tees, a printer for labels, and what tills may use of both.

Names are those of the station's device book (``twincheck devices``); an address does as well.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from hardware.inventory import Inventory, device_url
from hardware.inventory.book import PrinterEntry, ScannerEntry
from hardware.printer.profile import PrinterProfile
from hardware.printer.profile import load_profile as load_printer
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.scanner import ScannerLink
from hardware.scanner import load_profile as load_scanner
from hardware.scanner.framing import Frame
from hardware.spooler import Spooler
from hardware.transport import check_url
from photocore.seams import Clock
from pos_bridge.facade.facade import Facade
from pos_bridge.facade.paper import TillComposer
from pos_bridge.facade.queue import TillQueue
from pos_bridge.lanes import GapHeard, Hearing, LaneEars
from pos_bridge.lanes.blocks import BlockComposer, BlockShelf
from pos_bridge.lanes.hearing import CodeSeen, RefusedSeen
from pos_bridge.lanes.meaning import Meaning, Seen
from pos_bridge.orders.slip import order_slip
from pos_bridge.orders.store import Issued
from pos_bridge.receipts import ReceiptAdder
from pos_bridge.running import Bridge, Parts
from pos_bridge.settings import LaneSettings, TillSettings
from pos_bridge.sighting import CardSighting, Sighting
from pos_bridge.threads import Scribe
from sync.station import Station

EARS: Final = "lanes.sock"
"""Where the bridge hears its tees, in the station's folder."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Fitter:
    """Joins devices one after another; ``stack`` closes them in the opposite order."""

    folder: Path
    settings: TillSettings
    config: Path
    inventory: Inventory
    clock: Clock
    stack: ExitStack

    def join_printer(self, station: Station, facade: Facade, parts: Parts) -> None:
        """Start to print the station's label jobs, if there is a printer, and tell ``parts`` of it.

        Raises:
            ProfileWrong, PortUrlWrong: it can never be used, whatever is plugged in.
        """
        entry = self._printer()
        if entry is None:
            return
        name, url, profile, offset = entry
        composer = PrintComposer(self.config, profile, offset_mm=offset)
        queue = TillQueue(station.jobs)
        session = PrinterSession(url, profile, self.clock, opener=self.inventory.open)
        spooler = Spooler(queue=queue, session=session, composer=TillComposer(composer))
        queue.wake = spooler.wake
        if profile.language == "escpos":
            facade.add_printer(name, profile, queue, title=name, proves=lambda: session.confirms == "confirms")
            session.watch(lambda status: facade.printer_is(name, status))
            parts.print_slip = _slips(queue, profile, self.config)
        spooler.start()
        self.stack.callback(spooler.stop)
        parts.printer_word = spooler.status

    def make_adder(self, station: Station, blocks: BlockShelf) -> ReceiptAdder:
        """Return what lays registrations ready for receipts of the lanes that want them.

        Raises:
            ProfileWrong: a lane's receipt printer has no profile.
        """
        composers = {
            name: BlockComposer(self.config, load_printer(self.config, lane.printer_profile))
            for name, lane in self.settings.lane.items()
            if lane.adds_to_receipt
        }
        return ReceiptAdder(
            blocks,
            card_key=station.desk.counter.card_key,
            receipt_of=station.jobs.receipt_of,
            draw=lambda lane, receipt: composers[lane].compose(receipt),
        )

    def join_ears(self, bridge: Bridge, scribe: Scribe, blocks: BlockShelf, adder: ReceiptAdder) -> LaneEars | None:
        """Begin to hear the tees of all lanes that have one; None where there is none.

        Raises:
            PortDown: nothing can listen in the station's folder.
            ProfileWrong, SettingsError: a lane's scanner cannot be teed.
        """
        teed = {name: lane for name, lane in self.settings.lane.items() if lane.till_port or lane.printer_port}
        if not teed:
            return None
        profiles = {name: load_scanner(self.config, lane.scanner_profile) for name, lane in teed.items()}

        def on_card(told: CardSighting) -> None:
            if teed[told.lane].adds_to_receipt:
                adder.card_seen(told.card, ears.basket(told.lane), self.clock.monotonic())

        hearing = _hearing(bridge, scribe, on_card)
        ears = LaneEars(self.folder / EARS, profiles, bridge.reader, hearing, self.clock, blocks=blocks)
        ears.start()
        self.stack.callback(ears.stop)
        return ears

    def join_scanners(self, facade: Facade) -> None:
        """Offer to tills the scanners of the book that no tee holds.

        Raises:
            ProfileWrong: one of them can never be used.
        """
        held = {lane.scanner for lane in self.settings.lane.values() if lane.till_port}
        for entry in self.inventory.book.scanner:
            if entry.name in held or device_url(entry.name) in held:
                continue
            facade.add_scanner(entry.name, title=entry.name, lane=_lane_of(self.settings.lane, entry.name))
            link = self._link(entry, facade)
            link.start()
            self.stack.callback(link.stop)

    def _link(self, entry: ScannerEntry, facade: Facade) -> ScannerLink:
        name = entry.name

        def hear(frame: Frame) -> None:
            link.answer(frame.repeated or facade.scanned(name, frame.data))

        link = ScannerLink(
            entry.address,
            load_scanner(self.config, entry.profile),
            self.clock,
            hear,
            lambda state: facade.scanner_is(name, is_there=state.is_up),
            name=name,
            opener=self.inventory.open,
        )
        return link

    def _printer(self) -> tuple[str, str, PrinterProfile, tuple[float, float]] | None:
        wanted = self.settings.printer
        booked: tuple[PrinterEntry, ...] = self.inventory.book.printer
        for entry in booked:
            if wanted in ("", entry.name) and (wanted or len(booked) == 1):
                profile = load_printer(self.config, entry.profile)
                return entry.name, entry.address, profile, (entry.offset_x_mm, entry.offset_y_mm)
        if not wanted:
            return None
        check_url(wanted)
        return "printer", wanted, load_printer(self.config, self.settings.printer_profile), (0.0, 0.0)


def _slips(queue: TillQueue, profile: PrinterProfile, config: Path) -> Callable[[Issued, str, str], object]:
    def put(issued: Issued, amount: str, until: str) -> int:
        return queue.put(order_slip(issued, amount, until, profile, config), lambda _ending, _why: None)

    return put


def hear_till(bridge: Bridge, scribe: Scribe, device: str, lane: str | None, raw: str) -> None:
    """Take what a till read through our scanner for a sighting of its lane (the facade's ``on_scan``)."""
    if lane is None:
        return
    identity = bridge.entropy.token(16).hex()
    seen = Seen(id=identity, at=bridge.clock.now(), lane=lane, via="facade")
    meaning = bridge.reader.read(raw.encode("latin-1"), seen)
    bridge.lanes_heard.heard(lane, seen.at)
    if meaning is not None:
        scribe.note(partial(bridge.heard, meaning, lane))


def _hearing(bridge: Bridge, scribe: Scribe, on_card: Callable[[CardSighting], object]) -> Hearing:
    def take(told: Meaning, lane: str) -> None:
        bridge.lanes_heard.heard(lane, bridge.clock.now())
        scribe.note(partial(bridge.heard, told, lane))

    def missed(gap: GapHeard) -> None:
        bridge.lanes_heard.missed(gap.lane)

    def sighting(told: Sighting) -> None:
        take(told, told.lane or "")

    def card(told: CardSighting) -> None:
        on_card(told)
        take(told, told.lane)

    def code(told: CodeSeen) -> None:
        take(told, told.lane)

    def refused(told: RefusedSeen) -> None:
        take(told, told.lane)

    return Hearing(
        on_sighting=sighting, on_card=card, on_code=code, on_refused=refused, on_gap=missed, when_kept=scribe.note
    )


def _lane_of(lanes: dict[str, LaneSettings], scanner: str) -> str | None:
    return next((name for name, lane in lanes.items() if lane.scanner == scanner), None)
