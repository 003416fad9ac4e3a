"""POSLog, the XML in which large tills write their sales: ARTS/IXRetail 2.x to 3.x, and POSLog 6 (NRF, later OMG).

Read as it streams: one transaction is in memory at a time. Elements count by their own name where they stand in the
namespace that the transaction itself stands in, whichever that is; a vendor's additions in other namespaces are passed
over. The dialects differ in little that matters here (research/standards.md 7.1): POSLog 6 may name the store in
``BusinessUnit/UnitID`` and the time in ``POSLogDateTime``. docs/till/poslog.md says what is read from where.
"""

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import BinaryIO, Final

from pos_bridge.adapters.files_door import posted_key
from pos_bridge.adapters.files_shape import Heard, PassedOver, Shape, day_of, nobody
from pos_bridge.adapters.poslog_lines import Basket, Reader, whole_void
from pos_bridge.adapters.poslog_names import Named, named, store_text
from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.aside import do_aside
from pos_bridge.intake.markup import Element, elements_of
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings

TRANSACTION: Final = "Transaction"
_NOT_YET: Final = ("suspended", "training", "failed", "inprocess")
"""A RetailTransaction/@TransactionStatus that begins so says that nothing was sold by it; it may be told again."""
_UNDONE: Final = ("voided", "canceled", "cancelled")
"""... that nothing of it stands, should it have been told as a sale before."""
_VOIDED_AFTERWARDS: Final = "postvoided"
"""... that it was paid and undone afterwards. Tills write it on the sale itself, told once more, or on the transaction
that undoes it, which names the sale in a TransactionLink."""


def read_lines(stream: BinaryIO, source: SourceSettings, heard: Heard = nobody) -> Iterator[SaleObserved]:
    """Yield every line of every sale in a POSLog, a whole transaction at a time.

    A transaction that cannot be understood is passed over whole, since half a basket may be a wrong one: ``heard``
    gets the reason and its place. The rest goes on.

    Raises:
        MessageUnreadable: the XML itself is broken, cut off, or none that we take. What stood before has been given.
    """
    for lines in read_baskets(stream, source, heard):
        yield from lines


def read_baskets(stream: BinaryIO, source: SourceSettings, heard: Heard = nobody) -> Iterator[tuple[SaleObserved, ...]]:
    """Yield the lines of each transaction of a POSLog together; as :func:`read_lines`."""
    shape = Shape(source)
    counted = 0
    try:
        for element in elements_of(stream, TRANSACTION):
            counted += 1
            where = f"transaction {counted} (line {element.sourceline})"
            try:
                yield tuple(_read(element, shape, source, where, heard))
            except MessageUnreadable as cause:
                heard(PassedOver(where=f"{where}{_named(element)}", why=str(cause)))
    except MessageUnreadable as cause:
        raise MessageUnreadable(f"after {counted} whole transactions: {cause}") from cause


class PosLog:
    """The adapter for a POSLog that is sent over HTTP instead of as a file."""

    kind = "poslog"

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        """Return the hash of a POSLog whose sender knows the source's secret: the same bytes are the same message.

        Raises:
            NotGenuine: it does not.
        """
        del now  # a message sent again is the same message, however old
        return posted_key(body, headers, source)

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        """Return what the POSLog says.

        Raises:
            MessageUnreadable: its XML is broken: none of it counts.
        """
        passed: list[PassedOver] = []
        sales = do_aside(lambda: tuple(read_lines(io.BytesIO(message.body), source, passed.append)))
        return Reading(sales=sales, passed_over=tuple(str(each) for each in passed))


def _read(
    transaction: Element, shape: Shape, source: SourceSettings, where: str, heard: Heard
) -> Iterator[SaleObserved]:
    if transaction.get("TrainingModeFlag") in _TRUE:
        return
    header = named(transaction)
    retail = header.first("RetailTransaction")
    if retail is None:
        return
    status = (retail.get("TransactionStatus") or "").rpartition(":")[2].lower()
    if status.startswith((*_NOT_YET, *_UNDONE)):
        heard(PassedOver(where=where, why=f"its status is {status}", is_broken=False))
    inside = header.inside(retail)
    reader = Reader(shape=shape, source=source, where=where, heard=heard)
    if transaction.get("CancelFlag") in _TRUE or status.startswith(_UNDONE):
        yield from _never_was(header, inside, shape)
    elif status.startswith(_VOIDED_AFTERWARDS):
        yield from reader.voided_afterwards(_basket(header, inside, shape), inside)
    elif not status.startswith(_NOT_YET):
        yield from reader.lines(_basket(header, inside, shape), inside)


def _never_was(header: Named, inside: Named, shape: Shape) -> Iterator[SaleObserved]:
    """Yield that a receipt does not stand, if it has a name: one that was given up need not have got one."""
    try:
        yield whole_void(shape, _basket(header, inside, shape))
    except MessageUnreadable:
        return


_TRUE: Final = frozenset({"true", "1"})


def _basket(header: Named, inside: Named, shape: Shape) -> Basket:
    """Return whose transaction it is: the four parts of the key, and what holds for all its lines."""
    told = _time_text(header, inside)
    at, calendar_day = shape.moment(told) if told else (None, "")
    day = header.text("BusinessDayDate") or calendar_day
    sequence, till = header.text("SequenceNumber"), header.text("WorkstationID")
    for what, text in (("WorkstationID", till), ("SequenceNumber", sequence), ("BusinessDayDate", day)):
        if not text:
            raise MessageUnreadable(f"{what} is missing, without which the sale has no name")
    return Basket(
        store=shape.store(store_text(header)),
        till=shape.till(till),
        business_day=day_of(day),
        sequence=sequence,
        at=at,
        currency=header.text("CurrencyCode") or inside.text("CurrencyCode"),
    )


def _time_text(header: Named, inside: Named) -> str:
    """Return when the transaction ended as the till wrote it, or the nearest that it did write."""
    return (
        header.text("EndDateTime")
        or header.text("POSLogDateTime")
        or inside.text("ReceiptDateTime")
        or header.text("BeginDateTime")
    )


def _named(transaction: Element) -> str:
    """Return the name of a transaction that could not be read, as far as it has one."""
    try:
        header = named(transaction)
        return f", till {header.text('WorkstationID') or '?'} number {header.text('SequenceNumber') or '?'}"
    except MessageUnreadable:
        return ""
