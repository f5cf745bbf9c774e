"""Sending a signal."""

from collections.abc import AsyncIterator

import pytest

from headway.domain.containers.kill import kill
from headway.domain.world import World
from headway.errors import Conflict, Invalid, NotFound
from headway.model.apps import App
from headway.store import events
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
async def world(outside: Outside) -> AsyncIterator[World]:
    async with outside.at_work() as world:
        yield world


@pytest.fixture
async def app(outside: Outside) -> App:
    return await running_app(outside.process()[0], outside.by, "hello-world")


async def test_it_is_sent_and_told(outside: Outside, world: World, app: App) -> None:
    await kill(world, app, "web-1", "SIGUSR2", outside.by)
    told = await outside.database.read(lambda tx: events.after(tx, 0, 1000))
    (signalled,) = [event for event in told if event.name == "app.signalled"]
    assert (signalled.data["label"], signalled.data["signal"]) == ("web-1", "SIGUSR2")


@pytest.mark.parametrize("wanted", ["SIGKILL", "SIGTERM", "USR1", "sigusr1", "10", ""])
async def test_other_signals_are_refused(outside: Outside, world: World, app: App, wanted: str) -> None:
    with pytest.raises(Invalid, match="SIGUSR1, SIGUSR2"):
        await kill(world, app, "web-1", wanted, outside.by)


async def test_what_is_not_there_or_does_not_run_gets_none(outside: Outside, world: World, app: App) -> None:
    with pytest.raises(NotFound):
        await kill(world, app, "web-9", "SIGUSR1", outside.by)
    (web, *_) = await outside.units(app)
    await outside.runtime.stop(web.id)
    with pytest.raises(Conflict, match="does not run"):
        await kill(world, app, web.label, "SIGUSR1", outside.by)
