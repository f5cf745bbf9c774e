"""After a start, what the records say is true again."""

import asyncio

import pytest

from headway.domain.apps.scale import scale
from headway.domain.containers import running
from headway.domain.containers.reconcile import Reconciler, reconcile
from headway.domain.one_offs.start import start
from headway.domain.world import World
from headway.errors import Retry
from headway.ids import show
from headway.model.apps import App, Change
from headway.model.one_offs import Wish
from headway.routers.port import Route
from headway.store import containers
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
def world(outside: Outside) -> World:
    return outside.process()[0]


@pytest.fixture
async def app(outside: Outside, world: World) -> App:
    return await running_app(world, outside.by, "hello-world")


async def without_rows(world: World, app: App) -> None:
    await world.database.write(lambda tx: containers.replace(tx, app.id, []))


async def test_what_runs_as_it_should_is_left_alone(outside: Outside, world: World, app: App) -> None:
    units, changes = await outside.units(app), len(outside.router.changes)
    await reconcile(world)
    assert await outside.units(app) == units
    assert len(outside.router.changes) == changes


async def test_what_is_missing_starts_and_serves(outside: Outside, world: World, app: App) -> None:
    await running.stop(world, await outside.rows(app))
    await world.router.drop(show(app.id))
    await reconcile(world)
    assert await outside.labels(app) == ["web-1", "web-2", "worker-1"]
    for it in await outside.rows(app):
        await world.runtime.ready(show(it.id), seconds=10)
    outside.serves("hello-world.localhost")


async def test_what_is_not_ours_stops(outside: Outside, world: World, app: App) -> None:
    await without_rows(world, app)
    await reconcile(world)
    assert await outside.units(app) == []
    assert outside.router.ask("hello-world.localhost").error == "stopped"


async def test_a_one_off_that_goes_on_is_left_alone(outside: Outside, app: App) -> None:
    async with outside.at_work() as working:
        it, operation = await start(working, app, Wish(command="work", detached=True), outside.by)
        await outside.end_of(operation)
        await reconcile(working)
        assert it.label in await outside.labels(app)


async def test_an_app_that_an_operation_holds_is_left_to_it(outside: Outside, world: World, app: App) -> None:
    await scale(world, app, [Change(name="web", amount=3)], outside.by)
    await without_rows(world, app)
    units = await outside.units(app)
    await reconcile(world)
    assert await outside.units(app) == units


async def test_a_route_of_an_app_that_nobody_knows_is_dropped(outside: Outside, world: World) -> None:
    await world.router.route(Route(app_id="gone", app="gone", hostnames=("gone.localhost",)))
    await reconcile(world)
    assert outside.router.ask("gone.localhost").error == "unknown-host"


async def test_one_app_that_cannot_be_brought_back_does_not_keep_the_others_from_it(
    outside: Outside, world: World, app: App
) -> None:
    other = await running_app(world, outside.by, "another-app")
    for it in (app, other):
        await running.stop(world, await outside.rows(it))
    outside.runtime.fail_next("ensure", Retry("not now"))
    await reconcile(world)
    assert await outside.labels(app) == []
    assert await outside.labels(other) == ["web-1", "web-2", "worker-1"]


async def test_one_container_that_cannot_be_stopped_does_not_keep_the_platform_from_starting(
    outside: Outside, world: World, app: App
) -> None:
    await without_rows(world, app)
    outside.runtime.fail_next("stop", Retry("not now"))
    await reconcile(world)
    assert len(await outside.units(app)) == 1


async def test_it_is_ready_once_that_is_done_and_stops_when_told(
    outside: Outside, world: World, app: App
) -> None:
    await without_rows(world, app)
    ready, stop = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        group.create_task(Reconciler(world).serve(ready, stop))
        await ready.wait()
        assert await outside.units(app) == []
        stop.set()
