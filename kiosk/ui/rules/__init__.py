"""How the toolkit draws its own widgets: of its 80 rules the one for labels, which is the only one we have a use for.

Kivy parses and compiles its ``style.kv`` when it is first imported, and looks for it in one place. For the time of that
import the place is this folder, where ``style.kv`` is Kivy's own as far as labels go; its other data stay its own. Read
this in before anything of Kivy that draws.
"""

# pyright: basic
# (Kivy has no types.)

import importlib
import sys
from pathlib import Path
from typing import Final

import kivy
import kivy.resources

FOLDER: Final = Path(__file__).parent


def _read_in() -> None:
    shipped, kivy.kivy_data_dir = kivy.kivy_data_dir, str(FOLDER)
    try:
        importlib.import_module("kivy.lang.builder")
    finally:
        kivy.kivy_data_dir = shipped


if "kivy.lang.builder" not in sys.modules:
    _read_in()
