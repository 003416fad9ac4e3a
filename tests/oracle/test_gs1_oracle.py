"""bwip-js and biip, two independent implementations of GS1, judge the same texts as we do.

bwip-js holds the whole GS1 syntax dictionary, as we do: the same identifiers, and the same verdicts but for a few
differences, each named below. The texts are made from our table, half of them broken on purpose, and a test has them
judged in one node process.
"""

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import quote, unquote

import biip
import pytest

from photocore.application_ids import application_ids
from photocore.digital_link import link_for, parse_link
from photocore.errors import CodeError
from photocore.gs1 import ElementString, parse_bracketed, parse_elements
from photocore.gs1_lists import COUNTRIES, COUNTRY_LETTERS, CURRENCIES, PACKAGINGS
from photocore.gs1_rules import check_digit, check_pair

pytestmark = pytest.mark.oracle

HERE = Path(__file__).parent
CHARACTERS = {
    "N": "0123456789",
    # Without brackets, which the form the oracle takes its input in cannot carry.
    "X": "!\"%&'*+,-./0123456789:;<=>?ABCXYZ_abcxyz",
    "Y": "#-/0123456789ABCXYZ",
    "Z": "-0123456789ABCXYZ_abcxyz",
}
FOREIGN = {"N": "A ", "X": " #~", "Y": "a_ ", "Z": "+="}
STEMS = ("https://id.gs1.org", "http://go.example/p/de", "HTTPS://MAKER.EXAMPLE")


def ask_bwip(questions):
    """Return bwip-js's verdict for each (symbol, text): None, or the name of its error."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    if node is None or not (HERE / "node_modules" / "bwip-js").is_dir():
        pytest.skip("no node or no tests/oracle/node_modules: run `npm ci --ignore-scripts` in tests/oracle")
    asked = json.dumps([{"symbol": symbol, "text": text} for symbol, text in questions])
    answer = subprocess.run(
        [node, "judge.js"], cwd=HERE, input=asked, capture_output=True, text=True, check=True, timeout=100
    )
    return json.loads(answer.stdout)


def verdict_of(parse, text):
    """Return None when we take ``text``, else our reason."""
    try:
        parse(text)
    except CodeError as cause:
        return str(cause)
    return None


def make_value(dice, ai):
    """Return a value ``ai`` allows."""
    value = ""
    for part in ai.parts:
        if part.optional and dice.random() < 0.5:
            break
        length = dice.randint(part.shortest, max(part.shortest, min(part.longest, 25)))
        stretch = "".join(dice.choices(CHARACTERS[part.characters], k=length))
        value += keep_rules(dice, part.rules, stretch)
    return value


def keep_rules(dice, rules, stretch):
    """Bend a random stretch until it keeps its rules; check characters come last."""
    for rule in sorted(rules, key=["csum", "pair"].count):
        stretch = KEPT[rule](dice, stretch)
    return stretch


def any_day(dice, stretch):
    """Return a day of the year and century as long as ``stretch``, never the 29th to 31st."""
    year = str(dice.randint(1900, 2099))[8 - len(stretch) :]
    return f"{year}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"


def any_pair(_dice, stretch):
    """Return ``stretch`` with check characters, the longest part of it that leaves room for them."""
    return stretch[:-2] + check_pair(stretch[:-2])


def any_account(dice, _stretch):
    """Return a bank account number with its two check digits (ISO 13616)."""
    country = dice.choice(sorted(COUNTRY_LETTERS))
    account = "".join(dice.choices("0123456789ABCXYZ", k=dice.randint(7, 30)))
    remainder = int("".join(str(int(mark, 36)) for mark in f"{account}{country}00")) % 97
    return f"{country}{98 - remainder:02}{account}"


def counted(dice, least, most, beyond=0):
    """Return a coupon's field that begins with its own length."""
    count = dice.randint(least, most)
    return str(count) + "".join(dice.choices("0123456789", k=count + beyond))


