"""A registration as a person hears it who cannot see: the whole walk by keypad and headset, one WAV a language."""

import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kiosk.errors import VoiceDown
from kiosk.speech.engine import EspeakEngine, Sound
from kiosk.speech.tongues import FALLBACK
from kiosk.testing.listener import listened
from twincheck.demo.errors import DemoFailed

PAUSE_S: Final = 0.4


def write_heard(folder: Path, languages: Sequence[str], say: Callable[[str], None]) -> None:
    """Write ``register_<language>.wav`` and what it says into ``folder``; without languages, in English.

    Nobody cuts in, as a shopper with a hand on the keypad does: so it takes seven minutes, and is all there.

    Raises:
        DemoFailed: espeak-ng is not installed, or fails.
    """
    engine = EspeakEngine()
    engine.look()
    if not engine.speaks(FALLBACK):
        raise DemoFailed("the voice needs espeak-ng: apt install espeak-ng (and mecab mecab-ipadic-utf8 for Japanese)")
    folder.mkdir(parents=True, exist_ok=True)
    for language in languages or (FALLBACK,):
        shopper = listened("register", language)
        try:
            sounds = [engine.render(one.text, one.language) for one in shopper.sentences if engine.speaks(one.language)]
        except VoiceDown as down:
            raise DemoFailed(f"the voice failed: {down}") from down
        if not sounds:
            say(f"No voice for {language} is installed here.")
            continue
        path = folder / f"register_{language}.wav"
        write_wav(path, sounds)
        path.with_suffix(".txt").write_text("\n".join((*shopper.transcript, "")), encoding="utf-8")
        say(f"{path.name}: {sum(sound.seconds for sound in sounds):.0f} s of speech.")


def write_wav(path: Path, sounds: list[Sound]) -> None:
    """Write sounds one after another, with pauses; all have the first one's rate."""
    rate = sounds[0].rate
    pause = bytes(2 * int(rate * PAUSE_S))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pause.join(sound.samples for sound in sounds))
