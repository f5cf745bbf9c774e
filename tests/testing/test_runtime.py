"""What the runtime in memory adds to the promises of the port; those are in the conformance suite."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from headway.clock import SystemClock
from headway.errors import Failure, Retry
from headway.model.sizes import SIZES
from headway.runtimes.port import Unit
from headway.testing.runtime import MemoryRuntime


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[MemoryRuntime]:
    runtime, ready, stop = MemoryRuntime(SystemClock()), asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(runtime.serve(ready, stop))
        await ready.wait()
        yield runtime
        stop.set()


def unit(command: str, *, listens: bool = True) -> Unit:
    return Unit(
        id="u1",
        app_id="a1",
        label="web-1",
        slug=Path("/nowhere"),
        command=command,
        environment={"NAME": "world"},
        size=SIZES["M"],
        listens=listens,
    )


async def test_the_next_call_fails_as_it_was_told_and_the_one_after_does_not() -> None:
    async with serving() as runtime:
        runtime.fail_next("ensure", Retry("not now"))
        with pytest.raises(Retry, match="not now"):
            await runtime.ensure(unit("serve"))
        assert (await runtime.ensure(unit("serve"))).label == "web-1"


async def test_it_understands_a_little_of_the_shell() -> None:
    async with serving() as runtime:
        await runtime.ensure(unit("echo hello $NAME; exit 3", listens=False))
        async with asyncio.timeout(30):
            output = await anext(runtime.output({}))
        assert output.lines[0] == b"hello world"


async def test_an_end_before_it_is_ready_carries_the_last_words() -> None:
    async with serving() as runtime:
        await runtime.ensure(unit("echo no luck; exit 1"))
        with pytest.raises(Failure, match="no luck"):
            await runtime.ready("u1", seconds=5)


async def test_its_port_is_given_to_nobody_else_while_it_is_there() -> None:
    async with serving() as runtime:
        status = await runtime.ensure(unit("sleep 60; serve"))
        assert status.address is not None
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(status.address)
        await runtime.stop("u1")
        with socket.socket() as other:
            other.bind(status.address)
