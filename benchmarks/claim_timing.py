"""How long answers to claims from browsers take, by kind, with the floor and without: nobody may tell them apart.

A real photoservice (HTTP, PostgreSQL) is asked in turn for a package it knows with a wrong code, for one it does not
know, and for nonsense. Told are the medians of each kind, and how well somebody who sees one answer's time could guess
its kind (0.5 is a coin; area under the ROC curve, the worse of known against unknown and known against nonsense).
Without the floor of 400 ms the work itself shows; with it, it must not. Right codes wait as well.

    python benchmarks/claim_timing.py [--quick]
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import requests
from measuring import Line, run_alone

from photocore.codes import mint_claim_code
from photocore.crockford import draw
from photocore.digital_link import link_for
from photocore.gs1_rules import check_digit
from photocore.host import SystemEntropy
from photocore.ids import Sgtin
from photoservice.settings import Settings
from photoservice.testing import ScratchPostgres, open_folder, running_service

ENTROPY = SystemEntropy()
PACKAGE = "0952114101234" + check_digit("0952114101234")
ROLL = "0952114101235" + check_digit("0952114101235")


ANSWERS, QUICK_ANSWERS = 150, 20


def measure(quick: bool) -> list[Line]:
    n = QUICK_ANSWERS if quick else ANSWERS
    with ScratchPostgres() as server, open_folder() as folder:
        return [_measure(server, folder, n, floor_ms) for floor_ms in (400, 0)]


def _measure(server: ScratchPostgres, folder: Path, n: int, floor_ms: int) -> Line:
    settings = Settings(
        folder=folder / str(floor_ms),
        answer_floor=timedelta(milliseconds=floor_ms),
        trusted_proxies=("127.0.0.0/8",),
        wrong_per_hour=1_000_000,
    )
    with running_service(server.fresh(), settings.folder, settings=settings) as running:
        key = running.add_tenant("Halide", "maker", "9521141")
        known, unknown, nonsense, right = _answers(running.url, key, n)
    guessed = max(abs(_roc(known, other) - 0.5) + 0.5 for other in (unknown, nonsense))
    middles = [f"{1000 * statistics.median(times):.1f}" for times in (known, unknown, nonsense, right)]
    return Line(
        what=f"guessing by time whether a package is known, answers held {floor_ms} ms",
        unit="of a curve's area",
        ours=guessed,
        floor=0.5,
        floor_is="a coin",
        aim="<= 1.3" if floor_ms else "",
        note=f"medians of known, unknown, nonsense, right code: {', '.join(middles)} ms; {n} of each",
    )


def _answers(url: str, key: str, n: int) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return what answers took, in seconds: wrong codes of a known roll, of unknown ones, nonsense, right codes."""
    pairs = [_pack(url, key, f"TIMED{place:05}") for place in range(1 + n // 10)]
    kinds: list[Callable[[int], tuple[str, str]]] = [
        lambda _: (pairs[0][0], mint_claim_code(ENTROPY)),
        lambda at: (str(Sgtin(ROLL, f"NOSUCH{at:05}")), mint_claim_code(ENTROPY)),
        lambda _: ("nonsense", "nonsense"),
    ]
    took: tuple[list[float], list[float], list[float]] = ([], [], [])
    with requests.Session() as session:
        for at in range(n):
            for place, (wish, times) in enumerate(zip(kinds, took, strict=True)):
                source = f"10.{at % 250}.{place}.{at // 250}"
                times.append(_ask(session, url, wish(at), source=source, status=403))
        right = [_ask(session, url, pair, source="192.0.2.1", status=201) for pair in pairs[1:]]
    return *took, right


def _ask(session: requests.Session, url: str, wish: tuple[str, str], *, source: str, status: int) -> float:
    headers = {"Idempotency-Key": draw(ENTROPY, 30), "X-Forwarded-For": source}
    began = time.perf_counter()
    reply = session.post(f"{url}/claims", json={"roll": wish[0], "code": wish[1]}, headers=headers, timeout=30)
    spent = time.perf_counter() - began
    assert reply.status_code == status, reply.text
    return spent


def _roc(one: list[float], other: list[float]) -> float:
    """Return the chance that a random one took longer than a random other."""
    return sum((a > b) + (a == b) / 2 for a in one for b in other) / (len(one) * len(other))


def _pack(url: str, key: str, serial: str) -> tuple[str, str]:
    """Forward a package with one code; return that roll and its code."""
    package, rolls = Sgtin(PACKAGE, serial), [Sgtin(ROLL, f"{serial}-R{n}") for n in (1, 2, 3)]
    event = {
        "type": "AggregationEvent",
        "eventTime": "2026-11-20T08:00:00Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "ADD",
        "bizStep": "packing",
        "parentID": link_for(package.elements),
        "childEPCs": [link_for(roll.elements) for roll in rolls],
    }
    headers = {"Authorization": f"Bearer {key}"}
    job = requests.post(f"{url}/capture", json=[event], headers=headers, timeout=30)
    while not requests.get(url + job.headers["Location"], headers=headers, timeout=30).json()["finishedAt"]:
        pass
    code = mint_claim_code(ENTROPY)
    codes = {"codes": [{"roll": str(rolls[0]), "code": code}]}
    assert requests.post(f"{url}/manifests/{package}/codes", json=codes, headers=headers, timeout=30).status_code == 204
    return str(rolls[0]), code


if __name__ == "__main__":
    run_alone(measure, __doc__)
