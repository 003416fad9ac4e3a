"""How long an answer takes tells nothing (attacks A11, A12): every kind leaves at a multiple of a fixed floor."""

import asyncio
import math
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import requests

from photocore.codes import mint_claim_code
from photocore.crockford import draw
from photocore.host import SystemEntropy
from photoservice.settings import Settings
from photoservice.web.holding import hold_back

ENTROPY = SystemEntropy()
FLOOR = timedelta(milliseconds=250)
LEAST_TRIES, MOST_TRIES = 6, 60


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, answer_floor=FLOOR, trusted_proxies=("127.0.0.0/8",), wrong_per_hour=1000)


def test_attack_A12_known_and_unknown_take_the_same_time(world, builders):
    """Alternating, from many sources: no answer leaves before the floor, and the least lie within a tenth of it.

    A busy machine only ever adds to a time: the more are taken, the nearer the least comes to what the answer costs.
    """
    package, rolls = world.pack("TIMING01")
    assert world.codes(package, {rolls[0]: mint_claim_code(ENTROPY)}).status_code == 204
    kinds = {"known": rolls[0], "unknown": builders.roll_ids("NOSUCH09")[0], "malformed": "nonsense"}
    least = dict.fromkeys(kinds, math.inf)
    with requests.Session() as session:
        for n in range(MOST_TRIES):
            for kind, roll in kinds.items():
                wish = {"roll": roll, "code": mint_claim_code(ENTROPY)}
                headers = {"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": f"{n + 20}.0.0.{len(kind)}"}
                began = time.perf_counter()
                reply = session.post(f"{world.url}/claims", json=wish, headers=headers, timeout=30)
                least[kind] = min(least[kind], time.perf_counter() - began)
                assert reply.status_code == 403
            if n >= LEAST_TRIES and max(least.values()) - min(least.values()) < FLOOR.total_seconds() / 10:
                break
    assert min(least.values()) >= FLOOR.total_seconds()
    assert max(least.values()) - min(least.values()) < FLOOR.total_seconds() / 10, least


async def test_an_answer_leaves_at_a_multiple_of_the_floor_also_when_it_failed():
    """What took longer than the floor waits for the next; an error waits as well."""

    async def work(seconds):
        await asyncio.sleep(seconds)
        if seconds > 0.05:
            raise LookupError

    loop = asyncio.get_running_loop()
    began = loop.time()
    await hold_back(timedelta(milliseconds=40), work(0.001))
    quick = loop.time() - began
    began = loop.time()
    with pytest.raises(LookupError):
        await hold_back(timedelta(milliseconds=40), work(0.06))
    slow = loop.time() - began
    assert quick >= 0.039
    assert slow >= 0.079
