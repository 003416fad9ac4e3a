"""A service that takes pictures, for tests: it holds state, keeps to tus 1.0 by our own core, and refuses wrong orders.

It lives in memory; :func:`serving` gives it a door of real HTTP. What begins with ``BAD`` it takes for no picture.
"""

import json
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import msgspec

from exchange.errors import TusRefused
from exchange.offers import AnsweredFrame, FiledWord, FrameWord, Offer, OfferAnswer, read_offer
from exchange.tus import answers
from exchange.tus.answers import TusAnswer
from exchange.tus.intake import Intake, begin_append, begin_first
from exchange.tus.protocol import (
    Append,
    Ask,
    Create,
    Look,
    Place,
    Terminate,
    read_request,
    refuse_gone,
)
from exchange.tus.wish import IMAGE_HEADER, UPLOADS_PATH, WORD_HEADER, Wish, read_wish
from photocore.errors import ChannelDown, EventMalformed
from photocore.seams import Clock, HttpRequest, HttpResponse

KEY = "tck_0123456789abcdef"
PIECE = 1000


@dataclass
class KeptUpload:
    """An upload as the service has it; ``answer`` once it has ended."""

    wish: Wish
    length: int
    metadata: str
    expires: datetime
    kept: bytearray = field(default_factory=bytearray)
    filed: dict[str, str] | None = None
    is_gone: bool = False


class FakeService:
    """Takes offers and uploads; ``filed`` is what came of them: by roll and frame, the standing picture first."""

    def __init__(
        self, clock: Clock, *, max_size: int = 1 << 20, room: int | None = None, lives_s: float = 3600
    ) -> None:
        self.clock = clock
        self.max_size = max_size
        self.room = room
        self.lives = timedelta(seconds=lives_s)
        self.uploads: dict[str, KeptUpload] = {}
        self.filed: dict[tuple[str, str], list[bytes]] = {}
        self.offers: list[Offer] = []
        self.taken_bytes = 0
        self._turn = threading.RLock()

    def answer(self, request: HttpRequest, *, came: int | None = None) -> HttpResponse:
        """Answer a request of whose body only the first ``came`` bytes arrived; None is all of them."""
        with self._turn:
            path = urlsplit(request.url).path
            if request.headers.get("authorization") != f"Bearer {KEY}":
                return _problem(401, "unproven", "Show a key.")
            if path.startswith("/rolls/") and path.endswith("/offer"):
                return self._offered(unquote(path.split("/")[2]), request.body)
            if path != UPLOADS_PATH and not path.startswith(f"{UPLOADS_PATH}/"):
                return _problem(404, "not-found", "There is nothing here.")
            place = Place.UPLOADS if path == UPLOADS_PATH else Place.UPLOAD
            whole = request.body if came is None else request.body[:came]
            try:
                ask = read_request(request.method, request.headers.items(), place, max_size=self.max_size)
                done = self._carry_out(ask, path, whole, is_whole=came is None)
            except TusRefused as refused:
                return _problem(refused.status, "upload-refused", str(refused), answers.refusal_headers(refused, place))
            return done if isinstance(done, HttpResponse) else _response(done)

    def _carry_out(self, ask: Ask, path: str, body: bytes, *, is_whole: bool) -> TusAnswer | HttpResponse:
        match ask:
            case Create():
                return self._create(ask, body, is_whole=is_whole)
            case Look():
                upload = self._find(path)
                told = answers.tell_standing(
                    offset=len(upload.kept), length=upload.length, metadata=upload.metadata, expires=upload.expires
                )
                return replace(told, headers={**told.headers, **(upload.filed or {})})
            case Append():
                upload = self._find(path)
                intake = begin_append(ask, offset=len(upload.kept), length=upload.length)
                self._take(upload, intake, body, is_whole=is_whole)
                return self._finished(upload, answers.tell_appended(offset=len(upload.kept), expires=upload.expires))
            case Terminate():
                self._find(path).is_gone = True
                return answers.tell_terminated()
            case _:
                return answers.tell_what(max_size=self.max_size)

    def _create(self, ask: Create, body: bytes, *, is_whole: bool) -> TusAnswer | HttpResponse:
        wish, intake = read_wish(ask.metadata), begin_first(ask)
        if ask.length == 0:
            return _problem(422, "zero-bytes", "There is nothing in it.")
        upload = KeptUpload(
            wish=wish, length=ask.length, metadata=ask.metadata.text, expires=self.clock.now() + self.lives
        )
        path = f"{UPLOADS_PATH}/UP-{len(self.uploads) + 1}"
        self.uploads[path] = upload
        if intake is None:
            return answers.tell_created(path, expires=upload.expires)
        self._take(upload, intake, body, is_whole=is_whole)
        return self._finished(upload, answers.tell_created(path, offset=len(upload.kept), expires=upload.expires))

    def _take(self, upload: KeptUpload, intake: Intake, body: bytes, *, is_whole: bool) -> None:
        end = intake.start
        try:
            for start in range(0, len(body), PIECE):
                intake.feed(body[start : start + PIECE])
                upload.kept += body[start : start + PIECE]
            end = intake.end(whole=is_whole)
        finally:
            del upload.kept[end:]
        self.taken_bytes += end - intake.start

    def _finished(self, upload: KeptUpload, told: TusAnswer) -> TusAnswer | HttpResponse:
        if len(upload.kept) < upload.length:
            return told
        content = bytes(upload.kept)
        if content.startswith(b"BAD") or upload.wish.sha256 not in (None, sha256(content).digest()):
            upload.is_gone = True
            return _problem(422, "not-a-picture", "This is no picture.")
        if upload.filed is None:
            pictures = self.filed.setdefault((upload.wish.roll, upload.wish.frame), [])
            word = FiledWord.SAME if content in pictures else FiledWord.RIVAL if pictures else FiledWord.FILED
            if word is not FiledWord.SAME:
                pictures.append(content)
            upload.filed = {IMAGE_HEADER: f"IM-{sha256(content).hexdigest()[:16].upper()}", WORD_HEADER: word}
        return replace(told, headers={**told.headers, **upload.filed})

    def _find(self, path: str) -> KeptUpload:
        upload = self.uploads.get(path)
        if upload is None:
            raise refuse_gone(known=False)
        if upload.is_gone or (upload.filed is None and upload.expires <= self.clock.now()):
            raise refuse_gone(known=True)
        return upload

    def _offered(self, roll: str, body: bytes) -> HttpResponse:
        try:
            offer = read_offer(body)
        except EventMalformed as error:
            return _problem(400, "malformed", str(error))
        self.offers.append(offer)
        frames = tuple(self._said_of(roll, each.frame, bytes.fromhex(each.sha256)) for each in offer.frames)
        sizes = {each.frame: each.size for each in offer.frames}
        needed = sum(sizes[each.frame] for each in frames if each.word is FrameWord.NEED and not each.upload)
        if self.room is not None and needed > self.room:
            return _problem(507, "no-room", "There is no room for this roll now.")
        answer = OfferAnswer(
            reservation=f"RS-{len(self.offers)}" if needed else None,
            expires_at=self.clock.now() + self.lives if needed else None,
            bytes=needed,
            frames=frames,
        )
        return HttpResponse(status=200, headers={}, body=msgspec.json.encode(answer))

    def _said_of(self, roll: str, frame: str, digest: bytes) -> AnsweredFrame:
        pictures = self.filed.get((roll, frame), [])
        if digest in [sha256(picture).digest() for picture in pictures]:
            return AnsweredFrame(frame=frame, word=FrameWord.HAVE)
        open_ones = [
            path
            for path, upload in self.uploads.items()
            if (upload.wish.roll, upload.wish.frame, upload.wish.sha256) == (roll, frame, digest)
            and not upload.is_gone
            and upload.filed is None
            and upload.expires > self.clock.now()
        ]
        word = FrameWord.RIVAL if pictures else FrameWord.NEED
        return AnsweredFrame(frame=frame, word=word, upload=open_ones[-1] if open_ones else None)


