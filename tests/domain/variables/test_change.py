import pytest

from headway.domain.variables.change import change_variables
from headway.domain.world import World
from headway.errors import Invalid, NotFound, Stale
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.model.versions import version_of


async def test_some_are_set_and_others_deleted_in_one_go(world: World, app: App, by: Actor) -> None:
    await change_variables(world, app, {"A": "1", "B": "2"}, [], by)
    kept = await change_variables(world, app, {"B": "3", "C": "4"}, ["A"], by)
    assert [(it.name, it.value) for it in kept] == [("B", "3"), ("C", "4")]


async def test_what_is_wrong_changes_nothing(world: World, app: App, by: Actor) -> None:
    before = await change_variables(world, app, {"A": "1"}, [], by)
    with pytest.raises(NotFound):
        await change_variables(world, app, {"A": "2"}, ["NONE"], by)
    with pytest.raises(Invalid):
        await change_variables(world, app, {"A": "2", "not good": ""}, [], by)
    with pytest.raises(Stale):
        await change_variables(world, app, {"A": "2"}, [], by, match="0123")
    assert await change_variables(world, app, {}, [], by, match=version_of(before)) == before


async def test_somebody_else_changes_nothing(world: World, app: App, other: Account) -> None:
    with pytest.raises(NotFound):
        await change_variables(world, app, {"A": "1"}, [], Actor(account_id=other.id))


async def test_a_secret_is_one_until_it_is_deleted(world: World, app: App, by: Actor) -> None:
    await change_variables(world, app, {"KEY": "hunter2"}, [], by, secret=["KEY"])
    (kept,) = await change_variables(world, app, {"KEY": "hunter3"}, [], by)
    assert (kept.secret, kept.value) == (True, "********")
    (anew,) = await change_variables(world, app, {"KEY": "plain"}, ["KEY"], by)
    assert (anew.secret, anew.value) == (False, "plain")
