"""``twincheck photoservice catalogue publish|show|check`` and ``terms set|show``: what can be had, and what is prepaid.

Files are JSON or TOML, by their name. What a script needs is on standard output, sentences are on standard error.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Protocol

import msgspec

from photocore.catalogue import Catalogue, write_catalogue
from photocore.errors import SettingsError
from photocore.settings import load_toml
from photocore.terms import write_terms
from photoservice.cataloguing import terms
from photoservice.cataloguing.catalogues import MOST_BYTES, read_body
from photoservice.db.database import Session
from photoservice.errors import TooLarge, Unknown
from photoservice.goods_errors import CatalogueUnfit, StillUsed
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.wiring import database_url, open_service, refuse_empty

BY: Final = "cli"
"""Who published what came by a command."""

Verb = Callable[[argparse.Namespace, Settings], int]
Work = Callable[[Photoservice, Session], Awaitable[None]]


class Verbs(Protocol):
    """What argparse's ``add_subparsers`` returns, whose own name is private."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002
        """Return the parser of one more verb."""
        ...


def add_verbs(verbs: Verbs, add: Callable[[argparse.ArgumentParser, Verb], argparse.ArgumentParser]) -> None:
    """Add the verbs; ``add`` gives each the options all verbs have."""
    catalogue = verbs.add_parser("catalogue", help="what can be had").add_subparsers(required=True)
    publish = add(catalogue.add_parser("publish", help="publish a version of the catalogue, for good"), _publish)
    publish.add_argument("file", metavar="FILE", help="JSON or TOML")
    publish.add_argument("--note", default="", help="what is new, for colleagues")
    publish.add_argument("--force", action="store_true", help="though live plans need what goes: they will pause")
    show = add(catalogue.add_parser("show", help="print the catalogue in force"), _show)
    show.add_argument("--version", help="an older one")
    show.add_argument("--list", action="store_true", help="list what was published instead")
    check = add(catalogue.add_parser("check", help="say all that is wrong with a file; publishes nothing"), _check)
    check.add_argument("file", metavar="FILE", help="JSON or TOML")
    book = verbs.add_parser("terms", help="what package products have prepaid").add_subparsers(required=True)
    put = add(book.add_parser("set", help="say what every package of a product brings along"), _set_terms)
    put.add_argument("gtin", metavar="GTIN")
    put.add_argument("file", metavar="FILE", help="JSON or TOML")
    told = add(book.add_parser("show", help="print what a product's packages bring along, or list products"), _terms)
    told.add_argument("gtin", metavar="GTIN", nargs="?")


def _publish(options: argparse.Namespace, settings: Settings) -> int:
    body = _read(options.file)

    async def work(service: Photoservice, session: Session) -> None:
        one = await service.goods.catalogues.publish(session, body, by=BY, note=options.note, is_forced=options.force)
        _tell(f"The catalogue {one.catalogue.version} is in force: {_contents(one.catalogue)}.")

    try:
        return _in_service(settings, work)
    except CatalogueUnfit as refusal:
        return _refused("Nothing was published:", refusal.faults)
    except StillUsed as refusal:
        return _refused("Nothing was published. What would go is needed (--force lets such plans pause):", refusal.uses)


def _show(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        catalogues = service.goods.catalogues
        if options.list:
            for one in await catalogues.all(session):
                at = one.at.isoformat(timespec="seconds")
                print(f"{one.version}  {at}  {one.by}  {one.digest.hex()[:16]}  {one.note}")
            return
        found = await (catalogues.version(session, options.version) if options.version else catalogues.current(session))
        print(msgspec.json.format(write_catalogue(found), indent=2).decode())

    return _in_service(settings, work)


def _check(options: argparse.Namespace, _: Settings) -> int:
    try:
        catalogue = read_body(_read(options.file))
    except CatalogueUnfit as refusal:
        return _refused("This would not be published:", refusal.faults)
    _tell(f"The catalogue {catalogue.version} is in order: {_contents(catalogue)}.")
    return 0


def _set_terms(options: argparse.Namespace, settings: Settings) -> int:
    body = _read(options.file)

    async def work(service: Photoservice, session: Session) -> None:
        kept = await service.goods.terms.set(session, options.gtin, body, by=BY)
        gtin = terms.read_gtin(options.gtin)
        _tell(f"Packages of {gtin} begin with {len(kept.credits)} credits and {len(kept.plans)} plans from now on.")

    return _in_service(settings, work)


def _terms(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        book = service.goods.terms
        if options.gtin is None:
            for one in await book.all(session):
                counts = f"{len(one.terms.credits)} credits  {len(one.terms.plans)} plans"
                print(f"{one.gtin}  {counts}  {one.name or 'unknown product'}")
            return
        found = await book.product(session, options.gtin)
        if found is None:
            raise Unknown("This product has no terms: its packages bring nothing along.")
        print(msgspec.json.format(write_terms(found.terms), indent=2).decode())

    return _in_service(settings, work)


def _read(name: str) -> bytes:
    """Return a file as JSON, also where it is TOML. Raises TooLarge or SettingsError."""
    path = Path(name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge(f"{name} has more than {MOST_BYTES:,} bytes.")
        if path.suffix == ".toml":
            return msgspec.json.encode(load_toml(path))
        return path.read_bytes()
    except OSError as cause:
        raise SettingsError(f"{name} cannot be read: {cause.strerror}.") from cause
    except OverflowError as cause:
        raise SettingsError(f"{name} holds a number beyond all measure.") from cause


def _contents(catalogue: Catalogue) -> str:
    offered = sum(not item.is_withdrawn for item in catalogue.items)
    return f"{offered} items, prices in {', '.join(catalogue.currencies)}, {len(catalogue.languages)} languages"


def _refused(sentence: str, faults: tuple[str, ...]) -> int:
    _tell(sentence)
    for fault in faults:
        _tell(f"- {fault}")
    return 1


def _in_service(settings: Settings, work: Work) -> int:
    async def run(url: str) -> None:
        async with open_service(settings, url) as service, service.database.begin() as session:
            await work(service, session)

    refuse_empty(settings)
    with database_url(settings) as url:
        asyncio.run(run(url))
    return 0


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
