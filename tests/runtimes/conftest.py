"""A folder that any user can reach, and runtimes that serve while a test runs."""

import asyncio
import os

import pytest

from tests.runtimes.bench import clear, make, reachable_folder

SANDBOXED = "process-A" if os.geteuid() == 0 else "process-C"


@pytest.fixture
def place():
    with reachable_folder() as folder:
        yield folder


@pytest.fixture(params=[SANDBOXED, "process-D"])
def kind(request):
    return request.param


@pytest.fixture
async def runtime(kind, place):
    async for made in _served(kind, place):
        yield made


@pytest.fixture
async def sandbox(place):
    async for made in _served(SANDBOXED, place):
        yield made


async def _served(kind, place):
    ready, stop = asyncio.Event(), asyncio.Event()
    made = make(kind, place / "runtime")
    life = asyncio.create_task(made.serve(ready, stop))
    await ready.wait()
    yield made
    await clear(made)
    stop.set()
    await life
