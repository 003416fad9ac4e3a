"""GS1 Digital Link: any host and stem, the order of qualifiers, percent-encoding, the canonical form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore.digital_link import is_link, link_for, parse_link
from photocore.epc_urn import parse_sgtin_urn
from photocore.errors import CodeError, Gs1Error, SerialTooShort
from photocore.gs1 import ElementString
from photocore.ids import Sgtin

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
PACKAGE = Sgtin("09521141012345", "PKG7Q2M9")

values = st.text(alphabet=CSET_82, min_size=1, max_size=20)
stems = st.sampled_from(
    ["https://id.gs1.org", "http://localhost:8470", "HTTPS://MAKER.EXAMPLE/film/de", "https://x.example/01/2/"]
)


@given(serial=values, lot=st.none() | values, stem=stems)
def test_K2_links_read_back_whatever_the_serial_holds(serial, lot, stem):
    """Slashes, question marks and percent signs in a serial survive the trip through a web address."""
    elements = [("01", "09521141012345"), ("21", serial)] + ([("10", lot)] if lot else [])
    link = link_for(ElementString(tuple(elements)), stem)
    assert dict(parse_link(link).elements) == dict(elements)


def test_K2_the_canonical_link_is_gs1s_own_host_with_key_and_serial():
    """One package has one canonical address."""
    assert link_for(PACKAGE.elements) == "https://id.gs1.org/01/09521141012345/21/PKG7Q2M9"


def test_K2_qualifiers_stand_in_the_path_in_their_order_and_dates_in_the_query():
    """(21) comes after (10) in the path however they were given; (17) is an attribute."""
    elements = ElementString((("21", "PKG7Q2M9"), ("17", "270131"), ("01", "09521141012345"), ("10", "L/1")))
    assert (
        link_for(elements, "https://a.example") == "https://a.example/01/09521141012345/10/L%2F1/21/PKG7Q2M9?17=270131"
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://id.gs1.org/01/09521141012345/21/PKG7Q2M9",
        "http://go.example/any/stem/01/09521141012345/21/PKG7Q2M9",
        "HTTPS://GO.EXAMPLE/01/9521141012345/21/PKG7Q2M9",
        "https://go.example:8443/01/09521141012345/21/%50KG7Q2M9?utm=x&linkType=gs1:pip#top",
    ],
)
def test_K2_host_stem_padding_and_foreign_query_do_not_matter(link):
    """Every spelling of one package's address names the same package."""
    assert parse_link(link) == PACKAGE.elements


@pytest.mark.parametrize(
    ("link", "error"),
    [
        ("https://example.com/", CodeError),
        ("https://example.com/01", CodeError),
        ("https://example.com/films/kodak", CodeError),
        ("ftp://example.com/01/09521141012345", CodeError),
        ("https:///01/09521141012345", CodeError),
        ("https://a.example/01/09521141012346", Gs1Error),
        ("https://a.example/01/09521141012345/21/A/10/B", Gs1Error),  # order
        ("https://a.example/01/09521141012345/17/270131", Gs1Error),  # an attribute in the path
        ("https://a.example/01/09521141012345?21=PKG7Q2M9", Gs1Error),  # a qualifier in the query
        ("https://a.example/01/09521141012345?10=LOT", Gs1Error),
        ("https://a.example/01/09521141012345?17=271331", Gs1Error),
        ("https://a.example/01/09521141012345?8899=1", Gs1Error),
        ("https://a.example/01/09521141012345/21/A%ZZ", Gs1Error),
        ("https://a.example/01/09521141012345/21/%C3%84", Gs1Error),
        ("https://a.example/01/09521141012345/21/A%1DB", Gs1Error),
        ("https://a.example/01/09521141012345/21/" + "A" * 600, CodeError),
    ],
)
def test_K2_other_links_are_refused(link, error):
    """A foreign page is told apart from a package's link that breaks a rule."""
    with pytest.raises(error) as refusal:
        parse_link(link)
    assert isinstance(refusal.value, Gs1Error) == (error is Gs1Error)


MERGED = [
    "https://id.gs1.org/01/09521141012345/21/PKG7Q2M9https://id.gs1.org/01/09521141012369/21/ROLL0001",
    "https://id.gs1.org/01/09521141012345/21/PKG7Q2M9]Q1https://id.gs1.org/01/09521141012369/21/ROLL0001",
    "https://id.gs1.org/01/0952114101https://id.gs1.org/01/09521141012369/21/ROLL0001",
    "https://id.gs1.org/01/0952114101tp://id.gs1.org/01/09521141012369/21/ROLL0001",
]


@pytest.mark.parametrize("link", MERGED)
def test_K2_two_links_whose_end_was_lost_are_not_read_as_the_second(link):
    """Any stem is allowed, but not another web address: whoever held out two packages is asked again."""
    with pytest.raises(Gs1Error):
        parse_link(link)


@pytest.mark.parametrize("host", ["id.gs1.otps://id.gs1.org", "id.gs1.org:", "id.gs1.org:84a", ":8443", "a]b", "[::1"])
def test_K2_what_is_no_host_is_no_link(host):
    """Half a link before a whole one makes such hosts."""
    with pytest.raises(CodeError):
        parse_link(f"https://{host}/01/09521141012369/21/ROLL0001")


@pytest.mark.parametrize("host", ["id.gs1.org:8443", "[2001:db8::1]", "[::1]:80", "192.0.2.1"])
def test_K2_addresses_of_any_kind_are_hosts(host):
    """A name, either kind of IP address, a port."""
    assert parse_link(f"https://{host}/01/09521141012345/21/PKG7Q2M9") == PACKAGE.elements


def test_K2_an_attribute_that_has_no_place_in_a_link_is_not_written():
    """A link we could not read back is not made."""
    with pytest.raises(CodeError):
        link_for(ElementString((("8018", "952114100000000018"), ("8020", "R1"), ("415", "9521141000007"))))


@given(st.text(max_size=60).map(lambda tail: "https://a.example/01/09521141012345" + tail) | st.text(max_size=80))
def test_K2_any_text_is_a_link_or_a_code_error(text):
    """The reader never falls over, and what it takes looks like a web address."""
    try:
        elements = parse_link(text)
    except CodeError:
        return
    assert is_link(text)
    assert elements.elements


def test_O18_an_epc_urn_is_the_sgtin_it_spells():
    """The example of the EPCIS standard: the indicator digit moves to the front, the check digit comes back."""
    assert parse_sgtin_urn("urn:epc:id:sgtin:0614141.712345.2017ABCD") == Sgtin("70614141123451", "2017ABCD")
    assert parse_sgtin_urn("urn:epc:id:sgtin:0614141.712345.A%2FB-1234.5").serial == "A/B-1234.5"


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sscc:0614141.1234567890",
        "urn:epc:id:sgtin:0614141.71234.2017ABCD",
        "urn:epc:id:sgtin:0614141.712345.",
    ],
)
def test_O18_other_urns_are_refused(urn):
    """Another scheme, a wrong length, an empty serial."""
    with pytest.raises(CodeError):
        parse_sgtin_urn(urn)


def test_O18_an_epc_urn_with_a_short_serial_is_refused():
    """The rule on serials holds on every way in."""
    with pytest.raises(SerialTooShort):
        parse_sgtin_urn("urn:epc:id:sgtin:0614141.712345.2017")
