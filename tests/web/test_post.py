import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from headway.web.post import Poster


@contextlib.asynccontextmanager
async def listener(answer: bytes) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Somebody who takes requests; its port, and the heads and bodies that came."""
    came: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        came.append(head + await reader.readexactly(4))
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], came


async def test_a_message_is_carried_to_the_name_that_is_meant() -> None:
    async with listener(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, came):
        went = await Poster(private=True).post(f"http://localhost:{port}/in?x=1", {"a": "b"}, b"body")
    assert (went.status, went.error, went.well) == (204, "", True)
    assert came[0].startswith(b"POST /in?x=1 HTTP/1.1\r\n")
    assert b"host: localhost:%d\r\n" % port in came[0].lower()
    assert came[0].endswith(b"body")


async def test_a_redirect_is_not_followed() -> None:
    answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
    async with listener(answer) as (port, came):
        went = await Poster(private=True).post(f"http://127.0.0.1:{port}/", {}, b"body")
    assert (went.status, went.well, len(came)) == (302, False, 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"])
async def test_an_address_that_is_not_public_is_refused_whatever_it_is_called(host: str) -> None:
    async with listener(b"HTTP/1.1 200 OK\r\n\r\n") as (port, came):
        went = await Poster(private=False).post(f"http://{host}:{port}/", {}, b"body")
    assert (went.status, came) == (None, [])
    assert "private" in went.error or "Error" in went.error


async def test_what_does_not_answer_is_told_and_nothing_is_raised() -> None:
    async with listener(b"") as (port, _):
        pass
    went = await Poster(private=True).post(f"http://127.0.0.1:{port}/", {}, b"body")
    assert went.status is None
    assert went.error
    assert (await Poster(private=True).post("http://[/", {}, b"body")).status is None
