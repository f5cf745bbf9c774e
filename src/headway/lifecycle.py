"""How the long-lived parts of the platform start, run and stop together."""

import asyncio
from collections.abc import Sequence
from typing import Protocol


class Service(Protocol):
    """A long-lived part.

    `serve` starts the part, sets `ready` once it works, runs until `stop` is set, and returns when it has
    stopped. It raises what it cannot survive; then every other part is stopped as well.
    """

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Run until `stop` is set."""
        ...


async def run(
    services: Sequence[Service], ready: asyncio.Event, stop: asyncio.Event, *, drain_seconds: float
) -> None:
    """Start the services in order, each when the one before is ready; stop them in reverse order.

    Who has not returned `drain_seconds` after the stop, all of them together, is cancelled. The first exception
    of any service stops all and is raised, in a group.
    """
    clock = asyncio.get_running_loop().time
    troubles: list[Exception] = []
    async with asyncio.TaskGroup() as group:
        running: list[tuple[asyncio.Task[None], asyncio.Event]] = []
        try:
            for service in services:
                running.append(await _start(group, service, stop, troubles))
                if stop.is_set():
                    break
            else:
                ready.set()
            await stop.wait()
        finally:
            until = clock() + drain_seconds
            for task, its_stop in reversed(running):
                its_stop.set()
                await asyncio.wait([task], timeout=max(0.0, until - clock()))
                task.cancel()
    if troubles:
        raise ExceptionGroup("a part of the platform failed", troubles)


async def _start(
    group: asyncio.TaskGroup, service: Service, stop: asyncio.Event, troubles: list[Exception]
) -> tuple[asyncio.Task[None], asyncio.Event]:
    its_ready, its_stop = asyncio.Event(), asyncio.Event()
    task = group.create_task(_watched(service, its_ready, its_stop, stop, troubles))
    waits = [group.create_task(its_ready.wait()), group.create_task(stop.wait())]
    await asyncio.wait([task, *waits], return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return task, its_stop


async def _watched(
    service: Service,
    ready: asyncio.Event,
    its_stop: asyncio.Event,
    stop: asyncio.Event,
    troubles: list[Exception],
) -> None:
    try:
        await service.serve(ready, its_stop)
    # Raised within the group it would cut the others off; they are to stop in their order first.
    except Exception as error:  # noqa: BLE001
        troubles.append(error)
    finally:
        stop.set()
