"""What one scanner model sends and understands, as data: config/devices/scanners/*.toml.

Model differences are never code (STYLE 7). The bytes are from the makers' manuals, named in each profile; what has not
been tried on a real device says so in its quality scale.
"""

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from hardware.errors import ProfileWrong
from hardware.profile_files import load_named, names_in
from hardware.profile_parts import Line, Standing
from hardware.scanner.ascii import AsciiDialogue
from hardware.scanner.dialogue import Dialogue
from hardware.scanner.framing import End, Framer
from hardware.scanner.hid import HidDialogue, Keymap, load_keymap
from hardware.scanner.honeywell import HoneywellDialogue
from hardware.scanner.ssi import SsiDialogue, SsiWords
from hardware.transport import PortSettings
from photocore.errors import SettingsError
from photocore.symbology import check_gs_substitute

NEEDS: Final = {"ssi": "ssi.parameters", "honeywell": "question", "hid": "keymap"}
"""What the protocols demand beside their name."""

FOLDER = Path("devices", "scanners")

Protocol = Literal["ascii", "honeywell", "ssi", "hid"]
"""What a scanner speaks; each word has its dialogue in :meth:`ScannerProfile.dialogue`."""


class Framing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a scan ends; :class:`hardware.scanner.Framer` says what each field means.

    Under 20 ms a gap breaks frames on slow lines and USB hubs, over 150 ms a person feels it (research: hardware 1).
    """

    end: End = "crlf"
    gap_ms: Annotated[int, msgspec.Meta(ge=20, le=150)] = 50
    stale_ms: Annotated[int, msgspec.Meta(ge=200, le=5000)] = 1000


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bytes that tell a scanner good or refused, as hex pairs; empty where it cannot be told.

    ``resends`` is true where a refusal makes the scanner send the same code again by itself (ACK/NAK option).
    ``greeting`` is written when the line was opened; ``enq_ms`` is how often a scanner in ENQ mode is asked, 0: never;
    ``pauses`` tells it by XOFF to wait until its last code is answered.
    """

    good: str = ""
    refused: str = ""
    greeting: str = ""
    resends: bool = False
    pauses: bool = False
    enq_ms: Annotated[int, msgspec.Meta(ge=0, le=1500)] = 0


class QualityScale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has been shown about this profile, and what has not.

    ``status_confirmed``: the scanner says that it took what we sent. ``double_read_safe``: a code that it sends twice
    by itself is one scan.
    """

    reconnects: Standing
    status_confirmed: Standing
    double_read_safe: Standing
    golden_bytes: Standing
    faults_tested: Standing
    tried_on_real_hardware: Standing


class ScannerProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model, or a class of models that behave alike.

    ``gs_substitute`` is what the scanner sends in the place of GS (0x1D) where it cannot send GS itself, empty if
    nothing, for ``photocore.symbology.decode``; ``setup`` tells in plain words how to set the device up, ``source``
    names the manual. ``ssi``, ``question`` (a menu command) and ``keymap`` (a file of config/devices/keymaps, which
    :func:`load_profile` reads into ``keys``) are of one protocol each.
    """

    name: str
    models: tuple[str, ...]
    source: str
    quality: QualityScale
    protocol: Protocol = "ascii"
    line: Line = msgspec.field(default_factory=Line)
    framing: Framing = msgspec.field(default_factory=Framing)
    answers: Answers = msgspec.field(default_factory=Answers)
    ssi: SsiWords = msgspec.field(default_factory=SsiWords)
    question: str = ""
    keymap: str = ""
    keys: Keymap | None = None
    gs_substitute: str | None = None
    repeat_window_ms: Annotated[int, msgspec.Meta(ge=0, le=5000)] = 800
    setup: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a profile that contradicts itself.

        Raises:
            ValueError: answer bytes are no hex pairs, a scanner resends that is never refused, or data could hold the
                substitute for GS.
        """
        for word in ("good", "refused", "greeting"):
            try:
                bytes.fromhex(getattr(self.answers, word))
            except ValueError as cause:
                raise ValueError(f"answers.{word} must be hex pairs, as in '1B 37 2C'") from cause
        try:
            check_gs_substitute(self.gs_substitute or "")
        except SettingsError as cause:
            raise ValueError(f"gs_substitute: {cause}") from cause
        for protocol, is_said in (
            ("ssi", self.ssi != SsiWords()),
            ("honeywell", bool(self.question)),
            ("hid", bool(self.keymap or self.keys)),
        ):
            if is_said != (self.protocol == protocol):
                raise ValueError(f"{NEEDS[protocol]} belongs to protocol {protocol!r}, and to no other")
        if self.answers.resends and not self.answers.refused:
            raise ValueError("answers.resends needs answers.refused: nothing would ask for the code again")

    def answer_bytes(self, *, ok: bool) -> bytes:
        """Return what tells the scanner that its code was taken, or refused; empty where it cannot be told."""
        return bytes.fromhex(self.answers.good if ok else self.answers.refused)

    def port_settings(self) -> PortSettings:
        """Return how to open the line."""
        return self.line.port_settings()

    def dialogue(self) -> Dialogue:
        """Return a fresh dialogue with this scanner."""
        good, refused, framing = self.answer_bytes(ok=True), self.answer_bytes(ok=False), self.framing
        match self.protocol:
            case "ascii":
                greeting, enq_s = bytes.fromhex(self.answers.greeting), self.answers.enq_ms / 1000
                return AsciiDialogue(
                    self.framer(),
                    good=good,
                    refused=refused,
                    greeting=greeting,
                    enq_s=enq_s or None,
                    pauses=self.answers.pauses,
                )
            case "honeywell":
                return HoneywellDialogue(self.framer(), good=good, refused=refused, question=self.question.encode())
            case "ssi":
                return SsiDialogue(self.ssi, gap_s=framing.gap_ms / 1000, character_s=framing.stale_ms / 1000)
            case "hid":
                return HidDialogue(self.keymap_read(), self.framer())

    def keymap_read(self) -> Keymap:
        """Return the keys of a scanner that is a keyboard.

        Raises:
            ProfileWrong: nobody read them, see :func:`load_profile`; or it is no keyboard.
        """
        if self.keys is None:
            raise ProfileWrong(f"{self.name}: its keymap {self.keymap!r} was not read.")
        return self.keys

    def framer(self) -> Framer:
        """Return a fresh framer for this scanner's line."""
        framing = self.framing
        return Framer(
            end=framing.end,
            gap_s=framing.gap_ms / 1000,
            stale_s=framing.stale_ms / 1000,
        )


def load_profile(config: Path, name: str) -> ScannerProfile:
    """Read ``config/devices/scanners/<name>.toml``.

    Raises:
        ProfileWrong: there is no such file, or it says something a scanner cannot be; the message names file and field.
    """
    profile = load_named(config, FOLDER, name, ScannerProfile, what="scanner profile")
    return msgspec.structs.replace(profile, keys=load_keymap(config, profile.keymap)) if profile.keymap else profile


def profile_names(config: Path) -> tuple[str, ...]:
    """Return the names of all scanner profiles, sorted."""
    return names_in(config, FOLDER)
