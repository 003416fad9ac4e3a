"""Run by test_every_system_call.py in a process of its own: one small life again and again, strace at its side.

    python traced_life.py FOLDER RULE FIRST STEP

RULE is what strace is to inject, ``all:signal=KILL`` or ``fdatasync:error=EIO``: into the FIRST such call of the first
life, STEP calls later in the next, and so on until a life makes no such call any more. Each begins on a copy of the
same enrolled station and leaves its folder as ``FOLDER/<call>``. Prints one JSON object for each life: the call, what
was said (``said``), how it ended (``status``), what it met (``met``), and why strace could not begin (``refused``).

The life is forked from this process, which has everything imported, and waits until strace has hold of it: so one life
costs a tenth of a second, and nothing but the life is counted.
"""

import ctypes
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import structlog

from photocore.host import SystemDisk
from sync.errors import JournalDown
from sync.station import Footing, Seams, open_station
from sync.testing_cuts_life import ANNA, Stand

SET_PTRACER, ANY = 0x59616D61, -1  # prctl(2): whoever may trace at all may trace us, brother or not
FILES = ("journal.db", "journal.db-wal", "journal.db-shm", "journal.db-journal", "journal.lock", "journal.reserve", "")
PATIENCE_S = 60


class Life:
    """Opens the station in ``folder``, registers, prints, makes up, syncs and closes; tells the pipe what it said."""

    def __init__(self, stand: Stand, folder: Path, pipe: int) -> None:
        self.stand, self.folder, self.pipe = stand, folder, pipe
        self.register_wish, self.make_up_wish = stand.wish(), stand.make_up_wish(ANNA)
        self.station = None

    def live(self) -> None:
        for step in (self.open, self.register, self.print, self.make_up, self.carry, self.close):
            self.insist(step)

    def insist(self, step) -> None:
        """Do one step; where the journal is down do it again, as the next touch of the screen would."""
        for _ in range(3):
            try:
                step()
            except JournalDown as down:
                self.tell("down", f"{step.__name__}: {down}")
            else:
                return
        self.tell("stuck", step.__name__)
        os._exit(4)

    def tell(self, kind: str, what: str) -> None:
        os.write(self.pipe, f"{json.dumps([kind, what])}\n".encode())

    def open(self) -> None:
        line = self.stand.service
        seams = Seams(
            clock=self.stand.clock, entropy=self.stand.entropy, disk=SystemDisk(), channel=line, quick_channel=line
        )
        self.station = open_station(self.folder, seams, carry=False, under=Footing(reserve_bytes=4096, threads=False))

    def register(self) -> None:
        done = self.station.desk.register(self.register_wish)
        self.tell("said", f"claim {done.claim}")

    def print(self) -> None:
        job = self.station.jobs.next_job()
        if job.claim == self.register_wish.event_id and job.id == 1:
            self.station.jobs.begin(job.id, "p")
            self.tell("said", f"begun {job.id}")
        for waiting in self.station.jobs.unsettled():
            self.station.jobs.printed(waiting.id, "process id")
            self.tell("said", f"printed {waiting.id}")

    def make_up(self) -> None:
        done = self.station.desk.make_up(self.make_up_wish)
        self.tell("said", f"made {done.event_id}")

    def carry(self) -> None:
        report = self.station.courier.carry_here()
        if not report.ok:
            raise JournalDown(report.reason)
        for event in self.stand.service.applied:
            self.tell("said", f"settled {event.id}")

    def close(self) -> None:
        self.station.close()


def fork_life(stand: Stand, folder: Path) -> tuple[int, int, int]:
    """Return a life's process number, the pipe that lets it go, and the pipe it tells through."""
    told, telling = os.pipe()
    waiting, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        os.close(go)
        ctypes.CDLL(None).prctl(SET_PTRACER, ANY, 0, 0, 0)
        os.setpgid(0, 0)
        os.read(waiting, 1)
        try:
            Life(stand, folder, telling).live()
        except BaseException as error:  # noqa: BLE001 - whatever ended it is told, and judged by who reads it
            with suppress(OSError):
                os.write(telling, f"{json.dumps(['broke', repr(error)])}\n".encode())
            os._exit(3)
        os._exit(0)
    os.close(waiting)
    os.close(telling)
    return child, go, told


def one_life(stand: Stand, root: Path, call: int, rule: str) -> dict:
    """Live once, the ``call``-th call being hit by ``rule``, and return what came of it."""
    folder, trace = root / str(call), root / f"{call}.trace"
    shutil.copytree(root / "station", folder)
    child, go, told = fork_life(stand, folder)
    paths = [word for name in FILES for word in ("-P", str(folder / name) if name else str(folder))]
    command = ["strace", "-f", "-qq", "-o", str(trace), *paths, "-e", f"inject={rule}:when={call}", "-p", str(child)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as tracer:
        refused = wait_for_hold(child, tracer)
        os.write(go, b"." if not refused else b"")
        if refused:
            os.kill(child, 9)
        os.close(go)
        with os.fdopen(told, "rb") as pipe:
            lines = [json.loads(line) for line in pipe.read().decode().split("\n")[:-1]]
        _, status = os.waitpid(child, 0)
        tracer.wait(PATIENCE_S)
    said = [what for kind, what in lines if kind == "said"]
    met = [line for line in lines if line[0] != "said"]
    ended = os.waitstatus_to_exitcode(status)
    is_hit = ended == -9 or "(INJECTED)" in trace.read_text(errors="replace")
    return {"call": call, "said": said, "met": met, "status": ended, "refused": refused, "hit": is_hit}


def wait_for_hold(child: int, tracer: subprocess.Popen) -> str:
    """Wait until strace holds the life; return its own words when it cannot."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends and tracer.poll() is None:
        status = Path(f"/proc/{child}/status").read_text()
        if f"TracerPid:\t{tracer.pid}" in status:
            return ""
        time.sleep(0.001)
    tracer.kill()
    return tracer.stderr.read().strip() or "strace never took hold"


def main() -> None:
    """Live until no call is left to hit."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    root, rule, call, step = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    stand = Stand(root / "station")
    while True:
        came = one_life(stand, root, call, rule)
        sys.stdout.write(json.dumps(came) + "\n")
        sys.stdout.flush()
        if came["refused"] or not came["hit"]:
            return
        call += step


if __name__ == "__main__":
    main()
