"""An object store in memory that keeps the promises of a real one, for tests of who keeps and who collects."""

from collections.abc import AsyncGenerator
from pathlib import Path

from photocore.seams import Clock
from photoservice.objects.store import ObjectMissing, Stored, StoreDown, StoreFull

PIECE = 1 << 20


class MemoryStore:
    """Bytes under keys, as long as this lasts: at most ``room`` of them. While it ``is_down`` all it is asked fails."""

    def __init__(self, clock: Clock, *, room: int | None = None) -> None:
        self._clock = clock
        self._room = room
        self._kept: dict[str, tuple[bytes, Stored]] = {}
        self.is_down = False

    async def put(self, key: str, source: Path | bytes, *, frozen: bool = False) -> None:
        """Keep ``source`` under ``key``."""
        self._refuse_down()
        _ = frozen
        content = source if isinstance(source, bytes) else source.read_bytes()  # noqa: ASYNC240  # small, in a test
        if self._room is not None and len(content) > self._room - self._used_beside(key):
            raise StoreFull("The store in memory is full.")
        if key not in self._kept or self._kept[key][0] != content:
            self._kept[key] = content, Stored(key=key, size=len(content), at=self._clock.now())

    async def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return the bytes under ``key``, or a part of them."""
        self._refuse_down()
        if key not in self._kept:
            raise ObjectMissing(f"There is no object {key}.")
        content = self._kept[key][0]
        return content[start:] if length is None else content[start : start + length]

    async def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """Yield the bytes under ``key`` in pieces."""
        content = await self.read(key, start, length)
        for place in range(0, len(content), PIECE):
            yield content[place : place + PIECE]

    def local(self, key: str) -> None:
        """Return no file."""

    async def look(self, key: str) -> Stored | None:
        """Return what stands under ``key``."""
        self._refuse_down()
        return self._kept[key][1] if key in self._kept else None

    async def delete(self, key: str) -> None:
        """Delete what stands under ``key``."""
        self._refuse_down()
        self._kept.pop(key, None)

    async def list(self, prefix: str) -> AsyncGenerator[Stored]:
        """Yield all objects whose key begins with ``prefix``."""
        self._refuse_down()
        for key in sorted(self._kept):
            if key.startswith(prefix) and key in self._kept:
                yield self._kept[key][1]

    async def sweep(self) -> int:
        """Find nothing half written."""
        self._refuse_down()
        return 0

    async def free_bytes(self) -> int | None:
        """Return how much room is left."""
        self._refuse_down()
        return None if self._room is None else self._room - self._used_beside("")

    def _used_beside(self, key: str) -> int:
        return sum(len(content) for name, (content, _) in self._kept.items() if name != key)

    def _refuse_down(self) -> None:
        if self.is_down:
            raise StoreDown("The store in memory is down, as it was told.")
