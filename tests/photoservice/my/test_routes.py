"""Every route x every role (O8, O16, S3, DESIGN 5D): who is let in, who is led to sign in, who finds nothing.

The table, ``routes.toml``, is held against the routes the application really has: a new one without a row fails. Each
row is asked as each role it can tell apart with whatever they have in their hands; who is not let in changes nothing,
which is looked for in the tables themselves. A form without the session's token does nothing, whoever sends it.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from photoservice.app import build_routes
from photoservice.operating.duty import CONSOLE
from photoservice.operating.operators import Appointment
from photoservice.settings import Settings
from photoservice.testing_browser import PlainBrowser

TABLE = tomllib.loads(Path(__file__).with_name("routes.toml").read_text())
ROWS = {name: row for name, row in TABLE.items() if " /" in name}
KINDS = TABLE["kinds"]
GROUPS = {
    "tenants": ("maker", "other_maker", "retailer", "other_retailer", "lab", "other_lab"),
    "guests": ("viewer", "taker", "expired"),
    "others": ("other_code", "person"),
    "operators": ("ops_owner", "ops_viewer", "ops_bound"),
}
ROLES = ("nobody", "code", *GROUPS["others"], *GROUPS["guests"], *GROUPS["tenants"], *GROUPS["operators"])
OPERATORS = {
    "ops_owner": ("owner", ""),
    "ops_viewer": ("viewer", ""),
    "ops_bound": ("owner", "Other Film"),
}
"""Operators by role and tenant. Where a kind says nothing of them they are people as any other."""
WITH_FORMS = ("own", "personal", "ops", "ops_change", "ops_desk", "ops_house", "ops_owner")
"""Kinds whose forms bring a session's token."""
LARGE = 1_000_000
"""Bytes of an answer from which on it is not read: who is let in might be given everything they have."""
PASSING = ("seen_at", "views", "scrubbed_at")
"""Columns that a mere visit changes."""


@dataclass
class Scene:
    """What the rows are asked about, and what each role holds in its hands."""

    blanks: dict[str, str]
    hands: dict[str, Any]
    keys: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, role: str, method: str, row: dict[str, Any], **headers: str) -> requests.Response:
        hand = self.hands[role]
        blanks = {**self.blanks, "token": self.tokens.get(role, self.tokens["taker"])}
        path = row.get("path", row["route"]).format(**blanks)
        said = {"Accept": "text/html", "X-Forwarded-For": hand.address, **row.get("headers", {}), **headers}
        if role in self.keys:
            said["Authorization"] = f"Bearer {self.keys[role]}"
        more: dict[str, Any] = {}
        if "json" in row:
            more["json"] = {name: fill(value, blanks) for name, value in row["json"].items()}
        elif method == "POST":
            fields = {name: fill(value, blanks) for name, value in row.get("form", {}).items()}
            more["data"] = {"csrf": headers.pop("csrf", hand.csrf) or "0" * 32, **fields}
        said.pop("csrf", None)
        reply = hand.http.request(
            method, hand.url + path, headers=said, timeout=30, allow_redirects=False, stream=True, **more
        )
        if int(reply.headers.get("Content-Length", LARGE)) < LARGE:
            assert reply.content is not None  # read to its end: the next request comes over the same connection
        return reply


def fill(value: Any, blanks: dict[str, str]) -> Any:
    return value.format(**blanks) if isinstance(value, str) else value


def expected(row: dict[str, Any], role: str) -> str:
    """Return what a role is to meet: the row's own word for it, else its kind's; for the role, else its group."""
    people = ("person", "others") if role in OPERATORS else ()
    for place in (row, KINDS[row["kind"]]):
        for name in (role, *(group for group, roles in GROUPS.items() if role in roles), *people, "all"):
            if name in place:
                return str(place[name])
    raise AssertionError(f"the kind {row['kind']} says nothing of {role}")


