"""Both ends of traffic for the router's tests: containers that answer, and clients that ask."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Self

from headway.clock import SystemClock
from headway.routers import envoy_process
from headway.routers.envoy import Envoy
from headway.routers.envoy_config import Settings
from headway.routers.envoy_socket import Answer, Connection
from headway.routers.port import Endpoint, Route

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Container:
    """A web server that answers with its own port and the head of the request.

    `/held` answers once `release` is set, `/cut` closes the connection without an answer, `/stream` sends three
    parts with `pause_seconds` between them, and any other path answers at once.
    """

    def __init__(self, pause_seconds: float = 0) -> None:
        self.release = asyncio.Event()
        self.held = asyncio.Semaphore(0)
        self.endpoint = Endpoint(host=HOST, port=free_port())
        self.requests = 0
        self._pause_seconds = pause_seconds
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, HOST, self.endpoint.port, backlog=1000)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop as a container does that dies at once: every connection is cut."""
        assert self._server
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Cut every connection."""
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with suppress(OSError, EOFError):
                while await self._answer(await reader.readuntil(b"\r\n\r\n"), writer):
                    await writer.drain()
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        self.requests += 1
        path = head.split()[1]
        if path == b"/cut":
            return False
        if path == b"/held":
            self.held.release()
            await self.release.wait()
        if path == b"/stream":
            await self._stream(writer)
        else:
            body = f"{self.endpoint.port}\n".encode() + head
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        return True

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for part in (b"1\r\na\r\n", b"1\r\nb\r\n", b"1\r\nc\r\n", b"0\r\n\r\n"):
            writer.write(part)
            await writer.drain()
            await SystemClock().sleep(self._pause_seconds)


class Client:
    """Asks a router that listens on `port` of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def connect(self) -> Connection:
        return Connection(*await asyncio.open_connection(HOST, self.port))

    async def ask(self, host: str, path: str = "/", **headers: str) -> Answer:
        connection = await self.connect()
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await connection.ask(path, headers={"Host": host} | named)
        finally:
            connection.close()

    async def ask_app(self, host: str) -> int:
        """Ask an app; the port of the container that answered."""
        answer = await self.ask(host)
        assert answer.status == 200, answer
        return int(answer.body.split()[0])


class Load:
    """Constant traffic: half of the clients keep their connection, half open a new one for each request.

    Each rests for a few milliseconds between two requests, so that the machine is busy but not full.
    """

    def __init__(self, client: Client, hosts: list[str]) -> None:
        self.requests = 0
        self.failures: list[str] = []
        self._client = client
        self._hosts = hosts
        self._stop = False

    @asynccontextmanager
    async def flow(self, clients: int = 12) -> AsyncIterator["Load"]:
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                host = self._hosts[number % len(self._hosts)]
                group.create_task(self._keep_asking(host) if number % 4 < 2 else self._ask_afresh(host))
            try:
                yield self
            finally:
                self.stop()

    def stop(self) -> None:
        """Begin no further request."""
        self._stop = True

    async def _keep_asking(self, host: str) -> None:
        connection = await self._client.connect()
        try:
            while not self._stop:
                if not await self._note(connection.ask("/", headers={"Host": host})):
                    connection.close()
                    connection = await self._client.connect()
        finally:
            connection.close()

    async def _ask_afresh(self, host: str) -> None:
        while not self._stop:
            await self._note(self._client.ask(host))

    async def _note(self, asking) -> bool:
        self.requests += 1
        try:
            answer = await asking
        except (OSError, EOFError) as error:
            self.failures.append(repr(error))
            return False
        if answer.status != 200:
            self.failures.append(f"{answer.status} {answer.headers}")
        await SystemClock().sleep(0.01)
        return True


def settings(**changes: object) -> Settings:
    return Settings(**({"host": HOST, "port": free_port(), "workers": 2} | changes))


@asynccontextmanager
async def served(envoy: Envoy, *, down: bool = True) -> AsyncIterator[Envoy]:
    """The router while its service runs; `down` ends Envoy afterwards."""
    ready, stop = asyncio.Event(), asyncio.Event()
    serving = asyncio.get_running_loop().create_task(envoy.serve(ready, stop))
    is_ready = asyncio.get_running_loop().create_task(ready.wait())
    try:
        await asyncio.wait([serving, is_ready], return_when=asyncio.FIRST_COMPLETED)
        is_ready.cancel()
        if serving.done():
            await serving
        yield envoy
    finally:
        stop.set()
        try:
            await serving
        finally:
            if down:
                await envoy.down()


async def process_of(folder: Path) -> int | None:
    """The number of the Envoy that runs in the folder."""
    process = await envoy_process.running(folder, SystemClock())
    if process is None:
        return None
    with process:
        return process.pid


def envoys_in(folder: Path) -> list[int]:
    """Every Envoy that runs in the folder, however it is known."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink() == folder and (process / "exe").readlink().name.startswith(
                "envoy"
            ):
                found.append(int(process.name))
    return found


def route(app: str, *endpoints: Endpoint, **changes: object) -> Route:
    return Route(
        **({"app_id": app, "app": app, "hostnames": (f"{app}.localhost",), "endpoints": endpoints} | changes)
    )
