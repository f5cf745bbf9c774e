"""The HTTP server, as a part of the platform.

When it stops, requests in flight finish; streams that end only with their reader are cut off at once, not ended: an
end would say that there is no more to tell, and who is cut off comes again and goes on where it was.

It takes as many connections as leave descriptors for everything else: containers, logs and the database. Whoever
comes beyond that is told at once to come again, whatever it would have asked.
"""

import asyncio
import contextlib
import resource
import socket
from collections.abc import Generator
from typing import cast

import uvicorn
from starlette.types import ASGIApp, Scope

from headway.web.stream import ENDLESS

BACKLOG = 2048
RESERVED_SHARE, RESERVED_MAX = 4, 1024
"""Of the descriptors that the process may have, a quarter is not for connections, and never more than so many."""
ACCEPTED_AT_ONCE = 8
"""Few, so that those who were accepted are counted before more are."""
LINGER_SECONDS, LINGERING_MAX = 1.0, 16
_FULL_BODY = b'{"error":"too many connections, try again soon"}'
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=utf-8\r\nRetry-After: 1\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(_FULL_BODY), _FULL_BODY)
)

_INVALID_BODY = b'{"error":"the request is not valid HTTP"}'
_INVALID = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n"
    b"Connection: close\r\n\r\n%b" % (len(_INVALID_BODY), _INVALID_BODY)
)


class Server:
    """Serves one application at one address."""

    def __init__(
        self, app: ASGIApp, address: tuple[str, int], *, drain_seconds: float, connections_max: int = 20_000
    ) -> None:
        self._app = app
        self._address = address
        self._drain_seconds = drain_seconds
        self._connections_max = connections_max

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Listen until `stop`; then let requests in flight finish. OSError where the address is taken."""
        config = uvicorn.Config(
            self._app,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            backlog=ACCEPTED_AT_ONCE,
            timeout_graceful_shutdown=max(1, int(self._drain_seconds) - 1),
        )
        config.load()
        config.http_protocol_class = _bounded(config.http_protocol_class, self._connections_max)
        server = _Quiet(config)
        with _listening(self._address) as listener:
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(server.serve(sockets=[listener]))
                ready.set()
                await stop.wait()
                server.should_exit = True
                await asyncio.wait([serving])


def room(connections_max: int) -> int:
    """How many connections may be there: fewer than `connections_max` where the process may not have the descriptors."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(connections_max, descriptors - min(descriptors // RESERVED_SHARE, RESERVED_MAX))


def _bounded(protocol: type[asyncio.Protocol], connections_max: int) -> type[asyncio.Protocol]:
    """The protocol, for as many connections at once; those beyond it are told to come again."""
    lingering: set[asyncio.Protocol] = set()

    class Bounded(protocol):
        connections: set[asyncio.Protocol]
        transport: asyncio.Transport
        scope: Scope | None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            if len(self.connections) < room(connections_max):
                super().connection_made(transport)
            else:
                full = _Full(lingering)
                transport.set_protocol(full)
                full.connection_made(transport)

        def shutdown(self) -> None:
            super().shutdown()  # type: ignore[misc] - every protocol of this server has it
            # Of a connection, what it was asked last; between two requests it has been closed by now.
            if self.scope is not None and self.scope.get(ENDLESS):
                # What its reader has not taken by now it asks for again.
                stuck = self.transport.get_write_buffer_size()
                self.transport.abort() if stuck else self.transport.close()

        def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - how the server would say it
            self.transport.write(_INVALID)
            self.transport.close()

    return Bounded


class _Full(asyncio.Protocol):
    """Says that there is no room; a few linger until their request has come, so that the answer is surely read."""

    def __init__(self, lingering: set[asyncio.Protocol]) -> None:
        self._lingering = lingering

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(_FULL)
        if len(self._lingering) < LINGERING_MAX:
            self._lingering.add(self)
            asyncio.get_running_loop().call_later(LINGER_SECONDS, self._transport.abort)
        else:
            self._transport.close()

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - whatever it is
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whyever
        self._lingering.discard(self)


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs the platform, and lets more wait than are accepted at once."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@contextlib.contextmanager
def _listening(address: tuple[str, int]) -> Generator[socket.socket, None, None]:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    listener = socket.create_server(address, family=family, backlog=BACKLOG)
    try:
        yield listener
    finally:
        listener.close()
