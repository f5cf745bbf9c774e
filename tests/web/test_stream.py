"""Streams, behind a real server and with real clients."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
import websockets
from starlette.types import ASGIApp

from headway.clock import SystemClock
from headway.web.ask import Ask
from headway.web.routes import WEBSOCKET, Route
from headway.web.stream import EventStream, Pings, TextSocket, first_text, talk
from tests.ready_made import served
from tests.web.conftest import MakeApp


class Source:
    """Frames as the test gives them, and whether anybody still takes them."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.left = asyncio.Event()

    async def frames(self) -> AsyncIterator[str]:
        try:
            while (frame := await self.queue.get()) is not None:
                yield frame
        finally:
            self.left.set()


@pytest.fixture
def source() -> Source:
    return Source()


def pings(seconds: float = 60) -> Pings:
    return Pings(SystemClock(), lambda: "ping", seconds=seconds)


@pytest.fixture
def make(make_app: MakeApp, source: Source) -> Callable[[Pings], ASGIApp]:
    def make(pings: Pings) -> ASGIApp:
        async def events(ask: Ask) -> ASGIApp:
            return EventStream(source.frames(), pings)

        async def socket(ask: Ask) -> ASGIApp:
            return TextSocket(source.frames(), pings)

        return make_app(
            Route("GET", "/small/events", events, open=True),
            Route(WEBSOCKET, "/small/socket", socket, open=True),
            Route(WEBSOCKET, "/small/closed", socket),
        )

    return make


async def test_frames_come_as_events(make: Callable[[Pings], ASGIApp], source: Source) -> None:
    for frame in ("one", "two\nlines", None):
        source.queue.put_nowait(frame)
    async with served(make(pings())) as address, httpx2.AsyncClient() as client:
        answer = await client.get(f"http://{address}/small/events")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.text == "data: one\n\ndata: two\ndata: lines\n\n"


async def test_events_that_end_with_their_reader_hold_nothing(
    make: Callable[[Pings], ASGIApp], source: Source
) -> None:
    source.queue.put_nowait("one")
    async with served(make(pings())) as address, httpx2.AsyncClient() as client:
        async with client.stream("GET", f"http://{address}/small/events") as answer:
            assert await anext(answer.aiter_lines()) == "data: one"
        async with asyncio.timeout(30):
            await source.left.wait()


async def test_the_head_of_a_stream_does_not_wait_for_it_and_takes_nothing(
    make: Callable[[Pings], ASGIApp], source: Source
) -> None:
    source.queue.put_nowait("one")
    async with served(make(pings())) as address, httpx2.AsyncClient() as client:
        assert (await client.head(f"http://{address}/small/events")).status_code == 200
    assert source.queue.qsize() == 1


async def test_frames_come_over_a_websocket_which_then_closes(
    make: Callable[[Pings], ASGIApp], source: Source
) -> None:
    for frame in ("one", "two", None):
        source.queue.put_nowait(frame)
    async with served(make(pings())) as address, websockets.connect(f"ws://{address}/small/socket") as socket:
        assert [frame async for frame in socket] == ["one", "two"]


async def test_a_quiet_stream_is_kept_alive_by_pings(make: Callable[[Pings], ASGIApp]) -> None:
    async with (
        served(make(pings(0.01))) as address,
        websockets.connect(f"ws://{address}/small/socket") as socket,
    ):
        assert [await socket.recv(), await socket.recv()] == ["ping", "ping"]


async def test_a_websocket_that_ends_with_its_reader_holds_nothing(
    make: Callable[[Pings], ASGIApp], source: Source
) -> None:
    async with served(make(pings())) as address:
        async with websockets.connect(f"ws://{address}/small/socket"):
            source.queue.put_nowait("one")
        async with asyncio.timeout(30):
            await source.left.wait()


async def test_what_a_reader_says_is_ignored(make: Callable[[Pings], ASGIApp], source: Source) -> None:
    async with served(make(pings())) as address, websockets.connect(f"ws://{address}/small/socket") as socket:
        await socket.send("hello?")
        source.queue.put_nowait("one")
        assert await socket.recv() == "one"


async def test_a_handshake_without_proof_is_refused_in_the_dialects_form(
    make: Callable[[Pings], ASGIApp],
) -> None:
    async with served(make(pings())) as address:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(f"ws://{address}/small/closed")
    assert b'"kind":"Unauthenticated"' in (refused.value.response.body or b"")


async def test_the_first_message_can_be_asked_for(make_app: MakeApp, source: Source) -> None:
    async def socket(ask: Ask) -> ASGIApp:
        async def app(scope: object, receive: object, send: object) -> None:
            said = await first_text(receive, send, seconds=10)  # type: ignore[arg-type]
            source.queue.put_nowait(f"you said {said}")
            await talk(source.frames(), pings(), receive, send)  # type: ignore[arg-type]

        return app  # type: ignore[return-value]

    app = make_app(Route(WEBSOCKET, "/small/socket", socket, open=True))
    async with served(app) as address, websockets.connect(f"ws://{address}/small/socket") as client:
        await client.send("hi")
        assert await client.recv() == "you said hi"


async def test_a_stream_that_breaks_is_closed_and_not_told_why(make_app: MakeApp) -> None:
    async def broken() -> AsyncIterator[str]:
        yield "one"
        raise ZeroDivisionError("the secret reason")

    async def socket(ask: Ask) -> ASGIApp:
        return TextSocket(broken(), pings())

    app = make_app(Route(WEBSOCKET, "/small/socket", socket, open=True))
    async with served(app) as address, websockets.connect(f"ws://{address}/small/socket") as client:
        assert await client.recv() == "one"
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await client.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1011, "")
