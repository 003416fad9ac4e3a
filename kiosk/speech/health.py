"""What a machine lacks to speak, in words for whoever sets it up: asked by ``twincheck doctor`` and by nobody else."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.speech.engine import ESPEAK, EspeakEngine
from kiosk.speech.sinks import APLAY
from kiosk.speech.tongues import MECAB, TONGUES

CARDS: Final = Path("/proc/asound/cards")
_PACKAGES: Final = {ESPEAK: "espeak-ng", APLAY: "alsa-utils", MECAB[0]: "mecab mecab-ipadic-utf8"}


def sound_cards(listing: Path = CARDS) -> tuple[str, ...]:
    """Return the names of the sound cards, as ALSA lists them: a number, a short name, a long one."""
    try:
        lines = listing.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    return tuple(line.partition("]: ")[2].strip() for line in lines if "]: " in line)


def missing_packages(which: Callable[[str], str | None] = shutil.which) -> tuple[str, ...]:
    """Return the Debian packages that are not there, the most needed first."""
    return tuple(package for name, package in _PACKAGES.items() if which(name) is None)


def spoken_languages(engine: EspeakEngine) -> tuple[str, ...]:
    """Return the languages that would be spoken here, sorted."""
    engine.look()
    return tuple(sorted(language for language in TONGUES if engine.speaks(language)))
