"""Letters of every script for a browser under test, whatever is installed: those that ship with the kiosk."""

import os
from pathlib import Path

from photocore.settings import locate_config

_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{fonts}</dir>
<cachedir>{cache}</cachedir>
</fontconfig>
"""


def with_our_fonts(folder: Path) -> dict[str, str | float | bool]:
    """Return the environment in which a browser finds the fonts of ``config/fonts``; ``folder`` keeps its notes."""
    file = folder / "fonts.conf"
    file.write_text(_CONF.format(fonts=locate_config() / "fonts", cache=folder / "cache"), encoding="utf-8")
    return {**os.environ, "FONTCONFIG_FILE": str(file)}
