"""A terminal attached to a one-off: CONNECT, and then bytes both ways; how large it is; how the one-off ended."""

import asyncio
import ssl
from urllib.parse import urlsplit

import httpx2

from headway.errors import Refusal

ANSWER_SECONDS = 30
KILLED_BY_INACTIVITY = 408
PIECE_BYTES = 64 << 10


class Attached:
    """The connection as it is behind the CONNECT."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def type(self, piece: bytes) -> None:
        """Bytes for the one-off; nothing where it has gone."""
        try:
            self._writer.write(piece)
            await self._writer.drain()
        except OSError:
            return

    async def read(self) -> bytes:
        """What comes next; nothing at the end."""
        return await self._reader.read(PIECE_BYTES)

    def close(self) -> None:
        """Go away."""
        self._writer.close()


async def attach(url: str, token: str) -> Attached:
    """Attach to the one-off behind the URL. Refusal, with what the platform says, where it may not be."""
    parts = urlsplit(url)
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=secure)
    writer.write(
        f"CONNECT {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError) as error:
        writer.close()
        raise Refusal("the terminal could not be attached: the platform did not answer") from error
    status = head.split(b"\r\n", 1)[0].decode(errors="replace")
    if status.split(" ", 2)[1:2] != ["200"]:
        writer.close()
        raise Refusal(f"the terminal could not be attached: {status}")
    return Attached(reader, writer)


async def resize(url: str, token: str, width: int, height: int) -> None:
    """Tell how large the screen is."""
    async with _http(token) as http:
        await http.put(url, json={"width": width, "height": height})


async def ended(url: str, token: str) -> int:
    """The exit code of the one-off, once it has ended; 129 where it was ended because nothing happened."""
    async with _http(token) as http:
        reply = await http.get(f"{url}/wait", timeout=None)
    if reply.status_code == KILLED_BY_INACTIVITY:
        return 129
    if not reply.is_success:
        raise Refusal(f"how it ended is not known: the platform answered {reply.status_code}")
    return int(reply.json().get("exit_code", 0))


def _http(token: str) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(trust_env=False, timeout=ANSWER_SECONDS, headers=headers)
