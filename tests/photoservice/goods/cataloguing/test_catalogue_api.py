"""The catalogue over HTTP: the published bytes, kept by their tag; prices; and what hostile requests meet."""

import hashlib
import json

import requests

QUOTE = {"choice": {"item": "prints", "options": {"size": "20x30"}, "quantity": 2}, "images": 36, "currency": "EUR"}


def ask(world, body, **headers):
    said = {"Content-Type": "application/json", **headers}
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(f"{world.url}/catalogue/quote", data=text, headers=said, timeout=30)


def test_O10_the_catalogue_is_read_by_everybody_and_kept_by_its_tag(world, publish, shop):
    publish(shop)
    reply = requests.get(f"{world.url}/catalogue", timeout=30)
    assert reply.status_code == 200
    assert reply.headers["ETag"] == f'"{hashlib.sha256(reply.content).hexdigest()}"'
    assert reply.headers["Cache-Control"] == "public, max-age=300"
    assert reply.json()["version"] == "v1"
    again = requests.get(f"{world.url}/catalogue", headers={"If-None-Match": reply.headers["ETag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
    publish({**shop, "version": "v2"})
    newer = requests.get(f"{world.url}/catalogue", headers={"If-None-Match": reply.headers["ETag"]}, timeout=30)
    assert newer.json()["version"] == "v2"
    older = requests.get(f"{world.url}/catalogue", params={"version": "v1"}, timeout=30)
    assert older.content == reply.content
    assert "immutable" in older.headers["Cache-Control"]


def test_O10_a_version_that_never_was_is_a_problem(world):
    for version, status in (("never", 404), ("x" * 33, 400), ("a\0b", 404), ("'; drop", 404)):
        reply = requests.get(f"{world.url}/catalogue", params={"version": version}, timeout=30)
        assert reply.status_code in (status, 400), version
        assert reply.headers["Content-Type"] == "application/problem+json", version
        assert reply.headers["Cache-Control"] == "no-store", version


def test_S4_a_choice_is_priced_with_its_tax_and_digest(world, publish, shop):
    publish(shop)
    told = ask(world, QUOTE).json()
    assert told["gross"] == 2 * (190 + 36 * (29 + 150))
    assert told["net"] + told["tax"] == told["gross"]
    assert (told["catalogue"], told["units"], told["currency"], told["rate"]) == ("v1", 36, "EUR", 1900)
    assert told["options"] == {"size": "20x30", "surface": "glossy"}
    assert ask(world, QUOTE).json()["digest"] == told["digest"]
    publish({**shop, "version": "v2"})
    assert ask(world, QUOTE).json()["digest"] != told["digest"]


NOT_TO_BE_HAD = [
    ({"choice": {"item": "yacht"}}, "item"),
    ({"choice": {"item": "prints", "options": {"size": "1x1"}}}, "value"),
    ({"choice": {"item": "prints", "options": {"scent": "rose"}}}, "option"),
    ({"choice": {"item": "prints", "options": {"size": "20x30", "surface": "silk"}}}, "together"),
    ({"choice": {"item": "prints", "quantity": -3}}, "quantity"),
    ({"choice": {"item": "prints", "quantity": 10**15}}, "quantity"),
    ({"images": 0}, "images"),
    ({"images": 1_000_000}, "images"),
    ({"currency": "USD"}, "currency"),
    ({"currency": "eur"}, "currency"),
]


def test_S4_what_cannot_be_had_is_a_problem_that_says_which_part(world, publish, shop):
    publish(shop)
    for change, why in NOT_TO_BE_HAD:
        reply = ask(world, {**QUOTE, **change})
        told = reply.json()
        assert (reply.status_code, told["type"]) == (422, "urn:twincheck:problem:choice-refused"), change
        assert told["why"] == why, change


OUT_OF_FORM = [
    (b"", 400),
    (b"{", 400),
    (b"\xff", 400),
    (b"[" * 9_000, 400),
    ({**QUOTE, "images": -1}, 400),
    ({**QUOTE, "images": 10**30}, 400),
    ({**QUOTE, "images": "36"}, 400),
    ({**QUOTE, "currency": "EURO"}, 400),
    ({**QUOTE, "colour": "red"}, 400),
    ({**QUOTE, "choice": {"item": "a\0b"}}, 422),
    (b" " * 10_000_000, 413),
]


def test_S4_a_quote_that_is_out_of_form_is_a_problem(world, publish, shop):
    publish(shop)
    for body, status in OUT_OF_FORM:
        reply = ask(world, body)
        assert reply.status_code == status, str(body)[:80]
        assert reply.headers["Content-Type"] == "application/problem+json", str(body)[:80]
    assert ask(world, QUOTE).status_code == 200


def test_S4_a_quote_is_asked_in_json(world):
    assert ask(world, b"a=b", **{"Content-Type": "application/x-www-form-urlencoded"}).status_code == 415


def test_O10_the_api_s_description_knows_both(world):
    paths = requests.get(f"{world.url}/openapi.json", timeout=30).json()["paths"]
    assert "304" in paths["/catalogue"]["get"]["responses"]
    schema = paths["/catalogue/quote"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["required"]) == {"choice", "currency"}
