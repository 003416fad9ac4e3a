"""The requests driver against real sockets: bounded in time and size, and led nowhere."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from photocore.errors import ChannelDown
from photocore.keys import SigningKey
from photocore.seams import HttpRequest
from sync.address import check_service_url
from sync.channel import RequestsChannel
from sync.errors import EnrolmentRefused
from sync.signing import sign_request


class Peer:
    """A server of one exchange at a time that says exactly what it is told to, byte by byte if need be."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self.seen = b""
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(30)
                try:
                    self.seen = self._read(caller)
                    self._answer(caller)
                except OSError:
                    continue

    def _read(self, caller: socket.socket) -> bytes:
        seen = b""
        while b"\r\n\r\n" not in seen:
            seen += caller.recv(65536)
        head, _, body = seen.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        length = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(body) < length:
            body += caller.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def peer():
    made: list[Peer] = []

    def make(answer) -> Peer:
        one = Peer(answer if callable(answer) else lambda caller: caller.sendall(answer))
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


def get(url: str, **limits: float):
    return RequestsChannel(**limits).exchange(
        HttpRequest(method="GET", url=url, headers={"accept": "application/json"})
    )


def test_K4_an_answer_comes_whole_whatever_its_status(peer):
    """A 503 is an answer, and header names are lower case."""
    here = peer(b'HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nETag: "7"\r\nContent-Length: 2\r\n\r\n{}')

    answer = get(here.url + "/x")

    assert (answer.status, answer.body, answer.headers["etag"]) == (503, b"{}", '"7"')


