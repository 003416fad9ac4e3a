"""What bridge.db shows. Each function reads one committed state; the command line uses them beside the writer."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import apsw
import msgspec

from pos_bridge.ledger.keeping import tills_of
from pos_bridge.ledger.results import Said, read_assertions, read_said
from pos_bridge.ledger.times import instant
from pos_bridge.ledger.views import BasketPiece, BasketView, CaseView, Figures
from pos_bridge.matching.facts import Ruling
from pos_bridge.matching.outcome import Case, Charged, GivenBack, Registers, Sold
from pos_bridge.matching.rulings import Rulings
from pos_bridge.sale import BasketKey
from pos_bridge.settings import TillSettings
from sync.statements import Row, run

_Q = "pos_bridge/results."


def cases(connection: apsw.Connection, *, open_only: bool, limit: int) -> tuple[CaseView, ...]:
    """Return cases, the newest first; what the station refused is one each."""
    rows = run(connection, _Q + "cases", {"open_only": int(open_only), "limit": limit})
    rulings = _rulings(connection, [row[0] for row in rows])
    found = [_case(row, rulings) for row in rows]
    shown = [case for case in found if case.is_open or not open_only]
    return tuple(sorted(shown, key=lambda case: (case.at, case.key), reverse=True))


def case(connection: apsw.Connection, key: str) -> CaseView | None:
    """Return one case."""
    rows = run(connection, _Q + "case", {"key": key})
    return _case(rows[0], _rulings(connection, [key])) if rows else None


def baskets(
    connection: apsw.Connection, settings: TillSettings, lane: str | None, limit: int
) -> tuple[BasketView, ...]:
    """Return the newest baskets with something of ours; of one lane, or of all."""
    tills = _json(tills_of(settings, lane)) if lane is not None else None
    rows = run(connection, _Q + "baskets", {"tills": tills, "limit": limit})
    return tuple(_basket(connection, settings, row) for row in rows)


def figures(connection: apsw.Connection) -> Figures:
    """Return what is counted."""
    messages, unread, refused, oldest, dirty, untold, lines, sightings = run(connection, _Q + "figures")[0]
    by_reason = Counter({row[0]: int(row[1]) for row in run(connection, _Q + "count_cases")})
    not_taken = run(connection, _Q + "refused")
    rulings = _rulings(connection, [row[0] for row in not_taken])
    by_reason.update(reason for key, reason in not_taken if not rulings.has(key, "close", "none"))
    return Figures(
        unread=unread,
        read=messages - unread - refused,
        refused=refused,
        oldest_unread=instant(oldest) if oldest is not None else None,
        dirty=dirty,
        untold=untold,
        cases_open=sum(by_reason.values()),
        cases=dict(by_reason),
        lines=lines,
        sightings=sightings,
    )


def digest(connection: apsw.Connection) -> str:
    """Return a hash of what the facts come to. Whose card it was is left out: its mark is another in each ledger."""
    hashed = hashlib.sha256()
    for key, kind, wanted in run(connection, _Q + "assertions_told"):
        said = read_said(kind, wanted)
        if isinstance(said, Sold | Registers):
            said = msgspec.structs.replace(said, card="card" if said.card else None)
        hashed.update(key.encode() + b"\0" + msgspec.json.encode(said) + b"\n")
    for key, is_open, body in run(connection, _Q + "cases_all"):
        hashed.update(f"{key}\0{is_open}\0".encode() + bytes(body) + b"\n")
    return hashed.hexdigest()


def dirty(connection: apsw.Connection, limit: int) -> list[str]:
    """Return some homes that are to be decided."""
    return [row[0] for row in run(connection, _Q + "dirty", {"limit": limit})]


def next_due(connection: apsw.Connection) -> int | None:
    """Return when something will have waited long enough, in microseconds."""
    return run(connection, _Q + "next_due")[0][0]


def _case(row: Row, rulings: Rulings) -> CaseView:
    key, is_open, body, kind, wanted, refusal = row
    if body is None:
        return _refused(key, kind, wanted, refusal, rulings)
    found = msgspec.json.decode(bytes(body), type=Case)
    return CaseView(
        key=key,
        reason=found.reason,
        at=found.at,
        basket=found.basket,
        line=found.line,
        lane=found.lane,
        gtin=found.gtin,
        units=found.units,
        pieces=found.pieces,
        evidence=found.evidence,
        is_open=bool(is_open),
        rulings=rulings.of(key),
    )


def _refused(key: str, kind: str, wanted: bytes, refusal: str, rulings: Rulings) -> CaseView:
    said = read_said(kind, wanted)
    place = said.place if isinstance(said, Sold | GivenBack | Charged) else None
    return CaseView(
        key=key,
        reason="not_registered" if kind == "registers" else "not_told",
        at=place.basket.business_day if place else "",
        basket=place.basket if place else None,
        line=place.line if place else None,
        lane=said.lane if isinstance(said, Registers) else None,
        gtin=None,
        units=1,
        pieces=(said.item,) if isinstance(said, Sold | GivenBack | Registers) else (),
        evidence=(),
        is_open=not rulings.has(key, "close", "none"),
        why=refusal,
        rulings=rulings.of(key),
    )


def _rulings(connection: apsw.Connection, keys: Sequence[str]) -> Rulings:
    rows = run(connection, _Q + "rulings", {"cases": _json(keys)})
    return Rulings(msgspec.json.decode(bytes(body), type=Ruling) for (body,) in rows)


def _basket(connection: apsw.Connection, settings: TillSettings, row: Row) -> BasketView:
    home, store, till, day, sequence, at = row
    found = read_assertions(run(connection, _Q + "assertions_at", {"homes": _json([home])}))
    said = [one.wanted for one in found if one.wanted is not None]
    open_cases = run(connection, _Q + "cases_at", {"homes": _json([home])})
    return BasketView(
        basket=BasketKey(store=store, till=till, business_day=day, sequence=sequence),
        lane=settings.lane_of(till),
        at=instant(at) if at is not None else None,
        pieces=tuple(_pieces(said)),
        cases=tuple(sorted(row[0] for row in open_cases)),
    )


def _pieces(said: Iterable[Said]) -> list[BasketPiece]:
    told = list(said)
    given_back = {one.item for one in told if isinstance(one, GivenBack)}
    registered = {one.item for one in told if isinstance(one, Registers) and not one.is_ended}
    items = sorted({one.item for one in told if isinstance(one, Sold)} | given_back)
    return [
        BasketPiece(item=item, is_given_back=item in given_back, is_registered=item in registered) for item in items
    ]


def _json(values: Sequence[str]) -> str:
    return msgspec.json.encode(list(values)).decode()
