"""How many megabytes of POSLog a second become lines of sales, beside what lxml alone does with the same bytes.

    python benchmarks/poslog.py [--quick] [--json FILE]

Both take turns on one nightly file in memory, written as large tills write theirs (five lines a sale, a kilobyte
of elements a line that nobody here reads), in processor time, since reading is nothing else:

* **floor**: ``for _, element in iterparse(file): element.clear()``, lxml's own way through a file of any size, with
  its default settings; nothing is looked at.
* **ours**: :func:`pos_bridge.adapters.poslog.read_lines`: every line as a value, checked, with its piece, its price in
  minor units, its time in UTC and its name.

A second line says the same beside ``iterparse(file, tag="{*}Transaction")``, which hands out one element a sale and
builds the others in C: what remains is nearly all ours, the making of values in Python.
"""

import io
import time
from collections.abc import Callable
from statistics import median

from lxml import etree
from measuring import Line, run_alone

from pos_bridge.adapters.poslog import read_lines
from pos_bridge.settings import SourceSettings

SOURCE = SourceSettings(name="log", kind="poslog", store="9521141000007", currency="EUR")
LINES = 5
LINE = """      <LineItem EntryMethod="Scanned" VoidFlag="false">
        <SequenceNumber>{line}</SequenceNumber>
        <BeginDateTime>2026-11-20T10:11:12</BeginDateTime>
        <Sale ItemType="Stock">
          <POSIdentity POSIDType="EAN"><POSItemID>9521141012345</POSItemID></POSIdentity>
          <ItemID>9521141012345</ItemID>
          <MerchandiseHierarchy Level="Department">12</MerchandiseHierarchy>
          <Description>Article number {number}</Description>
          <UnitListPrice>12.99</UnitListPrice>
          <RegularSalesUnitPrice>12.99</RegularSalesUnitPrice>
          <ActualSalesUnitPrice>12.99</ActualSalesUnitPrice>
          <ExtendedAmount>12.99</ExtendedAmount>
          <ExtendedDiscountAmount>0.00</ExtendedDiscountAmount>
          <Quantity Units="1" UnitOfMeasureCode="EA">1</Quantity>
          <Tax TaxType="VAT"><SequenceNumber>1</SequenceNumber>
            <TaxableAmount TaxIncludedInTaxableAmountFlag="true">12.99</TaxableAmount>
            <Amount>2.07</Amount><Percent>19</Percent></Tax>
        </Sale>
      </LineItem>
"""
SALE = """  <Transaction CancelFlag="false" TrainingModeFlag="false" OfflineFlag="false">
    <RetailStoreID>0042</RetailStoreID>
    <WorkstationID>{till}</WorkstationID>
    <TillID>7</TillID>
    <SequenceNumber>{number}</SequenceNumber>
    <BusinessDayDate>2026-11-20</BusinessDayDate>
    <BeginDateTime>2026-11-20T10:11:12</BeginDateTime>
    <EndDateTime>2026-11-20T10:{minute:02d}:{second:02d}</EndDateTime>
    <OperatorID OperatorName="x">12</OperatorID>
    <CurrencyCode>EUR</CurrencyCode>
    <RetailTransaction Version="2.2" TransactionStatus="Finished">
      <ItemCount>5</ItemCount>
{lines}      <LineItem>
        <SequenceNumber>6</SequenceNumber>
        <Tender TenderType="Cash"><TenderID>1</TenderID><Amount Currency="EUR">64.95</Amount></Tender>
      </LineItem>
      <Total TotalType="TransactionGrossAmount">64.95</Total>
      <Total TotalType="TransactionNetAmount">54.58</Total>
    </RetailTransaction>
  </Transaction>
"""


def measure(quick: bool) -> list[Line]:
    """Return the megabytes a second of all three."""
    sales, rounds = (800, 3) if quick else (3_000, 5)
    document = nightly_file(sales)
    ways: dict[str, Callable[[io.BytesIO], int]] = {"bare": walk_bare, "tagged": walk_tagged, "ours": read_all}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds[name].append(time_once(way, document, sales))
    speed = {name: len(document) / 1e6 / median(taken) for name, taken in seconds.items()}
    note = f"{rounds} turns of {len(document) / 1e6:.1f} MB, {sales} sales of {LINES} lines"
    return [
        Line(
            what="POSLog read as lines of sales",
            unit="MB/s",
            ours=speed["ours"],
            floor=speed["bare"],
            floor_is="lxml iterparse, each element cleared",
            aim=">= 0.6",
            note=note,
        ),
        Line(
            what="the same, beside one element a sale",
            unit="MB/s",
            ours=speed["ours"],
            floor=speed["tagged"],
            floor_is='lxml iterparse(tag="{*}Transaction"), each cleared',
            note=f"{sales * LINES / median(seconds['ours']):,.0f} lines/s",
        ),
    ]


def nightly_file(sales: int) -> bytes:
    """Return a POSLog of so many sales."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">\n'
    body = (
        SALE.format(
            till=number % 4,
            number=number,
            minute=number // 60 % 60,
            second=number % 60,
            lines="".join(LINE.format(line=line, number=number) for line in range(1, LINES + 1)),
        )
        for number in range(sales)
    )
    return (head + "".join(body) + "</POSLog>\n").encode()


def time_once(way: Callable[[io.BytesIO], int], document: bytes, sales: int) -> float:
    """Return the processor seconds of one way through the document; it must have found every sale."""
    begun = time.process_time()
    found = way(io.BytesIO(document))
    taken = time.process_time() - begun
    assert found >= sales, f"only {found} of {sales}"
    return taken


def walk_bare(file: io.BytesIO) -> int:
    count = 0
    for _, element in etree.iterparse(file):
        count += 1
        element.clear()
    return count


def walk_tagged(file: io.BytesIO) -> int:
    count = 0
    for _, element in etree.iterparse(file, tag="{*}Transaction"):
        count += 1
        element.clear()
    return count


def read_all(file: io.BytesIO) -> int:
    return sum(1 for _ in read_lines(file, SOURCE)) // LINES


if __name__ == "__main__":
    run_alone(measure, __doc__)
