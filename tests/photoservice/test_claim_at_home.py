"""A package claimed from a browser with one roll's ID and its claim code (O6, O11, O17): real HTTP, real PostgreSQL."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from photocore.codes import grouped, mint_claim_code, mint_house_roll, parse_access_code, parse_registration_number
from photocore.crockford import draw
from photocore.host import SystemEntropy
from photoservice.settings import Settings

ENTROPY = SystemEntropy()
CARD_A, CARD_B = "952114100000000018", "952114100000000025"


@dataclass
class Home:
    """Somebody's browser, at an address of its own behind a proxy we trust."""

    url: str
    address: str = "198.51.100.7"
    session: requests.Session = field(default_factory=requests.Session)

    def claim(self, roll: Any, code: Any, *, key: str | None = None, **more: str) -> requests.Response:
        headers = {"Idempotency-Key": key or draw(ENTROPY, 30), "X-Forwarded-For": self.address, **more}
        return self.session.post(f"{self.url}/claims", json={"roll": roll, "code": code}, headers=headers, timeout=20)

    def look_up(self, code: str, **more: str) -> requests.Response:
        headers = {"X-Forwarded-For": self.address, **more}
        wish = {"access_code": code}
        return self.session.post(f"{self.url}/registrations/lookup", json=wish, headers=headers, timeout=20)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    from dataclasses import replace

    return replace(settings, trusted_proxies=("127.0.0.0/8",), wrong_per_hour=60)


@pytest.fixture
def home(world):
    homes: list[Home] = []

    def at(address: str = "198.51.100.7") -> Home:
        homes.append(Home(url=world.url, address=address))
        return homes[-1]

    yield at
    for one in homes:
        one.session.close()


@pytest.fixture
def coded(world):
    """Pack a package with one claim code a roll; return package, rolls and codes."""

    def pack(serial: str, count: int = 3):
        package, rolls = world.pack(serial, count)
        codes = {roll: mint_claim_code(ENTROPY) for roll in rolls}
        assert world.codes(package, codes).status_code == 204
        return package, rolls, [codes[roll] for roll in rolls]

    return pack


def test_O6_O11_one_rolls_code_registers_the_whole_package_to_a_new_account(world, home, coded):
    """No card and no station: an account by itself, all rolls, a number, and an access code told once."""
    package, rolls, codes = coded("HOME0001")

    reply = home().claim(rolls[1], codes[1])

    told = reply.json()
    assert reply.status_code == 201, reply.text
    assert (told["word"], told["package"], told["rolls"]) == ("registered", package, rolls)
    assert parse_access_code(told["access_code"]) == told["access_code"]
    assert parse_registration_number(told["number"]) == told["number"]
    assert reply.headers["Cache-Control"] == "no-store"
    row = world.registration(package)
    assert (row["word"], row["proof"]) == ("registered", "confirmed")
    assert row["claims"][0].startswith("WEB/")
    (account,) = world.sql("select * from account join account_key on account = id")
    assert account["id"] == row["owner"]
    assert world.sql("select * from account_card") == []


def test_O11_the_packages_own_id_and_any_way_of_writing_will_do(world, home, coded):
    """As printed, in small letters with spaces, with O for 0, as a link; the code as grouped on the label."""
    for place, write in enumerate((
        lambda roll: roll.replace("(21)", " (21) "),
        lambda roll: roll.replace("(01)", "01").replace("(21)", "21"),
        lambda roll: f"https://photos.example/01/{roll[4:18]}/21/{roll[22:]}",
    )):  # fmt: skip
        _, rolls, codes = coded(f"WRITE00{place}")
        assert home().claim(write(rolls[0]), grouped(codes[0]).lower()).status_code == 201
    package, _, codes = coded("WRITE009")
    reply = home().claim(package, f" {codes[2]} ".replace("0", "O").replace("1", "l"))
    assert reply.status_code == 201
    assert reply.json()["package"] == package


def test_O11_any_one_code_spends_them_all(home, coded):
    """All codes are bound to the package: the first claims it, the others open nothing after."""
    _, rolls, codes = coded("SPENT001")
    assert home().claim(rolls[0], codes[0]).status_code == 201
    again = [home().claim(roll, code) for roll, code in zip(rolls, codes, strict=True)]
    assert [reply.status_code for reply in again] == [403, 403, 403]


def wrong_kinds(world, station, coded, builders):
    """Return (roll, code) of every wrong kind there is."""
    _, rolls, codes = coded("KINDS001")
    _, others, other_codes = coded("KINDS002")
    spent, spent_rolls, spent_codes = coded("KINDS003")
    assert requests.post(
        f"{world.url}/claims",
        json={"roll": spent, "code": spent_codes[0]},
        headers={"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": "203.0.113.1"},
        timeout=20,
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
        form = {"roll": roll, "code": code, "key": "K" * 26}
        reply = one.session.post(f"{world.url}/claim", data=form, headers={"X-Forwarded-For": one.address}, timeout=20)
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
        timeout=20,
    )
    assert reply.status_code == 400, reply.text
    assert world.sql("select * from claim") == []