def asked_of(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the roles a row is asked as: where nobody looks at who shows a key, one of a kind stands for all."""
    if row["route"].startswith("/ops"):
        return ("nobody", "code", "person", "viewer", "lab", *OPERATORS)
    spared = {"ops_viewer", "ops_bound"}
    if not {"tenants", *GROUPS["tenants"]} & {*row, *KINDS[row["kind"]]}:
        spared |= {"other_maker", "other_retailer", "other_lab"}
    return tuple(role for role in ROLES if role not in spared)


def met(reply: requests.Response) -> str:
    """Return what a role met, in the table's words."""
    if reply.status_code == 303 and reply.headers["Location"].startswith("/sign-in?next="):
        return "led"
    return "in" if reply.status_code < 400 else str(reply.status_code)


def is_as_it_must(wanted: str, found: str) -> bool:
    if wanted == "led":
        return found in ("led", "401")  # a form is not led anywhere: what it said would be lost
    return found in wanted.split("|")


def watching(world: Any) -> Callable[[], Counter[str]]:
    """Return what tells how many rows were made, changed or taken away, by table, of all that people have and did.

    A trigger on each table counts them, as a transaction that is taken back takes its count back, too.
    """
    tables = world.sql(
        "select table_schema || '.' || table_name as name from information_schema.tables"
        " where table_schema in ('people', 'images', 'goods', 'ops') and table_type = 'BASE TABLE'"
        " and table_name not in ('upkeep', 'hourly', 'daily')"
    )
    assert len(tables) > 50
    world.sql("create table changed (name text not null)")
    world.sql(
        "create function note_change() returns trigger language plpgsql as $$ begin"
        " if (to_jsonb(old) - tg_argv::text[]) is distinct from (to_jsonb(new) - tg_argv::text[]) then"
        " insert into public.changed values (tg_table_schema || '.' || tg_table_name); end if; return null; end $$"
    )
    passing = ", ".join(f"'{name}'" for name in PASSING)
    for table in tables:
        world.sql(
            f"create trigger note_change after insert or update or delete on {table['name']}"
            f" for each row execute function note_change({passing})"
        )
    counted = "select name, count(*) as n from public.changed group by name"
    return lambda: Counter({row["name"]: row["n"] for row in world.sql(counted)})


def routes_of(world: Any) -> set[str]:
    """Return every route of the application as ``METHOD /path``."""
    found = set()
    for route in build_routes().routes:
        handlers = getattr(route, "route_handlers", None) or [route.route_handler]
        found |= {f"{method} {route.path}" for one in handlers for method in one.http_methods - {"OPTIONS"}}
    return found


def test_every_route_has_a_row_and_every_row_a_route(world):
    assert "\n".join(sorted(routes_of(world) - set(ROWS))) == "", "write a row of each in routes.toml"
    assert "\n".join(sorted(set(ROWS) - routes_of(world))) == ""
    assert all(expected({"route": name, **row}, role) for name, row in ROWS.items() for role in ROLES)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No round changes anything of itself while it is looked for who did."""
    return replace(settings, orders_every=None, plan_every=None, sweep_every=None)


@pytest.fixture
def scene(world, owner, browser) -> Scene:
    mine, theirs = owner("TABLE001"), owner("TABLE002")
    hands = {role: browser() for role in ROLES}
    hands["code"], hands["other_code"] = mine.browser, theirs.browser
    running = world.running
    keys = {
        "maker": world.maker,
        "other_maker": running.add_tenant("Other Film", "maker", "9521888"),
        "retailer": world.retailer,
        "other_retailer": running.add_tenant("Other Store", "retailer", "9521777", gln="9521141000038"),
        "lab": running.add_tenant("Table Lab", "lab"),
        "other_lab": running.add_tenant("Other Lab", "lab"),
    }
    image = mine.images[0]
    tokens = open_shares(world, mine, hands)
    sign_up(hands["person"], "somebody")
    for role, (duty, tenant) in OPERATORS.items():
        sign_up(hands[role], role)
        appoint(world, role, duty, tenant)
    owner_of = by_forms(mine.browser)
    owner_of.go("/my/groups")
    owner_of.submit("/my/groups", name="Ours")
    blanks = {
        "group": world.sql("select id from people.sub_group")[0]["id"],
        "share": world.sql("select id from people.share where 'pick' = any(rights) and title = 'taker'")[0]["id"],
        "roll": quote(mine.rolls[0], safe=""),
        "roll_id": mine.rolls[0],
        "package": quote(mine.home.package, safe=""),
        "image": image,
        "image_2": mine.images[1],
        "code": mine.home.access_code,
    }
    return Scene(blanks=blanks, hands=hands, keys=keys, tokens=tokens)


def by_forms(browser: Any) -> PlainBrowser:
    """Return the same browser as one that sends forms as they stand."""
    return PlainBrowser(browser.url, http=browser.http)


def sign_up(browser: Any, name: str) -> None:
    person = by_forms(browser)
    person.go("/sign-up")
    person.submit("/sign-up", name=name, password="another name for light")
    browser.page("/my")


def appoint(world: Any, login: str, role: Any, tenant: str) -> None:
    operators, wish = world.running.service.goods.operators, Appointment(login=login, role=role, tenant=tenant)
    world.running.do(lambda session: operators.add(session, CONSOLE, wish))


def open_shares(world: Any, mine: Any, hands: dict[str, Any]) -> dict[str, str]:
    """Share a roll three times, have a guest open each, and let one of them be over; return their tokens."""
    every = ["view", "comment", "pick", "download_proxy", "download_original"]
    terms = {"viewer": ["view"], "taker": every, "expired": every}
    browser, tokens = by_forms(mine.browser), {}
    for role, rights in terms.items():
        browser.go(f"/my/shares/new?scope=roll&what={quote(mine.rolls[0], safe='')}")
        browser.submit("/my/shares", {"title": role, "right": rights})
        tokens[role] = re.search(r"/s/([A-Za-z0-9_-]{16,})", browser.page)[1]
        guest = by_forms(hands[role])
        guest.go(f"/s/{tokens[role]}")
        guest.submit(f"/s/{tokens[role]}/open", name=role)
        hands[role].page(f"/s/{tokens[role]}")
    over = world.running.service.clock.now() - timedelta(minutes=1)
    world.sql("update people.share set expires_at = $1 where title = 'expired'", over)
    return tokens


def in_order() -> list[tuple[str, str, dict[str, Any]]]:
    """Return the rows as (method, route, row); those that take something away come last."""
    rows = [(*name.split(" ", 1), {"route": name.split(" ", 1)[1], **row}) for name, row in ROWS.items()]
    return sorted(rows, key=lambda one: one[2].get("late", 0))


@pytest.mark.timeout(300)
def test_attack_each_role_meets_at_each_route_what_the_table_says_and_nothing_else(scene, world):
    wrong, kept = [], watching(world)
    for method, route, row in in_order():
        before = kept()
        asked = asked_of(row)
        let_in = [role for role in asked if "in" in expected(row, role).split("|")]
        for role in [role for role in asked if role not in let_in] + ["", *let_in]:
            if not role:  # all who are not let in were here
                if changed := kept() - before:
                    wrong.append(f"{method} {route}: somebody who is not let in changed {sorted(changed)}")
                continue
            with scene.ask(role, method, row) as reply:
                found, wanted = met(reply), expected(row, role)
            if not is_as_it_must(wanted, found):
                wrong.append(f"{method} {route} as {role}: {found}, not {wanted}")
    assert not wrong, "\n".join(wrong)
    assert len(kept()) > 10, "what those changed who are let in was not seen either"


def test_attack_csrf_no_form_of_ones_own_is_taken_without_the_sessions_token(scene, world):
    """Nor from another website, with a token and all: asked as the very owner."""
    wrong, kept = [], watching(world)
    for method, route, row in in_order():
        if method not in ("POST", "PUT", "DELETE") or row["kind"] not in WITH_FORMS:
            continue
        role = "ops_owner" if row["kind"].startswith("ops") else "code"
        before = kept()
        for headers in ({"csrf": "0" * 32}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            with scene.ask(role, method, row, **headers) as reply:
                if reply.status_code != 403:
                    wrong.append(f"{method} {route} {headers}: {reply.status_code}")
        if changed := kept() - before:
            wrong.append(f"{method} {route}: {sorted(changed)} was changed")
    assert not wrong, "\n".join(wrong)
