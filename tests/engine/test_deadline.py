"""A step ends at its deadline, and what it does to its task is its own."""

import asyncio
from typing import Any

import pytest

from headway.engine.deadline import TooLate, within


async def step(*waits: float | asyncio.Event) -> str:
    for wait in waits:
        await (wait.wait() if isinstance(wait, asyncio.Event) else asyncio.sleep(wait))
    return "done"


def timers() -> int:
    return len(asyncio.get_running_loop()._scheduled)  # type: ignore[attr-defined]


async def test_what_it_returns_is_returned() -> None:
    assert await within(20, step()) == "done"
    assert await within(20, step(0, 0)) == "done"


async def test_one_that_never_waits_costs_no_timer() -> None:
    async def counting() -> int:
        return timers()

    before = timers()
    assert await within(20, counting()) == before


async def test_one_that_is_late_is_stopped() -> None:
    stopped = asyncio.Event()

    async def late() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    with pytest.raises(TooLate):
        await within(0.01, late())
    assert stopped.is_set()


@pytest.mark.parametrize("waits", [(), (0,), (0, 0)])
async def test_what_it_raises_is_raised(waits: tuple[float, ...]) -> None:
    async def fails() -> None:
        await step(*waits)
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own") as raised:
        await within(20, fails())
    assert raised.type is TimeoutError


async def test_it_runs_in_the_task_of_the_caller_from_its_first_move_on() -> None:
    tasks: list[Any] = []

    async def two_moves() -> None:
        tasks.append(asyncio.current_task())
        await asyncio.sleep(0)
        tasks.append(asyncio.current_task())

    await within(20, two_moves())
    assert set(tasks) == {asyncio.current_task()}


async def test_a_cancel_reaches_it_and_may_be_answered() -> None:
    begun = asyncio.Event()

    async def stubborn() -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        return "all the same"

    task = asyncio.ensure_future(within(20, stubborn()))
    await begun.wait()
    task.cancel()
    assert await task == "all the same"


async def test_one_whose_group_has_failed_is_stopped_at_its_deadline_like_any_other() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    async def crowd() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(step(asyncio.Event()))
                group.create_task(fail())
        except ExceptionGroup:
            await asyncio.Event().wait()

    async def caller() -> str:
        try:
            await within(0.01, crowd())
        except TooLate:
            return "late"
        return "in time"

    assert await asyncio.ensure_future(caller()) == "late"
