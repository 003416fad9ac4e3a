"""Sales as CSV, each till's own way: till.toml says which column is what.

``options`` of the source: ``columns`` (our name = the heading, or the column's number from 1 where there is no
heading), ``delimiter``, ``decimal``, ``encoding``, ``heading``, ``day`` and ``time`` (formats as Python's strptime has
them; ISO 8601 unless told), ``kinds`` (the till's word = sold, returned or voided). docs/till/files.md has an example.

A row that cannot be understood takes the other rows of its sale with it: half a basket may be a wrong one. So a file is
read twice, first to find those.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Final

import msgspec

from pos_bridge.adapters.files_shape import (
    NOTHING,
    Heard,
    PassedOver,
    Shape,
    day_of,
    minor_of,
    nobody,
    sale_ref,
    serial_of,
    thing_of,
    units_of,
)
from pos_bridge.errors import MessageUnreadable
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

LONGEST_ROW: Final = 64 * 1024
MOST_BROKEN: Final = 10_000
"""Sales with a broken row; a file with more is not what till.toml says it is."""
MOST_BASKETS: Final = 200_000
"""Sales of one file whose rows are counted here, where it has no column for the line."""

_KINDS: Final = frozenset({"sold", "returned", "voided"})
_NEEDED: Final = ("till", "sequence")
_NAMES: Final = frozenset(
    {"store", "till", "day", "time", "sequence", "line", "kind", "article", "serial", "quantity", "amount", "price"}
    | {"currency", "customer", "of_store", "of_till", "of_day", "of_sequence", "of_line"}
)
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(_[0-9]{3})+(\.[0-9]+)?")
_Key = tuple[str, str, str, str]


class CsvForm(msgspec.Struct, frozen=True, kw_only=True):
    """What till.toml says of the file."""

    columns: dict[str, str]
    delimiter: str = ";"
    decimal: str = "."
    encoding: str = "utf-8"
    heading: bool = True
    day: str = ""
    time: str = ""
    kinds: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse what cannot be. Raises ValueError, which msgspec reports as a ValidationError."""
        if not self.columns.keys() <= _NAMES:
            raise ValueError(f"columns has names that are none of ours: {sorted(self.columns.keys() - _NAMES)}")
        if missing := [name for name in _NEEDED if name not in self.columns]:
            raise ValueError(f"columns lacks {', '.join(missing)}")
        if not {"day", "time"} & self.columns.keys() or not {"article", "serial"} & self.columns.keys():
            raise ValueError("columns needs day or time, and article or serial")
        if len(self.delimiter) != 1 or self.decimal not in {".", ","}:
            raise ValueError("delimiter is one character, decimal a point or a comma")
        if not set(self.kinds.values()) <= _KINDS:
            raise ValueError("kinds are sold, returned or voided")
        if codecs.lookup(self.encoding).name == "utf-7" or "\n;".encode(self.encoding) != b"\n;":
            raise ValueError("encoding must be one in which ASCII stands as it is")


@dataclass(frozen=True, kw_only=True)
class _Row:
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def where(self) -> str:
        return f"line {self.number}"


def read_csv(stream: BinaryIO, source: SourceSettings, heard: Heard = nobody) -> Iterator[tuple[SaleObserved, ...]]:
    """Yield the rows of every sale that is whole. ``stream`` can be sought.

    Raises:
        MessageUnreadable: the file is not what till.toml says, or that is no form.
    """
    form, start = csv_form(source), stream.tell()
    broken: set[_Key] = set()
    reader = _Reader(form=form, shape=Shape(source))
    for row in _rows(stream, form):
        try:
            key = reader.key(row)
        except MessageUnreadable as cause:
            heard(PassedOver(where=row.where, why=str(cause)))
            continue
        try:
            reader.sale(row, key, 1)
        except MessageUnreadable as cause:
            broken.add(key)
            heard(PassedOver(where=row.where, why=str(cause)))
        if len(broken) > MOST_BROKEN:
            raise MessageUnreadable(f"more than {MOST_BROKEN:,} sales cannot be understood")
    stream.seek(start)
    yield from _whole(stream, form, reader, broken, heard)


