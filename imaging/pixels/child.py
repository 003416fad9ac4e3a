"""A child of the darkroom: takes one open file after the other, says what is in it, makes what is shown of it.

Run as ``python -m imaging.pixels.child <descriptor> <bytes of memory>`` by darkroom.py and
by nobody else. It ends when its pipe does.
"""

import mmap
import os
import resource
import sys
import threading
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import Final

from imaging.errors import ScanRefused
from imaging.pixels.developing import develop, set_up
from imaging.pixels.editing import carry_out
from imaging.pixels.fences import cpu_at_most, put_up, trim
from imaging.pixels.heads.reading import probe_of, read_head
from imaging.pixels.heic import judge_heic
from imaging.pixels.refusing import SENTENCES, refusal
from imaging.pixels.wire import Ask, Made, Ready, Refused, decode_ask, encode
from photocore.edits import fold

MAX_ASK: Final = 65_536
TRIMMED_ABOVE_BYTES: Final = 128_000_000
"""What a child may go on holding: to give it all back after each picture and fetch it anew cost a third of its time."""


def main() -> None:
    """Answer until nobody asks any more."""
    pipe = Connection(int(sys.argv[1]))
    set_up()
    memory = os.open("/proc/self/statm", os.O_RDONLY)
    pipe.send_bytes(encode(Ready(fences=put_up(int(sys.argv[2])))))
    threading.Thread(target=_end_with_parent, daemon=True).start()
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
        answer.resting_bytes = _held_bytes(memory)
        if answer.resting_bytes > TRIMMED_ABOVE_BYTES:
            trim()
            answer.resting_bytes = _held_bytes(memory)
        pipe.send_bytes(encode(answer))


def _held_bytes(memory: int) -> int:
    return int(os.pread(memory, 100, 0).split()[1]) * resource.getpagesize()


def _end_with_parent() -> None:
    """Wait for the end of what nobody writes to, and end in the middle of a picture: nobody is there to have it."""
    os.read(0, 1)
    os._exit(1)


def _answer(ask: Ask, descriptor: int) -> Made | Refused:
    cpu_at_most(ask.limits.cpu_s)
    try:
        return _made(ask, descriptor)
    except ScanRefused as refused:
        return Refused(word=refused.word, sentence=str(refused))
    except (MemoryError, OSError):  # what cannot be mapped has no room either
        return Refused(word="too-much-memory", sentence=SENTENCES["too-much-memory"])


def _made(ask: Ask, descriptor: int) -> Made:
    if os.fstat(descriptor).st_size == 0:
        raise refusal("zero-bytes")
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as file:
        head = read_head(file, ask.limits)
    judge_heic(head, ask.limits)
    if ask.verb == "derive":
        return Made(probe=probe_of(head), derived=develop(descriptor, head, ask.limits))
    if ask.verb == "edit":
        edited = carry_out(descriptor, head, fold(ask.instructions), side=ask.side, limits=ask.limits)
        return Made(probe=probe_of(head), edited=edited)
    return Made(probe=probe_of(head))


if __name__ == "__main__":
    main()
