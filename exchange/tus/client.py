"""One file into the service, through whatever happens on the way: tus 1.0's other half.

What is there is asked (HEAD) after every cut, never remembered, so a client that was killed goes on as well as one that
was only cut off. Each request carries the SHA-256 of its bytes; how many go into one follows how fast they go.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol
from urllib.parse import urlsplit

from exchange.errors import PeerRefused
from exchange.offers import AnsweredFrame, FiledWord, FrameWord
from exchange.patience import Tries
from exchange.peer import Peer, is_passing, refusal_of, wait_of
from exchange.tus.protocol import CHECKSUM_MISMATCH, OFFSET_STREAM, VERSION
from exchange.tus.wish import IMAGE_HEADER, UPLOADS_PATH, WORD_HEADER, Wish, write_wish
from photocore.errors import ChannelDown
from photocore.seams import Clock, HttpResponse

_NUMBER: Final = re.compile("[0-9]{1,18}", re.ASCII)

MOST_ANEW: Final = 3
"""How often an upload that is gone is begun anew before that is told."""


class Source(Protocol):
    """A file that is sent."""

    @property
    def length(self) -> int:
        """How many bytes it has."""
        ...

    def read(self, offset: int, most: int) -> bytes:
        """Return the bytes from ``offset`` on, ``most`` of them or up to the end."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of it: ``image`` is the ID it was filed under, "" where nobody said."""

    word: FiledWord
    image: str = ""


