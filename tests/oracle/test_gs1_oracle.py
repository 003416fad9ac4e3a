"""bwip-js and biip, two independent implementations of GS1, judge the same texts as we do.

bwip-js holds the whole GS1 syntax dictionary; over our part of it, its verdicts and ours must be the same. The texts
are made from our table, half of them broken on purpose, and judged in one node process.
"""

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import biip
import pytest

from photocore.application_ids import application_ids
from photocore.digital_link import link_for, parse_link
from photocore.errors import CodeError
from photocore.gs1 import ElementString, parse_bracketed, parse_elements
from photocore.gs1_rules import check_digit

pytestmark = pytest.mark.oracle

HERE = Path(__file__).parent
CHARACTERS = {
    "N": "0123456789",
    # Without brackets, which the form the oracle takes its input in cannot carry.
    "X": "!\"%&'*+,-./0123456789:;<=>?ABCXYZ_abcxyz",
    "Y": "#-/0123456789ABCXYZ",
}
FOREIGN = {"N": "A ", "X": " #~", "Y": "a_ "}
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
        length = dice.randint(part.shortest, min(part.longest, 25))
        stretch = "".join(dice.choices(CHARACTERS[part.characters], k=length))
        value += keep_rules(dice, part.rules, stretch)
    return value


def keep_rules(dice, rules, stretch):
    """Bend a random stretch until it keeps its rules."""
    if "csum" in rules:
        stretch = stretch[:-1] + check_digit(stretch[:-1])
    if "yymmd0" in rules:
        stretch = f"{dice.randint(0, 99):02}{dice.randint(1, 12):02}{dice.randint(0, 28):02}"
    if "gcp" in rules:
        stretch = "95" + stretch[2:]
    if "zero" in rules:
        stretch = "0" * len(stretch)
    if "nozero" in rules:
        stretch = "1" + stretch[1:]
    if "pieces" in rules:
        stretch = "0102"
    return stretch


def company_for(dice, digits):
    """Return ``digits`` with the identifiers it needs, mostly; so that valid strings are as common as broken ones."""
    table, chosen = application_ids(), [digits]
    for ai in chosen:
        for group in table[ai].required:
            if not set(group) & set(chosen) and dice.random() < 0.95:
                chosen.append(dice.choice(group))
    extra = dice.choices(["10", "17", "21", "30", "91", "240"], k=dice.randint(0, 2))
    return list(dict.fromkeys([*chosen, *extra])) if dice.random() < 0.7 else chosen


def break_value(dice, ai, value):
    """Return ``value`` spoilt in one of the ways a misprint or a misread spoils it."""
    ways = [
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


def test_K2_we_accept_exactly_the_element_strings_bwip_js_accepts():
    """1500 element strings over our whole table, valid and broken: the same verdict on every one."""
    dice = random.Random(20261121)
    texts = sorted({bracketed(make_elements(dice)) for _ in range(1500)})
    theirs = ask_bwip([("gs1datamatrix", text) for text in texts])
    ours = [verdict_of(parse_bracketed, text) for text in texts]
    unlike = [(t, o, b) for t, o, b in zip(texts, ours, theirs, strict=True) if (o is None) != (b is None)]
    assert unlike == []
    taken = Counter(verdict is None for verdict in ours)
    assert min(taken[True], taken[False]) > 300


def test_K2_every_identifier_of_our_table_is_judged_alone_by_bwip_js():
    """Each identifier with its shortest valid company is taken by both; none of our rows is made up."""
    dice, table = random.Random(7), application_ids()
    found = {}
    for digits in table:
        for _ in range(200):
            elements = [(ai, make_value(dice, table[ai])) for ai in company_for(dice, digits)]
            if verdict_of(parse_bracketed, bracketed(elements)) is None:
                found[digits] = bracketed(elements)
                break
    assert sorted(found) == sorted(table)
    assert [*filter(None, ask_bwip([("gs1datamatrix", text) for text in found.values()]))] == []


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
    theirs = ask_bwip([("gs1dlqrcode", link) for link in links])
    ours = [verdict_of(parse_link, link) for link in links]
    unlike = [(t, o, b) for t, o, b in zip(links, ours, theirs, strict=True) if (o is None) != (b is None)]
    assert unlike == []
    taken = Counter(verdict is None for verdict in ours)
    assert min(taken[True], taken[False]) > 200


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
