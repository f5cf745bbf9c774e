"""A wire between a client and a PostgreSQL server that breaks where a test says, to the byte.

Its kinds of break: `cut` ends both sides; `stall` holds the bytes back until `mend`; `deaf` loses the server without
telling the client, which goes on to believe in a connection that nobody answers.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import msgspec

from tests.databases import Server

SOCKET = ".s.PGSQL.5432"
UP, DOWN = "up", "down"
"""Towards the server, and towards the client."""


class Break(msgspec.Struct, frozen=True):
    """What happens when so many more bytes have gone this way, whichever connection carries them."""

    way: str
    kind: str
    bytes: int


class Wire:
    """Carries connections to the server."""

    def __init__(self, server: Server) -> None:
        self._server_socket = server.folder / SOCKET
        self._due: Break | None = None
        self._left = 0
        self._whole = asyncio.Event()
        self._whole.set()
        self._carriers: set[asyncio.Task[None]] = set()
        self.broke = asyncio.Event()
        """Set once the break that was asked for has happened."""

    @contextlib.asynccontextmanager
    async def laid(self, url: str) -> AsyncIterator[str]:
        """The URL of the database at the other end."""
        with TemporaryDirectory(prefix="headway-wire-") as folder:
            listener = await asyncio.start_unix_server(self._carry, Path(folder) / SOCKET)
            try:
                yield f"postgresql://postgres@{urlsplit(url).path}?host={folder}"
            finally:
                listener.close()
                for carrier in self._carriers:
                    carrier.cancel()
                if self._carriers:
                    await asyncio.wait(self._carriers)

    def breaks(self, it: Break) -> None:
        """Let it break like that."""
        self.broke.clear()
        self._due, self._left = it, it.bytes

    def hold(self) -> None:
        """Hold back every byte, and every new connection, from now on."""
        self._whole.clear()

    def mend(self) -> None:
        """Let what is held back go on."""
        self._whole.set()

    async def _carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._carriers.add(task)
        task.add_done_callback(self._carriers.discard)
        ends = [to_client]
        try:
            await self._whole.wait()
            server, to_server = await asyncio.open_unix_connection(self._server_socket)
            ends.append(to_server)
            await self._both_ways(client, to_client, server, to_server)
        except OSError:
            pass
        finally:
            for end in ends:
                end.transport.abort()

    async def _both_ways(
        self,
        client: asyncio.StreamReader,
        to_client: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
    ) -> None:
        pumps = [
            asyncio.ensure_future(self._pump(UP, client, to_server)),
            asyncio.ensure_future(self._pump(DOWN, server, to_client)),
        ]
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if any(pump.result() == "deaf" for pump in done):
                to_server.transport.abort()
                while await client.read(1 << 16):
                    pass
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.wait(pumps)

    async def _pump(self, way: str, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> str:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                await self._whole.wait()
                kind, goes = self._takes(way, data)
                target.write(data[:goes])
                await target.drain()
                if kind == "stall":
                    self._whole.clear()
                    await self._whole.wait()
                    target.write(data[goes:])
                elif kind:
                    return kind
        return "end"

    def _takes(self, way: str, data: bytes) -> tuple[str, int]:
        """How the wire breaks within these bytes, and how many of them still pass."""
        if self._due is None or self._due.way != way:
            return "", len(data)
        if len(data) < self._left:
            self._left -= len(data)
            return "", len(data)
        kind, self._due = self._due.kind, None
        self.broke.set()
        return kind, self._left