def test_O6_nothing_secret_of_a_claim_at_home_is_kept_in_plain_text(world, home, coded):
    """Neither code, nor key, nor where it came from stands in any table; and the answer's box holds no access code."""
    _, rolls, codes = coded("PLAIN001")
    key = draw(ENTROPY, 30)
    access = home("198.51.100.77").claim(rolls[0], codes[0], key=key).json()["access_code"]
    home("198.51.100.77").claim(rolls[0], codes[1], key=draw(ENTROPY, 30))
    tables = [r["tablename"] for r in world.sql("select tablename from pg_tables where schemaname = 'public'")]
    for table in tables:
        dump = str(world.sql(f"select t::text, encode(convert_to(t::text, 'utf8'), 'escape') as e from {table} as t"))
        for secret in (access, codes[0], codes[1], key, "198.51.100"):
            assert secret not in dump, table
            assert secret.encode().hex() not in dump, table


def test_O6_O11_two_browsers_with_two_codes_at_once_make_one_registration(world, home, coded):
    """Exactly one wins, one access code lives, and it opens."""
    for round_ in range(4):
        package, rolls, codes = coded(f"RACE000{round_}")
        start = threading.Barrier(3)

        def claim(place, rolls=rolls, codes=codes, start=start):
            start.wait(10)
            return home(f"192.0.2{place}.1").claim(rolls[place], codes[place])

        with ThreadPoolExecutor(3) as pool:
            replies = list(pool.map(claim, range(3)))

        assert sorted(reply.status_code for reply in replies) == [201, 403, 403]
        winner = next(reply.json() for reply in replies if reply.status_code == 201)
        (claimed,) = world.sql("select * from claim where root = $1", package)
        (living,) = world.sql("select * from access_code where claim = $1 and voided_at is null", claimed["id"])
        assert living["voided_at"] is None
        assert home("192.0.20.1").look_up(winner["access_code"]).json()["number"] == claimed["number"]


def test_O6_one_key_sent_twice_at_once_makes_one_claim(world, home, coded):
    """A double click, or a proxy that repeats: the same answer to both."""
    _, rolls, codes = coded("TWICE001")
    key = draw(ENTROPY, 30)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: home().claim(rolls[0], codes[0], key=key), range(4)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.content for reply in replies}) == 1
    assert len(world.sql("select * from claim")) == 1


def test_O11_the_code_wins_over_an_unproven_counter_claim(world, station, home, coded):
    """Somebody else registered the shelf package at a kiosk: who peeled the strip owns it (DESIGN 5C)."""
    package, rolls, codes = coded("WINS0001")
    station.claim(package, CARD_A)
    station.send()
    told = home().claim(rolls[0], codes[0]).json()
    assert told["word"] == "registered"
    assert world.registration(package)["claims"][0].startswith("WEB/")


def test_O11_the_code_wins_over_a_registration_that_stood_unopposed(world, station, home, coded):
    """A confirmation keeps unproven claims out, not proof."""
    package, rolls, codes = coded("WINS0002")
    station.claim(package, CARD_A)
    station.send()
    world.clock.advance(3 * 86_400)
    assert world.running.settle() == 1
    assert home().claim(rolls[0], codes[0]).json()["word"] == "registered"
    assert world.registration(package)["claims"][0].startswith("WEB/")


def test_O11_a_code_shown_at_the_counter_is_spent_for_the_web(station, home, coded):
    """A kiosk's claim with the code spends them all, too; undone, they open again."""
    package, rolls, codes = coded("COUNTER1")
    claim = station.claim(package, CARD_A, claim_code=codes[0])
    station.send()
    assert home().claim(rolls[1], codes[1]).status_code == 403
    station.withdraw(claim)
    station.send()
    assert home().claim(rolls[1], codes[1]).json()["word"] == "registered"


def test_O6_O17_O18_a_code_peeled_off_a_store_made_package_registers_it(world, station, home):
    """House codes, typed as on the label; printed again before the sale, the old label's code opens nothing."""
    made = station.make_up(3)
    new = station.replace_codes(made, made.rolls[0])
    station.send()
    assert home().claim(grouped(made.rolls[0]), grouped(made.codes[made.rolls[0]])).status_code == 403
    told = home().claim(grouped(made.rolls[0]).lower(), grouped(new.codes[made.rolls[0]])).json()
    assert (told["word"], told["package"], told["rolls"]) == ("registered", made.package, list(made.rolls))
    assert home().claim(made.rolls[1], made.codes[made.rolls[1]]).status_code == 403
    assert home().look_up(told["access_code"]).json()["word"] == "confirmed"


