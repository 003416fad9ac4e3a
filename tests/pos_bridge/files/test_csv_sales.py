"""Sales as CSV in a till's own columns, and as plain XML: what is read, and what is refused and why (K5)."""

import io
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS
from pos_bridge.adapters.files import count_records, read_file
from pos_bridge.adapters.files_shape import PassedOver
from pos_bridge.errors import MessageUnreadable
from pos_bridge.messages import RawMessage
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

STORE = "9521141000007"
SOURCE = fixtures.sources()["files"]
COLUMNS = {"till": "till", "day": "day", "sequence": "number", "article": "article", "amount": "amount"}


def source(**options: Any) -> SourceSettings:
    return SourceSettings(
        name="files", kind="files", store=STORE, currency="EUR", options={"columns": COLUMNS} | options
    )


def read(content: str | bytes, settings: SourceSettings) -> tuple[list[SaleObserved], list[str]]:
    passed: list[PassedOver] = []
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    lines = [line for basket in read_file(stream, settings, passed.append) for line in basket]
    return lines, [str(each) for each in passed]


def refused(content: str | bytes, settings: SourceSettings) -> str:
    with pytest.raises(MessageUnreadable) as caught:
        read(content, settings)
    return str(caught.value)


def test_K5_the_day_in_csv():
    """German columns, a byte order mark, CRLF, decimal commas, a return that names its sale."""
    lines, passed = read(fixtures.load("files", "day.csv"), SOURCE)

    assert [(each.kind, each.sequence, each.line, each.quantity, each.amount) for each in lines] == [
        ("sold", "4001", 1, 1, 3990),
        ("sold", "4001", 2, 2, 100398),
        ("sold", "4002", 1, 1, 3990),
        ("returned", "4003", 1, 1, 3990),
    ]
    assert lines[0].serial == "(01)09521141012345(21)FLDAY00001"
    assert lines[0].at == "2026-11-20T13:05:10+00:00"
    assert lines[3].given_back == SaleRef(till="4", business_day="2026-11-20", sequence="4002", line=1)
    assert passed == ["line 6: no whole number of pieces"]
    assert count_records(io.BytesIO(fixtures.load("files", "day.csv")), SOURCE) == 5


def test_K5_the_day_in_plain_xml():
    """Our own form, for tills that can write what they are told to."""
    lines, passed = read(fixtures.load("files", "day.xml"), SOURCE)

    assert [(each.kind, each.sequence, each.line, (each.serial or "")[-10:]) for each in lines] == [
        ("sold", "4101", 1, "FLDAY00003"),
        ("sold", "4101", 2, "FLDAY00004"),
        ("returned", "4102", 1, ""),
    ]
    assert lines[2].given_back == SaleRef(till="4", business_day="2026-11-20", sequence="4101", line=2)
    assert passed == []


def test_K5_lines_are_counted_within_their_sale_where_the_file_does_not_say():
    """Wherever the rows of a sale stand, each has a number of its own."""
    rows = "till;day;number;article;amount\n1;2026-11-20;7;9521141012345;1\n1;2026-11-20;8;X;2\n1;2026-11-20;7;Y;3\n"
    lines, _ = read(rows, source())
    assert [(each.sequence, each.line) for each in lines] == [("7", 1), ("8", 1), ("7", 2)]


def test_K5_columns_may_be_numbers_and_quotes_may_hold_anything():
    """Without a heading columns go by their place; a quoted cell holds delimiters and newlines."""
    settings = source(heading=False, delimiter=",", columns=COLUMNS | dict(zip(COLUMNS, "12345", strict=True)))
    lines, _ = read('1,2026-11-20,7,"A ""x"", y\nz",1.50\n2,2026-11-20,8,B,2\n', settings)
    assert [(each.till, each.code, each.amount) for each in lines] == [("1", 'A "x", y\nz', 150), ("2", "B", 200)]


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [("12.99", ".", 1299), ("1,299.00", ".", 129900), ("-5", ".", -500), ("12,99", ",", 1299),
     ("1.299,00", ",", 129900), ("1.299.000,5", ",", 129900050)],
)  # fmt: skip
def test_K5_a_price_is_what_it_says(text: str, decimal: str, minor: int):
    """Thousands may be grouped where they are thousands; never is a comma taken for something else."""
    row = f'till;day;number;article;amount\n1;2026-11-20;7;A;"{text}"\n'
    if minor > 100_000_000:
        assert "100000000" in read(row, source(decimal=decimal))[1][0]
    else:
        assert read(row, source(decimal=decimal))[0][0].amount == minor


@pytest.mark.parametrize(("text", "decimal"), [("12,99", "."), ("1,29.00", "."), ("12.99", ","), ("1.5,0.0", ",")])
def test_K5_a_price_that_could_be_two_things_is_refused(text: str, decimal: str):
    """12,99 with a decimal point is no 1299: the row is passed over with the reason."""
    lines, passed = read(f"till;day;number;article;amount\n1;2026-11-20;7;A;{text}\n", source(decimal=decimal))
    assert lines == []
    assert "is no number whose decimals stand behind" in passed[0]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"columns": {"till": "a"}}, "columns lacks sequence"),
        ({"columns": COLUMNS | {"shelf": "x"}}, "none of ours: ['shelf']"),
        ({"columns": {"till": "a", "sequence": "b", "day": "c"}}, "article or serial"),
        ({"delimiter": ";;"}, "one character"),
        ({"decimal": "'"}, "a point or a comma"),
        ({"kinds": {"X": "gone"}}, "sold, returned or voided"),
        ({"encoding": "klingon"}, "klingon"),
        ({"encoding": "utf-7"}, "ASCII stands as it is"),
        ({"encoding": "utf-16"}, "ASCII stands as it is"),
        ({"columns": 7}, "Expected `object`"),
    ],
)
def test_K5_a_form_that_cannot_be_is_said(options: dict[str, Any], reason: str):
    """What till.toml says of a file is checked before the file is."""
    assert reason in refused("a;b\n1;2\n", source(**options))


