"""Removing a key."""

import pytest

from headway.domain.keys.add import add
from headway.domain.keys.remove import remove
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import keys
from tests.ssh_keys import KEY, SSH_KEYS


async def test_it_opens_nothing_any_more(world: World, by: Actor) -> None:
    key = await add(world, by.account_id, "laptop", KEY, by)
    await remove(world, by.account_id, key.id, by)
    with pytest.raises(NotFound):
        await keys.account_of(world.database, SSH_KEYS[KEY])


async def test_somebody_elses_is_not_there(world: World, by: Actor, other: Account) -> None:
    key = await add(world, by.account_id, "laptop", KEY, by)
    with pytest.raises(NotFound):
        await remove(world, other.id, key.id, by)
    assert [it.id for it in await keys.of_account(world.database, by.account_id)] == [key.id]
