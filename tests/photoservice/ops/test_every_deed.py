"""Every form of the operators' pages leaves an entry in the audit when it is taken, and none when it is refused.

``Desk.post`` of the conftest looks for the entry behind every form any test here sends. This walk holds that each of
the routes there are is sent by one, but for pages whose tests build their paths otherwise: those are named.
"""

import re
import tomllib
from pathlib import Path

from photocore.duties import HOUSE_ONLY, MAY, RIGHTS, ROLES
from photoservice.app import build_routes
from photoservice.operating.kinds import KINDS
from photoservice.web.languages import WORDS, read_words
from photoservice.web.ops.places import PLACES

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "operators.md"
ELSEWHERE = {
    "/ops/catalogue": "test_catalogue_pages.py",
    "/ops/terms": "test_catalogue_pages.py",
    "/ops/contested": "test_contested.py",
    "/ops/parked": "test_parked_pages.py",
}
"""Pages that are tested as a whole in a file of their own."""
SENT = re.compile(r"""(?:post|done|submit)\(\s*f?["']([^"']+)["']""")
PATHS = re.compile(r"""\b(\w+)\s*(?:: Final)? = f?["'](/ops/[^"']+)["']""")


def routes(method):
    """Return the operators' routes of a method."""
    found = set()
    for route in build_routes().routes:
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]
        if route.path.startswith("/ops") and any(method in one.http_methods for one in handlers):
            found.add(route.path)
    return found


def sent():
    """Return the paths to which the tests here send forms, as patterns of routes: what stands in braces is any."""
    found = set()
    for file in HERE.glob("test_*.py"):
        text = file.read_text(encoding="utf-8")
        named = PATHS.findall(text)
        for path in SENT.findall(text):
            for name, whole in [*named, ("", "")]:
                found.add(re.sub(r"\{[^}]*\}", "*", path.replace("{" + name + "}", whole) if name else path))
        found |= {re.sub(r"\{[^}]*\}", "*", path) for _, path in named}
    return found


def test_S3_each_form_there_is_is_sent_by_a_test_that_looks_for_its_entry():
    assert [file for file in ELSEWHERE.values() if not (HERE / file).exists()] == []
    ours = [route for route in routes("POST") if not route.startswith(tuple(ELSEWHERE))]
    wanted = {route: re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(route))) for route in ours}
    assert len(wanted) > 12
    paths = sent()
    assert sorted(route for route, pattern in wanted.items() if not any(map(pattern.fullmatch, paths))) == []


def test_S3_each_place_and_kind_and_right_has_a_word_in_english_and_german():
    pages = routes("GET")
    assert [place.path for place in PLACES if place.path not in pages] == []
    for language in ("en", "de"):
        said = {}
        for file in (WORDS / language).glob("ops*.toml"):
            said |= tomllib.loads(file.read_text(encoding="utf-8"))
        assert {place.word for place in PLACES} <= set(said["ops"]["places"])
        assert {place.group for place in PLACES} <= set(said["ops"]["groups"])
        assert set(ROLES) == set(said["ops"]["role"])
        assert set(said["opskind"]) == KINDS
        assert set(said["opsop"]["may"]) == set(RIGHTS)
    assert read_words()["de"].text("ops.places.audit") == "Protokoll"


def test_S3_the_page_about_operators_tells_each_right_as_the_table_has_it():
    told, marked = {}, set()
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| `(\w+)`(\*?) \|", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")][2:]
            told[match[1]] = {role for role, cell in zip(ROLES, cells, strict=True) if cell == "yes"}
            marked |= {match[1]} if match[2] else set()
    assert told == {right: set(roles) for right, roles in MAY.items()}
    assert marked == HOUSE_ONLY


def test_S3_a_form_that_is_refused_leaves_none(operator, entries):
    boss = operator("owner")
    boss.page("/ops")
    before = len(entries())
    for route in sorted(routes("POST")):
        path = re.sub(r"\{[^}]*\}", "NOT-HERE", re.sub(r"\{[^}]*:int\}", "1", route))
        for more in ({"csrf": "0" * 64}, {"headers": {"Sec-Fetch-Site": "cross-site"}}):
            assert boss.post(path, **more).status_code == 403, route
    assert len(entries()) == before
