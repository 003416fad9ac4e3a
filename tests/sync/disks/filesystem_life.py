"""Run by test_whole_filesystem.py as root in a mount namespace of its own: what it mounts goes when it goes.

    unshare --mount --propagation private python filesystem_life.py cuts FOLDER COUNT PRAGMA
    unshare --mount --propagation private python filesystem_life.py full FOLDER
    unshare --mount --propagation private python filesystem_life.py start FOLDER

``cuts``: a station registers on ext4, on a loop device, on an image in btrfs. At random instants it is stopped, what it
said is read, the image is cloned as it lies there, and it is killed; then the clone is mounted, as a machine does after
a power cut, and its journal opened. Prints one JSON object for each cut. ``full``: a station on a tmpfs that fills up.
``start``: one that is opened where not a byte is left.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import structlog

from photocore.host import SystemClock, SystemDisk, SystemEntropy
from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.database import PRAGMAS, read_beside
from sync.errors import DiskFull, JournalDown
from sync.statements import run
from sync.station import Footing, Seams, open_station
from sync.testing_cuts import Chance
from sync.testing_cuts_life import MADE_UP_ROLLS, Stand

RESERVE = 256 * 1024


def call(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def open_real(stand: Stand, folder: Path, synchronous: str = "FULL", reserve_bytes: int = 4096):
    """Open the station in ``folder`` on whatever disk that is, as the product does."""
    seams = Seams(
        clock=SystemClock(),
        entropy=SystemEntropy(),
        disk=SystemDisk(),
        channel=stand.service,
        quick_channel=stand.service,
    )
    reads = {"FULL": 2, "NORMAL": 1, "OFF": 0}[synchronous]
    pragmas = tuple(
        replace(one, value=synchronous, reads=(reads,)) if one.name == "synchronous" else one for one in PRAGMAS
    )
    under = Footing(pragmas=pragmas, reserve_bytes=reserve_bytes)
    return open_station(folder, seams, carry=False, under=under)


def fork_life(stand: Stand, folder: Path, synchronous: str) -> tuple[int, int]:
    """Return the process that registers until it is killed, and the pipe it tells through."""
    told, telling = os.pipe()
    child = os.fork()
    if child:
        os.close(telling)
        return child, told
    os.close(told)
    signal.alarm(60)
    try:
        station = open_real(stand, folder, synchronous)
        while True:
            done = station.desk.register(stand.wish())
            os.write(telling, f"claim {done.claim}\n".encode())
    finally:
        os._exit(3)


def cut(stand: Stand, root: Path, wait_s: float, synchronous: str) -> dict:
    """Live a while, cut, and look at what is left."""
    child, told = fork_life(stand, root / "mount" / "station", synchronous)
    select.select([told], [], [], 20)  # not before the first word: opening is cut elsewhere
    time.sleep(wait_s)
    os.kill(child, signal.SIGSTOP)
    os.waitpid(child, os.WUNTRACED)
    os.set_blocking(told, False)
    said = read_all(told)
    image = root / "flash" / "cut.img"
    call("cp", "--reflink=always", root / "flash" / "disk.img", image)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(told)
    call("mount", "-o", "loop", image, root / "after")
    try:
        found = look(stand, root / "after" / "station", synchronous)
    finally:
        call("umount", root / "after")
        image.unlink()
    return {"said": len(said), "lost": len(set(said) - found.pop("held")), **found}


def read_all(pipe: int) -> list[str]:
    text = b""
    while True:
        try:
            more = os.read(pipe, 1 << 20)
        except BlockingIOError:
            break
        if not more:
            break
        text += more
    return text.decode().split("\n")[:-1]


def look(stand: Stand, folder: Path, synchronous: str) -> dict:
    """Open what is left and return what it holds, and what is wrong with it."""
    try:
        station = open_real(stand, folder, synchronous)
    except JournalDown as down:
        return {"held": set(), "wrong": f"does not open: {down}"}
    try:
        return station.journal.read(lambda db: judged(stand, db))
    finally:
        station.close()


def judged(stand: Stand, db) -> dict:
    check_chain(db, stand.own_key)
    half = [
        *run(db, "testing_cuts.half_registrations"),
        *run(db, "testing_cuts.half_made_up", {"rolls": MADE_UP_ROLLS}),
        *run(db, "testing_cuts.strays"),
    ]
    return {"held": {row[0] for row in run(db, "testing_cuts.held")}, "wrong": f"half: {half}" if half else ""}


def cuts(root: Path, count: int, synchronous: str) -> None:
    for name in ("flash", "mount", "after"):
        (root / name).mkdir()
    with (root / "flash.img").open("wb") as file:
        file.truncate(1 << 30)
    call("mkfs.btrfs", "-q", root / "flash.img")
    call("mount", "-o", "loop", root / "flash.img", root / "flash")
    with (root / "flash" / "disk.img").open("wb") as file:
        file.truncate(256 << 20)
    call("mkfs.ext4", "-q", root / "flash" / "disk.img")
    call("mount", "-o", "loop", root / "flash" / "disk.img", root / "mount")
    stand = Stand(root / "mount" / "station")
    chance = Chance(SeededEntropy(f"cuts {synchronous}"))
    try:
        for _ in range(count):
            tell(cut(stand, root, 0.05 + 0.4 * chance.draw(), synchronous))
    finally:
        call("umount", root / "mount")
        call("umount", root / "flash")


def full(root: Path) -> None:
    """Register until the disk refuses, fill its last byte, go on in the reserve's room, and on with more room."""
    disk = root / "small"
    disk.mkdir()
    call("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk)
    stand = Stand(disk / "station")
    station = open_real(stand, disk / "station", reserve_bytes=RESERVE)
    said, refused = [], ""
    while not refused:
        try:
            said.append(f"claim {station.desk.register(stand.wish()).claim}")
        except DiskFull as down:
            refused = str(down)
    fill(disk / "ballast")
    downs, printed = [], 0
    while printed < 4:
        job = station.jobs.next_job()
        try:
            station.jobs.begin(job.id, "p")
            station.jobs.printed(job.id, "process id")
            printed += 1
        except JournalDown as down:
            downs.append(str(down))
    reserve = (disk / "station" / "journal.reserve").exists()
    carried = station.courier.carry_here().ok
    status = station.desk.status()
    call("mount", "-o", "remount,size=16m", disk)
    said.append(f"claim {station.desk.register(stand.wish()).claim}")
    station.close()
    found = look(stand, disk / "station", "FULL")
    tell(
        {
            "said": len(said),
            "lost": len(set(said) - found.pop("held")),
            "refused": refused,
            "downs": downs,
            "reserve": reserve,
            "carried": carried,
            "low": status.disk_low,
            "ok": status.journal_ok,
            **found,
        }
    )
    call("umount", disk)


def start(root: Path) -> None:
    """Open a station on a full disk: in the room of its reserve; without any, with the reason; and with room again."""
    disk = root / "small"
    disk.mkdir()
    call("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk)
    stand, folder = Stand(disk / "station"), disk / "station"
    station = open_real(stand, folder, reserve_bytes=RESERVE)
    said = [f"claim {station.desk.register(stand.wish()).claim}"]
    station.close()
    fill(disk / "ballast")
    station = open_real(stand, folder, reserve_bytes=RESERVE)
    carried, low, refused = station.courier.carry_here().ok, station.desk.status().disk_low, ""
    try:
        station.desk.register(stand.wish())
    except DiskFull as down:
        refused = str(down)
    station.close()
    reserve = (folder / "journal.reserve").exists()
    fill(disk / "more")
    downs = [why for why in (refusal(stand, folder), reading(folder)) if why]
    call("mount", "-o", "remount,size=16m", disk)
    station = open_real(stand, folder, reserve_bytes=RESERVE)
    said.append(f"claim {station.desk.register(stand.wish()).claim}")
    station.close()
    found = look(stand, folder, "FULL")
    lost = len(set(said) - found.pop("held"))
    tell(
        {
            "said": len(said),
            "lost": lost,
            "refused": refused,
            "downs": downs,
            "reserve": reserve,
            "carried": carried,
            "low": low,
            **found,
        }
    )
    call("umount", disk)


def refusal(stand: Stand, folder: Path) -> str:
    """Return why the station does not open."""
    try:
        open_real(stand, folder, reserve_bytes=RESERVE).close()
    except JournalDown as down:
        return str(down)
    return ""


def reading(folder: Path) -> str:
    """Return why nobody can look at the journal."""
    try:
        read_beside(folder / "journal.db", lambda connection: run(connection, "journal.newest_epoch"))
    except JournalDown as down:
        return str(down)
    return ""


def fill(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(handle, bytes(4096)):
            pass
    except OSError:
        pass
    finally:
        os.close(handle)


def tell(what: dict) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    root = Path(sys.argv[2])
    if sys.argv[1] == "full":
        full(root)
    elif sys.argv[1] == "start":
        start(root)
    else:
        cuts(root, int(sys.argv[3]), sys.argv[4])


if __name__ == "__main__":
    main()
