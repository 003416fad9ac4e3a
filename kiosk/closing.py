"""Close the window when the system asks for it: Ctrl-C in a terminal, or a service manager's SIGTERM.

An exception thrown into the middle of the toolkit's drawing may be swallowed there, and then nothing would end. So the
signal only rings; a thread that waited for it leaves word in the inbox, the one door, and the loop ends by itself.
"""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def closing_on_signals(close: Callable[[], object]) -> Generator[None]:
    """Call ``close``, once and on a thread of its own, when SIGINT or SIGTERM comes. For the main thread."""
    asked, over = threading.Event(), threading.Event()

    def ring(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    def wait() -> None:
        asked.wait()
        if not over.is_set():
            close()

    threading.Thread(target=wait, name="kiosk closing", daemon=True).start()
    before = {number: signal.signal(number, ring) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        over.set()
        asked.set()  # nobody asked: the thread ends with us
