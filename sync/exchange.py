"""One exchange over requests, and in plain words why it came to nothing.

:mod:`sync.channel` reads this in when it is first needed: requests and what it brings take a tenth of a second.
"""

import ssl
import threading
from dataclasses import dataclass
from typing import Protocol, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from photocore.errors import ChannelDown
from photocore.seams import HttpRequest, HttpResponse

_SHUT_BOTH_WAYS = 2
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
"""What OpenSSL calls an answer that is no TLS record at all; its versions differ."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long an exchange may take, in seconds, how much may come of it, in bytes, and who vouches for the other end.

    ``ca_file`` names a PEM file of certificates; None trusts the public authorities.
    """

    connect_s: float
    read_s: float
    total_s: float
    max_bytes: int
    ca_file: str | None = None


def exchange(request: HttpRequest, bounds: Bounds) -> HttpResponse:
    """Send ``request`` and return the answer, whatever its status.

    Raises:
        ChannelDown: no whole answer came in time, or it was too large; whether the request arrived is unknown.
    """
    opened = _OpenSockets()
    timer = threading.Timer(bounds.total_s, opened.shut)
    timer.daemon = True
    with requests.Session() as session:
        session.trust_env = False
        session.verify = bounds.ca_file or True
        adapter = HTTPAdapter(max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = _pools(opened)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        timer.start()
        try:
            return _send(session, request, bounds)
        except (requests.RequestException, HTTPError, OSError, ValueError) as cause:
            raise ChannelDown(_in_words(cause, request.url)) from cause
        finally:
            timer.cancel()
            opened.forget()


class _Socket(Protocol):
    def shutdown(self, how: int, /) -> None: ...


class _OpenSockets:
    """The sockets of the exchange now running, so that its timer can shut them."""

    def __init__(self) -> None:
        self._sockets: list[_Socket] = []
        self._guard = threading.Lock()

    def add(self, socket: object) -> None:
        with self._guard:
            self._sockets.append(cast("_Socket", socket))

    def shut(self) -> None:
        with self._guard:
            for socket in self._sockets:
                try:
                    socket.shutdown(_SHUT_BOTH_WAYS)
                except OSError:
                    continue  # it is closed already

    def forget(self) -> None:
        with self._guard:
            self._sockets.clear()


def _pools(opened: _OpenSockets) -> dict[str, type[HTTPConnectionPool]]:
    """Return connection pools whose connections tell ``opened`` of their socket before each request."""

    class WatchedHttp(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            opened.add(self.sock)

    class WatchedHttps(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            opened.add(self.sock)

    class HttpPool(HTTPConnectionPool):
        ConnectionCls = WatchedHttp  # pyright: ignore[reportAssignmentType]

    class HttpsPool(HTTPSConnectionPool):
        ConnectionCls = WatchedHttps  # pyright: ignore[reportAssignmentType]

    return {"http": HttpPool, "https": HttpsPool}


def _send(session: requests.Session, request: HttpRequest, bounds: Bounds) -> HttpResponse:
    answer = session.request(
        request.method,
        request.url,
        headers=request.headers,
        data=request.body or None,
        timeout=(bounds.connect_s, bounds.read_s),
        allow_redirects=False,
        stream=True,
    )
    with answer:
        body = _read(answer, bounds.max_bytes)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return HttpResponse(status=answer.status_code, headers=headers, body=body)


def _read(answer: requests.Response, max_bytes: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_content(65_536):
        body += piece
        if len(body) > max_bytes:
            raise ChannelDown(f"an answer of more than {max_bytes} bytes")
    return bytes(body)


def _in_words(cause: Exception, url: str) -> str:
    """Say in a sentence what a manager can act on; the library's own words stay in ``__cause__``."""
    address = urlsplit(url).netloc
    if isinstance(cause, requests.exceptions.SSLError):
        return _tls_words(address, cause)
    if isinstance(cause, requests.Timeout):
        return f"{address} did not answer in time"
    if isinstance(cause, requests.ConnectionError):
        return f"{address} cannot be reached"
    return f"the answer of {address} broke off ({type(cause).__name__})"


def _tls_words(address: str, cause: BaseException) -> str:
    """Say why https did not come about: no https spoken there at all, or somebody who cannot prove a name."""
    innermost = _innermost(cause)
    if isinstance(innermost, ssl.SSLCertVerificationError):
        return f"{address} does not prove who it is: {innermost.verify_message}"
    reason = innermost.reason if isinstance(innermost, ssl.SSLError) else None
    if reason in _NO_TLS:
        return f"{address} speaks no https"
    return (
        f"{address} does not speak https with us: {(reason or 'for no reason that it gives').replace('_', ' ').lower()}"
    )


def _innermost(cause: BaseException) -> BaseException:
    """Return what the layers of requests and urllib3 have wrapped: each keeps it as ``reason`` or as its argument."""
    inner = getattr(cause, "reason", None)
    inside = inner if isinstance(inner, BaseException) else next(iter(cause.args), None)
    return _innermost(inside) if isinstance(inside, BaseException) else cause
