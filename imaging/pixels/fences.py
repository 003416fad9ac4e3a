"""Fences round a child of the darkroom: what it can use up, and what it cannot reach.

A decoder with a fault in it runs code of whoever sent the picture. It then stands in a process that may open no file,
start no program, speak to no network and signal nobody, with so much memory and time; what it can still do is answer
nonsense, which is looked at before it is believed (wire.py). Each fence is put up where the machine allows it, and what
stands is told: a container may forbid namespaces, an old kernel knows no Landlock.

All of it is asked of the kernel directly, while the process has one thread: fences hold for threads made later.
"""

import contextlib
import ctypes
import os
import platform
import resource
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from imaging.pixels.fences_syscalls import filter_of

_NOBODY: Final = 65_534
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES, _SECCOMP, _SECCOMP_FILTER = 38, 22, 2
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_FILES: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
"""By version of the interface: how many kinds of reaching for a file the kernel can forbid (landlock(7))."""

_c = ctypes.CDLL(None, use_errno=True)


def put_up(memory_bytes: int) -> dict[str, str]:
    """Put up what this machine allows, and say for each fence what stands, or "none" and why."""
    has_one_thread = len(list(Path("/proc/self/task").iterdir())) == 1
    stand = {
        "memory": _limit(memory_bytes),
        "network": _leave_the_network(),
        "user": _become_nobody(),
    }
    _c.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    stand["files"] = _reach_no_file()
    stand["calls"] = _make_few_calls()
    stand["threads"] = "one" if has_one_thread else "several: the fences do not hold for all of them"
    return stand


def cpu_at_most(seconds: int) -> None:
    """Let this process have so many more seconds of processor, and be killed then."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def trim() -> None:
    """Give memory that is free back to the machine, where the C library knows how."""
    with contextlib.suppress(AttributeError):
        _c.malloc_trim(0)


def _limit(memory_bytes: int) -> str:
    limits: Mapping[int, int] = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_NOFILE: 32,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
    return f"{memory_bytes} bytes"


def _leave_the_network() -> str:
    """Go into a network of its own, with nothing in it: as root, else as root of a world of its own."""
    for flags, name in ((_CLONE_NEWNET, "namespace"), (_CLONE_NEWUSER | _CLONE_NEWNET, "namespace of a user")):
        if _c.unshare(flags) == 0:
            return name
    return _none()


def _become_nobody() -> str:
    if os.geteuid() != 0:
        return "not root"
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError as cause:
        return f"none: {cause.strerror}"
    return "nobody"


def _reach_no_file() -> str:
    """Forbid opening any file by its path, TCP, and signals to others (Landlock, as far as this kernel has it)."""
    version = _c.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return _none()
    files = max(bits for since, bits in _LANDLOCK_FILES if version >= since)
    wanted = [(1 << files) - 1] + [0b11] * (version >= 4) + [0b11] * (version >= 6)
    rules = (ctypes.c_uint64 * len(wanted))(*wanted)
    descriptor = _c.syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(ctypes.sizeof(rules)), 0)
    if descriptor < 0:
        return _none()
    done = _c.syscall(_LANDLOCK_RESTRICT, descriptor, 0)
    os.close(descriptor)
    return f"landlock {version}" if done == 0 else _none()


def _make_few_calls() -> str:
    """Forbid the system calls that a picture never needs (seccomp)."""
    machine = platform.machine()
    steps = filter_of(machine, os.getpid())
    if not steps:
        return f"none: the calls of {machine} are not known here"
    code = ctypes.create_string_buffer(steps, len(steps))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))

    program = Program(len(steps) // 8, ctypes.addressof(code))
    done = _c.prctl(_SECCOMP, _SECCOMP_FILTER, ctypes.byref(program), 0, 0)
    return "seccomp" if done == 0 else _none()


def _none() -> str:
    return f"none: {os.strerror(ctypes.get_errno())}"
