"""A world under control for tests, the demo and the simulator: a clock that stands still, randomness from a seed."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from photocore.cards import CardTable
from photocore.scans import Level


class ManualClock:
    """A clock that moves only when told to."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds since an arbitrary instant."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wall(self, now: datetime) -> None:
        """Set the wall clock, as a person or a dead battery would; monotonic time does not notice."""
        self._now = now


class SeededEntropy:
    """Bytes that follow from a seed: fit for IDs in a demo or simulation, never for keys."""

    def __init__(self, seed: int | str) -> None:
        self._seed = str(seed).encode()
        self._count = 0

    def token(self, n: int) -> bytes:
        """Return the next ``n`` bytes of the seed's stream."""
        stream = bytearray()
        while len(stream) < n:
            self._count += 1
            stream += hashlib.sha256(self._seed + b"\0" + str(self._count).encode()).digest()
        return bytes(stream[:n])


class KnownShop:
    """What a station knows, held in the hand: a :class:`photocore.symbology.Knowledge` of products and card tables."""

    def __init__(self, levels: Mapping[str, Level] | None = None, card_tables: Sequence[CardTable] = ()) -> None:
        self._levels: dict[str, Level] = dict(levels or {})
        self.card_tables = tuple(card_tables)

    def level_of(self, gtin: str) -> Level | None:
        """Return what the product of ``gtin`` is; the GTIN must come with its 14 digits, as the port says."""
        if len(gtin) != 14:
            raise ValueError(f"level_of wants a GTIN of 14 digits, not {len(gtin)}")
        return self._levels.get(gtin)