def test_K4_a_redirect_is_not_followed(peer):
    """Captive portals live by them."""
    here = peer(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n")

    assert get(here.url).status == 302


def test_K4_nobody_there_is_a_channel_that_is_down():
    """A refused connection."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    with pytest.raises(ChannelDown, match=f"^127.0.0.1:{port} cannot be reached$"):
        get(f"http://127.0.0.1:{port}/")


def test_K4_an_answer_cut_short_is_no_answer(peer):
    """Fewer bytes than promised."""
    here = peer(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"acks":')

    with pytest.raises(ChannelDown):
        get(here.url)


def test_K4_silence_ends_at_the_read_deadline(peer):
    """The server took the request and says nothing."""
    held = threading.Event()
    here = peer(lambda _: held.wait(60))
    begun = time.monotonic()

    with pytest.raises(ChannelDown, match=r"did not answer in time$"):
        get(here.url, read_s=0.2)

    assert time.monotonic() - begun < 30
    held.set()


def test_K4_a_byte_now_and_then_ends_at_the_whole_deadline(peer):
    """requests' own time-out counts from byte to byte; ours counts the exchange."""

    def drip(caller):
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 2000:
            caller.sendall(bytes([byte]))
            threading.Event().wait(0.05)

    here = peer(drip)
    begun = time.monotonic()

    with pytest.raises(ChannelDown):
        get(here.url, read_s=1.0, total_s=0.4)

    assert time.monotonic() - begun < 30


def test_K4_an_endless_answer_is_cut_at_its_largest(peer):
    """More than may be is no answer."""

    def flood(caller):
        caller.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            caller.sendall(b"x" * 65536)

    here = peer(flood)

    with pytest.raises(ChannelDown, match="more than 200000 bytes"):
        get(here.url, max_bytes=200_000)


def test_K4_a_packed_bomb_is_measured_unpacked(peer):
    """gzip of a million zeros is small on the wire only."""
    packed = gzip.compress(bytes(1_000_000), mtime=0)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    here = peer(head + packed)

    with pytest.raises(ChannelDown, match="more than"):
        get(here.url, max_bytes=100_000)


def test_K4_what_was_signed_is_what_arrives(peer):
    """The body travels byte for byte, packed as it was, with the signature's headers."""
    here = peer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    body = bytes(range(256))
    key = SigningKey(seed=bytes(32))
    request = HttpRequest(method="POST", url=here.url + "/sync?x=1", headers={"content-type": "a/b"}, body=body)
    signed = sign_request(request, station="st-1", key=key, created=datetime(2025, 1, 1, tzinfo=UTC))

    RequestsChannel().exchange(signed)

    head, _, arrived = here.seen.partition(b"\r\n\r\n")
    assert arrived == body
    text = head.decode().lower()
    assert "content-digest: sha-256=:" in text
    assert 'signature-input: sig1=("@method" "@target-uri" "content-digest");created=1735689600' in text
    assert 'keyid="st-1"' in text
    assert 'alg="ed25519"' in text


def test_K4_a_request_without_a_body_signs_method_and_target(peer):
    """No digest of nothing."""
    request = HttpRequest(method="GET", url="http://localhost:8470/sync/v1/stations/st-1/roster")
    signed = sign_request(
        request, station="st-1", key=SigningKey(seed=bytes(32)), created=datetime(2025, 1, 1, tzinfo=UTC)
    )

    assert signed.headers["signature-input"].startswith('sig1=("@method" "@target-uri");created=1735689600')
    assert "content-digest" not in signed.headers


@pytest.mark.parametrize(
    "url",
    [
        "ftp://photos.example",
        "photos.example",
        "http://photos.example",
        "http://192.168.1.5:8470",
        "https://user:pw@photos.example",
        "https://photos.example/?a=b",
        "https://photos.example/#x",
        "https://",
    ],
)
def test_K4_an_address_that_is_unsafe_is_refused(url):
    """Plain http off this machine, a password in the address, and what is no address at all."""
    with pytest.raises(EnrolmentRefused):
        check_service_url(url)


def test_K4_an_address_without_its_https_hears_what_one_looks_like():
    """``localhost:8570`` is a scheme and a path to a computer, and an address to a person."""
    with pytest.raises(EnrolmentRefused, match=r"'localhost:8570' is no .*, such as https://photos\.example$"):
        check_service_url("localhost:8570")


@pytest.fixture
def impostor(tmp_path):
    """Return the port of a server that speaks https with a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "photos.example")])
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    own = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number()).not_valid_before(begun)
    certificate = own.not_valid_after(datetime(2099, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    pem = tmp_path / "own.pem"
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(key.private_bytes(*form) + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0))

    def greet() -> None:
        with suppress(OSError):
            context.wrap_socket(listener.accept()[0], server_side=True).close()

    thread = threading.Thread(target=greet, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.close()
    thread.join(30)


def test_K4_https_with_a_certificate_nobody_vouches_for_is_told_in_a_sentence(impostor):
    """It speaks https, and does not prove who it is: another answer than a port of plain http gives."""
    with pytest.raises(ChannelDown) as down:
        get(f"https://127.0.0.1:{impostor}/")

    said = str(down.value)
    assert said.startswith(f"127.0.0.1:{impostor} does not prove who it is: self")
    assert "Pool" not in said


@pytest.mark.parametrize("url", ["http://localhost:8470", "http://127.0.0.1:1/", "https://photos.example/tc/"])
def test_K4_an_address_that_is_safe_is_taken_without_its_slash(url):
    """So that paths can be put behind it."""
    assert check_service_url(url) == url.rstrip("/")


def test_K4_a_changed_request_does_not_verify(world, station):
    """The behaving photoservice refuses a body, a target or a station that was changed on the way."""
    delivery, sign = station.courier.rounds.delivery, station.courier.rounds.sign
    delivery.begin_round()
    good = sign(delivery.next_ask().request)
    changes = [
        replace(good, body=good.body + b" "),
        replace(good, url=good.url.replace("st-", "st-0")),
        replace(good, method="PUT"),
        replace(good, headers={name: value for name, value in good.headers.items() if name != "signature"}),
        replace(good, headers=good.headers | {"content-digest": "sha-256=:AAAA:"}),
    ]

    assert world.service.exchange(good).status == 200
    assert [world.service.exchange(changed).status for changed in changes] == [401] * 5
