"""Fences round a child of the darkroom: what it can use up, and what it cannot reach."""

import ctypes
import resource

from imaging.pixels.limits import Limits


def put_up() -> dict[str, str]:
    """Put up what this machine allows, and say for each fence what stands."""
    limits = Limits()
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))
    return {"memory": "limited"}


def cpu_at_most(seconds: int) -> None:
    """Let this process have so many more seconds of processor, and be killed then."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def trim() -> None:
    """Give memory that is free back to the machine, where the C library knows how."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
