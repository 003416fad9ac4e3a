"""What a lab offers of one roll, and what the service answers, before a byte of any picture moves.

One Python for both sides, so a rule cannot drift between them. The words of an answer:

- ``have``: this very picture is filed at this frame; there is nothing to send;
- ``need``: send it;
- ``rival``: another picture is filed at this frame. What is sent now becomes its rival, for a person to choose;
- ``busy``: this frame is just coming in.

Where an upload of this very picture by the one who asks is open, ``upload`` is its path: it goes on from there, in room
that was promised before. ``busy`` without one is another's.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from urllib.parse import quote

import msgspec

from photocore.errors import CodeError, EventMalformed
from photocore.frames import parse_frame
from photocore.jsontext import read_json

MOST_FRAMES: Final = 1000
"""Bulk film backs hold 250 frames."""
MOST_OFFER_BYTES: Final = 1 << 20

Sha256Hex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
ShortText = Annotated[str, msgspec.Meta(max_length=120)]
FileName = Annotated[str, msgspec.Meta(max_length=255)]
FrameText = Annotated[str, msgspec.Meta(min_length=1, max_length=8)]


class FrameWord(StrEnum):
    """What the service says of one frame that is offered."""

    HAVE = "have"
    NEED = "need"
    RIVAL = "rival"
    BUSY = "busy"


class FiledWord(StrEnum):
    """What became of an upload that is whole (``Twincheck-Word``)."""

    FILED = "filed"
    SAME = "same"
    RIVAL = "rival"


class OfferedFrame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One picture: its frame as :mod:`photocore.frames` has it, the hash of its exact bytes, its size in bytes."""

    frame: FrameText
    sha256: Sha256Hex
    size: Annotated[int, msgspec.Meta(ge=1, le=1 << 40)]
    file_name: FileName = ""


class Offer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The pictures of one roll, and what is known of it. An empty text says nothing new of the roll.

    Room is asked for what is needed; for rivals only where ``rivals`` says that they will be sent.
    """

    frames: Annotated[tuple[OfferedFrame, ...], msgspec.Meta(min_length=1, max_length=MOST_FRAMES)]
    rivals: bool = False
    lab: ShortText = ""
    developed_on: date | None = None
    scanned_on: date | None = None
    stock: ShortText = ""
    process: ShortText = ""
    iso: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class AnsweredFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One frame's answer; ``upload`` is the path of an open upload of this very picture, to go on with."""

    frame: str
    word: FrameWord
    upload: Annotated[str, msgspec.Meta(pattern="^/[!-~]+$", max_length=400)] | None = None


class OfferAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All frames' answers, in the order of the offer, and the room promised: ``bytes`` until ``expires_at``."""

    reservation: str | None
    expires_at: datetime | None
    bytes: int
    frames: tuple[AnsweredFrame, ...]


def offer_path(roll: str) -> str:
    """Return the path that takes the offer of a roll, whatever its ID holds."""
    return f"/rolls/{quote(roll, safe='')}/offer"


def read_offer(body: bytes) -> Offer:
    """Return the offer in ``body``, its frames in their one form.

    Raises:
        EventMalformed: it is out of its form, a frame is none, or one stands there twice.
    """
    if len(body) > MOST_OFFER_BYTES:
        raise EventMalformed(f"an offer has at most {MOST_OFFER_BYTES} bytes")
    offer = read_json(body, Offer)
    try:
        frames = tuple(msgspec.structs.replace(each, frame=parse_frame(each.frame).text) for each in offer.frames)
    except CodeError as cause:
        raise EventMalformed(str(cause)) from cause
    if len({each.frame for each in frames}) < len(frames):
        raise EventMalformed("a frame is offered twice")
    return msgspec.structs.replace(offer, frames=frames)


def read_answer(body: bytes, offer: Offer) -> OfferAnswer:
    """Return the answer to ``offer``.

    Raises:
        EventMalformed: it is out of its form, or does not answer every frame, in the order of the offer.
    """
    answer = read_json(body, OfferAnswer)
    if [each.frame for each in answer.frames] != [each.frame for each in offer.frames]:
        raise EventMalformed("the answer is not about the frames that were offered")
    return answer
