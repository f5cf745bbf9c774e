"""Taking an archive from somebody else's URL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from headway.builders.download import REDIRECTS_MAX, Reach, download, fault_of
from headway.errors import Failure

REACH = Reach(bytes_max=100_000, seconds=30, private=True)
Answer = Callable[[str], bytes]


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk) -> AsyncIterator[str]:
    """A server whose every talk has ended when this has; its URL."""
    talks: set[asyncio.Task[None] | None] = set()

    async def known(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        await talk(reader, writer)

    async with await asyncio.start_server(known, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*(it for it in talks if it is not None))


async def gone(writer: asyncio.StreamWriter) -> None:
    """The connection is closed, and nothing of it is left."""
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def site(answer: Answer) -> AsyncIterator[str]:
    """A server that answers each path with these bytes and closes; its URL."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(head.split()[1].decode()))
            await writer.drain()
            writer.write_eof()
            await reader.read()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            await gone(writer)

    async with listening(talk) as url:
        yield url


def said(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def refused(url: str, file: Path, reach: Reach = REACH) -> str:
    """Why it is not taken; nothing is left of it."""
    with pytest.raises(Failure) as failure:
        await download(url, file, reach)
    assert failure.value.code == "build-error"
    assert not file.exists()
    return failure.value.text


async def test_what_lies_there_is_in_the_file(tmp_path: Path) -> None:
    async with site(lambda path: said("200 OK", f"for {path}".encode())) as url:
        await download(f"{url}/a.tar.gz?token=1", tmp_path / "a", REACH)
    assert (tmp_path / "a").read_bytes() == b"for /a.tar.gz?token=1"


async def test_a_body_in_chunks_is_put_together(tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    async with site(lambda _: chunked) as url:
        await download(url, tmp_path / "a", REACH)
    assert (tmp_path / "a").read_bytes() == b"abcde"


async def test_it_goes_where_it_is_sent(tmp_path: Path) -> None:
    def answer(path: str) -> bytes:
        return (
            said("302 Found", b"", "Location: ../there")
            if path == "/a/here"
            else said("200 OK", path.encode())
        )

    async with site(answer) as url:
        await download(f"{url}/a/here", tmp_path / "a", REACH)
    assert (tmp_path / "a").read_bytes() == b"/there"


@pytest.mark.parametrize(
    "where", ["file:///etc/passwd", "ftp://example.com/a", "http://me:secret@127.0.0.1/a"]
)
async def test_it_is_judged_anew_where_it_is_sent(tmp_path: Path, where: str) -> None:
    async with site(lambda _: said("301 Moved", b"", f"Location: {where}")) as url:
        assert "the URL of the source should" in await refused(url, tmp_path / "a")


async def test_a_circle_ends(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(path: str) -> bytes:
        asked.append(path)
        return said("302 Found", b"", "Location: /")

    async with site(answer) as url:
        assert "without end" in await refused(url, tmp_path / "a")
    assert len(asked) == 1 + REDIRECTS_MAX


async def test_an_address_that_is_not_public_is_not_connected_to(tmp_path: Path) -> None:
    asked: list[str] = []
    async with site(lambda path: asked.append(path) or b"") as url:
        text = await refused(url, tmp_path / "a", Reach(bytes_max=100, seconds=30, private=False))
    assert "its address is not a public one" in text
    assert asked == []


async def test_more_than_may_be_is_not_taken(tmp_path: Path) -> None:
    async with site(lambda _: said("200 OK", b"x" * 100_001)) as url:
        assert "at most 100,000 bytes" in await refused(url, tmp_path / "a")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said("404 Not Found"), "the answer was 404"),
        (said("200 OK")[:10], "could not be downloaded"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "could not be downloaded"),
        (b"nonsense\r\n\r\n", "could not be downloaded"),
        (b"", "could not be downloaded"),
    ],
)
async def test_what_is_no_whole_answer_is_told(tmp_path: Path, answer: bytes, why: str) -> None:
    async with site(lambda _: answer) as url:
        assert why in await refused(url, tmp_path / "a")


async def test_it_does_not_wait_for_ever(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while await reader.read(1000):
                pass
        await gone(writer)

    async with listening(silent) as url:
        text = await refused(url, tmp_path / "a", Reach(bytes_max=100, seconds=0.05, private=True))
    assert text == "downloading the source took longer than 0.05 seconds"


async def test_where_nobody_listens_is_told(tmp_path: Path) -> None:
    assert "could not be downloaded from 127.0.0.1:1" in await refused("http://127.0.0.1:1/a", tmp_path / "a")


@pytest.mark.parametrize(
    "url", ["http://example.com", "https://example.com:8443/a.tar.gz?token=x#y", "http://[2001:db8::1]/a"]
)
def test_an_http_url_is_a_place_to_take_it_from(url: str) -> None:
    assert fault_of(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.tar.gz",
        "file:///a",
        "http://",
        "http:///a",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://user@example.com/",
        "http://user:password@example.com/",
        "http://example.com/a b",
        "http://example.com/\r\nX: y",
        "http://exämple.com/",
        "http://[::1/",
        f"http://example.com/{'a' * 9000}",
    ],
)
def test_anything_else_is_not(url: str) -> None:
    assert fault_of(url)