def count_rows(stream: BinaryIO, source: SourceSettings) -> int:
    """Return how many rows a file has that say anything, its heading aside. Raises MessageUnreadable."""
    return sum(1 for _ in _rows(stream, csv_form(source)))


def csv_form(source: SourceSettings) -> CsvForm:
    """Return what till.toml says of a source's CSV. Raises MessageUnreadable: it is no form."""
    try:
        return msgspec.convert(source.options, CsvForm)
    except (msgspec.ValidationError, LookupError) as cause:
        raise MessageUnreadable(f"options of {source.name} in till.toml: {cause}") from cause


def _whole(
    stream: BinaryIO, form: CsvForm, reader: "_Reader", broken: set[_Key], heard: Heard
) -> Iterator[tuple[SaleObserved, ...]]:
    for row in _rows(stream, form):
        try:
            key = reader.key(row)
        except MessageUnreadable:
            continue
        if key in broken:
            if not _fails(reader, row, key):
                heard(PassedOver(where=row.where, why="another line of the same sale cannot be understood"))
            continue
        found = reader.sale(row, key, reader.counted(key))
        if isinstance(found, str):
            heard(PassedOver(where=row.where, why=found, is_broken=False))
        else:
            yield (found,)


def _fails(reader: "_Reader", row: _Row, key: _Key) -> bool:
    try:
        reader.sale(row, key, 1)
    except MessageUnreadable:
        return True
    return False


@dataclass(kw_only=True)
class _Reader:
    form: CsvForm
    shape: Shape
    lines: dict[_Key, int] = field(default_factory=dict[_Key, int])

    def key(self, row: _Row) -> _Key:
        """Return which sale a row is of."""
        at = self._at(row)
        day = row["day"]
        day = self._day(day) if day else at[1]
        for what in _NEEDED:
            if not row[what]:
                raise MessageUnreadable(f"the column {self.form.columns[what]!r} ({what}) is empty")
        return self.shape.store(row["store"]), self.shape.till(row["till"]), day, row["sequence"]

    def counted(self, key: _Key) -> int:
        """Return which row of its sale this is, from 1, where the file does not say."""
        if "line" in self.form.columns:
            return 0
        if key not in self.lines and len(self.lines) >= MOST_BASKETS:
            raise MessageUnreadable(f"more than {MOST_BASKETS:,} sales, and no column for the line")
        self.lines[key] = self.lines.get(key, 0) + 1
        return self.lines[key]

    def sale(self, row: _Row, key: _Key, counted: int) -> SaleObserved | str:
        """Return the line, or why it is none of ours."""
        quantity = units_of(self._decimal(row["quantity"]))
        if not quantity:
            return "a quantity of nought" if quantity == 0 else "no whole number of pieces"
        thing = thing_of(row["article"])
        serial = thing.serial or (serial_of(thing.gtin, row["serial"]) if row["serial"] else None)
        if thing == NOTHING and serial is None:
            return "no article number"
        kind = self._kind(row["kind"], quantity)
        amount, currency = self._amount(row, abs(quantity))
        store, till, day, sequence = key
        return self.shape.sale(
            {
                "store": store,
                "till": till,
                "business_day": day,
                "sequence": sequence,
                "line": _count(row["line"], "line") if row["line"] else counted,
                "kind": kind,
                "gtin": thing.gtin,
                "code": thing.code,
                "serial": serial if abs(quantity) == 1 else None,
                "quantity": abs(quantity),
                "customer": row["customer"][:80] or None,
                "amount": amount if amount is None or kind == "sold" else abs(amount),
                "currency": currency,
                "at": self._at(row)[0],
                "given_back": None if kind == "sold" else self._given_back(row, store),
            }
        )

    def _kind(self, told: str, quantity: int) -> str:
        kind = self.form.kinds.get(told, told) or "sold"
        if kind not in _KINDS:
            raise MessageUnreadable(f"the kind {told[:20]!r} is not among `kinds`")
        return "returned" if kind == "sold" and quantity < 0 else kind

    def _amount(self, row: _Row, units: int) -> tuple[int | None, str | None]:
        text, count = (row["amount"], 1) if row["amount"] else (row["price"], units)
        currency = self.shape.currency(row["currency"])
        if not text or currency is None:
            return None, None
        return minor_of(self._decimal(text), count, currency), currency

    def _decimal(self, text: str) -> str:
        """Return a number with a point; thousands may be grouped, and nothing else may look like it."""
        point, comma = (",", ".") if self.form.decimal == "," else (".", ",")
        if _GROUPED.fullmatch(text.replace(comma, "_").replace(point, ".")):
            text = text.replace(comma, "")
        elif comma in text:
            raise MessageUnreadable(f"{text[:40]!r} is no number whose decimals stand behind {point!r}")
        return text.replace(point, ".")

    def _at(self, row: _Row) -> tuple[str | None, str]:
        """Return when the sale ended, in UTC, and the day it stands on; a time of day alone is the day's."""
        text = row["time"]
        if not text:
            return None, ""
        if self.form.time:
            try:
                time = datetime.strptime(text, self.form.time)  # noqa: DTZ007  the zone is the source's
            except ValueError as cause:
                raise MessageUnreadable(f"{text[:40]!r} is no time as {self.form.time!r} has it") from cause
            if "%d" not in self.form.time:
                day = self._day(row["day"])
                return self.shape.moment(f"{day}T{time:%H:%M:%S}")
            return self.shape.moment(time.isoformat())
        if ":" in text[:3] and row["day"]:
            return self.shape.moment(f"{self._day(row['day'])}T{text}")
        return self.shape.moment(text)

    def _day(self, text: str) -> str:
        if not self.form.day:
            return day_of(text)
        try:
            return datetime.strptime(text, self.form.day).date().isoformat()  # noqa: DTZ007
        except ValueError as cause:
            raise MessageUnreadable(f"{text[:40]!r} is no day as {self.form.day!r} has it") from cause

    def _given_back(self, row: _Row, here: str) -> SaleRef | None:
        found = sale_ref(
            store=self.shape.other_store(row["of_store"], here),
            till=self.shape.till(row["of_till"]) if row["of_till"] else None,
            business_day=self._day(row["of_day"]) if row["of_day"] else None,
            sequence=row["of_sequence"] or None,
            line=_count(row["of_line"], "the line given back") if row["of_line"] else None,
        )
        return None if found == SaleRef() else found


