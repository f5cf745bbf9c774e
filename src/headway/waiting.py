"""Waiting for descriptors, and for the first of several things."""

import asyncio
from collections.abc import Coroutine


async def either(*ways: Coroutine[object, object, object]) -> None:
    """Return when one of them has; the others are cancelled."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(way) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


async def readable(descriptor: int) -> None:
    """Return when there is something to read from it."""
    loop = asyncio.get_running_loop()
    seen = asyncio.Event()
    loop.add_reader(descriptor, seen.set)
    try:
        await seen.wait()
    finally:
        loop.remove_reader(descriptor)


async def writable(descriptor: int) -> None:
    """Return when it takes something."""
    loop = asyncio.get_running_loop()
    seen = asyncio.Event()
    loop.add_writer(descriptor, seen.set)
    try:
        await seen.wait()
    finally:
        loop.remove_writer(descriptor)
