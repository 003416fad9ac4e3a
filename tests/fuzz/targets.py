"""What must hold for any bytes at all, one function a door: the bytes come from a scanner, a wire, a file.

Each asserts that only the errors its door documents come out, that what is taken can be written and read back the
same, and what its door promises beside. Run by :mod:`run`, with atheris where it is installed.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from itertools import pairwise
from typing import Any, Final, get_args

import msgspec

from hardware.scanner.framing import STX, End, Framer
from photocore.answers import read_ack_of, read_signed_welcome
from photocore.cards import read_card_tables
from photocore.chain import digest
from photocore.codes import parse_guest_card
from photocore.digital_link import link_for, parse_link
from photocore.errors import CodeError, EventError, EventMalformed, Gs1Error, SignatureBroken
from photocore.events import (
    MAX_EVENT_BYTES,
    Event,
    Prev,
    decode_event,
    encode_event,
    event_hash,
    sign_event,
    verify_event,
)
from photocore.gs1 import parse_bracketed, parse_elements
from photocore.ids import HouseCode, item_id, parse_item
from photocore.keys import SigningKey, b64, key_id
from photocore.kinds import public_of, read_public
from photocore.roster import verify_package, verify_roster
from photocore.scans import CardScan, CopyScan, PackageScan, Refused, RollScan, Scan
from photocore.settings import load_toml, locate_config
from photocore.signed import Domain, Signed
from photocore.symbology import MAX_FRAME_BYTES, interpret_typed, read_frame
from photocore.testing import KnownShop
from photocore.wire import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    Unreadable,
    decode_answer,
    decode_batch,
    decode_enrol_answer,
    decode_hello,
    decode_news_request,
    encode,
    read_news,
    read_welcome,
)
from sync.answers import hear_acks
from sync.errors import AnswerRefused, HistoryForked, ParcelRefused, ReturnRefused
from sync.parcel import close_answers, kind_of, read_answers, read_parcel, seal_parcel
from sync.peer import Peer
from sync.restoring import Owner, read_page

KEY: Final = SigningKey(seed=b"\x07" * 32)
STATION: Final = "store-1.kiosk-1"
EPOCH: Final = "00112233445566aa"
DIGEST: Final = "ab" * 32
PACKAGE: Final = "09521141012345"
ROLL: Final = "09521141012369"
SHOP: Final = KnownShop(
    {PACKAGE: "package", ROLL: "roll"}, read_card_tables(load_toml(locate_config() / "cards" / "demo.toml"))
)
GOOD_CODE: Final = b"]d2010952114101234521PKG7Q2M9"
ENDS: Final[tuple[End, ...]] = get_args(End)
GS_STAND_INS: Final = (None, "", "~1", "{GS}")
EXPECTED: Final[tuple[tuple[type, ...], ...]] = ((), (CardScan,), (PackageScan, RollScan))


def framer(data: bytes) -> None:
    """However the bytes are cut the frames are the same, little is held, and the next good code is read."""
    if len(data) < 4:
        return
    end, longest, cuts, stream = ENDS[data[0] % len(ENDS)], 1 + data[1] % 80, sorted(data[2:4]), data[4:]
    whole, split = (Framer(end=end, longest_bytes=longest) for _ in range(2))
    expected = [frame.data for frame in (*whole.feed(stream, 1.0), *whole.silence(99.0))]
    found: list[bytes] = []
    for start, stop in pairwise((0, *cuts, len(stream))):
        found += (frame.data for frame in split.feed(stream[start : max(start, stop)], 1.0))
        assert split.held_bytes <= longest
    found += (frame.data for frame in split.silence(99.0))
    if max(cuts) <= len(stream):
        assert found == expected
        assert split.counts == whole.counts
    assert all(0 < len(frame) <= longest + 1 and b"\0" not in frame for frame in expected)
    assert sum(len(frame) > longest for frame in expected) == whole.counts.overlong
    assert sum(map(len, expected)) + whole.counts.nulls <= len(stream)
    _still_reads(end, stream)


def _still_reads(end: End, stream: bytes) -> None:
    """After anything at all and a pause the next scan is read, whole and once."""
    framer = Framer(end=end)
    framer.feed(stream, 1.0)
    framer.silence(99.0)
    mark = {"stx_etx": b"\x03", "etx": b"\x03", "tab": b"\t", "gap": b""}.get(end, b"\r\n")
    sent = (STX if end == "stx_etx" else b"") + GOOD_CODE + mark
    assert [frame.data for frame in (*framer.feed(sent, 100.0), *framer.silence(199.0))] == [GOOD_CODE]


def meaning(data: bytes) -> None:
    """A frame, or what is typed, is exactly one meaning or refused, and an item it names is written in its one way."""
    if not data:
        return
    how, frame = data[0], data[1:]
    expecting = EXPECTED[how % len(EXPECTED)]
    stand_in = GS_STAND_INS[how // 4 % len(GS_STAND_INS)]
    scan = read_frame(frame, SHOP, gs_substitute=stand_in, expecting=expecting)
    assert scan == read_frame(frame, SHOP, gs_substitute=stand_in, expecting=expecting)
    assert len(frame) <= MAX_FRAME_BYTES or isinstance(scan, Refused)
    _one_meaning(scan, frame.decode("latin-1"))
    typed = frame.decode("utf-8", "replace")
    _one_meaning(interpret_typed(typed, SHOP, expecting=expecting), typed)


def _one_meaning(scan: Scan, text: str) -> None:
    assert isinstance(scan, get_args(Scan))
    match scan:
        case PackageScan(item=item) | RollScan(item=item) | CopyScan(item=item):
            piece = parse_item(item)
            assert item_id(piece) == item
            assert len(item) <= 64
            serial = item if isinstance(piece, HouseCode) else piece.serial
            assert all(symbol in text.upper() or symbol in "01-" or "%" in text for symbol in serial.upper())
        case CardScan(card=card) if card.is_guest:
            assert parse_guest_card(card.number) == card.number
        case CardScan(card=card):
            table = next(table for table in SHOP.card_tables if table.name == card.table)
            assert table.kind == "card"
            assert table.takes(card.number)
        case Refused(detail=detail):
            assert len(text) < 6 or text not in detail


def elements(data: bytes) -> None:
    """An element string or a link is read in one way or refused, and what was read reads back the same."""
    text = data.decode("latin-1")
    for separators in ("kept", "lost"):
        with suppress(Gs1Error):
            found = parse_elements(text, separators)
            assert parse_elements(found.transmitted) == found
            if not re.search(r"[()]", "".join(value for _, value in found.elements)):
                assert parse_bracketed(found.bracketed) == found
    with suppress(Gs1Error):
        parse_bracketed(text)
    with suppress(CodeError):
        linked = parse_link(text)
        assert sorted(parse_link(link_for(linked)).elements) == sorted(linked.elements)


WEIRD: Final[tuple[object, ...]] = (
    None, True, 0, -1, 2**53, 2**64, 10**400, 1.5, 1e300, "/",
    "", " ", "\0", "\n", "é", "\U0001f39e", "9" * 30, "A" * 25_000, "..",
    [], {}, [None], {"é": 1}, {"": {}}, [[[[]]]], STATION, EPOCH, DIGEST, "2026-11-21T09:30:00.000Z",
    f"(01){PACKAGE}(21)PKG7Q2M9", "applied", "A" * 88, {"hash": DIGEST},
)  # fmt: skip


def edited(seed: bytes, edits: bytes) -> bytes:
    """Return the JSON in ``seed`` with some of its values, names or members changed, two bytes an edit.

    Bytes changed blindly are hardly ever JSON, so most would end at the first door.
    """
    tree = msgspec.json.decode(seed)
    for where, what in zip(edits[::2], edits[1::2], strict=False):
        places = list(_places(tree))
        if not places:
            break
        holder, name = places[where % len(places)]
        if what % 8 == 7:
            del holder[name]
        elif what % 8 == 6 and isinstance(holder, dict):
            holder[f"{name}{'é' if what > 128 else 'x'}"] = deepcopy(holder[name])
        elif what % 8 == 5:
            other, its_name = places[what % len(places)]
            holder[name] = deepcopy(other[its_name])
        else:
            holder[name] = deepcopy(WEIRD[what % len(WEIRD)])
    return msgspec.json.encode(tree)


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    members = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, inner in list(members):
        yield tree, name
        yield from _places(inner)


def event(data: bytes) -> None:
    """A line is an event or malformed; an event writes and reads back the same, and nobody has signed it."""
    _take_event(data)
    if data and data[0] < len(EDITABLE["event"]):
        _take_event(edited(EDITABLE["event"][data[0]], data[1:9]))


def _take_event(data: bytes) -> None:
    try:
        found = decode_event(data)
    except EventMalformed:
        return
    assert len(data) <= MAX_EVENT_BYTES
    written = encode_event(found)
    if len(written) <= MAX_EVENT_BYTES:
        assert decode_event(written) == found
        assert encode_event(decode_event(written)) == written
    try:
        hashed = event_hash(found)
        verify_event(found, KEY.public)
    except (EventMalformed, SignatureBroken):
        pass
    else:
        assert (hashed, found.station) == (event_hash(found), STATION), "only our own seeds are signed"
    with suppress(EventMalformed):
        body = read_public(found)
        assert read_public(msgspec.structs.replace(found, public=public_of(body))) == body


def batch(data: bytes) -> None:
    """One bad line never hides a neighbour; what is no gzip, too large or too many is malformed."""
    with suppress(EventMalformed):
        assert len(decode_batch(data)) <= MAX_BATCH_EVENTS
    good = GOOD_EVENTS
    text = b"\n".join((good[0], data, good[1])) + b"\n"
    lines = [line for line in text.split(b"\n") if line]
    try:
        found = decode_batch(_gzip(text))
    except EventMalformed:
        assert len(lines) > MAX_BATCH_EVENTS or len(text) > MAX_BATCH_BYTES
        return
    assert len(found) == len(lines)
    assert (found[0], found[-1]) == (decode_event(good[0]), decode_event(good[1]))
    for line, one in zip(lines, found, strict=True):
        assert isinstance(one, Event) or (one.line, one.why != "") == (line, True)
        assert not isinstance(one, Unreadable) or (one.id is None) == (one.seq is None)


def _gzip(text: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(text) + packer.flush()


def answer(data: bytes) -> None:
    """What a network answers is a message or an error of ours, signed rightly or not."""
    if not data:
        return
    how, text = data[0], data[1:]
    if how < len(EDITABLE["answer"]):
        text = edited(EDITABLE["answer"][how], text[:8])
    for decode in (decode_hello, decode_answer, decode_enrol_answer, decode_news_request):
        with suppress(EventMalformed):
            message = decode(text)
            assert decode(encode(message)) == message
    _read_as_all(text)
    with suppress(UnicodeDecodeError):
        domains = get_args(Domain)
        _read_as_all(encode(_signed(domains[(len(data) + sum(data[1:2])) % len(domains)], text.decode())))


def _signed(domain: Domain, text: str) -> Signed:
    """Sign a text as it stands, whatever it says."""
    sig = KEY.sign(bytes.fromhex(digest(domain, text.encode())))
    return Signed(text=text, key=key_id(KEY.public), sig=b64(sig))


PEER: Final = Peer(station=STATION, url="https://photos.example", sign_key=KEY.public, own_key=KEY.public)


def _read_as_all(text: bytes) -> None:
    """Read ``text`` as every kind of signed answer."""
    reads: tuple[Callable[[], object], ...] = (
        lambda: read_welcome(text, KEY.public, station=STATION, request=DIGEST),
        lambda: read_news(text, KEY.public, station=STATION, request=DIGEST),
        lambda: verify_package(text, STATION, KEY.public),
        lambda: _try_tables(verify_roster(text, KEY.public).card_tables),
    )
    for read in reads:
        with suppress(EventError):
            read()
    with suppress(EventError, AnswerRefused):
        one = decode_answer(b'{"acks":[' + text + b"]}").acks
        hear_acks(one, PEER, epoch=EPOCH, request=DIGEST, sent=frozenset())
        read_ack_of(one[0], KEY.public, station=STATION, level="photoservice")
        read_signed_welcome(one[0], KEY.public, station=STATION, request=DIGEST)


def _try_tables(tables: object) -> None:
    """A card table from the network may be any; none of them stops a till."""
    shop = KnownShop({}, tables)  # type: ignore[arg-type]
    for frame in (b"1" * MAX_FRAME_BYTES, b"1" * 48, b"A1" * 24, GOOD_CODE):
        read_frame(frame, shop)


def parcel(data: bytes) -> None:
    """A file is a whole parcel or refused: as it stands, and with its last line made to fit."""
    lines = data.split(b"\n")
    if len(data) > 3 and data[0] < len(EDITABLE["parcel"]):
        lines = list(EDITABLE["parcel"][data[0]])
        place = data[1] % len(lines)
        lines[place] = edited(lines[place], data[2:10])
    for text in (data, close_answers(lines), seal_parcel(lines, KEY)):
        with suppress(ParcelRefused):
            kind_of(text)
        with suppress(ParcelRefused):
            told = read_answers(text)
            again = close_answers([encode(told.head), *map(encode, told.answers)])
            assert read_answers(again) == told
        with suppress(ParcelRefused):
            carried = read_parcel(text)
            assert carried.head.station
            assert all(one.request.url.startswith(carried.head.url + "/") for one in carried.requests)
            assert all(one.request.method == "POST" for one in carried.requests)


def page(data: bytes) -> None:
    """What is given back to a restored station is a stretch of one history without a hole, or refused."""
    if not data:
        return
    held = data[0] % (len(CHAIN) + 1)
    after = _prev_of(CHAIN[held - 1]) if held else None
    known = [encode_event(event) for event in (*CHAIN, *TWIN)]
    lines = [known[place % len(known)] for place in data[1:9]]
    for body in (data, b"\n".join(lines), b"\n".join((*lines[:2], data[9:], *lines[2:]))):
        with suppress(ReturnRefused, HistoryForked):
            events = tuple(read_page(body, OWNER, EPOCH, after))
            whole = CHAIN if held or events[0] in CHAIN else TWIN
            assert events
            assert events == whole[held : held + len(events)]


def _history(word: str) -> tuple[Event, ...]:
    events: list[Event] = []
    for seq in range(1, 7):
        id_ = digest("part", f"{word}{seq}".encode())[:32]
        prev = _prev_of(events[-1]) if events else None
        events.append(sign_event(Event(id=id_, seq=seq, public={"software": word}, prev=prev, **_ENVELOPE), KEY))
    return tuple(events)


def _prev_of(event: Event) -> Prev:
    return Prev(epoch=event.epoch, seq=event.seq, hash=event_hash(event))


EDITABLE: Final[dict[str, list[Any]]] = {"event": [], "answer": [], "parcel": []}
"""Sound events, answers, and lines of parcels, for :func:`edited`; :mod:`seeds` lays them in."""

TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "framer": framer,
    "meaning": meaning,
    "elements": elements,
    "event": event,
    "batch": batch,
    "answer": answer,
    "parcel": parcel,
    "page": page,
}

_ENVELOPE: Final = {"kind": "EpochOpened", "station": STATION, "epoch": EPOCH, "at": "2026-11-21T09:30:00.000Z"}
GOOD_EVENTS: Final = tuple(
    encode_event(Event(id=f"{n:032x}", seq=n, public={"software": "twincheck"}, **_ENVELOPE))  # type: ignore[arg-type]
    for n in (1, 2)
)
OWNER: Final = Owner(station=STATION, public_key=KEY.public)
CHAIN: Final = _history("twincheck")
TWIN: Final = _history("a copy of its folder")
"""Two histories that one key has signed for the same places."""
