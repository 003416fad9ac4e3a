"""The ways in and out that need no eye: tactile keypad, headset jack and voice, joined to the kiosk once it is shown.

They come after the first frame, so that nobody waits longer for a kiosk that can speak; each that is missing or
broken leaves the others, and the kiosk, as they are.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.transport import check_url
from kiosk.flow import events as told
from kiosk.flow.values import Voice as VoiceMode
from kiosk.inbox import Inbox
from kiosk.language import speak
from kiosk.machine import Machine
from photocore.seams import Clock

if TYPE_CHECKING:
    from hardware.keypad import KeypadLink, KeypadProfile, Signal
    from kiosk.speech.engine import Engine
    from kiosk.speech.sinks import Sink
    from kiosk.speech.voice import Voice

JACK_PROFILE = "sound_card_jack"


@dataclass(frozen=True, kw_only=True)
class Aids:
    """What a store has put in: a keypad and a headset jack by address, and who may hear the voice, from where.

    ``voice_folder`` takes the place of the sound card: each sentence becomes a WAV file there.
    """

    keypad: str | None = None
    keypad_profile: str = "arrow_keys"
    jack: str | None = None
    voice: VoiceMode = "off"
    voice_device: str = "default"
    voice_folder: Path | None = None

    def profiles(self, config: Path) -> "list[tuple[str, str, KeypadProfile]]":
        """Return name, address and profile of each device to be read.

        Raises:
            ProfileWrong, PortUrlWrong: a setting cannot be used, whatever is plugged in.
        """
        if not (self.keypad or self.jack):
            return []
        from hardware.keypad import keypad_url, load_profile  # noqa: PLC0415  late: most kiosks start without

        named = [("keypad", self.keypad, self.keypad_profile), ("jack", self.jack, JACK_PROFILE)]
        found = [(name, address, load_profile(config, profile)) for name, address, profile in named if address]
        for _, address, _ in found:
            check_url(keypad_url(address))
        return found


@dataclass(kw_only=True)
class Senses:
    """Joins the aids; ``stack`` ends them again. What runs can be looked into by tests and the devices page."""

    aids: Aids
    config: Path
    clock: Clock
    inbox: "Inbox[Callable[[Machine], None]]"
    stack: ExitStack
    keypads: "tuple[KeypadLink, ...]" = ()
    voice: "Voice | None" = None

    def __post_init__(self) -> None:
        """Refuse what can never work before the window opens."""
        self._profiles = self.aids.profiles(self.config)

    def join(self, machine: Machine) -> None:
        """Start to listen and to speak. Once, after the first frame."""
        if self.aids.voice != "off":
            self.join_voice(machine)
        if self._profiles:
            self._join_keypads()

    def _join_keypads(self) -> None:
        from hardware.keypad import KeypadLink  # noqa: PLC0415

        for name, address, profile in self._profiles:
            link = KeypadLink(address, profile, self.clock, self._hear, name=name)
            link.start()
            self.stack.callback(link.stop)
            self.keypads = (*self.keypads, link)

    def join_voice(self, machine: Machine, engine: "Engine | None" = None, sink: "Sink | None" = None) -> None:
        """Give the kiosk its voice, and tell it to whom it may speak."""
        from kiosk.speech.engine import EspeakEngine  # noqa: PLC0415  late: a kiosk without a voice never reads it in
        from kiosk.speech.narrator import Narrator  # noqa: PLC0415
        from kiosk.speech.sinks import AlsaSink, FolderSink  # noqa: PLC0415
        from kiosk.speech.voice import Voice  # noqa: PLC0415

        folder = self.aids.voice_folder
        sink = sink or (FolderSink(folder) if folder else AlsaSink(self.aids.voice_device))
        self.voice = Voice(engine or EspeakEngine(), sink, self._note_spoken)
        self.voice.start()
        self.stack.callback(self.voice.stop)
        machine.narrate = Narrator(self.voice, lambda code: speak(code).strings).follow
        machine.happen(told.VoiceReady(at=self.clock.monotonic(), voice=self.aids.voice))

    def are_there(self) -> bool | None:
        """Say whether all of it works, as far as anybody can tell; None where there is none."""
        if not (self.keypads or self.voice):
            return None
        return all(link.is_up for link in self.keypads) and not (self.voice and self.voice.why_down)

    def _note_spoken(self) -> None:
        event = told.Spoke(at=self.clock.monotonic())
        self.inbox.put(lambda machine: machine.happen(event))

    def _hear(self, signal: "Signal") -> None:
        from hardware.keypad import Jack, KeyPressed  # noqa: PLC0415

        at = self.clock.monotonic()
        match signal:
            case KeyPressed(key=key):
                event = told.Keyed(at=at, key=key)
            case Jack(is_in=is_in):
                event = told.JackSaid(at=at, is_in=is_in)
        self.inbox.put(lambda machine: machine.happen(event))
