"""Pack what a station owes into a parcel, beside its running program and without marking anything as sent.

What is packed stays owed until the photoservice's signed word is here, by whatever road. Sending the same events once
more, online or by another parcel, is harmless: the photoservice answers ``duplicate``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from photocore.events import Event, instant
from photocore.keys import b64
from photocore.kinds import PackageClaimed
from photocore.seams import Clock, HttpRequest
from photocore.wire import (
    BATCH_TYPE,
    MAX_BATCH_EVENTS,
    encode,
    encode_batch,
    events_path,
    hello_path,
    take_batch,
)
from sync import outbox
from sync.database import read_beside
from sync.journal import DATABASE
from sync.keys import StationFile, StationKeys, load_keys, load_station
from sync.outbox import Wanted
from sync.parcel import MAX_PARCEL_BYTES, MAX_REQUESTS, ParcelHead, pack_request, seal_parcel
from sync.signing import sign_request

_ROOM_BYTES = MAX_PARCEL_BYTES - 100_000
"""For requests; the rest is for head and end."""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A parcel, or an empty ``text`` when nothing is owed.

    ``is_full`` says that more is owed than found room; ``damaged`` counts events that the disk has spoilt.
    """

    head: ParcelHead
    text: bytes
    is_full: bool
    damaged: int


def pack_owed(folder: Path, clock: Clock, *, wanted: Wanted = "owed", one_by_one: bool = False) -> Packed:
    """Return the parcel of what the station in ``folder`` owes, or of ``everything`` it still holds whole.

    ``one_by_one`` packs each event by itself: one that the photoservice fails at holds up no other.

    Raises:
        NotEnrolled: the folder is no station.
        JournalDown: its journal cannot be read.
    """
    packer = _Packer(load_station(folder), load_keys(folder), clock, 1 if one_by_one else MAX_BATCH_EVENTS)
    read_beside(folder / DATABASE, lambda connection: packer.fill(connection, wanted))
    return packer.done()


class _Packer:
    """Signs requests as the courier would, a page of the journal at a time, as long as there is room."""

    def __init__(self, file: StationFile, keys: StationKeys, clock: Clock, size: int) -> None:
        self._file = file
        self._keys = keys
        self._clock = clock
        self._size = size
        self._lines: list[bytes] = []
        self._room = _ROOM_BYTES
        self._events = self._registrations = self._damaged = 0
        self._is_full = False

    def fill(self, connection: apsw.Connection, wanted: Wanted) -> None:
        """Take in what is ``wanted``, from the journal's one state that ``connection`` shows."""
        self._add(self._line(hello_path(self._file.station), encode(outbox.read_hello(connection)), "application/json"))
        after = (0, 0)
        while not self._is_full and (rows := outbox.page(connection, wanted, after, MAX_BATCH_EVENTS)):
            after = (rows[-1][4], rows[-1][5])
            sound, damaged = outbox.sound_events([row[:4] for row in rows])
            self._damaged += len(damaged)
            for batch in _batches(sound, self._size):
                self._pack(batch)

    def done(self) -> Packed:
        """Return the parcel, sealed."""
        head = self._head()
        text = seal_parcel([encode(head), *self._lines], self._keys.signing) if self._events else b""
        return Packed(head=head, text=text, is_full=self._is_full, damaged=self._damaged)

    def _pack(self, batch: list[Event]) -> None:
        if self._is_full:
            return
        if self._add(self._line(events_path(self._file.station), encode_batch(batch), BATCH_TYPE)):
            self._events += len(batch)
            self._registrations += sum(event.kind == PackageClaimed.__name__ for event in batch)

    def _add(self, line: bytes) -> bool:
        self._is_full = len(self._lines) >= MAX_REQUESTS or len(line) >= self._room
        if not self._is_full:
            self._lines.append(line)
            self._room -= len(line) + 1
        return not self._is_full

    def _line(self, path: str, body: bytes, kind: str) -> bytes:
        """Return one signed request as a line."""
        headers = {"accept": "application/json", "content-type": kind}
        if kind == BATCH_TYPE:
            headers["content-encoding"] = "gzip"
        request = HttpRequest(method="POST", url=self._file.url + path, headers=headers, body=body)
        now = self._clock.now()
        return pack_request(sign_request(request, station=self._file.station, key=self._keys.signing, created=now))

    def _head(self) -> ParcelHead:
        says = (
            f"What station {self._file.station} ({self._file.name}) owes {self._file.url}: {self._events} events, "
            f"{self._registrations} of them registrations. Cards and codes in it are sealed to that photoservice. To "
            "carry it, run `twincheck sync import` with this file on any machine with a network; or send the requests "
            "below as they are, in their order: method, url, headers, body (base64)."
        )
        return ParcelHead(
            says=says,
            station=self._file.station,
            name=self._file.name,
            url=self._file.url,
            made_at=instant(self._clock),
            requests=len(self._lines),
            events=self._events,
            registrations=self._registrations,
            station_key=b64(self._keys.signing.public),
            service_key=self._file.service.sign,
        )


def _batches(events: list[Event], size: int) -> Iterator[list[Event]]:
    start = 0
    while start < len(events):
        batch = take_batch(events[start : start + size])
        yield batch
        start += len(batch)
