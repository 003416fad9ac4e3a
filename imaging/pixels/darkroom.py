"""The darkroom: pictures of strangers are opened in children that can be killed, and only there.

A child costs a tenth of a second to start, so that it stays between pictures: until it has seen enough of them, holds
too much memory at rest, took too long, or died. What it dies of is the picture's fault when it happens twice; the first
time it may have been the machine's, which kills the largest process when it runs out of memory.

The file is opened here and its descriptor passed on: a child reaches no path, no network and no other program
(fences.py). ::

    async with Darkroom(children=2) as darkroom:
        probe = await darkroom.probe(path)
        derived = await darkroom.derive(path, probe.media)

``probe_now``, ``derive_now`` and ``close_now`` do the same where there is no event loop.
"""

import asyncio
import queue
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from imaging.errors import DarkroomDown, ScanRefused
from imaging.pixels.children import Child, ChildDied, TookTooLong
from imaging.pixels.limits import Limits
from imaging.pixels.picture import Derived, Edited, Probe
from imaging.pixels.refusing import refusal
from imaging.pixels.wire import Ask, Made, believed, derived_of, edited_of
from photocore.edits import Edit

_Answer = TypeVar("_Answer")
_Kind = type[BaseException] | None


class Darkroom:
    """A pool of children. Its methods may be called from any thread; the async ones from any event loop."""

    def __init__(self, *, children: int = 2, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._places: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(children):
            self._places.put(None)
        self._running: set[Child] = set()
        self._threads = ThreadPoolExecutor(max_workers=children, thread_name_prefix="darkroom")
        self._is_closed = False
        self._fences: dict[str, str] = {}

    @property
    def fences(self) -> Mapping[str, str]:
        """What stands round the children, fence by fence; empty until one was started."""
        return dict(self._fences)

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The processes of the children that run now."""
        return tuple(child.process_id for child in tuple(self._running))

    async def probe(self, path: Path) -> Probe:
        """Return what a file says of itself; no pixel is decoded. It is whole as far as its structure tells.

        Raises:
            ScanRefused: it is none that is taken.
            DarkroomDown: no child can be started here; the file is not to blame.
            OSError: the file cannot be opened.
        """
        return await self._elsewhere(lambda: self.probe_now(path))

    async def derive(self, path: Path, media: str = "") -> Derived:
        """Return what is shown of a picture; ``media`` is its kind if it is known from an earlier probe.

        Raises:
            ScanRefused: it is none that is taken, cannot be decoded, or is of another kind than it was.
            DarkroomDown: no child can be started here; the file is not to blame.
            OSError: the file cannot be opened.
        """
        return await self._elsewhere(lambda: self.derive_now(path, media))

    async def edit(self, path: Path, edit: Edit, *, side: int = 0) -> Edited:
        """Return a picture with ``edit`` carried out: an sRGB JPEG, its longer side ``side`` pixels at most.

        Where ``side`` is 0 it keeps all its pixels, and is compressed little: as a print is made of it.

        Raises:
            ScanRefused: it is none that is taken, or cannot be decoded.
            DarkroomDown: no child can be started here; the file is not to blame.
            OSError: the file cannot be opened.
        """
        return await self._elsewhere(lambda: self.edit_now(path, edit, side=side))

    def probe_now(self, path: Path) -> Probe:
        """Do as :meth:`probe`, and let this thread wait."""
        return self._ask(Ask(verb="probe", limits=self._limits), path).probe

    def derive_now(self, path: Path, media: str = "") -> Derived:
        """Do as :meth:`derive`, and let this thread wait."""
        made = self._ask(Ask(verb="derive", limits=self._limits), path)
        if media and made.probe.media != media:
            raise refusal("undecodable", "it was of another kind when it came")
        return derived_of(made)

    def edit_now(self, path: Path, edit: Edit, *, side: int = 0) -> Edited:
        """Do as :meth:`edit`, and let this thread wait."""
        question = Ask(verb="edit", limits=self._limits, instructions=edit.instructions, side=side)
        return edited_of(self._ask(question, path), side)

    async def close(self) -> None:
        """End all children, also those at work; who waits for them gets DarkroomDown."""
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """Do as :meth:`close`, and let this thread wait."""
        self._is_closed = True
        for child in tuple(self._running):
            child.kill()
        self._threads.shutdown(wait=True)
        for child in tuple(self._running):
            self._let_go(child)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: _Kind, error: BaseException | None, at: TracebackType | None) -> None:
        await self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: _Kind, error: BaseException | None, at: TracebackType | None) -> None:
        self.close_now()

    async def _elsewhere(self, work: Callable[[], _Answer]) -> _Answer:
        if self._is_closed:
            raise DarkroomDown("the darkroom is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _ask(self, question: Ask, path: Path) -> Made:
        with path.open("rb", buffering=0) as file:
            place = self._places.get()
            try:
                for _ in range(2):
                    place = self._living(place)
                    try:
                        return believed(place.ask(question, file.fileno()), self._limits)
                    except ScanRefused:
                        raise
                    except ChildDied as died:
                        place = self._let_go(place)
                        self._judge(died)
                    except TookTooLong as late:
                        place = self._let_go(place)
                        raise refusal("took-too-long", f"at most {self._limits.wall_s:g} seconds") from late
                    except BaseException:  # this thread was interrupted: its answer must not be the next one's
                        place = self._let_go(place)
                        raise
                raise refusal("undecodable", "it broke the program that opens pictures")
            finally:
                self._places.put(self._at_rest(place))

    def _judge(self, died: ChildDied) -> None:
        if self._is_closed:
            raise DarkroomDown("the darkroom is closed") from died
        if died.used_up_its_time:
            raise refusal("took-too-long", f"at most {self._limits.cpu_s} seconds of processor")

    def _living(self, child: Child | None) -> Child:
        if self._is_closed:
            raise DarkroomDown("the darkroom is closed")
        if child is None or not child.is_alive:
            if child is not None:
                self._let_go(child)
            child = Child(self._limits.memory_bytes)
            self._running.add(child)
            self._fences = child.fences
            if self._is_closed:  # meanwhile
                self._let_go(child)
                raise DarkroomDown("the darkroom is closed")
        return child

    def _at_rest(self, child: Child | None) -> Child | None:
        if child is None:
            return None
        if child.pictures >= self._limits.pictures or child.resting_bytes > self._limits.resting_bytes:
            return self._let_go(child)
        return child

    def _let_go(self, child: Child) -> None:
        child.kill()
        self._running.discard(child)
