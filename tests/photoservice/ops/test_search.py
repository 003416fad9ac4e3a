"""One box finds anything by whatever is scanned or typed into it, as far as its operator may know of it (issue 9)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photocore.codes import grouped, mint_claim_code, mint_order_code
from photocore.digital_link import link_for
from photocore.ids import parse_item
from photocore.symbology import interpret_typed
from photocore.twin_checks import twin_check
from photoservice.operating.search import _never, _NoRoster, _scan
from photoservice.testing_pictures import register_at_home


@pytest.fixture
def home(world):
    return register_at_home(world.running, world.maker, "SEARCH01", rolls=2)


def landed(desk, text):
    """Return where typing ``text`` leads: the path of a page, or the found and why not."""
    reply = desk.post("/ops/search", q=text)
    assert reply.status_code == 200, (text, reply.status_code, reply.text[:800])
    return reply.url.removeprefix(desk.url) if reply.history else reply.text


def spellings(item):
    """Return an item as scanners, phones and people send it."""
    piece = parse_item(item)
    plain = piece.elements.elements
    raw = "".join(ai + value for ai, value in plain)
    return {
        "as it is": item,
        "with spaces": f"  {item} \r\n",
        "a data matrix": f"]d2{raw}",
        "a data matrix with FNC1 behind": f"]d2{raw}\x1d91ABC",
        "a QR code": f"]Q3{raw}",
        "without AIM": raw,
        "a link": link_for(piece.elements),
        "a link in a QR code": "]Q1" + link_for(piece.elements),
        "without brackets": item.replace("(", "").replace(")", ""),
    }


def test_S3_a_package_and_a_roll_are_found_however_they_come(world, operator, home):
    desk = operator("viewer")
    for item in (home.package, home.rolls[0]):
        for way, text in spellings(item).items():
            assert landed(desk, text).startswith("/ops/packages/%2801%29"), (item, way)
    page = desk.page(landed(desk, home.rolls[1]))
    assert home.rolls[1] in page
    assert "registered" in page
    assert "Halide" in page


def test_S3_numbers_names_and_ids_lead_to_their_pages(world, operator, person, home):
    desk = operator("owner")
    person("ada lovelace")
    (claim,) = world.sql("select number, account from claim where root = $1", home.package)
    (ada,) = world.sql("select person from people.login where person not in (select person from ops.operator)")
    (maker,) = world.sql("select id from tenant where name = 'Halide'")
    ways = {
        claim["number"]: "/ops/packages/",
        grouped(claim["number"]).lower(): "/ops/packages/",
    }
    for text, path in ways.items():
        assert landed(desk, text).startswith(path), text
    for text in ("Ada  Lovelace".replace("  ", " "), ada["person"], claim["account"], maker["id"], "9521141000007"):
        hit = desk.post(
            "/ops/search",
            q=text,
            headers={"Accept": "text/html"},
        )
        where = hit.history[0].headers["Location"] if hit.history else ""
        assert where.startswith(("/ops/customers/", "/ops/tenants/", "/ops/stores/")), (text, where)
    found = desk.done("/ops/search", q="corner photo").text
    assert ("Corner Photo Mitte" in found, "Corner Photo Nord" in found) == (True, True)


def test_S3_secrets_are_not_searched_and_what_was_typed_is_kept_nowhere(world, operator, home, builders):
    desk = operator("owner")
    secrets = [
        home.access_code,
        grouped(home.access_code).lower(),
        mint_claim_code(builders.ENTROPY),
        mint_order_code(builders.ENTROPY),
        f"https://twincheck.example/r#{home.access_code}",
        "https://twincheck.example/s/abcdefghijklmnop",
        world.maker,
        "]Q1" + home.access_code,
    ]
    for secret in secrets:
        assert "This is a secret" in landed(desk, secret), secret
    kept = world.sql("select string_agg(row::text, ' ') as all from (select * from ops.audit) as row")[0]["all"]
    assert not [secret for secret in secrets if secret in kept]
    assert "own number" in landed(desk, twin_check(4, 7731).text)


def test_S3_an_operator_of_one_tenant_finds_that_ones_things_alone(world, operator, person, home):
    person("ada")
    (claim,) = world.sql("select number, account from claim where root = $1", home.package)
    theirs, other = operator("manager", tenant="Halide"), operator("manager", tenant="Corner Photo", name="bob")
    assert landed(theirs, home.package).startswith("/ops/packages/")
    assert landed(theirs, claim["number"]).startswith("/ops/packages/")
    page = landed(theirs, home.package)
    assert claim["account"] not in theirs.page(page), "customers are the house's"
    assert other.get(page).status_code == 404
    for text in (home.package, claim["number"], claim["account"], "ada", "Halide"):
        assert "Nothing fits" in landed(other, text), text
    assert "Corner Photo Nord" in landed(other, "corner photo")


HOSTILE = [
    "",
    "   ",
    "'; drop table ops.audit; --",
    "%",
    "%%%%",
    "\\",
    "_" * 600,
    "]d2",
    "]",
    "]d2\x1d\x1d\x1d",
    "(01)(21)",
    "O-",
    "O-" + "Ä" * 30,
    "<script>alert(1)</script>",
    "\u202e\u2066",
    "写真" * 100,
    "a@b",
    "a@b.example",
    "0" * 500,
    "\ud7ff\ue000",
    "https://",
    "https://id.gs1.org/01/09521141012346/21/%00%ff",
]


def test_attack_whatever_is_typed_is_answered_with_a_page(operator):
    desk = operator("owner")
    for text in HOSTILE:
        reply = desk.post("/ops/search", q=text)
        assert reply.status_code == 200, text
        assert "<script>alert" not in reply.text


def test_attack_too_long_or_with_a_nul_is_refused(operator):
    desk = operator("owner")
    assert desk.post("/ops/search", q="x" * 601).status_code == 400
    assert desk.post("/ops/search", q="x\0y").status_code == 400


@settings(max_examples=50)
@given(st.text(max_size=60) | st.from_regex(r"\]?[dQCe]?[0-9]?\(?01\)?[0-9]{10,16}(21)?[ -~]{0,24}", fullmatch=True))
def test_attack_reading_what_is_typed_never_fails(text):
    scan = _scan(text)
    assert _never(text, scan) in ("", "secret", "twin_check")
    assert interpret_typed(text, _NoRoster()) is not None
