"""Setting variables."""

import pytest

from headway.domain.variables.set import set_variables
from headway.domain.world import World
from headway.errors import Invalid
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import events
from headway.views import variables


async def test_new_and_old_variables_are_set_alike_and_keep_their_ids(
    world: World, app: App, by: Actor
) -> None:
    (one,) = await set_variables(world, app, {"ONE": "1"}, by)
    kept = await set_variables(world, app, {"TWO": "2", "ONE": "uno"}, by)
    assert [(it.name, it.value) for it in kept] == [("TWO", "2"), ("ONE", "uno")]
    assert kept[1].id == one.id


@pytest.mark.parametrize(
    "wrong", [{"": "x"}, {"_A": "x"}, {"A-B": "x"}, {"A" * 65: "x"}, {"A": "x" * 32_769}, {"A": "\0"}]
)
async def test_where_one_is_wrong_none_is_set(
    world: World, app: App, by: Actor, wrong: dict[str, str]
) -> None:
    with pytest.raises(Invalid):
        await set_variables(world, app, {"GOOD": "1"} | wrong, by)
    assert await variables.of_app(world.database, app.id) == []


async def test_what_is_told_holds_the_names_and_never_the_values(world: World, app: App, by: Actor) -> None:
    await set_variables(world, app, {"PASSWORD": "hunter2"}, by)
    (_, event) = await world.database.read(lambda tx: events.after(tx, 0))
    assert (event.name, event.data) == ("variables.set", {"names": ["PASSWORD"], "new": ["PASSWORD"]})
