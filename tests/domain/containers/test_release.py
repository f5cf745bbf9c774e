"""Which release new containers run."""

import pytest

from headway.domain.apps.create import create
from headway.domain.containers import release
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.deployments import Release
from headway.testing.examples import running_app
from tests.outside import Outside


@pytest.fixture
def world(outside: Outside) -> World:
    return outside.process()[0]


@pytest.fixture
async def app(outside: Outside, world: World) -> App:
    return await running_app(world, outside.by, "hello-world")


async def current(world: World, app: App) -> Release | None:
    return await world.database.write(lambda tx: release.current(world, tx, app))


async def test_without_a_deployment_there_is_none(outside: Outside, world: World) -> None:
    assert await current(world, await create(world, "never-deployed", outside.by)) is None


async def test_it_is_the_one_that_serves_while_no_variable_has_changed(
    outside: Outside, world: World, app: App
) -> None:
    assert await current(world, app) == await outside.release(app.release_id)


async def test_after_a_change_it_is_a_new_one_and_the_old_one_stays_as_it_was(
    outside: Outside, world: World, app: App
) -> None:
    await set_variables(world, app, {"GREETING": "hello"}, outside.by)
    new = await current(world, app)
    assert new is not None
    assert new.variables == {"GREETING": "hello"}
    assert (await outside.release(new.id)).variables == new.variables
    assert (await outside.release(app.release_id)).variables == {}


async def test_an_unused_one_is_forgotten_and_the_one_that_serves_is_not(
    outside: Outside, world: World, app: App
) -> None:
    await set_variables(world, app, {"GREETING": "hello"}, outside.by)
    new = await current(world, app)
    assert new is not None
    for id in (new.id, app.release_id, None):
        await world.database.write(lambda tx, it=id: release.forget_unused(tx, app.id, it))
    with pytest.raises(NotFound):
        await outside.release(new.id)
    assert await outside.release(app.release_id)
