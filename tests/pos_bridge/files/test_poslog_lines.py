"""POSLog: what two dialects say of sales, returns and voids, and what is passed over (K5; standards.md 7.1)."""

import hashlib
import hmac
import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from photocore.settings import load_toml
from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS
from pos_bridge.adapters.files_shape import PassedOver
from pos_bridge.adapters.poslog import read_lines
from pos_bridge.errors import MessageUnreadable, NotGenuine
from pos_bridge.messages import RawMessage
from pos_bridge.sale import WHOLE, SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

NOW = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
STORE = "9521141000007"
NAMESPACE = "http://www.nrf-arts.org/IXRetail/namespace/"


def source(**more: object) -> SourceSettings:
    toml = load_toml(Path(fixtures.__file__).with_name("till.toml"))
    return msgspec.structs.replace(msgspec.convert(toml["source"]["poslog"], SourceSettings), name="poslog", **more)


def read(document: str | bytes, **more: object) -> tuple[list[SaleObserved], list[PassedOver]]:
    passed: list[PassedOver] = []
    content = document.encode() if isinstance(document, str) else document
    return list(read_lines(io.BytesIO(content), source(**more), passed.append)), passed


def read_until_it_breaks(document: bytes) -> tuple[list[SaleObserved], str]:
    lines: list[SaleObserved] = []
    try:
        lines.extend(read_lines(io.BytesIO(document), source()))
    except MessageUnreadable as cause:
        return lines, str(cause)
    raise AssertionError("it did not break")


def transaction(lines: str, *, number: str = "1", header: str = "", status: str = "", attributes: str = "") -> str:
    return (
        f"<Transaction {attributes}><RetailStoreID>0042</RetailStoreID><WorkstationID>POS3</WorkstationID>"
        f"<SequenceNumber>{number}</SequenceNumber><BusinessDayDate>2026-11-20</BusinessDayDate>"
        f"<EndDateTime>2026-11-20T13:00:00</EndDateTime><CurrencyCode>EUR</CurrencyCode>{header}"
        f'<RetailTransaction TransactionStatus="{status}">{lines}</RetailTransaction></Transaction>'
    )


def poslog(*transactions: str) -> str:
    return f'<POSLog xmlns="{NAMESPACE}">{"".join(transactions)}</POSLog>'


def line(inner: str, *, kind: str = "Sale", number: int = 1, flags: str = "", link: str = "") -> str:
    return f"<LineItem {flags}><SequenceNumber>{number}</SequenceNumber>{link}<{kind}>{inner}</{kind}></LineItem>"


FILM = "<ItemID>9521141012345</ItemID><Quantity>1</Quantity>"


def shown(lines: list[SaleObserved]) -> list[tuple[str, str, int, str | None]]:
    return [(each.kind, each.sequence, each.line, (each.serial or "").rpartition(")")[2]) for each in lines]


def test_K5_the_day_in_arts_2():
    """The whole fixture: a sale by serial, a void by ItemLink, an exchange by TransactionLink; the rest passed over."""
    lines, passed = read(fixtures.load("poslog", "day.xml"))

    assert shown(lines) == [
        ("sold", "3001", 1, "PLDAY00001"),
        ("sold", "3002", 1, "PLDAY00002"),
        ("sold", "3002", 2, "PLDAY00003"),
        ("voided", "3002", 3, "PLDAY00003"),
        ("returned", "3005", 1, ""),
        ("sold", "3005", 2, "PLDAY00004"),
    ]
    assert lines[0] == SaleObserved(
        source="poslog",
        event=lines[0].event,
        store=STORE,
        till="3",
        business_day="2026-11-20",
        sequence="3001",
        line=1,
        gtin="09521141012345",
        serial="(01)09521141012345(21)PLDAY00001",
        amount=3990,
        currency="EUR",
        at="2026-11-20T12:01:02+00:00",
    )
    assert lines[3].given_back == SaleRef(till="3", business_day="2026-11-20", sequence="3002", line=2)
    assert lines[4].given_back == SaleRef(till="3", business_day="2026-11-20", sequence="3001", line=1)
    assert [str(each) for each in passed] == [
        "transaction 2 (line 14), line 2: no whole number of pieces",
        "transaction 4 (line 94): its status is suspended",
    ]
    assert not any(each.is_broken for each in passed)


def test_K5_the_day_in_poslog_6():
    """The other dialect: BusinessUnit, POSLogDateTime, prefixed words; a void of another transaction's line."""
    lines, passed = read(fixtures.load("poslog", "day-version6.xml"))

    assert shown(lines) == [
        ("sold", "3101", 1, "PLDAY00005"),
        ("sold", "3101", 2, "PLDAY00006"),
        ("voided", "3102", 1, "PLDAY00006"),
    ]
    assert [each.at for each in lines] == ["2026-11-20T16:01:00+00:00"] * 2 + ["2026-11-20T16:20:00+00:00"]
    assert lines[2].given_back == SaleRef(till="3", business_day="2026-11-20", sequence="3101")
    assert passed == []


