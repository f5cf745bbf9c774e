"""Archive what no longer fits into the logs at hand, and let go of what is old enough."""

import asyncio
import logging

from headway.clock import SECOND, Clock
from headway.store.logbook import Logbook
from headway.waiting import either

_log = logging.getLogger(__name__)
_DAY_SECONDS = 86_400
PAUSE_SECONDS = 3600.0
RETRY_SECONDS = 10.0


class Archivist:
    """The service that does it, at once when something was put away and once an hour; after the collector."""

    def __init__(self, logbook: Logbook, clock: Clock, *, retention_days: float) -> None:
        self._logbook = logbook
        self._clock = clock
        self._retention = int(retention_days * _DAY_SECONDS * SECOND)
        self._in_trouble = False

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Archive until `stop`. What is not archived then is by the next one."""
        ready.set()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._archive())
            await stop.wait()
            task.cancel()

    async def _archive(self) -> None:
        while True:
            self._logbook.put_away.clear()
            if await self._packed():
                await either(self._logbook.put_away.wait(), self._clock.sleep(PAUSE_SECONDS))
            else:
                await self._clock.sleep(RETRY_SECONDS)

    async def _packed(self) -> bool:
        """Archive; whether that was possible. That it was not is told once."""
        try:
            await asyncio.to_thread(self._logbook.pack, self._clock.now() - self._retention)
        except OSError as error:
            if not self._in_trouble:
                _log.error("logs wait to be archived: %s", error)
            self._in_trouble = True
        else:
            self._in_trouble = False
        return not self._in_trouble
