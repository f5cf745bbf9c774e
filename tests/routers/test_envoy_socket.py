"""Asking through unix sockets."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from headway.routers.envoy_socket import Probe, ask, connect


@asynccontextmanager
async def answering(folder: Path, *answers: bytes) -> AsyncIterator[None]:
    """A server that gives these answers, one per request, on every connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for answer in answers:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(answer)
                await writer.drain()
        except EOFError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_unix_server(serve, short_path_to(folder)):
        yield


def short_path_to(folder: Path) -> str:
    """A socket's path may have 107 bytes at most."""
    link = Path(tempfile.mkdtemp()) / "f"
    link.symlink_to(folder)
    return str(link / "s")


async def test_answers_come_by_length_or_in_chunks_on_one_connection(tmp_path: Path) -> None:
    by_length = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: a:b\r\n\r\nhi"
    in_chunks = (
        b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n"
    )
    empty = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with answering(tmp_path, by_length, in_chunks, empty):
        connection = await connect(tmp_path, "s")
        answers = [await connection.ask("/") for _ in range(3)]
        connection.close()
    assert [(answer.status, answer.body) for answer in answers] == [
        (200, b"hi"),
        (503, b"ab0123456789"),
        (204, b""),
    ]
    assert answers[0].headers["x-name"] == "a:b"


async def test_a_folder_may_lie_deeper_than_the_path_of_a_socket_can_say(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 12)
    deep.mkdir(parents=True)
    async with answering(deep, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"):
        assert (await ask(deep, "s", "/")).status == 200


async def test_a_connection_that_breaks_is_told(tmp_path: Path) -> None:
    async with answering(tmp_path, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"):
        with pytest.raises(EOFError):
            await ask(tmp_path, "s", "/")


async def test_nobody_listening_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        await ask(tmp_path, "s", "/")


async def test_a_probe_that_cannot_reach_all_workers_keeps_no_connection(tmp_path: Path) -> None:
    async with answering(tmp_path):
        with pytest.raises((EOFError, OSError)):
            await Probe.connect(tmp_path, "s", 3)
