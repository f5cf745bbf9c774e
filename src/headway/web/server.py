"""The HTTP server, as a part of the platform."""

import asyncio
import contextlib
import socket
from collections.abc import Generator

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 2048


class Server:
    """Serves one application at one address."""

    def __init__(self, app: ASGIApp, address: tuple[str, int], *, drain_seconds: float) -> None:
        self._app = app
        self._address = address
        self._drain_seconds = drain_seconds

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
            timeout_graceful_shutdown=max(1, int(self._drain_seconds) - 1),
        )
        server = _Quiet(config)
        with _listening(self._address) as listener:
            async with asyncio.TaskGroup() as group:
                serving = group.create_task(server.serve(sockets=[listener]))
                ready.set()
                await stop.wait()
                server.should_exit = True
                await asyncio.wait([serving])


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs the platform."""

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
