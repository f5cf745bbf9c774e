import asyncio
import socket

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from headway.web.server import Server


class Slow:
    """Answers once it may; `asked` is set when somebody waits."""

    def __init__(self) -> None:
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        await self.may.wait()
        await PlainTextResponse("done")(scope, receive, send)


def free_address() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as it:
        return it.getsockname()


async def test_a_request_in_flight_is_answered_after_the_stop() -> None:
    app, (host, port) = Slow(), free_address()
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group, httpx2.AsyncClient() as http:
        serving = group.create_task(Server(app, (host, port), drain_seconds=5).serve(ready, stop))
        await ready.wait()
        asking = group.create_task(http.get(f"http://{host}:{port}/"))
        await app.asked.wait()
        stop.set()
        app.may.set()
        assert (await asking).text == "done"
        await serving
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port)).close()


async def test_an_address_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = Server(Slow(), taken.getsockname(), drain_seconds=1)
        with pytest.raises(OSError, match="in use"):
            await server.serve(asyncio.Event(), asyncio.Event())
