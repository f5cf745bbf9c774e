"""Events, in order, to whoever listens: no gap, no double, from any point that is still kept."""

import asyncio
from collections.abc import AsyncIterator

from headway.model.operations import Event
from headway.store import events
from headway.store.database import Database

PAGE = 500


class Feed:
    """Tells its readers when something has happened, here or on another node."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed: asyncio.Future[None] | None = None
        self._end = database.listen(self._heard)

    def close(self) -> None:
        """Stop listening."""
        self._end()

    def _heard(self) -> None:
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)
        self._changed = None

    def changed(self) -> "asyncio.Future[None]":
        """Done at the next commit. Ask for it before reading, so that nothing falls between."""
        if self._changed is None:
            self._changed = asyncio.get_running_loop().create_future()
        return self._changed

    async def follow(self, after: int, operation: int | None = None) -> AsyncIterator[list[Event]]:
        """What happens behind event `after`, in pages, to one operation or to all; never ends by itself."""
        while True:
            changed = self.changed()
            page = await self.read(after, operation)
            if page:
                after = page[-1].seq
                yield page
            else:
                await asyncio.shield(changed)

    async def read(self, after: int, operation: int | None = None) -> list[Event]:
        """What is there behind event `after`, at most a page."""
        if operation is None:
            return await self._database.read(lambda tx: events.after(tx, after, PAGE))
        return await self._database.read(lambda tx: events.of_operation(tx, operation, after, PAGE))
