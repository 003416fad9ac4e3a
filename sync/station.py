"""A whole station, opened from its folder: journal, roster, desk, label jobs, courier, and the door for ``sync now``.

The one place that knows how they hang together. A program brings the seams, and closes what it opened.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from photocore.events import Prev
from photocore.keys import SigningKey
from photocore.kinds import EpochOpened
from photocore.seams import Channel, Clock, Disk, Entropy, HttpRequest
from sync.channel import RequestsChannel
from sync.control import IMPORT_VERB, Answer, ControlDoor
from sync.counter import Counter
from sync.courier import CourierThread
from sync.database import PRAGMAS, Pragma
from sync.delivery import Delivery
from sync.desk import Desk
from sync.drafts import Drafter
from sync.journal import Draft, Ground, Journal
from sync.keys import StationFile, load_keys, load_station, staff_pepper
from sync.labels import LabelJobs
from sync.ledger import JournalLedger
from sync.paper_secrets import PaperSecrets
from sync.peer import Peer, peer_of
from sync.pins import PinCost, PinHashes
from sync.reserve import RESERVE_BYTES
from sync.roster import Roster
from sync.rounds import EVERY_DAY, Rhythm, Rounds
from sync.staff import StaffBook
from sync.staff_door import STAFF_VERBS, answer_staff
from sync.upstream import PATIENCE_S, Signer, Upstream, do_at_once, start_thread
from sync.words import ReceiptWords, english_words


def _nothing() -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True)
class Seams:
    """The world a station lives in. Channels are made for real when none is given.

    ``printed``: see :class:`sync.drafts.Drafter`; ``entropy`` when not given.
    """

    clock: Clock
    entropy: Entropy
    disk: Disk
    printed: Entropy | None = None
    channel: Channel = field(default_factory=RequestsChannel)
    quick_channel: Channel = field(
        default_factory=lambda: RequestsChannel(connect_s=PATIENCE_S, read_s=PATIENCE_S, total_s=PATIENCE_S)
    )


@dataclass(frozen=True, kw_only=True)
class Footing:
    """Where the journal lies, and who does the work; other than the machine's own disk only where it is broken.

    Without ``threads`` everything is done on its caller's thread and nothing is carried by itself: for simulations.
    """

    vfs: str | None = None
    pragmas: tuple[Pragma, ...] = PRAGMAS
    reserve_bytes: int = RESERVE_BYTES
    threads: bool = True
    is_held: bool = False
    """The courier makes its first round when it is let go: once the screen stands (:class:`CourierThread`)."""
    rhythm: Rhythm = EVERY_DAY
    pin_cost: PinCost = field(default_factory=PinCost)


@dataclass(frozen=True, kw_only=True)
class Station:
    """An open station. Close it: the journal's lock goes with it."""

    file: StationFile
    journal: Journal
    roster: Roster
    desk: Desk
    jobs: LabelJobs
    courier: CourierThread
    staff: StaffBook
    door: ControlDoor | None = None

    def close(self) -> None:
        """Stop carrying, finish what was asked, and give the journal back."""
        self.courier.stop()
        if self.door is not None:
            self.door.close()
        self.journal.close()


