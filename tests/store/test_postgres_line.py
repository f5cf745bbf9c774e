"""A line of callers: together where they can be, alone where one of them is to blame."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from headway.errors import Unavailable
from headway.store.postgres_line import Line, Waiting


class Counter:
    """Where work is done: it answers each number with its double, and refuses batches as it is told."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.refuse: Callable[[list[int]], Exception | None] = lambda _: None

    async def carry_out(self, batch: list[Waiting[int]]) -> None:
        await asyncio.sleep(0)
        numbers = [one.work for one in batch]
        self.batches.append(numbers)
        if error := self.refuse(numbers):
            raise error
        for one in batch:
            one.result = 2 * one.work


def _everybody(works: list[int]) -> list[bool]:
    return [True] * len(works)


@contextlib.asynccontextmanager
async def _served(
    counter: Counter, choose: Callable[[list[int]], list[bool]] | None = None
) -> AsyncIterator[Line[int]]:
    line = Line(counter.carry_out, choose or _everybody, 4)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(line.serve())
        yield line
        await line.idle()
        serving.cancel()


async def test_those_who_wait_go_together_up_to_a_limit() -> None:
    counter = Counter()
    async with _served(counter) as line:
        assert await asyncio.gather(*map(line.join, range(6))) == [0, 2, 4, 6, 8, 10]
    assert counter.batches == [[0, 1, 2, 3], [4, 5]]


async def test_who_is_not_chosen_waits_for_the_next() -> None:
    counter = Counter()
    async with _served(counter, lambda works: [work % 2 == works[0] % 2 for work in works]) as line:
        assert await asyncio.gather(*map(line.join, range(4))) == [0, 2, 4, 6]
    assert counter.batches == [[0, 2], [1, 3]]


async def test_when_a_batch_fails_each_goes_alone_and_one_is_told() -> None:
    counter = Counter()
    counter.refuse = lambda numbers: LookupError("2") if 2 in numbers else None
    async with _served(counter) as line:
        outcomes = await asyncio.gather(*map(line.join, range(4)), return_exceptions=True)
    assert [repr(outcome) for outcome in outcomes] == ["0", "2", "LookupError('2')", "6"]
    assert counter.batches == [[0, 1, 2, 3], [0], [1], [2], [3]]


async def test_when_nobody_answers_they_are_not_tried_one_by_one() -> None:
    counter = Counter()
    counter.refuse = lambda _: Unavailable("away")
    async with _served(counter) as line:
        outcomes = await asyncio.gather(*map(line.join, range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert len(counter.batches) == 1


async def test_who_has_given_up_is_left_out() -> None:
    counter = Counter()
    async with _served(counter) as line, asyncio.TaskGroup() as group:
        waiting = [group.create_task(line.join(n)) for n in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
    assert counter.batches == [[0, 2]]


async def test_at_the_end_all_who_wait_are_told() -> None:
    line = Line(Counter().carry_out, _everybody, 4)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(asyncio.wait([group.create_task(_refused(line))]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        line.end()
    assert waiting.done()
    await line.idle()


async def _refused(line: Line[int]) -> None:
    with pytest.raises(Unavailable):
        await line.join(1)
