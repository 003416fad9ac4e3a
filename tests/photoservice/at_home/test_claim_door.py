"""Claims at home with a wrong code, a used key or hostile bytes: one answer, nothing done, nothing told (O6, A11)."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from photocore.codes import grouped, mint_claim_code, mint_house_roll
from photocore.crockford import draw
from photocore.host import SystemEntropy
from photocore.privacy import load_privacy
from photocore.settings import locate_config

NOTICE = load_privacy(locate_config()).version
ENTROPY = SystemEntropy()
CARD_A, CARD_B = "952114100000000018", "952114100000000025"


def wrong_kinds(world, station, coded, builders):
    """Return (roll, code) of every wrong kind there is."""
    _, rolls, codes = coded("KINDS001")
    _, others, other_codes = coded("KINDS002")
    spent, spent_rolls, spent_codes = coded("KINDS003")
    assert requests.post(
        f"{world.url}/claims",
        json={"roll": spent, "code": spent_codes[0]},
        headers={"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": "203.0.113.1"},
        timeout=30,
    ).ok
    voided, voided_rolls, voided_codes = coded("KINDS004")
    assert world.codes(voided, {voided_rolls[0]: mint_claim_code(ENTROPY)}).status_code == 204
    contested, contested_rolls, _ = coded("KINDS005")
    for card in (CARD_A, CARD_B):
        station.claim(contested, card)
    revoked, revoked_rolls, revoked_codes = coded("KINDS006")
    recalled = {**builders.packing(revoked, []), "type": "ObjectEvent", "action": "OBSERVE", "disposition": "recalled"}
    recalled = {k: v for k, v in recalled.items() if k not in ("parentID", "childEPCs", "bizStep")}
    job = world.captured(builders.document({**recalled, "epcList": [builders.link(revoked)]}))
    assert (job["success"], job["photo:parked"]) == (True, 0), job
    assert len(world.sql("select * from revoked_item")) == 1
    late, late_rolls = world.pack("KINDS007")
    station.claim(late, CARD_A)
    station.send()
    late_code = mint_claim_code(ENTROPY)
    assert world.codes(late, {late_rolls[0]: late_code}).status_code == 204
    fresh = mint_claim_code(ENTROPY)
    return {
        "unknown roll": (builders.roll_ids("NOSUCH01")[0], fresh),
        "unknown house roll": (mint_house_roll(ENTROPY), fresh),
        "malformed roll": ("not a roll", codes[0]),
        "an empty roll": ("", codes[0]),
        "a card's number": ("8018952114100000000018", codes[0]),
        "a price": ("4006381333931", codes[0]),
        "wrong code": (rolls[0], fresh),
        "malformed code": (rolls[0], "7Q2M-9XKD"),
        "a code with a wrong check symbol": (rolls[0], codes[0][:-1] + ("0" if codes[0][-1] != "0" else "1")),
        "an access code": (rolls[0], "0123456789ABCDEFG"),
        "another package's code": (others[0], codes[0]),
        "another package's roll": (rolls[0], other_codes[0]),
        "spent": (spent_rolls[1], spent_codes[1]),
        "voided": (voided_rolls[0], voided_codes[0]),
        "contested, wrong code": (contested_rolls[0], fresh),
        "revoked": (revoked_rolls[0], revoked_codes[0]),
        "handed over after a claim": (late_rolls[0], late_code),
        "a NUL": (rolls[0] + "\x00", codes[0]),
        "a NUL in the code": (rolls[0], codes[0] + "\x00"),
        "digits of another script": (rolls[0].replace("0", "٠"), codes[0]),
        "a lone surrogate's neighbour": ("\ud7ff\ue000", codes[0]),
        "quotes": ("'; drop table claim; --", "' or 1=1 --aaa"),
        "9 kB": ("A" * 9000, "B"),
    }


def test_attack_A11_every_wrong_kind_is_answered_with_the_same_bytes(world, station, home, coded, builders):
    """Status, headers and body, but for the date and the request's own ID; and nothing is written but the count."""
    kinds = wrong_kinds(world, station, coded, builders)
    before = len(world.sql("select * from claim"))

    replies = {
        kind: home(f"192.0.{place}.9").claim(roll, code, **{"X-Request-ID": "the-same-id"})
        for place, (kind, (roll, code)) in enumerate(kinds.items())
    }

    assert {kind: reply.status_code for kind, reply in replies.items()} == dict.fromkeys(kinds, 403)
    assert len({reply.content for reply in replies.values()}) == 1
    told = [{k: v for k, v in r.headers.items() if k.lower() != "date"} for r in replies.values()]
    assert all(headers == told[0] for headers in told)
    assert replies["spent"].json()["type"] == "urn:twincheck:problem:claim-refused"
    assert len(world.sql("select * from claim")) == before


def test_attack_A11_the_form_answers_every_wrong_kind_with_the_same_page(world, station, home, coded, builders):
    """The page repeats what was typed as roll, never the code, and is the same beside."""
    kinds = wrong_kinds(world, station, coded, builders)
    del kinds["an empty roll"]
    pages = {}
    for place, (kind, (roll, code)) in enumerate(kinds.items()):
        one = home(f"192.0.{place}.9")
        form = {"roll": roll, "code": code, "key": "K" * 26, "notice": NOTICE}
        reply = one.session.post(f"{world.url}/claim", data=form, headers={"X-Forwarded-For": one.address}, timeout=30)
        page = re.sub(r'id="roll" name="roll" value="[^"]*"|href="\?[^"]*"', "", reply.text)
        pages[kind] = (reply.status_code, page)
        assert len(code) == 1 or code not in reply.text
    assert {status for status, _ in pages.values()} == {403}
    assert len({page for _, page in pages.values()}) == 1


