"""Accepting an invitation."""

import pytest

from headway.domain.collaborators.accept import accept
from headway.domain.collaborators.invite import invite
from headway.domain.collaborators.remove import remove
from headway.domain.world import World
from headway.errors import Conflict, NotFound
from headway.model.access import Role
from headway.model.accounts import Account
from headway.model.apps import App
from headway.model.operations import Actor
from headway.store import collaborators


@pytest.fixture
def guest(other: Account) -> Actor:
    return Actor(account_id=other.id, name=other.name, dialect="tests")


async def test_who_accepts_works_on_the_app(world: World, app: App, by: Actor, guest: Actor) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=True)
    assert (await accept(world, app.id, it.id, guest)).id == app.id
    role = await world.database.read(lambda tx: collaborators.role(tx, app, guest.account_id))
    assert role is Role.LIMITED


async def test_the_owner_needs_no_invitation(world: World, app: App, by: Actor) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=True)
    with pytest.raises(Conflict):
        await accept(world, app.id, it.id, by)


async def test_what_was_withdrawn_is_not_found(world: World, app: App, by: Actor, guest: Actor) -> None:
    it = await invite(world, app, "somebody@example.com", by, is_limited=True)
    await remove(world, app, it.id, by)
    with pytest.raises(NotFound):
        await accept(world, app.id, it.id, guest)
