"""Run the photoservice and set it up: serve, tenants, stores, stations, what is parked.

Whatever a script needs (a key, a code) is printed alone on standard output; what a person needs to know beside it goes
to standard error: ``KEY=$(twincheck photoservice tenant add ...)``.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import msgspec
import uvloop

from photocore.cards import CardTable, read_card_tables
from photocore.codes import grouped
from photocore.errors import TwincheckError
from photocore.logs import configure_logs
from photocore.privacy import load_privacy
from photocore.roster import Store, StoreSettings
from photocore.settings import load_toml, locate_config
from photoservice.cataloguing.cli import add_verbs as add_catalogue_verbs
from photoservice.custody.cli import add_verbs as add_custody_verbs
from photoservice.customers import lines_of, tell_customer
from photoservice.db.database import Session
from photoservice.db.migrate import migrate
from photoservice.doctoring.cli import add_doctor, doctor
from photoservice.enrolment import ROLE_KINDS
from photoservice.errors import Unknown
from photoservice.intake.retry import retry_parked
from photoservice.notifying.cli import add_mail, with_mail
from photoservice.objects_cli import add_verbs as add_object_verbs
from photoservice.operating.cli import add_verbs as add_operator_verbs
from photoservice.persons.cli import add_verbs as add_person_verbs
from photoservice.planning.cli import add_pace
from photoservice.renditions.cli import add_derive, add_work, derive, work
from photoservice.seeding.cli import add_seed, seed_demo
from photoservice.service import Photoservice
from photoservice.settings import (
    DATABASE_VARIABLE,
    DEFAULT_PORT,
    OBJECTS_VARIABLE,
    Settings,
    default_folder,
    parse_network,
    refuse_open_door,
)
from photoservice.stores import CHANGEABLE, add_store, change_store, put_card_tables
from photoservice.tenants import find_retailer
from photoservice.wiring import bind, database_url, open_service, refuse_empty, serve


class Verbs(Protocol):
    """What argparse's ``add_subparsers`` returns, whose own name is private."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002
        """Return the parser of one more verb."""
        ...


_LABELS = ("print", "receipt_only")
_ACTIVATION = ("auto", "registration", "till")
_MAKE_UP = ("staff", "shopper")
_TILL_JOINS = (
    "Once it has joined, registrations at this store wait for the till's sale. To let them count at once all the same: "
    "twincheck photoservice store set --gln {} --activation registration"
)

Verb = Callable[[argparse.Namespace, Settings], int]
Work = Callable[[Photoservice, Session], Awaitable[None]]


def command(argv: Sequence[str] | None = None) -> int:
    """Run ``twincheck photoservice``; returns 0 when it was done, 1 when it was refused with a sentence."""
    options = build_parser().parse_args(argv)
    configure_logs(options.log_level, retells=True)
    verb: Verb = options.verb
    try:
        return verb(options, _settings(options))
    except TwincheckError as error:
        print(f"twincheck photoservice: {error}", file=sys.stderr)
        return 1


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    refuse_open_door(settings)
    with bind(settings) as door, database_url(settings) as url:
        settings = replace(settings, port=door.getsockname()[1])
        if not settings.database:
            _tell("The database is the embedded PostgreSQL; for more than a trial give --database your own.")
        uvloop.run(serve(settings, url, door, on_ready=lambda _, __: _announce(settings)))
    _tell("The photoservice has stopped.")
    return 0


def _announce(settings: Settings) -> None:
    print(f"The photoservice answers at {settings.address}", flush=True)


def _migrate(options: argparse.Namespace, settings: Settings) -> int:
    with database_url(settings) as url:
        done = asyncio.run(migrate(url))
    print(f"Ran {', '.join(done)}." if done else "The database is up to date.")
    return 0


