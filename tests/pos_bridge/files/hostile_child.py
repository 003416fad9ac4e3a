"""Reads hostile POSLogs in a process of its own that may neither grow nor work long; prints what each came to.

Run by test_poslog_hostile.py: ``python hostile_child.py``. Every stream is made as it is read, so that a gigabyte costs
nobody a gigabyte.
"""

import io
import json
import resource
import sys
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

from pos_bridge.adapters.poslog import read_lines
from pos_bridge.errors import MessageUnreadable
from pos_bridge.settings import SourceSettings

SOURCE = SourceSettings(name="log", kind="poslog", store="9521141000007", currency="EUR")
GIGABYTE = 1 << 30
ROOM = 384 << 20
HEAD = b'<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">'


class Pieces(io.RawIOBase):
    """A stream of pieces, made when they are asked for. ``given`` counts bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        part, self._rest = self._rest[:size], self._rest[size:]
        self.given += len(part)
        return part


def endless(piece: bytes, head: bytes = HEAD) -> Iterator[bytes]:
    block = piece * max(1, 65_536 // len(piece))
    return chain((head,), repeat(block, GIGABYTE // len(block)))


def numbered(form: str, head: bytes = HEAD, tail: bytes = b"") -> Iterator[bytes]:
    yield head
    for start in range(0, 10_000_000, 1000):
        yield "".join(form.format(n) for n in range(start, start + 1000)).encode()
    yield tail


CASES = {
    "whitespace in the file": lambda: endless(b" \n"),
    "whitespace before the root": lambda: endless(b" ", b" "),
    "whitespace in a transaction": lambda: endless(b" ", HEAD + b"<Transaction>"),
    "a text without an end": lambda: endless(b"x", HEAD + b"<Transaction><SequenceNumber>"),
    "a tag without an end": lambda: endless(b"x", HEAD + b"<"),
    "an attribute without an end": lambda: endless(b"x", HEAD + b'<Transaction CancelFlag="'),
    "a comment without an end": lambda: endless(b"x", HEAD + b"<!--"),
    "an instruction without an end": lambda: endless(b"x", HEAD + b"<?x "),
    "a CDATA without an end": lambda: endless(b"x", HEAD + b"<Transaction><![CDATA["),
    "comments before the root": lambda: endless(b"<!-- x -->", b" "),
    "comments for ever": lambda: endless(b"<!-- x -->"),
    "depth": lambda: endless(b"<a>", HEAD + b"<Transaction>"),
    "children without an end": lambda: endless(b"<a/>", HEAD + b"<Transaction>"),
    "lines without an end": lambda: endless(b"<LineItem/>", HEAD + b"<Transaction><RetailTransaction>"),
    "attributes": lambda: numbered(' a{0}="1"', HEAD + b"<Transaction"),
    "namespaces on one element": lambda: numbered(' xmlns:n{0}="urn:{0}"', HEAD + b"<Transaction"),
    "namespaces on many": lambda: numbered('<n{0}:a xmlns:n{0}="urn:{0}"/>', HEAD + b"<Transaction>"),
    "names": lambda: numbered("<name{0}/>", HEAD + b"<Transaction>"),
    "character references": lambda: endless(b"&#65;", HEAD + b"<Transaction><SequenceNumber>"),
    "other elements than transactions": lambda: endless(b"<Other>text</Other>"),
}


def main() -> None:
    next(read_lines(io.BytesIO(HEAD + b"</POSLog>"), SOURCE), None)  # lxml is read in
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (40, 40))
    outcomes = {}
    for name, case in CASES.items():
        stream = Pieces(case())
        try:
            for _ in read_lines(stream, SOURCE):
                pass
            outcomes[name] = ["read", stream.given]
        except MessageUnreadable as cause:
            outcomes[name] = [str(cause), stream.given]
    sys.stdout.write(json.dumps(outcomes))


if __name__ == "__main__":
    main()