def test_O18_a_package_its_store_took_back_is_claimed_by_nobody(world, station, home):
    """Wrongly counted and undone: the labels' codes open nothing; one that is claimed is not taken back."""
    undone, kept = station.make_up(2), station.make_up(2)
    station.unmake(undone)
    station.send()
    assert home().claim(undone.rolls[0], undone.codes[undone.rolls[0]]).status_code == 403
    assert home().claim(kept.rolls[0], kept.codes[kept.rolls[0]]).status_code == 201
    late = station.unmake(kept)
    parked = [v for v in station.send(late).verdicts if v.cause == "package_claimed"]
    assert [v.id for v in parked] == [late.id]
    assert world.registration(kept.package)["word"] == "registered"


def test_O6_the_station_that_registered_before_is_told_that_a_code_won(station, home):
    """Its shopper was told "registered": by its news it hears the truth, and nobody asks for news of the web."""
    made = station.make_up(2)
    claim = station.claim(made.package, CARD_A)
    station.send()
    station.drain_news()
    assert home().claim(made.rolls[0], made.codes[made.rolls[0]]).status_code == 201
    news = station.drain_news()
    assert list(news) == [claim.id]
    assert news[claim.id].outcome.word in ("refused", "case")


def test_O18_codes_that_came_before_the_list_are_accepted_and_wait(world, home, builders):
    """The roll's package is known from its code; all rolls are registered when the list comes, and it says so."""
    package, rolls = builders.package_id("BEFORE01"), builders.roll_ids("BEFORE01")
    code = mint_claim_code(ENTROPY)
    assert world.codes(package, {rolls[1]: code}).status_code == 204
    told = home().claim(rolls[1], code).json()
    assert (told["word"], told["rolls"]) == ("waiting", [])
    assert home().look_up(told["access_code"]).json()["word"] == "waiting"
    world.pack("BEFORE01")
    seen = home().look_up(told["access_code"]).json()
    assert (seen["word"], seen["rolls"]) == ("confirmed", 3)


def test_O11_rolls_of_an_opened_package_are_claimed_one_by_one_with_their_own_codes(world, home, coded, builders):
    """Sold singly: a roll's code opens that roll only, and spends no neighbour's."""
    package, rolls, codes = coded("SINGLE01")
    opening = builders.packing(package, rolls, action="DELETE", bizStep="unpacking")
    opening.pop("disposition")
    assert world.captured(builders.document(opening))["photo:parked"] == 0
    assert home().claim(package, codes[0]).status_code == 403
    assert home().claim(rolls[0], codes[1]).status_code == 403
    first, second = home().claim(rolls[0], codes[0]), home().claim(rolls[1], codes[1])
    assert (first.json()["word"], first.json()["rolls"]) == ("registered", rolls[:1])
    assert (second.json()["word"], second.json()["rolls"]) == ("registered", rolls[1:2])
    assert world.registration(rolls[0])["owner"] != world.registration(rolls[1])["owner"]


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
        reply = requests.post(url, data=body, headers=json_type, timeout=20)
        assert reply.status_code == status, (body[:40], reply.text)
        assert reply.headers["Content-Type"] == "application/problem+json"
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        reply = requests.post(url, data=b"roll=a&code=b", headers={**key, "Content-Type": media}, timeout=20)
        assert reply.status_code == 415, media
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    many = "&".join(f"f{n}=1" for n in range(30))
    assert requests.post(f"{world.url}/claim", data=many, headers=form, timeout=20).status_code == 400
    assert requests.post(f"{world.url}/claim", data=b"x" * 1_000_000, headers=form, timeout=20).status_code == 413
    odd = requests.post(
        f"{world.url}/claim", data=b"roll=%00%FF%ED%A0%80&code=%00&key=" + b"k" * 26, headers=form, timeout=20
    )
    assert odd.status_code == 403


def test_O11_the_api_describes_both_doors_with_their_bodies(world):
    """OpenAPI names the body, the key, and every answer."""
    described = requests.get(f"{world.url}/openapi.json", timeout=10).json()
    claim = described["paths"]["/claims"]["post"]
    schema = claim["requestBody"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["roll", "code"]
    assert {"201", "400", "403", "413", "415", "422", "429"} <= set(claim["responses"])
    assert any(p["name"].lower() == "idempotency-key" and p["required"] for p in claim["parameters"])
    look_up = described["paths"]["/registrations/lookup"]["post"]
    assert look_up["requestBody"]["content"]["application/json"]["schema"]["required"] == ["access_code"]
    form = described["paths"]["/claim"]["post"]["requestBody"]["content"]
    assert "application/x-www-form-urlencoded" in form
