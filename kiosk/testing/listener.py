"""A shopper who cannot see: a headset, six keys, and nothing but what was said to decide by.

Whole walks, played without a screen being looked at; what was heard on each is written down in docs/transcripts.

    python -c "from kiosk.testing.listener import write_heard; write_heard()"

writes them anew after a change of words; what changed is then to be read, aloud.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kiosk.flow.access import Key
from kiosk.flow.events import JackSaid, JournalMoved, VoiceReady
from kiosk.language import NAMES, OFFERED, speak
from kiosk.speech.narrator import Narrator
from kiosk.speech.tongues import FALLBACK, TONGUES
from kiosk.speech.voice import Sentence
from kiosk.testing.counter import CARD, PACKAGE, Counter, card_frame, film_store, frame, stocked_desk
from kiosk.testing.desk import SilentScanner
from photocore.testing import ManualClock
from sync.label_states import LabelState

FOLDER: Final = Path(__file__).parents[2] / "docs" / "transcripts"
PATIENCE: Final = 60
"""Whoever has heard so many parts of a page and not what they look for gives up."""
A_MOMENT_S: Final = 2.0


class LostError(AssertionError):
    """What was heard led nowhere."""


@dataclass
class Listener:
    """One person with a headset at one kiosk. Knows what was said, and nothing else.

    It stands in for the voice too: a cut is a new line with its dash, what waits for its turn one with a plus.
    """

    counter: Counter
    language: str = "en"
    transcript: list[str] = field(default_factory=list[str])
    heard: list[str] = field(default_factory=list[str])
    """What was said since the last thing done."""
    sentences: list[Sentence] = field(default_factory=list[Sentence])
    """All that was said."""

    def __post_init__(self) -> None:
        """Give the kiosk this ear for a voice."""
        self._words = speak(self.language if self.speaks(self.language) else FALLBACK).strings
        machine = self.counter.machine
        machine.narrate = Narrator(self, lambda code: speak(code).strings).follow
        machine.happen(VoiceReady(at=self._now, voice="jack"))

    # -- as a voice -----------------------------------------------------------------------------------------------

    def speaks(self, language: str) -> bool:
        """Speak what the real voice speaks where all is installed."""
        return language in TONGUES

    def say(self, *sentences: Sentence, cuts_in: bool = True) -> None:
        """Hear sentences."""
        for sentence in sentences:
            self.heard.append(sentence.text)
            self.sentences.append(sentence)
            self.transcript.append(f"    {'-' if cuts_in else '+'} {sentence.text}")

    def hush(self) -> None:
        """Hear nothing more."""
        self.transcript.append("    (silence)")

    # -- as a person ----------------------------------------------------------------------------------------------

    def put_headset(self, *, is_in: bool) -> None:
        """Put the headset in, or pull it out."""
        self._do("headset in" if is_in else "headset out")
        self.counter.machine.happen(JackSaid(at=self._now, is_in=is_in))

    def scan(self, what: str, code: bytes) -> None:
        """Hold something under the scanner."""
        self._do(f"holds the {what} under the scanner")
        self.counter.scan(code)

    def key(self, key: Key) -> None:
        """Press a key."""
        self._do(f"key: {key}")
        self.counter.machine.key(key)
        self.counter.settle()

    def labels_come(self) -> None:
        """Wait while the printer prints what it has."""
        for claim, held in self.counter.desk.held.items():
            for job in held.jobs:
                self._do("a paper comes out of the printer")
                self.counter.desk.settle(claim, LabelState.PRINTED, only=job.id)
                self.counter.machine.happen(JournalMoved(at=self._now))
                self.counter.settle()

    def must_hear(self, words: str) -> None:
        """Expect that this was said just now, in one's own language.

        Raises:
            LostError: it was not.
        """
        wanted = self._words.gettext(words).replace("\n", " ")
        if not any(wanted in said for said in self.heard):
            raise LostError(f"wanted to hear {wanted!r}, heard {self.heard}")

    def seek(self, words: str) -> None:
        """Walk on, part by part, until this button is said.

        Raises:
            LostError: it never was.
        """
        wanted = f"{self._words.gettext(words)}, {self._words.gettext('button')}"
        for _ in range(PATIENCE):
            if any(said.startswith(wanted) for said in self.heard[-1:]):
                return
            self.key("next")
        raise LostError(f"never heard {wanted!r}")

    def press(self, words: str) -> None:
        """Walk to a button by its name, and press it."""
        self.seek(words)
        self.key("press")

    @property
    def _now(self) -> float:
        return self.counter.clock.monotonic()

    def _do(self, what: str) -> None:
        clock = self.counter.clock
        if isinstance(clock, ManualClock):
            clock.advance(A_MOMENT_S)
        self.heard.clear()
        self.transcript.append(what)


def register(shopper: Listener) -> None:
    """Headset in; two scans, register, labels, finish; headset out. Decided by nothing but what was said."""
    shopper.put_headset(is_in=True)
    shopper.must_hear("Scan your film package and your card. Take a label for each roll. Less than a minute.")
    shopper.scan("package", frame(PACKAGE))
    shopper.must_hear("Now scan your card")
    shopper.scan("card", card_frame(CARD))
    shopper.must_hear("Is this right?")
    shopper.press("Agree and register")
    shopper.must_hear("Registered here")
    shopper.labels_come()
    shopper.press("Finish")
    shopper.must_hear("Bring your film.\nKeep every frame.")
    shopper.put_headset(is_in=False)


def mistake(shopper: Listener) -> None:
    """Register, hear it once more and louder, find that it was a mistake, undo it, finish."""
    shopper.put_headset(is_in=True)
    shopper.scan("card", card_frame(CARD))
    shopper.must_hear("Now scan your film package")
    shopper.scan("package", frame(PACKAGE))
    shopper.key("volume")
    shopper.key("repeat")
    shopper.must_hear("Is this right?")
    shopper.press("Agree and register")
    shopper.must_hear("Registered here")
    shopper.labels_come()
    shopper.press("Undo")
    shopper.press("Yes, undo")
    shopper.press("Finish")
    shopper.put_headset(is_in=False)


WALKS: Final[dict[str, Callable[[Listener], None]]] = {"register": register, "mistake": mistake}
LANGUAGES: Final = ("en", "de")


def listened(walk: str, language: str = "en") -> Listener:
    """Play one walk at a kiosk of its own, in a language, and return who walked it."""
    tongues = tuple((code, NAMES[code]) for code in OFFERED)
    counter = Counter(
        clock=ManualClock(),
        desk=stocked_desk(),
        store=film_store(),
        scanner=SilentScanner(),
        language=language,
        languages=tongues,
    )
    shopper = Listener(counter, language)
    WALKS[walk](shopper)
    return shopper


def heard_text(walk: str, language: str) -> str:
    """Return a walk's transcript: what was done, and below it what was said; + waited for its turn, - cut in."""
    return "\n".join((f"{WALKS[walk].__doc__}", "", *listened(walk, language).transcript, ""))


def heard_path(walk: str, language: str) -> Path:
    """Return where the transcript stands."""
    return FOLDER / f"heard_{walk}_{language}.txt"


def write_heard() -> None:
    """Write all of them anew."""
    FOLDER.mkdir(exist_ok=True)
    for walk in WALKS:
        for language in LANGUAGES:
            heard_path(walk, language).write_text(heard_text(walk, language), encoding="utf-8")
