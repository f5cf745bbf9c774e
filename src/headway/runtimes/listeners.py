"""Which ports something listens on, asked of the kernel all at once (sock_diag): trying each costs as much as all of them."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

from headway.clock import Clock
from headway.runtimes import ports

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_REQUEST_DUMP = 0x301
_LISTEN = 1 << 10
_ERROR, _DONE = 2, 3
_HEAD = struct.Struct("=IHHII")
_ASKED = struct.Struct("=BBBBI48x")
_PORT = struct.Struct("!H")
_PORT_AT = _HEAD.size + 4
_READ_BYTES = 64 << 10
_PAUSE_SECONDS, _PAUSE_MAX_SECONDS = 0.003, 0.05
_PAUSE_OF_AGE = 0.02
"""One that has been awaited for long may wait a little longer."""


class Listeners:
    """Tells when ports accept connections: one look after another for all that are awaited, none while none is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._awaited: dict[int, asyncio.Event] = {}
        self._asked = asyncio.Event()
        self._asked_at = 0.0

    async def accepting(self, port: int) -> None:
        """Return once something accepts connections on the port, while `watch` runs. Of two who wait, the later is told."""
        accepting = self._awaited[port] = asyncio.Event()
        self._asked_at = self._clock.monotonic()
        self._asked.set()
        try:
            await accepting.wait()
        finally:
            if self._awaited.get(port) is accepting:
                del self._awaited[port]

    async def watch(self) -> None:
        """Look, for ever."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._awaited:
                self._look()
                age = self._clock.monotonic() - self._asked_at
                pause = min(max(_PAUSE_SECONDS, _PAUSE_OF_AGE * age), _PAUSE_MAX_SECONDS)
                await self._clock.sleep(pause)

    def _look(self) -> None:
        seen = listening()
        for port, accepting in self._awaited.items():
            # Who listens may listen elsewhere, or be overrun: only a connection proves it.
            if (seen is None or port in seen) and ports.accepts(port):
                accepting.set()


def listening() -> frozenset[int] | None:
    """All TCP ports that something listens on, on whatever address; None where the kernel does not tell."""
    with suppress(OSError), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
        return frozenset(
            port for family in (socket.AF_INET, socket.AF_INET6) for port in _ports(kernel, family)
        )
    return None


def _ports(kernel: socket.socket, family: int) -> Iterator[int]:
    asked = _ASKED.pack(family, socket.IPPROTO_TCP, 0, 0, _LISTEN)
    head = _HEAD.pack(_HEAD.size + len(asked), _SOCK_DIAG_BY_FAMILY, _REQUEST_DUMP, 0, 0)
    kernel.sendto(head + asked, (0, 0))
    while True:
        answer, at = kernel.recv(_READ_BYTES), 0
        while at < len(answer):
            length, kind, *_ = _HEAD.unpack_from(answer, at)
            if kind == _DONE:
                return
            if kind == _ERROR:
                raise OSError("sock_diag")
            yield _PORT.unpack_from(answer, at + _PORT_AT)[0]
            at += (length + 3) & ~3
