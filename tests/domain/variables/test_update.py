"""Another value for a variable."""

import pytest

from headway.domain.variables.set import set_variables
from headway.domain.variables.update import update_variable
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.apps import App
from headway.model.operations import Actor
from headway.views import variables


async def test_the_value_is_replaced(world: World, app: App, by: Actor) -> None:
    (one,) = await set_variables(world, app, {"ONE": "1"}, by)
    assert (await update_variable(world, app, one.id, "2", by)).value == "2"
    assert [it.value for it in await variables.of_app(world.database, app.id)] == ["2"]


async def test_a_value_that_is_too_long_changes_nothing(world: World, app: App, by: Actor) -> None:
    (one,) = await set_variables(world, app, {"ONE": "1"}, by)
    with pytest.raises(Invalid):
        await update_variable(world, app, one.id, "x" * 32_769, by)
    assert [it.value for it in await variables.of_app(world.database, app.id)] == ["1"]


async def test_a_variable_that_is_not_there_is_not_found(world: World, app: App, by: Actor) -> None:
    with pytest.raises(NotFound):
        await update_variable(world, app, 1, "2", by)
