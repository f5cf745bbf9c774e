"""Nobody is woken early, nobody twice, nobody is forgotten."""

import asyncio

from headway.engine.alarms import Alarms


async def test_who_waits_is_woken_when_the_time_is_up_and_not_before() -> None:
    alarms, loop = Alarms(), asyncio.get_running_loop()
    soon: asyncio.Future[None] = loop.create_future()
    late: asyncio.Future[None] = loop.create_future()
    began = loop.time()
    alarms.set(soon, 0.05)
    alarms.set(late, 3600)
    async with asyncio.timeout(20):
        await soon
    assert loop.time() - began >= 0.05
    assert not late.done()


async def test_those_whose_time_is_up_together_are_all_woken() -> None:
    alarms, loop = Alarms(), asyncio.get_running_loop()
    all_of_them: list[asyncio.Future[None]] = [loop.create_future() for _ in range(100)]
    all_of_them[3].set_result(None)
    for waiting in all_of_them:
        alarms.set(waiting, 0.05)
    async with asyncio.timeout(20):
        await asyncio.gather(*all_of_them)


async def test_who_waits_no_more_is_not_woken() -> None:
    alarms, loop = Alarms(), asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()
    other: asyncio.Future[None] = loop.create_future()
    at = alarms.set(gone, 0.05)
    assert alarms.set(other, 0.05) >= at
    alarms.unset(gone, at)
    async with asyncio.timeout(20):
        await other
    assert not gone.done()
    alarms.unset(other, at)
