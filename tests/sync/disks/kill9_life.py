"""Run by test_kill9.py in a process of its own: lives that register as fast as they can, each ended by kill -9.

Prints one JSON list of [claim, number] that were acknowledged: what a shopper would have seen on the screen.
"""

import json
import os
import select
import signal
import sys
import threading
import time
from pathlib import Path

from photocore.cards import CardNumber
from photocore.errors import ChannelDown
from photocore.host import SystemClock, SystemDisk, SystemEntropy
from photocore.ids import ItemId
from photocore.logs import configure_logs
from sync.station import Footing, Seams, open_station
from sync.views import RegisterWish


class NoNetwork:
    """A channel that is always down."""

    def exchange(self, request):
        raise ChannelDown("no network")


def live(folder: Path, pipe: int) -> None:
    """Open the station and register, print and undo in three threads until killed."""
    seams = Seams(clock=SystemClock(), entropy=SystemEntropy(), disk=SystemDisk(), channel=NoNetwork())
    station = open_station(folder, seams, under=Footing(reserve_bytes=4096))

    def shopper(gtin: str) -> None:
        while True:
            serial = os.urandom(5).hex().upper()
            wish = RegisterWish(
                event_id=os.urandom(16).hex(),
                item=ItemId(f"(01){gtin}(21){serial}"),
                level="unknown",
                item_typed=False,
                card=CardNumber(table="club", number=serial),
                card_typed=False,
            )
            done = station.desk.register(wish)
            os.write(pipe, f"{done.claim} {done.number}\n".encode())

    def printer() -> None:
        while True:
            job = station.jobs.next_job()
            if job is not None:
                station.jobs.begin(job.id, "p")
                station.jobs.printed(job.id, "test")

    for work in (lambda: shopper("04012345678901"), lambda: shopper("04012345678918"), printer):
        threading.Thread(target=work, daemon=True).start()
    threading.Event().wait()


def one_life(folder: Path, seconds: float, *, wait_for_one: bool) -> list[str]:
    """Fork a life, kill it ``seconds`` after its start or first acknowledgement, and return the lines it got out."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(30)  # nobody may live on when the test that started us was killed itself
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a life's log lines are not the list its parent prints
        try:
            live(folder, writing)
        finally:
            os._exit(3)
    os.close(writing)
    if wait_for_one:
        select.select([reading], [], [], 10)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return [line for line in pipe.read().decode().split("\n")[:-1] if line]


def main() -> None:
    """Live ``argv[2]`` times on the station in ``argv[1]``."""
    configure_logs()
    acked: list[list[str]] = []
    for index in range(int(sys.argv[2])):
        # Every other life is killed by the clock alone, so that starting up is hit too, however busy the machine is.
        lines = one_life(Path(sys.argv[1]), 0.08 * ((index * 37) % 100) / 100, wait_for_one=index % 2 == 0)
        acked += [line.split() for line in lines]
    sys.stdout.write(json.dumps(acked))


if __name__ == "__main__":
    main()
