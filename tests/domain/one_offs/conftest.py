"""A world at work, an app that serves in it, and its one-offs."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.one_offs.start import start
from headway.domain.world import World
from headway.model.apps import App
from headway.model.one_offs import OneOff, Wish
from headway.model.operations import Phase
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


@pytest.fixture
async def detached(outside: Outside, world: World, app: App) -> OneOff:
    """One that runs."""
    it, operation = await start(world, app, Wish(command="work beside", detached=True), outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    return it


@pytest.fixture
async def attached(outside: Outside, world: World, app: App) -> OneOff:
    """One that waits for its terminal."""
    it, operation = await start(world, app, Wish(command="cat; exit 4"), outside.by)
    assert (await outside.end_of(operation)).phase is Phase.SUCCEEDED
    return it
