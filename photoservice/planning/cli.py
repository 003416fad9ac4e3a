"""How fast plans go: ``serve --told-after-s`` and ``--plan-every-s``."""

import argparse
import math
from datetime import timedelta
from typing import Final

from photoservice.settings import Settings

MOST_S: Final = 7 * 86_400


def add_pace(parser: argparse.ArgumentParser) -> None:
    """Let a verb be told how fast plans go, instead of as :class:`Settings` has it."""
    usual = Settings.told_after.total_seconds()
    parser.add_argument(
        "--told-after-s",
        type=read_seconds,
        default=Settings.told_after,
        metavar="SECONDS",
        help=f"how long a roll is quiet until it is whole for plans, and people are told of it ({usual:.0f})",
    )
    parser.add_argument(
        "--plan-every-s",
        type=read_seconds,
        default=Settings.plan_every,
        metavar="SECONDS",
        help="how often it is looked whether plans are to make something (5)",
    )


def read_seconds(text: str) -> timedelta:
    """Return a time of more than nothing, a week at most.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.001 <= seconds <= MOST_S:
        raise argparse.ArgumentTypeError(f"{text} is no time of 0.001 to {MOST_S} seconds")
    return timedelta(seconds=seconds)
