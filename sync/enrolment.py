"""Make a folder a station: its own key, a one-time code, and the service's keys pinned for good (DESIGN 5).

The private key is made here and never travels. The roster in the answer is believed only because the key in the same
answer signed it: this one moment rests on TLS (or on this machine), which is why plain http is refused off it.
"""

from dataclasses import dataclass
from pathlib import Path

import apsw
import msgspec

from photocore.errors import ChannelDown, EventError
from photocore.keys import b64, unb64
from photocore.roster import RosterSnapshot, verify_roster
from photocore.seams import Channel, Entropy, HttpRequest, HttpResponse
from photocore.wire import ENROL_PATH, EnrolAnswer, EnrolRequest, ServiceKeys, decode_enrol_answer, encode
from sync import outbox
from sync.address import check_service_url
from sync.database import open_database, read_beside
from sync.errors import EnrolmentRefused
from sync.journal import DATABASE, LOCK
from sync.keys import (
    KEY_BYTES,
    KEY_FOLDER,
    STATION_FILE,
    PinnedKeys,
    StationFile,
    is_enrolled,
    load_station,
    make_keys,
    save_station,
)
from sync.lock import WriterLock
from sync.roster import put_roster
from sync.statements import number


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """What a fresh station is told: its name at the service, and its store's."""

    station: str
    store: str
    service_key: str


def enrol(*, url: str, code: str, name: str, folder: Path, channel: Channel, entropy: Entropy) -> Enrolled:
    """Enrol ``folder`` at the photoservice at ``url`` with a manager's one-time ``code``.

    Interrupted at any point, it can be called again (with a new code, should the old one be spent): the keys stay, as
    they may be enrolled already. A plain refusal leaves nothing behind.

    Raises:
        EnrolmentRefused: it is a station already, the code is wrong or spent, or the answer cannot be believed.
        JournalDown: the folder cannot hold a journal.
    """
    address = check_service_url(url)
    _refuse_to_lose(folder)
    made = _missing_folders(folder / KEY_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = make_keys(folder, entropy)
    wish = EnrolRequest(code=code, public_key=b64(keys.signing.public), name=name)
    try:
        answer = _ask(channel, address, wish)
    except _PlainlyRefused:
        _clear_away(made)
        raise
    snapshot = _believed_roster(answer)
    _store_roster(folder, snapshot)
    pinned = PinnedKeys(sign=answer.service.sign, seal=answer.service.seal)
    save_station(folder, StationFile(station=answer.station, name=name, url=address, service=pinned))
    return Enrolled(station=answer.station, store=snapshot.store.name, service_key=pinned.sign)


def _refuse_to_lose(folder: Path) -> None:
    """Refuse a folder that is a station's already, or holds the journal of one: what it owes would be lost.

    An enrolment that was interrupted leaves keys and perhaps a journal without events, and goes on with them.
    """
    is_station = is_enrolled(folder)
    events, unsent = read_beside(folder / DATABASE, _events_in) if (folder / DATABASE).exists() else (0, 0)
    if not is_station and not events:
        return
    whose = f"is station {load_station(folder).station} already" if is_station else "holds another station's journal"
    if not unsent:
        raise EnrolmentRefused(f"{folder} {whose}, and nothing in it is unsent. Enrol another, or move this one away.")
    way = (
        "carry them with `twincheck sync now`, or pack them with `twincheck sync export FILE`"
        if is_station
        else f"put its {STATION_FILE} back, and pack them with `twincheck sync export FILE`"
    )
    raise EnrolmentRefused(
        f"{folder} {whose}, and {unsent} events in it have not reached the photoservice. First {way}."
    )


def _events_in(connection: apsw.Connection) -> tuple[int, int]:
    unsent = outbox.count_owed(connection).unsent + outbox.count_at_hub(connection)
    return number(connection, "journal.count_events"), unsent


def _ask(channel: Channel, address: str, wish: EnrolRequest) -> EnrolAnswer:
    headers = {"content-type": "application/json", "accept": "application/json"}
    request = HttpRequest(method="POST", url=address + ENROL_PATH, headers=headers, body=encode(wish))
    try:
        answer = channel.exchange(request)
        if 400 <= answer.status < 500:
            raise _PlainlyRefused(f"The photoservice refused the enrolment: {_told(answer)}")
        if answer.status != 201:
            raise EnrolmentRefused(f"{address} does not answer like a photoservice: {_told(answer)}")
        return decode_enrol_answer(answer.body)
    except ChannelDown as cause:
        raise EnrolmentRefused(f"{address} does not answer: {cause}") from cause
    except EventError as cause:
        raise EnrolmentRefused(f"{address} does not answer like a photoservice: {cause}") from cause


def _believed_roster(answer: EnrolAnswer) -> RosterSnapshot:
    try:
        _check_keys(answer.service)
        return verify_roster(answer.roster.encode(), unb64(answer.service.sign))
    except EventError as cause:
        raise EnrolmentRefused(f"The photoservice's own keys do not fit its answer: {cause}") from cause


def _check_keys(service: ServiceKeys) -> None:
    unb64(service.sign, length=KEY_BYTES)
    unb64(service.seal, length=KEY_BYTES)


def _store_roster(folder: Path, snapshot: RosterSnapshot) -> None:
    lock = WriterLock(folder / LOCK)
    try:
        connection = open_database(folder / DATABASE)
        try:
            with connection:
                put_roster(connection, snapshot, "")
        finally:
            connection.close()
    finally:
        lock.release()


class _PlainlyRefused(EnrolmentRefused):
    """The photoservice did not take the key: nothing was enrolled, and the keys are worth nothing."""


def _missing_folders(path: Path) -> list[Path]:
    """Return ``path`` and those above it that do not exist yet, the innermost first."""
    return [folder for folder in (path, *path.parents) if not folder.exists()]


def _clear_away(made: list[Path]) -> None:
    """Remove the folders an enrolment made, and the keys in the innermost."""
    for folder in made:
        for key in folder.iterdir() if folder.name == KEY_FOLDER else ():
            key.unlink()
        folder.rmdir()


class _Problem(msgspec.Struct):
    title: str = ""
    detail: str = ""


def _told(answer: HttpResponse) -> str:
    """Return what an RFC 9457 problem says, else the bare status."""
    try:
        problem = msgspec.json.decode(answer.body, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return f"it answered {answer.status}"
    return (problem.detail or problem.title or f"it answered {answer.status}")[:300]
