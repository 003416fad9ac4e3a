"""What a phone sees that scans a package, a label or a receipt (O11, O17): pages that tell nothing about anybody."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
import requests

from kiosk.language import LOCALES
from photocore.privacy import load_privacy
from photocore.settings import locate_config
from photoservice.access import Registered
from photoservice.web.counting import plural
from photoservice.web.languages import LANGUAGES, WORDS, choose_language, read_words
from photoservice.web.pages import TEMPLATES
from photoservice.web.static_files import MOST_FILES, STATIC, read_assets
from photoservice.web.telling import tell

TERMS = tomllib.loads((LOCALES / "terms.toml").read_text(encoding="utf-8"))
PAGE = "/01/09521141012345/21/"
PAGES = ["/", "/r", "/claim", PAGE + "PKG7Q2M9", "/01/1/21/1"]


def get(world, path, **headers):
    return requests.get(world.url + path, headers=headers, timeout=30)


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_attack_A12_the_page_is_the_same_for_known_unknown_and_registered_packages(world, station, language):
    """Byte by byte, headers too (but for the date and the request's own ID), in every language."""
    world.pack("PAGEKNOW")
    mine, _ = world.pack("PAGEMINE")
    station.claim(mine)
    station.send()

    serials = ("PAGEKNOW", "PAGEMINE", "NEVERSEEN1", "x", "a%2Fb-%28c%29")
    replies = [get(world, PAGE + serial, **{"Accept-Language": language}) for serial in serials]

    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    told = [{k: v for k, v in r.headers.items() if k.lower() not in ("date", "x-request-id")} for r in replies]
    assert all(headers == told[0] for headers in told)
    assert "PAGEMINE" not in replies[1].text


def test_O11_a_broken_link_gets_a_page_that_helps(world):
    """A wrong check digit or a serial GS1 does not know: 404, in the same style, with a sentence."""
    replies = [
        get(world, path) for path in ("/01/09521141012346/21/PKG7Q2M9", "/01/abc/21/x", PAGE + "%00", PAGE + "a" * 40)
    ]
    assert {reply.status_code for reply in replies} == {404}
    assert all("We could not read that" in reply.text for reply in replies)
    assert len({reply.content for reply in replies}) == 1


@pytest.mark.parametrize("path", PAGES)
def test_O11_pages_load_our_own_files_and_nothing_else(world, path):
    """Strict CSP: one style sheet, one script, both ours; nothing inline, and the script can make no markup."""
    reply = get(world, path)
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?://|<iframe|javascript:", reply.text)
    assert re.findall(r"<script[^>]*>(.*?)</script>", reply.text, re.DOTALL) == [""]
    loaded = re.findall(r'(?:src|rel="(?:stylesheet|icon)" href)="([^"]+)"', reply.text)
    assert len(loaded) == 3
    for address in loaded:
        file = get(world, address)
        assert file.status_code == 200
        assert "immutable" in file.headers["Cache-Control"]
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        again = get(world, address, **{"If-None-Match": file.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert get(world, "/static/twincheck.css").headers["Cache-Control"] == "public, no-cache"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"


NO_FILES = ["../pages.py", "..%2Fpages.py", "%2e%2e/words/en.toml", "nothing.css", "%00"]
NO_BUNDLES = [
    "my,nothing.css",
    "my,my.css",
    ",my.css",
    "my,.css",
    "my,../pages.py",
    "my.css,roll.css",
    "my",
    ",",
    "my,icon.svg",
]


@pytest.mark.parametrize("name", [*NO_FILES, *NO_BUNDLES, ",".join(["my"] * 90) + ".css", "x" * 500])
def test_attack_A29_no_file_but_ours_can_be_asked_for(lasting_world, name):
    """The few files are read at the start; a path is never opened."""
    reply = get(lasting_world, f"/static/{name}")
    assert reply.status_code in (400, 404)
    assert b"import" not in reply.content


def test_attack_A29_only_so_many_files_are_joined_and_only_of_a_kind_that_can_be():
    """Each once, in the order asked for; a page that names a file there is not fails where it is written."""
    assets = read_assets()
    names = [name for name in assets.files if name.endswith(".css")]
    most = assets.find(",".join(name.removesuffix(".css") for name in names[:MOST_FILES]) + ".css")
    assert most is not None
    assert most.body == b"\n".join(assets.files[name].body for name in names[:MOST_FILES])
    assert assets.find(",".join(name.removesuffix(".css") for name in names[: MOST_FILES + 1]) + ".css") is None
    assert assets.link(" my.js  select.js my.js ").startswith("/static/my,select.js?v=")
    assert assets.link("my.css roll.css") != assets.link("roll.css my.css")
    with pytest.raises(KeyError):
        assets.link("my.css nothing.css")


def test_O11_joined_files_are_sent_whole_packed_and_kept(world):
    """By an address that this process never gave out; without its hash, or with another, they are asked for again."""
    link = read_assets().link("my.js select.js")
    reply = get(world, link)
    assert reply.content == b";\n".join((STATIC / name).read_bytes() for name in ("my.js", "select.js"))
    assert reply.headers["Content-Encoding"] == "gzip"
    assert "immutable" in reply.headers["Cache-Control"]
    assert get(world, link, **{"Accept-Encoding": "identity"}).content == reply.content
    assert get(world, link, **{"If-None-Match": reply.headers["ETag"]}).status_code == 304
    for old in (link.partition("?")[0], link[:-1] + "x"):
        assert get(world, old).headers["Cache-Control"] == "public, no-cache"


def test_O11_every_page_speaks_every_language(world):
    """By what the browser prefers, by the switch, and the switch wins; the document says which."""
    for path, language in product(PAGES, LANGUAGES):
        preferred = get(world, path, **{"Accept-Language": f"tlh, {language};q=0.8, en;q=0.1"})
        switched = get(world, f"{path}?lang={language}", **{"Accept-Language": "en"})
        direction = "rtl" if language in ("ar", "he") else "ltr"
        for reply in (preferred, switched):
            assert f'<html lang="{language}" dir="{direction}">' in reply.text
            assert reply.headers["Content-Language"] == language
            assert "Accept-Language" in reply.headers["Vary"]
        heading = read_words()[language].text("package.heading" if path.startswith(PAGE) else "page.footer")
        assert heading in preferred.text
        assert all(f"lang={code}" in switched.text for code in LANGUAGES)
        assert "{" not in re.sub(r"<svg.*?</svg>", "", switched.text, flags=re.DOTALL)


def test_a_chosen_language_stays_in_links_and_forms(world):
    """From the label's page to the form to its answer, without a cookie."""
    package = get(world, PAGE + "PKG7Q2M9?lang=ar").text
    assert '<input type="hidden" name="lang" value="ar">' in package
    form = get(world, "/claim?lang=ar&roll=%3Cb%3E").text
    assert 'action="/claim?lang=ar"' in form
    assert 'value="&lt;b&gt;"' in form
    assert "roll=%3Cb%3E&amp;lang=de" in form
    assert 'action="/r?lang=de"' in get(world, "/r?lang=de").text
    assert 'action="/r"' in get(world, "/r").text


def test_O6_a_code_is_never_taken_from_an_address(world):
    """Addresses stand in histories and logs: the form fills in a roll from there, nothing else."""
    page = get(world, "/claim?roll=TCR-1&code=7Q2M9XKD4F8TP&key=abcdefghijklmnopqrstuvwxyz").text
    assert "7Q2M9XKD4F8TP" not in page
    assert "abcdefghijklmnopqrstuvwxyz" not in page
    assert 'value="TCR-1"' in page
    assert get(world, "/claim").headers["Cache-Control"] == "no-store"
    keys = {re.search(r'name="key" value="(\w+)"', get(world, "/claim").text)[1] for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 22 for key in keys)


def test_O11_a_machine_that_asks_for_a_linkset_gets_the_same_for_every_package(world):
    """Accept: application/linkset+json (RFC 9264), fixed but for its own anchor."""
    one = get(world, PAGE + "PKG7Q2M9", Accept="application/linkset+json")
    two = get(world, PAGE + "NEVERSEEN1", Accept="application/linkset+json")
    assert one.headers["Content-Type"].startswith("application/linkset+json")
    assert one.json()["linkset"][0]["anchor"] == PAGE + "PKG7Q2M9"
    assert one.text.replace("PKG7Q2M9", "*") == two.text.replace("NEVERSEEN1", "*")


def test_the_start_page_says_what_runs_here(world):
    """Whoever opens the address in a browser understands it."""
    reply = get(world, "/")
    assert reply.status_code == 200
    assert "photoservice is running" in reply.text
    assert "/openapi.json" in reply.text


def leaves(tree, path=""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield path + name, value


def test_the_languages_say_the_same_things_with_the_same_blanks():
    """No word is missing, none is left over, none is empty; counts have the forms their language needs."""
    for path in sorted(WORDS.glob("*/*.toml")):
        code, words, english = path.parent.name, said(path), said(WORDS / "en" / path.name)
        names, theirs = ({name for name in one if not name.startswith("count.")} for one in (words, english))
        assert names == theirs, (code, path.stem)
        for name in names:
            blanks = [set(re.findall(r"{(\w+)}", str(w))) for w in (words[name], english[name])]
            assert blanks[0] == blanks[1], (code, name)
            assert str(words[name]).strip() == str(words[name]) != ""
        forms = {plural(code, n) for n in range(201)}
        things = [{name.split(".")[1] for name in one if name.startswith("count.")} for one in (words, english)]
        assert things[0] == things[1], (code, path.stem)
        for thing in things[0]:
            assert {name.split(".")[2] for name in words if name.startswith(f"count.{thing}.")} == forms, (code, thing)
    assert {len(words.tree["date"]["months"]) for words in read_words().values()} == {12}


def said(path):
    """Return what a file of words says, by dotted names."""
    return dict(leaves(tomllib.loads(path.read_text())))


def test_O17_who_claimed_at_home_is_told_of_no_receipt_and_no_labels_to_put_on():
    """They have the access code alone, and the labels were on before."""
    at = datetime(2026, 11, 21, 14, 54, tzinfo=UTC)
    seen = Registered(word="registered", number="TCN3N8JZ0W2V", product=None, rolls=3, store=None, at=at)
    for words in read_words().values():
        for word in ("confirmed", "registered", "waiting", "contested", "case", "refused"):
            told = tell(replace(seen, word=word), words)
            receipt, label, code = (TERMS[name][words.language] for name in ("receipt", "label", "access code"))
            foreign = re.search(f"{receipt}|{label}", told.text + told.do, re.IGNORECASE)
            assert foreign is None, (words.language, word, foreign)
            assert re.search(code, told.do, re.IGNORECASE), (words.language, word)


def test_every_word_is_used_and_every_used_word_is_there():
    """Words nobody says grow old unnoticed."""
    web = TEMPLATES.parent
    files = (path for path in (*TEMPLATES.rglob("*.*"), *web.rglob("*.py"), *web.parent.rglob("*.py")))
    sources = "".join(path.read_text() for path in files)
    known = {name for path in (WORDS / "en").glob("*.toml") for name in said(path)}
    for name in re.findall(r"\bt\('([a-z_.]+)'[,)]", sources):
        assert name in known
    for name in known:
        first, last = name.split(".")[0], name.split(".")[-1]
        stem = name.rpartition(".")[0]
        is_listed = f"'{stem}.' ~" in sources or f'f"{stem}.{{' in sources  # one of a list, named by its last part
        is_known = first in ("count", "date", "direction") or last in ("heading", "text", "do", "lead")
        assert name in sources or is_listed or is_known, name


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("ar-EG", "ar"),
        ("fi, ar;q=0.1", "ar"),
        ("fr, ar;q=0.1", "fr"),
        ("zh-Hant-TW, en;q=0.5", "zh"),
        ("iw, en;q=0.5", "he"),
        ("en;q=0, de;q=0.1", "de"),
        ("fi", "en"),
        ("*", "en"),
        ("de;q=nonsense, ar;q=2", "en"),
        ("," * 5000, "en"),
    ],
)
def test_a_browsers_preference_is_read_with_its_weights(header, language):
    """RFC 9110; what is not in form counts for nothing."""
    assert choose_language(None, header) == language
    assert choose_language("xx", header) == language
    assert choose_language("ar", header) == "ar"


@pytest.mark.parametrize(
    ("n", "said"),
    [(1, "فيلم واحد"), (2, "فيلمان"), (3, "3 أفلام"), (11, "11 فيلمًا"), (100, "100 فيلم"), (103, "103 أفلام")],
)
def test_arabic_counts_as_arabic_does(n, said):
    """Six plural forms (CLDR)."""
    assert read_words()["ar"].count("rolls", n) == said


FORM = {"roll": "TCR-1", "code": "1", "key": "k" * 26, "notice": load_privacy(locate_config()).version}


@pytest.mark.parametrize(("page", "fields"), [("/claim", FORM), ("/r", {})])
def test_attack_A11_another_websites_form_locks_out_none_of_its_visitors(world, page, fields):
    """A page that sends wrong codes by the browsers of all who look at it; browsers tell where a form stood."""
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    form = {"access_code": "1", **fields}
    for _ in range(12):
        reply = requests.post(f"{world.url}{page}", data=form, headers=foreign, timeout=30)
        assert (reply.status_code, reply.json()["type"]) == (400, "urn:twincheck:problem:malformed")
    assert world.sql("select * from wrong_tries") == []
    own = requests.post(f"{world.url}{page}", data=form, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30)
    assert own.status_code == 403
