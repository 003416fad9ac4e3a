"""A session's events over a WebSocket: from the number a client last heard on, and as they come.

A socket that stands holds the session's lease. A client that does not read is cut off after :data:`SEND_S`, so that it
holds back nobody; nothing waits for it but what the session keeps anyhow. It comes back with ``?after=`` and the number
of the last event it had, as one does that slept.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import PathParameter

from pos_bridge.facade.facade import Facade
from pos_bridge.facade.words import DeviceRefused, Fault

SEND_S: Final = 10.0
CLOSED, TOO_SLOW, GONE, MALFORMED, BUSY = 4404, 4408, 4410, 4400, 4409
"""Why we close: no such session, a client that does not read, events that are not kept, a number that is none, and too
many sockets of one session."""


@dataclass(frozen=True, kw_only=True)
class _Feed:
    """What one socket is fed from; ``news`` is set at each event."""

    facade: Facade
    session: str
    news: asyncio.Event
    send_s: float


@websocket("/sessions/{session:str}/events")
async def listen(
    socket: WebSocket[Any, Any, Any],
    facade: NamedDependency[Facade],
    send_s: NamedDependency[float],
    session: Annotated[str, PathParameter(max_length=64)],
) -> None:
    """Send a session's events."""
    after = _number(socket.query_params)
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(news.set)

    try:
        await asyncio.to_thread(facade.link, session, wake)
    except DeviceRefused as why:
        await socket.accept()
        await socket.close(code=CLOSED if why.code is Fault.E_CLOSED else BUSY, reason=why.code.name)
        return
    try:
        await socket.accept()
        await _serve(socket, _Feed(facade=facade, session=session, news=news, send_s=send_s), after)
    finally:
        facade.unlink(session, wake)


async def _serve(socket: WebSocket[Any, Any, Any], feed: _Feed, after: int) -> None:
    """Send until the client goes, or is cut."""
    if after < 0:
        await socket.close(code=MALFORMED, reason="after")
        return
    hearing = asyncio.create_task(_hear(socket))
    sending = asyncio.create_task(_send(socket, feed, after))
    try:
        await asyncio.wait((hearing, sending), return_when=asyncio.FIRST_COMPLETED)
        if sending.done() and not hearing.done():
            await _close(socket, sending.result(), feed.send_s)
    finally:
        for task in (hearing, sending):
            task.cancel()
        await asyncio.gather(hearing, sending, return_exceptions=True)


async def _send(socket: WebSocket[Any, Any, Any], feed: _Feed, after: int) -> int:
    """Send events as they come; return why no more can be."""
    while True:
        feed.news.clear()
        try:
            found = await asyncio.to_thread(feed.facade.events, feed.session, after)
        except DeviceRefused:
            return CLOSED
        if found is None:
            return GONE
        for event in found:
            try:
                async with asyncio.timeout(feed.send_s):
                    await socket.send_text(msgspec.json.encode(event).decode())
            except (TimeoutError, WebSocketDisconnect):
                return TOO_SLOW
            after = event.number
        await feed.news.wait()


async def _hear(socket: WebSocket[Any, Any, Any]) -> None:
    """Wait until the client is gone; what it says is no verb of ours, verbs are requests."""
    while True:
        try:
            await socket.receive_data(mode="text")
        except WebSocketDisconnect:
            return


async def _close(socket: WebSocket[Any, Any, Any], code: int, send_s: float) -> None:
    try:
        async with asyncio.timeout(send_s):
            await socket.close(code=code)
    except (TimeoutError, WebSocketDisconnect):
        return


def _number(query: Mapping[str, Any]) -> int:
    text = str(query.get("after", "0"))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else -1