def any_coupon(dice, _stretch):
    """Return an (8110) with some of its optional fields."""
    purchase = [counted(dice, 1, 5) + dice.choice("012349") + "123" for _ in range(3)]
    fields = [
        "1" + dice.choice("0123") + purchase[1] + dice.choice(["9", counted(dice, 0, 6, 6)]),
        "2" + purchase[2] + "9",
        "3" + dice.choice(["270131", "260831", "270230"]),
        "4" + dice.choice(["260701", "260901", "261301"]),
        "5" + counted(dice, 0, 3, 6),
        "6" + counted(dice, 1, 7, 6),
        "9" + dice.choice("01256") + dice.choice("012") + "7" + dice.choice("01"),
    ]
    chosen = sorted(dice.sample(range(7), k=dice.randint(0, 2)))
    required = counted(dice, 0, 6, 6) + "123456" + counted(dice, 1, 5) + purchase[0]
    return required + "".join(fields[place] for place in chosen)


def one_of(values):
    """Return a maker that takes one of ``values``, whatever the stretch was."""
    return lambda dice, _stretch: dice.choice(sorted(values))


KEPT = {
    "csum": lambda _, stretch: stretch[:-1] + check_digit(stretch[:-1]),
    "pair": any_pair,
    "gcp": lambda _, stretch: "9521" + stretch[4:],
    "zero": lambda _, stretch: "0" * len(stretch),
    "some": lambda _, stretch: stretch[:-1] + "7",
    "nozero": lambda _, stretch: "1" + stretch[1:],
    "letter": lambda _, stretch: stretch[:4] + "A" + stretch[5:],
    "minus": one_of("-"),
    "day0": lambda dice, stretch: dice.choice([any_day(dice, stretch), any_day(dice, stretch)[:4] + "00"]),
    "day": any_day,
    "time": lambda dice, _: f"{dice.randint(0, 23):02}{dice.randint(0, 59):02}",
    "hour": lambda dice, _: f"{dice.randint(0, 23):02}",
    "sixty": lambda dice, _: f"{dice.randint(0, 59):02}",
    "pieces": one_of(["0102", "0101", "9999"]),
    "row": one_of(["1/1", "1/2", "2/3", "9/9"]),
    "flag": one_of("01"),
    "winding": one_of("019"),
    "sex": one_of("0129"),
    "medium": one_of(["01", "10", "80", "99"]),
    "importer": one_of("-09AZ_az"),
    "escapes": lambda dice, stretch: (
        stretch.replace("%", "!")[:-3] + dice.choice(["%C3", "abc", "%e9"])[: len(stretch)]
    ),
    "latitude": lambda dice, _: f"{dice.randint(0, 1800000000):010}",
    "longitude": lambda dice, _: f"{dice.randint(0, 3600000000):010}",
    "country": one_of(COUNTRIES),
    "country999": one_of({*COUNTRIES, "999"}),
    "countryletters": one_of(COUNTRY_LETTERS),
    "currency": one_of(CURRENCIES),
    "packaging": one_of(PACKAGINGS),
    "iban": any_account,
    "coupon": any_coupon,
    "offer": lambda dice, _: dice.choice("01") + counted(dice, 0, 6, 6) + "123456" + counted(dice, 0, 9, 6),
}
"""By rule: how to make a stretch that keeps it. A coupon's days and a bank account's length are now and then wrong."""


def company_for(dice, digits):
    """Return ``digits`` with the identifiers it needs, mostly; so that valid strings are as common as broken ones."""
    table, chosen = application_ids(), [digits]
    for ai in chosen:
        for need in table[ai].required:
            if not any(way <= set(chosen) for way in need.ways) and dice.random() < 0.95:
                chosen += dice.choice([*need.ways[:6], *need.ways[-6:]])
    extra = dice.choices(["10", "17", "21", "30", "91", "240"], k=dice.randint(0, 2))
    return list(dict.fromkeys([*chosen, *extra])) if dice.random() < 0.7 else chosen


