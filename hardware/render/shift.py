"""Move a finished label by a few dots, where a printer's head or its paper path stands a little off.

Ink is never lost by it: what would be pushed over an edge of the paper stays at that edge (lprint issues 95 and 196:
labels drift, and every printer a little differently).
"""

from hardware.printer.raster import Raster


def shifted(raster: Raster, right: int, down: int) -> Raster:
    """Return ``raster`` moved so many dots to the right and down (negative: left, up), as far as its ink allows."""
    if not (right or down) or not any(raster.rows):
        return raster
    import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    bits = np.unpackbits(np.frombuffer(raster.rows, dtype=np.uint8)).reshape(raster.height, raster.width)
    ys, xs = np.flatnonzero(bits.any(axis=1)), np.flatnonzero(bits.any(axis=0))
    right = max(-int(xs[0]), min(right, raster.width - 1 - int(xs[-1])))
    down = max(-int(ys[0]), min(down, raster.height - 1 - int(ys[-1])))
    moved = np.roll(bits, (down, right), axis=(0, 1))  # only white goes round: the ink was measured first
    return Raster(width=raster.width, height=raster.height, rows=np.packbits(moved).tobytes())
