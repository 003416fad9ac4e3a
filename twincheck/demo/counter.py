"""The demo's counter: an enrolled station, a virtual scanner on a pty, a virtual printer on TCP, and the kiosk."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from hardware.printer.profile import load_profile
from hardware.virtual.paper import Piece
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.wiring import make_scanner
from kiosk.wiring import Fitting, OpenKiosk, open_kiosk
from photocore.cards import CardNumber
from photocore.ids import ItemId, Sgtin, parse_item
from photocore.seams import Entropy
from photocore.settings import locate_config
from sync.wiring import enrol_real, real_seams
from twincheck.demo.service import DemoService
from twincheck.demo.stock import STAFF_NAME, STAFF_PIN, Shelf

PRINTER_PROFILE: Final = "virtual-80mm"
ROWS_PER_S: Final = 1200.0
"""150 mm/s at 8 dots/mm: the pace of an ordinary receipt printer."""

KIOSK_NAME: Final = "Counter kiosk"
BADGE_TABLE: Final = "demo-staff"


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What stands on the demo's counter, and what lies beside it."""

    kiosk: OpenKiosk
    scanner: VirtualScanner
    printer: VirtualPrinter
    shelf: Shelf

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The paper that has come out so far."""
        return self.printer.pieces

    @contextmanager
    def opened(self) -> Generator[None]:
        """Open the kiosk's window for a pilot, who turns its loop."""
        from kiosk.testing import opened_app  # noqa: PLC0415  Kivy reads its settings at the first import

        with opened_app(self.kiosk.app):
            yield

    def scan_item(self, item: ItemId) -> float:
        """Hold a package's or roll's GS1 DataMatrix under the scanner; return the second its last byte was written."""
        piece = parse_item(item)
        assert isinstance(piece, Sgtin)  # noqa: S101
        return self.scanner.scan(piece.elements.transmitted, aim="]d2")

    def scan_card(self, number: str) -> float:
        """Hold a registration card (GSRN in GS1-128) under the scanner."""
        return self.scanner.scan(f"8018{number}", aim="]C1")

    def scan_badge(self) -> float:
        """Hold the staff badge (GSRN of a provider in GS1-128) under the scanner."""
        return self.scanner.scan(f"8017{self.shelf.badge}", aim="]C1")

    def scan_price_code(self) -> float:
        """Hold the price code of a box (EAN-13) under the scanner."""
        return self.scanner.scan(self.shelf.ean, aim="]E0")


def enrol_station(service: DemoService, folder: Path) -> None:
    """Make ``folder`` the demo store's kiosk, with the code its manager was given."""
    enrol_real(url=service.url, code=service.enrol_code, name=KIOSK_NAME, folder=folder)


def hire(counter: Counter) -> None:
    """Enter the demo's member of staff at the station, as ``twincheck station staff add`` does."""
    badge = CardNumber(table=BADGE_TABLE, number=counter.shelf.badge)
    counter.kiosk.station.staff.add(badge, STAFF_NAME, STAFF_PIN, "manager")


@contextmanager
def open_counter(
    folder: Path,
    shelf: Shelf,
    *,
    printed: Entropy | None = None,
    size: tuple[int, int] = (1080, 1920),
    is_offscreen: bool | None = None,
    moves: bool = True,
    rows_per_s: float | None = ROWS_PER_S,
    on_bytes: Callable[[bytes], object] = lambda received: None,
) -> Generator[Counter]:
    """Open the kiosk of the station in ``folder`` with virtual devices; all is put away at the end.

    ``printed`` draws copy IDs and registration numbers; keys and seals are truly random whatever it is.
    """
    config = locate_config()
    profile = load_profile(config, PRINTER_PROFILE)
    printer = VirtualPrinter(
        TcpLine(),
        config / "fonts",
        width_dots=profile.print_width_dots,
        margin_dots=profile.margin_dots,
        rows_per_s=rows_per_s,
        on_bytes=on_bytes,
    )
    seams = real_seams() if printed is None else replace(real_seams(), printed=printed)
    with ExitStack() as stack:
        scanner = stack.enter_context(make_scanner(folder / "scanner0"))
        stack.enter_context(printer)
        fitting = Fitting(
            folder=folder,
            scanners=(str(scanner.path),),
            printer=printer.url,
            scanner_profile="virtual",
            printer_profile=PRINTER_PROFILE,
            size=size,
            is_offscreen=is_offscreen,
            moves=moves,
        )
        kiosk = stack.enter_context(open_kiosk(fitting, seams=seams))
        yield Counter(kiosk=kiosk, scanner=scanner, printer=printer, shelf=shelf)
