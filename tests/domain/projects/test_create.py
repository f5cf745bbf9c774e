"""Making a project."""

import pytest

from headway.domain.apps.create import create as create_app
from headway.domain.projects.create import create
from headway.domain.world import World
from headway.errors import Invalid, NotFound
from headway.model.accounts import Account
from headway.model.operations import Actor
from headway.store import events
from headway.views import projects


async def test_new_apps_are_filed_where_they_say_or_under_the_default_one(world: World, by: Actor) -> None:
    shop = await create(world, "shop", by)
    assert not shop.is_default
    assert (await create_app(world, "in-the-shop", by, project_id=shop.id)).project_id == shop.id
    stall = await create(world, "stall", by, default=True)
    assert (await create_app(world, "anywhere", by)).project_id == stall.id
    assert [it.name for it in await projects.of_owner(world.database, by.account_id) if it.is_default] == [
        "stall"
    ]


async def test_it_is_said(world: World, by: Actor) -> None:
    shop = await create(world, "shop", by)
    (event,) = await world.database.read(lambda tx: events.after(tx, 0))
    assert (event.name, event.data) == ("project.created", {"project": shop.id, "name": "shop"})


async def test_a_name_is_there_once_and_somebody_elses_project_is_not_there(
    world: World, by: Actor, other: Account
) -> None:
    shop = await create(world, "shop", by)
    with pytest.raises(Invalid):
        await create(world, "shop", by)
    stranger = Actor(account_id=other.id, name=other.name)
    await create(world, "shop", stranger)
    with pytest.raises(NotFound):
        await create_app(world, "intruder", stranger, project_id=shop.id)
