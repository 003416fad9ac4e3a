"""What wear makes of a printed label: ink that spreads, dots that are dead, print that fades.

Models, not measurements: no worn head was at hand. Spread and dead dots are exact in dots; fading is contrast, blur and
noise as a cheap camera would see them. Pictures are 8-bit grey, black on white.
"""

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAPER_GREY = 235
"""Thermal paper in shop light, as a camera sees it."""


def ink_spread(paper: Image.Image, dots: int) -> Image.Image:
    """Return ``paper`` with each black dot grown to the right and down: a head that is too hot, or too much ink."""
    import numpy as np  # noqa: PLC0415  a label needs it; the kiosk's first frame does not

    black = np.asarray(paper) < 128
    for _ in range(dots):
        wider = black.copy()
        wider[:, 1:] |= black[:, :-1]
        wider[1:, :] |= wider[:-1, :]
        black = wider
    return _picture(black)


def dead_dots(paper: Image.Image, first: int, count: int = 1) -> Image.Image:
    """Return ``paper`` as printed by a head whose dots from ``first`` on, ``count`` of them, are dead: white lines."""
    import numpy as np  # noqa: PLC0415  as above

    black = np.asarray(paper) < 128
    black[:, first : first + count] = False
    return _picture(black)


def faded(paper: Image.Image, strength: float, *, seed: int = 0, is_patchy: bool = False) -> Image.Image:
    """Return ``paper`` as a camera sees it with its ink at ``strength`` (1 is fresh): blurred, with noise.

    With ``is_patchy`` the ink is fresh at the left edge and at ``strength`` at the right, as under a strip of sunlight.
    """
    import numpy as np  # noqa: PLC0415  as above

    soft = np.asarray(paper.convert("L").filter(ImageFilter.GaussianBlur(0.8))).astype(float)
    ink = np.linspace(1.0, strength, soft.shape[1])[None, :] if is_patchy else strength
    seen = PAPER_GREY - (255 - soft) * ink * PAPER_GREY / 255
    noise = np.random.default_rng(seed).normal(0, 6, soft.shape)
    return Image.fromarray(np.clip(seen + noise, 0, 255).astype(np.uint8))


def _picture(black: "NDArray[Any]") -> Image.Image:
    import numpy as np  # noqa: PLC0415  as above

    return Image.fromarray(np.where(black, 0, 255).astype(np.uint8))
