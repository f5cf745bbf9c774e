"""Accounts in the database."""

import msgspec
import pytest

from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.store import accounts, projects


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


async def test_an_account_is_found_by_its_address_and_has_a_project_from_the_start(world: World) -> None:
    account = Account(77, "carla", "carla@example.com", 5)
    await world.database.write(lambda tx: accounts.insert(tx, account))
    assert await world.database.read(lambda tx: accounts.by_email(tx, "carla@example.com")) == account
    filed = await world.database.read(lambda tx: projects.default_of(tx, 77))
    assert (filed.owner_id, filed.name, filed.is_default) == (77, "default", True)


async def test_an_account_is_changed_but_for_a_name_that_is_taken(world: World) -> None:
    account = Account(77, "carla", "carla@example.com", 5)
    await world.database.write(lambda tx: accounts.insert(tx, account))
    other = msgspec.structs.replace(account, name="clara", fullname="Clara", payment_defined=False)
    await world.database.write(lambda tx: accounts.update(tx, other))
    assert await world.database.read(lambda tx: accounts.get(tx, 77)) == other
    taken = msgspec.structs.replace(account, name="admin")
    with pytest.raises(Invalid):
        await world.database.write(lambda tx: accounts.update(tx, taken))


async def test_all_are_listed_in_their_order(world: World) -> None:
    assert [it.name for it in await world.database.read(accounts.every)] == ["admin", "other"]
    assert await world.database.read(accounts.is_any)
