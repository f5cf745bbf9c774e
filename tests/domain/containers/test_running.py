"""Containers brought about."""

import asyncio

import pytest

from headway.domain.apps.create import create
from headway.domain.containers import running
from headway.domain.world import World
from headway.errors import Failure, Retry
from headway.ids import show
from headway.model.apps import App
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
def world(outside: Outside) -> World:
    return outside.process()[0]


@pytest.fixture
async def app(outside: Outside, world: World) -> App:
    return await running_app(world, outside.by, "hello-world")


async def test_stopped_and_started_they_are_there_again(outside: Outside, world: World, app: App) -> None:
    rows, labels = await outside.rows(app), await outside.labels(app)
    for _ in range(2):
        await running.stop(world, rows)
        assert await outside.units(app) == []
    for _ in range(2):
        await running.start(world, app.id, rows)
        assert await outside.labels(app) == labels


async def test_a_route_leads_to_what_listens(outside: Outside, world: World, app: App) -> None:
    route = await running.route_of(world, app, await outside.rows(app))
    assert (route.app_id, route.app, route.hostnames) == (
        show(app.id),
        "hello-world",
        ("hello-world.localhost",),
    )
    assert (len(route.endpoints), route.draining, route.stopped) == (2, (), False)


async def test_a_route_to_containers_that_are_not_there_leads_nowhere_but_is_not_stopped(
    outside: Outside, world: World, app: App
) -> None:
    rows = await outside.rows(app)
    await running.stop(world, rows)
    route = await running.route_of(world, app, rows)
    assert (route.endpoints, route.stopped) == ((), False)


async def test_an_app_without_web_containers_is_stopped(outside: Outside, world: World, app: App) -> None:
    workers = [it for it in await outside.rows(app) if it.type == "worker"]
    route = await running.route_of(world, app, workers)
    assert (route.endpoints, route.stopped) == ((), True)


async def test_containers_of_another_app_are_none_of_its_endpoints(
    outside: Outside, world: World, app: App
) -> None:
    other = await create(world, "another-app", outside.by)
    assert await running.endpoints_of(world, other.id, await outside.rows(app)) == ()


async def test_of_several_at_once_the_first_trouble_ends_the_others_and_comes_as_it_is() -> None:
    ended = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails() -> None:
        raise Retry("not now")

    with pytest.raises(Retry, match="not now"):
        await running.together([waits(), fails()])
    assert ended.is_set()


async def test_a_slug_that_is_not_kept_any_more_is_a_failure(
    outside: Outside, world: World, app: App
) -> None:
    release = await outside.release(app.release_id)
    folder = await outside.builder.slug(release.digest)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(Failure) as failed:
        await running.start(world, app.id, await outside.rows(app))
    assert failed.value.code == "slug-missing"
