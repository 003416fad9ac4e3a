"""``./demo --ean``: ordinary film, a three-pack that has a price code and no serial anywhere (DESIGN 5B, O18).

First with a shopper: price code, card, a member of staff with badge and PIN, three cartridges counted, and the package
is made up and registered in one commit. Then two for the shelf, whose labels carry claim codes under their strips. One
is sold: a strip is peeled, roll and code are read off the printed paper, and they register the package from home, by a
client that knows nothing but HTTP. The other stays unsold, for whoever wants to try that in a browser (``--keep``).
"""

import json
import secrets
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from PIL import Image

from hardware.printer.profile import load_profile
from hardware.render.label import LabelRenderer
from hardware.render.strip import SecurityStrip
from hardware.virtual.paper import Piece
from kiosk.flow.make_up_pages import Presale
from kiosk.flow.states import Labelling
from kiosk.testing import Pilot
from photocore.cards import CardNumber
from photocore.host import SystemEntropy
from photocore.ids import parse_item_id
from photocore.label import RollLabel
from photocore.scans import ClaimCodeScan, CopyScan, PackageScan
from photocore.seams import Entropy
from photocore.settings import locate_config
from photocore.testing import SeededEntropy
from sync.copies import jobs_of
from twincheck.demo.counter import PRINTER_PROFILE, Counter, enrol_station, hire, open_counter
from twincheck.demo.errors import DemoFailed
from twincheck.demo.once import CARD_TABLE, Script
from twincheck.demo.paper import PaperTrail, read_paper, save, scan_picture
from twincheck.demo.service import DemoService
from twincheck.demo.shopper import CONFIRM_WITHIN_S, PRINT_WITHIN_S, Shopper, Stopwatch
from twincheck.demo.stock import ORDINARY, STAFF_PIN, Shelf, stock_shelf

CARTRIDGES: Final = 3


@dataclass(frozen=True, kw_only=True)
class ShelfLabel:
    """One pre-sale label as it came out: its roll, the code under its strip, and the paper."""

    roll: str
    code: str
    picture: Image.Image


@dataclass(frozen=True, kw_only=True)
class ShelfPackage:
    """A package made up for the shelf, with its cartridge labels and the one for its outside."""

    package: str
    labels: tuple[ShelfLabel, ...]
    outside: Image.Image


