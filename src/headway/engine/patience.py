"""Waiting for a store that is full or away: an operation stays as it is until it can be written down."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from headway.clock import Clock
from headway.errors import Unavailable
from headway.store.database import StorageFull

T = TypeVar("T")

PAUSE_SECONDS = 0.5


async def insist(clock: Clock, act: Callable[[], Awaitable[T]]) -> T:
    """What `act` returns, however long the disk is full or the database is away."""
    while True:
        try:
            return await act()
        except (Unavailable, StorageFull):
            await clock.sleep(PAUSE_SECONDS)
