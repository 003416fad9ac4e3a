"""A folder of scans into the service, by roll and frame: hash, offer, send what is needed, say what became of each.

What the service has is asked anew each time, and nothing is kept here: run again after any end, also a kill, this does
what is left and no more.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import repeat
from typing import Protocol

import msgspec

from exchange.errors import ExchangeError, IngestRefused, PeerDown, PeerRefused
from exchange.folder import Found, PictureFile, sum_up
from exchange.offers import (
    AnsweredFrame,
    FiledWord,
    FrameWord,
    Offer,
    OfferAnswer,
    OfferedFrame,
    offer_path,
    read_answer,
)
from exchange.peer import is_passing, refusal_of, wait_of
from exchange.tus.client import Sending, Way
from exchange.tus.wish import Wish
from photocore.errors import ChannelDown, EventMalformed


class Ending(StrEnum):
    """What became of one picture."""

    FILED = "filed"
    HAVE = "have"
    RIVAL = "rival"
    HELD_BACK = "held-back"
    BUSY = "busy"
    REFUSED = "refused"
    FAILED = "failed"


THERE = frozenset({Ending.FILED, Ending.HAVE, Ending.RIVAL})
"""The service has the picture."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One picture's end: ``why`` for people, ``image`` the ID it was filed under."""

    frame: str
    file: str
    ending: Ending
    why: str = ""
    image: str = ""


class Watcher(Protocol):
    """Sees how an ingest goes on; calls come from several threads, one at a time for each picture."""

    def hashed(self, picture: Found) -> None:
        """See that a picture was read."""
        ...

    def answered(self, answer: OfferAnswer) -> None:
        """See what the service has and needs."""
        ...

    def moved(self, picture: Found, offset: int, sent: int) -> None:
        """See that the service has ``offset`` bytes of a picture, ``sent`` of them since just now."""
        ...

    def ended(self, told: Told) -> None:
        """See the end of one picture."""
        ...


