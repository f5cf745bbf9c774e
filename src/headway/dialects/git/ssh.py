"""The SSH listener. Its library, which costs memory, is loaded when somebody comes for the first time."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from headway.dialects.git.service import Git
from headway.model.accounts import Account
from headway.web.ask import Edge

if TYPE_CHECKING:
    from headway.dialects.git.shell import Shells

log = logging.getLogger(__name__)

AccountOf = Callable[[str], Awaitable[Account]]
"""Whose public key has that fingerprint, `SHA256:…`; NotFound."""
BACKLOG = 64
_IDLE_SECONDS, _PROBES = 60, 4


class SshServer:
    """Git over SSH, and `login --ssh`."""

    def __init__(self, edge: Edge, address: tuple[str, int], account_of: AccountOf) -> None:
        self._edge = edge
        self._address = address
        self._account_of = account_of
        self._git = Git(edge)
        self._loading = asyncio.Lock()
        self._shells: Shells | None = None
        self._open = 0
        self.port = 0
        """Where it listens, once it does."""

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Listen until `stop`; then connections are cut. OSError where the address is taken."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        with socket.create_server(self._address, family=family, backlog=BACKLOG) as listener:
            listener.setblocking(False)
            self.port = listener.getsockname()[1]
            async with asyncio.TaskGroup() as group:
                accepting = group.create_task(self._accept(listener))
                ready.set()
                await stop.wait()
                accepting.cancel()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        most = self._edge.world.config.ssh_connections_max
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    connection, _ = await loop.sock_accept(listener)
                except OSError as error:
                    log.warning("ssh: nobody can be let in: %s", error)
                    await self._edge.world.clock.sleep(1)
                    continue
                if self._open >= most:
                    connection.close()
                    continue
                self._open += 1
                group.create_task(self._talk(connection))

    async def _talk(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError):
                _watch(connection)
            await (await self._loaded()).talk(connection)
        # A service's loop: what one connection brings about must not end the others, nor the platform.
        except Exception:
            log.exception("ssh: a connection ended by a fault of ours")
        finally:
            self._open -= 1
            connection.close()

    async def _loaded(self) -> "Shells":
        async with self._loading:
            if self._shells is None:
                shells = await asyncio.to_thread(_imported)
                self._shells = shells(self._edge, self._git, self._account_of)
            return self._shells


def _imported() -> "type[Shells]":
    from headway.dialects.git.shell import Shells  # noqa: PLC0415 - see above

    return Shells


def _watch(connection: socket.socket) -> None:
    """Who has gone without a word is noticed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_KEEPIDLE"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _IDLE_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)
