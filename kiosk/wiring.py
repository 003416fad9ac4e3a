"""The kiosk's composition root: station, scanners, printer and window are joined here and nowhere else.

The threads of the rooms below speak into one inbox; the screen's thread alone touches the machine.
"""

import os
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from hardware.inventory import Inventory
from hardware.printer.jobs import PrintJob
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.render.template import Covers, Seal
from hardware.scanner import ScannerLink
from hardware.spooler import Spooler
from hardware.transport import PortOpener
from kiosk.appliance.upkeep import Upkeep
from kiosk.appliance.wiring import join_upkeep
from kiosk.back_room import BackRoom
from kiosk.brand import PLAIN, load_brand
from kiosk.camera_port import CameraOpener
from kiosk.counter_queue import CounterQueue
from kiosk.device_notes import DeviceDiary
from kiosk.ears import Ears
from kiosk.flow import effects as ask
from kiosk.flow import events as told
from kiosk.flow.states import Limits
from kiosk.flow.values import Printer
from kiosk.inbox import Inbox
from kiosk.language import OFFERED, offered, speak
from kiosk.machine import Machine
from kiosk.named_devices import NamedScanner, camera_of, printer_of, scanners_of
from kiosk.recalls import load_recalls
from kiosk.roster_facts import RosterReader, RosterStore
from kiosk.senses import Aids, Senses
from kiosk.settling import settle
from kiosk.sightings import BridgeAt, join_bridge
from kiosk.tool_work import read_shift
from kiosk.training_hall import TrainingHall
from kiosk.ui.display import prepare
from kiosk.voices import Voices
from kiosk.worker import DeskWorker
from photocore.errors import SettingsError
from photocore.film_book import FilmBook
from photocore.privacy import load_privacy
from photocore.seams import Clock
from photocore.settings import locate_config
from sync.errors import JournalDown
from sync.films import load_films
from sync.label_states import LabelState
from sync.station import Footing, Seams, Station, open_station
from sync.training import TrainingRoom
from sync.wiring import real_seams
from sync.words import receipt_words

if TYPE_CHECKING:
    from kiosk.app import Appearance, KioskApp, Letter

PRINTER_GRACE_S: Final = 3.0
"""A printer that was not reached this long after the start is said to be off-line; before, nothing is said of it."""


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """What one kiosk is made of: a station's folder, devices, a window, languages.

    ``scanners`` and ``printer`` are addresses, or names of the station's device book; where none is named, the book's
    own are used. The profiles are those of what is named by its address: in the book each device has its own.
    ``language`` is what a session begins in; ``languages`` are offered, none if it is one alone. ``label_covers`` is
    what lies under the security strip of pre-sale labels, ``label_seal`` how it is covered; ``label_stock`` names
    templates preferred to the widest that fits.
    """

    folder: Path
    scanners: tuple[str, ...] = ()
    printer: str | None = None
    camera: str | None = None
    """One more scanner: a camera by its name in the book, its number or its file."""
    scanner_profile: str = "generic"
    printer_profile: str = "generic-80mm"
    size: tuple[int, int] = (1080, 1920)
    language: str = "en"
    languages: tuple[str, ...] = OFFERED
    label_covers: Covers = "roll_id+code"
    label_seal: Seal = "strip"
    label_stock: tuple[str, ...] = ()
    brand: str | None = None
    """A file of config/brands, or the path of one elsewhere; None is Twincheck's own face."""
    diagonal_in: float | None = None
    """The panel's diagonal; it says how large large text is. None is the one stated for the window's shape."""
    moves: bool = True
    is_offscreen: bool | None = None
    is_fullscreen: bool = False
    restart_at: time | None = None
    """When the kiosk may end to be started anew, by the store's clock."""
    limits: Limits = field(default_factory=Limits)
    bridge: BridgeAt | None = None
    aids: Aids = field(default_factory=Aids)
    is_alone: bool = False
    """The process is this kiosk's and ends with it."""


@dataclass(frozen=True, kw_only=True)
class OpenKiosk:
    """A kiosk whose parts run; its app is built, not yet shown. For the demo and tests to look into."""

    app: "KioskApp"
    machine: Machine
    station: Station
    worker: DeskWorker
    spooler: Spooler | None = None
    scanners: tuple[ScannerLink, ...] = ()
    senses: Senses | None = None
    upkeep: Upkeep | None = None


