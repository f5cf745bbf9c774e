"""Secrets in what containers say."""

from headway.domain.variables.change import change_variables
from headway.domain.variables.veil import veil_of
from headway.domain.world import World
from headway.model.apps import App
from headway.model.operations import Actor


async def test_only_what_is_secret_is_taken_out(world: World, app: App, by: Actor) -> None:
    await change_variables(world, app, {"KEY": "hunter2", "PLAIN": "hello"}, [], by, secret=["KEY"])
    assert (await veil_of(world, app.id))("hello hunter2") == "hello ********"
