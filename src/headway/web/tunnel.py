"""A listener of its own for requests that take their connection over: CONNECT, which no ASGI server hands on.

Each connection carries one request. Its answer closes it; a `Talk` gets it as a line of raw bytes both ways.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import h11
from starlette.datastructures import Headers

from headway.errors import Malformed, Refusal, TooLarge, Unavailable
from headway.store.database import StorageFull
from headway.web.body import Answer, Disconnected
from headway.web.refusals import Broken

log = logging.getLogger(__name__)

HEAD_BYTES_MAX = 16 << 10
HEAD_SECONDS_MAX = 10.0
"""How long a request may take to say what it is."""
STUCK_SECONDS_MAX = 60.0
LINGER_SECONDS_MAX = 60.0
"""How long a client that has been told that nothing more comes may keep its side open."""
CONNECTIONS_MAX = 1000
ACCEPTED_BYTES = 4096
"""The size of the head that accepts a CONNECT: as large as the buffer of clients that throw away what else they read
with it."""
_PIECE_BYTES = 64 << 10
_IDLE_SECONDS, _PROBES = 60, 4


class Line:
    """A connection that was taken over."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, first: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._first = first

    async def read(self) -> bytes:
        """What the client says next; nothing when it has gone."""
        first, self._first = self._first, b""
        try:
            return first or await self._reader.read(_PIECE_BYTES)
        except OSError:
            return b""

    async def write(self, said: bytes) -> None:
        """Say it; Disconnected where the client has gone."""
        try:
            self._writer.write(said)
            await self._writer.drain()
        except OSError as error:
            raise Disconnected from error

    async def end(self) -> None:
        """Say that nothing more comes, and listen on until the client has gone.

        Closed under bytes that nobody has read, a connection is reset, and the client loses what it was just told.
        """
        with contextlib.suppress(OSError, TimeoutError):
            self._writer.write_eof()
            async with asyncio.timeout(LINGER_SECONDS_MAX):
                while await self.read():
                    pass


Talk = Callable[[Line], Awaitable[None]]
"""What is done with a connection that was taken over."""


@dataclass(kw_only=True, slots=True)
class Request:
    """A request whose body has not been read."""

    method: str
    target: str
    headers: Headers
    client: str
    chunks: Callable[[], AsyncIterator[bytes]]
    """The body as it comes; Disconnected or Malformed where it does not come to its end."""
    gone: Callable[[], Awaitable[None]]
    """Returns when the client has gone; to be asked once the body is read, or there is none."""


Handler = Callable[[Request], Awaitable[Answer | Talk]]
"""Answers, or raises a Refusal."""


