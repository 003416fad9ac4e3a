"""A store's hub: production's relay over a store on a disk that fails, on its own road to the photoservice."""

from pathlib import Path
from urllib.parse import urlsplit

from photocore.errors import ChannelDown
from photocore.events import Event
from photocore.keys import SigningKey, key_id
from photocore.seams import HttpRequest, HttpResponse
from photocore.wire import decode_answer, decode_batch, read_ack, request_digest
from store_hub.disk import SqliteStore
from store_hub.relay import Relay, Upstream
from sync import database
from sync.errors import JournalDown
from twincheck.simulate.books import Book
from twincheck.simulate.clocks import MachineClock
from twincheck.simulate.drives import Drive, Image
from twincheck.simulate.errors import ClaimBroken
from twincheck.simulate.ground import Ground
from twincheck.simulate.loop import MINUTE
from twincheck.simulate.network import Road
from twincheck.simulate.service import URL, Service

FORWARDS_EVERY = 15 * MINUTE
HUB_TRUE = "a hub's mark never passes a hole"


class Hub:
    """The hub of one store. ``stations`` are those it serves, by public key; ``book`` is what it signed for."""

    def __init__(self, ground: Ground, name: str, folder: Path, service: Service) -> None:
        self.name = f"hub {name}"
        self.book = Book(self.name)
        self.key = SigningKey(seed=ground.draws.entropy(self.name).token(32))
        self.road = Road(ground, self.name, service.handle)
        self.stations: dict[str, bytes] = {}
        self.last_night: Image = {}
        self.held_last_night: set[str] = set()
        self.drive = Drive(f"{name}-{id(self):x}-hub", ground.draws.entropy(f"disk {self.name}"), {})
        self.relay: Relay | None = None
        self._ground = ground
        self._folder = folder
        self._service = service
        self._clock = MachineClock(ground.loop)
        self._store: SqliteStore | None = None
        self._reached: dict[tuple[str, str], set[int]] = {}
        self._reached_last_night: dict[tuple[str, str], set[int]] = {}
        ground.loop.every(FORWARDS_EVERY, FORWARDS_EVERY, self.forward)

    @property
    def is_up(self) -> bool:
        """Whether the hub answers."""
        return self.relay is not None

    def start(self) -> None:
        """Switch the hub on."""
        if self.relay is not None:
            return
        self._clock.reboot()
        try:
            self._store = SqliteStore(self._folder, vfs=self.drive.disk.name, pragmas=database.PRAGMAS)
        except JournalDown:
            self._tell("cannot open its store")
            return
        upstream = Upstream(url=URL, sign_key=self._service.sign_key, channel=self.road)
        self.relay = Relay(
            key=self.key, upstream=upstream, store=self._store, stations=self.stations, clock=self._clock
        )
        self._tell("is up")

    def stop(self) -> None:
        """End the hub as kill -9 does; its disk keeps all that was written."""
        self._die()
        self.drive.revive()

    def lose_power(self) -> None:
        """Let the hub lose its power: what was not synced is dropped or torn."""
        self._die()
        self.drive.lose_power()

    def put_back(self, image: Image) -> None:
        """Replace the hub's disk by an older copy, or by an empty one."""
        self._die()
        self.drive.put_back(image)
        self._reached = {epoch: set(seqs) for epoch, seqs in self._reached_last_night.items()} if image else {}

    def copy(self) -> None:
        """Copy the disk at night."""
        self.last_night = self.drive.copy()
        self.held_last_night = set(self.book.pages.held)
        self._reached_last_night = {epoch: set(seqs) for epoch, seqs in self._reached.items()}

    def forward(self) -> None:
        """Carry upward what is owed, as the hub does by itself now and then."""
        if self.relay is None or not self.road.weather.is_open:
            return
        try:
            while self.relay.forward_some().answered:
                pass
        except JournalDown:
            self._ground.tally.note("hub stores down")

    def count_owed(self) -> int:
        """Return how many requests wait here for the photoservice."""
        return self._store.count_owed() if self._store is not None else 0

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a station's request. Raises ChannelDown when the hub is down."""
        if self.relay is None:
            raise ChannelDown("the hub is down")
        self._ground.tally.note("requests at hubs")
        answer = self.relay.exchange(request)
        if request.method == "POST" and urlsplit(request.url).path.endswith("/events") and answer.status == 200:
            self._note_taken(request, answer)
        return answer

    def close(self) -> None:
        """Take the hub down for good."""
        self._die()
        self.drive.remove()

    def _note_taken(self, request: HttpRequest, answer: HttpResponse) -> None:
        events = [line for line in decode_batch(request.body) if isinstance(line, Event)]
        station, epoch = events[0].station, events[0].epoch
        reached = self._reached.setdefault((station, epoch), set())
        reached.update(event.seq for event in events)
        for signed in decode_answer(answer.body).acks:
            if signed.key != key_id(self.key.public):
                continue
            digest = request_digest(request.body)
            ack = read_ack(signed, self.key.public, station=station, epoch=epoch, request=digest)
            verdicts = {verdict.id: verdict.verdict for verdict in ack.verdicts}
            self.book.note_held(events, verdicts)
            known = reached | self._service.book.seqs_ever(station, epoch)
            if ack.high is not None and not set(range(1, ack.high.seq + 1)) <= known:
                raise ClaimBroken(
                    HUB_TRUE, f"{self.name} signs for seq {ack.high.seq} of {epoch}, and lacks some below"
                )

    def _die(self) -> None:
        if self._store is not None:
            self.drive.disk.is_dead = True
            self._store.close()
        self._store = self.relay = None

    def _tell(self, what: str) -> None:
        self._ground.story.tell(self.name, what)
