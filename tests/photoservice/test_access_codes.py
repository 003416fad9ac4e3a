"""What the bearer of a receipt's access code may see, and nothing else (O6, O17; DESIGN 5A, 5D): over real HTTP."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from photocore.codes import grouped, mint_access_code, mint_claim_code
from photocore.crockford import draw
from photocore.host import SystemEntropy
from photocore.kinds import AccessCodeReplaced, AccessCodeReplacedSecrets
from photoservice.settings import Settings

ENTROPY = SystemEntropy()
CARD_A, CARD_B = "952114100000000018", "952114100000000025"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, trusted_proxies=("127.0.0.0/8",))


@pytest.fixture
def look_up(world):
    with requests.Session() as session:

        def post(code, *, source="198.51.100.7", lang="en", **headers):
            return session.post(
                f"{world.url}/registrations/lookup?lang={lang}",
                json={"access_code": code},
                headers={"X-Forwarded-For": source, **headers},
                timeout=30,
            )

        yield post


@pytest.fixture
def registered(world, station):
    """Register a package at the counter; return its claim and its access code."""

    def register(serial, card=CARD_A, **more):
        package, _ = world.pack(serial)
        claim = station.claim(package, card, **more)
        station.send()
        return package, claim, station.secrets[claim.id].access_code

    return register


def test_O17_the_receipts_code_opens_its_registration_and_tells_nothing_about_anybody(world, registered, look_up):
    """Film, number of rolls, where, when, what became of it; no card, no account, no roll, no other registration."""
    headers = {"Authorization": f"Bearer {world.maker}"}
    product = {
        "level": "package",
        "name": "Halide Gold",
        "format": "135",
        "process": "C-41",
        "iso": 200,
        "exposures": 36,
    }
    put = requests.put(
        f"{world.url}/products/09521141012345", json={**product, "rolls": 3}, headers=headers, timeout=30
    )
    assert put.status_code == 204, put.text
    registered("MINE0002")
    package, claim, code = registered("MINE0001")

    reply = look_up(grouped(code).lower())

    seen = reply.json()
    told = seen.pop("told")
    assert seen == {
        "word": "registered",
        "number": claim.public["number"],
        "product": {"name": "Halide Gold", "detail": "135-36 · ISO 200 · C-41"},
        "rolls": 3,
        "store": "Corner Photo Mitte",
        "registered_at": "2026-11-21T10:30:00+01:00",
    }
    assert [row["value"] for row in told["rows"]][:4] == [
        "Halide Gold · 135-36 · ISO 200 · C-41",
        "3 rolls",
        "21 November 2026, 10:30",
        "Corner Photo Mitte",
    ]
    account = world.registration(package)["owner"]
    for secret in (CARD_A, account, package, "MINE", code):
        assert secret not in reply.text
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("lang", "rolls", "when"),
    [
        ("de", "3 Filme", "21. November 2026, 10:30 Uhr"),
        ("ar", "3 أفلام", "21 نوفمبر 2026، 10:30"),
    ],
)
def test_O17_it_is_told_in_the_readers_language(registered, look_up, lang, rolls, when):
    """By the switch, or by what the browser prefers."""
    _, _, code = registered("LANG0001")
    for reply in (look_up(code, lang=lang), look_up(code, lang="", **{"Accept-Language": lang})):
        told = reply.json()["told"]
        assert (told["language"], told["rows"][1]["value"], told["rows"][2]["value"]) == (lang, rolls, when)


def test_O17_every_word_a_registration_can_have_is_told_plainly(world, station, registered, look_up, builders):
    """Registered, confirmed, contested, waiting, lost to a code, a case: each with what it means and what to do."""
    _, _, confirmed = registered("WORD0001")
    world.clock.advance(3 * 86_400)
    world.running.settle()
    _, _, registered_code = registered("WORD0002")
    contested, _, contested_code = registered("WORD0003")
    station.claim(contested, CARD_B)
    waiting = station.claim(builders.package_id("WORD0004"))
    station.send()
    coded, rolls = world.pack("WORD0005")
    code = mint_claim_code(ENTROPY)
    assert world.codes(coded, {rolls[0]: code}).status_code == 204
    lost = station.claim(coded)
    station.send()
    wish = {"roll": rolls[0], "code": code}
    claimed = requests.post(
        f"{world.url}/claims", json=wish, headers={"Idempotency-Key": draw(ENTROPY, 30)}, timeout=30
    ).json()
    late = station.claim(coded, CARD_B)
    station.send()

    seen = {
        word: look_up(access).json()
        for word, access in {
            "confirmed": confirmed,
            "registered": registered_code,
            "contested": contested_code,
            "waiting": station.secrets[waiting.id].access_code,
            "lost": station.secrets[lost.id].access_code,
            "late": station.secrets[late.id].access_code,
            "home": claimed["access_code"],
        }.items()
    }

    words = {name: one["word"] for name, one in seen.items()}
    assert words["late"] in ("case", "refused")
    assert words["lost"] in ("case", "refused")
    assert {k: v for k, v in words.items() if k not in ("lost", "late")} == {
        "confirmed": "confirmed",
        "registered": "registered",
        "contested": "contested",
        "waiting": "waiting",
        "home": "confirmed",
    }
    assert seen["home"]["store"] is None
    assert seen["home"]["told"]["rows"][3]["value"] == "At home, on this website"
    assert [name for name, one in seen.items() if "UTC" in one["told"]["rows"][2]["value"]] == ["home"]
    later = "Your pictures appear here when the lab has sent the scans."
    assert seen["home"]["told"]["do"] == f"Shoot, and drop the film off. Keep the access code. {later}"
    assert (
        seen["confirmed"]["told"]["do"] == f"Label each roll, shoot, and drop the film off. Keep the receipt. {later}"
    )
    assert {one["told"]["tone"] for name, one in seen.items() if name in ("contested", "lost", "late")} == {"look"}
    assert all(one["told"]["heading"] and one["told"]["text"] and one["told"]["do"] for one in seen.values())


def test_attack_A12_wrong_void_old_and_malformed_codes_get_one_answer(world, station, registered, look_up):
    """Never minted, undone, replaced, 180 days old, mistyped, a claim code, nothing: the same bytes."""
    _, undone, undone_code = registered("VOID0001")
    station.withdraw(undone)
    _, renewed, old_code = registered("VOID0002")
    new_code = mint_access_code(ENTROPY)
    station.write(
        AccessCodeReplaced(claim=renewed.id, reason="lost"), secrets=AccessCodeReplacedSecrets(access_code=new_code)
    )
    station.send()
    _, _, aged = registered("VOID0003")
    assert look_up(new_code).status_code == 200
    assert look_up(aged).status_code == 200
    world.clock.advance(timedelta(days=181).total_seconds())
    kinds = [
        mint_access_code(ENTROPY),
        undone_code,
        old_code,
        aged,
        aged[:-1],
        mint_claim_code(ENTROPY),
        "",
        "\x00",
        "٣" * 17,
    ]

    replies = [look_up(code, source=f"192.0.{n}.1", **{"X-Request-ID": "the-same-id"}) for n, code in enumerate(kinds)]

    assert {reply.status_code for reply in replies} == {403}
    assert len({reply.content for reply in replies}) == 1
    assert replies[0].json()["type"] == "urn:twincheck:problem:access-refused"


def test_O17_without_a_script_the_code_is_typed_and_the_same_is_shown(world, registered):
    """A form, a page; one answer for what is wrong; what is typed comes back to open the pictures alone."""
    _, claim, code = registered("TYPED001")
    shown = requests.post(f"{world.url}/r?lang=de", data={"access_code": grouped(code)}, timeout=30)
    assert shown.status_code == 200
    assert "Registriert." in shown.text
    assert grouped(claim.public["number"]) in shown.text
    opening = f'<input type="hidden" name="access_code" value="{grouped(code)}">'
    assert opening in shown.text
    assert grouped(code) not in shown.text.replace(opening, "")
    assert code not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    wrong = [
        requests.post(f"{world.url}/r", data={"access_code": c}, timeout=30) for c in (mint_access_code(ENTROPY), "x")
    ]
    assert {reply.status_code for reply in wrong} == {403}
    assert wrong[0].text == wrong[1].text
    assert requests.post(f"{world.url}/r", data={"access_code": " "}, timeout=30).status_code == 400


def test_O17_the_page_a_receipt_leads_to_is_the_same_for_everybody(world, registered):
    """The code stays in the fragment: the server could not tell if it wanted to."""
    registered("SAME0001")
    first, second = (requests.get(f"{world.url}/r", timeout=30) for _ in range(2))
    assert first.content == second.content
    assert re.search(r"max-age=300", first.headers["Cache-Control"])


def test_a_stations_clock_that_runs_ahead_is_not_believed(world, station, look_up):
    """It was not registered next year: then we say when we heard of it."""
    package, _ = world.pack("AHEAD001")
    now = world.clock.now()
    world.clock.set_wall(now + timedelta(days=366))
    claim = station.claim(package)
    world.clock.set_wall(now)
    station.send()
    assert look_up(station.secrets[claim.id].access_code).json()["registered_at"].startswith("2026-11-21")
