"""``twincheck photoservice operator add | list | end`` and ``audit verify | show``: at the machine itself.

Here the first owner is made. Whoever sits at this machine holds its keys, so nothing is asked of them; what they do is
an entry of the audit all the same, under ``console``.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from photocore.duties import ROLES
from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.operating.audit import Asked, read_mark
from photoservice.operating.duty import CONSOLE
from photoservice.operating.operators import Appointment
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
    operator = verbs.add_parser("operator", help="who runs the service on the web").add_subparsers(required=True)
    fresh = add(operator.add_parser("add", help="give somebody who signs in a role, in place of theirs"), _add)
    fresh.add_argument("--login", required=True, metavar="NAME", help="what they sign in with")
    fresh.add_argument("--role", required=True, choices=ROLES)
    fresh.add_argument("--tenant", default="", metavar="NAME", help="they see this tenant's things alone (name or ID)")
    fresh.add_argument("--name", default="", help="what the others call them (default: as they sign in)")
    add(operator.add_parser("list", help="list the operators, those who ended behind the others"), _list)
    end = add(operator.add_parser("end", help="end a role at once"), _end)
    end.add_argument("operator", metavar="OP-...", help="as 'operator list' shows it")
    audit = verbs.add_parser("audit", help="what operators did, as a chain").add_subparsers(required=True)
    verify = add(audit.add_parser("verify", help="follow the chain to its end; prints its head mark"), _verify)
    verify.add_argument("--mark", metavar="NUMBER:HASH", help="a mark kept elsewhere, to be held against the chain")
    show = add(audit.add_parser("show", help="print entries, the newest first"), _show)
    show.add_argument("--limit", type=int, default=100, metavar="N", help="at most so many (%(default)s)")
    show.add_argument("--subject", default="", help="of this thing: O-..., P-..., a package ID")
    show.add_argument("--operator", default="", metavar="OP-...")
    show.add_argument("--kind", default="")


def _add(options: argparse.Namespace, settings: Settings) -> int:
    wish = Appointment(login=options.login, role=options.role, tenant=options.tenant, name=options.name)

    async def work(service: Photoservice, session: Session) -> int:
        print(await service.goods.operators.add(session, CONSOLE, wish))
        return 0

    return _in_service(settings, work)


def _list(_: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> int:
        for one in await service.goods.operators.list(session):
            state = f"ended {one.ended_at.isoformat(timespec='seconds')}" if one.ended_at else "live"
            since = one.given_at.isoformat(timespec="seconds")
            print(f"{one.id}  {one.role}  {one.tenant_name or 'whole house'}  {one.name}  since {since}  {state}")
        return 0

    return _in_service(settings, work)


def _end(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> int:
        await service.goods.operators.end(session, CONSOLE, options.operator)
        print(f"{options.operator} is no operator any more.", file=sys.stderr)
        return 0

    return _in_service(settings, work)


def _verify(options: argparse.Namespace, settings: Settings) -> int:
    mark = read_mark(options.mark) if options.mark else None

    async def work(service: Photoservice, session: Session) -> int:
        chain = await service.goods.audit.look(session, mark=mark)
        if not chain.is_whole:
            print(f"The chain is broken at entry {chain.broken}: {chain.fault}.", file=sys.stderr)
            return 1
        print(f"The chain is whole up to entry {chain.head.number}. Its mark, to be kept elsewhere:", file=sys.stderr)
        print(chain.head)
        return 0

    return _in_service(settings, work)


def _show(options: argparse.Namespace, settings: Settings) -> int:
    asked = Asked(operator=options.operator, kind=options.kind, subject=options.subject)

    async def work(service: Photoservice, session: Session) -> int:
        if not (entries := await service.goods.audit.read(session, asked, most=max(1, options.limit))):
            raise Unknown("There is no such entry.")
        for one in entries:
            about = msgspec.json.encode(one.about).decode()
            at = one.at.isoformat(timespec="seconds")
            print(f"{one.number}  {at}  {one.operator}  {one.kind}  {one.subject or '-'}  {about}")
        return 0

    return _in_service(settings, work)


def _in_service(settings: Settings, work: Callable[[Photoservice, Session], Awaitable[int]]) -> int:
    async def run(url: str) -> int:
        async with open_service(settings, url) as service, service.database.begin() as session:
            return await work(service, session)

    refuse_empty(settings)
    with database_url(settings) as url:
        return asyncio.run(run(url))
