"""A claim from a browser and the power cut in the middle of its answer (O6): real processes, killed and restarted."""

import asyncio
import contextlib
import threading
import time

import requests

from photocore.codes import mint_claim_code
from photocore.crockford import draw
from photocore.gs1_rules import check_digit
from photocore.host import SystemEntropy
from photocore.ids import Sgtin
from photoservice.db.driver import connect
from photoservice.testing import ServiceProcess, open_folder

ENTROPY = SystemEntropy()
GTIN = "0952114101234" + check_digit("0952114101234")


async def _rows(url, statement):
    connection = await connect(url)
    try:
        return [dict(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


def put_codes(service, key, package):
    """Hand over one claim code of a package whose list has not come; return roll and code."""
    roll, code = str(Sgtin(GTIN, f"{package}-R1")), mint_claim_code(ENTROPY)
    reply = requests.post(
        f"{service.url}/manifests/(01){GTIN}(21){package}/codes",
        json={"codes": [{"roll": roll, "code": code}]},
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
    )
    assert reply.status_code == 204, reply.text
    return roll, code


def test_O6_killed_between_commit_and_answer_the_same_request_gets_its_access_code(database):
    """kill -9 while the answer is held back; after the restart the same key gets it, and one claim stands."""
    with open_folder() as folder, ServiceProcess(folder / "data", database=database) as service:
        key = service.run("tenant", "add", "--name", "Halide", "--kind", "maker", "--prefix", "9521141")
        roll, code = put_codes(service, key, "KILLED01")
        wish = {"json": {"roll": roll, "code": code}, "headers": {"Idempotency-Key": draw(ENTROPY, 30)}}
        lost: list[int] = []

        def ask():
            with contextlib.suppress(requests.RequestException):
                lost.append(requests.post(f"{service.url}/claims", timeout=30, **wish).status_code)

        asker = threading.Thread(target=ask)
        asker.start()
        deadline = time.monotonic() + 30
        while not asyncio.run(_rows(database, "select id from claim")) and time.monotonic() < deadline:
            pass
        service.kill()
        asker.join()
        service.start()

        replies = [requests.post(f"{service.url}/claims", timeout=30, **wish) for _ in range(2)]

        assert [reply.status_code for reply in replies] == [201, 201]
        assert replies[0].content == replies[1].content
        assert len(asyncio.run(_rows(database, "select id from claim"))) == 1
        seen = requests.post(
            f"{service.url}/registrations/lookup",
            json={"access_code": replies[0].json()["access_code"]},
            timeout=30,
        )
        assert seen.json()["word"] == "waiting"
    assert lost in ([], [201])


def test_attack_A11_wrong_tries_before_a_kill_count_after_it(database):
    """Five wrong, kill -9, and the sixth is still too many."""
    with open_folder() as folder, ServiceProcess(folder / "data", database=database) as service:
        wish = {"roll": str(Sgtin(GTIN, "KILLED02")), "code": mint_claim_code(ENTROPY)}

        def ask():
            headers = {"Idempotency-Key": draw(ENTROPY, 30)}
            return requests.post(f"{service.url}/claims", json=wish, headers=headers, timeout=30).status_code

        assert [ask() for _ in range(5)] == [403] * 5
        service.kill()
        service.start()
        assert ask() == 429
        assert wish["code"] not in service.log.read_text()


def test_a_served_photoservice_trusts_the_proxies_it_was_told(database):
    """The switch of ``serve`` reaches the door; a typing error stops the start with a sentence."""
    options = ("--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.0.0.0/8")
    with open_folder() as folder, ServiceProcess(folder / "data", database=database, options=options) as service:
        statuses = [
            requests.post(
                f"{service.url}/claims",
                json={"roll": "nothing", "code": "nothing"},
                headers={"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": f"203.{n}.113.5"},
                timeout=30,
            ).status_code
            for n in range(6)
        ]
        assert statuses == [403] * 6
