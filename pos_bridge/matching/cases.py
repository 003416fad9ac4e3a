"""Cases for the manager, with what was told and seen: never who."""

from collections.abc import Iterable
from datetime import datetime

from pos_bridge.matching.joining import Joined
from pos_bridge.matching.outcome import Case, Evidence, Reason, case_key
from pos_bridge.matching.rulings import Rulings
from pos_bridge.sale import BasketKey, SaleObserved
from pos_bridge.sighting import Sighting

MOST_EVIDENCE = 40
"""Lines a manager is shown of one case."""


class Cases:
    """The cases found so far. A case that a manager has closed, or said nothing of ours was in, is there and closed."""

    def __init__(self, rulings: Rulings) -> None:
        self._rulings = rulings
        self._cases: dict[str, Case] = {}

    def add(
        self,
        reason: Reason,
        home: str,
        *about: str,
        at: str,
        basket: BasketKey | None = None,
        line: int | None = None,
        lane: str | None = None,
        gtin: str | None = None,
        units: int = 0,
        pieces: Iterable[str] = (),
        evidence: Iterable[Evidence] = (),
        is_ruled: bool = False,
    ) -> None:
        """Open a case, unless it is open; one that ``is_ruled`` is there and closed, so that it can be taken back."""
        key = case_key(home, reason, *about)
        self._cases.setdefault(
            key,
            Case(
                key=key,
                reason=reason,
                home=home,
                at=at,
                basket=basket,
                line=line,
                lane=lane,
                gtin=gtin,
                units=units,
                pieces=tuple(sorted(set(pieces))),  # pyright: ignore[reportArgumentType]  item IDs are texts
                evidence=tuple(sorted(set(evidence)))[:MOST_EVIDENCE],
                is_closed=is_ruled or self._rulings.has(key, "close", "none"),
            ),
        )

    def all(self) -> tuple[Case, ...]:
        """Return the cases in order of their keys."""
        return tuple(self._cases[key] for key in sorted(self._cases))


def told_lines(lines: Iterable[Joined]) -> list[Evidence]:
    """Return what each source told of some lines."""
    return [told_line(line) for joined in lines for line in joined.told]


def told_line(line: SaleObserved, event: str | None = None) -> Evidence:
    """Return what a source told; by its event, where that tells it from something else that the source told."""
    values = {
        "source": line.source,
        "event": event,
        "kind": line.kind,
        "till": line.till,
        "receipt": line.sequence,
        "line": str(line.line),
        "quantity": str(line.quantity),
        "gtin": line.gtin,
        "code": line.code,
        "item": line.serial,
        "minor": None if line.amount is None else str(line.amount),
        "currency": line.currency,
    }
    return _evidence("line_told", line.at or line.business_day, values)


def seen(sightings: Iterable[Sighting]) -> list[Evidence]:
    """Return what was seen, and where."""
    return [
        _evidence(
            "piece_seen" if sighting.item else "code_seen",
            iso(sighting.at),
            {"via": sighting.via, "lane": sighting.lane, "item": sighting.item, "gtin": sighting.gtin},
        )
        for sighting in sightings
    ]


def said(word: str, at: str, **values: str | None) -> Evidence:
    """Return one more thing to know."""
    return _evidence(word, at, values)


def iso(at: datetime) -> str:
    """Return an instant as cases show it."""
    return at.isoformat()


def _evidence(word: str, at: str, values: dict[str, str | None]) -> Evidence:
    given = {name: value for name, value in values.items() if value}
    return Evidence(at=at, word=word, values=tuple(sorted(given.items())))
