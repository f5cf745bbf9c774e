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


async def insist(clock: Clock, act: Callable[[], Awaitable[T]]) -> T:
    """What `act` returns, however long the disk is full or the database is away."""
    told = False
    while True:
        try:
            return await act()
        except (Unavailable, StorageFull) as error:
            if not told:
                log.warning("waiting: %s", error)
            told = True
            await clock.sleep(PAUSE_SECONDS)
