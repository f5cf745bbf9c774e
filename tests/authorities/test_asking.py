"""Questions in threads."""

import asyncio
import threading

import pytest

from headway.authorities.asking import Asking


async def test_an_answer_comes_back_and_so_does_what_was_raised() -> None:
    asking = Asking(1)
    assert await asking.ask(lambda: 1 + 1) == 2
    with pytest.raises(ZeroDivisionError):
        await asking.ask(lambda: 1 // 0)


async def test_no_more_are_asked_at_once_than_may_be() -> None:
    asking, gate, begun = Asking(2), threading.Event(), []

    def question() -> None:
        begun.append(threading.current_thread())
        assert gate.wait(60)

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(asking.ask(question))
        while len(begun) < 2:
            await asyncio.sleep(0.001)
        assert len(begun) == 2
        gate.set()
    assert len(begun) == 5
    assert all(thread.daemon for thread in begun)


async def test_who_stops_waiting_is_not_held_up() -> None:
    asking, gate = Asking(1), threading.Event()
    asked = asyncio.create_task(asking.ask(lambda: gate.wait(60)))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    gate.set()
