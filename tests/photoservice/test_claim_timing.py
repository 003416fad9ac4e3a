"""How long an answer takes tells nothing (attacks A11, A12): every kind leaves at a multiple of a fixed floor."""

import asyncio
import statistics
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


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, answer_floor=FLOOR, trusted_proxies=("127.0.0.0/8",), wrong_per_hour=1000)


def test_attack_A12_known_and_unknown_take_the_same_time(world, builders):
    """Alternating, from many sources: no answer leaves before the floor, and the medians lie within a tenth of it."""
    package, rolls = world.pack("TIMING01")
    assert world.codes(package, {rolls[0]: mint_claim_code(ENTROPY)}).status_code == 204
    kinds = {"known": rolls[0], "unknown": builders.roll_ids("NOSUCH09")[0], "malformed": "nonsense"}
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    with requests.Session() as session:
        for n in range(12):
            for kind, roll in kinds.items():
                wish = {"roll": roll, "code": mint_claim_code(ENTROPY)}
                headers = {"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": f"192.0.{n}.{len(kind)}"}
                began = time.perf_counter()
                reply = session.post(f"{world.url}/claims", json=wish, headers=headers, timeout=20)
                took[kind].append(time.perf_counter() - began)
                assert reply.status_code == 403
    assert min(min(times) for times in took.values()) >= FLOOR.total_seconds()
    medians = [statistics.median(times) for times in took.values()]
    assert max(medians) - min(medians) < FLOOR.total_seconds() / 10, took


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
