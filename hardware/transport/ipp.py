"""As much of the Internet Printing Protocol as a raw queue needs: encode a request, decode the answer, post it.

RFC 8010 (encoding) and RFC 8011 (operations). What comes back is a stranger's: sizes are limited, and an answer that
breaks its form is an :class:`IppWrongError`, never a crash.
"""

import http.client
import socket
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

PRINT_JOB, GET_PRINTER = 0x0002, 0x000B
OPERATION_ATTRIBUTES, END_OF_ATTRIBUTES = b"\x01", b"\x03"
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
KEYWORD, URI, CHARSET, LANGUAGE, MIME_TYPE, NAME = 0x44, 0x45, 0x47, 0x48, 0x49, 0x42
MAX_ANSWER_BYTES: Final = 256_000
MAX_OK_STATUS: Final = 0x00FF

Value = int | bool | str


class IppWrongError(ValueError):
    """The other side speaks no IPP, or refuses."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: its status code, and every attribute's values by name, whatever group it stood in."""

    status: int
    attributes: dict[str, tuple[Value, ...]] = field(default_factory=dict[str, tuple[Value, ...]])

    @property
    def is_ok(self) -> bool:
        """Say whether it was done."""
        return self.status <= MAX_OK_STATUS

    def first(self, name: str) -> Value | None:
        """Return an attribute's first value."""
        values = self.attributes.get(name)
        return values[0] if values else None


def request(operation: int, printer_uri: str, *attributes: tuple[int, str, str], number: int = 1) -> bytes:
    """Return an IPP/1.1 request to a printer; ``attributes`` are (tag, name, value), a repeated name adds a value."""
    always = ((CHARSET, "attributes-charset", "utf-8"), (LANGUAGE, "attributes-natural-language", "en"))
    body, last = bytearray(b"\x01\x01" + operation.to_bytes(2) + number.to_bytes(4) + OPERATION_ATTRIBUTES), ""
    for tag, name, value in (*always, (URI, "printer-uri", printer_uri), *attributes):
        written = "" if name == last else name
        body.append(tag)
        body += len(written).to_bytes(2) + written.encode() + len(value.encode()).to_bytes(2) + value.encode()
        last = name
    return bytes(body) + END_OF_ATTRIBUTES


def read_answer(raw: bytes) -> Answer:
    """Decode a response.

    Raises:
        IppWrongError: it is none.
    """
    if len(raw) < 9 or raw[0] not in (1, 2):
        raise IppWrongError("that is no IPP")
    values: dict[str, list[Value]] = {}
    last = ""
    for tag, name, value in _attributes(raw):
        last = name or last
        values.setdefault(last, []).append(_value(tag, value))
    attributes = {name: tuple(said) for name, said in values.items()}
    return Answer(status=int.from_bytes(raw[2:4]), attributes=attributes)


def post(host: str, port: int, path: str, body: bytes, *, timeout_s: float) -> Answer:
    """Send a request and return its answer.

    Raises:
        OSError: nobody answers there, or not all of it in ``timeout_s`` after the connection stood.
        IppWrongError: what answers speaks no IPP.
    """
    line = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        line.connect()
        with _ends_within(line.sock, timeout_s):
            line.request("POST", path, body, {"Content-Type": "application/ipp"})
            answer = line.getresponse()
            raw = answer.read(MAX_ANSWER_BYTES)
        if answer.status != http.HTTPStatus.OK:
            raise IppWrongError(f"HTTP {answer.status}")
        return read_answer(raw)
    except http.client.HTTPException as cause:
        raise IppWrongError(f"that is no IPP: {cause!r}") from cause
    finally:
        line.close()


@contextmanager
def _ends_within(line: socket.socket, seconds: float) -> Generator[None]:
    """Break the connection off after so many seconds: a socket's own time-out begins anew with each byte that drips in.

    Raises:
        TimeoutError: it was.
    """
    is_late = threading.Event()

    def break_off() -> None:
        is_late.set()
        with suppress(OSError):  # the other side may have hung up already
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as cause:
        if is_late.is_set():
            raise TimeoutError(f"no whole answer in {seconds:g} s") from cause
        raise
    finally:
        timer.cancel()


def _attributes(raw: bytes) -> Iterator[tuple[int, str, bytes]]:
    at = 8
    while at < len(raw):
        tag, at = raw[at], at + 1
        if tag == END_OF_ATTRIBUTES[0]:
            return
        if tag < 0x10:
            continue  # another group begins
        name, at = _counted(raw, at)
        value, at = _counted(raw, at)
        yield tag, name.decode("utf-8", "replace"), value
    raise IppWrongError("the answer breaks off")


def _counted(raw: bytes, at: int) -> tuple[bytes, int]:
    end = at + 2 + int.from_bytes(raw[at : at + 2])
    if end > len(raw):
        raise IppWrongError("the answer breaks off")
    return raw[at + 2 : end], end


def _value(tag: int, raw: bytes) -> Value:
    if tag == BOOLEAN:
        return raw != b"\x00"
    if tag in (INTEGER, ENUM):
        return int.from_bytes(raw, signed=True)
    return raw.decode("utf-8", "replace")
