"""The network as requests sees it: one bounded exchange at a time, and nothing clever.

No redirects (a captive portal lives by them), no proxies or passwords from the environment, an answer no larger than
it may be, and a deadline for the whole exchange: requests' own time-outs count from byte to byte, so a peer that sends
one byte a second would hold them for ever. A timer shuts the connection instead.
"""

import ssl
import threading
from typing import Protocol, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from photocore.errors import ChannelDown
from photocore.seams import HttpRequest, HttpResponse
from sync.errors import EnrolmentRefused

CONNECT_S = 3.0
READ_S = 10.0
TOTAL_S = 30.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A roster of a large store stays far below this."""

_SHUT_BOTH_WAYS = 2
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
"""What OpenSSL calls an answer that is no TLS record at all; its versions differ."""

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


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


class RequestsChannel:
    """A :class:`photocore.seams.Channel` over requests. One exchange at a time; thread-safe by its lock.

    ``total_s`` bounds a whole exchange once it has connected; the name look-up before is the system's own.
    """

    def __init__(
        self,
        *,
        connect_s: float = CONNECT_S,
        read_s: float = READ_S,
        total_s: float = TOTAL_S,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        self._timeout = (connect_s, read_s)
        self._total_s = total_s
        self._max_bytes = max_bytes
        self._turn = threading.Lock()

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send ``request`` and return the answer, whatever its status.

        Raises:
            ChannelDown: no whole answer came in time, or it was too large; whether the request arrived is unknown.
        """
        opened = _OpenSockets()
        timer = threading.Timer(self._total_s, opened.shut)
        timer.daemon = True
        with self._turn, requests.Session() as session:
            session.trust_env = False
            adapter = HTTPAdapter(max_retries=0)
            adapter.poolmanager.pool_classes_by_scheme = _pools(opened)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            timer.start()
            try:
                return self._send(session, request)
            except (requests.RequestException, HTTPError, OSError, ValueError) as cause:
                raise ChannelDown(_in_words(cause, request.url)) from cause
            finally:
                timer.cancel()
                opened.forget()

    def _send(self, session: requests.Session, request: HttpRequest) -> HttpResponse:
        answer = session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body or None,
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        )
        with answer:
            body = self._read(answer)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpResponse(status=answer.status_code, headers=headers, body=body)

    def _read(self, answer: requests.Response) -> bytes:
        body = bytearray()
        for piece in answer.iter_content(65_536):
            body += piece
            if len(body) > self._max_bytes:
                raise ChannelDown(f"an answer of more than {self._max_bytes} bytes")
        return bytes(body)


def check_service_url(url: str) -> str:
    """Return ``url`` without a trailing slash, if a station may talk to it.

    Raises:
        EnrolmentRefused: not http(s), with a user name, a query or a fragment in it, or plain http off this machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EnrolmentRefused(f"{url!r} is no address of a photoservice, such as https://photos.example")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise EnrolmentRefused("The address must be scheme, host, port and path alone.")
    if parts.scheme == "http" and parts.hostname not in _LOCAL_HOSTS:
        raise EnrolmentRefused(f"{parts.hostname} is another machine: its photoservice must be reached by https.")
    return url.rstrip("/")


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
