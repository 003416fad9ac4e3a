"""Every form of the operators' pages leaves an entry in the audit when it is taken, and none when it is refused.

``Desk.post`` of the conftest looks for the entry behind every form any test here sends. This walk holds that each of
the routes there are is among them: a new one without a deed fails. Whoever adds a page of their own names its tests.
"""

import re
import tomllib
from pathlib import Path

from photocore.duties import RIGHTS, ROLES
from photoservice.app import build_routes
from photoservice.operating.kinds import KINDS
from photoservice.web.languages import WORDS, read_words
from photoservice.web.ops.places import PLACES

HERE = Path(__file__).parent
SENT = re.compile(r"""(?:post|done|submit)\(\s*f?["']([^"']+)["']""")
PATHS = re.compile(r"""\b(\w+) = f?["'](/ops/[^"']+)["']""")


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
        named = dict(PATHS.findall(text))
        for path in SENT.findall(text):
            for name, whole in [*named.items(), ("", "")]:
                found.add(re.sub(r"\{[^}]*\}", "*", path.replace("{" + name + "}", whole) if name else path))
        found |= {re.sub(r"\{[^}]*\}", "*", path) for path in named.values()}
    return found


def test_S3_each_form_there_is_is_sent_by_a_test_that_looks_for_its_entry():
    wanted = {route: re.sub(r"\{[^}]*\}", "*", route) for route in routes("POST")}
    assert len(wanted) > 12
    assert sorted(route for route, pattern in wanted.items() if pattern not in sent()) == []


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


def test_S3_a_form_that_is_refused_leaves_none(operator, entries):
    boss = operator("owner")
    boss.page("/ops")
    before = len(entries())
    for route in sorted(routes("POST")):
        path = re.sub(r"\{[^}]*\}", "NOT-HERE", route)
        for more in ({"csrf": "0" * 64}, {"headers": {"Sec-Fetch-Site": "cross-site"}}):
            assert boss.post(path, **more).status_code == 403, route
    assert len(entries()) == before
