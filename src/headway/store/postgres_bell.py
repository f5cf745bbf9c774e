"""Rings when something was committed: here at once, in other processes by NOTIFY.

A NOTIFY inside a commit makes all commits of the server wait for each other, so it is sent after the commit, on a
connection of its own, once for many commits, with what they touched as far as there is room. It is lost while that
connection is broken; so there is a look once a second, and one after each connecting.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from headway.clock import Clock
from headway.errors import Unavailable
from headway.store.database import Heard, Touched
from headway.store.postgres_link import ERRORS, Link, Lost, told
from headway.store.touches import Touches

CHANNEL = "headway"
LOOK_SECONDS = 1.0
PAYLOAD_MAX = 7999
"""What PostgreSQL takes with a NOTIFY."""
_NOTIFY = f"SELECT pg_notify('{CHANNEL}', $1)"
_POSITION = "SELECT pg_current_wal_insert_lsn()::text"


class Bell:
    """Who wants to hear of commits, and the connection through which other processes are heard."""

    def __init__(self, link: Link, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._heard: list[Heard] = []
        self._unsent = asyncio.Event()
        self._touches = Touches()

    def listen(self, heard: Heard) -> Callable[[], None]:
        """Call `heard` after any commit; returns how to end it."""
        self._heard.append(heard)
        return lambda: self._heard.remove(heard)

    def ring(self, touched: Touched) -> None:
        """Something was committed here; whoever listens here has heard of it when this returns."""
        self._touches.add(touched)
        self._unsent.set()
        self._tell(touched)

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
            self._tell(None)
            position = await connection.fetchval(_POSITION)
            while True:
                if await self._something_unsent():
                    await connection.execute(_NOTIFY, written(self._touches.told()))
                    continue
                before, position = position, await connection.fetchval(_POSITION)
                if position != before:
                    self._tell(None)
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

    def _hear(self, connection: Any, sender: int, _channel: object, payload: object) -> None:
        if connection.is_closed() or sender != connection.get_server_pid():
            self._tell(read(str(payload)))

    def _tell(self, touched: Touched | None) -> None:
        for heard in tuple(self._heard):
            heard(touched)


def written(touched: Touched) -> str:
    """What was touched, as it is sent; nothing where it is too much."""
    operations, ended = (",".join(f"{id:x}" for id in ids) for ids in (touched.operations, touched.ended))
    payload = f"{','.join(touched.nouns)};{operations};{ended}"
    return payload if len(payload) <= PAYLOAD_MAX else ""


def read(payload: str) -> Touched | None:
    """The way back; None where it is not known."""
    nouns, known, rest = payload.partition(";")
    if not known:
        return None
    operations, ended = (frozenset(int(id, 16) for id in ids.split(",") if id) for ids in rest.split(";"))
    return Touched(operations, ended, frozenset(nouns.split(",")) if nouns else frozenset())
