"""The network as requests sees it, for large bodies: kept-alive connections, one for each thread that asks.

No redirects, no proxies or passwords from the environment, and an answer no larger than it may be. A body goes out in
pieces: urllib3 bounds each write by the time it has for connecting, and a picture in one write would need a fast line.
"""

import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from photocore.errors import ChannelDown
from photocore.seams import HttpRequest, HttpResponse

CONNECT_S = 10.0
READ_S = 180.0
"""The last byte of a picture is answered when the service has looked at it and filed it."""
MAX_ANSWER_BYTES = 4 * 1024 * 1024
_PIECE_BYTES = 256 * 1024


class LargeChannel:
    """A :class:`photocore.seams.Channel`; any number of threads may use it at once. Close it at the end."""

    def __init__(
        self, *, connect_s: float = CONNECT_S, read_s: float = READ_S, max_bytes: int = MAX_ANSWER_BYTES
    ) -> None:
        self._times = (connect_s, read_s)
        self._max_bytes = max_bytes
        self._own = threading.local()
        self._sessions: list[requests.Session] = []
        self._guard = threading.Lock()

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send ``request`` and return the answer, whatever its status.

        Raises:
            ChannelDown: no whole answer came in time, or it was too large; whether the request arrived is unknown.
        """
        try:
            return self._send(request)
        except (requests.RequestException, HTTPError, OSError, ValueError) as cause:
            raise ChannelDown(_in_words(cause, request.url)) from cause

    def close(self) -> None:
        """Close all connections."""
        with self._guard:
            for session in self._sessions:
                session.close()
            self._sessions.clear()

    def _send(self, request: HttpRequest) -> HttpResponse:
        answer = self._session().request(
            request.method,
            request.url,
            headers=request.headers,
            data=_Body(request.body) if request.body else None,
            timeout=self._times,
            allow_redirects=False,
            stream=True,
        )
        with answer:
            body = bytearray()
            for piece in answer.iter_content(65_536):
                body += piece
                if len(body) > self._max_bytes:
                    raise ChannelDown(f"an answer of more than {self._max_bytes} bytes")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpResponse(status=answer.status_code, headers=headers, body=bytes(body))

    def _session(self) -> requests.Session:
        found: requests.Session | None = getattr(self._own, "session", None)
        if found is None:
            found = requests.Session()
            found.trust_env = False
            adapter = HTTPAdapter(max_retries=0)
            found.mount("http://", adapter)
            found.mount("https://", adapter)
            self._own.session = found
            with self._guard:
                self._sessions.append(found)
        return found


class _Body:
    """Bytes with a length, to be written piece by piece."""

    def __init__(self, whole: bytes) -> None:
        self._whole = whole

    def __len__(self) -> int:
        return len(self._whole)

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._whole), _PIECE_BYTES):
            yield self._whole[start : start + _PIECE_BYTES]


def _in_words(cause: Exception, url: str) -> str:
    address = urlsplit(url).netloc
    if isinstance(cause, requests.exceptions.SSLError):
        return f"{address} does not speak https with us, or does not prove who it is"
    if isinstance(cause, requests.Timeout):
        return f"{address} did not answer in time"
    if isinstance(cause, requests.ConnectionError):
        return f"{address} cannot be reached, or hung up"
    return f"the answer of {address} broke off ({type(cause).__name__})"
