"""Files of sales, told apart by how they begin: POSLog, our plain XML, or the till's own CSV."""

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Final

from pos_bridge.adapters.csv_sales import count_rows, read_csv
from pos_bridge.adapters.files_door import posted_key
from pos_bridge.adapters.files_shape import Heard, PassedOver, nobody
from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.aside import do_aside
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings

_HEAD: Final = 64 * 1024


def read_file(stream: BinaryIO, source: SourceSettings, heard: Heard = nobody) -> Iterator[tuple[SaleObserved, ...]]:
    """Yield the lines of every sale of a file, a sale (or in CSV a line of it) at a time. ``stream`` can be sought.

    Raises:
        MessageUnreadable: it is nothing we read, or broken. What stood before has been given.
    """
    start = stream.tell()
    head = stream.read(_HEAD)
    stream.seek(start)
    if not head.strip():
        raise MessageUnreadable("it is empty")
    if not _is_markup(head):
        yield from read_csv(stream, source, heard)
        return
    from pos_bridge.adapters.files_xml import read_sales  # noqa: PLC0415  lxml is read in at first use
    from pos_bridge.adapters.poslog import read_baskets  # noqa: PLC0415
    from pos_bridge.intake.markup import prolog_of  # noqa: PLC0415

    root = prolog_of(head).root
    if root in {"POSLog", "Transaction"}:
        yield from read_baskets(stream, source, heard)
    elif root in {"sales", "sale"}:
        yield from read_sales(stream, source, heard)
    else:
        raise MessageUnreadable(f"XML whose root element is {root[:60]!r}: neither a POSLog nor sales of ours")


def count_records(stream: BinaryIO, source: SourceSettings) -> int:
    """Return how many records a file has, and leave it where it was: sales of an XML, rows below a CSV's heading.

    Raises:
        MessageUnreadable: it is nothing we read, or broken.
    """
    start = stream.tell()
    head = stream.read(_HEAD)
    stream.seek(start)
    try:
        if not _is_markup(head):
            return count_rows(stream, source)
        from pos_bridge.intake.markup import elements_of, prolog_of  # noqa: PLC0415

        name = "Transaction" if prolog_of(head).root in {"POSLog", "Transaction"} else "sale"
        return sum(1 for _ in elements_of(stream, name))
    finally:
        stream.seek(start)


class FilesAdapter:
    """The adapter for such a file that is sent over HTTP instead of being dropped into a folder."""

    kind = "files"

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        """Return the hash of a file whose sender knows the source's secret: the same bytes are the same message.

        Raises:
            NotGenuine: it does not.
        """
        del now  # a file sent again is the same file, however old
        return posted_key(body, headers, source)

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        """Return what the file says.

        Raises:
            MessageUnreadable: it is nothing we read, or broken: none of it counts.
        """
        passed: list[PassedOver] = []
        baskets = do_aside(lambda: tuple(read_file(io.BytesIO(message.body), source, passed.append)))
        sales = tuple(line for basket in baskets for line in basket)
        return Reading(sales=sales, passed_over=tuple(str(each) for each in passed))


def _is_markup(head: bytes) -> bool:
    """Say whether a file means to be XML, in whatever encoding; a row of a CSV does not begin so."""
    bare = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return bare.startswith(b"<")
