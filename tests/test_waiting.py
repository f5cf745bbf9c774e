"""Waiting for the first of several things."""

import asyncio
import os

import pytest

from headway.waiting import either, readable


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


async def test_the_first_ends_the_wait_and_the_others_are_cancelled():
    cancelled = asyncio.Event()

    async def for_ever():
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with asyncio.timeout(30):
        await either(for_ever(), asyncio.sleep(0))

    assert cancelled.is_set()


async def test_cancelling_the_wait_cancels_all_that_is_waited_for():
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def for_ever():
        try:
            begun.set()
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    waiting = asyncio.create_task(either(for_ever()))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert cancelled.is_set()


async def test_a_way_that_fails_is_told():
    async def fails():
        raise OSError("broken")

    with pytest.raises(ExceptionGroup) as raised:
        await either(fails(), asyncio.Event().wait())

    assert raised.group_contains(OSError, match="broken")


async def test_a_descriptor_is_waited_for_until_there_is_something_to_read(pipe):
    waiting = asyncio.create_task(readable(pipe[0]))
    await asyncio.sleep(0)
    assert not waiting.done()
    os.write(pipe[1], b"x")

    async with asyncio.timeout(30):
        await waiting


async def test_a_descriptor_is_let_go_when_the_wait_is_cancelled(pipe):
    waiting = asyncio.create_task(readable(pipe[0]))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert not asyncio.get_running_loop().remove_reader(pipe[0])
