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
    Hello,
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
"""For head and end."""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A parcel, or an empty ``text`` when nothing is owed.

    ``left`` are events that found no room; ``damaged`` those the disk has spoilt.
    """

    head: ParcelHead
    text: bytes
    left: int
    damaged: int


@dataclass(frozen=True, kw_only=True)
class _Found:
    hello: Hello
    batches: tuple[tuple[Event, ...], ...]
    damaged: int


def pack_owed(folder: Path, clock: Clock, *, wanted: Wanted = "owed", one_by_one: bool = False) -> Packed:
    """Return the parcel of what the station in ``folder`` owes, or of ``everything`` it still holds whole.

    ``one_by_one`` packs each event by itself: one that the photoservice fails at holds up no other.

    Raises:
        NotEnrolled: the folder is no station.
        JournalDown: its journal cannot be read.
    """
    file, keys = load_station(folder), load_keys(folder)
    size = 1 if one_by_one else MAX_BATCH_EVENTS
    found = read_beside(folder / DATABASE, lambda connection: _read(connection, wanted, size))
    packer = _Packer(file, keys, clock)
    lines = [packer.line(hello_path(file.station), encode(found.hello), "application/json")]
    room, packed = _ROOM_BYTES, 0
    for batch in found.batches:
        line = packer.line(events_path(file.station), encode_batch(batch), BATCH_TYPE)
        room -= len(line) + 1
        if room < 0 or len(lines) >= MAX_REQUESTS:
            break
        lines.append(line)
        packed += 1
    events = [event for batch in found.batches[:packed] for event in batch]
    head = packer.head(events, len(lines))
    left = sum(len(batch) for batch in found.batches[packed:])
    text = seal_parcel([encode(head), *lines], keys.signing) if events else b""
    return Packed(head=head, text=text, left=left, damaged=found.damaged)


def _read(connection: apsw.Connection, wanted: Wanted, size: int) -> _Found:
    sound, damaged = outbox.sound_events(outbox.all_events(connection, wanted))
    batches = tuple(tuple(batch) for batch in _batches(sound, size))
    return _Found(hello=outbox.read_hello(connection), batches=batches, damaged=len(damaged))


def _batches(events: list[Event], size: int) -> Iterator[list[Event]]:
    start = 0
    while start < len(events):
        batch = take_batch(events[start : start + size])
        yield batch
        start += len(batch)


class _Packer:
    """Signs requests as the courier would, and tells what it packed."""

    def __init__(self, file: StationFile, keys: StationKeys, clock: Clock) -> None:
        self._file = file
        self._keys = keys
        self._clock = clock

    def line(self, path: str, body: bytes, kind: str) -> bytes:
        """Return one signed request as a line."""
        headers = {"accept": "application/json", "content-type": kind}
        if kind == BATCH_TYPE:
            headers["content-encoding"] = "gzip"
        request = HttpRequest(method="POST", url=self._file.url + path, headers=headers, body=body)
        now = self._clock.now()
        return pack_request(sign_request(request, station=self._file.station, key=self._keys.signing, created=now))

    def head(self, events: list[Event], requests: int) -> ParcelHead:
        """Return the first line, with what it is in words."""
        registrations = sum(event.kind == PackageClaimed.__name__ for event in events)
        says = (
            f"What station {self._file.station} ({self._file.name}) owes {self._file.url}: {len(events)} events, "
            f"{registrations} of them registrations. Cards and codes in it are sealed to that photoservice. To "
            "carry it, run `twincheck sync import` with this file on any machine with a network; or send the requests "
            "below as they are, in their order: method, url, headers, body (base64)."
        )
        return ParcelHead(
            says=says,
            station=self._file.station,
            name=self._file.name,
            url=self._file.url,
            made_at=instant(self._clock),
            requests=requests,
            events=len(events),
            registrations=registrations,
            station_key=b64(self._keys.signing.public),
            service_key=self._file.service.sign,
        )
