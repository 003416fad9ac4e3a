"""The network as requests sees it: one bounded exchange at a time, and nothing clever.

No redirects (a captive portal lives by them), no proxies or passwords from the environment, an answer no larger than
it may be, and a deadline for the whole exchange: requests' own time-outs count from byte to byte, so a peer that sends
one byte a second would hold them for ever. A timer shuts the connection instead.
"""

import threading

from photocore.seams import HttpRequest, HttpResponse

CONNECT_S = 3.0
READ_S = 10.0
TOTAL_S = 30.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A roster of a large store stays far below this."""


class RequestsChannel:
    """A :class:`photocore.seams.Channel` over requests. One exchange at a time; thread-safe by its lock.

    ``total_s`` bounds a whole exchange once it has connected; the name look-up before is the system's own. Requests is
    read in at the first exchange, on the thread that asks for it, and before its time counts: a kiosk that starts does
    not wait for it.
    """

    def __init__(
        self,
        *,
        connect_s: float = CONNECT_S,
        read_s: float = READ_S,
        total_s: float = TOTAL_S,
        max_bytes: int = MAX_ANSWER_BYTES,
        ca_file: str | None = None,
    ) -> None:
        self._connect_s, self._read_s, self._total_s = connect_s, read_s, total_s
        self._max_bytes = max_bytes
        self._ca_file = ca_file
        self._turn = threading.Lock()

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send ``request`` and return the answer, whatever its status.

        Raises:
            ChannelDown: no whole answer came in time, or it was too large; whether the request arrived is unknown.
        """
        from sync.exchange import Bounds, exchange  # noqa: PLC0415

        bounds = Bounds(
            connect_s=self._connect_s,
            read_s=self._read_s,
            total_s=self._total_s,
            max_bytes=self._max_bytes,
            ca_file=self._ca_file,
        )
        with self._turn:
            return exchange(request, bounds)