def play_ean(script: Script) -> dict[str, Any]:
    """Play both ways and return the summary, which also stands in ``out/summary.json``.

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
        script.say(
            f"The photoservice answers at {service.url}. The maker names the product; its boxes have no serials."
        )
        service.name_products(ORDINARY)
        folder = script.data / "station"
        enrol_station(service, folder)
        summary = _at_the_counter(script, service, shelf, folder)
    (script.out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    return summary


def _at_the_counter(script: Script, service: DemoService, shelf: Shelf, folder: Path) -> dict[str, Any]:
    with open_counter(folder, shelf, size=script.size, is_offscreen=True, moves=False) as counter:
        hire(counter)
        with counter.opened():
            staff = _Staff(counter, script.out / "screens")
            script.say("A shopper scans the price code of a three-pack and a card; staff make the package up.")
            registered = staff.make_up_for_shopper(shelf.card)
            _draw_registered(script.out, read_paper(counter.pieces, counter.kiosk.station.roster))
            script.say("Registered and confirmed. Now two for the shelf, with claim codes under the strips.")
            sold, unsold = staff.make_up_for_shelf(), staff.make_up_next()
            staff.finish()
            for name, box in (("sold", sold), ("unsold", unsold)):
                _draw_labels(script.out, counter, name, box)
            staff.await_sent()
    script.say("At home, somebody peels one strip and sends that roll's ID and code.")
    answer = _claim_at_home(service, sold.labels[1])
    card = CardNumber(table=CARD_TABLE, number=shelf.card)
    return {
        "registered": _testified(service, registered, card),
        "claimed_at_home": {"word": answer["word"], "package": answer["package"], "rolls": len(answer["rolls"])},
        "unsold": {"package": unsold.package, "rolls": [label.roll for label in unsold.labels]},
    }


def _testified(service: DemoService, package: str, card: CardNumber) -> dict[str, Any]:
    found = service.testify(package, card)
    if not (found.is_registered and found.is_owners and found.rolls == CARTRIDGES):
        raise DemoFailed(f"the photoservice holds {package} otherwise: {found}")
    return {"package": package, "rolls": found.rolls, "owner_matches": found.is_owners}


class _Staff:
    """The one member of staff, at the kiosk with a shopper and alone: real touches, real scanner bytes."""

    def __init__(self, counter: Counter, screens: Path) -> None:
        self._counter = counter
        self._pilot = Pilot(counter.kiosk.app, clock=time.monotonic)
        self._shopper = Shopper(counter, Stopwatch(), screens)

    def make_up_for_shopper(self, card: str) -> str:
        """Make up a three-pack for the holder of ``card``; return the package's ID once it is confirmed."""
        pilot, shopper = self._pilot, self._shopper
        pilot.until_screen("attract")
        self._counter.scan_price_code()
        pilot.until_screen("unnumbered")
        shopper.look("no_number")
        self._counter.scan_card(card)
        self._sign_in()
        self._count()
        pilot.tap("make_up")
        pilot.until(lambda: isinstance(self._page, Labelling), what="the registration")
        pilot.until(shopper.is_printed, deadline_s=PRINT_WITHIN_S, what="all labels printed")
        shopper.await_word("Confirmed")
        shopper.look("registered")
        page = self._page
        assert isinstance(page, Labelling)  # noqa: S101
        package = page.registration.package.package
        assert package is not None  # noqa: S101
        shopper.finish()
        return package

    def make_up_for_shelf(self) -> ShelfPackage:
        """Sign in at the attract page and make up a three-pack for the shelf."""
        self._sign_in()
        self._pilot.until_screen("staff_home")
        self._shopper.look("staff_home")
        self._pilot.tap("make_up")
        return self._fill_shelf()

    def make_up_next(self) -> ShelfPackage:
        """Make up one more, from the page of the last one."""
        self._pilot.tap("next")
        return self._fill_shelf()

    def finish(self) -> None:
        """Leave the last package's page, and see the kiosk forget who was there."""
        self._pilot.tap("finish")
        self._pilot.until(lambda: not isinstance(self._page, Presale), what="the end")
        self._shopper.look("finished")

    def await_sent(self) -> None:
        """Wait until the photoservice has all of it: nobody can claim at home what it does not know."""
        desk = self._counter.kiosk.station.desk
        self._pilot.until(lambda: desk.status().unsent == 0, deadline_s=CONFIRM_WITHIN_S, what="everything sent")

    def _fill_shelf(self) -> ShelfPackage:
        """Scan the price code, count, confirm, and read the labels as they came out of the printer."""
        pilot, before = self._pilot, len(self._counter.pieces)
        pilot.until_screen("make_up_scan")
        self._shopper.look("price_code_wanted")
        self._counter.scan_price_code()
        self._count()
        pilot.tap("make_up")
        pilot.until(lambda: isinstance(self._page, Presale), what="the package for the shelf")
        pilot.until(self._shopper.is_printed, deadline_s=PRINT_WITHIN_S, what="all labels printed")
        self._shopper.look("for_the_shelf")
        page = self._page
        assert isinstance(page, Presale)  # noqa: S101
        return _shelf_package(self._counter, self._counter.pieces[before:], page.made_up.package)

    @property
    def _page(self) -> object:
        return self._counter.kiosk.machine.state.page

    def _sign_in(self) -> None:
        pilot = self._pilot
        self._counter.scan_badge()
        pilot.until_screen("pin")
        self._shopper.look("pin")
        pilot.type_in(STAFF_PIN)
        pilot.tap("ok")
        pilot.until(lambda: pilot.screen.staff is not None, what="signed in")

    def _count(self) -> None:
        """Count the cartridges, if the maker's word does not hold already, and see the question whether it is right."""
        pilot = self._pilot
        pilot.until_screen("count")
        pilot.until(lambda: bool(pilot.screen.stepper and pilot.screen.stepper.value == CARTRIDGES), what="the count")
        self._shopper.look("count")
        pilot.tap("go_on")
        pilot.until_screen("make_up_confirm", deadline_s=CONFIRM_WITHIN_S)
        self._shopper.look("is_this_right")


