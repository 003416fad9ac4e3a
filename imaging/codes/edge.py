"""The codes along a film's edge, wherever on a scan they lie and whichever way the film was put in.

zxing-cpp reads a DX edge code only below the middle of the picture it is given, with the clock track on the upper side
(its own reader's source says so: it looks from the centre outward and wants the clock before the data). So a scan is
cut into bands, each put below an empty one, and each is looked at four ways: as it is, turned round, and both
mirrored, for film lies on a scanner with either side up. Backwards readings that this makes are weeded out by
:mod:`photocore.film_runs`.

About 4 pixels a module are needed (250 dpi on the film), and a good scan has ten times as many: it is made smaller
first, and looked at large only when that shows nothing.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count, takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.codes.contexts import Context
from imaging.codes.corners import moved_by
from imaging.codes.found import Found
from imaging.codes.reader import Effort, read_codes
from imaging.errors import PictureRefused
from photocore.errors import CodeError
from photocore.film import FilmType, parse_edge

Grey = NDArray[np.uint8]
Matrix = NDArray[np.float64]

BAND: Final = 160
OVERLAP: Final = 64
"""Rows: what a code may be high to lie whole in one band at least; at 1000 dpi an edge code is 70."""

SMALL: Final = 900
"""Pixels of the shorter side at which a 35 mm film that fills it has 10 pixels a module."""

LARGE: Final = 12_000_000
"""Pixels in all, at which film is looked for that does not fill its scan."""

WIDEN: Final = 2
"""At 4 pixels a module the reader misses codes that lie half a degree aslant; stretched along the film it does not.

It then misses some others, so both are looked at (docs/film.md has the figures).
"""

ENOUGH: Final = 2
"""Half frames in a row that show that a scan was looked at the right way: a single frame has no more."""

EMPTY: Final = 128


@dataclass(frozen=True, kw_only=True)
class View:
    """One way to look at a picture: turned and mirrored, light and dark exchanged."""

    mirrored: bool = False
    turned: bool = False
    negative: bool = False

    def of(self, picture: Grey) -> Grey:
        """Return the picture as it is seen this way."""
        seen = picture[:, ::-1] if self.mirrored else picture
        seen = seen[::-1, ::-1] if self.turned else seen
        return 255 - seen if self.negative else seen

    def back(self, shape: tuple[int, int]) -> Matrix:
        """Return the matrix that leads from points of this view into the picture of ``shape``."""
        height, width = shape
        turned = np.array([[-1.0, 0, width - 1], [0, -1.0, height - 1]]) if self.turned else np.eye(2, 3)
        mirrored = np.array([[-1.0, 0, width - 1], [0, 1.0, 0]]) if self.mirrored else np.eye(2, 3)
        return mirrored @ np.vstack([turned, [0, 0, 1]])


VIEWS: Final = tuple(View(mirrored=mirrored, turned=turned) for mirrored in (False, True) for turned in (False, True))
NEGATIVES: Final = tuple(View(mirrored=view.mirrored, turned=view.turned, negative=True) for view in VIEWS)


@dataclass(frozen=True, kw_only=True)
class EdgeScan:
    """What one scan shows of its film's edge: every reading, also those that cannot be believed.

    ``length`` is how many pixels the film is long, ``upright`` says that it lies along the height of the picture.
    """

    codes: tuple[Found, ...]
    length: int
    upright: bool = False

    def place(self, code: Found) -> float:
        """Return where along the film a code is, from 0 to 1."""
        return code.centre[1 if self.upright else 0] / self.length


def read_edge(picture: Grey, *, at: int = 0) -> EdgeScan:
    """Return the edge codes of a grey scan of shape (height, width), in its pixels.

    Film across the picture is looked for first, dark bars on light film as film has them; then light bars on dark, as
    in a scan that was turned into a positive; then film that stands upright.

    Raises:
        PictureRefused: as :func:`imaging.codes.reader.read_codes`.
    """
    if picture.ndim != 2 or not picture.size:
        raise PictureRefused(f"an edge is read in grey pictures, not in one of shape {picture.shape}")
    best = EdgeScan(codes=(), length=picture.shape[1])
    for way in _ways(picture):
        scan = _scan(picture, way, at)
        if witnesses(scan.codes) > witnesses(best.codes):
            best = scan
        if witnesses(best.codes) >= ENOUGH:
            break
    return best


def witnesses(codes: Iterable[Found]) -> int:
    """Return how many half frames bear each other out: the longest row of one film without a gap."""
    half_frames: dict[FilmType, set[int]] = {}
    for code in codes:
        with suppress(CodeError):
            edge = parse_edge(code.text)
            if edge.half_frame is not None:
                half_frames.setdefault(edge.film, set()).add(edge.half_frame)
    rows = (
        sum(1 for _ in takewhile(halves.__contains__, count(half)))
        for halves in half_frames.values()
        for half in halves
    )
    return max(rows, default=0)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a scan is prepared: ``shrink`` times smaller, stretched along the film by each of ``widths``, laid down."""

    shrink: int
    widths: tuple[int, ...]
    upright: bool
    views: tuple[View, ...]