def break_value(dice, ai, value):
    """Return ``value`` spoilt in one of the ways a misprint or a misread spoils it."""
    place = dice.randrange(len(value))
    ways = [
        *[value[:place] + dice.choice("0123456789ABC%/-") + value[place + 1 :]] * 4,
        value[:place],
        value[:-1],
        value + dice.choice("0A"),
        value[:-1] + dice.choice("0123456789"),
        value[::-1],
        value[:-1] + dice.choice(FOREIGN[ai.parts[-1].characters]),
        "271331",
        "270230",
        "000000",
    ]
    return dice.choice(ways)


def make_elements(dice):
    """Return a list of (identifier, value), about half of them valid together."""
    table = application_ids()
    elements = [(digits, make_value(dice, table[digits])) for digits in company_for(dice, dice.choice(sorted(table)))]
    if dice.random() < 0.4:
        place = dice.randrange(len(elements))
        digits, value = elements[place]
        elements[place] = (digits, break_value(dice, table[digits], value))
    if dice.random() < 0.05:
        elements.append((elements[0][0], make_value(dice, table[elements[0][0]])))
    return elements


def bracketed(elements):
    """Return the human-readable form of elements that may be broken."""
    return "".join(f"({digits}){value}" for digits, value in elements)


def explanation(elements):
    """Return why bwip-js and we may judge ``elements`` differently, or None. Each is a test of its own below."""
    table = application_ids()
    for digits, value in elements:
        rules = table[digits].parts[0].rules if digits in table else ()
        if "gcp" in rules and not re.match(r"[0-9]{4}", value):
            return "short company prefix"
        if "nozero" in rules and value == "0":
            return "serial number zero"
        if "currency" in rules and value[:3] in {"191", "694", "924", "926", "931", "932"}:
            return "currency list of another year"
        if "iban" in rules and len(value) <= 10:
            return "bank account of 10 characters"
    return None


def unlike_verdicts(strings):
    """Return the strings bwip-js and we judge differently without an explanation, and how many we took and refused."""
    theirs = ask_bwip([("gs1datamatrix", bracketed(elements)) for elements in strings])
    ours = [verdict_of(parse_bracketed, bracketed(elements)) for elements in strings]
    judged = zip(strings, ours, theirs, strict=True)
    unlike = [(e, o, b) for e, o, b in judged if (o is None) != (b is None) and explanation(e) is None]
    return unlike, Counter(verdict is None for verdict in ours)


def valid_elements(dice, digits):
    """Return elements we take that hold ``digits`` and what it needs."""
    table = application_ids()
    for _ in range(400):
        elements = [(ai, make_value(dice, table[ai])) for ai in company_for(dice, digits)]
        if verdict_of(parse_bracketed, bracketed(elements)) is None:
            return elements
    raise AssertionError(f"no valid company found for ({digits})")


def test_K2_bwip_js_knows_the_same_identifiers_as_we_do():
    """Of all 11,100 numbers of two to four digits, those it does not call unknown are our table: no exception."""
    numbers = [f"{number:0{width}}" for width in (2, 3, 4) for number in range(10**width)]
    verdicts = ask_bwip([("gs1datamatrix", f"({number})0") for number in numbers])
    known = {
        number for number, verdict in zip(numbers, verdicts, strict=True) if "GS1unknownAI" not in (verdict or "taken")
    }
    assert known == set(application_ids())


def test_K2_every_identifier_is_taken_and_refused_where_bwip_js_does():
    """Each of the 541 identifiers, in two valid strings and in five with its value spoilt: the same verdict on all."""
    dice, table = random.Random(20260127), application_ids()
    valid, spoilt = [], []
    for digits in table:
        valid += [valid_elements(dice, digits), valid_elements(dice, digits)]
        spoilt += [
            [(ai, break_value(dice, table[ai], value) if ai == digits else value) for ai, value in valid[-1]]
            for _ in range(5)
        ]
    unlike, taken = unlike_verdicts([*valid, *spoilt])
    assert unlike == []
    assert taken[True] >= len(valid)
    assert taken[False] > len(spoilt) / 3


