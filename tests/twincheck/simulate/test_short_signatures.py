"""Requests are signed in short while a world lives; whoever changes one is refused all the same."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

import sync.signing
from photocore.keys import SigningKey
from photocore.seams import HttpRequest
from photoservice.errors import Unproven
from twincheck.simulate.signatures import SIGNATURE, is_signed_short, short_signatures, sign_short, verify_short

KEY, OTHER = SigningKey(seed=b"1" * 32), SigningKey(seed=b"2" * 32)
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
REQUEST = HttpRequest(method="POST", url="https://photos.example/sync/v1/stations/st-1/hello", body=b"{}")


@dataclass
class Message:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def verified(request: HttpRequest, station: str = "st-1", key: SigningKey = KEY) -> bool:
    """Ask the hub and the photoservice, who must agree."""
    headers = {name.title(): value for name, value in request.headers.items()}
    try:
        verify_short(Message(request.method, request.url, headers), station, key.public, request.body)
        upstream = True
    except Unproven:
        upstream = False
    assert is_signed_short(request, station=station, public_key=key.public) == upstream
    return upstream


def test_K4_a_request_signed_in_short_is_its_stations_and_unchanged():
    signed = sign_short(REQUEST, station="st-1", key=KEY, created=AT)

    assert verified(signed)
    assert not verified(REQUEST)
    assert not verified(signed, key=OTHER)
    assert not verified(signed, station="st-2")
    changes = ({"method": "GET"}, {"url": REQUEST.url + "x"}, {"body": b"{ }"})
    assert not any(verified(replace(signed, **change)) for change in changes)


@pytest.mark.parametrize("text", ["", "%", "AA==", "A" * 400])
def test_K4_a_signature_that_is_none_is_refused_in_short(text):
    signed = sign_short(REQUEST, station="st-1", key=KEY, created=AT)
    assert not verified(replace(signed, headers=signed.headers | {SIGNATURE: text}))


def test_K4_after_a_world_requests_are_signed_at_length_again():
    before = sync.signing.sign_request
    with short_signatures():
        assert sync.signing.sign_request is sign_short
    assert sync.signing.sign_request is before
