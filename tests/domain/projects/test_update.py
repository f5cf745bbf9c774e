"""Changing a project."""

import pytest

from headway.domain.projects.create import create
from headway.domain.projects.update import update
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import projects


async def test_it_is_renamed_and_made_the_default_one(world: World, by: Actor) -> None:
    shop = await create(world, "shop", by)
    after = await update(world, shop.id, by, name="stall", default=True)
    assert (after.name, after.is_default) == ("stall", True)
    again = await update(world, shop.id, by, default=True)
    assert (again.name, again.is_default) == ("stall", True)


async def test_the_default_one_stays_it_until_another_is(world: World, by: Actor) -> None:
    (first,) = await projects.of_owner(world.database, by.account_id)
    with pytest.raises(Invalid) as refused:
        await update(world, first.id, by, name="renamed", default=False)
    assert set(refused.value.fields) == {"default"}
    assert (await projects.get(world.database, by.account_id, first.id)).name == "default"
    shop = await create(world, "shop", by)
    assert not (await update(world, shop.id, by, default=False)).is_default


async def test_somebody_elses_is_not_there(world: World, by: Actor, other: Account) -> None:
    shop = await create(world, "shop", by)
    with pytest.raises(NotFound):
        await update(world, shop.id, Actor(account_id=other.id), name="mine")
