"""Work without a web: ``twincheck photoservice work``, on as many machines as there are pictures to make; and derive.

What is printed is for people; a script reads the exit code.
"""

import argparse
import asyncio
import signal
from dataclasses import replace

import uvloop

from photoservice.errors import Unknown
from photoservice.renditions.wanting import want_backfill, want_roll_remade
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.tasks import running_renditions
from photoservice.wiring import database_url, look_at_store, open_service, refuse_empty

HIGHEST_CHILDREN = 64


def work(options: argparse.Namespace, settings: Settings) -> int:
    """Make renditions until Ctrl-C; any number of these may run beside a service, on any machine that reaches both."""
    settings = replace(settings, derive_here=True, derive_children=options.children)

    async def run(url: str) -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with open_service(settings, url) as service:
            await look_at_store(service)
            await _work_until(service, ended, settings.derive_children)

    refuse_empty(settings)
    with database_url(settings) as url:
        uvloop.run(run(url))
    print("The worker has stopped.")
    return 0


def derive(options: argparse.Namespace, settings: Settings) -> int:
    """Have renditions made anew: of one roll all of them, of all rolls those of an older recipe and those missing."""

    async def run(url: str) -> int:
        async with open_service(settings, url) as service:
            return await want_backfill(service.database) if options.all else await _remake(service, options.roll)

    refuse_empty(settings)
    with database_url(settings) as url:
        rolls = asyncio.run(run(url))
    print(f"{rolls} {'roll waits' if rolls == 1 else 'rolls wait'} for a worker.")
    return 0


def add_work(parser: argparse.ArgumentParser) -> None:
    """Add what ``work`` can be told."""
    parser.set_defaults(log_level="info")
    parser.add_argument(
        "--children",
        type=_children,
        default=Settings.derive_children,
        metavar="N",
        help="pictures opened at once, each in a process of its own; as many as there are cores (%(default)s)",
    )


def add_derive(parser: argparse.ArgumentParser) -> None:
    """Add what ``derive`` must be told."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--roll", metavar="ID", help="all of this roll, and once more what failed")
    which.add_argument("--all", action="store_true", help="what is missing or of an older recipe, behind all others")


async def _work_until(service: Photoservice, ended: asyncio.Event, children: int) -> None:
    async with running_renditions(service):
        print(f"Making renditions in {children} children.", flush=True)
        await ended.wait()


async def _remake(service: Photoservice, roll: str) -> int:
    async with service.database.begin() as session:
        if not await want_roll_remade(session, roll):
            raise Unknown(f"There is no image of a roll {roll}.")
    return 1


def _children(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= HIGHEST_CHILDREN):
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to {HIGHEST_CHILDREN}")
    return int(text)
