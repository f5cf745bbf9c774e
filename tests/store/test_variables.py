"""Variables in the database."""

import pytest

from headway.domain.world import World
from headway.errors import NotFound
from headway.model.apps import App
from headway.model.variables import Variable
from headway.store import variables


async def test_a_variable_set_again_keeps_its_id(world: World, app: App) -> None:
    await world.database.write(lambda tx: variables.set(tx, Variable(1, app.id, "A", "x")))
    again = await world.database.write(lambda tx: variables.set(tx, Variable(2, app.id, "A", "y")))
    assert again == Variable(1, app.id, "A", "y")
    assert await world.database.read(lambda tx: variables.of_app(tx, app.id)) == [again]


async def test_a_variable_is_only_touched_through_its_own_app(world: World, app: App) -> None:
    await world.database.write(lambda tx: variables.set(tx, Variable(1, app.id, "A", "x")))
    with pytest.raises(NotFound):
        await world.database.write(lambda tx: variables.update(tx, app.id + 1, 1, "y"))
    with pytest.raises(NotFound):
        await world.database.write(lambda tx: variables.delete(tx, app.id + 1, 1))
    assert await world.database.write(lambda tx: variables.delete(tx, app.id, 1)) == "A"


async def test_what_is_secret_stays_so_until_it_is_deleted(world: World, app: App) -> None:
    await world.database.write(lambda tx: variables.set(tx, Variable(1, app.id, "A", "x")))
    await world.database.write(lambda tx: variables.hide(tx, app.id, "A"))
    again = await world.database.write(lambda tx: variables.set(tx, Variable(2, app.id, "A", "y")))
    assert again == Variable(1, app.id, "A", "y", secret=True)
    with pytest.raises(NotFound):
        await world.database.write(lambda tx: variables.hide(tx, app.id, "B"))
    await world.database.write(lambda tx: variables.delete(tx, app.id, 1))
    anew = await world.database.write(lambda tx: variables.set(tx, Variable(3, app.id, "A", "z")))
    assert not anew.secret
