"""What a scanner types, and what it types when something is wrong with it: pure bytes and pauses.

Each verb returns strokes; :class:`hardware.virtual.scanner.VirtualScanner` types them. The faults are those of the
fault list F20-F26: split, doubled, garbled, merged, flood, control characters.
"""

from dataclasses import dataclass
from typing import Final

CRLF: Final = b"\r\n"
ENDS: Final = CRLF + b"\t\x03"
CONTROL_CHARACTERS: Final = b"\x0f\x1b[200~"  # Ctrl-O, and a terminal's "paste begins": F26
FLOOD_BYTES: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """Bytes that leave at once, and the seconds of silence after them."""

    data: bytes
    pause_s: float = 0.0


def encode(code: str | bytes, *, aim: str = "", suffix: bytes = CRLF, prefix: bytes = b"") -> bytes:
    """Return ``code`` as a scanner sends it: the AIM ID, such as ``]d2``, before it and ``suffix`` after it."""
    text = code.encode() if isinstance(code, str) else code
    return prefix + aim.encode() + text + suffix


def whole(scan: bytes) -> tuple[Stroke, ...]:
    """Type it at once."""
    return (Stroke(data=scan),)


def split(scan: bytes, *, pieces: int = 3, pause_s: float = 0.04) -> tuple[Stroke, ...]:
    """Type it in pieces, as a slow hub delivers it: F20."""
    size = max(1, -(-len(scan) // pieces))
    return tuple(Stroke(data=scan[at : at + size], pause_s=pause_s) for at in range(0, len(scan), size))


def doubled(scan: bytes, *, apart_s: float = 0.1) -> tuple[Stroke, ...]:
    """Type it twice, as a scanner held too long does: F22."""
    return (Stroke(data=scan, pause_s=apart_s), Stroke(data=scan))


def garbled(scan: bytes, *, at: int | None = None, bit: int = 0) -> tuple[Stroke, ...]:
    """Type it with one bit wrong, in the middle unless ``at`` says where: F24."""
    place = len(scan) // 2 if at is None else at
    return (Stroke(data=scan[:place] + bytes([scan[place] ^ 1 << bit]) + scan[place + 1 :]),)


def garbled_throughout(scan: bytes, ratio: float) -> bytes:
    """Return ``scan`` with the lowest bit wrong in so great a share of its bytes, evenly spread; at least in one."""
    wrong = max(1, round(len(scan) * min(1.0, ratio)))
    places = {index * len(scan) // wrong for index in range(wrong)}
    return bytes(byte ^ (at in places) for at, byte in enumerate(scan))


def lost(sent: bytes) -> bytes:
    """Return nothing: it never reached the host."""
    del sent
    return b""


def cut_short(sent: bytes) -> bytes:
    """Return the first two thirds of it."""
    return sent[: len(sent) * 2 // 3]


def flipped(sent: bytes) -> bytes:
    """Return it with one bit wrong, in the middle."""
    return garbled(sent)[0].data


def told_twice(sent: bytes) -> bytes:
    """Return it twice in one breath."""
    return sent * 2


def merged(first: bytes, second: bytes) -> tuple[Stroke, ...]:
    """Type two scans, the first without its end: F23."""
    return (Stroke(data=first.rstrip(CRLF + b"\x03")), Stroke(data=second))


def flood(size: int = FLOOD_BYTES, *, end: bytes = b"") -> tuple[Stroke, ...]:
    """Type noise that does not end: F25."""
    noise = b"0123456789ABCDEF" * (size // 16 + 1)
    parts = (noise[at : min(at + 4096, size)] for at in range(0, size, 4096))
    return (*(Stroke(data=part) for part in parts), Stroke(data=end))


def with_control_characters(scan: bytes) -> tuple[Stroke, ...]:
    """Type it with control characters inside, as a hostile code can hold them: F26."""
    half = len(scan) // 2
    return (Stroke(data=scan[:half] + CONTROL_CHARACTERS + scan[half:]),)
