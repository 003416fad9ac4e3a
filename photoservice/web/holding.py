"""Answer at a fixed moment after a request began, whatever it took: how long a lookup takes tells what was found.

Success waits as well. What takes longer than the floor waits for its next multiple, so a busy database shows nothing
finer than that either.
"""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from math import ceil
from typing import TypeVar

Answer = TypeVar("Answer")


async def hold_back(floor: timedelta, work: Awaitable[Answer]) -> Answer:
    """Return what ``work`` returns, or raise what it raises, at a multiple of ``floor`` after now."""
    loop, step = asyncio.get_running_loop(), floor.total_seconds()
    began = loop.time()
    (answer,) = await asyncio.gather(work, return_exceptions=True)
    if step > 0:
        spent = loop.time() - began
        await asyncio.sleep(max(1, ceil(spent / step)) * step - spent)
    if isinstance(answer, BaseException):
        raise answer
    return answer
