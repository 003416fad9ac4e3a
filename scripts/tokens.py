"""Write the design's tokens as CSS custom properties, docs/tokens.css: the web pages take them from there.

The kiosk's themes (kiosk/ui/theme.py) and sizes (kiosk/ui/look.py) are the source; a test holds the file to them.

Usage: python scripts/tokens.py
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from kiosk.ui.theme import CONTRAST, PAPER, Token

ROOT: Final = Path(__file__).parents[1]
FILE: Final = ROOT / "docs" / "tokens.css"
SIZES: Final = ("LARGE_U", "BODY_U", "SMALL_U")


def css() -> str:
    """Return the whole file."""
    head = "/* Written by scripts/tokens.py from kiosk/ui/theme.py and kiosk/ui/look.py: see design.md. */\n"
    root = [*_colours(PAPER.colours), *_sizes()]
    contrast = list(_colours(CONTRAST.colours))
    return head + _rule(":root", root) + _rule('[data-theme="contrast"]', contrast)


def _colours(colours: Mapping[Token, str]) -> Iterator[str]:
    for token, colour in colours.items():
        yield f"--{token.replace('_', '-')}: {colour};"


def _sizes() -> Iterator[str]:
    """Yield type sizes in units of the page; read as text, since the kiosk's look would open a window."""
    source = (ROOT / "kiosk" / "ui" / "look.py").read_text(encoding="utf-8")
    yield "--u: min(100vw / 135, 100vh / 240);"
    for name in SIZES:
        found = re.search(rf"^{name}: Final = ([\d.]+)$", source, re.MULTILINE)
        if found is None:
            raise ValueError(f"kiosk/ui/look.py names no {name}")
        yield f"--{name.removesuffix('_U').lower()}-text: calc({found[1]} * var(--u));"


def _rule(selector: str, lines: list[str]) -> str:
    return selector + " {\n" + "".join(f"  {line}\n" for line in lines) + "}\n"


if __name__ == "__main__":
    FILE.write_text(css(), encoding="utf-8")