Fault = Callable[[HttpRequest], "int | bool | None"]
"""What happens to a request on its way: None nothing; a number, only so many bytes of its body arrive, and no answer
comes back; True, it arrives whole and its answer is lost; False, it never arrives.
"""


class FaultyChannel:
    """A :class:`photocore.seams.Channel` to a :class:`FakeService`, on which things get lost as ``fault`` says."""

    def __init__(self, service: FakeService, fault: Fault = lambda _: None) -> None:
        self.service = service
        self.fault = fault
        self.asked: list[HttpRequest] = []

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send ``request``. Raises ChannelDown where the fault says so."""
        self.asked.append(request)
        request = replace(request, headers={"content-length": str(len(request.body)), **request.headers})
        fault = self.fault(request)
        if fault is False:
            raise ChannelDown("the request was lost")
        if fault is None:
            return self.service.answer(request)
        self.service.answer(request, came=None if fault is True else min(fault, len(request.body)))
        raise ChannelDown("the answer was lost")


@contextmanager
def serving(service: FakeService) -> Generator[str]:
    """Serve on a free port of this machine and give the address; a body that is cut off arrives as far as it came."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

        def any_method(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self._read_chunked() if "transfer-encoding" in self.headers else self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = HttpRequest(method=self.command, url=self.path, headers=headers, body=body)
            is_cut = len(body) < length
            answer = service.answer(request, came=len(body) if is_cut else None)
            if is_cut:
                self.close_connection = True
                return
            told = answer.body if self.command != "HEAD" and answer.status != 204 else b""
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def _read_chunked(self) -> bytes:
            whole = bytearray()
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                whole += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return bytes(whole)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.any_method
            raise AttributeError(name)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _response(told: TusAnswer) -> HttpResponse:
    return HttpResponse(status=told.status, headers=_lower(told.headers))


def _problem(status: int, word: str, detail: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    problem = {"type": f"urn:twincheck:problem:{word}", "title": word, "status": status, "detail": detail}
    return HttpResponse(
        status=int(status),
        headers={"content-type": "application/problem+json", **_lower(headers or {})},
        body=json.dumps(problem).encode(),
    )


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
