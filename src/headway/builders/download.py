"""Take an archive from somebody else's URL, without being led where only this machine may go.

Each address is looked up once, judged, and connected to as it was judged: a name that answers otherwise the second
time gains nothing. Redirects are judged like the first URL.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

import h11
import msgspec

from headway.addresses import reached
from headway.builders.refusals import disk_full_told, shown, wrong

REDIRECTS_MAX = 5
URL_LENGTH_MAX = 8192
_PORTS = {"http": 80, "https": 443}
_PIECE_BYTES = 64 << 10
_STUCK_SECONDS_MAX = 60


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far a download may go."""

    bytes_max: int
    seconds: float
    private: bool
    """Whether it may go to addresses that are not public: of this machine, of its network."""


async def download(url: str, file: Path, reach: Reach) -> None:
    """What lies at the URL, in the file; nothing is left of it where that fails.

    Failure `build-error`, with a sentence that says what is wrong; `no-space`.
    """
    try:
        with disk_full_told(), _whole_or_nothing(file):
            async with asyncio.timeout(reach.seconds):
                await _follow(url, file, reach)
    except TimeoutError:
        raise wrong(f"downloading the source took longer than {reach.seconds:g} seconds") from None


@contextlib.contextmanager
def _whole_or_nothing(file: Path) -> Generator[None]:
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def fault_of(url: str) -> str:
    """What is wrong with a URL as it is written, in words; nothing where nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "should be a URL"
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        return "should be an http or https URL, or the download URL of a source that has been uploaded"
    if parts.username is not None or parts.password is not None:
        return "should carry no user and no password"
    if len(url) > URL_LENGTH_MAX or not url.isascii() or any(it <= " " for it in url):
        return f"should have at most {URL_LENGTH_MAX} visible ASCII characters"
    return ""


async def _follow(url: str, file: Path, reach: Reach) -> None:
    for _ in range(1 + REDIRECTS_MAX):
        if fault := fault_of(url):
            raise wrong(f"the URL of the source {fault}: {shown(url)}")
        elsewhere = await _taken(url, file, reach)
        if elsewhere is None:
            return
        url = urljoin(url, elsewhere)
    raise wrong("the URL of the source leads from one place to the next without end")


async def _taken(url: str, file: Path, reach: Reach) -> str | None:
    """None once the file is there; or where else it is."""
    parts = urlsplit(url)
    try:
        async with _connected(parts, reach) as (reader, writer):
            talk = h11.Connection(h11.CLIENT)
            for said in (_request(parts), h11.EndOfMessage()):
                writer.write(talk.send(said) or b"")
            await writer.drain()
            return await _answered(talk, reader, file, reach)
    except (OSError, EOFError, h11.RemoteProtocolError) as error:
        if isinstance(error, OSError) and error.errno is not None and not _is_of_network(error):
            raise
        raise wrong(f"the source could not be downloaded from {shown(parts.netloc)}: {error}") from error


def _is_of_network(error: OSError) -> bool:
    return isinstance(error, (ConnectionError, ssl.SSLError, socket.gaierror, TimeoutError)) or (
        error.strerror is not None and "onnect" in error.strerror
    )


@contextlib.asynccontextmanager
async def _connected(
    parts: SplitResult, reach: Reach
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    address = await reached(host, port, private=reach.private)
    if address is None:
        raise wrong(f"the source may not be taken from {shown(host)}: its address is not a public one")
    context = ssl.create_default_context() if parts.scheme == "https" else None
    name = host if context else None
    reader, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=name)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def _request(parts: SplitResult) -> h11.Request:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("Host", parts.netloc), ("User-Agent", "headway"), ("Accept", "*/*"), ("Connection", "close")]
    return h11.Request(method="GET", target=target, headers=headers)


async def _answered(
    talk: h11.Connection, reader: asyncio.StreamReader, file: Path, reach: Reach
) -> str | None:
    answer = await _next(talk, reader)
    while isinstance(answer, h11.InformationalResponse):
        answer = await _next(talk, reader)
    assert isinstance(answer, h11.Response), answer
    if answer.status_code in {301, 302, 303, 307, 308}:
        return next((value.decode("latin-1") for name, value in answer.headers if name == b"location"), "")
    if answer.status_code != 200:
        raise wrong(f"the source could not be downloaded: the answer was {answer.status_code}")
    await _kept(talk, reader, file, reach.bytes_max)
    return None


async def _kept(talk: h11.Connection, reader: asyncio.StreamReader, file: Path, bytes_max: int) -> None:
    left = bytes_max
    with file.open("wb") as opened:
        while isinstance(piece := await _next(talk, reader), h11.Data):
            left -= len(piece.data)
            if left < 0:
                raise wrong(f"the source is too large: at most {bytes_max:,} bytes are taken")
            opened.write(piece.data)


async def _next(talk: h11.Connection, reader: asyncio.StreamReader) -> h11.Event:
    while True:
        event = talk.next_event()
        if isinstance(event, h11.Event):
            return event
        assert event is h11.NEED_DATA, event
        async with asyncio.timeout(_STUCK_SECONDS_MAX):
            talk.receive_data(await reader.read(_PIECE_BYTES))