def _ways(picture: Grey) -> Iterator[Way]:
    """Yield the ways from the likely to the unlikely: film that fills its scan, then film that lies somewhere on it."""
    fills = max(1, round(min(picture.shape) / SMALL))
    whole = int(np.ceil(np.sqrt(picture.size / LARGE)))
    sizes = [(fills, (1, WIDEN) if fills == 1 else (1,))] + ([(whole, (1, WIDEN))] if whole < fills else [])
    for shrink, widths in sizes:
        for upright in (False, True):
            for views in (VIEWS, NEGATIVES):
                yield Way(shrink=shrink, widths=widths, upright=upright, views=views)


def _scan(picture: Grey, way: Way, at: int) -> EdgeScan:
    small = Image.fromarray(picture).reduce(way.shrink)
    lying = small.transpose(Image.Transpose.ROTATE_90) if way.upright else small
    # What came to lie at (x, y) stood at (width - 1 - y, x).
    back = np.array([[0, -1.0, small.width - 1], [1.0, 0, 0]]) if way.upright else np.eye(2, 3)
    found: list[Found] = []
    for times in way.widths:
        wide = np.asarray(lying.resize((lying.width * times, lying.height), Image.Resampling.BICUBIC))
        narrowed = np.diag([1 / times, 1.0, 1.0])
        codes = [code for view in way.views for code in _read(wide, view, at)]
        found += [_moved(code, way.shrink * (back @ narrowed)) for code in codes]
    return EdgeScan(codes=_once(found), length=picture.shape[0 if way.upright else 1], upright=way.upright)


def _read(picture: Grey, view: View, at: int) -> Iterator[Found]:
    seen, back = view.of(picture), view.back(picture.shape)
    height, width = seen.shape
    for top in range(0, max(1, height - OVERLAP), BAND - OVERLAP):
        band = seen[top : top + BAND]
        empty = np.full((band.shape[0], width), EMPTY, dtype=np.uint8)
        down = np.array([[1.0, 0, 0], [0, 1.0, top - band.shape[0]]])
        for code in read_codes(np.vstack([empty, band]), Context.FILM_EDGE, effort=Effort.LOOK, wanted=None, at=at):
            if _lies_across(code):
                yield _moved(code, back @ np.vstack([down, [0, 0, 1]]))


def _lies_across(code: Found) -> bool:
    """Say whether a code runs along the film; the reader also tries across it, and reads such codes badly."""
    (left, top), (right, bottom) = code.corners[:2]
    return abs(right - left) > abs(bottom - top)


def _once(found: list[Found]) -> tuple[Found, ...]:
    """Return each code once; bands overlap, and a code is met in more than one."""
    once: list[Found] = []
    for code in found:
        if not any(code.is_same_symbol(known) for known in once):
            once.append(code)
    return tuple(once)


def _moved(code: Found, matrix: Matrix) -> Found:
    return replace(code, corners=moved_by(code.corners, matrix))
