"""A child of the darkroom: takes one open file after the other, says what is in it, makes what is shown of it.

Run as ``python -m imaging.pixels.child <descriptor>`` by darkroom.py and by nobody else. It ends when its pipe does.
"""

import mmap
import os
import resource
import sys
import threading
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import Final

from imaging.errors import ScanRefused
from imaging.pixels.developing import develop, set_up
from imaging.pixels.fences import cpu_at_most, put_up, trim
from imaging.pixels.heads.reading import probe_of, read_head
from imaging.pixels.refusing import SENTENCES, refusal
from imaging.pixels.wire import Answer, Ask, Made, Ready, Refused, decode_ask, encode

MAX_ASK: Final = 65_536


def main() -> None:
    """Answer until nobody asks any more."""
    pipe = Connection(int(sys.argv[1]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    set_up()
    pipe.send_bytes(encode(Ready(fences=put_up())))
    while True:
        try:
            ask = decode_ask(pipe.recv_bytes(MAX_ASK))
            descriptor = recv_handle(pipe)
        except (EOFError, OSError):
            return
        try:
            answer = _answer(ask, descriptor)
        finally:
            os.close(descriptor)
        pipe.send_bytes(encode(answer))


def _end_with_parent() -> None:
    """Wait for the end of what nobody writes to, and end in the middle of a picture: nobody is there to have it."""
    os.read(0, 1)
    os._exit(1)


def _answer(ask: Ask, descriptor: int) -> Answer:
    cpu_at_most(ask.limits.cpu_s)
    try:
        return _made(ask, descriptor)
    except ScanRefused as refused:
        return Refused(word=refused.word, sentence=str(refused), resting_bytes=_resting())
    except MemoryError:
        return Refused(word="too-much-memory", sentence=SENTENCES["too-much-memory"], resting_bytes=_resting())


def _made(ask: Ask, descriptor: int) -> Made:
    if os.fstat(descriptor).st_size == 0:
        raise refusal("zero-bytes")
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as file:
        head = read_head(file, ask.limits)
    derived = develop(descriptor, head, ask.limits) if ask.verb == "derive" else None
    return Made(probe=probe_of(head), derived=derived, resting_bytes=_resting())


def _resting() -> int:
    """Return how many bytes of memory this process holds, after it gave back what it can."""
    trim()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main()
