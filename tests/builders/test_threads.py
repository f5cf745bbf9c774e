"""Work in a thread ends with its caller."""

import asyncio
import threading

import pytest

from headway.builders.threads import Alive, in_thread


async def test_what_the_work_returns_and_raises_comes_back():
    assert await in_thread(lambda _alive: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda _alive: 1 // 0)


async def test_a_cancel_is_passed_on_and_waited_for():
    begun, ended = threading.Event(), threading.Event()

    def work(alive: Alive) -> None:
        begun.set()
        try:
            while True:
                alive()
        finally:
            ended.set()

    task = asyncio.ensure_future(in_thread(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