@pytest.mark.parametrize(
    ("sale", "void", "sequence"),
    [
        ("sale-before-postvoided.xml", "sale-postvoided.xml", "3006"),
        ("sale-before-postvoided-version6.xml", "postvoided-version6.xml", "3103"),
    ],
)
def test_K5_a_status_postvoided_voids_the_whole_sale_it_names(sale: str, void: str, sequence: str):
    """The sale itself told again, or the transaction that undoes it: one line says that the receipt does not stand."""
    (sold,), _ = read(fixtures.load("poslog", sale))
    first, *beside = read(fixtures.load("poslog", void))[0]

    assert sold.basket == first.basket
    assert (first.kind, first.sequence, first.line, first.gtin, first.code, first.at) == (
        *("voided", sequence, WHOLE),
        *(None, "", None),
    )
    assert first.given_back == SaleRef(till="3", business_day="2026-11-20", sequence=sequence)
    assert beside in ([], [sold])


def test_K5_a_sale_is_void_as_a_whole_by_one_fact_however_it_is_told():
    """Told again, or by the voiding transaction, with its lines or without: the same line. A line's own void is not."""
    link = "<TransactionLink ReasonCode='Void'><WorkstationID>POS3</WorkstationID><SequenceNumber>1</SequenceNumber>{}"
    whole = link.format("<BusinessDayDate>2026-11-20</BusinessDayDate></TransactionLink>")
    itself = read(poslog(transaction(line(FILM), status="PostVoided")))[0]
    other = read(poslog(transaction(whole + line(FILM), number="2", status="arts:PostVoided")))[0]
    broken, passed = read(poslog(transaction(line("<ItemID>1</ItemID><Quantity>x</Quantity>"), status="PostVoided")))

    assert itself[0] == other[0] == broken[0]
    assert [(each.kind, each.line) for each in itself] == [("voided", WHOLE), ("sold", 1)]
    assert [(each.kind, each.sequence, each.given_back) for each in other[1:]] == [
        ("voided", "2", SaleRef(till="3", business_day="2026-11-20", sequence="1"))
    ]
    assert [each.is_broken for each in passed] == [True]
    for partly in ("<LineItemSequenceNumber>1</LineItemSequenceNumber></TransactionLink>", "</TransactionLink>"):
        lines, _ = read(poslog(transaction(link.format(partly) + line(FILM), number="2", status="PostVoided")))
        assert [(each.kind, each.sequence, each.line) for each in lines] == [("voided", "2", 1)]


@pytest.mark.parametrize(
    ("status", "attributes", "lines"),
    [("Voided", "", [WHOLE]), ("arts:Canceled", "", [WHOLE]), ("", 'CancelFlag="true"', [WHOLE]), ("Suspended", "", []),
     ("Failed", "", []), ("Voided", 'TrainingModeFlag="1"', [])],
)  # fmt: skip
def test_K5_what_was_given_up_before_it_was_paid_does_not_stand_either(status: str, attributes: str, lines: list[int]):
    """Should it have been told as a sale before; what may still become one, or was none, says nothing."""
    document = poslog(transaction(line(FILM), status=status, attributes=attributes))
    assert [each.line for each in read(document)[0]] == lines
    assert read(document.replace("POS3", ""))[0] == []


def test_K5_a_namespace_may_be_anything_or_nothing():
    """Elements count by their own names in the transaction's namespace; a vendor's additions do not."""
    plain = poslog(transaction(line(FILM)))
    vendor = plain.replace("<Quantity>1<", '<v:SerialNumber xmlns:v="urn:v">XX00000001</v:SerialNumber><Quantity>1<')
    prefixed = plain.replace("<", "<p:").replace("<p:/", "</p:").replace("xmlns=", "xmlns:p=")

    expected, _ = read(plain)

    assert len(expected) == 1
    for document in (
        vendor,
        prefixed,
        plain.replace(NAMESPACE, "urn:other"),
        plain.replace(f' xmlns="{NAMESPACE}"', ""),
    ):
        assert read(document)[0] == expected


@pytest.mark.parametrize(
    ("flags", "link", "voids", "kinds"),
    [
        ('VoidFlag="true"', "<ItemLink>1</ItemLink>", "either", ["sold", "voided"]),
        ('VoidFlag="true" CancelFlag="1"', "", "either", ["sold", "voided"]),
        ('VoidFlag="true"', "", "line", ["sold"]),
        ('VoidFlag="false"', "", "either", ["sold", "sold"]),
    ],
)
def test_K5_a_void_is_a_reversal_or_a_flag(flags: str, link: str, voids: str, kinds: list[str]):
    """With a link, or an earlier line of the article, it takes that back; else it takes itself."""
    document = poslog(transaction(line(FILM) + line(FILM, number=2, flags=flags, link=link)))

    lines, _ = read(document, options={"voids": voids})

    assert [each.kind for each in lines] == kinds


