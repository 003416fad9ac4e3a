"""A photoservice that dies (kill -9) at one step of filing: DATABASE FOLDER STEP. Prints its address when it serves."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn

from photocore.logs import configure_logs
from photoservice.app import build_app
from photoservice.settings import Settings
from photoservice.wiring import bind, open_service


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingProber:
    def __init__(self, prober: Any, step: str) -> None:
        self._prober = prober
        self._step = step

    async def probe(self, path: Path) -> Any:
        if self._step == "whole":
            die()
        probe = await self._prober.probe(path)
        if self._step == "probed":
            die()
        return probe


class DyingStore:
    def __init__(self, store: Any, step: str) -> None:
        self._store = store
        self._step = step

    async def put(self, key: str, source: Path | bytes, *, frozen: bool = False) -> None:
        await self._store.put(key, source, frozen=frozen)
        if self._step == "kept":
            die()


class DyingKeeper:
    def __init__(self, keeping: Any, step: str) -> None:
        self._keeping = keeping
        self._step = step

    async def keep(
        self, objects: Mapping[str, Path | bytes], work: Callable[[Any], Awaitable[Any]], *, frozen: bool = False
    ) -> Any:
        async def dying_work(session: Any) -> Any:
            filed = await work(session)
            if self._step == "written":
                die()
            return filed

        done = await self._keeping.keep(objects, dying_work, frozen=frozen)
        if self._step == "committed":
            die()
        return done


async def serve(url: str, folder: Path, step: str) -> None:
    settings = Settings(folder=folder, database=url, port=0, derive_here=False, keep_free=1 << 20)
    door = bind(settings)
    async with open_service(settings, url) as opened:
        filing = opened.pictures.uploads.filing
        keeping = filing.keeping
        keeping._objects = DyingStore(keeping._objects, step)
        dying = replace(filing, prober=DyingProber(filing.prober, step), keeping=DyingKeeper(keeping, step))
        uploads = replace(opened.pictures.uploads, filing=dying)
        service = replace(opened, pictures=replace(opened.pictures, uploads=uploads))
        config = uvicorn.Config(build_app(service), http="httptools", ws="none", log_config=None, access_log=False)
        sys.stdout.write(f"http://127.0.0.1:{door.getsockname()[1]}\n")
        sys.stdout.flush()
        await uvicorn.Server(config).serve(sockets=[door])


if __name__ == "__main__":
    configure_logs()
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
