import pytest

from headway.domain.apps.create import create
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.collaborators import Collaborator
from headway.model.operations import Actor
from headway.store import apps, collaborators, operations
from headway.views.sight import seen, sees
from tests.records import an_operation


async def test_who_works_on_an_app_sees_its_operations_whoever_began_them(
    world: World, by: Actor, other: Account
) -> None:
    app = await create(world, "hello-world", by)
    it = an_operation(target=f"app:{app.id}", account_id=by.account_id)
    await world.database.journal(operations.accepted(it, by))
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: seen(tx, other.id, it.id))
    guest = Collaborator(world.ids.next(), app.id, other.email, other.id, True, world.clock.now())
    await world.database.write(lambda tx: collaborators.insert(tx, guest))
    assert (await world.database.read(lambda tx: seen(tx, other.id, it.id))).id == it.id


async def test_of_an_app_that_is_gone_only_who_began_it_sees_the_operation(
    world: World, by: Actor, other: Account
) -> None:
    app = await create(world, "hello-world", by)
    it = an_operation(target=f"app:{app.id}", account_id=other.id)
    assert await world.database.read(lambda tx: sees(tx, by.account_id, it))
    await world.database.write(lambda tx: apps.delete(tx, app.id))
    assert not await world.database.read(lambda tx: sees(tx, by.account_id, it))
    assert await world.database.read(lambda tx: sees(tx, other.id, it))
