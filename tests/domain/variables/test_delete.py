"""Deleting variables."""

import pytest

from headway.domain.apps.create import create
from headway.domain.variables.delete import delete_variables
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.operations import Actor
from headway.views import variables


async def test_those_that_are_named_go_also_where_one_is_named_twice(
    world: World, app: App, by: Actor
) -> None:
    one, two, _ = await set_variables(world, app, {"ONE": "1", "TWO": "2", "THREE": "3"}, by)
    await delete_variables(world, app, [one.id, two.id, one.id], by)
    assert [it.name for it in await variables.of_app(world.database, app.id)] == ["THREE"]


async def test_where_one_is_not_there_none_goes(world: World, app: App, by: Actor) -> None:
    (one,) = await set_variables(world, app, {"ONE": "1"}, by)
    with pytest.raises(NotFound):
        await delete_variables(world, app, [one.id, 1], by)
    assert len(await variables.of_app(world.database, app.id)) == 1


async def test_a_variable_of_another_app_stays(world: World, app: App, by: Actor) -> None:
    second = await create(world, "another-app", by)
    (one,) = await set_variables(world, second, {"ONE": "1"}, by)
    with pytest.raises(NotFound):
        await delete_variables(world, app, [one.id], by)
    assert len(await variables.of_app(world.database, second.id)) == 1
