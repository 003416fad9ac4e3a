"""Which system calls a child of the darkroom may not make, as a program for the kernel (seccomp(2)).

It is a list of what is forbidden, not of what is allowed: C libraries change which calls they make, and a list of the
allowed would refuse good pictures after an upgrade. Numbers are those of the kernel's own tables
(arch/x86/entry/syscalls/syscall_64.tbl; include/uapi/asm-generic/unistd.h).
"""

import struct
from typing import Final, NamedTuple

_EPERM, _ENOSYS = 1, 38
_LOAD, _IS, _AT_LEAST, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_CALL, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD: Final = 0x00010000
_X32: Final = 0x40000000
_CLONE3: Final = 435


class _Machine(NamedTuple):
    audit: int
    column: int
    clone: int
    tgkill: int


_MACHINES: Final = {
    "x86_64": _Machine(audit=0xC000003E, column=0, clone=56, tgkill=234),
    "aarch64": _Machine(audit=0xC00000B7, column=1, clone=220, tgkill=131),
}
_FORBIDDEN: Final = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "bind": (49, 200),
    "listen": (50, 201),
    "socketpair": (53, 199),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, 0),
    "vfork": (58, 0),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "userfaultfd": (323, 282),
    "personality": (135, 92),
    "open_by_handle_at": (304, 265),
    "io_uring_setup": (425, 425),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
}
"""For each machine its number, in the order of the columns; 0 where it has no such call."""


def filter_of(machine: str, process_id: int) -> bytes:
    """Return the filter for a process, 8 bytes a step; empty for a machine whose calls are not known here."""
    known = _MACHINES.get(machine)
    if known is None:
        return b""
    steps = [
        _step(_LOAD, _MACHINE),
        _step(_IS, known.audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _CALL),
        _step(_AT_LEAST, _X32, 0, 1),
        _step(_RETURN, _ERRNO | _EPERM),
    ]
    for numbers in _FORBIDDEN.values():
        if numbers[known.column]:
            steps += [_step(_IS, numbers[known.column], 0, 1), _step(_RETURN, _ERRNO | _EPERM)]
    steps += [
        _step(_IS, _CLONE3, 0, 1),  # the C library then asks for clone, whose flags can be seen
        _step(_RETURN, _ERRNO | _ENOSYS),
        _step(_IS, known.clone, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_HAS, _CLONE_THREAD, 1, 0),
        _step(_RETURN, _ERRNO | _EPERM),
        _step(_RETURN, _ALLOW),
        _step(_IS, known.tgkill, 0, 3),  # to itself, as abort() does
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_IS, process_id, 1, 0),
        _step(_RETURN, _ERRNO | _EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)


def _step(code: int, value: int, when_true: int = 0, when_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, when_true, when_false, value)
