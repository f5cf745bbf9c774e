"""The variables of an app."""

from headway.domain.variables.change import change_variables
from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor
from headway.views import variables


async def test_aliases_are_followed_where_that_is_asked_for(world: World, app: App, by: Actor) -> None:
    await set_variables(world, app, {"B_URL": "http://b", "A_URL": "$B_URL"}, by)
    raw = await variables.of_app(world.database, app.id)
    assert [(one.name, one.value) for one in raw] == [("A_URL", "$B_URL"), ("B_URL", "http://b")]
    followed = await variables.of_app(world.database, app.id, follow_aliases=True)
    assert [(one.name, one.value) for one in followed] == [("A_URL", "http://b"), ("B_URL", "http://b")]
    assert [one.id for one in followed] == [one.id for one in raw]


async def test_a_secret_is_told_under_no_name(world: World, app: App, by: Actor) -> None:
    values = {"KEY": "hunter2", "ALIAS": "$KEY", "PLAIN": "x"}
    told = await change_variables(world, app, values, [], by, secret=["KEY"])
    assert [it.value for it in told] == ["$KEY", "********", "x"]
    assert await variables.of_app(world.database, app.id) == told
    followed = await variables.of_app(world.database, app.id, follow_aliases=True)
    assert [it.value for it in followed] == ["********", "********", "x"]
