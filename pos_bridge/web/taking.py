"""Where till systems leave their messages: proven, kept, answered; nothing else stands before the answer.

What a message says is read later (DESIGN 5E: store first). Who shows a wrong signature is told 401 and nothing else,
whatever was wrong with it. This stands before the framework: what that does for a page (an object for the request, one
for each thing asked for, one for the answer) costs more here than all the rest.
"""

from typing import Final

import structlog
from litestar.types import ASGIApp, Receive, Scope, Send

from pos_bridge.adapters import kept_headers
from pos_bridge.errors import NotGenuine
from pos_bridge.messages import MOST_BYTES, RawMessage
from pos_bridge.running import Bridge
from pos_bridge.web.forms import too_large
from pos_bridge.web.guard import headers_of
from pos_bridge.web.keeping import Keeper
from pos_bridge.web.problems import TRY_AGAIN_S, Told, answer, answer_problem
from sync.errors import JournalDown

PLACE: Final = "/in/"
_KEPT: Final = b"{}"
_JSON: Final = b"application/json"

_log = structlog.get_logger(__name__)


def taking(app: ASGIApp, bridge: Bridge, keeper: Keeper) -> ASGIApp:
    """Return ``app`` behind the place where messages are taken; told twice a message is the same one."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PLACE):
            await app(scope, receive, send)
            return
        try:
            if scope["method"] != "POST":
                raise Told(405, "method-not-allowed", headers={"Allow": "POST"})
            headers = headers_of(scope)
            body = await _body(headers, receive)
            message = _proven(bridge, scope["path"].removeprefix(PLACE).rstrip("/"), headers, body)
            await keeper.keep(message)
        except Told as told:
            await answer_problem(send, told)
        except JournalDown as down:
            _log.warning("door.journal_down", why=str(down))
            again = {"Retry-After": f"{TRY_AGAIN_S}"}
            await answer_problem(send, Told(503, "journal-down", "Nothing can be kept just now; send it again.", again))
        except Exception as fault:  # noqa: BLE001  the door's edge: a fault of ours is logged, and told as one
            _log.error("door.failed", exc_info=fault)
            await answer_problem(send, Told(500, "internal", "Something failed on our side; send it again."))
        else:
            bridge.counts.kept(message.source)
            await answer(send, 200, _JSON, _KEPT)

    return handle


async def _body(headers: dict[str, str], receive: Receive) -> bytes:
    """Return a request's body; one that says it is longer is refused before it is read, one that does not as it comes.

    Raises:
        Told: 413; or its sender went away in the middle of it.
    """
    said = headers.get("content-length", "")
    if said.isdigit() and int(said) > MOST_BYTES:
        raise too_large(MOST_BYTES)
    pieces: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            raise Told(400, "cut-off")
        pieces.append(event["body"])
        size += len(event["body"])
        if size > MOST_BYTES:
            raise too_large(MOST_BYTES)
        if not event["more_body"]:
            return b"".join(pieces)


def _proven(bridge: Bridge, name: str, headers: dict[str, str], body: bytes) -> RawMessage:
    """Return a genuine message as it is kept. Raises Told: 404, there is no such source; 401, it is not genuine."""
    source = bridge.settings.source.get(name)
    adapter = bridge.adapters.get(source.kind) if source else None
    if source is None or adapter is None:
        raise Told(404, "no-such-source")
    now = bridge.clock.now()
    try:
        key = adapter.verify(body, headers, source, now)
    except NotGenuine as why:
        bridge.counts.not_genuine(name)
        _log.warning("door.not_genuine", source=name, why=str(why))
        raise Told(401, "not-genuine") from None
    return RawMessage(source=name, key=key, received_at=now, body=body, headers=kept_headers(source.kind, headers))
