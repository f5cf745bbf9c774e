"""Waiting for a store that is full or away: an operation stays as it is until it can be written down."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from headway.clock import Clock
from headway.errors import Unavailable
from headway.store.database import StorageFull

log = logging.getLogger("engine")
T = TypeVar("T")

PAUSE_SECONDS = 0.5
AWAY = (Unavailable, StorageFull)
"""What is waited for."""


async def insist(clock: Clock, act: Callable[[], Awaitable[T]], trouble: Exception | None = None) -> T:
    """What `act` returns, however long the disk is full or the database is away.

    `trouble` is what came of having asked already.
    """
    told = False
    while True:
        if trouble is not None:
            if not told:
                log.warning("waiting: %s", trouble)
            told = True
            await clock.sleep(PAUSE_SECONDS)
        try:
            return await act()
        except AWAY as error:
            trouble = error
