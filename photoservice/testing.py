"""The real photoservice for tests of any room: real PostgreSQL, real HTTP, a fresh database for each test.

``ScratchPostgres`` starts one embedded server and copies a migrated template per test; ``running_service`` serves on a
free port from a thread (so a test may own the clock); ``ServiceProcess`` is a process of its own, to be killed.
"""

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import uvloop

from photocore.cards import CardTable
from photocore.roster import Store, StoreSettings
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.db.driver import connect
from photoservice.db.embedded import EmbeddedPostgres
from photoservice.db.migrate import migrate
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.stores import add_store, put_card_tables
from photoservice.tenants import Kind, find_retailer
from photoservice.wiring import PhotoserviceServer, bind, serve

Result = TypeVar("Result")

_TEMPLATE = "scratch_template"
_UP_WITHIN_S = 30.0
_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of its own in it, as in any other
_ROOM = 4 << 30  # bytes: several of us may come at once


@contextmanager
def open_folder(*, in_memory: bool = False) -> Generator[Path]:
    """Give a folder the embedded server can live in, and remove it at the end; ``in_memory`` where there is room.

    Not pytest's ``tmp_path``: every pytest that starts takes others' rights from its root away again, and as root the
    server runs as a user of its own.
    """
    is_roomy = in_memory and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="twincheck-", dir=_MEMORY if is_roomy else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class ScratchPostgres:
    """One embedded server for a test session, without durability: it is thrown away.

    It lives in memory: a database is a thousand files, and after hundreds were made and removed ext4 spends more on
    finding free inodes than the tests on everything else.

    A thread of its own makes the next database while a test uses the last, and removes what tests have left: both take
    the server a moment, in which nobody has to wait.
    """

    def __init__(self) -> None:
        self._made = itertools.count(1)
        self._open = ExitStack()
        self._next: Future[str] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._server = stack.enter_context(EmbeddedPostgres(stack.enter_context(open_folder(in_memory=True))))
            self._beside = stack.enter_context(ThreadPoolExecutor(1, "scratch"))
            asyncio.run(self._prepare())
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def fresh(self) -> str:
        """Return the address of a fresh, migrated database."""
        ready = self._next or self._beside.submit(self._make)
        self._next = self._beside.submit(self._make)
        return ready.result()

    def empty(self) -> str:
        """Return the address of a fresh database that was never migrated."""
        name = self._name()
        asyncio.run(self._statements(f"create database {name}"))
        return self._server.url(name)

    def copy(self, url: str) -> str:
        """Return the address of a copy of a database nobody is connected to: a backup."""
        name = self._name()
        origin = urlsplit(url).path.removeprefix("/")
        asyncio.run(self._statements(f"create database {name} template {origin} strategy file_copy"))
        return self._server.url(name)

    def drop(self, url: str) -> None:
        """Remove a database again, soon; a session makes hundreds."""
        name = urlsplit(url).path.removeprefix("/")
        self._beside.submit(asyncio.run, self._statements(f"drop database if exists {name} with (force)"))

    def _make(self) -> str:
        name = self._name()
        asyncio.run(self._statements(f"create database {name} template {_TEMPLATE} strategy file_copy"))
        return self._server.url(name)

    def _name(self) -> str:
        return f"scratch_{os.getpid()}_{next(self._made)}"

    async def _prepare(self) -> None:
        await self._statements(
            "alter system set fsync = off",
            "alter system set full_page_writes = off",
            "alter system set autovacuum = off",  # it would visit every database of every test
            "alter system set checkpoint_timeout = '1h'",
            "select pg_reload_conf()",
            f"drop database if exists {_TEMPLATE}",
            f"create database {_TEMPLATE}",
        )
        await migrate(self._server.url(_TEMPLATE))

    async def _statements(self, *statements: str) -> None:
        connection = await connect(self._server.url())
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@dataclass(frozen=True, kw_only=True)
class RunningService:
    """A photoservice that answers at ``url``, and its parts for setting it up and looking inside."""

    url: str
    service: Photoservice
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on the service's own loop and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def do(self, work: Callable[[Session], Awaitable[Result]]) -> Result:
        """Run ``work`` in a transaction on the service's own loop and return its result."""

        async def run() -> Result:
            async with self.service.database.begin() as session:
                return await work(session)

        return self.run(run())

    def sql(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Return the rows of a statement, to look at what is really kept."""

        async def work(session: Session) -> list[dict[str, Any]]:
            return [dict(row) for row in await session.connection.fetch(statement, *values)]

        return self.do(work)

    def add_tenant(self, name: str, kind: Kind, *prefixes: str, gln: str | None = None) -> str:
        """Add a tenant and return its key."""
        tenants = self.service.tenants
        return self.do(lambda session: tenants.add(session, name=name, kind=kind, prefixes=prefixes, gln=gln))

    def add_store(
        self,
        gln: str,
        name: str,
        *,
        retailer: str | None = None,
        settings: StoreSettings | None = None,
        tables: tuple[CardTable, ...] = (),
    ) -> None:
        """Add a store, of the retailer called ``retailer`` if one is named."""

        async def work(session: Session) -> None:
            owner = await find_retailer(session, retailer) if retailer else None
            store = Store(gln=gln, name=name)
            await add_store(session, self.service.clock, store, settings or StoreSettings(), retailer=owner)
            await put_card_tables(session, tables, retailer=owner)

        self.do(work)

    def enrol_code(self, gln: str, role: str = "kiosk") -> str:
        """Return a fresh enrolment code of a store."""
        return self.do(lambda session: self.service.enrolment.issue_code(session, store=gln, role=role))

    def settle(self) -> int:
        """Run the settlement once and return how many registrations it confirmed."""
        return self.run(self.service.settlement.run_once())


@contextmanager
def running_service(
    database: str, folder: Path, *, clock: Clock | None = None, settings: Settings | None = None
) -> Generator[RunningService]:
    """Serve on a free port from a thread of this process; stops cleanly at the end."""
    chosen = replace(settings or Settings(folder=folder), database=database, port=0)
    door = bind(chosen)
    chosen = replace(chosen, port=door.getsockname()[1])
    ready = threading.Event()
    found: dict[str, Any] = {}

    def on_ready(server: PhotoserviceServer, service: Photoservice) -> None:
        found.update(server=server, service=service, loop=asyncio.get_running_loop())
        ready.set()

    def run() -> None:
        try:
            uvloop.run(serve(chosen, database, door, on_ready=on_ready, clock=clock))
        except BaseException as error:  # handed to the test, which re-raises it
            found["error"] = error
            raise
        finally:
            door.close()
            ready.set()

    thread = threading.Thread(target=run, name="photoservice", daemon=True)
    thread.start()
    if not ready.wait(_UP_WITHIN_S) or "error" in found:
        raise RuntimeError("the photoservice did not come up") from found.get("error")
    try:
        yield RunningService(url=f"http://127.0.0.1:{chosen.port}", service=found["service"], loop=found["loop"])
    finally:
        found["server"].should_exit = True
        thread.join(_UP_WITHIN_S)


class ServiceProcess:
    """``twincheck photoservice serve`` as a process of its own. Without ``database`` it embeds one in ``folder``."""

    def __init__(self, folder: Path, *, database: str | None = None, options: tuple[str, ...] = ()) -> None:
        self._options = ["--dir", str(folder), *(("--database", database) if database else ()), *options]
        self._process: subprocess.Popen[str] | None = None
        self.log = folder.parent / f"{folder.name}.log"
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process's ID."""
        assert self._process is not None  # noqa: S101
        return self._process.pid

    def start(self, port: int = 0) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "photoservice.cli", "serve", "--port", str(port), *self._options]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603
        assert self._process.stdout is not None  # noqa: S101
        said = self._process.stdout.readline()
        if " at " not in said:
            self.stop()
            raise RuntimeError(f"the photoservice did not come up: {self.log.read_text()[-2000:]}")
        self.url = said.rpartition(" ")[2].strip().replace("localhost", "127.0.0.1")

    def run(self, *words: str) -> str:
        """Run another verb on the same data (``tenant add ...``) and return what it printed."""
        command = [sys.executable, "-m", "photoservice.cli", *words, *self._options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def kill(self) -> None:
        """Kill it where it stands, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it as Ctrl-C does, and return its exit code."""
        return self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        code = self._process.wait(_UP_WITHIN_S)
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None
        return code
