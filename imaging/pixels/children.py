"""One child of the darkroom, seen from outside: started, asked, killed."""

import os
import signal
import subprocess
import sys
import threading
from multiprocessing.connection import Pipe
from multiprocessing.reduction import send_handle
from typing import Final

from imaging.errors import DarkroomDown, ScanRefused
from imaging.pixels.refusing import SENTENCES
from imaging.pixels.wire import MAX_ANSWER, Answer, Ask, Made, Ready, Refused, decode_answer, encode

START_S: Final = 60
"""Seconds until a child says that it is ready: it takes 0.2, on a machine with nothing else to do."""

_KEPT: Final = ("LD_LIBRARY_PATH", "PYTHONPATH", "PATH", "SYSTEMROOT")
_SET: Final = {
    "VIPS_CONCURRENCY": "1",  # as many pictures at once as there are children
    "VIPS_DISC_THRESHOLD": "16g",  # a child may write no file
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),  # large pieces are used again, too: fetched anew, each page is a fault
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "LANG": "C.UTF-8",
}


class ChildDied(Exception):
    """A child ended, or said what none says, while it was asked."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"status {status}")
        self.used_up_its_time = status == -signal.SIGXCPU


class TookTooLong(Exception):
    """No answer came in time."""


class Child:
    """A process that opens pictures. Used by one thread at a time; :meth:`kill` may come from another."""

    def __init__(self, memory_bytes: int) -> None:
        """Start it, with so much address space.

        Raises:
            DarkroomDown: it does not start.
        """
        self._pipe, theirs = Pipe()
        command = [sys.executable, "-P", "-m", "imaging.pixels.child", str(theirs.fileno()), str(memory_bytes)]
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves, with a number
                command,
                stdin=subprocess.PIPE,  # nothing is ever written: it ends when we do
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=kept | _SET,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as cause:
            self._pipe.close()
            raise DarkroomDown(f"no process can be started to open pictures in: {cause}") from cause
        finally:
            theirs.close()
        self.pictures = 0
        self.resting_bytes = 0
        self.fences = self._ready()

    @property
    def process_id(self) -> int:
        """Its number for the operating system."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def ask(self, question: Ask, descriptor: int) -> Made:
        """Return what it made of an open file.

        Raises:
            ScanRefused: it does not take it.
            ChildDied: it ended meanwhile, or talks nonsense; it is of no use any more.
            TookTooLong: it still works; it is of no use any more.
        """
        self.pictures += 1
        try:
            self._pipe.send_bytes(encode(question))
            send_handle(self._pipe, descriptor, self.process_id)
        except OSError as cause:
            raise ChildDied(self._status()) from cause
        answer = self._answer(question.limits.wall_s, question.longest_answer)
        if isinstance(answer, Made):
            self.resting_bytes = answer.resting_bytes
            return answer
        if isinstance(answer, Refused):
            self.resting_bytes = answer.resting_bytes
            is_known = answer.word in SENTENCES
            raise ScanRefused(answer.word if is_known else "undecodable", answer.sentence[:400])
        raise ChildDied(None)

    def kill(self) -> None:
        """End it at once, and wait until it has ended."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def _ready(self) -> dict[str, str]:
        try:
            first = self._answer(START_S)
        except (ChildDied, TookTooLong) as cause:
            status = self._status()
            raise DarkroomDown(f"the process to open pictures in does not start (status {status})") from cause
        if not isinstance(first, Ready):
            self.kill()
            raise DarkroomDown("the process to open pictures in says something else than that it is ready")
        return first.fences

    def _answer(self, within_s: float, longest: int = MAX_ANSWER) -> Answer:
        """Return the next answer; one that begins and does not end within the time is none: the child is killed."""
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            self._process.kill()

        late = threading.Timer(within_s, end)
        late.daemon = True
        late.start()
        try:
            return decode_answer(self._pipe.recv_bytes(longest))
        except (EOFError, OSError, ValueError) as cause:
            if is_late.is_set():
                raise TookTooLong from cause
            raise ChildDied(self._status()) from cause
        finally:
            late.cancel()

    def _status(self) -> int | None:
        """Return how it ended: minus the signal, or its exit code. One that lives on without its pipe is killed."""
        try:
            return self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
