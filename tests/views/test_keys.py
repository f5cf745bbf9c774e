"""Keys as people see them."""

import pytest

from headway.domain.keys.add import add
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import keys
from tests.ssh_keys import KEY, OTHER_KEY


async def test_they_come_in_the_order_in_which_they_were_added(world: World, by: Actor) -> None:
    added = [await add(world, by.account_id, key[-60:-40], key, by) for key in (KEY, OTHER_KEY)]
    assert await keys.of_account(world.database, by.account_id) == added


async def test_somebody_elses_is_not_there(world: World, by: Actor, other: Account) -> None:
    key = await add(world, by.account_id, "laptop", KEY, by)
    assert await keys.get(world.database, by.account_id, key.id) == key
    with pytest.raises(NotFound):
        await keys.get(world.database, other.id, key.id)
    with pytest.raises(NotFound):
        await keys.account_of(world.database, "SHA256:nobody's")