def _tenant_add(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        prefixes = tuple(dict.fromkeys(options.prefix))
        key = await service.tenants.add(
            session, name=options.name, kind=options.kind, prefixes=prefixes, gln=options.gln
        )
        _tell(f"Added the {options.kind} {options.name}. Its key, shown this once:")
        print(key)

    return _in_service(settings, work)


def _tenant_revoke(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        if not await session.run("tenants.revoke", options.name, service.clock.now()):
            raise Unknown(f"There is no tenant {options.name} with a live key.")
        _tell(f"The key of {options.name} opens nothing any more.")

    return _in_service(settings, work)


def _tenant_quota(options: argparse.Namespace, settings: Settings) -> int:
    async def work(_: Photoservice, session: Session) -> None:
        if options.gigabytes is not None or options.none:
            await session.run("storage.set_quota", options.name, _bytes(options.gigabytes))
        share = await session.row("storage.share", options.name)
        if share is None:
            raise Unknown(f"There is no tenant {options.name}.")
        free = "no bound" if share["is_known"] else "the usual bound, once the first picture comes"
        bound = free if share["quota"] is None else f"a bound of {share['quota'] / 1e9:.3f} GB"
        taken = f"{share['used'] / 1e9:.3f} GB, and {share['reserved'] / 1e9:.3f} GB are promised"
        _tell(f"The images of {options.name} take {taken}; there is {bound}.")

    return _in_service(settings, work)


def _store_add(options: argparse.Namespace, settings: Settings) -> int:
    tables = _card_tables(options.cards)
    store = Store(gln=options.gln, name=options.name, timezone=options.timezone)
    activation, is_chosen = options.activation.replace("auto", "registration"), options.activation != "auto"
    choices = StoreSettings(labels=options.labels, activation=activation, make_up=options.make_up)

    async def work(service: Photoservice, session: Session) -> None:
        retailer = await find_retailer(session, options.retailer) if options.retailer else None
        await add_store(session, service.clock, store, choices, retailer=retailer, is_activation_chosen=is_chosen)
        await put_card_tables(session, tables, retailer=retailer if options.cards else None)
        if returned := await service.enrolment.carry_over(session):  # it was here before the backup's time
            _tell(f"{returned} stations of the ledger are known again.")
        _tell(f"Added the store {store.name} ({store.gln}) with {len(tables)} card tables.")

    return _in_service(settings, work)


def _store_set(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        retailer = await find_retailer(session, options.retailer) if options.retailer else None
        changes: dict[str, str | None] = {name: getattr(options, name) for name in CHANGEABLE}
        await change_store(session, options.gln, changes | {"retailer": retailer})
        _tell(f"Changed the store {options.gln}; its stations hear of it with their next roster.")

    return _in_service(settings, work)


def _enrol_code(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        code = await service.enrolment.issue_code(session, store=options.store, role=options.role)
        _tell(f"A one-time code for one {options.role} of {options.store}, valid for ten minutes:")
        print(grouped(code))
        row = await session.row("stores.by_gln", options.store)
        if options.role == "till" and row is not None and not row["is_activation_chosen"]:
            _tell(_TILL_JOINS.format(options.store))

    return _in_service(settings, work)


def _stations(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        for row in await session.rows("stations.list"):
            state = "revoked" if row["revoked_at"] else f"HELD: {row['held_why']}" if row["held_at"] else "live"
            seen = row["seen_at"].isoformat(timespec="seconds") if row["seen_at"] else "never"
            counts = f"{row['applied']} applied, {row['parked']} parked"
            print(f"{row['id']}  {row['role']}  {row['store_name']}  {row['name']}  {state}  seen {seen}  {counts}")

    return _in_service(settings, work)


def _station_change(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        if options.change == "revoke":
            done = await service.enrolment.revoke(session, options.station)
        else:
            done = await session.run("stations.release", options.station)
        if not done:
            raise Unknown(f"There is no station {options.station} to {options.change}.")
        _tell(f"Done: {options.change} {options.station}.")

    return _in_service(settings, work)


def _retry(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, _: Session) -> None:
        done = await retry_parked(service.receiver, options.station)
        print(f"{done.applied} applied, {done.parked} still parked.")

    return _in_service(settings, work)


def _parked(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        for row in await session.rows("events.parked", options.station, options.limit, options.all):
            at = row["received_at"].isoformat(timespec="seconds")
            settled = f" (settled by {row['corrected_by']})" if row["corrected_by"] else ""
            why = f"{row['cause'] or 'unknown'}: {row['reason']}"
            print(f"{at}  {row['station']}  {row['id']}  {row['kind']}  {row['verdict']}  {why}{settled}")

    return _in_service(settings, work)


def _account_show(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        known = load_privacy(locate_config()).known
        told = await tell_customer(session, service.accounts, options.account, known=known)
        if options.json:
            print(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        else:
            print("\n".join(lines_of(told)))

    return _in_service(settings, work)


def _account_erase(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice, session: Session) -> None:
        await service.accounts.erase(session, options.account)
        _tell(f"Erased {options.account}: its card and all that is personal. No backup brings it back.")

    return _in_service(settings, work)


def _in_service(settings: Settings, work: Work) -> int:
    async def run(url: str) -> None:
        async with open_service(settings, url) as service, service.database.begin() as session:
            await work(service, session)

    refuse_empty(settings)
    with database_url(settings) as url:
        asyncio.run(run(url))
    return 0


def _card_tables(path: str | None) -> tuple[CardTable, ...]:
    paths = [Path(path)] if path else sorted((locate_config() / "cards").glob("*.toml"))
    return tuple(table for found in paths for table in read_card_tables(load_toml(found)))


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _settings(options: argparse.Namespace) -> Settings:
    settings = Settings(
        folder=Path(options.dir).absolute() if options.dir else default_folder(os.environ),
        database=options.database or os.environ.get(DATABASE_VARIABLE) or None,
        objects=options.objects or os.environ.get(OBJECTS_VARIABLE) or None,
    )
    if options.verb not in (_serve, doctor):
        return settings
    return replace(
        with_mail(settings, options, os.environ),
        host=options.host,
        port=options.port,
        tls_cert=Path(options.tls_cert) if options.tls_cert else None,
        tls_key=Path(options.tls_key) if options.tls_key else None,
        public_url=options.public_url,
        trusted_proxies=tuple(parse_network(text) for text in options.trusted_proxy),
        metrics_from=tuple(parse_network(text) for text in options.metrics_from),
        settle_after=timedelta(hours=options.settle_after_h),
        told_after=options.told_after_s,
        plan_every=options.plan_every_s,
        spool=Path(options.spool).absolute() if options.spool else None,
        capacity=_bytes(options.capacity_gb),
        keep_free=_bytes(options.keep_free_gb) or 0,
        tenant_quota=_bytes(options.tenant_quota_gb) or None,
        derive_here=not options.no_derive,
        checkout=options.checkout,
    )


def _bytes(gigabytes: float | None) -> int | None:
    return None if gigabytes is None else int(gigabytes * 1e9)


def build_parser() -> argparse.ArgumentParser:
    """Return what reads the command line, with all verbs."""
    parser = argparse.ArgumentParser(prog="twincheck photoservice", description=(__doc__ or "").partition("\n")[0])
    verbs = parser.add_subparsers(required=True)
    _add_serve(verbs.add_parser("serve", help="answer requests until Ctrl-C"), _serve).set_defaults(log_level="info")
    _add(verbs.add_parser("migrate", help="bring the database up to date"), _migrate)
    _add_tenant(verbs.add_parser("tenant", help="makers and retailers").add_subparsers(required=True))
    _add_store(verbs.add_parser("store", help="stores").add_subparsers(required=True))
    code = _add(verbs.add_parser("enrol-code", help="let one station join a store"), _enrol_code)
    code.add_argument("--store", required=True, metavar="GLN")
    code.add_argument("--role", choices=sorted(ROLE_KINDS), default="kiosk")
    _add(verbs.add_parser("stations", help="list the stations and how they are"), _stations)
    change = _add(verbs.add_parser("station", help="revoke a station, or release a held one"), _station_change)
    change.add_argument("change", choices=("revoke", "release"))
    change.add_argument("station")
    retry = _add(verbs.add_parser("retry", help="try a station's parked events again"), _retry)
    retry.add_argument("station")
    account = verbs.add_parser("account", help="shoppers' accounts").add_subparsers(required=True)
    show = _add(account.add_parser("show", help="tell all that is kept of a customer, cards masked"), _account_show)
    show.add_argument("account", metavar="A-...")
    show.add_argument("--json", action="store_true", help="as data, for the person it is about")
    erase = _add(
        account.add_parser("erase", help="destroy all that is personal of an account, for good"), _account_erase
    )
    erase.add_argument("account", metavar="A-...")
    add_work(_add(verbs.add_parser("work", help="make renditions until Ctrl-C, without answering requests"), work))
    add_derive(_add(verbs.add_parser("derive", help="have renditions made anew"), derive))
    add_doctor(
        _add_serve(verbs.add_parser("doctor", help="say what is well, what is not, and what to do next"), doctor)
    )
    add_seed(
        _add(verbs.add_parser("seed-demo", help="fill an empty service with people and pictures to look at"), seed_demo)
    )
    add_object_verbs(verbs, _add)
    add_custody_verbs(verbs, _add)
    add_catalogue_verbs(verbs, _add)
    add_person_verbs(verbs, _add)
    add_operator_verbs(verbs, _add)
    parked = _add(verbs.add_parser("parked", help="list events that wait for a person"), _parked)
    parked.add_argument("--station")
    parked.add_argument("--limit", type=int, default=100)
    parked.add_argument("--all", action="store_true", help="also what was corrected or closed at its station")
    return parser


def _add(parser: argparse.ArgumentParser, verb: Verb) -> argparse.ArgumentParser:
    parser.add_argument("--dir", help="the data folder (default: $TWINCHECK_PHOTOSERVICE_DIR, else your data home)")
    parser.add_argument("--database", metavar="URL", help=f"your own PostgreSQL (default: ${DATABASE_VARIABLE})")
    parser.add_argument(
        "--objects",
        metavar="WHERE",
        help=f"keeps images: a folder, or s3://... (default: ${OBJECTS_VARIABLE})",
    )
    parser.add_argument("--log-level", default="warning", choices=("debug", "info", "warning", "error"))
    parser.set_defaults(verb=verb)
    return parser


def _add_serve(parser: argparse.ArgumentParser, verb: Verb) -> argparse.ArgumentParser:
    _add(parser, verb)
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes any free one (%(default)s)")
    parser.add_argument("--tls-cert", metavar="PEM", help="needed off loopback")
    parser.add_argument("--tls-key", metavar="PEM")
    parser.add_argument("--spool", metavar="FOLDER", help="where uploads lie until they are whole (DIR/incoming)")
    parser.add_argument("--capacity-gb", type=float, metavar="GB", help="how much may be kept in all (the disk)")
    parser.add_argument(
        "--keep-free-gb", type=float, default=1, metavar="GB", help="what stays free on the disk (%(default)s)"
    )
    parser.add_argument(
        "--tenant-quota-gb",
        type=float,
        default=2000,
        metavar="GB",
        help="how much a new tenant's images may take, until 'tenant quota' says otherwise (%(default)s; 0: no bound)",
    )
    parser.add_argument("--public-url", metavar="URL", help="what the world calls us behind a proxy")
    parser.add_argument(
        "--trusted-proxy", metavar="CIDR", action="append", default=[], help="believe its X-Forwarded-For; repeatable"
    )
    parser.add_argument(
        "--metrics-from", metavar="CIDR", action="append", default=[], help="who may read /metrics besides; repeatable"
    )
    add_mail(parser)
    parser.add_argument(
        "--settle-after-h", type=float, default=48, metavar="HOURS", help="until confirmed unopposed (%(default)s)"
    )
    add_pace(parser)
    parser.add_argument("--checkout", choices=("virtual",), help="a payment page for trials: no money moves (none)")
    parser.add_argument("--no-derive", action="store_true", help="leave renditions to 'work' processes")
    return parser


def _add_tenant(verbs: Verbs) -> None:
    add = _add(verbs.add_parser("add", help="add a tenant and print its key once"), _tenant_add)
    add.add_argument("--name", required=True)
    add.add_argument("--kind", choices=("maker", "retailer", "lab"), required=True)
    add.add_argument("--prefix", action="append", default=[], help="a GS1 company prefix of theirs; repeatable")
    add.add_argument("--gln", help="the retailer's own GLN: manifests sent there are for all its stores")
    revoke = _add(verbs.add_parser("revoke", help="end a tenant's key"), _tenant_revoke)
    revoke.add_argument("name")
    quota = _add(verbs.add_parser("quota", help="show and bound what a tenant's images may take"), _tenant_quota)
    quota.add_argument("name")
    bound = quota.add_mutually_exclusive_group()
    bound.add_argument("gigabytes", type=float, nargs="?", metavar="GB", help="the bound; never below what is taken")
    bound.add_argument("--none", action="store_true", help="take the bound away")


def _add_store(verbs: Verbs) -> None:
    add = _add(verbs.add_parser("add", help="add a store"), _store_add)
    add.add_argument("--gln", required=True, help="the store's GS1 location number, 13 digits")
    add.add_argument("--name", required=True, help="as shoppers know it; it stands on screens and receipts")
    add.add_argument("--retailer", help="name or ID of a retailer among the tenants")
    add.add_argument("--timezone", default="Europe/Berlin", help="for the times on receipts (%(default)s)")
    add.add_argument(
        "--labels", choices=_LABELS, default="print", help="roll labels, or the receipt alone (%(default)s)"
    )
    add.add_argument(
        "--activation",
        choices=_ACTIVATION,
        default="auto",
        help="a registration counts at once, or once the till has sold it; auto: that once a till has joined",
    )
    add.add_argument(
        "--make-up", choices=_MAKE_UP, default="staff", help="who may make up a package without serials (%(default)s)"
    )
    add.add_argument("--cards", metavar="TOML", help="the retailer's card tables (default: those in config/cards)")
    change = _add(verbs.add_parser("set", help="change a store; what is not named stays"), _store_set)
    change.add_argument("--gln", required=True)
    change.add_argument("--name")
    change.add_argument("--retailer", help="name or ID of a retailer among the tenants")
    change.add_argument("--timezone")
    change.add_argument("--labels", choices=_LABELS)
    change.add_argument("--activation", choices=_ACTIVATION)
    change.add_argument("--make-up", choices=_MAKE_UP)


if __name__ == "__main__":
    sys.exit(command())
