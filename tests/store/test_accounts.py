"""Accounts in the database."""

import pytest

from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.store import accounts


async def test_an_account_is_found_by_its_id_and_by_its_name(world: World) -> None:
    account = Account(77, "carla", "carla@example.com", 5)
    await world.database.write(lambda tx: accounts.insert(tx, account))
    assert await world.database.read(lambda tx: accounts.get(tx, 77)) == account
    assert await world.database.read(lambda tx: accounts.by_name(tx, "carla")) == account


async def test_an_account_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: accounts.get(tx, 1))
    with pytest.raises(NotFound):
        await world.database.read(lambda tx: accounts.by_name(tx, "nobody"))


async def test_two_accounts_do_not_share_a_name(world: World) -> None:
    with pytest.raises(Invalid):
        await world.database.write(lambda tx: accounts.insert(tx, Account(78, "admin", "x@example.com", 5)))
