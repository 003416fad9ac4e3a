"""What managers ruled, by case."""

from collections import defaultdict
from collections.abc import Iterable

from photocore.ids import ItemId
from pos_bridge.matching.facts import Decision, Ruling
from pos_bridge.matching.joining import Word


class Rulings:
    """The rulings that stand. ``asked`` are the keys of all cases that were asked about."""

    def __init__(self, rulings: Iterable[Ruling]) -> None:
        known = sorted(set(rulings), key=lambda ruling: (ruling.at, ruling.id))
        undone = {ruling.of for ruling in known if ruling.decision == "undo"}
        self.asked: set[str] = set()
        self._by_case: dict[str, list[Ruling]] = defaultdict(list)
        for ruling in known:
            if ruling.decision != "undo" and ruling.id not in undone:
                self._by_case[ruling.case].append(ruling)

    def of(self, key: str) -> tuple[Ruling, ...]:
        """Return the rulings on a case, the oldest first."""
        self.asked.add(key)
        return tuple(self._by_case.get(key, ()))

    def has(self, key: str, *decisions: Decision) -> bool:
        """Say whether a case was decided in one of these ways."""
        return any(ruling.decision in decisions for ruling in self.of(key))

    def believed(self, key: str) -> Word | None:
        """Return whose word a case was decided by last."""
        words = [(ruling.source, ruling.event) for ruling in self.of(key) if ruling.source is not None]
        return words[-1] if words else None

    def assigned(self, key: str) -> dict[ItemId, Ruling]:
        """Return the pieces that were assigned, each by its first ruling, in the order of these."""
        pieces: dict[ItemId, Ruling] = {}
        for ruling in self.of(key):
            if ruling.decision == "assign" and ruling.item is not None:
                pieces.setdefault(ruling.item, ruling)
        return pieces
