"""Long file work beside the loop, that ends when its caller is cancelled."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
Alive = Callable[[], None]
"""Called by the work every now and then; raises where nobody waits for it any more."""


class Abandoned(Exception):
    """The caller was cancelled: the work unwinds."""


async def in_thread(work: Callable[[Alive], T]) -> T:
    """What `work` returns, run in a thread; a cancel is passed on to it and waited for, so nothing runs on."""
    abandoned = threading.Event()

    def alive() -> None:
        if abandoned.is_set():
            raise Abandoned

    running = asyncio.get_running_loop().run_in_executor(None, work, alive)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        abandoned.set()
        await _ended(running)
        raise


async def _ended(running: "asyncio.Future[T]") -> None:
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError:
            continue
    running.exception()