def test_O6_the_same_request_under_its_key_gets_the_same_answer_and_the_same_access_code(world, home, coded):
    """A phone that lost the answer asks again, from another network even; one claim is written."""
    _, rolls, codes = coded("AGAIN001")
    key = draw(ENTROPY, 30)
    first = home().claim(rolls[0], codes[0], key=key)
    again = home("203.0.113.80").claim(rolls[0], grouped(codes[0]), key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert len(world.sql("select * from claim")) == 1
    assert len(world.sql("select * from access_code where voided_at is null")) == 1


def test_O6_a_key_stands_for_one_request_and_a_wrong_one_does_not_use_it_up(home, coded):
    """Another body under a used key: 422. A mistyped one may be corrected under its key."""
    _, rolls, codes = coded("OTHER001")
    _, other_rolls, other_codes = coded("OTHER002")
    key = draw(ENTROPY, 30)
    assert home().claim(rolls[0], codes[1][:-1], key=key).status_code == 403
    assert home().claim(rolls[0], codes[0], key=key).status_code == 201
    reused = home().claim(other_rolls[0], other_codes[0], key=key)
    assert reused.status_code == 422
    assert reused.json()["type"] == "urn:twincheck:problem:key-reused"
    assert home().claim(other_rolls[0], other_codes[0]).status_code == 201


@pytest.mark.parametrize("key", ["", "short", "x" * 101, "with a space in it, long enough", "ümlaute-" * 4])
def test_O6_without_a_key_of_22_to_100_characters_nothing_is_done(world, home, coded, key):
    """A weak key would let others ask for the access code again."""
    _, rolls, codes = coded("NOKEY001")
    reply = requests.post(
        f"{world.url}/claims",
        json={"roll": rolls[0], "code": codes[0]},
        headers={"Idempotency-Key": key.encode("latin-1")},
        timeout=30,
    )
    assert reply.status_code == 400, reply.text
    assert world.sql("select * from claim") == []


def test_O6_one_key_sent_twice_at_once_makes_one_claim(world, home, coded):
    """A double click, or a proxy that repeats: the same answer to both."""
    _, rolls, codes = coded("TWICE001")
    key = draw(ENTROPY, 30)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: home().claim(rolls[0], codes[0], key=key), range(4)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.content for reply in replies}) == 1
    assert len(world.sql("select * from claim")) == 1


def test_O6_what_is_hostile_never_gets_further_than_the_door(world):
    """1 MB bodies, deep nesting, other types, other media: refused in a sentence, and nothing repeats what was sent."""
    url, key = f"{world.url}/claims", {"Idempotency-Key": "k" * 30}
    json_type = {**key, "Content-Type": "application/json"}
    for body, status in (
        (b"x" * 1_000_000, 413),
        (b'{"roll": "' + b"A" * 1_000_000 + b'"}', 413),
        (b'{"a":' * 1500 + b"1" + b"}" * 1500, 400),
        (b"[" * 9000, 400),
        (b'{"roll": 1, "code": []}', 400),
        (b'{"roll": null, "code": null}', 400),
        (b'{"roll": "a"}', 400),
        (b'{"roll": "\\ud800", "code": "x"}', 400),
        (b'{"roll": "\xff", "code": "x"}', 400),
        (b"", 400),
        (b"null", 400),
    ):
        reply = requests.post(url, data=body, headers=json_type, timeout=30)
        assert reply.status_code == status, (body[:40], reply.text)
        assert reply.headers["Content-Type"] == "application/problem+json"
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        reply = requests.post(url, data=b"roll=a&code=b", headers={**key, "Content-Type": media}, timeout=30)
        assert reply.status_code == 415, media
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    many = "&".join(f"f{n}=1" for n in range(30))
    assert requests.post(f"{world.url}/claim", data=many, headers=form, timeout=30).status_code == 400
    assert requests.post(f"{world.url}/claim", data=b"x" * 1_000_000, headers=form, timeout=30).status_code == 413
    odd = requests.post(
        f"{world.url}/claim",
        data=b"roll=%00%FF%ED%A0%80&code=%00&key=" + b"k" * 26 + b"&notice=" + NOTICE.encode(),
        headers=form,
        timeout=30,
    )
    assert odd.status_code == 403


def test_O11_the_api_describes_both_doors_with_their_bodies(world):
    """OpenAPI names the body, the key, and every answer."""
    described = requests.get(f"{world.url}/openapi.json", timeout=30).json()
    claim = described["paths"]["/claims"]["post"]
    schema = claim["requestBody"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["roll", "code"]
    assert {"201", "400", "403", "413", "415", "422", "429"} <= set(claim["responses"])
    assert any(p["name"].lower() == "idempotency-key" and p["required"] for p in claim["parameters"])
    look_up = described["paths"]["/registrations/lookup"]["post"]
    assert look_up["requestBody"]["content"]["application/json"]["schema"]["required"] == ["access_code"]
    form = described["paths"]["/claim"]["post"]["requestBody"]["content"]
    assert "application/x-www-form-urlencoded" in form
