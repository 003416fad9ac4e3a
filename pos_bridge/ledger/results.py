"""What the facts of a neighbourhood come to, written over what they came to before; and what the station is to be told.

An assertion is one thing to tell: a unit sold, given back, charged, a piece registered. ``wanted`` is what the facts
say now, ``told`` what the station may have been told; :mod:`pos_bridge.telling` carries the difference.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import apsw
import msgspec

from pos_bridge.ledger.hoods import read_hood
from pos_bridge.ledger.keeping import Ground
from pos_bridge.ledger.times import micros
from pos_bridge.matching.decide import decide_by
from pos_bridge.matching.facts import Ruling, TillFacts
from pos_bridge.matching.outcome import Case, Charged, GivenBack, Outcome, Registers, Sold, basket_home, case_key
from pos_bridge.matching.rulings import Rulings
from sync.statements import Row, run, run_many

_Q = "pos_bridge/results."

Kind = Literal["sold", "given_back", "charged", "registers"]
Stage = Literal["settled", "telling", "taking_back"]
Said = Sold | GivenBack | Charged | Registers

_TYPES: dict[str, type[Said]] = {
    "sold": Sold,
    "given_back": GivenBack,
    "charged": Charged,
    "registers": Registers,
}


@dataclass(frozen=True, kw_only=True)
class Assertion:
    """One thing to tell, and how far that is. ``round`` counts how often it was told and taken back."""

    key: str
    kind: Kind
    home: str
    wanted: Said | None
    told: Said | None
    stage: Stage
    round: int
    refusal: str = ""

    @property
    def about(self) -> str:
        """Return what it says, wherever it is kept: what the station's event is named by."""
        return self.key.partition("\x1f")[2]


def settle(connection: apsw.Connection, ground: Ground, seeds: Sequence[str], now: datetime) -> int:
    """Decide again on the neighbourhoods of some homes, and write what came of it; return how many homes they had."""
    hood = read_hood(connection, ground, seeds)
    outcome = _decide(connection, ground, hood.facts, now)
    homes = _json(sorted(hood.homes))
    for name in ("forget_dirty", "forget_due"):
        run(connection, _Q + name, {"homes": homes})
    run_many(connection, _Q + "put_due", ({"home": due.home, "at": _at(due.at)} for due in outcome.due))
    _put_cases(connection, homes, outcome.cases)
    _put_assertions(connection, homes, outcome)
    return len(hood.homes)


def give_up(connection: apsw.Connection, home: str, why: str, now: datetime) -> None:
    """Note that what is kept at a home cannot be decided: a fault of ours, which must not stop the rest."""
    key = case_key(home, "not_matched")
    bodies = run(connection, _Q + "rulings", {"cases": _json([key])})
    is_closed = Rulings(msgspec.json.decode(bytes(body), type=Ruling) for (body,) in bodies).has(key, "close", "none")
    case = Case(key=key, reason="not_matched", home=home, at=now.isoformat(), units=1, is_closed=is_closed)
    run(connection, _Q + "forget_dirty", {"homes": _json([home])})
    run(connection, _Q + "put_case", _case_row(case) | {"why": why})


def identity(said: Said | None) -> tuple[object, ...] | None:
    """Return what of a thing to tell would have to be taken back and told anew if it changed."""
    match said:
        case None:
            return None
        case Sold():
            return said.sale, said.item, said.card
        case GivenBack():
            return said.sale, said.item, said.refund
        case Charged():
            return said.number, said.place, said.minor, said.currency
        case Registers():
            return said.item, said.card


def is_due(wanted: Said | None, told: Said | None, stage: Stage) -> bool:
    """Say whether the station is to be told something, or something is to be taken back from it."""
    if stage != "settled":
        return True
    if isinstance(wanted, Registers) and wanted.is_ended:
        return told is not None and identity(wanted) != identity(told)
    return identity(wanted) != identity(told)


def read_assertions(rows: Iterable[Row]) -> list[Assertion]:
    """Return rows as values."""
    return [
        Assertion(
            key=key,
            kind=kind,
            home=home,
            wanted=read_said(kind, wanted) if wanted is not None else None,
            told=read_said(kind, told) if told is not None else None,
            stage=stage,
            round=number,
            refusal=refusal,
        )
        for key, kind, home, wanted, told, stage, number, refusal in rows
    ]


