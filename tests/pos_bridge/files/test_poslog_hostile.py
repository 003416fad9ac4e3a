"""POSLogs made to hurt: each is refused for a reason one can read, in bounded memory and time (K5)."""

import io
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_bridge import fixtures
from pos_bridge.adapters.poslog import read_lines
from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.markup import CHUNK, elements_of
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings

CHILD = Path(__file__).with_name("hostile_child.py")
SOURCE = SourceSettings(name="log", kind="poslog", store="9521141000007", currency="EUR")
SALE = (
    "<POSLog><Transaction><WorkstationID>1</WorkstationID><SequenceNumber>1</SequenceNumber>"
    "<BusinessDayDate>2026-11-20</BusinessDayDate><RetailTransaction><LineItem><Sale><ItemID>{}</ItemID></Sale>"
    "</LineItem></RetailTransaction></Transaction></POSLog>"
)


def refused(document: bytes) -> str:
    with pytest.raises(MessageUnreadable) as caught:
        list(read_lines(io.BytesIO(document), SOURCE))
    return str(caught.value)


def test_K5_what_never_ends_is_refused_early_in_little_memory_and_time():
    """Twenty streams of a gigabyte each: none is read beyond a few megabytes; the child may grow by 384 MB in 40 s."""
    done = subprocess.run([sys.executable, "-P", str(CHILD)], check=False, capture_output=True, text=True, timeout=100)

    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert len(outcomes) == 20
    for name, (reason, read_bytes) in outcomes.items():
        assert reason.startswith("after 0 whole transactions: "), name
        assert read_bytes < 3_000_000, name


BOMB = "<!DOCTYPE POSLog [<!ENTITY a0 'ha'>{}]>" + SALE.format("&a9;")


@pytest.mark.parametrize(
    "document",
    [
        BOMB.format("".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))),
        "<!DOCTYPE POSLog [<!ENTITY a '" + "x" * 50_000 + "'>]>" + SALE.format("&a;" * 1000),
        "<!DOCTYPE POSLog [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + SALE.format("&a;"),
        "<!DOCTYPE POSLog SYSTEM 'http://127.0.0.1:9/poslog.dtd'>" + SALE.format("1"),
        "<?xml version='1.0'?>\n<!-- harmless --><!DOCTYPE POSLog [<!ENTITY % a SYSTEM 'file:///dev/zero'> %a;]>"
        + SALE.format("1"),
    ],
    ids=["billion laughs", "quadratic blowup", "external entity", "external subset", "parameter entity"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_K5_a_document_type_is_never_read(document: str, encoding: str):
    """Whatever it declares and however it is written: no entity, no file, no address is touched."""
    assert "document type" in refused(document.encode(encoding))


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (SALE.format("&secret;").encode(), "Entity 'secret' not defined"),
        (SALE.format("1").encode("utf-16-le"), "without a byte order mark"),
        (SALE.format("1").encode("utf-32"), "UTF-32"),
        (b"<?xml version='1.0' encoding='UTF-7'?>+ADw-POSLog/+AD4-", "'utf-7' is not taken"),
        (b"<?xml version='1.0' encoding='IBM037'?><POSLog/>", "'ibm037' is not taken"),
        (b"<?xml version='1.0' encoding='utf-16'?><POSLog/>", "'utf-16' is not taken"),
        (SALE.format("\udc80").encode("utf-8", "surrogateescape"), "broken"),
        (b"\xff\xfe" + SALE.format("1").encode("utf-16-le")[:-1], "no utf-16-le"),
        (b"till,day\n1,2", "it is no XML"),
        (b"<POSLog>&#0;</POSLog>", "broken"),
    ],
)
def test_K5_encodings_that_hide_and_entities_that_are_none_are_refused(document: bytes, reason: str):
    """What is parsed is what was looked at: an encoding is known by us, or the file is not taken."""
    assert reason in refused(document)


def test_K5_includes_and_stylesheets_are_not_followed():
    """XInclude and processing instructions are text of somebody else's program: the sale beside them is read."""
    document = (
        '<?xml-stylesheet href="file:///etc/passwd"?>'
        + SALE.format("9521141012345").replace(
            "<RetailTransaction>",
            '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><RetailTransaction>',
        )
    ).encode()

    (line,) = read_lines(io.BytesIO(document), SOURCE)

    assert line.gtin == "09521141012345"


def test_K5_memory_does_not_grow_with_the_file():
    """Two thousand sales: what was read is let go, so at no time are there many elements of the first left."""
    sale = SALE.format("9521141012345")
    one = sale[len("<POSLog>") : -len("</POSLog>")]
    document = io.BytesIO(b"<POSLog>" + one.encode() * 2000 + b"</POSLog>")
    roots: list[int] = []

    for element in elements_of(document, "Transaction"):
        parent = element.getparent()
        assert parent is not None
        roots.append(sum(1 for _ in parent))

    assert len(roots) == 2000
    assert max(roots) <= 2 * CHUNK // len(one)


PIECES = st.sampled_from(
    [b"<", b">", b"</", b"/>", b"&", b"&#0;", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"?>", b"\x00", b"\xff",
     b"<Transaction>", b"</Transaction>", b"<Sale/>", b"-1", b"99999999999999999999", b"NaN", b"1e9", b" ", b'"', b"'",
     b"xmlns=''", b"<LineItem VoidFlag='true'>", b"</LineItem>", b"<Quantity>", b"2026-02-30", b"T25:00", b"true"]
)  # fmt: skip


@given(data=st.data(), name=st.sampled_from(["day.xml", "day-version6.xml"]))
def test_K5_a_poslog_that_was_tampered_with_is_read_or_refused(data: st.DataObject, name: str):
    """Pieces cut out and put in anywhere: nothing else is raised, and every line that comes of it is one."""
    document = fixtures.load("poslog", name)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(document)))
        end = start + data.draw(st.integers(0, 60))
        document = document[:start] + data.draw(PIECES) + document[end:]
    try:
        lines = list(read_lines(io.BytesIO(document), fixtures.sources()["poslog"]))
    except MessageUnreadable:
        return
    for line in lines:
        assert msgspec.convert(msgspec.to_builtins(line), SaleObserved) == line
