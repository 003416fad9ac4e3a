"""Work done on a thread of its own, for what a thread keeps.

lxml keeps every different element name that it meets, for as long as the thread lives that met it. A bridge runs for
months, so whatever reads strangers' XML does it on a thread that ends with the file.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def do_aside(work: Callable[[], T]) -> T:
    """Return what ``work`` returns, or raise what it raises; meanwhile wait."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="till-file") as alone:
        return alone.submit(work).result()
