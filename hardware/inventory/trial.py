"""Which profile fits a scanner, told by what it sent: each profile reads the same recording, and is judged by it.

Pure: a recording is what came off the line and when. So SSI packets, STX and ETX, a keyboard's keys and bare text are
all told apart by the very dialogues that will read them at the counter.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from hardware.errors import ProfileWrong
from hardware.inventory.plugged import Way
from hardware.scanner.dialogue import Dialogue
from hardware.scanner.framing import Frame

PATIENCE_S: Final = 10.0
MOST_SHOWN: Final = 64
GS: Final = 0x1D
PLAINEST: Final = ("generic", "hid_us")

_AIM: Final = re.compile(rb"\][A-Za-z][0-9A-Za-z]")


class Readable(Protocol):
    """A scanner's profile, as far as it is needed here: it makes a dialogue."""

    @property
    def protocol(self) -> str:
        """Return what it speaks."""
        ...

    def dialogue(self) -> Dialogue:
        """Return a fresh dialogue."""
        ...


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Bytes that came together, and the monotonic second they came."""

    data: bytes
    at: float


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A profile that reads the recording: as these codes."""

    profile: str
    codes: tuple[bytes, ...]

    @property
    def has_aim(self) -> bool:
        """Say whether the scanner sends AIM IDs in front: without, some codes must be refused."""
        return all(_AIM.match(code) for code in self.codes)

    @property
    def words(self) -> str:
        """Return the first code as a person can see it; control characters in it must not steer their terminal."""
        readable = "".join(chr(byte) if 0x20 <= byte < 0x7F else f"<{byte:02X}>" for byte in self.codes[0])
        text = readable.replace(f"<{GS:02X}>", "<GS>")
        return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def fitting(
    recording: Sequence[Delivery], profiles: Mapping[str, Readable], preferred: Iterable[str] = ()
) -> tuple[Fit, ...]:
    """Return the profiles that read a recording cleanly, the likeliest first.

    Those that find AIM IDs come before those that do not; then the preferred ones in their order; then the plainest.
    """
    fits = [fit for name, profile in profiles.items() if (fit := _fit(name, profile, recording))]
    order = [*preferred, *PLAINEST]
    places = {name: place for place, name in reversed(list(enumerate(order)))}
    return tuple(sorted(fits, key=lambda fit: (not fit.has_aim, places.get(fit.profile, len(order)), fit.profile)))


def speaks_by(way: Way, profile: Readable) -> bool:
    """Say whether a profile can be of a device that is plugged in this way: keys are of keyboards alone."""
    return (profile.protocol == "hid") == (way == "input")


def _fit(name: str, profile: Readable, recording: Sequence[Delivery]) -> Fit | None:
    try:
        dialogue = profile.dialogue()
    except ProfileWrong:
        return None
    frames = tuple(_read(dialogue, recording))
    lost = dialogue.counts
    if not frames or lost.overlong or lost.unfinished or lost.dropped_bytes or lost.broken:
        return None
    codes = tuple(frame.data for frame in frames)
    return Fit(profile=name, codes=codes) if all(map(_is_text, codes)) else None


def _read(dialogue: Dialogue, recording: Sequence[Delivery]) -> Iterable[Frame]:
    begun = recording[0].at if recording else 0.0
    dialogue.join(begun)
    dialogue.settle()
    for delivery in recording:
        yield from dialogue.feed(delivery.data, delivery.at)
        dialogue.outgoing(delivery.at)
    yield from dialogue.silence((recording[-1].at if recording else begun) + PATIENCE_S)


def _is_text(code: bytes) -> bool:
    return bool(code) and all(0x20 <= byte < 0x7F or byte == GS for byte in code)
