"""Bar codes on pages: Code 128 (ISO/IEC 15417) as an SVG that scales. Tills' lasers read lines and no squares.

Set B alone: our codes are capitals, digits and hyphens, in which it is about as short as any mixture. A quiet zone of
ten modules stands on both sides (4.4).
"""

from typing import Final

_WIDTHS: Final = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_STOP: Final = "2331112"
"""The widths of bars and spaces of each value (table 1), six digits each and beginning with a bar; those of the end."""

_START_B: Final = 104
_QUIET: Final = 10
_HEIGHT: Final = 40
_LONGEST: Final = 48


def bars_picture(text: str) -> bytes:
    """Return ``text`` as Code 128, an SVG that scales; dark on light by day and at night, as scanners want it.

    Raises:
        ValueError: nothing, more than 48 signs, or a sign that is not printable ASCII.
    """
    if not 0 < len(text) <= _LONGEST or not (text.isascii() and text.isprintable()):
        raise ValueError("Code 128 here takes up to 48 printable signs of ASCII")
    values = [_START_B, *(ord(sign) - 32 for sign in text)]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    path, x = list[str](), _QUIET
    for widths in (*(_WIDTHS[6 * value : 6 * value + 6] for value in (*values, check)), _STOP):
        for place, width in enumerate(map(int, widths)):
            if place % 2 == 0:
                path.append(f"M{x} 0h{width}v{_HEIGHT}h-{width}z")
            x += width
    wide = x + _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {_HEIGHT}" preserveAspectRatio="none"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{wide}v{_HEIGHT}h-{wide}z"/>'
        f'<path fill="#000" d="{"".join(path)}"/></svg>'
    ).encode()
