"""``twincheck photoservice customer join``: staff give a person what they proved at the counter (DESIGN 5D)."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from typing import Protocol

from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.wiring import database_url, open_service, refuse_empty

Verb = Callable[[argparse.Namespace, Settings], int]


class Verbs(Protocol):
    """What argparse's ``add_subparsers`` returns, whose own name is private."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002
        """Return the parser of one more verb."""
        ...


def add_verbs(verbs: Verbs, add: Callable[[argparse.ArgumentParser, Verb], argparse.ArgumentParser]) -> None:
    """Add the verbs; ``add`` gives each the options all verbs have."""
    customer = verbs.add_parser("customer", help="people on the web").add_subparsers(required=True)
    join = add(customer.add_parser("join", help="give a person a registration, or a card's whole account"), _join)
    join.add_argument("--person", required=True, metavar="P-...", help="as their page Add pictures shows it")
    what = join.add_mutually_exclusive_group(required=True)
    what.add_argument("--registration", metavar="NUMBER", help="one registration, by the number on its receipt")
    what.add_argument("--account", metavar="A-...", help="a card's account: all its registrations, now and later")


def _join(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice) -> str:
        proofs = service.people.entrance.card_proofs
        async with service.database.begin() as session:
            if options.registration:
                await proofs.hold_by_staff(session, options.person, options.registration)
                return f"{options.person} holds the registration {options.registration}."
            tied = await proofs.tie_by_staff(session, options.person, options.account)
            return f"{options.person} holds {options.account}: {tied} account{'s' * (tied > 1)} of that customer."

    async def run(url: str) -> str:
        async with open_service(settings, url) as service:
            return await work(service)

    refuse_empty(settings)
    with database_url(settings) as url:
        print(asyncio.run(run(url)), file=sys.stderr)
    return 0
