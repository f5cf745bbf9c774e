"""The loop: made-up time, an order that the seed chooses, processes that freeze and die."""

import asyncio
import contextlib
from random import Random

import pytest

from headway.testing.simulation.loop import Loop, Restless, Stalled


def lived(seed: int, *, shuffled: bool = True) -> list[str]:
    """What several tasks say, in the order in which they come."""
    said: list[str] = []
    loop = Loop(Random(seed), shuffled=shuffled)

    async def speak(name: str) -> None:
        for n in range(3):
            said.append(f"{name}{n}")
            await asyncio.sleep(0)

    async def whole() -> None:
        async with asyncio.TaskGroup() as group:
            for name in "abc":
                process = loop.process(name)
                loop.create_task(speak(name), context=process.context)
            group.create_task(asyncio.sleep(1))

    loop.run_until_complete(whole())
    loop.bury()
    return said


def test_the_seed_chooses_the_order() -> None:
    assert lived(1) == lived(1)
    assert len({tuple(lived(seed)) for seed in range(20)}) > 10


def test_time_passes_only_when_nobody_has_anything_to_do() -> None:
    loop = Loop(Random(1))

    async def whole() -> float:
        async with asyncio.timeout(100):
            await asyncio.sleep(50)
        return loop.time()

    assert loop.run_until_complete(whole()) == 50


def test_what_waits_for_ever_is_told() -> None:
    with pytest.raises(Stalled):
        Loop(Random(1)).run_until_complete(asyncio.Event().wait())


def test_a_frozen_process_goes_on_with_what_it_knew_and_a_dead_one_never_does() -> None:
    loop, said = Loop(Random(1)), list[str]()
    one, two = loop.process("one"), loop.process("two")

    async def speak(name: str) -> None:
        for n in range(4):
            said.append(f"{name}{n} {loop.time():g}")
            await asyncio.sleep(1)

    async def whole() -> None:
        loop.create_task(speak("one"), context=one.context)
        loop.create_task(speak("two"), context=two.context)
        await asyncio.sleep(0.5)
        one.frozen, two.alive = True, False
        await asyncio.sleep(9.5)
        loop.thaw(one)
        await asyncio.sleep(5)

    loop.run_until_complete(whole())
    loop.bury()
    assert [it for it in said if it.startswith("one")] == ["one0 0", "one1 10", "one2 11", "one3 12"]
    assert [it for it in said if it.startswith("two")] == ["two0 0"]


def test_a_fuse_strikes_between_two_callbacks() -> None:
    loop, said = Loop(Random(1)), list[int]()
    one = loop.process("one")

    def blown() -> None:
        one.alive = False

    async def count() -> None:
        while True:
            said.append(len(said))
            await asyncio.sleep(0)

    async def whole() -> None:
        loop.create_task(count(), context=one.context)
        one.fuse, one.blown = 5, blown
        await asyncio.sleep(1)

    loop.run_until_complete(whole())
    loop.bury()
    assert said[:4] == [0, 1, 2, 3]


def test_what_a_thread_would_do_is_done_at_once() -> None:
    loop = Loop(Random(1))

    async def whole() -> int:
        return await asyncio.to_thread(lambda: 7)

    assert loop.run_until_complete(whole()) == 7
    loop.bury()


def test_who_never_lets_time_pass_is_restless() -> None:
    loop = Loop(Random(1))
    loop.turns_at_once_max = 100

    async def run_around(times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(0)
        await asyncio.sleep(1)

    for _ in range(3):
        loop.run_until_complete(run_around(50))
    with pytest.raises(Restless, match="no time passes"):
        loop.run_until_complete(run_around(1000))
    loop.bury()


@pytest.mark.parametrize("seconds", [0, 1])
def test_who_will_not_be_cancelled_is_buried_all_the_same(seconds: int) -> None:
    loop = Loop(Random(1))

    async def stay() -> None:
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(seconds)

    async def whole() -> None:
        loop.create_task(stay())
        await asyncio.sleep(0.5 if seconds else 0)

    loop.run_until_complete(whole())
    loop.bury()
    assert loop.is_closed()
