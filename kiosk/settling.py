"""What a kiosk that has its process to itself does with memory: nothing until it is shown, then once, and then little.

The garbage collector looks through everything there is again and again, and it comes when most is made and thrown
away: while modules are read in at the start (a tenth of that time), and while a page changes under a shopper's eyes (80
to 120 ms at a time, more than the frame). So it waits until the first frame is there; what has been built by then lives
as long as the kiosk and is taken out of its sight. From then on it has a page's widgets to look through.
"""

import gc
import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

NEEDED_SOON: Final = ("numpy", "zxingcpp")
"""What the first label will need and the first frame does not."""
NEVER_NEEDED: Final = ("rich",)
"""What structlog reads in, where it is installed, to draw tracebacks on a terminal; a kiosk's logs are JSON."""


@contextmanager
def unsettled() -> Generator[None]:
    """Read in the logs, and keep the garbage collector waiting until :func:`settle`, or the end of the block."""
    gc.disable()
    try:
        _read_in_logs()
        yield
    finally:
        gc.enable()


def settle() -> None:
    """Read in what will be needed soon, and take all that is there out of the collector's sight.

    It takes 0.2 s, once. On the screen's own thread: what the collector frees may be the toolkit's.
    """
    for name in NEEDED_SOON:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    gc.enable()


def _read_in_logs() -> None:
    """Read structlog in as if what it would read in beside were not installed."""
    hidden = [name for name in NEVER_NEEDED if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # pyright: ignore[reportArgumentType]  to importlib: there is none of that name
    try:
        importlib.import_module("structlog")
    finally:
        for name in hidden:
            del sys.modules[name]
