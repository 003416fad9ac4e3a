"""``twincheck till replay``: what came in, told once more to a fresh ledger, in any order, as often as wanted.

It answers two questions. Does the order of arrival matter? (It must not: every run ends in one state.) And what would
this version make of last month's messages? Nothing is sent and nothing of the station is changed: the ledger stands in
a temporary folder, and what is told goes to a desk that only remembers.

Cards are kept nowhere in the clear, so a replay of a station registers nothing; order codes that were given out are not
carried over either, so that each is one that nobody knows.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import apsw
import msgspec

from photocore.errors import TwincheckError
from pos_bridge import fixtures
from pos_bridge.adapters import ADAPTERS
from pos_bridge.adapters.files import read_file
from pos_bridge.errors import BridgeRefusal, MessageUnreadable
from pos_bridge.ledger import letters, looking
from pos_bridge.ledger.disk import DATABASE
from pos_bridge.ledger.ledger import Ledger, open_ledger
from pos_bridge.ledger.results import read_said
from pos_bridge.matching.facts import Ruling
from pos_bridge.matching.outcome import Charged, GivenBack, Registers, Sold
from pos_bridge.messages import RawMessage
from pos_bridge.replay_desk import PaperDesk, PaperKnowledge
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import SourceSettings, TillSettings, load_till
from pos_bridge.settling import Settler
from pos_bridge.sighting import Sighting
from sync.database import read_beside
from sync.statements import run

SETTLE_EVERY: Final = 7
"""Deeds between two rounds of settling, so that what is decided too early is taken back in the replay, too."""
MOST_ROUNDS: Final = 100
FIXTURES_CAME: Final = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
_Q: Final = "pos_bridge/replay."

Deed = RawMessage | tuple[SaleObserved, ...] | Sighting | Ruling
"""One thing that came in: a message, the lines of a file's sale, a piece that was seen, a manager's word."""


@dataclass(frozen=True, kw_only=True)
class Material:
    """What is replayed, in the order it came, and what must be known for it."""

    deeds: tuple[Deed, ...]
    settings: TillSettings
    knowledge: PaperKnowledge


@dataclass(frozen=True, kw_only=True)
class EndState:
    """Where a replay ended. ``digest`` is of the facts' outcome and of what stands at the desk; ``lines`` say it."""

    digest: str
    lines: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Still:
    """A clock that stands still, after everything that was to be waited for."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


def from_fixtures() -> Material:
    """Return the day that the shipped fixtures tell of (fixtures/day.md), each as the message it would be."""
    sources = fixtures.sources()
    deeds = tuple(
        RawMessage(source=kind, key=name, received_at=FIXTURES_CAME, body=fixtures.load(kind, name), headers={})
        for kind in sources
        for name in fixtures.names(kind)
    )
    store = next(iter(sources.values())).store
    return Material(
        deeds=deeds,
        settings=TillSettings(source=sources),
        knowledge=PaperKnowledge(store=store, takes_cards=True),
    )


def from_station(folder: Path, *, source: str | None = None, since: datetime | None = None) -> Material:
    """Return what the ledger in a station's ``folder`` holds, read beside the bridge, which may run.

    Messages whose text is pruned are not there any more; lines of dropped files, sightings and rulings are.

    Raises:
        JournalDown: there is no ledger, or it cannot be read.
        SettingsError: till.toml is wrong.
    """
    settings = load_till(folder).settings
    dropped = {name for name, each in settings.source.items() if each.folder}

    def look(connection: apsw.Connection) -> tuple[list[Deed], frozenset[str]]:
        deeds: list[Deed] = list(_messages(connection, source, since))
        for (body,) in run(connection, f"{_Q}lines"):
            line = msgspec.json.decode(body, type=SaleObserved)
            if line.source in dropped and source in {None, line.source}:
                deeds.append((msgspec.structs.replace(line, customer=None),))
        deeds += [msgspec.json.decode(body, type=Sighting) for (body,) in run(connection, f"{_Q}sightings")]
        deeds += [msgspec.json.decode(body, type=Ruling) for (body,) in run(connection, f"{_Q}rulings")]
        return deeds, frozenset(row[0] for row in run(connection, f"{_Q}serialized"))

    deeds, serialized = read_beside(folder / DATABASE, look)
    store = next((each.store for each in settings.source.values()), "")
    return Material(deeds=tuple(deeds), settings=settings, knowledge=PaperKnowledge(store=store, serialized=serialized))


def from_file(path: Path, source: SourceSettings) -> tuple[Deed, ...]:
    """Return the sales of one file, as far as it can be understood. Raises MessageUnreadable."""
    try:
        with path.open("rb") as file:
            return tuple(read_file(file, source))
    except OSError as cause:
        raise MessageUnreadable(f"{path}: {cause.strerror}") from cause


def replay(material: Material, *, folder: Path, seed: str | None = None) -> EndState:
    """Tell everything to a fresh ledger in ``folder`` and return where that ends.

    With a ``seed`` the order is shuffled by it, and every third thing is told twice.

    Raises:
        JournalDown: the folder cannot hold a ledger.
    """
    deeds = material.deeds if seed is None else shuffled(material.deeds, seed)
    clock = _Still(at=_end_of(material))
    ledger = open_ledger(
        folder,
        settings=material.settings,
        knowledge=material.knowledge,
        clock=clock,
        card_key=hashlib.sha256(b"replay").digest(),
        threads=False,
    )
    desk = PaperDesk()
    try:
        settler = Settler(ledger, ADAPTERS, desk, clock=clock)
        for number, deed in enumerate(deeds, start=1):
            _tell(ledger, deed)
            if number % SETTLE_EVERY == 0:
                settler.run_once()
        for _ in range(MOST_ROUNDS):
            if not settler.run_once():
                break
        return _end_state(ledger, desk)
    finally:
        ledger.close()


def shuffled(deeds: Sequence[Deed], seed: str) -> list[Deed]:
    """Return the deeds in an order that only ``seed`` decides, every third of them twice."""
    told = [(index, deed) for index, deed in enumerate((*deeds, *deeds[::3]))]
    return [deed for _, deed in sorted(told, key=lambda each: hashlib.sha256(f"{seed} {each[0]}".encode()).digest())]


def command(arguments: list[str]) -> int:
    """Run ``twincheck till replay`` and return 0 if every run ended in one state, else 1."""
    parser = argparse.ArgumentParser(prog="twincheck till replay", description=__doc__)
    add_replay(parser)
    try:
        return run_replay(parser.parse_args(arguments))
    except TwincheckError as error:
        sys.stderr.write(f"twincheck till replay: {error}\n")
        return 1


def add_replay(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--fixtures", action="store_true", help="the day that ships with the program")
    what.add_argument("--station", type=Path, metavar="FOLDER", help="what the ledger of this station holds")
    parser.add_argument("--file", type=Path, action="append", default=[], help="and this file of sales; repeatable")
    parser.add_argument("--source", help="only this source of till.toml; of --file, the one it is of")
    parser.add_argument("--since", type=datetime.fromisoformat, metavar="DAY", help="only messages since then (UTC)")
    parser.add_argument("--shuffle", type=int, default=0, metavar="N", help="and N times in another order")
    parser.add_argument("--seed", default="twincheck", help="what decides the orders (%(default)s)")
    parser.add_argument("--brief", action="store_true", help="do not say what the end state is")


def run_replay(options: argparse.Namespace) -> int:
    """Do it, and say how it ended."""
    material = _material(options)
    said = sys.stdout.write
    ends: list[EndState] = []
    seeds: list[str | None] = [None, *(f"{options.seed} {number + 1}" for number in range(options.shuffle))]
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="twincheck-replay-") as folder:
            ends.append(replay(material, folder=Path(folder), seed=seed))
        order = "as it came" if seed is None else f"shuffled by {seed!r}, a third of it twice"
        said(f"{ends[-1].digest[:16]}  {len(material.deeds)} things {order}\n")
    if not options.brief:
        said("\n" + "\n".join((*ends[0].lines, *ends[0].refused)) + "\n")
    return _judge(ends)


def _judge(ends: Sequence[EndState]) -> int:
    if len({end.digest for end in ends}) == 1:
        if len(ends) > 1:
            sys.stdout.write(f"\nOne end state, {len(ends)} times.\n")
        return 0
    other = next(end for end in ends if end.digest != ends[0].digest)
    sys.stdout.write("\nThe end states differ:\n")
    for mark, lines in (("-", set(ends[0].lines) - set(other.lines)), ("+", set(other.lines) - set(ends[0].lines))):
        sys.stdout.writelines(f"{mark} {line}\n" for line in sorted(lines))
    return 1


def _material(options: argparse.Namespace) -> Material:
    since: datetime | None = options.since
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    if options.fixtures:
        material = from_fixtures()
        if options.source:
            kept = (deed for deed in material.deeds if isinstance(deed, RawMessage) and deed.source == options.source)
            material = Material(deeds=tuple(kept), settings=material.settings, knowledge=material.knowledge)
    else:
        material = from_station(options.station, source=options.source, since=since)
    files: list[Deed] = []
    for path in options.file:
        source = material.settings.source.get(options.source or "")
        if source is None:
            raise BridgeRefusal("no_source", "--file needs --source, one that is set up: it says how the file is read")
        files += from_file(path, source)
    return Material(deeds=(*material.deeds, *files), settings=material.settings, knowledge=material.knowledge)


def _messages(connection: apsw.Connection, source: str | None, since: datetime | None) -> Iterator[RawMessage]:
    which, after = letters.Wanted(source=source, since=since), 0
    while found := letters.messages(connection, which, after=after, limit=500):
        yield from (kept.message for kept in found)
        after = found[-1].number


def _tell(ledger: Ledger, deed: Deed) -> None:
    match deed:
        case RawMessage():
            ledger.keep_message(deed)
        case Sighting():
            ledger.saw(deed)
        case Ruling():
            ledger.rule(deed)
        case _:
            ledger.keep_sales(deed)


def _end_of(material: Material) -> datetime:
    """Return an instant when everything has waited long enough: patience after the last thing that has a time."""
    times = [FIXTURES_CAME, *(at for deed in material.deeds for at in _times(deed))]
    return max(times) + timedelta(hours=material.settings.match.patience_h, days=2)


def _times(deed: Deed) -> Iterable[datetime]:
    match deed:
        case RawMessage():
            return (deed.received_at,)
        case Sighting() | Ruling():
            return (deed.at,)
        case _:
            return (datetime.fromisoformat(f"{line.business_day}T23:59:59+00:00") for line in deed)


def _end_state(ledger: Ledger, desk: PaperDesk) -> EndState:
    said = ledger.read(lambda connection: [read_said(row[1], row[2]) for row in run(connection, _ASSERTIONS)])
    told = sorted(_line(each) for each in said)
    cases = ledger.read(lambda connection: looking.cases(connection, open_only=False, limit=100_000))
    found = sorted(
        f"case        {case.reason}: {case.basket or case.lane or ''} {case.gtin or ''} {' '.join(case.pieces)}"
        for case in cases
    )
    refused = ledger.messages(state="refused", limit=100_000)
    digest = hashlib.sha256(f"{ledger.digest()} {desk.digest()}".encode()).hexdigest()
    return EndState(
        digest=digest,
        lines=(*told, *found),
        refused=tuple(f"refused     {kept.message.source} {kept.message.key}: {kept.why}" for kept in refused),
    )


_ASSERTIONS: Final = "pos_bridge/results.assertions_told"


def _line(said: Sold | GivenBack | Charged | Registers) -> str:
    match said:
        case Sold():
            return f"sold        {said.item}  {said.place}  by its {said.how}"
        case GivenBack():
            return f"{said.how:<11} {said.item}  {said.place}"
        case Charged():
            return f"charged     order code {said.number}: {said.minor} {said.currency}  {said.place}"
        case Registers():
            return f"registered  {said.item}{', and ended by its refund' if said.is_ended else ''}"