def test_K5_a_void_need_not_repeat_the_serial():
    """It takes back the piece's line, by its number; a void that names another piece takes nothing back."""
    sold = line(FILM + "<SerialNumber>PLDAY00001</SerialNumber>")
    for serial, kinds in (("", ["sold", "voided"]), ("<SerialNumber>PLDAY00002</SerialNumber>", ["sold"])):
        lines, _ = read(poslog(transaction(sold + line(FILM + serial, number=2, flags='VoidFlag="true"'))))
        assert [each.kind for each in lines] == kinds
    assert read(poslog(transaction(sold + line(FILM, number=2, flags='VoidFlag="true"'))))[0][1].given_back == SaleRef(
        till="3", business_day="2026-11-20", sequence="1", line=1
    )


def test_K5_a_void_without_anything_to_take_back_never_was():
    """A line that is flagged itself was cancelled before it was paid; a voided return is neither."""
    cancelled = line(FILM, flags='VoidFlag="true"')
    back = line(FILM, kind="Return", number=2) + line(FILM, kind="Return", number=3, flags='VoidFlag="true"')

    lines, passed = read(poslog(transaction(cancelled + back)))

    assert lines == []
    assert [each.why for each in passed] == ["voided before it was paid"] * 3
    (reversal,) = read(poslog(transaction(cancelled)), options={"voids": "reversal"})[0]
    assert (reversal.kind, reversal.given_back) == ("voided", None)


def test_K5_a_broken_transaction_is_passed_over_whole_and_the_rest_goes_on():
    """Each reason names its transaction and line; none of its lines counts, for half a basket may be a wrong one."""
    good = transaction(line(FILM), number="7")
    broken = {
        "quantity 'x' is no number": transaction(
            line(FILM) + line("<ItemID>1</ItemID><Quantity>x</Quantity>", number=2)
        ),
        "quantity 100 is more than 99": transaction(line("<ItemID>1</ItemID><Quantity>100</Quantity>")),
        "two lines are number 1": transaction(line(FILM) + line(FILM)),
        "store '0043' is none of those": transaction(line(FILM)).replace("0042", "0043"),
        "'soon' is no time": transaction(line(FILM)).replace("2026-11-20T13:00:00", "soon"),
        "'2026-02-30' is no day": transaction(line(FILM)).replace(">2026-11-20<", ">2026-02-30<"),
        "WorkstationID is missing": transaction(line(FILM)).replace("POS3", " "),
        "is no whole number of the smallest coin": transaction(line(FILM + "<ExtendedAmount>1.005</ExtendedAmount>")),
        "a field of 5,000 characters": transaction(line(f"<ItemID>{'9' * 5000}</ItemID>")),
        "1001 lines, more than 1000": transaction("<LineItem/>" * 1001),
        "`str` of length <= 64": transaction(line(FILM), number="9" * 65),
    }

    lines, passed = read(poslog(good, *broken.values(), good.replace(">7<", ">8<")))

    assert [each.sequence for each in lines] == ["7", "8"]
    for position, (expected, told) in enumerate(zip(broken, passed, strict=True), start=2):
        assert expected in told.why
        assert told.where.startswith(f"transaction {position} (line 1), till ")
        assert told.is_broken


def test_K5_a_file_that_is_cut_off_gives_what_was_whole_and_says_where_it_ends():
    """The sales before the cut are given; the reason has line and column."""
    document = poslog(transaction(line(FILM), number="1"), "\n", transaction(line(FILM), number="2"))
    lines, why = read_until_it_breaks(document[:-40].encode())

    assert [each.sequence for each in lines] == ["1"]
    assert "after 1 whole transactions: the XML is broken or ends at line 2" in why


def test_K5_every_cut_of_a_file_gives_only_lines_of_the_whole():
    """Wherever it is cut, no line is made up."""
    document = fixtures.load("poslog", "day.xml")
    whole = set(map(repr, read(document)[0]))
    for cut in range(0, len(document), 397):
        found, _ = read_until_it_breaks(document[:cut])
        assert set(map(repr, found)) <= whole


