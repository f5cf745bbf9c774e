"""Asking Envoy through the unix sockets in its folder: the admin interface and the probes."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

_HEAD_END = b"\r\n\r\n"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One kept-alive HTTP connection. Raises OSError or EOFError once it is broken."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(
        self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request without a body and read its answer."""
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in ({"Host": "headway"} | dict(headers or {})).items()]
        self._writer.write("\r\n".join(lines).encode() + _HEAD_END)
        await self._writer.drain()
        return await self._read()

    def close(self) -> None:
        """Let go of the connection."""
        self._writer.close()

    async def _read(self) -> Answer:
        first, *lines = (await self._reader.readuntil(_HEAD_END)).decode("latin-1").strip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        return Answer(status=int(first.split()[1]), headers=headers, body=await self._body(headers))

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return await self._reader.readexactly(int(headers.get("content-length", 0)))
        parts: list[bytes] = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            parts.append((await self._reader.readexactly(size + 2))[:-2])
        await self._reader.readexactly(2)
        return b"".join(parts)


async def connect(folder: Path, name: str) -> Connection:
    """Connect to the socket of that name in the folder; OSError if nobody listens."""
    # A socket's whole path may have 107 bytes at most; through the open folder it is always short.
    at = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        reader, writer = await asyncio.open_unix_connection(f"/proc/self/fd/{at}/{name}", limit=1 << 20)
    finally:
        os.close(at)
    return Connection(reader, writer)


async def ask(folder: Path, name: str, target: str, *, method: str = "GET") -> Answer:
    """Ask once, on a connection of its own."""
    connection = await connect(folder, name)
    try:
        return await connection.ask(target, method=method)
    finally:
        connection.close()


class Probe:
    """One connection to each worker of Envoy: what every worker knows, not only its main thread."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._connections = connections

    @classmethod
    async def connect(cls, folder: Path, name: str, workers: int) -> Self:
        """Connect to a listener that spreads its connections evenly over the workers."""
        with ExitStack() as opened:
            connections: list[Connection] = []
            for _ in range(workers):
                connections.append(await connect(folder, name))
                opened.callback(connections[-1].close)
                # Answered, so counted by its worker: the next connection goes to another one.
                await connections[-1].ask("/")
            opened.pop_all()
        return cls(connections)

    async def ask(self, **headers: str) -> list[Answer]:
        """The answer of each worker."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return [await connection.ask("/", headers=named) for connection in self._connections]

    def close(self) -> None:
        """Let go of the connections."""
        for connection in self._connections:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