class Ingest:
    """One roll on its way. ``facts`` are an offer without its frames; ``lanes`` pictures are sent at once."""

    def __init__(self, way: Way, roll: str, facts: Offer, watcher: Watcher, *, lanes: int = 2) -> None:
        self._way = way
        self._roll = roll
        self._facts = facts
        self._watcher = watcher
        self._lanes = lanes
        self._ended_by: ExchangeError | None = None

    def run(self, pictures: Sequence[Found]) -> list[Told]:
        """Bring the pictures in and return what became of each, in their order.

        Raises:
            PeerRefused: the service takes nothing: the key, the roll, no room.
            PeerDown: it does not answer.
        """
        with ThreadPoolExecutor(max_workers=self._lanes, thread_name_prefix="ingest") as lanes:
            try:
                hashes = dict(lanes.map(self._sum_up, [picture for picture in pictures if picture.size]))
                answers = self._ask(hashes) if hashes else {}
                return list(lanes.map(self._bring, pictures, repeat(hashes), repeat(answers)))
            except BaseException:  # also a person's Ctrl-C: what is on its way ends at its next piece
                self._ended_by = IngestRefused("interrupted")
                self._way.stop()
                lanes.shutdown(wait=False, cancel_futures=True)
                raise

    def _sum_up(self, picture: Found) -> tuple[Found, bytes]:
        digest = sum_up(picture)
        self._watcher.hashed(picture)
        return picture, digest

    def _ask(self, hashes: dict[Found, bytes]) -> dict[Found, "_Answered"]:
        offer = msgspec.structs.replace(
            self._facts,
            frames=tuple(
                OfferedFrame(frame=picture.frame.text, sha256=digest.hex(), size=picture.size, file_name=picture.name)
                for picture, digest in hashes.items()
            ),
        )
        answer = self._make_offer(offer)
        self._watcher.answered(answer)
        return {
            picture: _Answered(frame=frame, reservation=answer.reservation, find=self._finder(offer, number))
            for number, (picture, frame) in enumerate(zip(hashes, answer.frames, strict=True))
        }

    def _finder(self, offer: Offer, number: int) -> Callable[[], AnsweredFrame]:
        """Return a call that makes the same offer again: the service then says what came of an unanswered request."""
        return lambda: self._make_offer(offer).frames[number]

    def _make_offer(self, offer: Offer) -> OfferAnswer:
        tries, body = self._way.tries(), msgspec.json.encode(offer)
        while True:
            try:
                answer = self._way.peer.ask("POST", offer_path(self._roll), {"content-type": "application/json"}, body)
            except ChannelDown as cause:
                tries.again(str(cause))
                continue
            if answer.status in (200, 201):
                return _read(answer.body, offer)
            if not is_passing(answer.status):
                raise refusal_of(answer)
            tries.again(str(refusal_of(answer)), at_least_s=wait_of(answer))

    def _bring(self, picture: Found, hashes: dict[Found, bytes], answers: dict[Found, "_Answered"]) -> Told:
        told = Told(frame=picture.frame.text, file=picture.name, ending=Ending.FAILED)
        if picture not in hashes:
            told = replace(told, ending=Ending.REFUSED, why="the file is empty; export the scan again [zero-bytes]")
        elif self._ended_by is not None:
            told = replace(told, why=str(self._ended_by))
        else:
            told = self._settle(told, picture, hashes[picture], answers[picture])
        self._watcher.ended(told)
        return told

    def _settle(self, told: Told, picture: Found, sha256: bytes, answered: "_Answered") -> Told:
        match answered.frame.word:
            case FrameWord.HAVE:
                return replace(told, ending=Ending.HAVE)
            case FrameWord.RIVAL if not self._facts.rivals:
                why = (
                    "Another picture is filed at this frame. With --rivals this one is sent too, and a person chooses."
                )
                return replace(told, ending=Ending.HELD_BACK, why=why)
            case FrameWord.BUSY if answered.frame.upload is None:
                why = "This frame is just coming in from elsewhere. Run this again later."
                return replace(told, ending=Ending.BUSY, why=why)
            case _:
                return self._send(told, picture, sha256, answered)

    def _send(self, told: Told, picture: Found, sha256: bytes, answered: "_Answered") -> Told:
        wish = Wish(
            roll=self._roll,
            frame=picture.frame.text,
            sha256=sha256,
            file_name=picture.name,
            reservation=answered.reservation,
        )
        try:
            with PictureFile(picture, sha256) as source:
                sending = Sending(
                    self._way,
                    source,
                    wish,
                    find=answered.find,
                    on_offset=lambda offset, sent: self._moved(picture, offset, sent),
                )
                sent = sending.send(answered.frame.upload)
        except IngestRefused as changed:
            return replace(told, why=str(changed))
        except OSError as cause:
            return replace(told, why=f"{picture.name} cannot be read: {cause.strerror}.")
        except PeerRefused as refusal:
            if refusal.status in _OF_THIS_PICTURE:
                return replace(told, ending=Ending.REFUSED, why=f"{refusal} [{refusal.word or refusal.status}]")
            self._ended_by = refusal
            return replace(told, why=str(refusal))
        except PeerDown as down:
            self._ended_by = down
            return replace(told, why=str(down))
        return replace(told, ending=_ENDINGS[sent.word], image=sent.image)

    def _moved(self, picture: Found, offset: int, sent: int) -> None:
        if isinstance(self._ended_by, IngestRefused):
            raise self._ended_by
        self._watcher.moved(picture, offset, sent)


@dataclass(frozen=True, kw_only=True)
class _Answered:
    frame: AnsweredFrame
    reservation: str | None
    find: Callable[[], AnsweredFrame]


_OF_THIS_PICTURE = frozenset({400, 404, 409, 410, 413, 415, 422})
"""Refusals after which the next picture may be taken."""

_ENDINGS = {FiledWord.FILED: Ending.FILED, FiledWord.SAME: Ending.HAVE, FiledWord.RIVAL: Ending.RIVAL}


def _read(body: bytes, offer: Offer) -> OfferAnswer:
    try:
        return read_answer(body, offer)
    except EventMalformed as cause:
        raise PeerDown(f"the service does not speak our protocol: {cause}") from cause
