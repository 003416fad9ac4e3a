"""What a station logs when something fails: JSON lines for a machine, and no code and no card for anybody."""

import io
import json

import pytest
import structlog

from photocore.kinds import AccessCodeReplacedSecrets, PackageClaimedSealed, PackageClaimedSecrets
from photocore.logs import configure_logs
from sync.registering import Attempt
from sync.station import Footing, open_station

CLAIM_CODE = "7Q2M9XKD4F8TP"
ACCESS_CODE = "7Q2M9XKD4F8TPABC1"


@pytest.fixture
def stream() -> io.StringIO:
    """Return what is logged from now on."""
    text = io.StringIO()
    configure_logs(stream=text)
    return text


def locals_of(error: BaseException) -> list[object]:
    """Return every local variable of every frame the error went through."""
    found: list[object] = []
    trace = error.__traceback__
    while trace is not None:
        found += trace.tb_frame.f_locals.values()
        trace = trace.tb_next
    return found


def failing_words(*_args: object) -> str:
    raise ZeroDivisionError("any fault of ours")


def test_K4_a_fault_in_the_middle_of_a_registration_logs_no_code_and_no_card(world, stream):
    """The frames it went through hold them all; the log has the whole traceback and none of them."""
    station = open_station(
        world.folder, world.seams(), words=failing_words, carry=False, under=Footing(reserve_bytes=4096)
    )
    world.opened.append(station)
    wish = world.wish(world.package_id(1), claim_code=CLAIM_CODE)
    try:
        station.desk.register(wish)
    except ZeroDivisionError as error:
        held = locals_of(error)
        structlog.get_logger().exception("fault_of_ours", wish=wish)
        structlog.get_logger().error("fault_of_ours", about=[repr(one) for one in held if isinstance(one, Attempt)])

    (attempt, *_) = [one for one in held if isinstance(one, Attempt)]
    logged = stream.getvalue()
    assert "ZeroDivisionError: any fault of ours" in logged
    assert "failing_words" in logged
    for secret in (CLAIM_CODE, world.anna.number, attempt.access_code):
        assert secret not in logged


def test_K4_logs_are_json_lines_with_time_level_and_traceback(stream):
    """One object a line, which a machine reads; below the level nothing is written."""
    log = structlog.get_logger()
    log.debug("too_small")
    log.info("sync_round", sent=3)
    try:
        failing_words()
    except ZeroDivisionError:
        log.exception("courier_failed", access_code=ACCESS_CODE)

    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (first["event"], first["level"], first["sent"]) == ("sync_round", "info", 3)
    assert first["timestamp"].endswith("Z")
    assert second["exception"].startswith("Traceback")
    assert second["access_code"] == "[redacted]"


def test_K3_badge_and_pin_are_blacked_out_by_their_names(stream):
    """Should anybody ever log the question of the staff book as it came."""
    question = {"badge": "777001", "pin": "480913", "pepper": b"480913"}
    structlog.get_logger().info("staff_asked", **question, question=question, pin_hash="480913", codes=["777001"])

    assert "480913" not in stream.getvalue()
    assert "777001" not in stream.getvalue()
    assert json.loads(stream.getvalue())["pin"] == "[redacted]"


@pytest.mark.parametrize(
    "body",
    [
        PackageClaimedSealed(card_table="club", card_number="9912344711"),
        PackageClaimedSecrets(access_code=ACCESS_CODE, claim_code=CLAIM_CODE),
        AccessCodeReplacedSecrets(access_code=ACCESS_CODE),
    ],
)
def test_K4_no_sealed_body_shows_itself(body):
    """Neither in a repr nor inside another's."""
    shown = f"{body} {[body]!r}"

    assert type(body).__name__ in shown
    for secret in ("9912344711", ACCESS_CODE, CLAIM_CODE):
        assert secret not in shown
