"""Projects as people see them."""

import pytest

from headway.domain.projects.create import create
from headway.domain.world import World
from headway.errors import NotFound
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.views import projects


async def test_everybody_sees_their_own(world: World, app: App, by: Actor, other: Account) -> None:
    shop = await create(world, "shop", by)
    (first, second) = await projects.of_owner(world.database, by.account_id)
    assert (first, second) == (await projects.of_app(world.database, app), shop)
    assert await projects.get(world.database, by.account_id, shop.id) == shop
    with pytest.raises(NotFound):
        await projects.get(world.database, other.id, shop.id)
