import pytest

from headway.domain.apps.create import create
from headway.domain.apps.rename import rename
from headway.domain.operations.rehearse import rehearse, tried
from headway.domain.variables.change import change_variables
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.operations import Actor
from headway.store import events
from headway.store.operations import active


async def test_what_would_be_begun_is_told_and_nothing_is_stored(world: World, by: Actor) -> None:
    app = await create(world, "hello-world", by)
    before = await world.database.read(events.last)
    plan = await rehearse(world, lambda w: rename(w, app, "good-morning", by, current="hello-world", key="k"))
    assert (plan.type, plan.target, plan.summary) == (
        "app.rename",
        f"app:{app.id}",
        "rename hello-world to good-morning",
    )
    assert (plan.steps, plan.conflicts, plan.exclusive) == (["lead the new address to the app"], [], True)
    assert await world.database.read(events.last) == before
    assert await world.database.read(active) == []


async def test_who_holds_the_target_is_told(world: World, by: Actor) -> None:
    app = await create(world, "hello-world", by)
    holder = await rename(world, app, "good-morning", by, current="hello-world")
    plan = await rehearse(world, lambda w: rename(w, app, "good-evening", by, current="hello-world"))
    assert [it.id for it in plan.conflicts] == [holder.id]


async def test_what_is_refused_is_refused(world: World, by: Actor) -> None:
    app = await create(world, "hello-world", by)
    with pytest.raises(Invalid):
        await rehearse(world, lambda w: rename(w, app, "x", by, current="hello-world"))


async def test_a_command_without_an_operation_is_tried_and_taken_back(world: World, by: Actor) -> None:
    app = await create(world, "hello-world", by)
    (one,) = await tried(world, lambda w: change_variables(w, app, {"A": "1"}, [], by))
    assert one.value == "1"
    assert await change_variables(world, app, {}, [], by) == []
