"""An event is immutable, signed, chained; its sealed parts belong to it alone (DESIGN 5E)."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.chain import canonical
from photocore.errors import EventError, EventMalformed, SealBroken, SignatureBroken
from photocore.events import (
    Event,
    Prev,
    decode_event,
    encode_event,
    event_hash,
    instant,
    mint_epoch,
    mint_event_id,
    sign_event,
    verify_event,
    without_box,
)
from photocore.keys import SealingKey, SigningKey
from photocore.sealing import open_part, seal_part
from photocore.testing import ManualClock, SeededEntropy

STATION = SigningKey(seed=b"s" * 32)
SERVICE = SealingKey(secret=b"k" * 32)


def make_event(seed: int = 1, **changes) -> Event:
    clock, entropy = ManualClock(), SeededEntropy(seed)
    event_id = mint_event_id(clock, entropy)
    named = {"event": event_id, "station": "kiosk-1", "kind": "PackageClaimed"}
    event = Event(
        id=event_id,
        kind="PackageClaimed",
        station="kiosk-1",
        epoch=mint_epoch(entropy),
        seq=2,
        at=instant(clock),
        public={"item": "(01)09521141012345(21)PKG7Q2M9"},
        sealed=seal_part(
            to=SERVICE.public, entropy=entropy, part="sealed", body={"card_number": "2600000004711"}, **named
        ),
        secrets=seal_part(to=SERVICE.public, entropy=entropy, part="secrets", body={"access_code": "X"}, **named),
        prev=Prev(epoch="0" * 16, seq=1, hash="0" * 64),
    )
    return sign_event(msgspec.structs.replace(event, **changes), STATION)


def test_K4_an_event_survives_the_wire_and_its_signature_holds():
    """One line of JSON and back is the same event, still signed."""
    event = make_event()
    again = decode_event(encode_event(event))
    assert again == event
    verify_event(again, STATION.public)


def test_dropping_the_sealed_parts_leaves_hash_and_signature_valid():
    """Erasing a person leaves chain and counts intact."""
    event = make_event()
    erased = without_box(event)
    assert (erased.sealed.box, erased.secrets.box) == (None, None)
    assert event_hash(erased) == event_hash(event)
    verify_event(erased, STATION.public)


@pytest.mark.parametrize(
    "change",
    [
        {"public": {"item": "other"}},
        {"seq": 3},
        {"epoch": "f" * 16},
        {"kind": "ClaimWithdrawn"},
        {"prev": None},
        {"at": "2026-11-21T09:30:00.001Z"},
        {"sealed": None},
    ],
)
def test_any_changed_field_breaks_the_signature(change):
    """A forwarder can change nothing."""
    forged = msgspec.structs.replace(make_event(), **change)
    with pytest.raises(SignatureBroken):
        verify_event(forged, STATION.public)


def test_another_station_cannot_sign_for_this_one():
    """Identity is the station's key."""
    with pytest.raises(SignatureBroken):
        verify_event(make_event(), SigningKey(seed=b"x" * 32).public)


def test_sealed_parts_open_for_the_service_and_nobody_else():
    """The kiosk can write what it cannot read."""
    event = make_event()
    assert open_part(SERVICE, event, "sealed") == {"card_number": "2600000004711"}
    assert open_part(SERVICE, event, "secrets") == {"access_code": "X"}
    with pytest.raises(SealBroken):
        open_part(SealingKey(secret=b"z" * 32), event, "sealed")


def test_a_box_moved_to_another_event_is_found_out():
    """Sealed text repeats event ID, station, kind and part; a mismatch is refused."""
    event, other = make_event(1), make_event(2)
    for moved in (
        msgspec.structs.replace(other, sealed=event.sealed),
        msgspec.structs.replace(event, station="kiosk-2"),
        msgspec.structs.replace(event, kind="ClaimWithdrawn"),
        msgspec.structs.replace(event, sealed=event.secrets),
    ):
        with pytest.raises(SealBroken):
            open_part(SERVICE, moved, "sealed")


def test_the_public_hash_of_a_guessable_card_tells_nothing():
    """The same card sealed twice has two hashes: the salt lies inside the box."""
    first, second = make_event(1), make_event(2)
    assert first.sealed.hash != second.sealed.hash


@given(st.binary(max_size=300))
def test_any_bytes_are_an_event_or_a_clear_refusal(line: bytes):
    """A hostile line raises EventMalformed and nothing else."""
    with pytest.raises(EventMalformed):
        decode_event(line)


@given(st.integers(min_value=0, max_value=10_000), st.binary(min_size=1, max_size=4))
def test_a_corrupted_line_never_passes_as_the_event(at: int, junk: bytes):
    """Overwriting any bytes of the line is refused, or leaves the event just as it was."""
    event = make_event()
    line = bytearray(encode_event(event))
    start = at % len(line)
    line[start : start + len(junk)] = junk
    try:
        read = decode_event(bytes(line))
        verify_event(read, STATION.public)
        open_part(SERVICE, read, "sealed")
        open_part(SERVICE, read, "secrets")
    except EventError:
        return
    assert event_hash(read) == event_hash(event)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "ab" * 16 + "\n"),
        ("epoch", "0" * 16 + "\n"),
        ("station", "kiosk-1\n"),
        ("at", "2026-11-21T09:30:00.000Z\n"),
        ("at", "٢026-11-21T09:30:00.000Z"),
    ],
)
def test_a_form_is_kept_to_the_last_symbol(field, value):
    """No line feed at the end, no digit of another script: two readers must see one text."""
    told = {**msgspec.to_builtins(make_event()), field: value}
    with pytest.raises(EventMalformed):
        decode_event(msgspec.json.encode(told))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ_", max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_canonical_text_is_one_text(value):
    """What was read back has the same canonical bytes as what was written."""
    text = canonical(value)
    assert canonical(msgspec.json.decode(text)) == text


@given(json_values)
def test_K4_canonical_text_is_what_pythons_own_json_writes(value):
    """Any station may hash with another library: sorted keys, no spaces, nothing but quotes and controls escaped."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == text.encode()


def test_K4_every_character_is_written_the_same_way_by_both():
    """Controls, quotes, DEL, the far planes: no symbol is escaped by one of them alone."""
    symbols = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    assert canonical(symbols) == json.dumps(symbols, ensure_ascii=False).encode()


def test_K4_thirty_two_levels_are_the_limit_whatever_stands_inside():
    """The same texts are refused on every path, or two readers would disagree on a hash."""

    def nested(depth, inner):
        for _ in range(depth):
            inner = {"a": inner}
        return inner

    for inner in ("x", 1, None, [], {}):
        assert canonical(nested(32, inner))
        with pytest.raises(EventMalformed):
            canonical(nested(33, inner))


@pytest.mark.parametrize("value", [1.5, "\ud800", {"é": 1}, {1: 2}, 2**60, b"x", {"a": object()}])
def test_canonical_refuses_what_two_readers_could_read_differently(value):
    """Floats, huge integers and odd keys have no canonical form."""
    with pytest.raises(EventMalformed):
        canonical(value)
