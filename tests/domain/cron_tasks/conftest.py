"""An app that serves, and a clock that stands until a test sets it."""

from collections.abc import Callable

import msgspec
import pytest

from headway.clock import SystemClock
from headway.domain.cron_tasks.put_in_force import put_in_force
from headway.domain.world import World
from headway.model.apps import App
from headway.model.cron_tasks import CronTask, line_of
from headway.store import cron_tasks, releases
from headway.store.database import Tx
from headway.testing.examples import running_app
from tests.model.test_cron_tasks import at
from tests.outside import Outside


class StandingClock(SystemClock):
    """The machine's clock; the time of day is as it was set."""

    def __init__(self, now: int) -> None:
        self.at = now

    def now(self) -> int:
        return self.at


@pytest.fixture
def clock(outside: Outside) -> StandingClock:
    """Of processes that come; a minute before five."""
    clock = StandingClock(at("2026-11-22 04:59"))
    outside.clock = clock
    return clock


@pytest.fixture
async def app(outside: Outside, clock: StandingClock) -> App:
    """It has no tasks. Its times are those of the standing clock."""
    app = await running_app(outside.process()[0], outside.by, "hello-world")
    assert app.release_id is not None
    return app


@pytest.fixture
def world(outside: Outside, app: App) -> World:
    """In which nobody works: what is begun stays queued."""
    world = outside.process()[0]
    world.logbook.open()
    return world


async def tasked(world: World, app: App, *texts: str) -> list[CronTask]:
    """The app's tasks, once a release with these is in force."""

    async def body(tx: Tx) -> list[CronTask]:
        release = await releases.get(tx, app.release_id or 0)
        lines = tuple(line_of(text) for text in texts)
        await put_in_force(world, tx, msgspec.structs.replace(release, cron=lines))
        return await cron_tasks.of_app(tx, app.id)

    return await world.database.write(body)


@pytest.fixture
def now_of(outside: Outside) -> Callable[[CronTask], object]:
    """How a task is now."""
    return lambda it: outside.database.read(lambda tx: cron_tasks.get(tx, it.id))
