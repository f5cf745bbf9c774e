"""Removing a collaborator."""

import pytest

from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.collaborators.remove import remove
from headway.domain.world import World
from headway.errors import Forbidden
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import collaborators, events


@pytest.fixture
def guest(other: Account) -> Actor:
    return Actor(account_id=other.id, name=other.name, dialect="tests")


async def test_who_is_removed_has_no_role(world: World, app: App, by: Actor, guest: Actor) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=True)
    await accept(world, app.id, it.id, guest)
    await remove(world, app, it.id, by)
    assert await world.database.read(lambda tx: collaborators.role(tx, app, guest.account_id)) is None
    told = [it.name for it in await world.database.read(lambda tx: events.after(tx, 0))]
    assert told[-3:] == ["collaborator.invited", "collaborator.accepted", "collaborator.removed"]


async def test_who_wants_to_leaves(world: World, app: App, by: Actor, guest: Actor) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=True)
    await accept(world, app.id, it.id, guest)
    await remove(world, app, it.id, guest)
    assert await world.database.read(lambda tx: collaborators.of_app(tx, app.id)) == []


async def test_nobody_removes_another(world: World, app: App, by: Actor, guest: Actor) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=False)
    await accept(world, app.id, it.id, guest)
    another = await invite(world, app, "another@example.com", by, is_limited=True)
    with pytest.raises(Forbidden):
        await remove(world, app, another.id, guest)