def software_name() -> str:
    """Return this software's name and version, as an epoch's first event tells it."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  said once in an epoch

    try:
        return f"twincheck {version('twincheck')}"
    except PackageNotFoundError:
        return "twincheck"


def open_station(
    folder: Path,
    seams: Seams,
    *,
    on_change: Callable[[], None] = _nothing,
    words: ReceiptWords = english_words,
    carry: bool = True,
    under: Footing = Footing(),
) -> Station:
    """Open the station in ``folder``. Without ``carry`` neither courier nor door is started.

    Raises:
        NotEnrolled: the folder is none.
        JournalBusy: another process has it.
        JournalDown: its journal cannot be opened.
    """
    file, keys, pepper = load_station(folder), load_keys(folder), staff_pepper(folder, seams.entropy)
    peer = peer_of(file, keys)
    drafter = _drafter(file, seams)
    sign = _signer(file, keys.signing, seams.clock)
    with _closed_unless_joined(_open_journal(folder, seams, under, keys.signing, drafter)) as journal:
        roster, secrets = Roster(journal), PaperSecrets()
        counter = Counter(roster=roster, drafter=drafter, card_key=keys.card, words=words)
        pins = PinHashes(pepper, seams.entropy, under.pin_cost)
        staff = StaffBook(journal, pepper=pepper, clock=seams.clock, entropy=seams.entropy, pins=pins)
        ledger = JournalLedger(journal, roster, counter)
        ledger.meet_hub(peer.hub_key)
        rounds = Rounds(
            Delivery(peer=peer, ledger=ledger),
            journal=journal,
            sign=sign,
            clock=seams.clock,
            entropy=seams.entropy,
            rhythm=under.rhythm,
        )
        courier = CourierThread(
            rounds, channel=seams.channel, clock=seams.clock, on_change=on_change, is_held=under.is_held
        )
        jobs = LabelJobs(journal=journal, drafter=drafter, roster=roster, secrets=secrets, on_change=on_change)
        desk = Desk(
            journal=journal,
            counter=counter,
            jobs_queue=jobs,
            secrets=secrets,
            upstream=Upstream(
                peer, seams.quick_channel, sign, lambda: rounds.is_online, start_thread if under.threads else do_at_once
            ),
            line=courier,
            on_change=on_change,
        )
        is_served = carry and under.threads
        verbs: dict[str, Answer] = dict.fromkeys(STAFF_VERBS, lambda asked: answer_staff(staff, roster, asked))
        verbs[IMPORT_VERB] = _importer(journal, peer, on_change)
        door = _start(folder, journal, courier, verbs) if is_served else None
        return Station(
            file=file, journal=journal, roster=roster, desk=desk, jobs=jobs, courier=courier, staff=staff, door=door
        )


@contextmanager
def _closed_unless_joined(journal: Journal) -> Generator[Journal, None, None]:
    """Close the journal when what is joined to it fails: its lock would outlive the try, and forbid the next."""
    try:
        yield journal
    except BaseException:
        journal.close()
        raise


def _signer(file: StationFile, key: SigningKey, clock: Clock) -> Signer:
    def sign(request: HttpRequest) -> HttpRequest:
        from sync.signing import sign_request  # noqa: PLC0415  its libraries are for the first exchange, not the start

        return sign_request(request, station=file.station, key=key, created=clock.now())

    return sign


def _importer(journal: Journal, peer: Peer, on_change: Callable[[], None]) -> Answer:
    def take(asked: dict[str, Any]) -> dict[str, Any]:
        from sync.parcel_take import answer_import  # noqa: PLC0415  few stations ever see a parcel

        return answer_import(journal, peer, asked, on_change)

    return take


def _drafter(file: StationFile, seams: Seams) -> Drafter:
    return Drafter(
        station=file.station,
        seal_key=file.seal_key,
        clock=seams.clock,
        entropy=seams.entropy,
        printed=seams.printed or seams.entropy,
    )


def _open_journal(folder: Path, seams: Seams, under: Footing, key: SigningKey, drafter: Drafter) -> Journal:
    def first_event(previous: Prev | None) -> Draft:
        return drafter.draft(_epoch_opened(previous))

    ground = Ground(
        station=drafter.station,
        key=key,
        clock=seams.clock,
        entropy=seams.entropy,
        disk=seams.disk,
        first=first_event,
    )
    return Journal(
        folder,
        ground,
        vfs=under.vfs,
        pragmas=under.pragmas,
        reserve_bytes=under.reserve_bytes,
        threads=under.threads,
    )


def _start(folder: Path, journal: Journal, courier: CourierThread, verbs: Mapping[str, Answer]) -> ControlDoor:
    journal.on_append(courier.wake)
    courier.start()
    return ControlDoor(folder, courier, verbs)


def _epoch_opened(previous: Prev | None) -> EpochOpened:
    if previous is None:
        return EpochOpened(software=software_name())
    return EpochOpened(
        software=software_name(),
        previous_epoch=previous.epoch,
        previous_seq=previous.seq,
        previous_hash=previous.hash,
    )