def test_K2_we_accept_exactly_the_element_strings_bwip_js_accepts():
    """1500 element strings over the whole table, valid and broken: the same verdict on every one."""
    dice = random.Random(20261121)
    unlike, taken = unlike_verdicts([make_elements(dice) for _ in range(1500)])
    assert unlike == []
    assert min(taken[True], taken[False]) > 300


def test_K2_what_excludes_what_is_the_same_for_prices_and_measures():
    """Every pair of a price or measure with another thing that could be beside it: the same verdict."""
    dice, table = random.Random(3), application_ids()
    ones = [*[f"39{n}{last}" for n in range(6) for last in "01"], "3102", "3203", "3321", "8005", "8111", "255", "426"]
    others = sorted(
        ai for ai in table if ai.startswith(("30", "310", "39", "42", "8005", "811", "255", "01", "02", "37"))
    )
    strings = [
        list(dict([*valid_elements(dice, one), *valid_elements(dice, other)]).items())
        for one in ones
        for other in others
    ]
    unlike, taken = unlike_verdicts(strings)
    assert unlike == []
    assert min(taken[True], taken[False]) > 100


@pytest.mark.parametrize(
    ("text", "who_takes_it", "why"),
    [
        (
            "(401)95A",
            "bwip-js",
            "a company prefix has four digits or more (syntax dictionary 2023-07-04); it asks for two",
        ),
        ("(8004)952-A", "bwip-js", "a company prefix is all digits"),
        ("(8010)9521(8011)0", "bwip-js", "a serial number of a part begins with no zero, nor is it one"),
        ("(415)9521141000007(8020)A(3912)19112", "bwip-js", "the kuna is gone since 2023 (dictionary 2026-01-27)"),
        ("(415)9521141000007(8020)A(3912)69412", "bwip-js", "the old leone is gone since 2024"),
        ("(415)9521141000007(8020)A(3912)93112", "bwip-js", "the convertible peso of Cuba is gone since 2021"),
        ("(415)9521141000007(8020)A(3912)93212", "bwip-js", "the Zimbabwe dollar is gone since 2024"),
        ("(415)9521141000007(8020)A(3912)92412", "we", "Zimbabwe Gold is there since 2024"),
        ("(415)9521141000007(8020)A(3912)92612", "we", "the digital bolivar is there since 2021"),
        ("(415)9521141000007(8020)A(8007)GB42A12345", "bwip-js", "a bank account has at least 11 characters"),
    ],
)
def test_K2_where_bwip_js_and_we_differ_the_dictionary_is_on_our_side(text, who_takes_it, why):
    """The differences between us, each by name; nothing else may hide behind them."""
    elements = re.findall(r"\(([0-9]+)\)([^()]+)", text)
    assert explanation(elements) is not None, why
    assert (ask_bwip([("gs1datamatrix", text)])[0] is None) == (who_takes_it == "bwip-js"), why
    assert (verdict_of(parse_bracketed, text) is None) == (who_takes_it == "we"), why


def unlike_links(links):
    """Return the links bwip-js and we judge differently without an explanation, and how many we took and refused."""
    theirs = ask_bwip([("gs1dlqrcode", link) for link in links])
    ours = [verdict_of(parse_link, link) for link in links]
    unlike = [
        (link, our, their)
        for link, our, their in zip(links, ours, theirs, strict=True)
        if (our is None) != (their is None)
        and explanation([(ai, unquote(value)) for ai, value in re.findall("([0-9]+)[/=]([^/?&#]*)", link)]) is None
    ]
    return unlike, Counter(verdict is None for verdict in ours)


