"""A printer behind a CUPS queue, raw: bytes go in, and nothing ever comes back.

So it can prove nothing: whatever is printed this way is *maybe* until a person holds it under the scanner. What can be
known beforehand is asked for: a queue that is paused, refuses jobs or is gone takes no label, since a paused one would
print it tomorrow, when its codes are void.

CUPS knows jobs, not streams. What is written within ``GATHERED_WITHIN_S`` is one job, so that a label sent in pieces
stays in one piece between the jobs of others.
"""

import threading
import time
from typing import Final
from urllib.parse import quote, unquote

from hardware.errors import PortDown, PortFault
from hardware.transport import ipp
from hardware.transport.descriptor import fault_of
from hardware.transport.port import PortSettings

CUPS_PORT: Final = 631
RAW: Final = "application/vnd.cups-raw"
STOPPED: Final = 5
"""``printer-state`` (RFC 8011, 5.4.11): idle 3, processing 4, stopped 5."""

GATHERED_WITHIN_S: Final = 0.3
TOLD_WITHIN_S: Final = 1.0
MAX_JOB_BYTES: Final = 8_000_000


def open_cups(url: str, host: str, port: int, queue: str, settings: PortSettings) -> "CupsPort":
    """Find a queue and see that it takes jobs.

    Raises:
        PortDown: no CUPS, no such queue, paused, or it takes no jobs.
    """
    opened = CupsPort(url, host or "localhost", port or CUPS_PORT, unquote(queue), settings)
    opened.demand_ready()
    return opened


class CupsPort:
    """A :class:`hardware.transport.Port` into a raw queue. A read only waits; a job goes out when writing pauses."""

    def __init__(self, url: str, host: str, port: int, queue: str, settings: PortSettings) -> None:
        self._url = url
        self._host, self._port = host, port
        self._path = f"/printers/{quote(queue)}"
        self._uri = f"ipp://{host}:{port}{self._path}"
        self._settings = settings
        self._job = bytearray()
        self._written_at = 0.0
        self._changed = threading.Condition()
        self._is_closed = self._is_cancelled = False
        self._is_read = False
        self._down: PortDown | None = None

    @property
    def url(self) -> str:
        """Return the address it was opened by."""
        return self._url

    def demand_ready(self) -> None:
        """Ask whether the queue prints what it gets.

        Raises:
            PortDown: it does not, and why.
        """
        wanted = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
        asked = tuple((ipp.KEYWORD, "requested-attributes", name) for name in wanted)
        answer = self._ask(ipp.request(ipp.GET_PRINTER, self._uri, *asked), self._settings.connect_timeout_s)
        if not answer.is_ok:
            raise PortDown(self._url, PortFault.MISSING, f"CUPS has no such queue (status {answer.status:#06x})")
        if answer.first("printer-state") == STOPPED or answer.first("printer-is-accepting-jobs") is False:
            reasons = ", ".join(str(reason) for reason in answer.attributes.get("printer-state-reasons", ()))
            raise PortDown(self._url, PortFault.PAUSED, reasons)

    def read(self, timeout: float | None) -> bytes:
        """Wait, and hand a job over when writing has paused; nothing ever comes in.

        A queue that took no write is told here, too: whoever keeps this line reads it, and nothing else tells.
        """
        ends_at = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            self._is_read = True  # from now on somebody keeps this line
            while not self._is_closed and not self._is_cancelled:
                if self._down is not None:
                    raise self._down
                now = time.monotonic()
                if self._job and now - self._written_at >= GATHERED_WITHIN_S:
                    self._hand_over()
                if ends_at is not None and now >= ends_at:
                    return b""
                self._changed.wait(self._pause(now, ends_at))
            self._is_cancelled = False
            if self._is_closed:
                raise PortDown(self._url, PortFault.CLOSED)
            return b""

    def write(self, data: bytes, *, timeout: float | None = None) -> None:
        """Add to the job that is being gathered; the first bytes of one are taken only by a queue that prints."""
        del timeout
        with self._changed:
            if self._is_closed:
                raise PortDown(self._url, PortFault.CLOSED)
            if not self._job:
                self._demand_ready_still()
            self._job += data
            self._written_at = time.monotonic()
            if len(self._job) > MAX_JOB_BYTES:
                self._hand_over()
            self._changed.notify_all()

    def cancel(self) -> None:
        """Let the read that waits now, else the next one, come back empty at once."""
        with self._changed:
            self._is_cancelled = True
            self._changed.notify_all()

    def close(self) -> None:
        """Hand over what was gathered, as far as the queue takes it, and end."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            self._changed.notify_all()
            if self._job:
                try:
                    self._hand_over()
                except PortDown:
                    return  # nobody waits for an answer any more: the label is "maybe" as it stands

    def _demand_ready_still(self) -> None:
        """Ask again before a job; a queue that has stopped is a line that is lost.

        Whoever reads is told first, and has closed the line when the writer hears of it: else copy after copy of a
        label would be tried on a line that still looks open.
        """
        try:
            self.demand_ready()
        except PortDown as down:
            self._down = down
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_closed or not self._is_read, TOLD_WITHIN_S)
            raise

    def _hand_over(self) -> None:
        job, self._job = bytes(self._job), bytearray()
        head = ipp.request(
            ipp.PRINT_JOB,
            self._uri,
            (ipp.NAME, "requesting-user-name", "twincheck"),
            (ipp.NAME, "job-name", "twincheck"),
            (ipp.MIME_TYPE, "document-format", RAW),
        )
        answer = self._ask(head + job, self._settings.write_deadline_s)
        if not answer.is_ok:
            raise PortDown(self._url, PortFault.GONE, f"CUPS refused the job (status {answer.status:#06x})")

    def _ask(self, body: bytes, timeout_s: float) -> ipp.Answer:
        try:
            return ipp.post(self._host, self._port, self._path, body, timeout_s=timeout_s)
        except OSError as cause:
            raise PortDown(self._url, fault_of(cause, PortFault.UNREACHABLE), str(cause)) from cause
        except ipp.IppWrongError as cause:
            raise PortDown(self._url, PortFault.NOT_A_DEVICE, str(cause)) from cause

    def _pause(self, now: float, ends_at: float | None) -> float | None:
        times = [at - now for at in (ends_at, self._written_at + GATHERED_WITHIN_S if self._job else None) if at]
        return max(0.0, min(times)) if times else None
