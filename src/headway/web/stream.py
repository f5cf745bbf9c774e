"""Streams: server-sent events and WebSockets, kept alive by pings, ended when the other side is gone.

A stream holds no queue: its next frame is fetched when the last one has left. A reader that is slow slows only
its own stream; one that takes nothing at all for a while is given up.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

from starlette.types import Receive, Scope, Send

from headway.clock import Clock

PING_SECONDS = 15.0
STUCK_SECONDS_MAX = 60
"""How long one frame may wait to be taken."""

ENDLESS = "headway.endless"
"""Under this name the scope says that its answer ends only with its reader; a server that stops cuts it off."""

Frames = AsyncIterator[str]
Put = Callable[[str], Awaitable[None]]


class Pings:
    """What is sent when nothing else has been for a while."""

    def __init__(self, clock: Clock, frame: Callable[[], str], *, seconds: float = PING_SECONDS) -> None:
        self.clock = clock
        self.frame = frame
        self.seconds = seconds

    async def serve(self, put: Put) -> None:
        """Ping for ever."""
        while True:
            await self.clock.sleep(self.seconds)
            await put(self.frame())


def as_data(frame: str) -> str:
    """A frame as the data of an event without a name."""
    return "".join(f"data: {line}\n" for line in frame.split("\n")) + "\n"


SSE_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]
"""What an answer of server-sent events begins with."""
NDJSON_HEADERS = [(b"content-type", b"application/x-ndjson; charset=utf-8"), *SSE_HEADERS[1:]]
"""What an answer of JSON, a line each, begins with."""


class EventStream:
    """An answer of server-sent events: `form` makes an event of each frame. Ends with the frames."""

    def __init__(self, frames: Frames, pings: Pings, form: Callable[[str], str] = as_data) -> None:
        self._frames = frames
        self._pings = pings
        self._form = form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the frames end or the reader is gone."""
        scope[ENDLESS] = True
        await send({"type": "http.response.start", "status": 200, "headers": SSE_HEADERS})
        if scope["method"] != "HEAD":
            await _carry(self._frames, self._pings, _event_writer(send, self._form), _http_gone(receive))
        await send({"type": "http.response.body", "body": b""})


class TextSocket:
    """A WebSocket that sends frames of text; what the reader says is ignored. Closes when the frames end."""

    def __init__(self, frames: Frames, pings: Pings) -> None:
        self._frames = frames
        self._pings = pings

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Accept, then send until the frames end or the reader is gone."""
        await receive()
        await send({"type": "websocket.accept"})
        await talk(self._frames, self._pings, receive, send)


async def talk(frames: Frames, pings: Pings, receive: Receive, send: Send) -> None:
    """Send the frames over a WebSocket that was accepted; then close it."""
    if await _carry(frames, pings, _text_writer(send), _socket_gone(receive)):
        await send({"type": "websocket.close", "code": 1000, "reason": ""})


async def first_text(receive: Receive, send: Send, *, seconds: float) -> str | None:
    """Accept a WebSocket and return its first message of text; None if none came in time."""
    await receive()
    await send({"type": "websocket.accept"})
    try:
        async with asyncio.timeout(seconds):
            message = await receive()
    except TimeoutError:
        return None
    return message.get("text") if message["type"] == "websocket.receive" else None


async def _carry(frames: Frames, pings: Pings, put: Put, gone: Coroutine[None, None, None]) -> bool:
    """Whether the reader was still there when the frames ended."""

    async def pump() -> None:
        async for frame in frames:
            await put(frame)

    try:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(pump())
            others = [group.create_task(gone), group.create_task(pings.serve(put))]
            await asyncio.wait([sending, *others], return_when=asyncio.FIRST_COMPLETED)
            ended = sending.done() and not others[0].done()
            for task in (sending, *others):
                task.cancel()
            return ended
    except* (OSError, TimeoutError):
        pass
    return False


def _event_writer(send: Send, form: Callable[[str], str]) -> Put:
    async def write(frame: str) -> None:
        await send({"type": "http.response.body", "body": form(frame).encode(), "more_body": True})

    return _one_at_a_time(write)


def _text_writer(send: Send) -> Put:
    async def write(frame: str) -> None:
        await send({"type": "websocket.send", "text": frame})

    return _one_at_a_time(write)


def _one_at_a_time(write: Put) -> Put:
    lock = asyncio.Lock()

    async def put(frame: str) -> None:
        async with lock, asyncio.timeout(STUCK_SECONDS_MAX):
            await write(frame)

    return put


async def _http_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _socket_gone(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass
