"""Who connects and says nothing, or never stops saying headers, costs nothing (attack A29)."""

import socket
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests

from photoservice.settings import Settings

HALF = b"GET /claim HTTP/1.1\r\nHost: localhost\r\nX-Half: "
BODY = (
    b"POST /claim HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 60\r\n\r\nroll="
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, headers_within=timedelta(seconds=0.3), body_within=timedelta(seconds=0.6))


@pytest.fixture
def connect(world):
    at = urlsplit(world.url)
    opened: list[socket.socket] = []

    def connect(said: bytes) -> socket.socket:
        one = socket.create_connection((at.hostname, at.port), timeout=30)
        opened.append(one)
        one.sendall(said)
        return one

    yield connect
    for one in opened:
        one.close()


def all_heard(one: socket.socket) -> bytes:
    """Return what comes until the other side hangs up."""
    heard = b""
    while piece := one.recv(65_536):
        heard += piece
    return heard


@pytest.mark.parametrize("said", [b"", b"GET", HALF, BODY], ids=["nothing", "a word", "half a header", "half a body"])
def test_attack_A29_who_does_not_finish_a_request_is_hung_up_on(connect, said):
    """Without an answer: nothing was asked. Each connection is one file handle, and there are a thousand of them."""
    assert all_heard(connect(said)) == b""


def test_attack_A29_headers_without_end_are_cut_off_and_not_kept(connect):
    """One header of 100 MB had made the service 200 MB larger."""
    one, endless = connect(HALF), b"a" * 100_000_000
    with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
        one.sendall(endless)


class TestHonest:
    """Who is to be answered gets seconds: this machine may be away for a moment between two words of theirs."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, headers_within=timedelta(seconds=3), body_within=timedelta(seconds=6))

    def test_attack_A29_a_second_request_on_a_connection_is_not_waited_for_either(self, connect):
        """The first is answered; the half of the next one holds the connection no longer than the first would have."""
        one = connect(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" + HALF)
        assert all_heard(one).startswith(b"HTTP/1.1 200")

    def test_a_slow_but_honest_sender_is_heard(self, world, connect):
        """What comes in time in many pieces is a request like any other, and the connection serves the next one."""
        with requests.Session() as session:
            for _ in range(2):
                reply = session.post(
                    f"{world.url}/claim", data=(piece for piece in (b"roll=TCR&", b"code=1")), timeout=30
                )
                assert reply.status_code == 415
        one = connect(b"GET /hea")
        one.sendall(b"lth HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n")
        one.sendall(b"\r\n")
        assert all_heard(one).endswith(b'{"status":"alive"}')
