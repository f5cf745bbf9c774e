"""Filing an app."""

import pytest

from headway.domain.apps.file import file
from headway.domain.apps.transfer import transfer
from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.projects.create import create
from headway.domain.world import World
from headway.errors import Forbidden, NotFound
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import events
from headway.views import projects


async def test_it_is_filed_elsewhere_and_that_is_said(world: World, app: App, by: Actor) -> None:
    shop = await create(world, "shop", by)
    assert (await file(world, app, shop.id, by)).project_id == shop.id
    last = (await world.database.read(lambda tx: events.after(tx, 0)))[-1]
    assert (last.name, last.data["after"], last.data["before"]) == ("app.filed", shop.id, by.account_id)


async def test_only_under_a_project_of_the_owner_and_only_by_the_owner(
    world: World, app: App, by: Actor, other: Account
) -> None:
    guest = Actor(account_id=other.id, name=other.name)
    (theirs,) = await projects.of_owner(world.database, other.id)
    with pytest.raises(NotFound):
        await file(world, app, theirs.id, by)
    it = await invite(world, app, other.email, by, is_limited=False)
    await accept(world, app.id, it.id, guest)
    with pytest.raises(Forbidden):
        await file(world, app, theirs.id, guest)


async def test_who_is_given_an_app_has_it_under_their_default_project(
    world: World, app: App, by: Actor, other: Account
) -> None:
    guest = Actor(account_id=other.id, name=other.name)
    it = await invite(world, app, other.email, by, is_limited=False)
    await accept(world, app.id, it.id, guest)
    after = await transfer(world, app, other.email, by)
    assert (await projects.of_app(world.database, after)).owner_id == other.id
