"""Carry a parcel from a machine that has a network: needs no station, no key, nothing but the file.

The requests go as they are, in their order, to the address inside. What comes back is believed only with the signature
of the key that the station has pinned; it goes into a parcel of answers for the way home. Breaking off loses nothing:
what was answered is not sent again, and sending it again would be harmless.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from photocore.answers import read_signed_welcome
from photocore.errors import ChannelDown, EventError
from photocore.events import instant
from photocore.jsontext import read_json
from photocore.seams import Channel, Clock, HttpResponse
from photocore.signed import Signed
from photocore.wire import Verdict, decode_answer, encode, read_ack
from sync.answers import OF_THE_EVENTS, is_problem, require_json
from sync.errors import AnswerRefused
from sync.parcel import AnswersHead, Carried, PackedAnswer, Parcel


@dataclass
class Way:
    """How far a parcel has come. ``reason`` says why it went no further; ``refused`` are events not taken now."""

    of: int
    sent: int = 0
    settled: int = 0
    parked: int = 0
    refused: int = 0
    reason: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every request was answered."""
        return not self.reason


@dataclass
class Carriage:
    """One parcel on its way; ``tell`` sees every step."""

    parcel: Parcel
    channel: Channel
    tell: Callable[[Way], None] = lambda _: None
    _known: dict[str, PackedAnswer] = field(default_factory=dict[str, PackedAnswer])

    def go(self, keep: Callable[[bytes], None], kept: Iterable[bytes] = ()) -> Way:
        """Send what has no answer yet, and return how far it came.

        ``keep`` gets each answer as a line, at once; ``kept`` are those of an earlier try.
        """
        self._recall(kept)
        way = Way(of=len(self.parcel.requests))
        try:
            for one in self.parcel.requests:
                answer = self._known.get(one.digest) or self._exchange(one)
                keep(encode(answer))
                self._count(way, one, answer)
                self.tell(way)
        except (ChannelDown, AnswerRefused) as cause:
            way.reason = str(cause)
        return way

    def _recall(self, kept: Iterable[bytes]) -> None:
        """Take up the answers of an earlier try, each believed as if it came just now; refusals are asked anew."""
        by_digest = {one.digest: one for one in self.parcel.requests}
        for line in kept:
            try:
                answer = read_json(line, PackedAnswer)
                if answer.signed is not None and (one := by_digest.get(answer.request)):
                    self._believe(one, answer.signed)
                    self._known[one.digest] = answer
            except (EventError, AnswerRefused):
                continue

    def _exchange(self, one: Carried) -> PackedAnswer:
        answer = self.channel.exchange(one.request)
        if one.places and answer.status in OF_THE_EVENTS and is_problem(answer):
            return PackedAnswer(what="refused", request=one.digest, status=answer.status)
        try:
            return self._read(one, answer)
        except EventError as cause:
            raise AnswerRefused(f"the answer cannot be believed: {cause}") from cause

    def _read(self, one: Carried, answer: HttpResponse) -> PackedAnswer:
        if answer.status == 401:
            raise AnswerRefused("the photoservice does not know this station (its key was revoked, or it is another's)")
        require_json(answer, 200)
        if not one.places:
            signed = read_json(answer.body, Signed)
            self._believe(one, signed)
            return PackedAnswer(what="welcome", request=one.digest, signed=signed)
        for signed in decode_answer(answer.body).acks:
            self._believe(one, signed)
            return PackedAnswer(what="ack", request=one.digest, signed=signed)
        raise AnswerRefused("the answer holds no ack")

    def _believe(self, one: Carried, signed: Signed) -> tuple[Verdict, ...]:
        """Check that ``signed`` is the pinned key's answer to this very request, and return its verdicts."""
        station, key = self.parcel.head.station, self.parcel.service_key
        if not one.places:
            read_signed_welcome(signed, key, station=station, request=one.digest)
            return ()
        ack = read_ack(signed, key, station=station, epoch=one.epoch, request=one.digest)
        if sorted((verdict.id, verdict.seq) for verdict in ack.verdicts) != sorted(one.places):
            raise AnswerRefused("the ack does not judge what was sent")
        return tuple(verdict.verdict for verdict in ack.verdicts)

    def _count(self, way: Way, one: Carried, answer: PackedAnswer) -> None:
        way.sent += 1
        if answer.signed is None:
            way.refused += len(one.places)
            return
        verdicts = self._believe(one, answer.signed)
        parked = sum(verdict in (Verdict.PARKED, Verdict.FORK) for verdict in verdicts)
        way.parked += parked
        way.settled += len(verdicts) - parked


def answers_head(parcel: Parcel, clock: Clock) -> AnswersHead:
    """Return the first line of the answers to ``parcel``, with what it is in words."""
    head = parcel.head
    says = (
        f"What {head.url} answered a parcel of station {head.station} ({head.name}), signed by the photoservice. Take "
        "it back to the station and run `twincheck sync import` with it there."
    )
    return AnswersHead(says=says, station=head.station, url=head.url, made_at=instant(clock), of=parcel.sha256)
