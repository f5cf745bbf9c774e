"""The HTTP server as a part of the platform."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from headway.web.server import Server
from headway.web.stream import ENDLESS


class Slow:
    """An application that answers when it is let; `asked` is set by a request."""

    def __init__(self) -> None:
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        self.asked.set()
        await self.let.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"done"})


@contextlib.asynccontextmanager
async def serving(
    app: ASGIApp, drain_seconds: float = 10, connections_max: int = 100
) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """The server's URL, and how to stop it; at the end of the block it has stopped."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        server = Server(
            app, (address[0], address[1]), drain_seconds=drain_seconds, connections_max=connections_max
        )
        group.create_task(server.serve(ready, stop))
        await ready.wait()
        yield f"http://{address[0]}:{address[1]}", stop
        stop.set()


async def test_it_answers_from_the_moment_it_is_ready() -> None:
    app = Slow()
    app.let.set()
    async with serving(app) as (url, _), httpx2.AsyncClient() as client:
        answer = await client.get(url)
    assert (answer.status_code, answer.text) == (200, "done")
    assert "server" not in answer.headers


async def test_a_request_in_flight_finishes_before_it_stops() -> None:
    app = Slow()
    async with httpx2.AsyncClient() as client, serving(app) as (url, stop):
        asking = asyncio.ensure_future(client.get(url))
        await app.asked.wait()
        stop.set()
        await refused(url)
        assert not asking.done()
        app.let.set()
        assert (await asking).text == "done"


class Endless:
    """An application that tells something, and then waits for its reader to go; `gone` is set when it has."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ENDLESS] = True
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        self.gone.set()


async def test_a_stream_that_ends_only_with_its_reader_is_cut_off_at_once() -> None:
    app = Endless()
    async with httpx2.AsyncClient() as client, serving(app, drain_seconds=1000) as (url, stop):
        got: list[str] = []

        async def read() -> None:
            async with client.stream("GET", url) as answer:
                async for line in answer.aiter_lines():
                    got.append(line)
                    stop.set()

        with pytest.raises(httpx2.RemoteProtocolError):
            await read()
        assert got == ["first"]
        await app.gone.wait()


async def test_a_request_that_never_ends_is_cut_off_in_time() -> None:
    app = Slow()
    async with httpx2.AsyncClient() as client, serving(app, drain_seconds=2) as (url, stop):
        asking = asyncio.ensure_future(client.get(url))
        await app.asked.wait()
        stop.set()
        with contextlib.suppress(httpx2.TransportError):
            assert (await asking).status_code == 500


async def refused(url: str) -> None:
    """Return once new connections are refused."""
    host, port = url.removeprefix("http://").split(":")
    while True:
        try:
            _, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            return
        writer.close()
        await asyncio.sleep(0.01)


async def test_a_taken_address_is_an_oserror() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(Slow(), taken.getsockname(), drain_seconds=1)
        with pytest.raises(OSError, match="in use"):
            await server.serve(asyncio.Event(), asyncio.Event())


async def test_once_stopped_its_address_is_free() -> None:
    app = Slow()
    app.let.set()
    async with serving(app) as (url, _stop), httpx2.AsyncClient() as client:
        await client.get(url)
    host, port = url.removeprefix("http://").split(":")
    socket.create_server((host, int(port))).close()


async def test_connections_beyond_the_bound_are_told_to_come_again() -> None:
    app = Slow()
    async with httpx2.AsyncClient() as client, serving(app, connections_max=1) as (url, _):
        asking = asyncio.ensure_future(client.get(url))
        await app.asked.wait()
        refused = await client.get(url)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json() == {"error": "too many connections, try again soon"}
        app.let.set()
        assert (await asking).text == "done"


async def test_what_is_no_http_is_told_so_in_json() -> None:
    async with serving(Slow()) as (url, _):
        host, _, port = url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nX-Odd: a\x00b\r\n\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json")
    assert body == b'{"error":"the request is not valid HTTP"}'