def read_said(kind: str, body: bytes) -> Said:
    """Return one thing to tell as it is kept."""
    return msgspec.json.decode(bytes(body), type=_TYPES[kind])


def _decide(connection: apsw.Connection, ground: Ground, facts: TillFacts, now: datetime) -> Outcome:
    """Decide by all rulings on cases that are asked about; which those are, only deciding tells."""
    if not run(connection, _Q + "any_ruling")[0][0]:
        return decide_by(facts, Rulings(()), ground.settings, now)
    known: dict[str, Ruling] = {}
    asked: set[str] = set()
    while True:
        rulings = Rulings(known.values())
        outcome = decide_by(facts, rulings, ground.settings, now)
        new = rulings.asked - asked
        asked |= new
        found = run(connection, _Q + "rulings", {"cases": _json(sorted(new))}) if new else []
        more = [msgspec.json.decode(bytes(body), type=Ruling) for (body,) in found]
        if all(ruling.id in known for ruling in more):
            return outcome
        known |= {ruling.id: ruling for ruling in more}


def _put_cases(connection: apsw.Connection, homes: str, cases: Sequence[Case]) -> None:
    known = {row[0]: bytes(row[1]) for row in run(connection, _Q + "cases_at", {"homes": homes})}
    rows = [_case_row(case) for case in cases]
    gone = known.keys() - {row["key"] for row in rows}
    if gone:
        run(connection, _Q + "forget_cases", {"keys": _json(sorted(gone))})
    run_many(connection, _Q + "put_case", (row | {"why": ""} for row in rows if known.get(row["key"]) != row["body"]))


def _case_row(case: Case) -> dict[str, object]:
    body = msgspec.json.encode(case)
    return {"key": case.key, "home": case.home, "is_open": int(not case.is_closed), "reason": case.reason, "body": body}


def _put_assertions(connection: apsw.Connection, homes: str, outcome: Outcome) -> None:
    known = {one.key: one for one in read_assertions(run(connection, _Q + "assertions_at", {"homes": homes}))}
    wanted = dict(_wanted(outcome))
    rows: list[dict[str, object]] = []
    for key, (kind, home, said) in wanted.items():
        old = known.get(key)
        if old is None or old.wanted != said:
            rows.append(_row(key, kind, home, said, old))
    rows += [
        _row(old.key, old.kind, old.home, None, old) for old in known.values() if old.key not in wanted and old.wanted
    ]
    run_many(connection, _Q + "put_assertion", rows)
    run(connection, _Q + "forget_assertions", {"homes": homes})


def _wanted(outcome: Outcome) -> Iterable[tuple[str, tuple[Kind, str, Said]]]:
    for sold in outcome.sold:
        home = basket_home(sold.place.basket)
        yield _key(home, "sold", sold.sale, sold.item), ("sold", home, sold)
    for given in outcome.given_back:
        home = basket_home(given.place.basket)
        yield _key(home, "given_back", given.refund, given.item), ("given_back", home, given)
    for charged in outcome.charged:
        home = basket_home(charged.place.basket)
        yield _key(home, "charged", charged.place.unit(1)), ("charged", home, charged)
    for registers in outcome.registers:
        home = registers.home
        yield _key(home, "registers", registers.by, registers.item), ("registers", home, registers)


def _row(key: str, kind: Kind, home: str, wanted: Said | None, old: Assertion | None) -> dict[str, object]:
    told, stage = (old.told, old.stage) if old else (None, "settled")
    is_same = old is not None and identity(old.wanted) == identity(wanted)
    return {
        "key": key,
        "kind": kind,
        "home": home,
        "wanted": msgspec.json.encode(wanted) if wanted else None,
        "is_same": int(is_same),
        "is_due": int(is_due(wanted, told, stage)),
    }


def _key(home: str, kind: Kind, *about: str) -> str:
    """Return the name of a thing to tell: first where it is kept, so that a day's stand together."""
    return "\x1f".join((home, kind, *about))


def _at(text: str) -> int:
    return micros(datetime.fromisoformat(text))


def _json(values: Sequence[str]) -> str:
    return msgspec.json.encode(values).decode()
