"""What a person is told of simulated runs: a table of what happened, and of a failure all that replays it."""

from collections.abc import Iterable, Sequence
from typing import Any

from twincheck.simulate.runner import Outcome
from twincheck.simulate.tally import FAULTS, HUB_FAULTS, Tally

LIVED = (
    "visits",
    "registrations",
    "shoppers told that it is registered",
    "packages at two stores",
    "packages made up",
    "claim codes given",
    "claims from home",
    "undone",
    "reprints",
    "receipts scanned again",
    "events written",
    "verdict applied",
    "verdict parked",
    "verdict fork",
    "contested",
    "papers printed",
    "labels printed",
    "labels in doubt",
    "labels spoiled",
    "doubts settled by people",
    "rounds",
    "messages sent",
    "times of rest",
)
"""What people and stations did, by the names it is counted under."""

MET = (
    *FAULTS,
    *HUB_FAULTS,
    "starts",
    "events brought back",
    "events taken away by a restore",
    "papers doubled by a restore",
    "forks found",
    "stations held",
    "stations enrolled afresh",
)
"""What went wrong, and what became of it."""


def total(outcomes: Iterable[Outcome]) -> Tally:
    """Return the counts of all runs together."""
    counts = Tally()
    for outcome in outcomes:
        counts.update(outcome.tally)
    return counts


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the report on some runs as lines of text."""
    counts, hours = total(outcomes), sum(outcome.store_hours for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    lines = [
        f"{len(outcomes)} seeds: {hours:,} store-hours in {seconds:,.1f} s, {hours / max(seconds, 1e-3):,.0f} a second",
        "",
        *_columns([(counts[name], name) for name in LIVED]),
        "",
        *_columns([(counts[name], name) for name in MET]),
    ]
    return "\n".join(lines)


def _columns(rows: Sequence[tuple[int, str]]) -> list[str]:
    told = [f"{count:>9,}  {name}" for count, name in rows]
    half = (len(told) + 1) // 2
    width = max(map(len, told)) + 3
    right = [*told[half:], *[""] * half][:half]
    return [f"{a:<{width}}{b}".rstrip() for a, b in zip(told[:half], right, strict=True)]


def failure(outcome: Outcome) -> str:
    """Return what is told of a run in which something did not hold."""
    lines = [
        *(f"  {line}" for line in outcome.story),
        "",
        f"BROKEN: {outcome.claim}",
        *(f"  {line}" for line in outcome.seen.splitlines()),
        "",
        f"Replay it: {outcome.command}",
    ]
    return "\n".join(lines)


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the same for machines."""
    return {
        "store_hours": sum(outcome.store_hours for outcome in outcomes),
        "seconds": round(sum(outcome.seconds for outcome in outcomes), 3),
        "counts": dict(sorted(total(outcomes).items())),
        "runs": [
            {
                "seed": outcome.seed,
                "store_hours": outcome.store_hours,
                "ok": outcome.ok,
                "claim": outcome.claim,
                "seen": outcome.seen,
                "hash": outcome.hash,
                "seconds": round(outcome.seconds, 3),
            }
            for outcome in outcomes
        ],
    }
