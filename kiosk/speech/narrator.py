"""Has the voice say what becomes of the screen. On the screen's own thread; the voice has its own.

Where there is no voice for the shopper's language, the very same screen is said in English, after a sentence that says
so: half a language that nobody understands would be worse.
"""

from collections.abc import Callable
from typing import Final, Protocol

from kiosk.flow.states import State
from kiosk.speech.tongues import FALLBACK
from kiosk.speech.voice import Sentence
from kiosk.view import Screen, Strings, view
from kiosk.view.spoken import Speech, Utterance, change

NO_VOICE: Final = "This kiosk has no voice for your language. It speaks English."
"""In English only: there is no voice to say it in another."""

IN_ENGLISH: Final = {"ar": "Arabic.", "he": "Hebrew.", "hi": "Hindi.", "ja": "Japanese.", "zh": "Chinese."}
"""What an English voice calls the languages whose own name it cannot read."""


class Speaking(Protocol):
    """What the narrator needs of a voice."""

    def speaks(self, language: str) -> bool:
        """Say whether there is a voice for ``language``."""
        ...

    def say(self, *sentences: Sentence, cuts_in: bool = True) -> None:
        """Say sentences, at once or after what is being said."""
        ...

    def hush(self) -> None:
        """Be silent at once."""
        ...


class Narrator:
    """Follows the screen. ``words`` gives the strings of a language."""

    def __init__(self, voice: Speaking, words: Callable[[str], Strings]) -> None:
        self._voice = voice
        self._words = words
        self._before: Screen | None = None

    def follow(self, state: State, screen: Screen) -> None:
        """Say what is new on ``screen``; be silent where nobody listens."""
        before, self._before = self._before, screen
        if not screen.access.speaks:
            if before and before.access.speaks:
                self._voice.hush()
            return
        language = screen.language if self._voice.speaks(screen.language) else FALLBACK
        strings = self._words(language)
        after = screen if language == screen.language else view(state, strings)
        self._before = after
        speech = change(before, after, strings)
        if speech:
            self._say(speech, after, language, is_other=language != screen.language and _begins(before, after))

    def _say(self, speech: Speech, screen: Screen, language: str, *, is_other: bool) -> None:
        said = speech.utterances
        if is_other:
            said = (Utterance(text=NO_VOICE), *said)
        voiced = [self._voiced(one, language) for one in said]
        volume = screen.access.volume
        sentences = [
            Sentence(text=text, language=code, volume=volume, is_countdown=speech.is_countdown) for text, code in voiced
        ]
        self._voice.say(*sentences, cuts_in=speech.cuts_in)

    def _voiced(self, one: Utterance, language: str) -> tuple[str, str]:
        """Return what to say in which language; the name of one that nobody here can say is said in English."""
        if not one.language:
            return one.text, language
        if self._voice.speaks(one.language):
            return one.text, one.language
        return IN_ENGLISH.get(one.language, one.text), FALLBACK


def _begins(before: Screen | None, after: Screen) -> bool:
    """Say whether speech begins here, or the language has just changed."""
    return before is None or not before.access.speaks or before.language != after.language
