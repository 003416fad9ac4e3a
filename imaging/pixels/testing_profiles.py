"""Colour profiles made from published numbers (ICC.1:2010), so that none has to be shipped."""

import struct
from typing import Final

import numpy as np

_ADOBE: Final = {
    b"rXYZ": (0.60974, 0.31111, 0.01947),
    b"gXYZ": (0.20528, 0.62567, 0.06087),
    b"bXYZ": (0.14919, 0.06322, 0.74457),
}
"""The primaries of Adobe RGB (1998), adapted to D50 (its annex B)."""
_WHITE: Final = (0.9505, 1.0, 1.0891)


def adobe_rgb() -> bytes:
    """Return a profile with the primaries and the gamma (563/256) of Adobe RGB (1998)."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 563)
    tags = {b"wtpt": _xyz(_WHITE)} | {name: _xyz(at) for name, at in _ADOBE.items()}
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def cmyk_inks() -> bytes:
    """Return a profile of four inks that lie on each other as filters do: CMYK to Lab, five steps an ink."""
    steps = 5
    inks = np.stack(np.meshgrid(*[np.linspace(0, 1, steps)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
    seen = np.ones((len(inks), 3))
    for ink, colour in zip(
        range(4), ((0.0, 0.6, 0.9), (0.9, 0.05, 0.5), (1.0, 0.9, 0.05), (0.08, 0.08, 0.08)), strict=True
    ):
        seen *= 1 - inks[:, ink : ink + 1] * (1 - np.array(colour))
    lab = _lab_of(seen**2.2)
    table = (
        np.round(np.stack([lab[:, 0] * 2.55, lab[:, 1] + 128, lab[:, 2] + 128], axis=1)).clip(0, 255).astype(np.uint8)
    )
    even = bytes(range(256))
    unit = b"".join(_fixed(float(n)) for n in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    content = b"mft1\0\0\0\0" + bytes([4, 3, steps, 0]) + unit + even * 4 + table.tobytes() + even * 3
    return _profile(
        b"prtr", b"CMYK", b"Lab ", {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"A2B0": content, b"A2B1": content}
    )


def _lab_of(
    linear: "np.ndarray[tuple[int, int], np.dtype[np.float64]]",
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Return CIELAB of linear sRGB under D50."""
    to_xyz = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])
    ratio = linear @ to_xyz.T / np.array([0.9642, 1.0, 0.8249])
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.stack([116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])], axis=1)


def _profile(kind: bytes, space: bytes, between: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return a profile of version 2.4 with the tags every one must have (ICC.1:2001-04, 6.3)."""
    tags = {b"desc": _described("Twincheck test"), b"cprt": b"text\0\0\0\0None.\0"} | tags
    table, content, start = b"", b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(content), len(value))
        content += value + b"\0" * (-len(value) % 4)
    head = struct.pack(
        ">I4sI4s4s4s6H", start + len(content), b"none", 0x02400000, kind, space, between, 2026, 1, 1, 0, 0, 0
    )
    head += b"acsp" + b"\0" * 28 + _fixed(0.9642) + _fixed(1.0) + _fixed(0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + content


def _described(text: str) -> bytes:
    raw = text.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + b"\0" * 78


def _xyz(at: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(_fixed(part) for part in at)


def _fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))
