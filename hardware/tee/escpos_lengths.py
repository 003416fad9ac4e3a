"""How long each ESC/POS command is, so that whoever looks for a cut looks past pictures and parameters.

From the command lists of the Epson ESC/POS reference and the TM-T88, TM-T20 and TM-L90 specifications. Star's own modes
have other commands and are not read.
"""

from typing import Final

UNKNOWN: Final = -1
"""No manual here explains it: how long it is cannot be said."""
MORE: Final = 0
"""Its head is not whole yet."""
MOST_HEAD: Final = 16

_ESC: Final = {
    **dict.fromkeys(b"@2imvLS<\x0c", 0),
    **dict.fromkeys(b"!-3=?% AEGJKMRTUVadejrtu{", 1),
    **dict.fromkeys(b"$\\cBf", 2),
    ord("p"): 3,
    ord("W"): 8,
}
_GS: Final = {
    **dict.fromkeys(b":c", 0),
    **dict.fromkeys(b"!/BEHITabfhrw", 1),
    **dict.fromkeys(b"$LPW\\A", 2),
    **dict.fromkeys(b"^z", 3),
    ord("g"): 4,
}
_FS: Final = {
    **dict.fromkeys(b"&.", 0),
    **dict.fromkeys(b"!-CW", 1),
    **dict.fromkeys(b"Sp?", 2),
}
_REAL_TIME_STATUS_OF_TWO: Final = (7, 8, 18)


def length_of(head: bytes) -> int:
    """Return the whole length of the command that begins ``head``; MORE if that does not tell yet, or UNKNOWN.

    ``head`` begins with DLE, ESC, FS or GS. A command that ends by a NUL gives the negative of the place from which
    on the NUL is to be looked for, less one (never UNKNOWN).
    """
    if len(head) < 2:
        return MORE
    match head[0]:
        case 0x10:
            return _dle(head)
        case 0x1B:
            return _esc(head)
        case 0x1C:
            return _fs(head)
        case _:
            return _gs(head)


def _number(head: bytes, at: int, count: int = 2) -> int | None:
    return int.from_bytes(head[at : at + count], "little") if len(head) >= at + count else None


def _sized(head: bytes, at: int, *, count: int = 2, unit: int = 1) -> int:
    """Return the length of a command whose data's length stands at ``at``."""
    size = _number(head, at, count)
    return MORE if size is None else at + count + size * unit


def _boxed(head: bytes, at: int) -> int:
    """Return the length of a command whose data is a box: x at ``at``, then y."""
    x, y = _number(head, at), _number(head, at + 2)
    return MORE if x is None or y is None else at + 4 + x * y


def _dle(head: bytes) -> int:
    if head[1] == 0x05:
        return 3
    if head[1] == 0x04:
        return MORE if len(head) < 3 else 4 if head[2] in _REAL_TIME_STATUS_OF_TWO else 3
    if head[1] != 0x14:
        return 2
    if len(head) < 3:
        return MORE
    return {1: 5, 2: 5, 3: 8, 7: 4, 8: 10}.get(head[2], UNKNOWN)


def _esc(head: bytes) -> int:
    lead = head[1]
    if lead in _ESC:
        return 2 + _ESC[lead]
    if lead == 0x28:  # ESC ( A and its like
        return _sized(head, 3)
    if lead == 0x2A:  # ESC *: 1 or 3 bytes a column
        return MORE if len(head) < 3 else _sized(head, 3, unit=3 if head[2] in (32, 33) else 1)
    if lead == 0x44:  # ESC D: tab places, to a NUL
        return -3
    if lead == 0x5A:  # ESC Z: a clone's QR code
        return _sized(head, 5)
    return UNKNOWN


def _gs(head: bytes) -> int:
    lead = head[1]
    if lead in _GS:
        return 2 + _GS[lead]
    if lead in b"\x56\x6b\x43":
        return MORE if len(head) < 3 else _gs_by_third(head)
    if lead == 0x28:  # GS ( and a letter
        return _sized(head, 3)
    if lead == 0x38:  # GS 8 L: four bytes of length
        return _sized(head, 3, count=4)
    if lead == 0x2A:  # GS *
        return MORE if len(head) < 4 else 4 + head[2] * head[3] * 8
    return _boxed(head, 4) if lead in b"\x76\x51" else UNKNOWN  # GS v 0, GS Q 0


def _gs_by_third(head: bytes) -> int:
    lead, third = head[1], head[2]
    if lead == 0x56:  # GS V
        return 3 if third in (0, 1, 48, 49) else 4
    if lead == 0x6B:  # GS k, to a NUL or with a length
        return -4 if third <= 6 else _sized(head, 3, count=1)
    return {0x30: 5, 0x31: 9, 0x32: 5}.get(third, UNKNOWN)  # GS C: counters


def _fs(head: bytes) -> int:
    lead = head[1]
    if lead in _FS:
        return 2 + _FS[lead]
    if lead == 0x28:
        return _sized(head, 3)
    if lead == 0x67 and len(head) >= 3:  # FS g: user memory
        return _sized(head, 8) if head[2] == 0x31 else 10
    if lead == 0x71:  # FS q: pictures to be stored
        return _stored_pictures(head)
    return MORE if lead == 0x67 else UNKNOWN


def _stored_pictures(head: bytes) -> int:
    """Return the length of FS q with one picture; with several it cannot be told from its head."""
    if len(head) < 3:
        return MORE
    if head[2] != 1:
        return UNKNOWN
    x, y = _number(head, 3), _number(head, 5)
    return MORE if x is None or y is None else 7 + x * y * 8
