#!/usr/bin/env python3
"""Run a load-balanced photoservice on this machine: two web processes behind nginx, and two workers.

    deploy/balanced/run.py --dir /tmp/balanced --database postgresql:///twincheck

What systemd does for a site (deploy/systemd) this does in a terminal: it starts all of them, starts again what died,
and ends them in order at Ctrl-C or SIGTERM: first nginx, so that nobody new comes, then the web processes, which answer
what is on its way, then the workers. Needs nothing but Python, nginx and an installed twincheck (docs/running.md).

One line is printed when everything answers: ``The balanced photoservice answers at http://127.0.0.1:PORT``.
"""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

TEMPLATE = Path(__file__).with_name("nginx.conf")
AGAIN_AFTER_S = 1.0
UP_WITHIN_S = 60.0
ENDS_WITHIN_S = 30.0


class Member:
    """One process: started, started again when it died, ended."""

    def __init__(self, name: str, call: list[str], folder: Path, *, ends_by: signal.Signals = signal.SIGTERM) -> None:
        self.name, self._call, self._folder, self._ends_by = name, call, folder, ends_by
        self._process: subprocess.Popen[bytes] | None = None
        self._died_at = 0.0

    def start(self) -> None:
        """Start it; what it says goes to its log, its process ID to a file beside."""
        with (self._folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # what we put together here
                self._call, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        (self._folder / f"{self.name}.pid").write_text(str(self._process.pid))

    def look(self) -> None:
        """Start it again if it died a moment ago."""
        if self._process is None or self._process.poll() is None:
            return
        if not self._died_at:
            self._died_at = time.monotonic()
            say(f"{self.name} died with {self._process.returncode}; it is started again.")
        elif time.monotonic() - self._died_at > AGAIN_AFTER_S:
            self._died_at = 0.0
            self.start()

    def ask_to_end(self) -> None:
        """Tell it to end."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self._ends_by)

    def ended(self) -> int:
        """Return its exit code, once it has ended; one that does not end is killed."""
        if self._process is None:
            return 0
        try:
            return self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def main() -> int:
    """Start everything, watch it, and end it; returns 0 when each of them ended well."""
    options = read_options()
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if nginx is None:
        say("There is no nginx here: apt install nginx")
        return 1
    folder = options.dir.absolute()
    run = folder / "balanced"
    run.mkdir(parents=True, exist_ok=True)
    ports = [options.port or free_port(), *(free_port() for _ in range(options.webs))]
    (run / "nginx.conf").write_text(filled(run, ports[0], ports[1:]))
    webs = [Member(f"web-{nr}", web_call(options, folder, ports[0], port), run) for nr, port in enumerate(ports[1:], 1)]
    workers = [Member(f"work-{nr}", work_call(options, folder), run) for nr in range(1, options.workers + 1)]
    door = Member("nginx", [nginx, "-e", "stderr", "-c", str(run / "nginx.conf")], run, ends_by=signal.SIGQUIT)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        start(webs, workers, door, ports, ended)
        while not ended.wait(0.2):
            for member in (*webs, *workers, door):
                member.look()
    finally:
        codes = [code for members in ([door], webs, workers) for code in end(members)]
    say(f"All {len(codes)} processes have ended.")
    return 0 if not any(codes) else 1


def start(webs: list[Member], workers: list[Member], door: Member, ports: list[int], ended: threading.Event) -> None:
    """Start the web processes, then, as their database is there by now, the workers and the door."""
    for member in webs:
        member.start()
    if not all(answers(port, ended) for port in ports[1:]):
        raise SystemExit("A web process did not come up; its log says why.")
    for member in (*workers, door):
        member.start()
    if not answers(ports[0], ended):
        raise SystemExit("nginx did not come up; its log says why.")
    sys.stdout.write(f"The balanced photoservice answers at http://127.0.0.1:{ports[0]}\n")
    sys.stdout.flush()


def end(members: list[Member]) -> list[int]:
    """End these together and return their exit codes."""
    for member in members:
        member.ask_to_end()
    return [member.ended() for member in members]


def answers(port: int, ended: threading.Event) -> bool:
    """Wait until the process behind ``port`` is ready."""
    within = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < within and not ended.is_set():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            ended.wait(0.05)
    return False


def filled(run: Path, port: int, ports: list[int]) -> str:
    """Return nginx's configuration."""
    servers = "\n".join(f"        server 127.0.0.1:{web} max_fails=1 fail_timeout=1s;" for web in ports)
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in (("FOLDER", str(run)), ("PORT", str(port)), ("SERVERS", servers)):
        text = text.replace(f"@{name}@", value)
    return text


def web_call(options: argparse.Namespace, folder: Path, door: int, port: int) -> list[str]:
    """Return how a web process is started."""
    return [
        *(*program(), "serve", "--no-derive", "--port", str(port), *shared(options, folder)),
        *("--public-url", f"http://127.0.0.1:{door}", "--trusted-proxy", "127.0.0.1", *options.serve),
    ]


def work_call(options: argparse.Namespace, folder: Path) -> list[str]:
    """Return how a worker is started."""
    return [*program(), "work", "--children", "1", *shared(options, folder)]


def shared(options: argparse.Namespace, folder: Path) -> list[str]:
    """Return what all of them are told: one data folder with its keys, ledgers, spool and objects; one database."""
    return ["--dir", str(folder), *(("--database", options.database) if options.database else ())]


def program() -> list[str]:
    """Return what runs a verb of the photoservice with this very Python."""
    return [sys.executable, "-m", "photoservice.cli"]


def free_port() -> int:
    """Return a port nobody listens on by now, below those that the kernel hands out to whoever comes meanwhile."""
    while True:
        with socket.socket() as door, contextlib.suppress(OSError):
            door.bind(("127.0.0.1", secrets.randbelow(17_000) + 15_000))
            return int(door.getsockname()[1])


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dir", type=Path, required=True, help="the data folder all of them share")
    parser.add_argument("--database", metavar="URL", help="your own PostgreSQL (default: the embedded one, in --dir)")
    parser.add_argument("--port", type=int, default=0, help="where nginx listens on 127.0.0.1 (default: a free one)")
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("serve", nargs="*", help="further options of serve, after --")
    return parser.parse_args()


def say(sentence: str) -> None:
    """Tell a person."""
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
