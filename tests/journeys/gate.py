"""A gate that what is deployed goes through: a test sees that it has come, and keeps it there as long as it likes."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """Where each comes with its name; those in `kept` wait there, others pass."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.port = 0
        self._changed = asyncio.Condition()
        self._there: defaultdict[str, int] = defaultdict(int)

    def through(self, name: str) -> str:
        """A command that comes to the gate by that name, and ends once it may pass."""
        asked = f"s = socket.create_connection(('127.0.0.1', {self.port})); s.sendall(b'{name}\\n'); s.recv(1) or exit(9)"
        return f'python3 -S -c "import socket; {asked}"'

    async def has(self, name: str) -> None:
        """Return once somebody of that name waits there."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._there[name] > 0)

    async def has_none(self, name: str) -> None:
        """Return once nobody of that name does: whoever dies is not there any more."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._there[name] == 0)

    async def opens(self, name: str) -> None:
        """Let pass who waits there, and who will come."""
        async with self._changed:
            self.kept.discard(name)
            self._changed.notify_all()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = (await reader.readline()).decode().strip()
        await self._count(name, 1)
        try:
            gone = asyncio.ensure_future(reader.read())
            opened = asyncio.ensure_future(self._open(name))
            await asyncio.wait((gone, opened), return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            opened.cancel()
            writer.write(b"1")
        finally:
            writer.transport.abort()
            await self._count(name, -1)

    async def _open(self, name: str) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: name not in self.kept)

    async def _count(self, name: str, by: int) -> None:
        async with self._changed:
            self._there[name] += by
            self._changed.notify_all()


@asynccontextmanager
async def gate() -> AsyncIterator[Gate]:
    """One that stands while the block runs."""
    made = Gate()
    server = await asyncio.start_server(made._meet, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