def test_K5_the_card_of_a_basket_is_on_all_its_lines():
    """A loyalty card wherever it stands: in the transaction or in a line of its own, before a customer's number."""
    card = "<LoyaltyAccount><CustomerID>77</CustomerID><LoyaltyID>2990000000017</LoyaltyID></LoyaltyAccount>"
    customer = "<Customer><CustomerID>12</CustomerID></Customer>"
    own_line = f"<LineItem><SequenceNumber>9</SequenceNumber>{card}</LineItem>"

    assert read(poslog(transaction(line(FILM) + customer + card)))[0][0].customer == "2990000000017"
    assert [each.customer for each in read(poslog(transaction(line(FILM) + line(FILM, number=2) + own_line)))[0]] == [
        "2990000000017"
    ] * 2
    assert read(poslog(transaction(line(FILM) + customer)))[0][0].customer == "12"


def test_K5_numbers_and_times_as_tills_write_them():
    """Quantities with decimals, prices without a total, returns with a sign, the hour that comes twice."""
    price = "<ActualSalesUnitPrice>12.50</ActualSalesUnitPrice>"
    two = read(poslog(transaction(line(f"<ItemID>9521141012345</ItemID><Quantity>2.000</Quantity>{price}"))))[0][0]
    assert (two.quantity, two.amount, two.currency) == (2, 2500, "EUR")
    back = read(poslog(transaction(line("<ItemID>9521141012345</ItemID><Quantity>-1</Quantity>" + price))))[0][0]
    assert (back.kind, back.quantity, back.amount) == ("returned", 1, 1250)
    negative = read(poslog(transaction(line(FILM + "<ExtendedAmount>-5.00</ExtendedAmount>"))))[0][0]
    assert (negative.kind, negative.amount) == ("sold", -500)
    twice = transaction(line(FILM)).replace("2026-11-20T13:00:00", "2026-10-25T02:30:00")
    assert read(poslog(twice))[0][0].at == "2026-10-25T00:30:00+00:00"
    yen = transaction(line(FILM + '<ExtendedAmount Currency="JPY">1200</ExtendedAmount>'))
    assert (read(poslog(yen))[0][0].amount, read(poslog(yen))[0][0].currency) == (1200, "JPY")


def test_K5_codes_that_only_a_shop_knows_are_no_products():
    """An order code with its price in it, a number of a scale, a house code: each is what it is."""
    codes = ("2101030012907", "9521141012345", "ABC-1", "TCR-66SCA0RZM8Y", "010952114101234521PLDAY00009")
    lines, _ = read(
        poslog(transaction("".join(line(f"<ItemID>{c}</ItemID>", number=n) for n, c in enumerate(codes, 1))))
    )
    assert [(each.gtin, each.serial, each.code) for each in lines] == [
        (None, None, "2101030012907"),
        ("09521141012345", None, ""),
        (None, None, "ABC-1"),
        (None, "TCR-66SCA0RZM8Y", ""),
        ("09521141012345", "(01)09521141012345(21)PLDAY00009", ""),
    ]


def test_K5_a_line_told_again_is_the_same_and_one_that_says_something_else_is_another():
    """The event's name is the natural key and a hash of what is said: two stories of one line can both be kept."""
    once, again = (read(poslog(transaction(line(FILM))))[0][0] for _ in range(2))
    other = read(poslog(transaction(line(FILM.replace("<Quantity>1", "<Quantity>2")))))[0][0]

    assert once == again
    assert once.place == other.place
    assert once.event != other.event
    assert once.event.startswith(f"{STORE}/3/2026-11-20/1/1#")


def test_K5_a_poslog_may_be_posted_by_whoever_knows_the_secret():
    """By a bearer's secret or a signature; the key is the hash of the body, so a replay is the same message."""
    adapter, body = ADAPTERS["poslog"], fixtures.load("poslog", "day.xml")
    signature = hmac.new(b"poslog-demo-secret", body, "sha256").hexdigest()
    keys = {
        adapter.verify(body, {"authorization": "Bearer poslog-demo-secret"}, source(), NOW),
        adapter.verify(body, {"x-twincheck-signature": f"sha256={signature}"}, source(), NOW),
    }
    assert keys == {f"sha256-{hashlib.sha256(body).hexdigest()}"}
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic poslog-demo-secret"},
                    {"x-twincheck-signature": f"sha256={'0' * 64}"}, {"x-twincheck-signature": "ü"}):  # fmt: skip
        with pytest.raises(NotGenuine):
            adapter.verify(body, headers, source(), NOW)
    with pytest.raises(NotGenuine):
        adapter.verify(body, {"authorization": "Bearer "}, source(secrets=("",)), NOW)

    message = RawMessage(source="poslog", key=keys.pop(), received_at=NOW, body=body, headers={})
    reading = adapter.read(message, source())
    assert (len(reading.sales), len(reading.passed_over)) == (6, 2)
    with pytest.raises(MessageUnreadable):
        adapter.read(replace(message, body=b"<a"), source())
