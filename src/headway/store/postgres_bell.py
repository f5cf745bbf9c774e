"""Rings when something was committed: here at once, in other processes by NOTIFY.

A NOTIFY inside a commit makes all commits of the server wait for each other, so it is sent after the commit, on a
connection of its own, once for many commits. It is lost while that connection is broken; so there is a look once a
second, and one after each connecting.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from headway.clock import Clock
from headway.errors import Unavailable
from headway.store.postgres_link import ERRORS, Link, Lost, told

CHANNEL = "headway"
LOOK_SECONDS = 1.0
_POSITION = "SELECT pg_current_wal_insert_lsn()::text"


class Bell:
    """Who wants to hear of commits, and the connection through which other processes are heard."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._heard: list[Callable[[], None]] = []
        self._unsent = asyncio.Event()
        self._ringing = False

    def listen(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Call `heard` soon after any commit; returns how to end it."""
        self._heard.append(heard)
        return lambda: self._heard.remove(heard)

    def ring(self) -> None:
        """Something was committed here."""
        self._ring_here()
        self._unsent.set()

    async def serve(self) -> None:
        """Listen to other processes, and let them hear, until cancelled."""
        while True:
            with suppress(Lost, Unavailable):
                await self._attend()
            await self._clock.sleep(LOOK_SECONDS / 4)

    async def _attend(self) -> None:
        connection = await self._link.connect()
        try:
            await connection.add_listener(CHANNEL, self._hear)
            self._ring_here()
            position = await connection.fetchval(_POSITION)
            while True:
                if await self._something_unsent():
                    await connection.execute(f"NOTIFY {CHANNEL}")
                    continue
                before, position = position, await connection.fetchval(_POSITION)
                if position != before:
                    self._ring_here()
        except ERRORS as error:
            raise told(error, connection) from error
        finally:
            connection.terminate()

    async def _something_unsent(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._unsent.wait()
        unsent = self._unsent.is_set()
        self._unsent.clear()
        return unsent

    def _hear(self, connection: Any, sender: int, *_: object) -> None:
        if connection.is_closed() or sender != connection.get_server_pid():
            self._ring_here()

    def _ring_here(self) -> None:
        if not self._ringing:
            self._ringing = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        self._ringing = False
        for heard in tuple(self._heard):
            heard()