def test_K5_rows_that_cannot_be_say_their_line_and_why():
    """Each with the number of its line in the file; the good ones count."""
    rows = [
        ("1;2026-11-20;7;A;1", ""),
        (";2026-11-20;8;A;1", "the column 'till' (till) is empty"),
        ("1;20.11.2026;9;A;1", "'20.11.2026' is no day"),
        ("1;2026-11-20;10;A;1e3", "amount '1e3' is no number"),
        ("1;2026-11-20;11;;1", "no article number"),
        ("1;2026-11-20", "the column 'number' (sequence) is empty"),
        ("1;2026-11-20;12;A;0.001", "is no whole number of the smallest coin"),
        ("x" * 41 + ";2026-11-20;13;A;1", "till"),
    ]
    lines, passed = read("till;day;number;article;amount\n" + "\n".join(row for row, _ in rows), source())

    assert [each.sequence for each in lines] == ["7"]
    told = {int(each.partition(":")[0].removeprefix("line ")): each for each in passed}
    assert sorted(told) == [number for number, (_, why) in enumerate(rows, start=2) if why]
    for number, (_, why) in enumerate(rows, start=2):
        assert not why or why in told[number]


def test_K5_a_file_whose_rows_are_nothing_is_refused_whole():
    """Broken quotes, other bytes, no heading: the reason and the line."""
    heading = "till;day;number;article;amount\n"
    assert refused("", SOURCE) == "it is empty"
    assert refused(heading + '1;2;"3', source()).startswith("line 2: unexpected end of data")
    assert refused(heading.encode() + b"1;\xff", source()) == "line 2 is no utf-8"
    assert refused("\n\n;;\n", source()) == "it is empty: not even a heading"
    assert refused("number;day\n", source()) == "the heading lacks 'till', 'article', 'amount'"


def test_K5_times_may_be_a_day_and_an_hour_or_both_in_one():
    """In the till's own form, in the source's zone."""
    columns = COLUMNS | {"time": "time"}
    head = "till;day;number;article;amount;time\n"
    both = source(columns={key: name for key, name in columns.items() if key != "day"}, time="%d.%m.%y %H:%M")
    assert read(head + "1;;7;A;1;20.11.26 13:05", both)[0][0].at == "2026-11-20T12:05:00+00:00"
    assert read(head + "1;;7;A;1;20.11.26 00:05", both)[0][0].business_day == "2026-11-20"
    hour = source(columns=columns, time="%H%M")
    assert read(head + "1;2026-11-20;7;A;1;1305", hour)[0][0].at == "2026-11-20T12:05:00+00:00"
    assert read(head + "1;2026-11-20;7;A;1;", hour)[0][0].at is None
    assert "no time as '%H%M' has it" in read(head + "1;2026-11-20;7;A;1;25:00", hour)[1][0]


def test_K5_xml_of_ours_that_cannot_be():
    """A sale that lacks its name, or says what cannot be, is passed over whole; the rest goes on."""
    sale = '<sale till="1" day="2026-11-20" number="{}"><line article="A" {}/></sale>'
    bad = ["quantity='x'", "number='y'", "kind='gone'", "amount='1.005' currency='EUR'", "amount='1,5' currency='EUR'"]
    document = (
        "<sales>" + "".join(sale.format(n, each) for n, each in enumerate(bad)) + sale.format("9", "") + "</sales>"
    )

    lines, passed = read(document.replace('number="1"', 'number=""'), SOURCE)

    assert [each.sequence for each in lines] == ["9"]
    assert [each.partition(" (")[0] for each in passed] == [f"sale {n}" for n in range(1, 6)]
    assert "after 1 whole sales: the XML is broken" in refused("<sales>" + sale.format("1", "") + "<sale", SOURCE)


def test_K5_a_file_may_be_posted():
    """The same reading over HTTP: all of it or nothing."""
    body = fixtures.load("files", "day.csv")
    at = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    message = RawMessage(source="files", key="k", received_at=at, body=body, headers={})

    reading = ADAPTERS["files"].read(message, SOURCE)

    assert (len(reading.sales), reading.passed_over) == (4, ("line 6: no whole number of pieces",))
    assert ADAPTERS["files"].verify(body, {"authorization": "Bearer files-demo-secret"}, SOURCE, at)


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(str.encode)
    | st.text("<>/&;!?-=\"' \n\x00salein[]", max_size=80).map(str.encode)
)
def test_K5_whatever_a_file_holds_it_is_read_or_refused(content: bytes):
    """No bytes raise anything else, and every line that comes of them is one."""
    for settings in (SOURCE, source()):
        try:
            lines, _ = read(content, settings)
        except MessageUnreadable:
            continue
        for line in lines:
            assert msgspec.convert(msgspec.to_builtins(line), SaleObserved) == line
