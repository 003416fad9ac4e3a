"""How many webhooks a second the till bridge makes durable and answers, over real HTTP.

    python benchmarks/till_webhooks.py [--quick] [--json FILE]

Sixteen senders, each on a connection of its own, in another process, send signed messages (Standard Webhooks, a sale of
two lines) and wait for 200 before the next. Two figures, in turns in one run, each turn served by a new process that is
killed after it, so that neither works off what the other left:

* **ours**: the bridge's own door with all that surrounds it: signature, group commit to bridge.db, then 200. Meanwhile
  the bridge reads and matches what came, as it always does.
* **floor**: a bare ASGI function on the same server that makes one row of the same bytes durable a request (apsw, WAL,
  FULL, one commit each) and answers 200: no signature, no routing, nothing else.

Whatever was answered must be in bridge.db after the kill. The note says what one connection inserts without any HTTP.
"""

import asyncio
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import apsw
import uvicorn
from measuring import Line, run_alone
from stations import be_quiet

from pos_bridge.fixtures import load
from pos_bridge.testing import BridgeBench, signed

SENDERS = 16
PLACES = {"ours": "/in/shop", "floor": "/"}


def measure(quick: bool) -> list[Line]:
    """Take both figures in turns, and return the medians of the rounds."""
    seconds, rounds = (1.0, 3) if quick else (3.0, 5)
    body = load("standard", "sale-of-two.json")
    rates: dict[str, list[float]] = {who: [] for who in PLACES}
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        for turn in range(rounds):
            for who, place in PLACES.items():
                folder = Path(name) / f"{who}-{turn}"
                with served(who, folder) as url:
                    count, times = send(url, place, body, seconds, f"{who}-{turn}")
                rates[who].append(count / seconds)
                if who == "ours":
                    waits += times
                    check_kept(folder / "bridge.db", count)
        alone = bare_inserts(Path(name) / "alone.db", body, seconds)
    waits.sort()
    return [
        Line(
            what=f"webhooks/s durable and answered, {SENDERS} senders",
            unit="/s",
            ours=statistics.median(rates["ours"]),
            floor=statistics.median(rates["floor"]),
            floor_is="a bare ASGI function, one FULL commit a request",
            aim=">= 0.8",
            note=f"median wait {waits[len(waits) // 2] * 1e3:.1f} ms, p99 {waits[len(waits) * 99 // 100] * 1e3:.1f} ms;"
            f" without HTTP one connection inserts {alone:,.0f} /s",
        )
    ]


@contextmanager
def served(who: str, folder: Path) -> Iterator[str]:
    """Serve one of the two from a process of its own, and kill it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(who, folder, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def _serve(who: str, folder: Path, told: Connection) -> None:
    be_quiet()
    if who == "floor":
        with bare_door(folder.with_suffix(".db")) as url:
            told.send(url)
            threading.Event().wait()
    with BridgeBench(folder=folder).served() as door:
        told.send(door.url)
        threading.Event().wait()


def check_kept(path: Path, count: int) -> None:
    """Raise RuntimeError where something was answered and is not there."""
    connection = apsw.Connection(str(path))
    [(kept,)] = connection.execute("select count(*) from message")
    connection.close()
    if kept < count:
        raise RuntimeError(f"{count} were answered and {kept} kept")


@contextmanager
def bare_door(path: Path) -> Iterator[str]:
    """Serve the floor."""
    connection = open_bare(path)

    async def app(scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        message = await receive()
        insert(connection, message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets=None) -> None:
            await super().startup(sockets)
            ready.set()

    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, server_header=False, lifespan="off")
    server = Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    ready.wait(30)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        connection.close()


def open_bare(path: Path) -> apsw.Connection:
    """Open a database as the ledger's is."""
    connection = apsw.Connection(str(path))
    for setting in ("journal_mode=wal", "synchronous=FULL"):
        list(connection.execute(f"PRAGMA {setting}"))
    connection.execute("create table message (number integer primary key autoincrement, key text unique, body blob)")
    return connection


def insert(connection: apsw.Connection, body: bytes) -> None:
    """Make one row durable."""
    connection.execute("insert into message (key, body) values (lower(hex(randomblob(16))), ?)", (body,))


def bare_inserts(path: Path, body: bytes, seconds: float) -> float:
    """Return how many rows a second one connection makes durable, one a commit."""
    connection, count, ends = open_bare(path), 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        insert(connection, body)
        count += 1
    connection.close()
    return count / seconds


def send(url: str, path: str, body: bytes, seconds: float, name: str) -> tuple[int, list[float]]:
    """Send from another process for so long; return how many were answered 200, and how long each waited."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_send, (url, path, body, seconds, name))


def _send(url: str, path: str, body: bytes, seconds: float, name: str) -> tuple[int, list[float]]:
    host, _, port = url.removeprefix("http://").partition(":")
    made = [iter(_requests(f"{host}:{port}", path, body, f"{name}-{sender}")) for sender in range(SENDERS)]

    async def one(requests: Iterator[bytes], took: list[float], ends: Callable[[], bool]) -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for request in requests:
            began = time.monotonic()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            await reader.readexactly(2)
            took.append(time.monotonic() - began)
            if ends():
                break
        writer.close()

    async def all_of_them() -> list[float]:
        took: list[float] = []
        last = time.monotonic() + seconds
        await asyncio.gather(*(one(requests, took, lambda: time.monotonic() > last) for requests in made))
        return took

    took = asyncio.run(all_of_them())
    return len(took), took


def _requests(host: str, path: str, body: bytes, name: str) -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        headers = signed(body, message=f"msg-{name}-{number}", at=int(time.time()))
        lines = [f"POST {path} HTTP/1.1", f"host: {host}", f"content-length: {len(body)}"]
        lines += [f"{key}: {text}" for key, text in headers.items()]
        yield "\r\n".join([*lines, "", ""]).encode() + body


if __name__ == "__main__":
    run_alone(measure, __doc__)
