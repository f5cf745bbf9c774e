"""A listener whose connections can be taken over, spoken to raw."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from headway.errors import Conflict, Refusal
from headway.store.database import StorageFull
from headway.web import tunnel
from headway.web.body import Answer, answer
from headway.web.tunnel import Handler, Line, Request, Talk, TunnelServer

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def refuse(refusal: Refusal) -> Answer:
    return answer({"kind": type(refusal).__name__}, 400)


@contextlib.asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    ready, stop = asyncio.Event(), asyncio.Event()
    server = TunnelServer(handler, refuse, ("127.0.0.1", 0))
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(server.serve(ready, stop))
        await ready.wait()
        yield server.port
        stop.set()


@contextlib.asynccontextmanager
async def connected(port: int, said: bytes) -> AsyncIterator[Pair]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(said)
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def told(port: int, said: bytes) -> tuple[str, bytes]:
    """The status line and the body of the answer."""
    async with connected(port, said) as (reader, _):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0].decode(), body


async def echo(request: Request) -> Answer | Talk:
    """Says what it heard; a line says all back in capitals."""

    async def shout(line: Line) -> None:
        while (heard := await line.read()) != b"bye":
            await line.write(heard.upper())
        await line.end()

    if request.method == "CONNECT":
        return shout
    body = b"".join([chunk async for chunk in request.chunks()])
    return answer([request.method, request.target, body.decode(), request.client])


async def test_an_ordinary_request_is_answered_and_the_connection_closed() -> None:
    async with listening(echo) as port:
        said = b"POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
        assert await told(port, said) == ("HTTP/1.1 200 ", b'["POST","/a?b","hello","127.0.0.1"]')


async def test_a_body_is_asked_for_where_the_client_waits_for_that() -> None:
    async with listening(echo) as port:
        said = b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        async with connected(port, said) as (reader, writer):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
            writer.write(b"hi")
            assert b'"hi"' in await reader.read()


async def test_a_connect_gets_a_head_as_large_as_a_clients_buffer_and_then_the_line() -> None:
    async with listening(echo) as port:
        said = b"CONNECT /secret HTTP/1.1\r\nHost: h\r\n\r\nat once"
        async with connected(port, said) as (reader, writer):
            head = await reader.readexactly(4096)
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert head.endswith(b"\r\n\r\n")
            assert await reader.readexactly(7) == b"AT ONCE"
            writer.write(b"more")
            assert await reader.readexactly(4) == b"MORE"
            writer.write(b"bye")
            assert await reader.read() == b""
            # It listens on, so that what the client still says does not reset the connection.
            for _ in range(3):
                writer.write(b"\x04")
                await writer.drain()


@pytest.mark.parametrize(
    "said", [b"\r\n\r\nnonsense\r\n\r\n", b"\x16\x03\x01" + b"\0" * 50, b"GET / HTTP/1.1\r\n\r\n"]
)
async def test_what_is_no_request_is_told_so(said: bytes) -> None:
    async with listening(echo) as port:
        assert await told(port, said) == ("HTTP/1.1 400 ", b'{"kind":"Malformed"}')


async def test_a_head_that_is_too_large_is_refused() -> None:
    async with listening(echo) as port:
        said = b"GET / HTTP/1.1\r\nHost: h\r\nA: " + b"x" * 17_000
        assert (await told(port, said))[1] == b'{"kind":"TooLarge"}'


async def test_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "HEAD_SECONDS_MAX", 0.05)
    async with listening(echo) as port:
        assert (await told(port, b"GET /"))[1] == b'{"kind":"Malformed"}'


async def test_a_body_that_gets_stuck_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "STUCK_SECONDS_MAX", 0.05)
    async with listening(echo) as port:
        said = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe"
        assert (await told(port, said))[1] == b'{"kind":"Malformed"}'


async def test_too_many_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tunnel, "CONNECTIONS_MAX", 1)
    async with listening(echo) as port:
        said = b"CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n"
        async with connected(port, said) as (reader, _):
            await reader.readexactly(4096)
            assert (await told(port, said))[1] == b'{"kind":"Unavailable"}'


@pytest.mark.parametrize(
    ("raised", "kind"),
    [(Conflict("no"), "Conflict"), (StorageFull("full"), "Unavailable"), (ZeroDivisionError(), "Broken")],
)
async def test_what_a_handler_raises_is_said_in_its_form(raised: Exception, kind: str) -> None:
    async def fail(_request: Request) -> Answer:
        raise raised

    async with listening(fail) as port:
        for method in (b"GET", b"CONNECT"):
            said = method + b" / HTTP/1.1\r\nHost: h\r\n\r\n"
            assert await told(port, said) == ("HTTP/1.1 400 ", b'{"kind":"%s"}' % kind.encode())


async def test_a_talk_that_breaks_breaks_no_other() -> None:
    async def broken(_line: Line) -> None:
        raise ZeroDivisionError

    async def handler(_request: Request) -> Talk:
        return broken

    async with listening(handler) as port:
        for _ in range(2):
            status, body = await told(port, b"CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n")
            assert (status, body) == ("HTTP/1.1 200 OK", b"")


async def test_a_stop_ends_what_is_going_on() -> None:
    ended = asyncio.Event()

    async def wait(line: Line) -> None:
        try:
            while await line.read():
                pass
        finally:
            ended.set()

    async def handler(_request: Request) -> Talk:
        return wait

    async with contextlib.AsyncExitStack() as clients:
        async with listening(handler) as port:
            said = b"CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n"
            reader, _ = await clients.enter_async_context(connected(port, said))
            await reader.readexactly(4096)
        assert ended.is_set()


async def test_who_waits_for_an_answer_and_goes_is_noticed() -> None:
    gone = asyncio.Event()

    async def handler(request: Request) -> Answer:
        await request.gone()
        gone.set()
        return answer({})

    async with listening(handler) as port:
        async with connected(port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"):
            pass
        await gone.wait()
