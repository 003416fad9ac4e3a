"""Small textures made once: photographs, the scanner's glow, QR codes, and code-like patterns that no scanner reads.

The patterns on our pictures of labels are deliberately no codes: a scan of the *screen* must never pass for a scan of
the paper, since that scan is a proof (DESIGN 5F).
"""

import hashlib
from functools import lru_cache

from PIL import Image

from kiosk.brand import Logo
from kiosk.ui.painted import FOLDER, SHADOW_NAME, photo_name
from kiosk.ui.toolkit import CoreImage, Texture

BARS = 56
CELLS = 14


def texture_of(picture: Image.Image, *, is_sharp: bool = False) -> Texture:
    """Return ``picture`` as a texture; ``is_sharp`` keeps its pixels square when it is enlarged."""
    pixels = picture.convert("RGBA").transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    texture = Texture.create(size=pixels.size, colorfmt="rgba")
    texture.blit_buffer(pixels.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.wrap = "clamp_to_edge"
    if is_sharp:
        texture.mag_filter = "nearest"
        texture.min_filter = "nearest"
    return texture


@lru_cache(maxsize=8)
def photo_texture(number: int) -> Texture:
    """Return photograph ``number``."""
    return _painted(photo_name(number))


@lru_cache(maxsize=128)
def bars_texture(text: str) -> Texture:
    """Return a row of bars that looks like a linear code of ``text`` and is none."""
    digest = hashlib.sha256(text.encode()).digest() * 4
    strip = Image.new("RGBA", (BARS * 3, 1), (0, 0, 0, 0))
    x = 0
    for byte in digest:
        bar, gap = 1 + byte % 4 // 3 + byte % 2, 1 + byte // 64
        for dx in range(bar):
            if x + dx < strip.width:
                strip.putpixel((x + dx, 0), (255, 255, 255, 255))
        x += bar + gap
    return texture_of(strip, is_sharp=True)


@lru_cache(maxsize=128)
def cells_texture(text: str) -> Texture:
    """Return a square of cells that looks like a matrix code of ``text`` and is none: it lacks the solid edge."""
    digest = hashlib.sha512(b"cells" + text.encode()).digest()
    square = Image.new("RGBA", (CELLS, CELLS), (0, 0, 0, 0))
    for n in range(CELLS * CELLS):
        if digest[n // 8 % len(digest)] >> n % 8 & 1:
            square.putpixel((n % CELLS, n // CELLS), (255, 255, 255, 255))
    return texture_of(square, is_sharp=True)


@lru_cache(maxsize=4)
def qr_texture(text: str) -> Texture:
    """Return a real QR code of ``text`` with its quiet zone, black on white."""
    return secret_qr_texture(text)


def secret_qr_texture(text: str) -> Texture:
    """Return a QR code as :func:`qr_texture` does, of what nothing may remember once its page is gone."""
    import segno  # noqa: PLC0415  no page before a registration shows a code

    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=4)]
    picture = Image.new("L", (len(rows[0]), len(rows)), 255)
    picture.putdata([0 if cell else 255 for row in rows for cell in row])
    return texture_of(picture, is_sharp=True)


@lru_cache(maxsize=2)
def logo_texture(logo: Logo) -> Texture:
    """Return a shop's logo."""
    return texture_of(Image.frombytes("RGBA", logo.size, logo.pixels))


@lru_cache(maxsize=2)
def glow_texture() -> Texture:
    """Return a soft horizontal glow, opaque in the middle: the light of the scanner's beam."""
    column = Image.new("L", (1, 64))
    column.putdata([int(255 * (1 - abs(y - 31.5) / 32) ** 2) for y in range(64)])
    glow = Image.new("RGBA", (1, 64), (255, 255, 255, 0))
    glow.putalpha(column)
    return texture_of(glow)


@lru_cache(maxsize=2)
def shadow_texture() -> Texture:
    """Return a blurred rounded square, to be stretched round a sheet of any size: white, its alpha the shadow."""
    return _painted(SHADOW_NAME)


def _painted(name: str) -> Texture:
    """Return a picture that was painted beforehand; its pixels are kept nowhere else."""
    texture = CoreImage(str(FOLDER / name), nocache=True).texture
    texture.wrap = "clamp_to_edge"
    return texture
