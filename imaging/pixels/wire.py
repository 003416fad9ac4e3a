"""What the darkroom and its children say to each other: MessagePack, one message each way a picture.

An answer comes out of a process that hostile files went into. It is decoded by type and bounded in size; what it says
of a rendition is checked against the rendition's own bytes (:func:`believed`).
"""

from typing import Final, Literal

import msgspec

from imaging.pixels.heads.reading import judge_size
from imaging.pixels.heads.sniff import TAKEN
from imaging.pixels.jpeg_header import check_parts
from imaging.pixels.limits import Limits
from imaging.pixels.picture import TIERS, Derived, Edited, Probe, Rendition
from imaging.pixels.refusing import refusal
from photocore.edit_steps import Instruction

MAX_ANSWER: Final = 16_777_216
"""Bytes. A tier of 2048 x 2048 grainy pixels is about 2 MB."""
MAX_WHOLE_ANSWER: Final = 268_435_456
"""Bytes, where a picture was edited in all its pixels."""
MAX_PLACEHOLDER: Final = 1_024


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted of the file whose descriptor follows.

    ``side`` is the longer side of what is edited, in pixels, at most; 0 leaves it as large as it is.
    """

    verb: Literal["probe", "derive", "edit"]
    limits: Limits
    instructions: tuple[Instruction, ...] = ()
    side: int = 0

    @property
    def longest_answer(self) -> int:
        """How many bytes may come back."""
        return MAX_WHOLE_ANSWER if self.verb == "edit" and not self.side else MAX_ANSWER


class Made(msgspec.Struct, kw_only=True, tag="made"):
    """It is done; ``derived`` and ``edited`` are there where they were asked for."""

    probe: Probe
    derived: Derived | None = None
    edited: Edited | None = None
    resting_bytes: int = 0
    """What the child holds in memory now that it is done."""


class Refused(msgspec.Struct, kw_only=True, tag="refused"):
    """The file is not taken."""

    word: str
    sentence: str
    resting_bytes: int = 0


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The child's first word: which fences stand round it."""

    fences: dict[str, str]


Answer = Made | Refused | Ready

_encoder = msgspec.msgpack.Encoder()


def encode(message: Ask | Answer) -> bytes:
    """Return a message as bytes."""
    return _encoder.encode(message)


def decode_ask(raw: bytes) -> Ask:
    """Return the question in ``raw``."""
    return msgspec.msgpack.decode(raw, type=Ask)


def decode_answer(raw: bytes) -> Answer:
    """Return the answer in ``raw``.

    Raises:
        ValueError: it is none.
    """
    return msgspec.msgpack.decode(raw, type=Answer)


def believed(made: Made, limits: Limits) -> Made:
    """Return what a child made, after a look at whether it can be what was asked for.

    Raises:
        ScanRefused: it cannot, so that the picture did something to the child.
    """
    probe = made.probe
    try:
        is_likely = probe.media in TAKEN and 0 < probe.bits <= 16 and 0 < probe.channels <= 4
        judge_size(probe.width, probe.height, limits)
        if not is_likely or (made.derived and made.derived.probe != probe):
            raise ValueError("not what was asked for")
        if made.derived:
            _check_all(made.derived)
        if made.edited:
            _check_edited(made.edited, limits)
    except ValueError as cause:
        raise refusal("undecodable") from cause
    return made


def derived_of(made: Made) -> Derived:
    """Return all that was made.

    Raises:
        ScanRefused: only a probe was.
    """
    if made.derived is None:
        raise refusal("undecodable")
    return made.derived


def edited_of(made: Made, side: int) -> Edited:
    """Return the edited picture, whose longer side is ``side`` at most.

    Raises:
        ScanRefused: none was made, or a larger one.
    """
    if made.edited is None or (side and max(made.edited.width, made.edited.height) > side):
        raise refusal("undecodable")
    return made.edited


def _check_edited(edited: Edited, limits: Limits) -> None:
    if check_parts(edited.header, edited.body) != (edited.width, edited.height):
        raise ValueError("a picture of another size than it says")
    judge_size(edited.width, edited.height, limits)


def _check_all(derived: Derived) -> None:
    if len(derived.placeholder) > MAX_PLACEHOLDER or derived.placeholder_media != "image/webp":
        raise ValueError("a placeholder of another kind")
    if tuple(rendition.tier for rendition in derived.renditions) != TIERS:
        raise ValueError("other tiers than were asked for")
    for rendition in derived.renditions:
        _check(rendition)


def _check(rendition: Rendition) -> None:
    if check_parts(rendition.header, rendition.body) != (rendition.width, rendition.height):
        raise ValueError("a rendition of another size than it says")
    if not 0 < max(rendition.width, rendition.height) <= int(rendition.tier):
        raise ValueError("a rendition larger than its tier")