@contextmanager
def open_kiosk(fitting: Fitting, *, seams: Seams | None = None) -> Generator[OpenKiosk]:
    """Open station and devices, and build the app; everything is closed again at the end of the block.

    Run ``app.run()`` inside, or drive it with :class:`kiosk.testing.Pilot`.

    Raises:
        NotEnrolled, JournalBusy, JournalDown: there is no station to stand on.
        PortUrlWrong, ProfileWrong, SettingsError, LanguageUnknown, BrandWrong, DisplayUnfit: a setting cannot be used.
    """
    seams = seams or real_seams()
    is_offscreen = _prepare(fitting)
    from kiosk.app import KioskApp  # noqa: PLC0415  only after the display is prepared

    inbox: Inbox[Letter] = Inbox()
    ears = Ears(inbox, seams.clock)
    with ExitStack() as stack:
        config = locate_config()
        senses = Senses(aids=fitting.aids, config=config, clock=seams.clock, inbox=inbox, stack=stack)
        ears.devices.has_aids(senses.are_there)
        station = open_station(
            fitting.folder,
            seams,
            on_change=ears.moved,
            words=receipt_words(config),
            under=Footing(is_held=fitting.is_alone),
        )
        stack.callback(station.close)
        joiner = Joiner(
            fitting=fitting,
            station=station,
            config=config,
            clock=seams.clock,
            ears=ears,
            inventory=Inventory(fitting.folder),
            stack=stack,
        )
        spooler, queue = joiner.join_printer()
        worker, scanners = joiner.join_desk(joiner.furnish(queue, seams)), joiner.join_scanners()
        machine = joiner.make_machine(worker, scanners)
        begin = partial(senses.join, machine), join_bridge(fitting.bridge, fitting.folder, station, seams, stack)
        app = KioskApp(
            machine=machine,
            inbox=inbox,
            appearance=joiner.dress(is_offscreen, lambda: _settle_down(fitting, station, *begin)),
            clock=seams.clock,
            read_station=joiner.watch(worker, spooler, queue),
            upkeep=(upkeep := joiner.join_upkeep()),
        )
        upkeep.stop = app.stop
        yield OpenKiosk(
            app=app,
            machine=machine,
            station=station,
            worker=worker,
            spooler=spooler,
            scanners=scanners,
            senses=senses,
            upkeep=upkeep,
        )


def _prepare(fitting: Fitting) -> bool:
    """Refuse languages there are not, and make the display ready; say whether it draws off-screen."""
    speak(fitting.language)
    offered(fitting.languages)
    # python-escpos makes a folder for its model table in the system's temporary one at every start, unless told where
    os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", str(fitting.folder))
    return prepare(
        size=fitting.size,
        home=fitting.folder / "kivy",
        is_offscreen=fitting.is_offscreen,
        is_fullscreen=fitting.is_fullscreen,
    )


def _settle_down(fitting: Fitting, station: Station, *begin: Callable[[], None]) -> None:
    """Do what had to wait for the first frame."""
    for each in begin:
        each()
    if fitting.is_alone:
        settle()
        station.courier.release()


