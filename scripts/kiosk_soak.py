"""Throw a million things at the real kiosk, off-screen, and print what was seen and what it weighed.

    python scripts/kiosk_soak.py [--events 1000000] [--seed 1] [--size 540x960] [--json FILE]

The fake desk of the tests stands behind it, so nothing is written; the window, its loop and every page are the real
ones. Exit code 1, with seed and event, when something that must hold did not: the same seed shows it again.
"""

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from kiosk.testing.soak import Soaked, soak
from kiosk.testing.storm import Stormed
from photocore.logs import configure_logs


def main() -> int:
    """Run one storm as the command line says."""
    options = _parser().parse_args()
    configure_logs()
    width, _, height = options.size.partition("x")
    with tempfile.TemporaryDirectory() as home:
        try:
            soaked = soak(
                events=options.events,
                chance=random.Random(options.seed),  # noqa: S311  dice, no secret
                seed=options.seed,
                home=Path(home),
                size=(int(width), int(height)),
                say=_say,
            )
        except Stormed as found:
            print(found, file=sys.stderr)
            return 1
    told = _figures(soaked)
    print(json.dumps(told, indent=2))
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", default="540x960", help="the window in pixels (%(default)s)")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    return parser


def _say(soaked: Soaked) -> None:
    figures = soaked.figures
    rate = figures.events / soaked.seconds
    weight = soaked.weights[-1][1]
    print(
        f"{figures.events:>9,} events, {figures.by_window:,} by the window, {figures.frames:,} frames, "
        f"{figures.fresh} fresh sessions, {weight:.0f} MB, {rate:.0f} a second",
        flush=True,
    )


def _figures(soaked: Soaked) -> dict[str, object]:
    """Return what a run is told by: with the weight at its start, its end and its heaviest, and the slope."""
    weights = [weight for _, weight in soaked.weights]
    seen = soaked.figures
    return {
        **vars(seen),
        "screens": dict(seen.screens),
        "kinds": dict(seen.kinds),
        "seconds": round(soaked.seconds, 1),
        "rss_first_mb": round(weights[0], 1) if weights else None,
        "rss_last_mb": round(weights[-1], 1) if weights else None,
        "rss_most_mb": round(max(weights), 1) if weights else None,
        "rss_slope_mb_per_100k": round(soaked.slope_mb, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
