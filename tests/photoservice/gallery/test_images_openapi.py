"""What the API's description says of images, thrown at it by schemathesis: no answer is a fault of ours (A29)."""

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

OUR_WORDS = {"not-ready", "no-room"}
"""What may stand in a 5xx that is no fault: not made yet, no room."""

EXAMPLES = 8


def operations(url: str) -> dict[str, Any]:
    described = requests.get(f"{url}/openapi.json", timeout=30).json()
    schema = schemathesis.openapi.from_dict(described).include(tag="images")
    return {one.ok().label: one.ok() for one in schema.get_all_operations()}


@schemathesis.serializer("application/offset+octet-stream")
def _as_it_is(_: Any, value: Any) -> Any:
    return {"data": value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")}


def throw(operation: Any, url: str, key: str, known: dict[str, str], examples: int) -> int:
    """Send what schemathesis makes of an operation, half of it about what is there; return how much was sent."""
    sent = 0

    @bounds(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def send(case: Any, is_known: bool) -> None:
        nonlocal sent
        sent += 1
        if is_known:
            case.path_parameters = {k: known.get(k, v) for k, v in (case.path_parameters or {}).items()}
        try:
            reply = case.call(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        except requests.exceptions.InvalidHeader:
            return
        if reply.status_code >= 500:
            assert reply.json()["type"].rpartition(":")[2] in OUR_WORDS, (
                operation.label,
                reply.status_code,
                reply.text,
            )

    send()
    return sent


def run(world: Any, keys: list[str], image: Any, examples: int) -> None:
    found = operations(world.url)
    assert {"GET /rolls", "GET /images/{image}/{tier}", "POST /viewings"} <= found.keys()
    known = {"roll": image.roll, "frame": image.frame, "image": image.id}
    for label, operation in found.items():
        for key in keys:
            assert throw(operation, world.url, key, known, examples) > 0, label
    assert requests.get(f"{world.url}/ready", timeout=30).status_code == 200


def test_attack_A29_nothing_that_fits_the_description_is_our_fault(world, scanned, lab):
    """Every operation of images, with the key of a lab."""
    run(world, [lab.bearer], scanned.filed[0], EXAMPLES)


@pytest.mark.nightly
def test_attack_A29_nothing_that_fits_the_description_is_our_fault_all_night(world, scanned, lab):
    """The same for longer, and in a viewing."""
    run(world, [lab.bearer, scanned.view().bearer], scanned.filed[0], 300)
