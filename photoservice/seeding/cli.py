"""``twincheck photoservice seed-demo``: fill an empty service, and print once who can sign in with what."""

import argparse
import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Final

from photoservice.seeding.demo import FRAMES, Seeded, seed
from photoservice.settings import Settings
from photoservice.wiring import database_url, look_at_store, offer_something, open_service

MOST_FRAMES: Final = 36


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add what it can be told."""
    parser.add_argument("--frames", type=_frames, default=FRAMES, help="pictures on each roll, 1 to 36 (%(default)s)")


def seed_demo(options: argparse.Namespace, settings: Settings) -> int:
    """Fill an empty service; one that has anything in it is refused."""
    settings = replace(settings, told_after=timedelta(0))  # its rolls are whole as soon as they are there

    async def run(url: str) -> Seeded:
        async with open_service(settings, url) as service:
            await look_at_store(service)
            await offer_something(service)
            try:
                return await seed(service, frames=options.frames)
            finally:
                await service.pictures.looking.close()
                await service.people.editing.close()

    with database_url(settings) as url:
        seeded = asyncio.run(run(url))
    _tell("The service is filled. Start serve on it. All of this is shown once:")
    for person in seeded.people:
        print(f"person {person.name} {person.password}")
    print(f"access-code {seeded.guest_code}")
    for name, key in seeded.trade.keys.items():
        print(f"key {name.replace(' ', '-')} {key}")
    roll, code = next(iter(seeded.unclaimed.codes.items()))
    print(f"claim-code {roll} {code}")
    return 0


def _frames(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= MOST_FRAMES):
        raise argparse.ArgumentTypeError(f"{text} is no number from 1 to {MOST_FRAMES}")
    return int(text)


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
