"""Deleting a project."""

import pytest

from headway.domain.apps.create import create as create_app
from headway.domain.apps.file import file
from headway.domain.projects.create import create
from headway.domain.projects.delete import delete
from headway.domain.world import World
from headway.errors import Conflict, NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.views import projects


async def test_it_goes_once_it_is_empty(world: World, by: Actor) -> None:
    shop = await create(world, "shop", by)
    app = await create_app(world, "in-the-shop", by, project_id=shop.id)
    with pytest.raises(Conflict):
        await delete(world, shop.id, by)
    (first, _) = await projects.of_owner(world.database, by.account_id)
    await file(world, app, first.id, by)
    await delete(world, shop.id, by)
    assert await projects.of_owner(world.database, by.account_id) == [first]


async def test_the_default_one_stays(world: World, by: Actor) -> None:
    (first,) = await projects.of_owner(world.database, by.account_id)
    with pytest.raises(Conflict):
        await delete(world, first.id, by)


async def test_somebody_elses_is_not_there(world: World, by: Actor, other: Account) -> None:
    shop = await create(world, "shop", by)
    with pytest.raises(NotFound):
        await delete(world, shop.id, Actor(account_id=other.id))
