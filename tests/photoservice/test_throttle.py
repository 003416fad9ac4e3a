"""Who guesses is slowed down, and locks out nobody but themselves (DESIGN 5D; attack A11)."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import pytest
import requests

from photocore.codes import mint_access_code, mint_claim_code
from photocore.crockford import draw
from photocore.host import SystemEntropy
from photoservice.settings import Settings, parse_network
from photoservice.web.sources import neighbourhood

ENTROPY = SystemEntropy()
HOUR = 3600


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, trusted_proxies=("127.0.0.0/8", "10.0.0.0/8"), wrong_per_hour=30)


@pytest.fixture
def coded(world):
    def pack(serial: str):
        package, rolls = world.pack(serial)
        codes = [mint_claim_code(ENTROPY) for _ in rolls]
        assert world.codes(package, dict(zip(rolls, codes, strict=True))).status_code == 204
        return package, rolls, codes

    return pack


@pytest.fixture
def claim(world):
    with requests.Session() as session:

        def post(roll, code=None, *, source="198.51.100.7", key=None):
            headers = {"Idempotency-Key": key or draw(ENTROPY, 30), "X-Forwarded-For": source}
            wish = {"roll": roll, "code": code or mint_claim_code(ENTROPY)}
            return session.post(f"{world.url}/claims", json=wish, headers=headers, timeout=30)

        yield post


def statuses(replies):
    return [reply.status_code for reply in replies]


def test_attack_A11_five_wrong_codes_for_one_item_rest_an_hour_and_then_two(world, claim, coded):
    """The right code waits as well from there: else guessing would go on. Each rest is twice as long as the last."""
    _, rolls, codes = coded("FIVE0001")
    assert statuses(claim(rolls[0]) for _ in range(6)) == [403] * 5 + [429]
    resting = claim(rolls[0], codes[0])
    assert resting.status_code == 429
    assert resting.headers["Retry-After"] == str(HOUR)
    assert resting.json()["type"] == "urn:twincheck:problem:throttled"
    world.clock.advance(HOUR + 1)
    assert statuses(claim(rolls[0]) for _ in range(5)) == [403] * 5
    world.clock.advance(HOUR + 1)
    assert claim(rolls[0]).headers["Retry-After"] == str(HOUR - 1)
    world.clock.advance(HOUR)
    assert claim(rolls[0], codes[0]).status_code == 201


def test_attack_A11_nobody_can_lock_the_owner_out(claim, coded):
    """While one source rests for this very roll, the right code from another place works."""
    _, rolls, codes = coded("LOCKOUT1")
    assert statuses(claim(rolls[0], source="203.0.113.5") for _ in range(7)) == [403] * 5 + [429] * 2
    assert claim(rolls[0], codes[0], source="198.51.100.7").status_code == 201


def test_attack_A11_ten_wrong_codes_an_hour_rest_a_source_whatever_they_named(claim, coded, builders):
    """Known, unknown and malformed names count alike; a neighbour in the same /24 is the same source."""
    _, rolls, codes = coded("TEN00001")
    names = [*rolls, *builders.roll_ids("NOSUCH01"), "nonsense", "", "TCR-1", "(01)"]
    tries = [claim(name, source=f"203.0.113.{place}") for place, name in enumerate(names)]
    assert statuses(tries) == [403] * 10
    assert claim(rolls[0], codes[0], source="203.0.113.200").status_code == 429
    assert claim(rolls[0], codes[0], source="203.0.114.1").status_code == 201


def test_attack_A12_a_429_does_not_tell_whether_a_package_exists(claim, coded, builders):
    """Two rolls of one package do not share a count: to a guesser they look like any two names."""
    _, rolls, _ = coded("SHARED01")
    unknown = builders.roll_ids("NOSUCH02")
    known = [claim(name, source="203.0.113.1") for name in [rolls[0]] * 4 + [rolls[1]] * 4 + [rolls[0]] * 2]
    other = [claim(name, source="198.51.100.1") for name in [unknown[0]] * 4 + [unknown[1]] * 4 + [unknown[0]] * 2]
    assert statuses(known) == statuses(other) == [403] * 9 + [429]
    assert known[-1].headers["Retry-After"] == other[-1].headers["Retry-After"]
    assert {**known[-1].json(), "request_id": ""} == {**other[-1].json(), "request_id": ""}


def test_attack_A11_the_budget_of_all_wrong_tries_closes_the_web_and_not_the_counter(world, station, claim, coded):
    """Past it everybody gets 429 with the time to wait; a kiosk registers as ever, and next hour all is open."""
    package, rolls, codes = coded("BUDGET01")
    _, other_rolls, other_codes = coded("BUDGET02")
    world.clock.advance(10 * 60)
    tries = [claim("nothing", source=f"203.{place}.113.1") for place in range(31)]
    assert statuses(tries) == [403] * 30 + [429]
    assert claim(rolls[0], codes[0], source="192.0.2.1").status_code == 429
    assert tries[-1].headers["Retry-After"] == str(HOUR)
    station.claim(package)
    station.send()
    assert world.registration(package)["word"] == "registered"
    world.clock.advance(HOUR + 1)
    assert claim(other_rolls[0], other_codes[0], source="192.0.2.1").status_code == 201


def test_attack_A11_a_restart_forgives_nothing(world, claim, coded, database, settings, tmp_path):
    """Counts are durable: another process on the same database still says 429."""
    from photoservice.testing import running_service

    _, rolls, codes = coded("DURABLE1")
    assert statuses(claim(rolls[0]) for _ in range(5)) == [403] * 5
    with running_service(database, settings.folder, clock=world.clock, settings=settings) as second:
        headers = {"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": "198.51.100.7"}
        wish = {"roll": rolls[0], "code": codes[0]}
        assert requests.post(f"{second.url}/claims", json=wish, headers=headers, timeout=30).status_code == 429


def test_a_clock_set_back_a_year_locks_nobody_out_for_a_year(world, claim, coded):
    """A dead battery in the machine must not close the door to who typed five wrong symbols."""
    _, rolls, codes = coded("CLOCK001")
    assert statuses(claim(rolls[0]) for _ in range(6)) == [403] * 5 + [429]
    world.clock.set_wall(world.clock.now() - timedelta(days=365))
    assert claim(rolls[0], codes[0]).status_code == 201


def test_O6_an_answer_is_given_again_even_to_a_source_that_rests(claim, coded):
    """Who was answered once is answered again: the throttle is for guesses."""
    _, rolls, codes = coded("REPLAY01")
    key = draw(ENTROPY, 30)
    first = claim(rolls[0], codes[0], key=key)
    assert statuses(claim("nothing else") for _ in range(6)) == [403] * 5 + [429]
    assert claim(rolls[0], codes[0], key=key).content == first.content


def test_attack_A11_wrong_access_codes_rest_their_source(world):
    """Ten an hour; the page for phones shares the count with the API."""
    with requests.Session() as session:

        def look_up(source):
            wish = {"access_code": mint_access_code(ENTROPY)}
            url = f"{world.url}/registrations/lookup"
            return session.post(url, json=wish, headers={"X-Forwarded-For": source}, timeout=30)

        assert statuses(look_up("203.0.113.5") for _ in range(10)) == [403] * 10
        resting = look_up("203.0.113.5")
        page = session.post(
            f"{world.url}/r",
            data={"access_code": mint_access_code(ENTROPY)},
            headers={"X-Forwarded-For": "203.0.113.5", "Accept-Language": "de"},
            timeout=30,
        )
        assert (resting.status_code, page.status_code) == (429, 429)
        assert page.headers["Retry-After"] == resting.headers["Retry-After"] == str(HOUR)
        assert "60 Minuten" in page.text
        assert look_up("198.51.100.1").status_code == 403


def test_counts_and_answers_are_forgotten_when_they_are_too_old_to_matter(world, claim, coded):
    """The tables stay small: counts after a quiet week, answers after a day."""
    _, rolls, codes = coded("FORGET01")
    claim("nothing")
    claim(rolls[0], codes[0])
    home = world.running.service.claims_at_home

    world.running.run(home.forget())
    assert len(world.sql("select * from wrong_tries")) == 3
    assert len(world.sql("select * from home_answer")) == 1
    world.clock.advance(86_401)
    world.running.run(home.forget())
    assert world.sql("select * from home_answer") == []
    world.clock.advance(7 * 86_400)
    world.running.run(home.forget())
    assert world.sql("select * from wrong_tries") == []


def test_attack_A11_a_forwarded_address_counts_only_as_far_as_proxies_are_trusted(world, claim):
    """What a client writes into X-Forwarded-For itself stands to the left of what our proxy adds."""
    forged = [claim("nothing", source=f"192.0.2.{n * 7}, 203.0.113.9, 10.1.2.3") for n in range(6)]
    assert statuses(forged) == [403] * 5 + [429]


def test_a_socket_is_believed_and_a_header_is_not_without_a_trusted_proxy(world, database, settings):
    """Whoever connects by themselves cannot borrow another's address."""
    from photoservice.testing import running_service

    alone = replace(settings, trusted_proxies=())
    with running_service(database, settings.folder, clock=world.clock, settings=alone) as running:
        replies = [
            requests.post(
                f"{running.url}/claims",
                json={"roll": "nothing", "code": "nothing"},
                headers={"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": f"203.{n}.113.5"},
                timeout=30,
            )
            for n in range(6)
        ]
    assert statuses(replies) == [403] * 5 + [429]


@pytest.mark.parametrize(
    ("address", "near", "wide"),
    [
        ("198.51.100.77", "198.51.100.0/24", None),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::1", "::/64", "::/48"),
    ],
)
def test_a_source_is_a_neighbourhood(address, near, wide):
    """IPv4 /24, IPv6 /64 within its /48."""
    source = neighbourhood(ip_address(address))
    assert (source.near, source.wide) == (near, wide)


def test_a_trusted_proxy_must_be_an_address_or_a_network():
    """A typing error stops the start with a sentence."""
    assert parse_network("10.0.0.0/8") == "10.0.0.0/8"
    assert parse_network("::1") == "::1/128"
    with pytest.raises(Exception, match="no address and no network"):
        parse_network("proxy.example")