def make_link(dice):
    """Return a Digital Link, about half of them broken in path, query or value."""
    table = application_ids()
    keys = [digits for digits, ai in table.items() if ai.qualifiers is not None]
    elements = [(ai, make_value(dice, table[ai])) for ai in company_for(dice, dice.choice([*keys, "01", "01", "21"]))]
    try:
        link = link_for(ElementString(tuple(elements)), dice.choice(STEMS))
    except CodeError:
        path = "/".join(f"{digits}/{value.replace('/', '%2F').replace('?', '%3F')}" for digits, value in elements)
        link = f"{dice.choice(STEMS)}/{path}"
    return dice.choice([link, link, link, *broken_links(dice, link)])


def broken_links(dice, link):
    """Return ``link`` bent in ways a maker's web shop or a typist bends it; some of them still right."""
    join = "&" if "?" in link else "?"
    attribute = dice.choice(["17=270131", "17=271331", "10=LOT", "21=PKG7Q2M9", "99=A", "240=A+B", "utm=x", "240=%41"])
    return [
        link + join + attribute,
        link + "#top",
        link.replace("/21/", "/10/", 1),
        link.replace("/01/0", "/01/", 1),
        link.replace("/01/", "/02/", 1),
        link[:-1],
        link + "0",
        link + "/",
        link.replace("//", "/", 1),
        link.replace("http", "ftp", 1),
        link.replace("/21/", "/21/%zz", 1),
    ]


def test_K2_we_accept_exactly_the_digital_links_bwip_js_accepts():
    """1200 links, valid and broken: the same verdict on every one, but for an escape cut off at the very end.

    There bwip-js takes the lone ``%`` for data; RFC 3986 (2.1) allows none, and a cut-off link is no link.
    """
    dice = random.Random(20261121)
    made = sorted({make_link(dice) for _ in range(1200)})
    cut_off = [link for link in made if re.search("%[0-9A-F]?$", link)]
    assert all(verdict_of(parse_link, link) for link in cut_off)
    links = [link for link in made if link not in cut_off]
    unlike, taken = unlike_links(links)
    assert unlike == []
    assert min(taken[True], taken[False]) > 200


def naive_link(elements):
    """Return a link with the first key in the path and everything else in the query, allowed there or not."""
    table = application_ids()
    key = next((ai for ai, _ in elements if table[ai].qualifiers is not None), elements[0][0])
    query = "&".join(f"{ai}={quote(value, safe='')}" for ai, value in elements if ai != key)
    return f"https://id.gs1.org/{key}/{quote(dict(elements)[key], safe='')}" + (f"?{query}" if query else "")


def best_link(elements):
    """Return the link of elements that have one, else None."""
    try:
        return link_for(ElementString(tuple(elements)))
    except CodeError:
        return None


def test_K2_every_identifier_stands_in_a_link_where_bwip_js_allows_it():
    """Each identifier in a query, and in the path where ``link_for`` puts it: the same verdict on both."""
    dice = random.Random(20260127)
    strings = [valid_elements(dice, digits) for digits in application_ids()]
    links = [naive_link(elements) for elements in strings]
    links += [link for elements in strings if (link := best_link(elements)) is not None]
    unlike, taken = unlike_links(links)
    assert unlike == []
    assert taken[True] > taken[False] > 10


def test_K2_biip_reads_the_same_elements_from_the_wire():
    """For 300 valid strings as a scanner sends them, biip finds the same identifiers and values in the same order.

    (8010) is left out: biip 5.2 refuses a value of one or two characters.
    """
    dice, checked = random.Random(5), 0
    while checked < 300:
        elements = make_elements(dice)
        is_valid = verdict_of(parse_bracketed, bracketed(elements)) is None
        if not is_valid or "8010" in dict(elements):
            continue
        text = ElementString(tuple(elements)).transmitted
        found = biip.parse("]d2" + text).gs1_message
        assert found is not None
        assert [(one.ai.ai, one.value) for one in found.element_strings] == elements
        assert list(parse_elements(text).elements) == elements
        checked += 1