@dataclass(frozen=True, kw_only=True)
class Joiner:
    """Opens one part after another; ``stack`` closes them in the opposite order."""

    fitting: Fitting
    station: Station
    config: Path
    clock: Clock
    ears: Ears
    inventory: Inventory
    stack: ExitStack

    @property
    def store(self) -> RosterStore:
        """The store's facts."""
        return RosterStore(roster=self.station.roster)

    def dress(self, is_offscreen: bool, once_shown: Callable[[], None]) -> "Appearance":
        """Return how the kiosk looks, and what it does once it is seen."""
        from kiosk.app import Appearance  # noqa: PLC0415  only after the display is prepared

        fitting = self.fitting
        return Appearance(
            fonts=self.config / "fonts",
            brand=load_brand(self.config, fitting.brand) if fitting.brand else PLAIN,
            diagonal_in=fitting.diagonal_in,
            moves=fitting.moves,
            is_offscreen=is_offscreen,
            is_locked=fitting.is_alone,
            once_shown=once_shown,
        )

    def furnish(self, queue: CounterQueue | None, seams: Seams) -> BackRoom:
        """Return what is behind the counter: printer, recalls, and a room to train in."""
        room = TrainingRoom(
            self.station, self.fitting.folder, seams, on_change=self.ears.moved, words=receipt_words(self.config)
        )
        hall = TrainingHall(room=room, queue=queue)
        self.stack.callback(hall.end)
        return BackRoom(
            printer=queue,
            training=hall,
            recalls=load_recalls(self.config),
            station=self.station.file.station,
            films=self._read_films(),
        )

    def _read_films(self) -> FilmBook:
        """Return the store's book of films; one that cannot be read leaves cartridges without names, and no more."""
        try:
            return load_films(self.fitting.folder)
        except SettingsError as wrong:
            structlog.get_logger().warning("kiosk.film_book_wrong", why=str(wrong))
            return FilmBook()

    def join_desk(self, back_room: BackRoom) -> DeskWorker:
        """Start the thread in front of the desk."""
        worker = DeskWorker(
            desk=self.station.desk,
            labels=self.station.jobs,
            store=self.store,
            clock=self.clock,
            tell=self.ears.tell,
            staff=self.station.staff,
            devices=self.ears.devices,
            back_room=back_room,
        )
        worker.start()
        self.stack.callback(worker.stop)
        return worker

    def join_upkeep(self) -> Upkeep:
        """Begin to look after the kiosk itself; it may rest at night while no label is at the printer."""
        upkeep, panel = join_upkeep(
            self.clock,
            restart_at=self.fitting.restart_at,
            expects_panel=self.fitting.is_fullscreen,
            can_rest=lambda: not self.station.jobs.unsettled(),
        )
        self.ears.devices.has_panels(panel.seen)
        return upkeep

    def join_scanners(self) -> tuple[ScannerLink, ...]:
        """Start to read the scanners there are."""
        self.ears.devices.has_book(self.inventory)
        links = tuple(self._make_link(named, self.inventory.open) for named in self._named_scanners())
        camera = self.fitting.camera
        if camera:
            named = camera_of(camera, self.config)
            links = (*links, self._make_link(named, CameraOpener(camera, self.inventory, self.clock)))
        for link in links:  # all are known before the first one speaks
            link.start()
            self.stack.callback(link.stop)
        diary = DeviceDiary(self.ears.devices, self.fitting.folder, self.clock)
        diary.start()
        self.stack.callback(diary.stop)
        return links

    def _make_link(self, named: NamedScanner, opener: PortOpener) -> ScannerLink:
        link = ScannerLink(
            named.url,
            named.profile,
            self.clock,
            self.ears.expect(named.name),
            self.ears.scanner,
            name=named.name,
            opener=opener,
        )
        self.ears.devices.has_scanner(named.name, lambda: link.state)
        return link

    def join_printer(self) -> tuple[Spooler, CounterQueue] | tuple[None, None]:
        """Start to print the station's label jobs, if there is a printer."""
        fitting = self.fitting
        named = printer_of(self.inventory.book, fitting.printer, fitting.printer_profile, self.config)
        if named is None:
            return None, None
        composer = PrintComposer(
            self.config,
            named.profile,
            covers=fitting.label_covers,
            seal=fitting.label_seal,
            stock=fitting.label_stock,
            offset_mm=named.offset_mm,
        )
        queue = CounterQueue(self.station.jobs, composer, name=named.name, language=fitting.language)
        queue.move(read_shift(self.station.desk.printer_note(queue.name)))
        spooler = Spooler(
            queue=queue,
            session=PrinterSession(named.url, named.profile, self.clock, opener=self.inventory.open),
            composer=composer,
            on_change=self._note_paper,
            on_status=lambda word: self.ears.printer(queue.word(word)),
        )
        queue.wake = spooler.wake
        queue.on_paused = lambda: self.ears.printer(queue.word(spooler.status()))
        self.ears.devices.has_printer(named.name, named.title, lambda: queue.word(spooler.status()))
        spooler.start()
        self.stack.callback(spooler.stop)
        self.ears.on_moved = spooler.wake
        return spooler, queue

    def _note_paper(self, job: PrintJob) -> None:
        """Note for the staff page when a label was last proven; a journal that is down has nothing to tell."""
        with suppress(JournalDown):
            if any(
                seen.id == job.id and seen.state is LabelState.PRINTED for seen in self.station.desk.jobs(job.claim)
            ):
                self.ears.devices.note_proof()

    def make_machine(self, worker: DeskWorker, scanners: tuple[ScannerLink, ...]) -> Machine:
        """Build the kiosk without its screen."""
        voices = Voices({link.state.name: link for link in scanners}, on_good=self.ears.devices.note_good)
        voices.start()
        self.stack.callback(voices.stop)
        substitutes = {named.name: named.profile.gs_substitute for named in self._named_scanners()}
        machine = Machine(
            clock=self.clock,
            reader=RosterReader(knows=self.station.roster, gs_substitutes=substitutes),
            strings=speak(self.fitting.language).strings,
            language=self.fitting.language,
            languages=offered(self.fitting.languages) if len(self.fitting.languages) > 1 else (),
            speak=lambda code: speak(code).strings,
            do=worker.do,
            answer=voices.say,
            store=self.store.name,
            privacy=load_privacy(self.config),
            limits=self.fitting.limits,
        )
        if not scanners:
            machine.happen(told.ScannerSaid(at=self.clock.monotonic(), is_there=False))
        return machine

    def watch(self, worker: DeskWorker, spooler: Spooler | None, queue: CounterQueue | None) -> Callable[[], None]:
        """Return what asks journal and printer, now and then, how they are."""
        begun = self.clock.monotonic()

        def ask_both() -> None:
            worker.do(ask.ReadStation())
            if queue:
                queue.end_old_pause(self.clock.monotonic())
            if self.clock.monotonic() - begun > PRINTER_GRACE_S:
                self.ears.printer(queue.word(spooler.status()) if spooler and queue else Printer.OFFLINE.value)

        return ask_both

    def _named_scanners(self) -> tuple[NamedScanner, ...]:
        return scanners_of(self.inventory.book, self.fitting.scanners, self.fitting.scanner_profile, self.config)
