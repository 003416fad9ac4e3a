"""Who connects and says nothing, or never stops saying headers, costs the bridge nothing."""

import socket
import time
from urllib.parse import urlsplit

import pytest
import requests

from pos_bridge.testing import BridgeBench
from pos_bridge.web.patience import Patience

HALF = b"GET /light HTTP/1.1\r\nHost: localhost\r\nX-Half: "
BODY = b"POST /in/shop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\n{"


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    bench = BridgeBench(folder=tmp_path_factory.mktemp("store") / "station")
    with bench.served(Patience(head_s=0.2, body_s=0.4, most=4)) as served:
        yield served


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    """Who is to be answered, or to stay, gets seconds: this machine may be away for a moment between two words."""
    bench = BridgeBench(folder=tmp_path_factory.mktemp("store") / "station")
    with bench.served(Patience(head_s=5.0, body_s=5.0, most=4)) as served:
        yield served


@pytest.fixture
def connect(hasty):
    opened = []

    def connect(said=b"", to=hasty):
        at = urlsplit(to.url)
        one = socket.create_connection((at.hostname, at.port), timeout=30)
        opened.append(one)
        one.sendall(said)
        return one

    yield connect
    for one in opened:
        one.close()


def all_heard(one):
    """Return what comes until the other side hangs up, in whatever way."""
    heard = b""
    try:
        while piece := one.recv(65_536):
            heard += piece
    except ConnectionResetError:
        pass
    return heard


def await_nobody(served):
    """Wait until the door has noticed that everybody is gone."""
    ends_at = time.monotonic() + 30
    while served.server.server_state.connections and time.monotonic() < ends_at:
        time.sleep(0.01)


@pytest.mark.parametrize("said", [b"", b"GET", HALF, BODY], ids=["nothing", "a word", "half a header", "half a body"])
def test_K5_who_does_not_finish_a_request_is_hung_up_on(connect, said):
    """Without an answer: nothing was asked. Each connection is one file handle."""
    assert all_heard(connect(said)) == b""


def test_K5_a_second_request_on_a_connection_is_not_waited_for_either(connect, patient):
    """The first is answered; half of a next one, behind it, holds the line no longer."""
    one = connect(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", patient)
    assert one.recv(65_536).startswith(b"HTTP/1.1 200")
    one.sendall(HALF)
    assert all_heard(one) == b""


def test_K5_a_head_without_end_is_refused_before_it_fills_the_memory(connect):
    """Far more than a head may have is never taken in, whatever comes in one piece."""
    one = connect(HALF)
    sent = 0
    try:
        while sent < 50_000_000:
            sent += one.send(b"a" * 65_536 + b"\r\nX-More: ")
    except (ConnectionError, TimeoutError):
        pass
    assert sent < 50_000_000


def test_K5_there_are_no_more_connections_than_the_bridge_has_handles_for(patient, connect):
    """The fifth is hung up on at once; when the others are gone the door answers as before."""
    await_nobody(patient)
    held = [connect(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", patient) for _ in range(4)]
    assert [one.recv(65_536)[:12] for one in held] == [b"HTTP/1.1 200"] * 4
    assert all_heard(connect(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", patient)) == b""
    for one in held:
        one.close()
    await_nobody(patient)
    assert requests.get(f"{patient.url}/healthz", timeout=30).status_code == 200
