"""A session's events over a WebSocket: from the number a client last heard on, and as they come.

A socket that stands holds the session's lease. A client that does not read is cut off after :data:`SEND_S`, so that it
holds back nobody; nothing waits for it but what the session keeps anyhow. It comes back with ``?after=`` and the number
of the last event it had, as one does that slept.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect

from pos_bridge.facade.facade import Facade
from pos_bridge.facade.words import DeviceRefused

SEND_S: Final = 10.0
CLOSED, TOO_SLOW, GONE, MALFORMED = 4404, 4408, 4410, 4400
"""Why we close: no such session, a client that does not read, events that are not kept, a number that is none."""


@websocket("/sessions/{session:str}/events")
async def listen(socket: WebSocket[Any, Any, Any], facade: NamedDependency[Facade], session: str) -> None:
    """Send a session's events."""
    after = _number(socket.query_params)
    loop, news = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(news.set)

    try:
        await asyncio.to_thread(facade.link, session, wake)
    except DeviceRefused:
        await socket.accept()
        await socket.close(code=CLOSED, reason="E_CLOSED")
        return
    try:
        await socket.accept()
        await _serve(socket, facade, session, news, after)
    finally:
        facade.unlink(session, wake)


async def _serve(
    socket: WebSocket[Any, Any, Any], facade: Facade, session: str, news: asyncio.Event, after: int
) -> None:
    """Send until the client goes, or is cut."""
    if after < 0:
        await socket.close(code=MALFORMED, reason="after")
        return
    hearing = asyncio.create_task(_hear(socket))
    sending = asyncio.create_task(_send(socket, facade, session, news, after))
    try:
        await asyncio.wait((hearing, sending), return_when=asyncio.FIRST_COMPLETED)
        if sending.done() and not hearing.done():
            await _close(socket, sending.result())
    finally:
        for task in (hearing, sending):
            task.cancel()
        await asyncio.gather(hearing, sending, return_exceptions=True)


async def _send(socket: WebSocket[Any, Any, Any], facade: Facade, session: str, news: asyncio.Event, after: int) -> int:
    """Send events as they come; return why no more can be."""
    while True:
        news.clear()
        try:
            found = await asyncio.to_thread(facade.events, session, after)
        except DeviceRefused:
            return CLOSED
        if found is None:
            return GONE
        for event in found:
            try:
                async with asyncio.timeout(SEND_S):
                    await socket.send_text(msgspec.json.encode(event).decode())
            except (TimeoutError, WebSocketDisconnect):
                return TOO_SLOW
            after = event.number
        await news.wait()


async def _hear(socket: WebSocket[Any, Any, Any]) -> None:
    """Wait until the client is gone; what it says is no verb of ours, verbs are requests."""
    while True:
        try:
            await socket.receive_data(mode="text")
        except WebSocketDisconnect:
            return


async def _close(socket: WebSocket[Any, Any, Any], code: int) -> None:
    try:
        async with asyncio.timeout(SEND_S):
            await socket.close(code=code)
    except (TimeoutError, WebSocketDisconnect):
        return


def _number(query: Mapping[str, Any]) -> int:
    text = str(query.get("after", "0"))
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else -1
