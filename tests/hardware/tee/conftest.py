"""A tee or a tap as it runs in a shop: processes of its own between real ptys."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.errors import PortDown
from hardware.tee.copies import Copy, KeptAsked, ReceiptEnded, UnderWay, decode
from hardware.transport import Port, open_port
from hardware.transport.datagrams import DatagramReceiver
from hardware.virtual.pty import PtySocket

WAIT_S = 30.0


class Running:
    """One tee or tap, its keeper and its forwarders by their process IDs."""

    def __init__(self, verb: str, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hardware.tee.cli", verb, *options], stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self.heard = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self.heard:
                self.lines.append(line.rstrip())
                self.heard.notify_all()

    def await_line(self, pattern: str, *, count: int = 1) -> re.Match[str]:
        """Return the latest match once ``count`` lines match."""

        def found() -> list[re.Match[str]]:
            return [match for line in list(self.lines) if (match := re.search(pattern, line))]

        with self.heard:
            assert self.heard.wait_for(lambda: len(found()) >= count, WAIT_S), (pattern, self.lines)
            return found()[-1]

    @property
    def pids(self) -> list[int]:
        """Every forwarder that was ever forked, oldest first."""
        return [int(match[1]) for line in list(self.lines) if (match := re.search(r"forwarder pid=(\d+)", line))]

    @property
    def forwarder(self) -> int:
        return self.pids[-1]

    def kill_forwarder(self) -> None:
        """Kill -9 the forwarder, and wait for the next; a keeper that found it slow may have been quicker."""
        before = len(self.pids)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.forwarder, signal.SIGKILL)
        self.await_line("forwarder pid=", count=before + 1)

    def end(self) -> None:
        """End all of it: the keeper by word, and whoever took its place."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(WAIT_S)
        for line in list(self.lines):
            if match := re.search(r"keeper.gone pid=(\d+)", line):
                self._end_heir(int(match[1]))
        self._reader.join(WAIT_S)
        assert self.process.stderr is not None
        self.process.stderr.close()

    def _end_heir(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return


class Line:
    """Reads a port in a thread; what came is ``got``."""

    def __init__(self, port: Port) -> None:
        self.port = port
        self.got = bytearray()
        self.came = threading.Condition()
        self._is_over = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._is_over:
            try:
                delivery = self.port.read(1.0)
            except PortDown:
                return
            with self.came:
                self.got += delivery
                self.came.notify_all()

    def await_bytes(self, count: int) -> bytes:
        """Return all that came once it is at least so much."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.got) >= count, WAIT_S), (count, bytes(self.got)[-200:])
            return bytes(self.got)

    def close(self) -> None:
        self._is_over = True
        self.port.cancel()
        self._thread.join(WAIT_S)
        self.port.close()


class Listener:
    """Stands for the bridge: collects what is told."""

    def __init__(self, path: Path) -> None:
        self.line = DatagramReceiver(path)
        self.told: list[Copy | ReceiptEnded] = []

    def hear(self, until: Callable[[list[Copy | ReceiptEnded]], bool]) -> list[Copy | ReceiptEnded]:
        """Hear on until enough was told."""
        for _ in range(600):
            if until(self.told):
                return self.told
            came = self.line.receive(0.05)
            if came is not None:
                told = decode(came[0])
                if isinstance(told, UnderWay | KeptAsked):
                    continue
                assert isinstance(told, Copy | ReceiptEnded)
                self.told.append(told)
        raise AssertionError(self.told)

    @property
    def text(self) -> bytes:
        return b"".join(told.payload for told in self.told if isinstance(told, Copy))

    def close(self) -> None:
        self.line.close()


class Bench:
    """A folder with a device's pty, and whatever is put behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.device = PtySocket(folder / "device")
        self.device.plug()
        self.till = folder / "till"
        self.bridge = folder / "bridge.sock"
        self._closing: list[Callable[[], object]] = []

    def tee(self, *options: str) -> Running:
        return self._start("tee", "--scanner", str(self.device.path), *options)

    def tap(self, *options: str) -> Running:
        return self._start("tap", "--printer", str(self.device.path), *options)

    def _start(self, verb: str, *options: str) -> Running:
        running = Running(verb, "--lane", "till-1", "--till", f"pty:{self.till}", "--to", str(self.bridge), *options)
        self._closing.append(running.end)
        running.await_line("forwarder pid=")
        return running

    def open_till(self) -> Line:
        line = Line(open_port(str(self.till)))
        self._closing.append(line.close)
        return line

    def listener(self) -> Listener:
        listener = Listener(self.bridge)
        self._closing.append(listener.close)
        return listener

    def read_device(self) -> Line:
        line = Line(self.device.port)
        self._closing.append(line.close)
        return line

    def close(self) -> None:
        for close in reversed(self._closing):
            close()
        self.device.unplug()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()