class Pace:
    """How many bytes go into one request: so many that it takes seconds, and not so many that a cut costs minutes."""

    LEAST: Final = 256 * 1024
    MOST: Final = 32 * 1024 * 1024

    def __init__(self, first: int = 4 * 1024 * 1024) -> None:
        self.bytes = first

    def took(self, sent: int, seconds: float) -> None:
        """Learn how long a full request took."""
        if sent >= self.bytes and seconds < 2.0:
            self.bytes = min(self.MOST, self.bytes * 2)
        elif seconds > 15.0:
            self.cut()

    def cut(self) -> None:
        """Learn that a request was cut off."""
        self.bytes = max(self.LEAST, self.bytes // 2)


@dataclass(frozen=True, kw_only=True)
class Way:
    """What every upload of a run shares."""

    peer: Peer
    clock: Clock
    pace: Pace
    tries: Callable[[], Tries]
    stop: Callable[[], None] = lambda: None
    """Ends all waits of the tries: somebody interrupts."""


Find = Callable[[], AnsweredFrame]
"""Asks what the service has of this picture: after a POST whose answer was lost."""


OnOffset = Callable[[int, int], None]
"""Told how many bytes the service has, and how many of them came just now."""


class Sending:
    """One file on its way. ``upload`` is the path of an upload to go on with."""

    def __init__(
        self, way: Way, source: Source, wish: Wish, *, find: Find, on_offset: OnOffset = lambda _offset, _sent: None
    ) -> None:
        self._way = way
        self._source = source
        self._wish = wish
        self._find = find
        self._on_offset = on_offset
        self._tries = way.tries()
        self._upload: str | None = None
        self._offset: int | None = None
        self._furthest = -1
        self._is_lost = False
        self._anew = 0

    def send(self, upload: str | None = None) -> Sent:
        """Send the file and return what it was filed as.

        Raises:
            PeerRefused: the service says no, to this file (422) or to us.
            PeerDown: it does not answer any more.
        """
        self._upload = upload
        while True:
            try:
                sent = self._step()
            except ChannelDown as cause:
                self._cut_off()
                self._tries.again(str(cause))
            else:
                if sent is not None:
                    return sent

    def _step(self) -> Sent | None:
        """Make one exchange; returns what became of the file once that is known."""
        if self._upload is None and self._is_lost:
            found = self._find()
            self._is_lost = False
            self._upload = found.upload
            return Sent(word=FiledWord.SAME) if found.word is FrameWord.HAVE else None
        if self._upload is None:
            return self._create()
        if self._offset is None:
            return self._look(self._upload)
        return self._append(self._upload, self._offset)

    def _create(self) -> Sent | None:
        piece = self._source.read(0, self._way.pace.bytes)
        headers = {"upload-length": str(self._source.length), "upload-metadata": write_wish(self._wish)}
        answer = self._send("POST", UPLOADS_PATH, headers, piece)
        if answer.status != 201:
            return self._refused(answer)
        self._upload = self._path_of(answer.headers.get("location", ""))
        return self._now_at(answer, len(piece))

    def _path_of(self, location: str) -> str:
        """Return where an upload is on our service, whatever host a Location names: the key goes nowhere else."""
        try:
            path = urlsplit(location).path.removeprefix(urlsplit(self._way.peer.url).path)
        except ValueError:
            path = ""
        if not path.startswith("/"):
            raise PeerRefused("The service made an upload and did not say where.", status=201)
        return path

    def _look(self, upload: str) -> Sent | None:
        answer = self._send("HEAD", upload, {})
        if answer.status == 422:  # it was refused, and why stands in no answer to HEAD
            return self._append(upload, self._source.length)
        if answer.status not in (200, 204):
            return self._refused(answer)
        if answer.headers.get("upload-length") != str(self._source.length):
            return self._begin_anew(answer)
        return self._now_at(answer, 0)

    def _append(self, upload: str, offset: int) -> Sent | None:
        """Send the next piece; at the end an empty one asks the service to file what it has whole."""
        piece = self._source.read(offset, self._way.pace.bytes)
        answer = self._send("PATCH", upload, {"upload-offset": str(offset)}, piece)
        if answer.status != 204:
            return self._refused(answer)
        return self._now_at(answer, len(piece), default=FiledWord.FILED)

    def _send(self, method: str, path: str, headers: dict[str, str], piece: bytes | None = None) -> HttpResponse:
        told = {"tus-resumable": VERSION, **headers}
        if piece is not None:
            told["content-type"] = OFFSET_STREAM
            told["upload-checksum"] = f"sha256 {b64encode(sha256(piece).digest()).decode()}"
        began = self._way.clock.monotonic()
        answer = self._way.peer.ask(method, path, told, piece or b"")
        if piece:
            self._way.pace.took(len(piece), self._way.clock.monotonic() - began)
        return answer

    def _now_at(self, answer: HttpResponse, sent: int, *, default: FiledWord | None = None) -> Sent | None:
        """Believe the offset an answer tells; it is the end where the service has filed the file."""
        told = answer.headers.get("upload-offset", "")
        before, self._offset = self._offset, int(told) if _NUMBER.fullmatch(told) else None
        if self._offset is None or self._offset > self._source.length:
            self._offset = None
            self._tries.again("the service does not say how far it is")
            return None
        if self._offset > self._furthest:  # of all that was ever told: to say the same again and again is no progress
            self._furthest = self._offset
            self._tries.came_further()
        self._on_offset(self._offset, sent)
        word = _word_of(answer) or default
        if self._offset == self._source.length and word is not None:
            return Sent(word=word, image=answer.headers.get(IMAGE_HEADER.lower(), "")[:64])
        if before == self._offset:
            self._tries.again("the service takes no bytes")
        return None

    def _refused(self, answer: HttpResponse) -> None:
        refusal = refusal_of(answer)
        self._offset = None
        if answer.status in (404, 410) and self._upload is not None:
            self._begin_anew(answer)
        elif answer.status in (409, CHECKSUM_MISMATCH) or is_passing(answer.status):
            self._is_lost = self._upload is None
            self._tries.again(str(refusal), at_least_s=wait_of(answer))
        else:
            raise refusal

    def _begin_anew(self, answer: HttpResponse) -> None:
        self._anew += 1
        if self._anew > MOST_ANEW:
            raise refusal_of(answer)
        self._upload, self._offset, self._is_lost = None, None, True
        self._furthest = -1

    def _cut_off(self) -> None:
        self._is_lost = self._upload is None
        self._offset = None
        self._way.pace.cut()


def _word_of(answer: HttpResponse) -> FiledWord | None:
    told = answer.headers.get(WORD_HEADER.lower(), "")
    return next((word for word in FiledWord if word == told), None)