def _count(text: str, what: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) <= 9):
        raise MessageUnreadable(f"{what} {text[:20]!r} is no number")
    return int(text)


def _rows(stream: BinaryIO, form: CsvForm) -> Iterator[_Row]:
    """Yield the rows that say anything, with the columns that till.toml names."""
    reader = csv.reader(_text_lines(stream, form.encoding), delimiter=form.delimiter, strict=True)
    places: dict[str, int] | None = None if form.heading else _numbered(form)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if places is None:
                places = _headed(form, [cell.strip() for cell in cells])
                continue
            yield _Row(
                number=reader.line_num,
                cells={name: cells[place].strip() for name, place in places.items() if place < len(cells)},
            )
    except csv.Error as cause:
        raise MessageUnreadable(f"line {reader.line_num}: {cause}") from cause
    if places is None:
        raise MessageUnreadable("it is empty: not even a heading")


def _headed(form: CsvForm, heading: list[str]) -> dict[str, int]:
    lacking = [wanted for wanted in form.columns.values() if wanted not in heading]
    if lacking:
        raise MessageUnreadable(f"the heading lacks {', '.join(map(repr, lacking))}")
    return {name: heading.index(wanted) for name, wanted in form.columns.items()}


def _numbered(form: CsvForm) -> dict[str, int]:
    return {name: max(_count(wanted, "column"), 1) - 1 for name, wanted in form.columns.items()}


def _text_lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield the lines of a text, however long a file, none longer than a row may be."""
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding)("strict")
    number = 0
    while raw := stream.readline(LONGEST_ROW):
        number += 1
        if len(raw) >= LONGEST_ROW:
            raise MessageUnreadable(f"line {number} is longer than {LONGEST_ROW:,} bytes")
        try:
            text = decoder.decode(raw)
        except UnicodeError as cause:
            raise MessageUnreadable(f"line {number} is no {encoding}") from cause
        if "\x00" in text:
            raise MessageUnreadable(f"line {number} holds a NUL")
        yield text
