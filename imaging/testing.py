"""Pictures of codes as shops make them: turned, blurred, faded, under a lamp, torn.

For tests and benchmarks: :func:`photograph` puts a symbol before a camera. What it makes is a function of its
arguments and its seed. The symbols are zxing-cpp's own; a bias towards it as a reader cannot be ruled out.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = NDArray[np.uint8]

ELEMENTS: Final = "(01)09501101530003(91)AB12(21)R12345"
TRANSMITTED: Final = "010950110153000391AB12\x1d21R12345"


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """A kind of code with an example of it: how zxing-cpp is asked to write it, and what a reader must say."""

    form: str
    content: str
    aim: str
    text: str
    is_gs1: bool = False
    usual_px: float = 3.0
    """Pixels a module where the code fills a good part of a picture of 640 x 480."""

    def symbol(self) -> Grey:
        """Return it at one pixel a module, with its quiet zone, 0 is black; a linear code is 50 pixels high."""
        how: dict[str, Any] = {"gs1": True} if self.is_gs1 else {}
        if self.form == "DataMatrix":
            how["force_square"] = True
        writer: Any = zxingcpp
        code = writer.create_barcode(self.content, writer.barcode_format_from_str(self.form), **how)
        return np.array(writer.write_barcode_to_image(code, scale=1), dtype=np.uint8)


SPECIMENS: Final = {
    "Code 128": Specimen(form="Code128", content="TCR-7H3K9QX2MV", aim="]C0", text="TCR-7H3K9QX2MV", usual_px=2.5),
    "GS1-128": Specimen(form="Code128", content=ELEMENTS, aim="]C1", text=TRANSMITTED, is_gs1=True, usual_px=1.5),
    "EAN-13": Specimen(form="EAN13", content="4006381333931", aim="]E0", text="4006381333931"),
    "EAN-8": Specimen(form="EAN8", content="96385074", aim="]E4", text="96385074"),
    "UPC-A": Specimen(form="UPCA", content="036000291452", aim="]E0", text="0036000291452"),
    "ITF DX": Specimen(form="ITF", content="115334", aim="]I0", text="115334"),
    "QR": Specimen(
        form="QRCode", content="https://id.gs1.org/01/09501101530003/21/R12345", aim="]Q1",
        text="https://id.gs1.org/01/09501101530003/21/R12345", usual_px=4,
    ),
    "Data Matrix": Specimen(form="DataMatrix", content="TCR-7H3K9QX2MV", aim="]d1", text="TCR-7H3K9QX2MV", usual_px=5),
    "GS1 DataMatrix": Specimen(
        form="DataMatrix", content=ELEMENTS, aim="]d2", text=TRANSMITTED, is_gs1=True, usual_px=5,
    ),
    "DX film edge": Specimen(form="DXFilmEdge", content="115-10/11A", aim="]XF", text="115-10/11A", usual_px=5),
}  # fmt: skip
"""What a photo shop's camera meets. 4006381333931 and 036000291452 are published examples; 115334 is a Portra 400."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How a symbol stands before the camera, and what comes between them."""

    module_px: float = 3.0
    turn_deg: float = 2.0
    lean: float = 0.0
    """Perspective: the far edge is shorter by this share."""
    blur_px: float = 0.0
    """Standard deviation of a Gaussian: out of focus."""
    motion_px: int = 0
    contrast: float = 1.0
    """Share of the range between ink and paper that is left."""
    noise: float = 0.0
    """Standard deviation of each pixel, of 255."""
    glare: float = 0.0
    """A lamp's reflection: its radius as a share of the symbol's width."""
    damage: float = 0.0
    """Share of the symbol's area under scratches and stains."""


def photograph(symbol: Grey, scene: Scene, seed: int, size: tuple[int, int] = (640, 480)) -> Grey:
    """Return a grey picture of ``size`` (width, height) with the symbol in its middle, of shape (height, width)."""
    chance = np.random.default_rng(seed)
    sheet = _placed(_damaged(symbol, scene.damage, chance), scene, size, chance)
    tones = sheet.astype(np.float32)
    tones = 128 + (tones - 128) * scene.contrast
    if scene.glare:
        tones = tones + _glare(symbol.shape[1] * scene.module_px * scene.glare, size, chance)
    picture = Image.fromarray(tones.clip(0, 255).astype(np.uint8))
    if scene.blur_px:
        picture = picture.filter(ImageFilter.GaussianBlur(scene.blur_px))
    tones = np.asarray(picture, dtype=np.float32)
    if scene.motion_px > 1:
        tones = np.mean(np.stack([np.roll(tones, step, axis=1) for step in range(scene.motion_px)]), axis=0)
    tones = tones + chance.normal(0, scene.noise + 1.5, tones.shape)
    return tones.clip(0, 255).astype(np.uint8)


def _damaged(symbol: Grey, share: float, chance: np.random.Generator) -> Grey:
    """Put square stains and white scratches on it until about that share is covered; drawn fine, at 4 pixels each."""
    fine = np.repeat(np.repeat(symbol, 4, axis=0), 4, axis=1)
    height, width = fine.shape
    covered = 0
    while covered < share * fine.size:
        side = int(chance.integers(8, max(9, min(height, width) // 5)))
        left, top = chance.integers(0, (width - side, height - side)).tolist()
        fine[top : top + side, left : left + side] = chance.choice([30, 235])
        covered += side * side
    return fine


def _placed(fine: Grey, scene: Scene, size: tuple[int, int], chance: np.random.Generator) -> Grey:
    """Lay the symbol, four pixels a module, on grey paper at the scene's size, turn and lean."""
    width, height = size
    rows, columns = fine.shape
    scale, angle = scene.module_px / 4, np.deg2rad(scene.turn_deg)
    corners = np.array([[-columns, -rows], [columns, -rows], [columns, rows], [-columns, rows]]) / 2 * scale
    corners[:2] *= 1 - scene.lean
    corners[:2, 1] *= 1 - scene.lean / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    at = corners @ turn + np.array([width, height]) / 2 + chance.uniform(-9, 9, 2)
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float64)
    how = _homography(at, source)
    ink = Image.fromarray(fine)
    if scale < 1:  # a pixel of the camera sees more than a pixel of ours
        ink = ink.filter(ImageFilter.BoxBlur((1 / scale - 1) / 2))
    placed = ink.transform(size, Image.Transform.PERSPECTIVE, tuple(how), Image.Resampling.BILINEAR, fillcolor=0)
    mask = Image.new("L", ink.size, 255).transform(
        size, Image.Transform.PERSPECTIVE, tuple(how), Image.Resampling.BILINEAR
    )
    paper = Image.new("L", size, 225)
    paper.paste(placed, (0, 0), mask)
    return np.asarray(paper, dtype=np.uint8)


def _homography(at: NDArray[np.float64], source: NDArray[np.float64]) -> list[float]:
    """Return Pillow's eight numbers that lead from a picture's points to the source's."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(at, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    return [float(each) for each in np.linalg.solve(np.array(rows), source.reshape(8))]


def _glare(radius: float, size: tuple[int, int], chance: np.random.Generator) -> NDArray[np.float64]:
    width, height = size
    across = np.arange(width, dtype=np.float64) - width / 2 - chance.uniform(-60, 60)
    down = np.arange(height, dtype=np.float64) - height / 2 - chance.uniform(-25, 25)
    away = (across[None, :] ** 2 + down[:, None] ** 2) / max(radius, 1) ** 2
    return 255 * np.exp(-away)
