"""Ask the photoservice about one package the roster does not hold, without ever holding up a shopper.

The question runs on a thread of its own and is given two seconds; one that hangs is left to its own deadlines, and
until it ends nobody else is made to wait for the same silence.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

import structlog

from photocore.errors import ChannelDown, EventError
from photocore.ids import ItemId
from photocore.roster import PackageFacts, verify_package
from photocore.seams import Channel, HttpRequest
from photocore.wire import packages_path
from sync.peer import Peer

PATIENCE_S = 2.0

_log = structlog.get_logger()

Signer = Callable[[HttpRequest], HttpRequest]


@dataclass
class _Question:
    item: ItemId
    done: threading.Event
    answer: PackageFacts | None = None


def start_thread(work: Callable[[], None]) -> None:
    """Begin ``work`` on a thread of its own."""
    threading.Thread(target=work, name="upstream", daemon=True).start()


def do_at_once(work: Callable[[], None]) -> None:
    """Do ``work`` on the caller's own thread."""
    work()


class Upstream:
    """The photoservice as a book of packages. ``is_online`` says whether asking has a chance at all.

    ``start`` begins a question's work: on a thread of its own, unless one caller does everything.
    """

    def __init__(
        self,
        peer: Peer,
        channel: Channel,
        sign: Signer,
        is_online: Callable[[], bool],
        start: Callable[[Callable[[], None]], None] = start_thread,
    ) -> None:
        self._peer = peer
        self._channel = channel
        self._sign = sign
        self._is_online = is_online
        self._asking = threading.Lock()
        self._start = start

    def ask(self, item: ItemId) -> PackageFacts | None:
        """Return the package ``item`` belongs to, or None when nobody knows, or nobody answers in time."""
        if not self._is_online() or not self._asking.acquire(blocking=False):
            return None
        question = _Question(item=item, done=threading.Event())
        self._start(partial(self._run, question))
        question.done.wait(PATIENCE_S)
        return question.answer

    def _run(self, question: _Question) -> None:
        try:
            question.answer = self._exchange(question.item)
        except (ChannelDown, EventError) as cause:
            _log.info("package_not_answered", cause=str(cause))
        finally:
            self._asking.release()
            question.done.set()

    def _exchange(self, item: ItemId) -> PackageFacts | None:
        url = f"{self._peer.url}{packages_path(self._peer.station)}?item={quote(item, safe='')}"
        answer = self._channel.exchange(self._sign(HttpRequest(method="GET", url=url)))
        if answer.status != 200 or "json" not in answer.headers.get("content-type", ""):
            return None
        facts = verify_package(answer.body, self._peer.station, self._peer.sign_key)
        return facts if item in (facts.manifest.package, *facts.manifest.rolls) else None
