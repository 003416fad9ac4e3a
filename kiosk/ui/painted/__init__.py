"""The painted pictures a kiosk shows, as files: :mod:`kiosk.testing.photographs` painted them, without a loss."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
PHOTOS: Final = 6
"""How many photographs there are."""
SHADOW_NAME: Final = "shadow.png"
SHADOW_BORDER: Final = 40
"""Pixels of the shadow picture's rim, which is not stretched."""


def photo_name(number: int) -> str:
    """Return the name of the file of photograph ``number``."""
    return f"photo_{number % PHOTOS}.png"
