"""Where a roll is, as labs and retailers tell it.

Each step stands alone: one that cannot be kept is answered with its reason and stops none behind it. Whoever sends the
same again is told so, and nothing is kept twice.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import msgspec
from litestar import Response, delete, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.custody import STEPS, Step
from photocore.errors import CodeError
from photocore.jsontext import read_json
from photoservice.custody.custody import AHEAD, Told
from photoservice.images.film import parse_roll
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import read_body
from photoservice.web.described import takes
from photoservice.web.lab_keys import lab_of
from photoservice.web.problems import told
from photoservice.web.rolls import RollName, asked_roll

MOST_STEPS: Final = 200
MOST_BYTES: Final = 200_000
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
TELLABLE: Final[Mapping[str, Step]] = {step: step for step in STEPS if step != "registered"}
"""Registering is told by who claims, in a way of its own."""

_KEY: Final = re.compile(r"[A-Za-z0-9._:-]+")
_JOINERS: Final = "\u200c\u200d"
"""Not printable, and parts of words in Persian and Hindi."""

KeyName = Annotated[str, PathParameter(max_length=100, description="The key under which you told the step.")]


class StepSent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a roll that was seen ``at`` a moment (ISO 8601 with its offset); ``key`` is yours, one for each."""

    roll: Annotated[str, msgspec.Meta(max_length=300)]
    step: Annotated[str, msgspec.Meta(max_length=40)]
    at: Annotated[str, msgspec.Meta(max_length=40)]
    key: Annotated[str, msgspec.Meta(max_length=100)]
    place: Annotated[str, msgspec.Meta(max_length=80)] = ""


class StepsSent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps, at most 200 in one request."""

    steps: Annotated[tuple[StepSent, ...], msgspec.Meta(min_length=1, max_length=MOST_STEPS)]


Verdict = Literal["applied", "duplicate", "refused"]


class StepAnswered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a step."""

    key: str
    verdict: Verdict
    reason: str = ""


class StepsAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer for each step, in the order they came."""

    steps: tuple[StepAnswered, ...]


class StepKept(msgspec.Struct, frozen=True, kw_only=True):
    """A step as you told it."""

    step: Step
    at: datetime
    key: str
    place: str
    told_at: datetime
    taken_back_at: datetime | None


class StepsKept(msgspec.Struct, frozen=True, kw_only=True):
    """All that you told of a roll, the oldest first."""

    roll: str
    steps: tuple[StepKept, ...]


@post(
    "/custody",
    status_code=200,
    tags=["custody"],
    request_max_body_size=MOST_BYTES,
    responses=told(400, 401, 403, 413, 415),
    operation_class=takes(StepsSent),
)
async def tell_steps(request: AnyRequest, service: Service) -> Response[StepsAnswered]:
    """Tell where rolls are: sold, dropped, shipped, received, developed, scanned, finished, picked_up."""
    tenant = await lab_of(request, service)
    sent = read_json(await read_body(request), StepsSent).steps
    latest = service.clock.now() + AHEAD
    judged = [_judge(step, latest) for step in sent]
    kept = [one for one in judged if isinstance(one, Told)]
    async with service.database.begin() as session:
        verdicts = iter(await service.people.custody.tell(session, tenant.id, kept))
    answers = tuple(
        _answer(step.key, next(verdicts) if isinstance(one, Told) else one)
        for step, one in zip(sent, judged, strict=True)
    )
    return Response(StepsAnswered(steps=answers))


@get("/rolls/{roll:str}/custody", tags=["custody"], responses=told(400, 401, 403, 404))
async def told_steps(request: AnyRequest, service: Service, roll: RollName) -> Response[StepsKept]:
    """List what you told of a roll; what others told of it is theirs."""
    tenant, asked = await lab_of(request, service), asked_roll(request)
    async with service.database.look() as session:
        rows = await session.rows("custody.told_by", asked, tenant.id)
    return Response(StepsKept(roll=asked, steps=tuple(StepKept(**dict(row)) for row in rows)))


@delete("/custody/{key:str}", status_code=204, tags=["custody"], responses=told(400, 401, 403, 404))
async def take_step_back(request: AnyRequest, service: Service, key: KeyName) -> None:
    """Take a step back that you told by mistake; once more changes nothing."""
    tenant = await lab_of(request, service)
    async with service.database.begin() as session:
        await service.people.custody.take_back(session, tenant.id, key)


def _judge(sent: StepSent, latest: datetime) -> Told | str:
    """Return the step that was sent, or why it cannot be kept."""
    try:
        roll = parse_roll(sent.roll)
    except CodeError:
        return "roll: this is no roll's ID."
    step = TELLABLE.get(sent.step)
    if step is None:
        return f"step: one of {', '.join(TELLABLE)}."
    at = _moment(sent.at)
    if at is None or not EARLIEST <= at <= latest:
        return "at: a moment with its offset, such as 2026-11-22T10:00:00+01:00, that is not to come."
    if not _KEY.fullmatch(sent.key):
        return "key: at most 100 letters, digits, dots, colons, hyphens and underscores."
    if not all(sign.isprintable() or sign in _JOINERS for sign in sent.place):
        return "place: it holds signs that cannot be printed."
    return Told(roll=roll, step=step, at=at, key=sent.key, place=sent.place.strip())


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _answer(key: str, verdict: str) -> StepAnswered:
    """Return an answer: a verdict of the store's, or the reason why it was not asked."""
    if verdict == "reused":
        return StepAnswered(key=key, verdict="refused", reason="key: you used it for another step.")
    if verdict in ("applied", "duplicate"):
        return StepAnswered(key=key, verdict=verdict)
    return StepAnswered(key=key, verdict="refused", reason=verdict)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (tell_steps, told_steps, take_step_back)
