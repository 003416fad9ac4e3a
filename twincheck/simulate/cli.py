"""Simulate stores, networks, disks and people on virtual time, with faults, and check what must always hold.

Every choice follows from the seed: the same seed gives the same history on any machine. When something does not hold,
the last lines of the history are printed, and the command that replays it.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Final

from twincheck.simulate.report import as_json, failure, table
from twincheck.simulate.runner import Outcome, run

DONE: Final = 0
BROKEN: Final = 1
STORE_HOURS: Final = 1000


def command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck simulate``; 0 when all claims held for every seed, 1 when one did not."""
    options = _parser().parse_args(argv)
    seeds = options.seeds or [options.seed]
    outcomes: list[Outcome] = []
    for outcome in _outcomes(seeds, options.store_hours, options.jobs, story=options.story):
        outcomes.append(outcome)
        if not options.json:
            _tell_progress(outcome, len(outcomes), len(seeds))
        if not outcome.ok:
            break
    if options.json:
        print(json.dumps(as_json(outcomes), indent=2))
    else:
        print(table(outcomes))
    if outcomes[-1].ok:
        return DONE
    print(failure(outcomes[-1]), file=sys.stderr)
    return BROKEN


def _outcomes(seeds: Sequence[int], store_hours: int, jobs: int, *, story: bool) -> Iterator[Outcome]:
    """Yield each seed's outcome, in their order; a story is told by one process alone."""
    if jobs == 1 or len(seeds) == 1 or story:
        for seed in seeds:
            yield run(seed, store_hours, listen=print if story else None)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            yield from pool.map(partial(run, store_hours=store_hours), seeds)
        finally:
            pool.shutdown(cancel_futures=True)


def _tell_progress(outcome: Outcome, done: int, of: int) -> None:
    word = "all claims hold" if outcome.ok else f"BROKEN: {outcome.claim}"
    said = f"seed {outcome.seed}: {outcome.store_hours} store-hours in {outcome.seconds:.1f} s, {word} [{done} of {of}]"
    print(f"{said}  {outcome.hash[:16]}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck simulate", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the one seed to run (%(default)s)")
    parser.add_argument("--seeds", type=_seeds, metavar="FROM..TO", help="run all these seeds, both ends included")
    parser.add_argument(
        "--store-hours",
        type=int,
        default=STORE_HOURS,
        metavar="H",
        help="of each seed, all stores together (%(default)s)",
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes side by side (%(default)s)")
    parser.add_argument("--story", action="store_true", help="tell the whole history, line by line")
    parser.add_argument("--json", action="store_true", help="tell the outcome as JSON")
    return parser


def _seeds(text: str) -> list[int]:
    first, dots, last = text.partition("..")
    if not (dots and first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise argparse.ArgumentTypeError("seeds are two numbers, such as 1..20")
    return list(range(int(first), int(last) + 1))
