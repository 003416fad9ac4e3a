"""A bridge that is killed again and again between scans hears each once: what it had not written is told anew."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.transport import Port, open_port
from hardware.virtual.pty import PtySocket

BRIDGE = """
import os, sys
from pathlib import Path
from hardware.scanner.profile import load_profile
from photocore.host import SystemClock
from photocore.settings import locate_config
from photocore.testing import KnownShop
from pos_bridge.lanes import Hearing, LaneEars, LaneReader
from pos_bridge.threads import Scribe

kept = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def keep(seen):
    os.write(kept, f"{seen.id} {seen.item}\\n".encode())
    os.fsync(kept)

scribe = Scribe()
scribe.start()
ears = LaneEars(
    Path(sys.argv[1]),
    {"till-1": load_profile(locate_config(), "generic")},
    LaneReader(knows=KnownShop({"09501101530003": "package"})),
    Hearing(on_sighting=lambda seen: scribe.note(lambda: keep(seen)), when_kept=scribe.note),
    SystemClock(),
)
ears.start()
print("listening", flush=True)
sys.stdin.read()
"""


class Store:
    """A scanner, its tee and a till, and a bridge that may be killed; what it wrote is a file."""

    def __init__(self, folder: Path) -> None:
        self.socket, self.kept = folder / "lanes.sock", folder / "kept"
        self.kept.touch()
        self.scanner = PtySocket(folder / "scanner")
        self.scanner.plug()
        options = ("--lane", "till-1", "--scanner", str(folder / "scanner"), "--till", f"pty:{folder / 'till'}")
        self.tee = subprocess.Popen(
            [sys.executable, "-P", "-m", "hardware.tee.cli", "tee", *options, "--to", str(self.socket)],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.tee.stderr is not None
        while "forwarder pid=" not in self.tee.stderr.readline():
            pass
        self.till: Port = open_port(str(folder / "till"))
        self.sent = 0
        self.bridge = self.begin()

    def begin(self) -> subprocess.Popen[bytes]:
        bridge = subprocess.Popen(
            [sys.executable, "-P", "-c", BRIDGE, str(self.socket), str(self.kept)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert bridge.stdout is not None
        assert bridge.stdout.readline() == b"listening\n"
        return bridge

    def scan(self, count: int) -> None:
        """Scan pieces one right after the other; the till reads each."""
        for _ in range(count):
            scan = b"]d2010950110153000321P2026A%04d\r\n" % self.sent
            self.scanner.port.write(scan)
            self.sent += 1
            got = b""
            while len(got) < len(scan):
                got += self.till.read(30.0)
            assert got == scan

    def kill(self) -> None:
        self.bridge.kill()
        self.bridge.wait()
        for pipe in (self.bridge.stdin, self.bridge.stdout):
            assert pipe is not None
            pipe.close()

    @property
    def seen(self) -> dict[str, str]:
        """What was written, by its name, as the ledger keeps it: what is told again is no news."""
        return dict(line.split(" ") for line in self.kept.read_text().split("\n") if line.count(" ") == 1)

    def close(self) -> None:
        self.kill()
        self.till.close()
        self.tee.terminate()
        self.tee.wait(30)
        assert self.tee.stderr is not None
        self.tee.stderr.close()
        self.scanner.unplug()


@pytest.fixture
def store(tmp_path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def test_K5_a_bridge_killed_between_scans_that_follow_at_once_hears_each_exactly_once(store, eventually) -> None:
    """kill -9 four times, in the midst of scans and with some unread: all are written, none under two names."""
    for nr in range(4):
        store.scan(12)
        if nr % 2:
            os.kill(store.bridge.pid, signal.SIGSTOP)  # what comes now lies unread when it dies
            store.scan(3)
        store.kill()
        store.scan(2)
        store.bridge = store.begin()
    store.scan(5)
    eventually(lambda: len(store.seen) >= store.sent)
    times = Counter(store.seen.values())
    assert times == {f"(01)09501101530003(21)P2026A{nr:04d}": 1 for nr in range(store.sent)}
