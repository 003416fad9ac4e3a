"""Batches and acks: what goes up is whole, what comes down is proven (DESIGN 5E)."""

import gzip
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.errors import EventMalformed, SignatureBroken
from photocore.events import Event, encode_event, instant, mint_event_id, sign_event
from photocore.keys import SigningKey
from photocore.signed import sign
from photocore.testing import ManualClock, SeededEntropy
from photocore.wire import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    Ack,
    EventVerdict,
    Mark,
    SyncAnswer,
    Unreadable,
    Verdict,
    Welcome,
    decode_answer,
    decode_batch,
    encode,
    encode_batch,
    read_ack,
    read_welcome,
    request_digest,
    sign_ack,
    sign_welcome,
    take_batch,
)

SERVICE = SigningKey(seed=b"a" * 32)


def make_events(count: int, *, epoch: str = "1" * 16, size: int = 10) -> list[Event]:
    clock, entropy = ManualClock(), SeededEntropy(epoch)
    return [
        sign_event(
            Event(
                id=mint_event_id(clock, entropy),
                kind="EpochOpened",
                station="kiosk-1",
                epoch=epoch,
                seq=seq,
                at=instant(clock),
                public={"software": "x" * size},
            ),
            SigningKey(seed=b"s" * 32),
        )
        for seq in range(1, count + 1)
    ]


ACK = Ack(
    level="photoservice",
    station="kiosk-1",
    epoch="1" * 16,
    request=request_digest(b"body"),
    verdicts=(EventVerdict(id="0" * 32, seq=1, verdict=Verdict.APPLIED),),
    high=Mark(seq=1, hash="0" * 64),
    need=((3, 4),),
    server_time="2026-11-21T09:30:00.000Z",
)
ASKED = {"station": "kiosk-1", "epoch": "1" * 16, "request": request_digest(b"body")}


def test_K4_a_batch_survives_the_wire():
    """What the station packed is what the receiver reads."""
    events = make_events(3)
    assert decode_batch(encode_batch(events)) == events


def test_a_batch_holds_one_epoch_and_no_more_than_it_may():
    """At most 200 events, one epoch, 1 MB; never empty while there is something to send."""
    assert len(take_batch(make_events(250))) == MAX_BATCH_EVENTS
    two = make_events(3) + make_events(3, epoch="2" * 16)
    assert [event.epoch for event in take_batch(two)] == ["1" * 16] * 3
    packed = take_batch(make_events(60, size=30_000))
    assert 1 < sum(len(encode_event(event)) + 1 for event in packed) <= MAX_BATCH_BYTES
    assert len(packed) < 60
    assert take_batch([]) == []


def test_one_bad_line_never_hides_its_neighbours():
    """A line that is no event is told, with its id and seq where they can be read."""
    first, second = make_events(2)
    known = b'{"id":"' + b"ab" * 16 + b'","seq":2,"kind":5}'
    body = gzip.compress(b"\n".join([msgspec.json.encode(first), b"{nonsense", known, msgspec.json.encode(second)]))
    lines = decode_batch(body)
    assert (lines[0], lines[3]) == (first, second)
    assert isinstance(lines[1], Unreadable)
    assert lines[1].id is None
    assert isinstance(lines[2], Unreadable)
    assert (lines[2].id, lines[2].seq) == ("ab" * 16, 2)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", gzip.compress(b"x" * 20_000_000), encode_batch(make_events(3))[:-20], gzip.compress(b"1\n" * 300)],
    ids=["empty", "page", "bomb", "cut", "crowd"],
)
def test_a_bomb_or_a_cut_batch_is_refused(body):
    """Memory stays bounded and nothing half is believed."""
    with pytest.raises(EventMalformed):
        decode_batch(body)


def test_an_ack_is_believed_only_from_the_pinned_key_for_this_request():
    """A replayed, forged or misdirected ack settles nothing."""
    (signed,) = decode_answer(encode(SyncAnswer(acks=(sign_ack(ACK, SERVICE),)))).acks
    assert read_ack(signed, SERVICE.public, **ASKED) == ACK
    forged = msgspec.structs.replace(signed, text=signed.text.replace('"seq":1,"hash"', '"seq":9,"hash"'))
    assert forged != signed
    for bad, asked, key in (
        (forged, ASKED, SERVICE.public),
        (signed, {**ASKED, "request": request_digest(b"other")}, SERVICE.public),
        (signed, {**ASKED, "epoch": "2" * 16}, SERVICE.public),
        (signed, ASKED, SigningKey(seed=b"b" * 32).public),
        (msgspec.structs.replace(signed, sig="!"), ASKED, SERVICE.public),
        (sign("welcome", ACK, SERVICE), ASKED, SERVICE.public),
    ):
        with pytest.raises(SignatureBroken):
            read_ack(bad, key, **asked)


def test_K4_a_newer_services_ack_is_still_believed():
    """A field this station does not know yet breaks no signature: the text is signed as it was sent."""

    class NewerAck(Ack, frozen=True, kw_only=True):
        mood: str = "good"

    newer = NewerAck(**msgspec.structs.asdict(ACK))
    assert read_ack(sign("ack", newer, SERVICE), SERVICE.public, **ASKED) == ACK


def test_K4_a_welcome_answers_one_hello_only():
    """An old or foreign answer to a handshake asks nothing of a station."""
    welcome = Welcome(station="kiosk-1", request=request_digest(b"hello"), epochs=(), server_time=ACK.server_time)
    text = encode(sign_welcome(welcome, SERVICE))
    assert read_welcome(text, SERVICE.public, station="kiosk-1", request=request_digest(b"hello")) == welcome
    for station, request in (("kiosk-2", b"hello"), ("kiosk-1", b"other")):
        with pytest.raises(SignatureBroken):
            read_welcome(text, SERVICE.public, station=station, request=request_digest(request))


def test_a_captive_portals_page_is_no_answer():
    """200 with HTML is a failure, not a success."""
    with pytest.raises(EventMalformed):
        decode_answer(b"<html><body>Please log in</body></html>")


@given(st.binary(max_size=400))
def test_any_body_is_a_batch_or_a_clear_refusal(body: bytes):
    """Hostile bytes raise EventMalformed and nothing else, packed or not."""
    for sent in (body, zlib.compress(body, wbits=31)):
        try:
            lines = decode_batch(sent)
        except EventMalformed:
            continue
        assert all(isinstance(line, Unreadable) for line in lines)