def _shelf_package(counter: Counter, pieces: tuple[Piece, ...], package: str) -> ShelfPackage:
    """Read rolls and claim codes off the paper, as whoever peels the strips does."""
    found: list[ShelfLabel] = []
    outside: Image.Image | None = None
    for piece in pieces:
        picture = piece.cropped()
        scans = scan_picture(picture, counter.kiosk.station.roster)
        codes = [scan.code for scan in scans if isinstance(scan, ClaimCodeScan)]
        rolls = [scan.item for scan in scans if isinstance(scan, CopyScan) and scan.item.startswith("TCR-")]
        if codes and rolls:
            found.append(ShelfLabel(roll=rolls[0], code=codes[0], picture=picture))
        elif any(isinstance(scan, PackageScan) and scan.item == package for scan in scans):
            outside = picture
    if len(found) != CARTRIDGES:
        raise DemoFailed(f"{len(found)} labels with claim codes came out, not {CARTRIDGES}")
    if outside is None:
        raise DemoFailed(f"no label for the outside of {package} came out")
    return ShelfPackage(package=package, labels=tuple(found), outside=outside)


def _draw_registered(out: Path, trail: PaperTrail) -> None:
    """Save what the shopper takes along: a label for each cartridge, and the receipt."""
    if len(trail.labels) != CARTRIDGES or trail.receipt is None:
        raise DemoFailed(f"{len(trail.labels)} labels and {'a' if trail.receipt else 'no'} receipt came out")
    for number, label in enumerate(trail.labels, start=1):
        save(label.picture, out / "labels" / f"registered_{number}.png")
    save(trail.receipt, out / "receipt.png")


def _draw_labels(out: Path, counter: Counter, name: str, box: ShelfPackage) -> None:
    """Save each label as it came out, and as it lies on the shelf with its strip on."""
    config = locate_config()
    profile = load_profile(config, PRINTER_PROFILE)
    renderer, strips = LabelRenderer(config, profile), SecurityStrip(config, profile)
    found = {label.roll: label for label in box.labels}
    link = counter.kiosk.station.roster.settings.claim_url
    made = counter.kiosk.station.desk.find_made_up(parse_item_id(box.package))
    if made is None or set(made.rolls) != set(found):
        raise DemoFailed(f"the labels that came out are not those of {box.package}")
    save(box.outside, out / "labels" / f"{name}_package.png")
    for job in counter.kiosk.station.journal.read(lambda connection: jobs_of(connection, made.event_id)):
        if isinstance(job.label, RollLabel):
            label = found[job.label.roll]
            drawn = renderer.render(replace(job.label, claim_code=label.code, link=link))
            save(label.picture, out / "labels" / f"{name}_{job.number}.png")
            save(strips.cover(drawn), out / "labels" / f"{name}_{job.number}_strip.png")


def _claim_at_home(service: DemoService, label: ShelfLabel) -> dict[str, Any]:
    """Register the package by one peeled label, with nothing but the standard library."""
    request = urllib.request.Request(  # noqa: S310  our own address
        f"{service.url}/claims",
        method="POST",
        data=json.dumps({"roll": label.roll, "code": label.code}).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": secrets.token_urlsafe(24)},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        said: dict[str, Any] = json.loads(answer.read())
    if said["word"] != "registered" or len(said["rolls"]) != CARTRIDGES:
        raise DemoFailed(f"the claim from home was answered: {said['word']}, {len(said['rolls'])} rolls")
    return said
