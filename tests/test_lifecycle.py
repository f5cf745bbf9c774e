import asyncio

import pytest

from headway import lifecycle


class Part:
    """A part that writes down when it starts and stops."""

    def __init__(self, name: str, told: list[str]) -> None:
        self.name = name
        self.told = told

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        self.told.append(f"{self.name} starts")
        ready.set()
        await stop.wait()
        self.told.append(f"{self.name} stops")


class Failing(Part):
    """A part that cannot start."""

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        raise OSError("the port is taken")


class Stubborn(Part):
    """A part that does not listen to a stop."""

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        ready.set()
        await asyncio.get_running_loop().create_future()


async def life(*services: lifecycle.Service, drain_seconds: float = 5) -> bool:
    """Start, stop as soon as all are ready; whether they became so."""
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(lifecycle.run(services, ready, stop, drain_seconds=drain_seconds))
        waits = [asyncio.ensure_future(ready.wait()), running]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        waits[0].cancel()
    return ready.is_set()


async def test_parts_start_in_order_and_stop_in_reverse() -> None:
    told: list[str] = []
    assert await life(Part("store", told), Part("web", told))
    assert told == ["store starts", "web starts", "web stops", "store stops"]


async def test_a_part_that_cannot_start_stops_those_before_it_and_is_raised() -> None:
    told: list[str] = []
    with pytest.raises(ExceptionGroup) as caught:
        await life(Part("store", told), Failing("web", told), Part("late", told))
    assert caught.group_contains(OSError, match="the port is taken")
    assert told == ["store starts", "store stops"]


async def test_many_parts_that_do_not_stop_have_the_time_of_one() -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert await life(*(Stubborn(f"stubborn {n}", []) for n in range(1000)), drain_seconds=0.1)
    assert loop.time() - begun < 1000 * 0.1


async def test_a_part_that_does_not_stop_is_cut_off() -> None:
    async with asyncio.timeout(30):
        assert await life(Stubborn("stubborn", []), drain_seconds=0.01)
