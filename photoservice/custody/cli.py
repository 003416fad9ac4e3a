"""``twincheck photoservice custody late``: which rolls were expected somewhere and not seen there."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from typing import Final, Protocol

from photoservice.custody.custody import Overdue
from photoservice.settings import Settings
from photoservice.wiring import database_url, open_service, refuse_empty

MOST: Final = 1000

Verb = Callable[[argparse.Namespace, Settings], int]


class Verbs(Protocol):
    """What argparse's ``add_subparsers`` returns, whose own name is private."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002
        """Return the parser of one more verb."""
        ...


def add_verbs(verbs: Verbs, add: Callable[[argparse.ArgumentParser, Verb], argparse.ArgumentParser]) -> None:
    """Add the verbs; ``add`` gives each the options all verbs have."""
    custody = verbs.add_parser("custody", help="where rolls are").add_subparsers(required=True)
    late = add(custody.add_parser("late", help="list rolls that were expected but not seen, the oldest first"), _late)
    late.add_argument("--limit", type=int, default=MOST, metavar="N", help="at most so many (%(default)s)")


def _late(options: argparse.Namespace, settings: Settings) -> int:
    async def run(url: str) -> tuple[Overdue, ...]:
        async with open_service(settings, url) as service, service.database.begin() as session:
            return await service.people.custody.overdue(session, most=max(1, options.limit))

    refuse_empty(settings)
    with database_url(settings) as url:
        overdue = asyncio.run(run(url))
    for one in overdue:
        since = one.since.isoformat(timespec="seconds")
        where = f"{one.tenant}, {one.place}" if one.place else one.tenant
        print(f"{one.roll}  {one.leg.begins} {since} ({where})  expected: {one.leg.ends}")
    print(f"{len(overdue)} rolls were expected and not seen.", file=sys.stderr)
    return 1 if overdue else 0