class TunnelServer:
    """Serves one handler at one address. `refuse` says no in the handler's own form."""

    def __init__(
        self, handler: Handler, refuse: Callable[[Refusal], Answer], address: tuple[str, int]
    ) -> None:
        self._handler = handler
        self._refuse = refuse
        self._address = address
        self._talks: set[asyncio.Task[None]] = set()
        self.port = 0
        """Where it listens, once it does."""

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Listen until `stop`, then end what is going on. OSError where the address is taken."""
        async with asyncio.TaskGroup() as group:

            def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                task = group.create_task(self._attend(reader, writer))
                self._talks.add(task)
                task.add_done_callback(self._talks.discard)

            host, port = self._address
            server = await asyncio.start_server(begin, host, port, limit=_PIECE_BYTES)
            try:
                self.port = server.sockets[0].getsockname()[1]
                ready.set()
                await stop.wait()
            finally:
                server.close()
                for talk in self._talks:
                    talk.cancel()

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        exchange = _Exchange(reader, writer)
        try:
            _keep_alive(writer.get_extra_info("socket"))
            if len(self._talks) > CONNECTIONS_MAX:
                await exchange.answer(self._refuse(Unavailable("too many connections")))
            else:
                await self._converse(exchange)
        except (Disconnected, OSError):
            pass
        # The edge: one connection's trouble is not another's.
        except Exception:
            log.exception("on a connection that was taken over")
        finally:
            writer.close()

    async def _converse(self, exchange: "_Exchange") -> None:
        outcome = await self._outcome(exchange)
        if isinstance(outcome, Answer):
            await exchange.answer(outcome)
        else:
            # Nothing between the two may fail: what is behind the outcome is ended by its talk.
            await outcome(exchange.accept())

    async def _outcome(self, exchange: "_Exchange") -> Answer | Talk:
        try:
            return await self._handler(await exchange.request())
        except Refusal as refusal:
            return self._refuse(refusal)
        except StorageFull:
            return self._refuse(Unavailable("the disk is full", retry_after=60))
        except (Disconnected, OSError):
            raise
        # The HTTP edge: what nobody foresaw must not reach the asker as anything but the dialect's own words.
        except Exception:
            log.exception("on the listener for connections to be taken over")
            return self._refuse(Broken())


@dataclass(slots=True)
class _Exchange:
    """One request and its answer on one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    http: h11.Connection = field(
        default_factory=lambda: h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES_MAX)
    )

    async def request(self) -> Request:
        try:
            async with asyncio.timeout(HEAD_SECONDS_MAX):
                event = await self._next()
        except TimeoutError as error:
            raise Malformed(f"no request came within {HEAD_SECONDS_MAX:g} s") from error
        if not isinstance(event, h11.Request):
            raise Disconnected
        return Request(
            method=event.method.decode("latin-1"),
            target=event.target.decode("latin-1"),
            headers=Headers(raw=[(name, value) for name, value in event.headers]),
            client=str((self.writer.get_extra_info("peername") or ("",))[0]),
            chunks=self._chunks,
            gone=self._gone,
        )

    async def _chunks(self) -> AsyncIterator[bytes]:
        if self.http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while not isinstance(event := await self._next_in_time(), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise Disconnected
            yield bytes(event.data)

    async def _next_in_time(self) -> object:
        try:
            async with asyncio.timeout(STUCK_SECONDS_MAX):
                return await self._next()
        except TimeoutError as error:
            raise Malformed(f"nothing of the body came for {STUCK_SECONDS_MAX:g} s") from error

    async def _next(self) -> object:
        try:
            while (event := self.http.next_event()) is h11.NEED_DATA:
                self.http.receive_data(await self.reader.read(_PIECE_BYTES))
        except h11.RemoteProtocolError as error:
            if error.error_status_hint == 431:
                raise TooLarge(f"the head of the request is larger than {HEAD_BYTES_MAX} bytes") from error
            raise Malformed(f"the request is not valid HTTP: {error}") from error
        return event

    async def _gone(self) -> None:
        while await self.reader.read(_PIECE_BYTES):
            pass

    async def answer(self, answer: Answer) -> None:
        length = (b"content-length", b"%d" % len(answer.body))
        headers = [*answer.headers, length, (b"connection", b"close")]
        if self.http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            await self._send(h11.Response(status_code=answer.status, headers=headers))
            await self._send(h11.Data(data=answer.body))
            await self._send(h11.EndOfMessage())
            # The client may still be sending what nobody reads; see Line.end.
            await Line(self.reader, self.writer, b"").end()

    def accept(self) -> Line:
        """The connection as a line, its head sent."""
        self.http.next_event()
        bare = len(b"HTTP/1.1 200 OK\r\nX-Padding: \r\n\r\n")
        padding = (b"X-Padding", b"." * (ACCEPTED_BYTES - bare))
        self.writer.write(
            self.http.send(h11.Response(status_code=200, headers=[padding], reason=b"OK")) or b""
        )
        return Line(self.reader, self.writer, self.http.trailing_data[0])

    async def _send(self, event: h11.Event) -> None:
        self.writer.write(self.http.send(event) or b"")
        await self.writer.drain()


def _keep_alive(connection: socket.socket) -> None:
    """Notice a client whose machine is gone."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _IDLE_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)
