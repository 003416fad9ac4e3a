"""The bridge's composition root: station, ledger, sources, lanes, printer and door are joined here and nowhere else."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog
import uvicorn
from litestar.types import ASGIApp

from hardware.inventory import Inventory
from photocore.errors import SettingsError
from photocore.settings import locate_config
from pos_bridge.adapters import ADAPTERS, POLLERS
from pos_bridge.dropping import DropRounds
from pos_bridge.facade.facade import Facade
from pos_bridge.facade.routes import router
from pos_bridge.fitting import Fitter, hear_till
from pos_bridge.intake.drop import FileDrop
from pos_bridge.lanes import LaneReader
from pos_bridge.lanes.blocks import BlockShelf
from pos_bridge.ledger.knowledge import RosterKnowledge
from pos_bridge.ledger.ledger import Ledger, open_ledger
from pos_bridge.orders import codes
from pos_bridge.orders.charges import Charges
from pos_bridge.orders.service import OrderService
from pos_bridge.orders.store import IssuedCodes
from pos_bridge.polling import PollRounds, PollThread
from pos_bridge.receipts import ReceiptAdder
from pos_bridge.running import STANDING, Bridge, Parts
from pos_bridge.settings import DoorSettings, TillSettings, load_till
from pos_bridge.settling import Settler, SettlerThread
from pos_bridge.threads import Rounds, Scribe, StandingBack
from pos_bridge.web.app import build_app
from pos_bridge.web.guard import is_loopback
from pos_bridge.web.live import LaneFeed
from pos_bridge.web.patience import Patience, patient
from sync.station import Footing, Seams, Station, open_station
from sync.wiring import real_seams
from sync.words import receipt_words

PRUNE_EVERY_S: Final = 3600.0
NOTE_EVERY_S: Final = 60.0
BACKLOG: Final = 1024

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class OpenBridge:
    """A bridge whose parts run; :func:`make_server` serves its door. For the demo and tests to look into."""

    bridge: Bridge
    app: ASGIApp
    facade: Facade
    blocks: BlockShelf

    @property
    def station(self) -> Station:
        """The station it stands on."""
        return self.bridge.station

    @property
    def ledger(self) -> Ledger:
        """What it keeps."""
        return self.bridge.ledger


@contextmanager
def open_bridge(folder: Path, seams: Seams | None = None, *, under: Footing | None = None) -> Generator[OpenBridge]:
    """Open the station in ``folder`` with its ledger, and start all that hears of sales; all ends with the block.

    Raises:
        NotEnrolled, JournalBusy, JournalDown: there is no station to stand on, or no ledger.
        SettingsError, ProfileWrong, PortUrlWrong, PortDown: ``till.toml`` names something that cannot be.
    """
    seams = seams or real_seams()
    loaded = load_till(folder)
    for warning in loaded.warnings:
        _log.warning("bridge.settings", why=warning)
    with ExitStack() as stack:
        yield Joiner(folder=folder, settings=loaded.settings, seams=seams, stack=stack).join(under or Footing())


@dataclass(frozen=True, kw_only=True)
class Joiner:
    """Joins one part after another; ``stack`` closes them in the opposite order."""

    folder: Path
    settings: TillSettings
    seams: Seams
    stack: ExitStack

    def join(self, under: Footing) -> OpenBridge:
        """Return the whole bridge, running."""
        config, entropy = locate_config(), self.seams.entropy
        bridge = self._bridge(config, under)
        scribe, blocks = Scribe(), BlockShelf()
        facade = Facade(bridge.clock, entropy, partial(hear_till, bridge, scribe))
        fitter = Fitter(
            folder=self.folder,
            settings=self.settings,
            config=config,
            inventory=Inventory(self.folder),
            clock=bridge.clock,
            stack=self.stack,
        )
        fitter.join_printer(bridge.station, facade, bridge.parts)
        self._run(scribe)
        asking = self._join_sources(bridge)
        adder = fitter.make_adder(bridge.station, blocks)
        self._join_settler(bridge, asking, adder)
        self._join_upkeep(bridge)
        fitter.join_ears(bridge, scribe, blocks, adder)
        fitter.join_scanners(facade)
        app = build_app(bridge, (router(facade, self.settings.door.key),))
        return OpenBridge(bridge=bridge, app=app, facade=facade, blocks=blocks)

    def _bridge(self, config: Path, under: Footing) -> Bridge:
        clock, entropy = self.seams.clock, self.seams.entropy
        feed = LaneFeed(clock)
        words = receipt_words(config)
        station = open_station(self.folder, self.seams, on_change=feed.touch, words=words, under=under)
        self.stack.callback(station.close)
        if station.roster.store is None:
            station.courier.sync_now()  # whose store this is, the first roster says
        ledger = self._ledger(station)
        service, store = self._service(station), station.roster.store
        issued = IssuedCodes(
            ledger,
            self.settings.codes,
            store=store.gln if store else "",
            clock=clock,
            entropy=entropy,
            service=service,
        )
        parts = Parts(wakes=[feed.touch])
        charges = Charges(ledger, issued, clock=clock, service=service, wake=lambda: parts.wake_charging())  # noqa: PLW0108  joined later
        self.stack.callback(feed.close)
        return Bridge(
            settings=self.settings,
            station=station,
            ledger=ledger,
            adapters=ADAPTERS,
            codes=issued,
            charges=charges,
            reader=LaneReader(knows=station.roster, knows_code=partial(_is_order_code, self.settings)),
            clock=clock,
            entropy=entropy,
            feed=feed,
            parts=parts,
        )

    def _ledger(self, station: Station) -> Ledger:
        ledger = open_ledger(
            self.folder,
            settings=self.settings,
            knowledge=RosterKnowledge(journal=station.journal, roster=station.roster),
            clock=self.seams.clock,
            card_key=station.desk.counter.card_key,
        )
        self.stack.callback(ledger.close)
        return ledger

    def _service(self, station: Station) -> OrderService | None:
        key, store = self.settings.service.key, station.roster.store
        if not key or store is None:
            return None
        return OrderService(channel=self.seams.channel, url=station.file.url, key=key, store=store.gln)

    def _join_settler(self, bridge: Bridge, asking: PollThread, adder: ReceiptAdder) -> None:
        """Begin to read what came, to match it, and to tell the station."""
        ledger = bridge.ledger

        def settled() -> None:
            bridge.feed.touch()
            for source in self.settings.source:
                if ledger.wanted(source, 1):
                    asking.hurry(source)

        settler = Settler(
            ledger,
            ADAPTERS,
            bridge.station.desk,
            clock=bridge.clock,
            charges=bridge.charges,
            on_registered=adder.registered,
            stand_back=StandingBack(bridge.counts.all_kept),
        )
        thread = SettlerThread(settler, entropy=bridge.entropy, on_settled=settled)
        bridge.parts.wakes.append(thread.wake)
        self._run(thread)
        thread.wake()

    def _join_sources(self, bridge: Bridge) -> PollThread:
        """Begin to ask till systems, and to look at the folders where files are dropped."""
        sources = tuple(self.settings.source.values())
        polls = PollRounds(
            sources,
            POLLERS,
            ledger=bridge.ledger,
            channel=self.seams.channel,
            clock=bridge.clock,
            entropy=bridge.entropy,
            on_kept=bridge.wake,
        )
        asking = PollThread(polls)
        self._run(asking)
        bridge.parts.polls = polls.figures
        folders = [source for source in sources if source.folder]
        drops = DropRounds((FileDrop(source, bridge.ledger, bridge.clock) for source in folders), bridge.wake)
        bridge.parts.drop_trouble = drops.trouble
        if drops:
            self._run(Rounds("till-folders", drops.run))
        return asking

    def _join_upkeep(self, bridge: Bridge) -> None:
        """Begin to tell what tills took in for order codes, and to wipe what need not be kept."""

        def charge() -> float:
            bridge.charges.run_once()
            return bridge.charges.due_in_s()

        def prune() -> float:
            bridge.ledger.prune(bridge.clock.now())
            bridge.codes.forget()
            return PRUNE_EVERY_S

        def note() -> float:
            bridge.ledger.note(STANDING, msgspec.json.encode(bridge.standing()).decode())
            return NOTE_EVERY_S

        self._run(Rounds("till-standing", note))
        charging = Rounds("till-charges", charge)
        self._run(charging)
        bridge.parts.wake_charging = charging.wake
        self._run(Rounds("till-pruning", prune))

    def _run(self, thread: "Runs") -> None:
        thread.start()
        self.stack.callback(thread.stop)


class Runs(Protocol):
    """A thread of ours."""

    @property
    def start(self) -> Callable[[], None]:
        """Begin."""
        ...

    @property
    def stop(self) -> Callable[[], None]:
        """End."""
        ...


def _is_order_code(settings: TillSettings, text: str) -> bool:
    return codes.parse(text, settings.codes) is not None


# -- the door ---------------------------------------------------------------------------------------------------------


def bind_door(door: DoorSettings) -> socket.socket:
    """Return the listening socket of the door; port 0 takes any free one.

    Raises:
        SettingsError: plain HTTP off loopback, half a certificate, or the address cannot be had.
    """
    if bool(door.certificate) != bool(door.private_key):
        raise SettingsError("till.toml, door: certificate and private_key come together.")
    if not is_loopback(door.host) and not door.certificate:
        raise SettingsError(f"till.toml, door: {door.host} is reached from elsewhere, so it needs a certificate.")
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((door.host, door.port))
        listening.listen(BACKLOG)
    except OSError as cause:
        listening.close()
        raise SettingsError(f"Cannot listen on {door.host}:{door.port}: {cause.strerror}.") from cause
    return listening


class DoorServer(uvicorn.Server):
    """uvicorn, ending at SIGINT and SIGTERM without raising them again: what it stands on must be closed after it."""

    on_started: Callable[[], object] = staticmethod(lambda: None)
    on_stopping: Callable[[], object] = staticmethod(lambda: None)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits for it."""
        await super().startup(sockets)
        if self.started:
            self.on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send home who follows a lane's news, then end."""
        self.on_stopping()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Ask the loop for the signals; in a thread of a test there are none to have."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


def make_server(opened: OpenBridge, patience: Patience | None = None) -> DoorServer:
    """Return the server of a bridge's door; ``server.run(sockets=[bind_door(...)])`` serves until it is told to end."""
    door = opened.bridge.settings.door
    patience = patience or Patience()
    config = uvicorn.Config(
        opened.app,
        http=patient(patience),
        ws="websockets-sansio",
        ws_ping_interval=patience.ping_s,
        ws_ping_timeout=patience.pong_s,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
        ssl_certfile=door.certificate or None,
        ssl_keyfile=door.private_key or None,
    )
    server = DoorServer(config)
    server.on_stopping = opened.bridge.feed.close
    return server


def run_bridge(folder: Path, *, on_ready: Callable[[str], object] = lambda url: None) -> None:
    """Run the bridge of the station in ``folder`` until SIGTERM or SIGINT.

    Raises:
        TwincheckError: as :func:`open_bridge` and :func:`bind_door`.
    """
    door = load_till(folder).settings.door
    listening = bind_door(door)
    with listening, open_bridge(folder) as opened:
        server = make_server(opened)
        host, port = listening.getsockname()[:2]
        scheme = "https" if door.certificate else "http"
        server.on_started = lambda: on_ready(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}")
        server.run(sockets=[listening])
