"""Constant load on an app through the router: connections that are kept, fresh ones, and some slow requests."""

import asyncio
import itertools
from collections import Counter
from contextlib import asynccontextmanager, suppress

WORKERS = 16
REQUESTS_PER_SECOND = 200
SLOW_SECONDS = 0.7
PATIENCE_SECONDS = 25


class Load:
    """What came of it; `failures` says when, how asked and what happened."""

    def __init__(self, address: str, host: str) -> None:
        self.answered: Counter[str] = Counter()
        self.failures: list[str] = []
        self._address = address.rsplit(":", 1)
        self._host = host
        self._stop = asyncio.Event()

    @asynccontextmanager
    async def running(self):
        """Load while the body runs; requests that have begun are finished."""
        async with asyncio.TaskGroup() as group:
            for number in range(WORKERS):
                group.create_task(self._work(fresh=number % 2 == 0, offset=number / REQUESTS_PER_SECOND))
            try:
                yield self
            finally:
                self._stop.set()

    async def _work(self, *, fresh: bool, offset: float) -> None:
        loop = asyncio.get_running_loop()
        due, connection = loop.time() + offset, None
        for number in itertools.count(1):
            due = max(due + WORKERS / REQUESTS_PER_SECOND, loop.time() - 1)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), max(0, due - loop.time()))
            if self._stop.is_set():
                break
            kind = "slow" if number % 25 == 0 else "fresh" if fresh else "kept"
            connection = await self._request(connection, kind)
            if fresh:
                connection = _closed(connection)
        _closed(connection)

    async def _request(self, connection, kind: str):
        begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if connection is None:
                    connection = await asyncio.open_connection(*self._address)
                head, body = await _exchange(connection, self._host, kind)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError) as error:
            self._failed(kind, begun, repr(error))
            return _closed(connection)
        if not head.startswith(b"HTTP/1.1 200 ") or body != b"served":
            self._failed(kind, begun, f"{head!r} {body[:200]!r}")
        self.answered[kind] += 1
        return _closed(connection) if b"\r\nconnection: close" in head.lower() else connection

    def _failed(self, kind: str, begun: float, what: str) -> None:
        took = asyncio.get_running_loop().time() - begun
        self.failures.append(f"{kind} at {begun:.2f}, {took:.3f} s: {what}")


async def _exchange(connection, host: str, kind: str) -> tuple[bytes, bytes]:
    reader, writer = connection
    path = f"/?{SLOW_SECONDS}" if kind == "slow" else "/"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    return head, await reader.readexactly(length)


def _closed(connection) -> None:
    if connection is not None:
        connection[1].transport.abort()
