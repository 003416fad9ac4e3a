"""A worker whose children are replaced: pictures are made at once or when a test says so, and fail when it says so."""

import asyncio
import hashlib
from contextlib import AsyncExitStack
from pathlib import Path

from imaging.errors import ScanRefused
from imaging.pixels.picture import TIERS, Derived, Probe, Rendition
from photoservice.objects.store import ObjectStore
from photoservice.renditions.gate import Gate
from photoservice.renditions.making import Maker
from photoservice.renditions.rolls import RollJobs
from photoservice.renditions.scratch import open_scratch
from photoservice.renditions.worker import Worker
from photoservice.service import Photoservice

HEADER = b"\xff\xd8common"


class ScriptedDarkroom:
    """Makes believe pictures of any bytes, noting the order; ``held`` ones wait for :meth:`let_go`."""

    def __init__(self) -> None:
        self.begun: list[bytes] = []
        self.made: list[bytes] = []
        self.refused: set[bytes] = set()
        self.broken: dict[bytes, Exception] = {}
        self.held: dict[bytes, asyncio.Event] = {}

    def hold(self, *contents: bytes) -> None:
        """Let these pictures wait once they were begun."""
        self.held |= {content: asyncio.Event() for content in contents}

    def let_go(self, *contents: bytes) -> None:
        """Let these pictures be made; without any, all."""
        for content in contents or tuple(self.held):
            self.held.pop(content).set()

    async def derive(self, path: Path, media: str) -> Derived:
        """Return renditions that follow from the file's bytes.

        Raises:
            ScanRefused: it was said to be refused.
        """
        content = await asyncio.to_thread(path.read_bytes)
        self.begun.append(content)
        if content in self.held:
            await self.held[content].wait()
        if content in self.refused:
            raise ScanRefused("undecodable", "it was said to be")
        if content in self.broken:
            raise self.broken.pop(content)
        self.made.append(content)
        mark = hashlib.sha256(content).digest()
        probe = Probe(media=media, width=3, height=2, bits=8, channels=3, has_profile=False)
        renditions = tuple(Rendition(tier=t, header=HEADER, body=t.encode() + mark, width=3, height=2) for t in TIERS)
        return Derived(probe=probe, renditions=renditions, placeholder=mark, placeholder_media="image/webp")


class ScriptedWorker:
    """A worker on a service's own loop, with a scripted darkroom and, if wanted, other objects."""

    def __init__(self, service: Photoservice, darkroom: ScriptedDarkroom, *, width: int = 2) -> None:
        self._service = service
        self._darkroom = darkroom
        self._open = AsyncExitStack()
        self.gate = Gate(width)

    async def start(self, objects: ObjectStore | None = None) -> None:
        """Begin to work."""
        service = self._service
        scratch = self._open.enter_context(open_scratch(service.settings.folder / "darkroom"))
        maker = Maker(
            database=service.database,
            objects=objects or service.pictures.objects,
            keeping=service.pictures.keeping,
            darkroom=self._darkroom,
            scratch=scratch,
            clock=service.clock,
        )
        jobs = RollJobs(database=service.database, maker=maker, gate=self.gate, metrics=service.metrics)
        self._worker = Worker(jobs, metrics=service.metrics)
        self._task = asyncio.create_task(self._worker.run())

    async def stop(self) -> None:
        """Stop as a worker stops, and wait for it."""
        self._worker.stop()
        await self._task
        await self._open.aclose()
